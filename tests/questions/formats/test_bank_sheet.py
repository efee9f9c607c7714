"""The traps of real question sheets, one by one (domain notes, section 5.1)."""

import unicodedata

import openpyxl
import pytest
from openpyxl.styles import Font

from contest.questions.formats.drafts import Problem, Reading, UnreadableFile
from contest.questions.formats.gate import read_bank_here
from tests.questions.formats.built import (
    HEADER,
    ONE_CELL,
    cells_of,
    package,
    question,
    saved,
    sheet_xml,
    workbook,
    workbooks,
)


def read(data: bytes, **options) -> Reading:
    return read_bank_here(data, "ngân hàng.xlsx", **options)


def refusal(data: bytes, **options) -> tuple[str, dict]:
    with pytest.raises(UnreadableFile) as caught:
        read(data, **options)
    return caught.value.code, caught.value.params


def codes(reading: Reading) -> list[list[str]]:
    return [[problem.code for problem in draft.problems] for draft in reading.drafts]


def one(row: list[object], header: list[str] = HEADER):
    return read(workbook([header, row])).drafts[0]


def test_a_plain_sheet():
    reading = read(workbook([HEADER, question(1, "B"), question(2, "A,C")]))
    first, second = reading.drafts
    assert (first.place, first.row, first.type, first.key) == ("Câu hỏi!2", 2, "single", (1,))
    assert (first.stem, first.options) == ("Câu hỏi số 1?", ("một", "hai", "ba", "bốn"))
    assert (second.type, second.key) == ("multiple", (0, 2))
    assert (reading.format, reading.sheet, reading.header_row) == ("xlsx", "Câu hỏi", 1)
    assert reading.columns["key"] == "Đáp án đúng"
    assert reading.letters["key"] == "G"
    assert reading.headers["B"] == "Nội dung câu hỏi"
    assert codes(reading) == [[], []]
    assert reading.problems == ()


@pytest.mark.parametrize("above", [0, 2, 4, 9])
def test_titles_and_empty_rows_above_the_header(above):
    title = [["NGÂN HÀNG CÂU HỎI"]] * min(above, 1) + [[]] * max(above - 1, 0)
    reading = read(workbook([*title, HEADER, question(1)]))
    assert (reading.header_row, reading.drafts[0].row) == (above + 1, above + 2)


def test_390_rows_of_which_two_have_a_broken_marker():
    rows = []
    for number in range(1, 391):
        options = f"A. phương án {number}\nB. Trước khi nộp\nC. Sau khi nộp\nD. Không nộp"
        if number == 346:
            options = options.replace("B. ", "B .")
        if number == 200:
            options = options.replace("C. ", "")
        rows.append([number, f"Câu hỏi số {number}?", options, "ABCD"[number % 4]])
    reading = read(workbook([["BỘ CÂU HỎI"], [], ONE_CELL, *rows]))
    assert len(reading.usable) == 388
    broken = [(d.row, d.problems) for d in reading.drafts if d.problems]
    column = "Phương án trả lời"
    assert broken == [
        (
            203,
            (
                Problem(
                    "error",
                    "options_unsplit",
                    "Câu hỏi!203",
                    column,
                    {"found": 4, "letter": "C"},
                ),
            ),
        ),
        (
            349,
            (
                Problem(
                    "error", "broken_marker", "Câu hỏi!349", column, {"found": 3, "letter": "B"}
                ),
            ),
        ),
    ]


def test_a_last_marker_that_is_missing():
    rows = [[n, f"Câu {n}?", "A. một\nB. hai\nC. ba\nD. bốn", "A"] for n in range(1, 5)]
    rows.append([5, "Câu 5?", "A. một\nB. hai\nC. ba\nbốn", "A"])
    reading = read(workbook([ONE_CELL, *rows]))
    assert [draft.usable for draft in reading.drafts] == [True] * 4 + [False]
    assert reading.drafts[4].problems[0].params == {"found": 3, "letter": "D"}


def test_the_dimension_that_lies():
    rows = [HEADER, *(question(n) for n in range(1, 1001))]
    reading = read(package(sheet_xml(cells_of(rows), dimension="A1:A1")))
    assert len(reading.usable) == 1000


def test_a_far_cell_is_refused_before_it_is_read():
    cells = cells_of([HEADER, question(1)]) | {"XFD200000": "x"}
    assert refusal(package(sheet_xml(cells)))[0] == "too_many_columns"


def test_merged_titles_and_merged_topics():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Ngân hàng câu hỏi"
    sheet["A1"] = "BỘ CÂU HỎI TÌM HIỂU CẢI CÁCH HÀNH CHÍNH"
    sheet.merge_cells("A1:H1")
    sheet.append([])
    sheet.append([*HEADER, "Lĩnh vực"])
    for number in range(1, 4):
        sheet.append([*question(number), "Thể chế" if number == 1 else None])
    start = sheet.max_row - 2
    sheet.merge_cells(f"H{start}:H{start + 2}")
    reading = read(saved(book))
    assert [draft.topic for draft in reading.drafts] == ["Thể chế"] * 3
    assert [(p.code, p.column) for p in reading.problems] == [("merged_cells", "Lĩnh vực")]


