"""Word files with every trap that real ones have, and what must come out of them."""

import pytest

from contest.questions.formats.docx_lines import read_docx
from contest.questions.formats.drafts import UnreadableFile
from tests.questions.formats.built_docx import (
    NAMES,
    OFFICE,
    QUESTIONS_AND_LETTERS,
    box,
    cell,
    docx,
    level,
    lines,
    numbering,
    p,
    package,
    picture,
    png,
    run,
    table,
)


def codes(draft):
    return sorted(problem.code for problem in draft.problems if not problem.code.startswith("duplicate_"))


def keys(reading):
    return [draft.key for draft in reading.drafts]


def four(number, right, marks, stem="Cơ quan nào ban hành văn bản?"):
    """A question whose right option bears marks."""
    letters = zip("ABCD", ("một", "hai", "ba", "bốn"), strict=True)
    return p(f"Câu {number}: {stem}") + "".join(
        p(run(f"{letter}. {text}", marks if letter == right else "")) for letter, text in letters)


@pytest.mark.parametrize("marks", ["b", "u", "color=FF0000", "highlight=yellow", "shd=FFFF00", "i"])
def test_the_look_that_singles_out_one_option_is_the_key(marks):
    reading = read_docx(docx(*(four(n, "ABCD"[n % 4], marks) for n in range(1, 9))))
    assert keys(reading) == [(n % 4,) for n in range(1, 9)]
    assert all(draft.type == "single" and draft.usable for draft in reading.drafts)
    assert reading.drafts[0].stem == "Cơ quan nào ban hành văn bản?"
    assert reading.drafts[0].options == ("một", "hai", "ba", "bốn")


def test_only_the_letter_is_underlined():
    def question(n):
        return p(f"Câu {n}. Hỏi?") + "".join(
            p(run(letter, "u" if letter == "ABC"[n % 3] else ""), run(f". nghĩa {letter}")) for letter in "ABC")
    assert keys(read_docx(docx(*(question(n) for n in range(1, 6))))) == [(1,), (2,), (0,), (1,), (2,)]


def test_bold_letters_everywhere_are_no_key_and_red_is():
    def question(n):
        return p(run(f"Câu {n}. Hỏi?", "b")) + "".join(
            p(run(f"{letter}. ", "b color=0000FF"),
              run(f"nghĩa {letter}", "color=C00000" if letter == "ABC"[n % 3] else "")) for letter in "ABC")
    assert keys(read_docx(docx(*(question(n) for n in range(1, 6))))) == [(1,), (2,), (0,), (1,), (2,)]


def test_all_bold_none_bold_and_two_bold_are_named_with_their_place():
    body = [four(n, "B", "b") for n in range(1, 11)]
    body += [p("Câu 11: Hỏi?"), *(p(run(f"{letter}. nghĩa {letter}", "b")) for letter in "ABCD")]
    body += [four(12, "-", "b")]
    body += [p("Câu 13: Hỏi?")]
    body += [p(run(f"{letter}. nghĩa {letter}", "b" if letter in "AC" else "")) for letter in "ABCD"]
    reading = read_docx(docx(*body))
    assert [draft.usable for draft in reading.drafts] == [True] * 10 + [False] * 3
    assert "key_conflict" in codes(reading.drafts[10])
    assert codes(reading.drafts[11]) == ["no_key"]
    assert codes(reading.drafts[12]) == ["key_several"]
    assert reading.drafts[11].place == "56" == reading.drafts[11].problems[0].place


def test_a_key_line_that_contradicts_the_bold_option():
    body = "".join(four(n, "B", "b") + p("Đáp án: B") for n in range(1, 6)) + four(6, "B", "b") + p("Đáp án: C")
    reading = read_docx(docx(body))
    assert keys(reading)[:5] == [(1,)] * 5
    assert codes(reading.drafts[5]) == ["key_conflict"]


