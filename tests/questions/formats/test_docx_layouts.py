"""Documents laid out as other authors lay them out: letters in cells, tables of keys, old letters without old fonts."""

from contest.questions.formats.docx_lines import read_docx
from contest.questions.formats.drafts import Reading
from tests.questions.formats.built_docx import docx, lines, p, run, table

TWO = "Câu 1. Một?\nA. m1\nB. n1\nCâu 2. Hai?\nA. m2\nB. n2"


def read(*blocks: str) -> Reading:
    return read_docx(docx(*blocks))


def keys(reading: Reading) -> list[tuple[int, ...]]:
    return [draft.key for draft in reading.drafts]


def test_letters_in_cells_of_their_own():
    cells = table(["A", "m1"], ["B", "n1"])
    across = table(["A", "m2", "C", "p2"], ["B", "n2", "D", "q2"])
    reading = read(p("Câu 1. Một?"), cells, p("Đáp án: B"), p("Câu 2. Hai?"), across, p("Đáp án: D"))
    assert [(draft.stem, draft.options, draft.key) for draft in reading.usable] == [
        ("Một?", ("m1", "n1"), (1,)), ("Hai?", ("m2", "n2", "p2", "q2"), (3,))]


def test_a_table_of_other_letters_stays_in_the_stem():
    reading = read(p("Câu 1. Bảng nào đúng?"), table(["A", "1"], ["C", "2"]), p("A. m"), p("B. n"), p("Đáp án: A"))
    assert reading.usable[0].stem.startswith("Bảng nào đúng?\n\n| A | 1 |")


def test_the_heading_of_a_table_of_keys_is_no_part_of_the_last_option():
    reading = read(lines(TWO), p("BẢNG ĐÁP ÁN"), p(""), table(["Câu", "1", "2"], ["Đáp án", "B", "A"]))
    assert (keys(reading), [draft.options for draft in reading.usable]) == (
        [(1,), (0,)], [("m1", "n1"), ("m2", "n2")])
    five = "\n".join(f"Câu {at}. Câu số {at}?\nA. m\nB. n" for at in range(1, 6))
    reading = read(lines(five), p("Bảng đáp án"), table(["Câu", *"12345"], ["Đáp án", *"ABABA"]))
    assert (keys(reading)[-1], reading.usable[-1].options) == ((0,), ("m", "n"))


def test_a_small_table_of_keys_against_the_marks():
    marked = TWO.replace("A. m1", "**A. m1**").replace("B. n2", "**B. n2**")
    reading = read(lines(marked), p("Đáp án"), table(["1", "2"], ["B", "B"]))
    assert [[problem.code for problem in draft.problems] for draft in reading.drafts] == [["key_conflict_table"], []]


def test_statements_with_columns_for_right_and_wrong_below_a_header():
    reading = read(table(["STT", "Nội dung", "Đúng", "Sai"], ["1", "Nộp trực tuyến được.", "x", ""],
                         ["2", "Xã cấp hộ chiếu.", "", "x"], ["3", "Không ai đánh dấu.", "", ""]))
    assert [(draft.type, draft.key, draft.usable) for draft in reading.drafts] == [
        ("true_false", (0,), True), ("true_false", (1,), True), ("single", (), False)]


def test_old_letters_without_an_old_font():
    typed = ("C©u 1: C¬ quan nµo lµ th\xadêng trùc Ban ChØ ®¹o c¶i c¸ch hµnh chÝnh?", "A. Bé Néi vô",
             "B. Bé T\xad ph¸p", "§¸p ¸n: A")
    draft = read(*map(p, typed)).usable[0]
    assert (draft.stem, draft.options) == (
        "Cơ quan nào là thường trực Ban Chỉ đạo cải cách hành chính?", ("Bộ Nội vụ", "Bộ Tư pháp"))
    assert [problem.code for problem in draft.problems] == ["font_converted"]
    mixed = read(*map(p, typed), p("Câu 2: Thủ tục được công khai ở đâu?"), p("A. Sở"), p("B. Xã"), p("Đáp án: B"))
    assert mixed.drafts[-1].stem == "Thủ tục được công khai ở đâu?"


def test_the_soft_hyphen_of_an_old_font_is_a_letter():
    cut = "<w:r><w:rPr><w:rFonts w:ascii='.VnTime'/></w:rPr><w:t>T</w:t><w:softHyphen/><w:t> ph¸p?</w:t></w:r>"
    plain = "<w:r><w:t>Bộ</w:t><w:softHyphen/></w:r>"
    draft = read(p(run("Câu 1: "), cut), p(run("A. "), plain), p("B. Sở"), p("Đáp án: A")).usable[0]
    assert (draft.stem, draft.options[0]) == ("Tư pháp?", "Bộ")


def test_what_stands_below_the_end_is_named():
    reading = read(lines(TWO.replace("B. n", "**B. n").replace("n1", "n1**").replace("n2", "n2**")), p("--- HẾT ---"),
                   p("Cán bộ coi thi không giải thích gì thêm."))
    assert (keys(reading), reading.usable[1].options) == ([(1,), (1,)], ("m2", "n2"))
    assert [(problem.code, problem.params["value"]) for problem in reading.problems] == [
        ("text_not_taken", "Cán bộ coi thi không giải thích gì thêm.")]