def test_a_header_of_two_rows():
    top = ["STT", "Câu hỏi", "Phương án trả lời", None, None, None, "Đáp án"]
    below = [None, None, "A", "B", "C", "D", None]
    reading = read(workbook([top, below, question(1, "D")]))
    assert (reading.header_row, reading.drafts[0].row, reading.drafts[0].key) == (2, 3, (3,))
    assert len(reading.drafts[0].options) == 4


def test_cells_of_many_characters_and_line_breaks_inside_a_question():
    stem = "Dòng một\nDòng hai " + "x" * 1_400
    assert one([1, stem, "a", "b", "c", "d", "A"]).stem == stem
    code, params = refusal(workbook([HEADER, [1, "y" * 8_001, "a", "b", "c", "d", "A"]]))
    assert (code, params["cell"], params["chars"]) == ("cell_too_long", "B2", 8_001)


@pytest.mark.parametrize(
    ("key", "positions"),
    [("B", (1,)), (2, (1,)), (2.0, (1,)), ("2,4", (1, 3)), ("A, C", (0, 2)), ("Ba", (2,))],
)
def test_the_ways_to_write_the_right_answer(key, positions):
    assert one(question(1, key)).key == positions


def test_keys_from_zero():
    reading = read(workbook([HEADER, question(1, 0), question(2, 3), question(3, 1)]))
    assert [draft.key for draft in reading.drafts] == [(0,), (3,), (1,)]
    assert [p.code for p in reading.problems] == ["keys_count_from_zero"]


def test_a_mark_in_the_option_is_the_key():
    draft = one([1, "Câu?", "một", "hai (đúng)", "ba", "bốn", None])
    assert (draft.options[1], draft.key, draft.problems) == ("hai", (1,), ())
    draft = one([1, "Câu?", "một", "*hai", "ba", "bốn", "B"])
    assert (draft.options[1], draft.key) == ("hai", (1,))
    draft = one([1, "Câu?", "một", "*hai", "ba", "bốn", "C"])
    assert [p.code for p in draft.problems] == ["key_conflict"]
    assert draft.options[1] == "hai"


def test_marks_inside_one_cell():
    draft = one([1, "Câu?", "A. một\n*B. hai\nC. ba", None], ONE_CELL)
    assert (draft.options, draft.key, draft.usable) == (("một", "hai", "ba"), (1,), True)


def test_trailing_rows_of_numbers_only():
    reading = read(workbook([HEADER, question(1), [2], [3], [4]]))
    assert (len(reading.drafts), reading.problems) == (1, ())
    assert [(s.row, s.why) for s in reading.skipped] == [(n, "number_only") for n in (3, 4, 5)]


def test_section_headings_and_repeated_headers():
    reading = read(workbook([HEADER, ["I. LUẬT"], question(1), HEADER, question(2)]))
    assert [draft.row for draft in reading.drafts] == [3, 5]
    assert [(s.row, s.why) for s in reading.skipped] == [
        (2, "section_heading"),
        (4, "repeated_header"),
    ]


def test_a_guide_in_front_and_another_sheet_behind():
    guide = [["Cột", "Cách điền"], ["Nội dung câu hỏi", "Bắt buộc"], ["Đáp án A", "Bắt buộc"]]
    sheets = {
        "Hướng dẫn": guide,
        "Bộ đề": [HEADER, question(1)],
        "Bộ 2": [HEADER, question(2), question(3)],
    }
    reading = read(workbooks(sheets))
    assert (reading.sheet, [draft.place for draft in reading.drafts]) == (
        "Bộ đề", ["Bộ đề!2", "Bộ 2!2", "Bộ 2!3"])
    assert reading.problems == (
        Problem("warning", "sheets_joined", "", None, {"sheets": 2, "names": "Bộ đề, Bộ 2"}),)
    reading = read(workbooks(sheets), sheet="Bộ 2")
    assert len(reading.drafts) == 2
    assert reading.problems == (Problem("warning", "sheet_unread", "Bộ đề", None, {"rows": 1}),)
    assert refusal(workbooks(sheets), sheet="Bộ 3")[0] == "no_sheet"


def test_a_hidden_row_is_told():
    book = openpyxl.Workbook()
    for row in (HEADER, question(1), question(2)):
        book.active.append(row)
    book.active.row_dimensions[3].hidden = True
    assert codes(read(saved(book))) == [[], ["hidden_row"]]