def test_a_look_that_the_key_lines_contradict_is_no_key_style():
    body = "".join(four(n, "A", "b") + p("Đáp án: C") for n in range(1, 6))
    reading = read_docx(docx(body))
    assert keys(reading) == [(2,)] * 5
    assert all(draft.usable for draft in reading.drafts)


def test_somebody_changed_the_pen_midway():
    body = [four(n, "A", "b") for n in range(1, 6)] + [four(n, "D", "color=FF0000") for n in range(6, 11)]
    assert keys(read_docx(docx(*body))) == [(0,)] * 5 + [(3,)] * 5


def test_near_black_is_no_colour_and_bold_from_a_style_counts():
    styles = (f'<w:styles {NAMES}><w:style w:type="paragraph" w:styleId="Right"><w:name w:val="Right"/>'
              '<w:basedOn w:val="Base"/></w:style><w:style w:type="paragraph" w:styleId="Base"><w:name w:val="Base"/>'
              "<w:rPr><w:b/></w:rPr></w:style></w:styles>")

    def question(n):
        return p(f"Câu {n}. Hỏi?") + "".join(
            p(run(f"{letter}. nghĩa {letter}", "color=1F1F1F" if letter == "A" else ""),
              style="Right" if letter == "C" else "") for letter in "ABC")
    assert keys(read_docx(docx(*(question(n) for n in range(1, 4)), parts={"styles.xml": styles}))) == [(2,)] * 3


def test_numbers_and_letters_by_word_itself():
    body = []
    for n in range(1, 4):
        body.append(p(f"Hỏi thứ {n}?", number=(1, 0)))
        body += [p(run(f"ý {at}", "b" if at == n else ""), number=(n + 1, 0)) for at in range(4)]
    reading = read_docx(docx(*body, parts={"numbering.xml": QUESTIONS_AND_LETTERS}))
    assert [draft.stem for draft in reading.drafts] == ["Hỏi thứ 1?", "Hỏi thứ 2?", "Hỏi thứ 3?"]
    assert reading.drafts[0].options == ("ý 0", "ý 1", "ý 2", "ý 3")
    assert keys(reading) == [(1,), (2,), (3,)]


def test_letters_as_the_second_level_of_the_questions_list_and_a_list_linked_by_style():
    styles = (f'<w:styles {NAMES}><w:style w:type="paragraph" w:styleId="Cau"><w:name w:val="Cau"/><w:pPr><w:numPr>'
              '<w:numId w:val="1"/></w:numPr></w:pPr></w:style></w:styles>')
    lists = numbering([level(0, "decimal", "%1.", 5) + level(1, "lowerLetter", "%2)")], [(1, 0, "")])
    body = []
    for n in range(3):
        body.append(p(f"Hỏi {n}?", style="Cau"))
        body += [p(run(f"ý {at}", "u" if at == 2 else ""), number=(1, 1)) for at in range(4)]
    reading = read_docx(docx(*body, parts={"numbering.xml": lists, "styles.xml": styles}))
    assert [draft.stem for draft in reading.drafts] == ["Hỏi 0?", "Hỏi 1?", "Hỏi 2?"]
    assert keys(reading) == [(2,)] * 3
    assert codes(reading.drafts[0]) == []


def test_options_with_tabs_runs_cut_in_mid_word_and_hidden_text():
    body = p(run("Câ"), run("u 1"), run(": Thủ đô là gì", ""), run(" (bí mật)", "vanish"), run("?")) + p(
        run("A. Hà N"), run("ội\tB"), run(". Huế\t"), run("C.", "b"), run(" Đà Nẵng", "b"), run("\tD. Vinh"))
    reading = read_docx(docx(body, four(2, "A", "b")))
    assert reading.drafts[0].stem == "Thủ đô là gì?"
    assert reading.drafts[0].options == ("Hà Nội", "Huế", "Đà Nẵng", "Vinh")
    assert reading.drafts[0].key == (2,)
    assert codes(reading.drafts[0]) == ["hidden_row"]


