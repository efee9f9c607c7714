"""Documents laid out as other authors lay them out: letters in cells, tables of keys, old letters without old fonts."""

from contest.questions.formats.docx_lines import read_docx
from contest.questions.formats.drafts import Reading
from tests.questions.formats.built_docx import NAMES, docx, level, lines, numbering, p, run, table

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


def test_an_option_deleted_by_a_tracked_change_counts_for_nothing():
    deleted = ('<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr><w:rPr><w:del/></w:rPr></w:pPr>'
               "<w:del><w:r><w:delText>thừa</w:delText></w:r></w:del></w:p>")
    body = [p("Câu 1. Một?"), p("m", number=(1, 0)), deleted, p(run("n", "b"), number=(1, 0)), p("Câu 2. Hai?"),
            p("A. m"), p(run("B. n", "b"))]
    lists = numbering([level(0, "upperLetter", "%1.")], [(1, 0, "")])
    drafts = read_docx(docx(*body, parts={"numbering.xml": lists})).usable
    assert [(draft.options, draft.key) for draft in drafts] == [(("m", "n"), (1,)), (("m", "n"), (1,))]


def test_a_situation_between_questions_is_named_and_no_option():
    reading = read(lines(TWO.replace("Câu 2.", "Tình huống: Chị B đến nộp hồ sơ.\nCâu 2.")), p("ĐÁP ÁN"), p("1A 2B"))
    assert [draft.options for draft in reading.usable] == [("m1", "n1"), ("m2", "n2")]
    assert [problem.params["value"] for problem in reading.problems] == ["Tình huống: Chị B đến nộp hồ sơ."]


def test_reasons_in_brackets():
    reading = read(lines("Câu 1. Một?\nA. m\nB. n\nĐáp án: B [Điều 5]\n(Căn cứ: Nghị định 61)\n" + TWO[10:]))
    draft = reading.drafts[0]
    assert (draft.key, draft.explanation, draft.citation) == ((1,), "[Điều 5]", "Nghị định 61")


def test_keys_that_say_the_text_of_their_option():
    keyed = read(lines(TWO), p("ĐÁP ÁN"), p("1. A. m1"), p("2. B. n2"))
    assert (keys(keyed), len(keyed.usable)) == ([(0,), (1,)], 2)
    against = read(lines(TWO), p("ĐÁP ÁN"), p("1. A. n1"), p("2. B. n2"))
    assert [draft.usable for draft in against.drafts] == [False, True]


def test_a_table_of_keys_with_their_reasons():
    reason = "Vì " + "luật quy định " * 20
    reading = read(lines(TWO), p("ĐÁP ÁN"), table(["Câu", "Đáp án", "Giải thích"], ["1", "A", reason], ["2", "B", ""]))
    assert [(draft.key, draft.explanation) for draft in reading.usable] == [((0,), reason.strip()), ((1,), None)]


def test_a_title_is_no_part_of_an_unnumbered_question():
    styles = (f'<w:styles {NAMES}><w:style w:type="paragraph" w:styleId="H2"><w:name w:val="heading 2"/><w:pPr>'
              '<w:outlineLvl w:val="1"/></w:pPr></w:style></w:styles>')
    body = [p("Bộ câu hỏi", style="H2"), p("Một?", style="H2"), p("A. m1"), p(run("B. n1", "b")), p("Hai?", style="H2"),
            p(run("A. m2", "b")), p("B. n2")]
    assert [draft.stem for draft in read_docx(docx(*body, parts={"styles.xml": styles})).usable] == ["Một?", "Hai?"]


def test_words_and_signs_around_options_and_reasons():
    reading = read(lines("Câu 1. Một?\nA. m1; B. n1; C. p1\nĐáp án: B. Giải thích: Vì luật quy định."))
    draft = reading.usable[0]
    assert (draft.options, draft.key, draft.explanation) == (("m1", "n1", "p1"), (1,), "Vì luật quy định.")