def test_the_same_question_twice():
    again = [9, "CÂU HỎI  số 1", "Bốn", "ba", "hai", "một", "D"]
    reading = read(workbook([HEADER, question(1), question(2), again]))
    assert codes(reading) == [[], [], ["duplicate_in_file"]]
    assert reading.drafts[2].problems[0].params == {"first_row": 2}
    assert len(reading.usable) == 3


def test_dates_booleans_errors_and_formulas():
    import datetime

    date = datetime.date(2024, 2, 1)
    rows = [
        HEADER,
        [1, "Ngày nào?", date, "hai", "ba", "bốn", "A"],
        [2, "Thật không?", True, False, None, None, "A"],
        [3, "Công thức?", "=A1", "hai", "ba", None, "B"],
        [4, "Lỗi?", "một", "hai", "#N/A", None, "A"],
    ]
    reading = read(workbook(rows))
    assert reading.drafts[0].options[0] == "01/02/2024"
    assert reading.drafts[1].options == ("TRUE", "FALSE")
    assert codes(reading) == [
        ["cell_date"],
        ["cell_boolean", "cell_boolean"],
        ["option_gap", "formula_without_value"],
        ["cell_error"],
    ]


def test_floats_that_are_whole_lose_their_zero():
    header = ["Mã", *HEADER[1:], "Điểm"]
    draft = one([12.0, "Câu?", 1.0, 2, 2.5, "x", "A", 0.5], header)
    assert (draft.code, draft.options, draft.points) == ("12", ("1", "2", "2.5", "x"), 50)


def test_decomposed_text_and_odd_spaces_are_mended_and_told():
    nfd = unicodedata.normalize("NFD", "Thủ tục hành chính?")
    header = [unicodedata.normalize("NFD", text) for text in HEADER]
    reading = read(workbook([header, [1, nfd, "một\u00a0cửa", "b", "c", "d", "A"]]))
    assert reading.drafts[0].stem == "Thủ tục hành chính?"
    assert reading.drafts[0].options[0] == "một cửa"
    kinds = {p.params["kind"] for p in reading.problems}
    assert kinds == {"nfd", "nbsp"}


def test_what_makes_a_row_unusable_never_blocks_the_others():
    rows = [
        question(1),
        [2, None, "một", "hai", "ba", "bốn", "A"],
        [3, "Không phương án?", None, None, None, None, "A"],
        [4, "Một phương án?", "một", None, None, None, "A"],
        [5, "Trùng?", "một", "hai", "Một.", "bốn", "A"],
        question(6, "E"),
        question(7, None),
        question(8, "gì đó"),
        question(9, "C"),
    ]
    reading = read(workbook([HEADER, *rows]))
    assert [draft.row for draft in reading.usable] == [2, 10]
    assert codes(reading)[1:8] == [
        ["no_stem"],
        ["key_beyond_options", "too_few_options"],
        ["too_few_options"],
        ["duplicate_options"],
        ["key_beyond_options"],
        ["no_key"],
        ["key_unreadable"],
    ]
    assert reading.drafts[5].problems[0].column == "Đáp án đúng"


@pytest.mark.parametrize(
    ("option", "code"),
    [
        ("Tất cả các đáp án trên", "fixed_option"),
        ("Tất cả các phương án trên đều đúng", "fixed_option"),
        ("Cả 3 đáp án trên", "fixed_option"),
        ("Cả ba phương án trên.", "fixed_option"),
        ("Không có đáp án nào đúng", "fixed_option"),
        ("Cả A và B", "names_letters"),
        ("Cả A, B, C đều đúng", "names_letters"),
        ("A và C", "names_letters"),
        ("Đáp án A và B", "names_letters"),
        ("Tất cả các cơ quan hành chính nhà nước", None),
        ("Cả nước", None),
    ],
)
def test_options_that_speak_of_others(option, code):
    draft = one([1, "Câu?", "một", "hai", "ba", option, "A"])
    assert [(p.severity, p.code) for p in draft.problems] == ([("warning", code)] if code else [])


def test_the_type_column():
    header = [*HEADER, "Loại"]
    rows = [
        [*question(1, "A"), "Chọn nhiều đáp án"],
        [*question(2, "A,B"), "Chọn một đáp án"],
        [*question(3, "A"), "Tự luận"],
        [*question(4, "A"), "Kiểu lạ"],
        [*question(5, "A,B"), None],
        [6, "Đúng không?", "Đúng", "Sai", None, None, "B", "Đúng/Sai"],
        [7, "Đúng không nhỉ?", None, None, None, None, "Sai", "Đúng/Sai"],
        [8, "Đúng thế không?", "Đúng", "Sai", None, None, "A,B", "Đúng/Sai"],
        [9, "Đúng vậy không?", "Đúng", "Sai", None, None, "A", None],
    ]
    reading = read(workbook([header, *rows]))
    assert [draft.type for draft in reading.drafts] == [
        "multiple",
        "multiple",
        "essay",
        "single",
        "multiple",
        "true_false",
        "true_false",
        "true_false",
        "true_false",
    ]
    assert codes(reading) == [
        [],
        ["type_key_mismatch"],
        ["text_not_taken"] * 5,
        ["unknown_type"],
        [],
        [],
        [],
        ["key_not_single"],
        [],
    ]
    assert (reading.drafts[6].options, reading.drafts[6].key) == (("Đúng", "Sai"), (1,))