def test_options_in_cells_and_a_data_table_in_the_stem():
    body = p("Câu 1. Theo bảng, năm nào cao nhất?") + table(["Năm", "Điểm"], ["2023", "85|x"]) + table(
        ["A. 2021", "B. 2022"], ["C. 2023", "D. 2024"]) + p("Đáp án: C")
    draft = read_docx(docx(body)).drafts[0]
    assert draft.options == ("2021", "2022", "2023", "2024")
    assert draft.key == (2,)
    assert draft.markup
    assert draft.stem == "Theo bảng, năm nào cao nhất?\n\n| Năm | Điểm |\n| --- | --- |\n| 2023 | 85\\|x |"


def test_letters_that_run_down_the_columns_and_letters_in_cells_of_their_own():
    down = p("Câu 1. Hỏi?") + table(["A. một", "C. ba"], ["B. hai", "D. bốn"]) + p("Đáp án: B")
    alone = p("Câu 2. Hỏi?") + table(["A.", "một", "B.", "hai"], ["C.", "ba", "D.", "bốn"]) + p("Đáp án: D")
    for draft, key in zip(read_docx(docx(down, alone)).drafts, [(1,), (3,)], strict=True):
        assert draft.options == ("một", "hai", "ba", "bốn")
        assert draft.key == key


def test_questions_in_the_rows_of_a_table_split_over_pages():
    header = ["STT", "Nội dung câu hỏi", "A", "B", "C", "D", "Đáp án"]
    rows = [header, *([str(n), f"Hỏi {n}?", "một", "hai", "ba", "bốn", "ABCD"[n % 4]] for n in range(1, 4))]
    second = [header, [cell("I. Lĩnh vực khác", span=7)], ["4", "Hỏi 4?", "một", "hai", "ba", "", "C"]]
    reading = read_docx(docx(p("NGÂN HÀNG CÂU HỎI"), table(*rows), p(""), table(*second)))
    assert [draft.stem for draft in reading.drafts] == ["Hỏi 1?", "Hỏi 2?", "Hỏi 3?", "Hỏi 4?"]
    assert keys(reading) == [(1,), (2,), (3,), (2,)]
    assert reading.drafts[3].options == ("một", "hai", "ba")
    assert reading.drafts[3].topic == "Lĩnh vực khác"


def test_all_options_in_one_cell_and_a_key_by_its_look():
    rows = [["TT", "Câu hỏi", "Phương án trả lời", "Đáp án"]]
    rows += [[str(n), f"Hỏi {n}?", cell(p("A. một"), p("B. hai"), p("C. ba")), "B"] for n in range(1, 4)]
    reading = read_docx(docx(table(*rows)))
    assert [draft.options for draft in reading.drafts] == [("một", "hai", "ba")] * 3
    assert keys(reading) == [(1,)] * 3


def test_options_in_merged_rows():
    rows = [["STT", "Câu hỏi", "Phương án", "Đáp án"]]
    for n in range(1, 3):
        for at, letter in enumerate("ABC"):
            merge = "continue" if at else "restart"
            rows.append([cell(str(n), merge=merge), cell(f"Hỏi {n}?", merge=merge), f"{letter}. nghĩa {letter}",
                         cell("C" if not at else "A", merge=merge)])  # Word hides what a merged cell held
    reading = read_docx(docx(table(*rows)))
    assert [(draft.stem, draft.options, draft.key) for draft in reading.drafts] == [
        (f"Hỏi {n}?", ("nghĩa A", "nghĩa B", "nghĩa C"), (2,)) for n in (1, 2)]


def test_a_whole_question_a_cell_and_no_header():
    rows = [[str(n), cell(p(f"Hỏi {n}?"), p("A. một"), p("B. hai")), "B"] for n in range(1, 4)]
    reading = read_docx(docx(table(*rows)))
    assert [(draft.stem, draft.options, draft.key) for draft in reading.drafts] == [
        (f"Hỏi {n}?", ("một", "hai"), (1,)) for n in range(1, 4)]


