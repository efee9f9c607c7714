"""Tables laid out as other authors lay them out: headings between rows, options below, keys elsewhere."""

import pytest
from openpyxl import Workbook
from openpyxl.comments import Comment

from contest.questions.formats.drafts import Reading
from contest.questions.formats.gate import read_bank_here
from contest.questions.formats.whole import read_files
from tests.questions.formats.built import HEADER, question, saved, workbook, workbooks, xls

HALF = ["STT", "Câu hỏi", "A", "B"]
FOUR = "A. một\nB. hai\nC. ba\nD. bốn"


def read(data: bytes) -> Reading:
    return read_bank_here(data, "x.xlsx")


def told(reading: Reading) -> list[tuple[str, str]]:
    return [(problem.code, problem.place) for problem in reading.problems]


def test_headings_between_the_rows_are_topics_and_levels():
    book = Workbook()
    for row in (HEADER, ["I. CẢI CÁCH THỂ CHẾ"], question(1), ["II", "Tài chính công"], question(2, "B"),
                ["Nhận biết"], question(3, "C"), ["PHẦN III: CHUYỂN ĐỔI SỐ"], question(4, "D")):
        book.active.append(row)
    book.active.merge_cells("A2:G2")
    book.active.merge_cells("A8:G8")
    drafts = read(saved(book)).usable
    assert [(draft.topic, draft.level) for draft in drafts] == [
        ("CẢI CÁCH THỂ CHẾ", None), ("Tài chính công", None), ("Tài chính công", "NB"), ("CHUYỂN ĐỔI SỐ", None)]


def test_a_row_that_is_neither_question_nor_heading_is_named():
    rows = [HEADER, question(1), [*[None] * 7, "nhờ anh Ba xem lại"], question(2, "B")]
    reading = read(workbook(rows))
    assert ("text_not_taken", "Câu hỏi!3") in told(reading)
    assert [draft.topic for draft in reading.usable] == [None, None]


def test_columns_that_mean_nothing_to_us_are_named():
    reading = read(workbook([[*HEADER, "Người soạn", "Trống", "Ngày duyệt"], [*question(1), "Lan", None, "2/3"]]))
    assert [(p.code, p.params["names"]) for p in reading.problems] == [("columns_unread", "Người soạn, Ngày duyệt")]
    chosen = read_bank_here(workbook([[*HEADER, "Người soạn"], [*question(1), "Lan"]]), "x", mapping={"key": "G"})
    assert chosen.problems == ()


def test_a_sheet_without_a_header_is_named():
    reading = read(workbooks({"Câu hỏi": [HEADER, question(1)], "Bổ sung": [question(2), question(3)],
                              "Hướng dẫn": [["Mỗi dòng một câu"], ["Không sửa tiêu đề"]]}))
    assert told(reading) == [("sheet_unread", "Bổ sung")]


@pytest.mark.parametrize("header", [
    ["STT", "Câu hỏi", "Phương án trả lời", None, None, None, "Đáp án"],
    ["STT", "Câu hỏi", "Đáp án", "Đáp án", "Đáp án", "Đáp án", "Đáp án đúng"],
    ["STT", "Câu hỏi", "Phương án", None, None, None, "Đáp án"],
])
def test_one_header_over_the_columns_of_all_options(header):
    drafts = read(workbook([header, question(1, "D"), question(2, "B")])).usable
    assert [(draft.options, draft.key) for draft in drafts] == [
        (("một", "hai", "ba", "bốn"), (3,)), (("một", "hai", "ba", "bốn"), (1,))]


def test_a_remark_beside_the_key_is_no_option():
    reading = read(workbook([["STT", "Câu hỏi", "Đáp án", None], [1, "Nộp trực tuyến được.", "Đúng", "xem lại"]]))
    assert [(draft.type, draft.key) for draft in reading.usable] == [("true_false", (0,))]
    assert [problem.params["names"] for problem in reading.problems] == ["D"]


def test_a_second_header_line_of_figures_and_a_row_that_counts_the_columns():
    rows = [["STT", "Câu hỏi", "Phương án trả lời", None, None, None, "Đáp án"],
            [None, None, 1, 2, 3, 4, None], question(1, 4)]
    assert [(d.options[3], d.key) for d in read(workbook(rows)).usable] == [("bốn", (3,))]
    counted = [HEADER, [f"({at})" for at in range(1, 8)], question(1, "C")]
    assert [(d.row, d.key) for d in read(workbook(counted)).drafts] == [(3, (2,))]