@pytest.mark.parametrize("values", [["NB", "TH", "VDC"], [1, 2, 4]])
def test_levels_in_the_column_of_types(values):
    rows = [[*question(n), value] for n, value in enumerate(values)]
    reading = read(workbook([[*HEADER, "Loại câu hỏi"], *rows]))
    assert [draft.level for draft in reading.drafts] == ["NB", "TH", "VDC"]
    assert "type" not in reading.columns


def test_the_small_columns():
    header = [*HEADER, "Lĩnh vực", "Độ khó", "Lời giải", "Căn cứ pháp lý", "Điểm"]
    draft = one([*question(1), "Thể chế", "Vận dụng cao", "Vì thế", "Điều 1", "1,5"], header)
    assert (draft.topic, draft.level, draft.explanation, draft.citation, draft.points) == (
        "Thể chế",
        "VDC",
        "Vì thế",
        "Điều 1",
        150,
    )
    draft = one([*question(1), None, "Rất dễ dàng", None, None, "nhiều"], header)
    assert (draft.level, draft.points) == ("Rất dễ dàng", None)
    assert [p.code for p in draft.problems] == ["points_unreadable"]


def test_old_fonts_are_converted_and_told_by_cell():
    draft = one([1, "Uû ban nh©n d©n huyÖn B¶o Th¾ng", "M\xadêng Kh\xad¬ng", "y", "z", "t", "A"])
    assert (draft.stem, draft.options[0]) == ("Uỷ ban nhân dân huyện Bảo Thắng", "Mường Khương")
    assert [(p.code, p.column, dict(p.params)) for p in draft.problems] == [
        ("font_converted", "Nội dung câu hỏi", {"encoding": "TCVN3"}),
        ("font_converted", "Đáp án A", {"encoding": "TCVN3"})]


def test_the_sheet_of_sources():
    sheets = {
        "Câu hỏi": [HEADER, question(1)],
        "Nguồn": [
            ["Căn cứ", "Văn bản", "Mục", "Tiêu đề mục"],
            ["QĐ 1, Điều 1", "Quyết định 1", "Điều 1", "Phạm vi"],
        ],
    }
    reading = read(workbooks(sheets))
    (source,) = reading.sources
    assert (source.row, source.citation, source.document, source.section, source.section_title) == (
        2,
        "QĐ 1, Điều 1",
        "Quyết định 1",
        "Điều 1",
        "Phạm vi",
    )
    assert reading.problems == ()


def test_an_explicit_mapping_overrides():
    rows = [["x", "y", "z", "t"], ["Câu một?", "một", "hai", "B"]]
    assert refusal(workbook(rows))[0] == "no_header"
    mapping = {"stem": "A", "option_a": "B", "option_b": "C", "key": "D"}
    reading = read(workbook(rows), mapping=mapping)
    assert (reading.drafts[0].options, reading.drafts[0].key) == (("một", "hai"), (1,))
    whole = read(workbook(rows), mapping={**mapping, "header_row": "0"})
    assert len(whole.drafts) == 2
    swapped = read(workbook([HEADER, question(1)]), mapping={"stem": "C", "option_a": "B"})
    assert swapped.drafts[0].stem == "một"
    for wrong in ({"stem": "ZZ"}, {"nothing": "A"}, {"stem": "1"}, {"header_row": "x"}):
        assert refusal(workbook([HEADER, question(1)]), mapping=wrong)[0] == "bad_mapping"


def test_a_header_and_nothing_below():
    assert refusal(workbook([["TÊN"], HEADER]))[0] == "no_rows"
    assert refusal(workbook([HEADER, [1], [2]]))[0] == "no_rows"
    assert refusal(workbook([[]]))[0] == "empty_file"


def test_no_header_says_what_was_seen():
    code, params = refusal(workbook([["Họ và tên", "Đơn vị"], ["Nguyễn Văn A", "Sở Nội vụ"]]))
    assert (code, params["seen"]) == (
        "no_header",
        "Họ và tên | Đơn vị | Nguyễn Văn A | Sở Nội vụ",
    )


def test_bold_does_not_disturb():
    book = openpyxl.Workbook()
    for row in (HEADER, question(1)):
        book.active.append(row)
    book.active["C2"].font = Font(bold=True)
    assert read(saved(book)).drafts[0].key == (0,)