def test_a_key_table_at_the_end():
    body = "".join(four(n, "-", "") for n in range(1, 6)) + p("BẢNG ĐÁP ÁN")
    body += table(["Câu", "1", "2", "3", "4", "5"], ["Đáp án", "A", "C", "B", "D", "A"])
    reading = read_docx(docx(body))
    assert keys(reading) == [(0,), (2,), (1,), (3,), (0,)]
    assert not any(map(codes, reading.drafts))


def test_a_key_table_that_lacks_one_and_has_another_too_many():
    body = "".join(four(n, "-", "") for n in range(1, 5)) + p("ĐÁP ÁN") + table(
        ["1", "2", "3", "9"], ["A", "C", "B", "D"])
    reading = read_docx(docx(body))
    assert codes(reading.drafts[3]) == ["key_missing_in_table"]
    assert [(problem.code, problem.params["number"]) for problem in reading.problems] == [("key_table_extra", 9)]


def test_a_key_table_against_the_marks():
    body = "".join(four(n, "B", "b") for n in range(1, 5)) + p("ĐÁP ÁN") + p("1B 2B 3A 4B")
    assert [codes(draft) for draft in read_docx(docx(body)).drafts] == [[], [], ["key_conflict_table"], []]


def test_statements_in_a_table_with_crosses():
    body = p("Câu 1. Đúng hay sai?") + table(["Phát biểu", "Đúng", "Sai"], ["a) Trời xanh", "x", ""],
                                             ["b) Đất vuông", "", "x"])
    draft = read_docx(docx(body)).drafts[0]
    assert (draft.type, draft.parts, draft.key) == ("cluster", ("Trời xanh", "Đất vuông"), (0, 1))


def test_a_picture_in_the_stem_with_and_without_words():
    body = p("Câu 1. Hình nào?", picture(alt="Cột cờ")) + p("A. một", picture("rIdP2")) + p("B. hai")
    body += p("Đáp án: A")
    reading = read_docx(docx(body, parts={"media/1.png": png(), "media/2.png": png("blue")}))
    draft = reading.drafts[0]
    assert draft.markup
    assert draft.stem == f'Hình nào?![Cột cờ](media:{reading.media[0].name} "8x6")'
    assert draft.options[0].startswith("một![](media:")
    assert codes(draft) == ["picture_no_alt"]
    assert len(reading.media) == 2


def test_a_linked_picture_is_not_fetched_but_named():
    outside = (f'<Relationship Id="rIdX" Type="{OFFICE}/relationships/image" '
               'Target="http://example.invalid/x.png" TargetMode="External"/>')
    body = p("Câu 1. Hình nào?", picture("rIdX")) + p("A. một") + p("B. hai") + p("Đáp án: A")
    draft = read_docx(docx(body, relations=outside)).drafts[0]
    assert codes(draft) == ["picture_missing"]


def test_formulas_become_latex_and_lost_ones_an_error():
    fraction = ("<m:oMath><m:f><m:num><m:r><m:t>1</m:t></m:r></m:num>"
                "<m:den><m:r><m:t>2</m:t></m:r></m:den></m:f></m:oMath>")
    lost = '<w:r><w:object><o:OLEObject ProgID="Equation.DSMT4"/></w:object></w:r>'
    reading = read_docx(docx(p("Câu 1. Tính ", fraction, run(" + x", ""), run("2", "sup")), p("A. 1$"), p("B. 2"),
                             p("ĐA: A"), p("Câu 2. Tính ", lost, run(" bằng")), p("A. 1"), p("B. 2"), p("Đáp án: B")))
    assert reading.drafts[0].stem == r"Tính $\frac{1}{2}$ + x²"
    assert reading.drafts[0].options == ("1\\$", "2")
    assert codes(reading.drafts[1]) == ["formula_lost"]
    assert reading.drafts[1].stem == "Tính … bằng"