@pytest.mark.parametrize("rows", [
    [["STT", "Câu hỏi", "Đáp án"], [1, f"Câu nào?\n{FOUR}", "C"]],
    [["STT", "Câu hỏi", "Đáp án"], [1, "Câu nào?", "C"], *[[None, line] for line in FOUR.split("\n")]],
    [["STT", "Câu hỏi", "Phương án", "Đáp án"], [1, "Câu nào?", "A. một", "C"],
     *[[None, None, line] for line in FOUR.split("\n")[1:]]],
    [["STT", "Câu hỏi", "Phương án", "Đáp án"], [1, "Câu nào?", "a) một; b) hai; c) ba; d) bốn", "c"]],
])
def test_options_below_the_question_or_on_one_line(rows):
    drafts = read(workbook([*rows, [2, "Câu sau?", *(["A. x\nB. y", "A"] if len(rows[0]) > 3 else ["Đúng"])]])).drafts
    assert [draft.row for draft in drafts] == [2, len(rows) + 1]
    assert (drafts[0].stem, drafts[0].options, drafts[0].key) == ("Câu nào?", ("một", "hai", "ba", "bốn"), (2,))


def test_a_letter_out_of_turn_below_a_question_is_no_option_of_it():
    rows = [["STT", "Câu hỏi", "Đáp án"], [1, "Câu nào?", "A"], [None, "A. một"], [None, "C. ba"]]
    reading = read(workbook(rows))
    assert [(draft.row, draft.usable) for draft in reading.drafts] == [(2, False), (4, False)]


def test_a_question_says_its_number_once():
    rows = [[*HEADER], [1, "Câu 1: Một?", "a", "b", "c", "d", "A"], [2, "2. Hai?", "a", "b", "c", "d", "A"],
            [3, "2. Điều nào nói về việc này?", "a", "b", "c", "d", "A"]]
    assert [draft.stem for draft in read(workbook(rows)).drafts] == [
        "Một?", "Hai?", "2. Điều nào nói về việc này?"]


@pytest.mark.parametrize("cell", ["Chọn B", "Chọn đáp án B", "ĐA: B", "đáp án:B", "Option 2", "Key: b", "→ B",
                                  "Đáp án đúng là B", "Câu B"])
def test_words_before_a_key(cell):
    assert read(workbook([HEADER, question(1, cell)])).usable[0].key == (1,)


def test_a_letter_without_options_is_no_verdict():
    reading = read(workbook([["STT", "Câu hỏi", "Đáp án"], [1, "Một?", "D"], [2, "Hai?", "Đ"], [3, "Ba?", "S"]]))
    assert [(draft.type, draft.key, draft.usable) for draft in reading.drafts] == [
        ("single", (), False), ("true_false", (0,), True), ("true_false", (1,), True)]


def test_the_types_of_other_programs_are_not_mistaken():
    rows = [["Question", "Question Type", "Option 1", "Option 2", "Correct Answer", "Answer explanation"],
            ["Một?", "Multiple Choice", "a", "b", 1, "vì"], ["Hai?", "Checkbox", "a", "b", "1,2", None]]
    assert [(draft.type, draft.explanation) for draft in read(workbook(rows)).drafts] == [
        ("single", "vì"), ("multiple", None)]


KEYLESS = [HEADER[:-1], question(1)[:-1], question(2)[:-1], question(3)[:-1]]


@pytest.mark.parametrize("keys", [
    [["Câu", 1, 2, 3], ["Đáp án", "A", "C", "D"]],
    [["ĐÁP ÁN"], ["Câu", "Đáp án"], [1, "A"], [2, "C"], [3, "D"]],
    [["1A", "2C", "3D"]],
    [["UBND TỈNH"], ["STT", "Đáp án", "STT", "Đáp án"], [1, "A", 3, "D"], [2, "C", None, None]],
    [["Câu 1", "A"], ["Câu 2", "C"], ["Câu 3", "D"]],
])
def test_keys_on_a_sheet_or_in_a_workbook_of_their_own(keys):
    inside = read(workbooks({"Câu hỏi": KEYLESS, "Đáp án": keys}))
    assert ([draft.key for draft in inside.usable], inside.problems) == ([(0,), (2,), (3,)], ())
    for data in (workbook(keys, "Sheet1"), xls(keys)):
        beside = read_files([("cau-hoi.xlsx", workbook(KEYLESS)), ("dap-an.xlsx", data)])
        assert [draft.key for draft in beside.usable] == [(0,), (2,), (3,)]


def test_a_number_that_comes_again_takes_the_next_key_and_none_twice():
    two = {"Thể chế": KEYLESS, "Tài chính": [KEYLESS[0], [1, "Khác?", "x", "y", "z", "t"]]}
    once = read(workbooks({**two, "Đáp án": [["STT", "Đáp án"], [1, "A"], [2, "B"], [3, "C"]]}))
    assert [draft.key for draft in once.drafts] == [(0,), (1,), (2,), ()]
    assert ("key_missing_in_table", "Tài chính!2") in told(once)
    again = read(workbooks({**two, "Đáp án": [["STT", "Đáp án"], [1, "A"], [2, "B"], [3, "C"], [1, "D"]]}))
    assert [draft.key for draft in again.drafts] == [(0,), (1,), (2,), (3,)]