def test_tracked_changes_fields_links_boxes_and_controls():
    changed = '<w:ins><w:r><w:t>mới</w:t></w:r></w:ins><w:del><w:r><w:delText>cũ</w:delText></w:r></w:del>'
    linked = "<w:hyperlink><w:r><w:t> tại cổng</w:t></w:r></w:hyperlink>"
    inside = ('<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>'
              '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t> 7</w:t></w:r>'
              '<w:r><w:fldChar w:fldCharType="end"/></w:r>')
    controlled = f"<w:sdt><w:sdtContent>{p('A. một')}</w:sdtContent></w:sdt>"
    symbol = '<w:r><w:sym w:font="Symbol" w:char="F0B3"/></w:r>'
    body = p("Câu 1. Văn bản ", changed, linked, inside, symbol, run("?")) + controlled + p(
        "B. hai", box(p("C. ba"), p("D. bốn"))) + p("Đáp án: D")
    draft = read_docx(docx(body)).drafts[0]
    assert draft.stem == "Văn bản mới tại cổng 7≥?"
    assert draft.options == ("một", "hai", "ba", "bốn")
    assert codes(draft) == ["tracked_change"]


def test_old_fonts_by_their_names():
    body = p(run("C©u 1: C¶i c¸ch hµnh chÝnh lµ g×?", "font=.VnTime")) + p(run("a. bé néi vô", "font=.VnTimeH"))
    body += p(run("B. Thuû tu", "font=VNI-Times"), run("ïc haønh chính", "font=VNI-Times b"))
    body += p("Đáp án: B")
    draft = read_docx(docx(body)).drafts[0]
    assert draft.stem == "Cải cách hành chính là gì?"
    assert draft.options == ("BỘ NỘI VỤ", "Thủ tục hành chính")
    assert codes(draft) == ["font_converted"]


def test_footnotes_and_comments_are_named():
    notes = f'<w:footnotes {NAMES}><w:footnote w:id="2">{p("Sửa đổi năm 2025")}</w:footnote></w:footnotes>'
    marked = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    body = p("Câu 1. Hỏi", marked, run("?")) + p("A. x") + p("B. y") + p("ĐA: A")
    draft = read_docx(docx(body, parts={"footnotes.xml": notes})).drafts[0]
    assert [(problem.code, problem.params["value"]) for problem in draft.problems] == [
        ("text_not_taken", "Sửa đổi năm 2025")]


def test_nfd_and_odd_spaces_are_put_right_and_counted():
    reading = read_docx(docx(lines("Câu\u00a01: Thu\u0309 tu\u0323c?\nA. mo\u0302\u0323t\nB. hai\nĐáp án: A")))
    assert reading.drafts[0].stem == "Thủ tục?"
    assert reading.drafts[0].options == ("một", "hai")
    assert {problem.params["kind"]: problem.params["cells"] for problem in reading.problems} == {"nfd": 2, "nbsp": 1}


def test_the_writers_head_of_a_document_is_skipped_and_listed():
    body = table(["SỞ NỘI VỤ", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"]) + p("Thời gian: 45 phút") + four(1, "A", "b") + p(
        "----- HẾT -----")
    reading = read_docx(docx(body))
    assert len(reading.drafts) == 1
    assert [row.why for row in reading.skipped] == ["preamble", "letterhead", "preamble", "end_mark"]


@pytest.mark.parametrize("data", [
    package(b'<!DOCTYPE x [<!ENTITY a "b">]><w:document/>'), package("<w:document>"), docx()[:200],
    package(f"<w:document {NAMES}/>")])
def test_hostile_and_broken_files_are_refused(data):
    with pytest.raises(UnreadableFile) as refused:
        read_docx(data)
    assert refused.value.code in ("unsafe_xml", "broken_file")


def test_a_document_without_questions_is_refused():
    with pytest.raises(UnreadableFile) as refused:
        read_docx(docx(p("Kính gửi: các cơ quan"), p("Nội dung công văn.")))
    assert refused.value.code == "no_rows"