def test_the_same_question_with_another_key_is_told():
    rows = [HEADER, question(1, "A"), [2, *question(1, "A")[1:]], [3, *question(1, "B")[1:]]]
    assert [[problem.code for problem in draft.problems] for draft in read(workbook(rows)).drafts] == [
        [], ["duplicate_in_file"], ["duplicate_other_key"]]


def test_a_number_of_an_old_workbook_that_may_be_a_percentage_is_told():
    drafts = read(xls([HEADER, [1, "Tỷ lệ?", 0.5, 0.75, 1, 2, "A"]])).usable
    assert [(p.code, p.column, p.params["value"]) for p in drafts[0].problems] == [
        ("cell_fraction", "Đáp án A", "0.5"), ("cell_fraction", "Đáp án B", "0.75")]


def test_a_second_header_with_its_columns_in_another_order():
    rows = [HEADER, question(1, "A"), ["STT", "Câu hỏi", "Đáp án", "B", "A", "Ghi nhớ"],
            [2, "Hai?", "A", "y", "x", "-"], [*HEADER], question(3, "D")]
    reading = read(workbook(rows))
    assert [(draft.row, draft.options[0], draft.key) for draft in reading.usable] == [
        (2, "một", (0,)), (4, "x", (0,)), (6, "một", (3,))]
    assert [(p.code, p.place, p.params["names"]) for p in reading.problems] == [
        ("columns_unread", "Câu hỏi!3", "Ghi nhớ")]


def test_headings_in_the_column_of_the_questions():
    rows = [HEADER, [None, "CẢI CÁCH THỂ CHẾ"], [None, "Mức độ nhận biết"], question(1), [None, "Nêu một sáng kiến."],
            [None, "CHUYỂN ĐỔI SỐ"], question(2)]
    drafts = read(workbook(rows)).drafts
    assert [(draft.row, draft.topic, draft.level, draft.usable) for draft in drafts] == [
        (4, "CẢI CÁCH THỂ CHẾ", "NB", True), (5, "CẢI CÁCH THỂ CHẾ", "NB", False), (7, "CHUYỂN ĐỔI SỐ", None, True)]


def test_a_cross_beside_the_right_option_of_each_question():
    rows = [["STT", "Câu hỏi", "Phương án", "Đáp án"], [1, "Một?", "A. m1", None], [None, None, "B. n1", "x"],
            [2, "Hai?", "A. m2", "x"], [None, None, "B. n2", None], [None, None, "C. p2", "x"]]
    assert [(draft.options, draft.key) for draft in read(workbook(rows)).usable] == [
        (("m1", "n1"), (1,)), (("m2", "n2", "p2"), (0, 2))]


def test_comments_on_cells_are_named():
    book = Workbook()
    for row in (HEADER, question(1)):
        book.active.append(row)
    book.active["C2"].comment = Comment("Đáp án: B", "Lan")
    assert [(p.code, p.params["value"]) for p in read(saved(book)).problems] == [("text_not_taken", "C2: Đáp án: B")]


@pytest.mark.parametrize(("key", "found"), [
    ("A và B", ["key_ambiguous"]), ("A, B", ["key_ambiguous"]), ("A, C", []), ("C", []), ("Cả A và B đều đúng", [])])
def test_a_key_that_may_be_two_options_or_the_one_that_names_them(key, found):
    row = [1, "Câu nào?", "một", "hai", "Cả A và B đều đúng", "bốn", key]
    told_of = [problem.code for problem in read(workbook([HEADER, row])).drafts[0].problems]
    assert [code for code in told_of if code != "names_letters"] == found


def test_a_number_that_counts_options_and_is_the_text_of_another():
    rows = [HEADER, [1, "Có mấy?", 4, 3, 2, 1, 2], [2, "Có mấy cấp?", 1, 2, 3, 4, 2], question(3, 1)]
    drafts = read(workbook(rows)).usable
    assert [(draft.key, [problem.code for problem in draft.problems]) for draft in drafts] == [
        ((1,), ["key_by_place"]), ((1,), []), ((0,), [])]


@pytest.mark.parametrize("header", ["da", "Số thứ tự đáp án đúng", "ĐÁP ÁN ĐÚNG (A/B/C/D)"])
def test_other_headers_of_the_key(header):
    assert read(workbook([["tt", "noi dung cau hoi", "pa a", "pa b", header], [1, "Một?", "m", "n", "b"]])).usable[
        0].key == (1,)


@pytest.mark.parametrize("kind", [None, "Cụm câu đúng/sai"])
def test_statements_below_the_stem(kind):
    rows = [["Loại", "Câu hỏi", "Đáp án"], [kind, "Xét các nhận định:\na) Ý một\nb) Ý hai", "Đ, S"],
            ["Tự luận", "Trả lời:\na) Ý một\nb) Ý hai", None]]
    cluster, essay = read(workbook(rows)).usable
    assert (cluster.stem, cluster.parts, cluster.key) == ("Xét các nhận định:", ("Ý một", "Ý hai"), (0, 1))
    assert (essay.stem, essay.parts) == ("Trả lời:\na) Ý một\nb) Ý hai", ())
