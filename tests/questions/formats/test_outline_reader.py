import io
from datetime import date

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contest.questions.formats.drafts import UnreadableFile
from contest.questions.formats.gate import read_law_file
from contest.questions.formats.law_files import read_law
from contest.questions.formats.law_numbers import Named
from contest.questions.formats.outline import Outline, dump_outline, keys, load_outline, parents
from tests.questions.formats.documents import DECISION, PARTS, PLAN

MARKS = {"i", "ii", "iii", "iv", "a", "b", "đ", "e", "1", "2", "3", "", "phụ", "lục"}


def read(text: str) -> Outline:
    return read_law(text.encode())


def shown(outline: Outline) -> list[str]:
    return [f"{'  ' * one.depth}{one.locator}: {one.title}" for one in outline.entries]


def test_a_plan():
    found = read(PLAN)
    assert found.head == Named("ke_hoach", "0012/KH-UBND", date(2024, 3, 5), "Ủy ban nhân dân tỉnh Bình Minh",
                               "Tuyên truyền cải cách hành chính năm 2024")
    assert shown(found) == [
        "Phần mở đầu: Căn cứ, phần mở đầu",
        "Mục I: Mục đích, yêu cầu",
        "  Mục I.1: Mục đích",
        "  Mục I.2: Yêu cầu",
        "Mục II: Nội dung của sở tttt về CCHC",
        "  Mục II.1: Nội dung",
        "    Mục II.1.a: Điểm thứ nhất",
        "    Mục II.1.b: Điểm thứ hai",
        "    Mục II.1.đ: Điểm thứ tư, thiếu điểm c và d",
        "    Mục II.1.e: Điểm thứ năm",
        "  Mục II.2: Hình thức",
        "Mục III: Tổ chức thực hiện",
        "Mục IV: Kinh phí",
        "Phụ lục: Nhiệm vụ năm 2024",
        "  Phụ lục STT 1: Tổ chức hội thi",
        "  Phụ lục STT 2: Viết tin, bài",
        "  Phụ lục STT 3: Báo cáo",
    ]
    texts = dict(zip(keys(found.entries), (one.text for one in found.entries), strict=True))
    assert texts["I/1"] == "Nâng cao nhận thức.\n- Gạch thứ nhất;\n- Gạch thứ hai, viết tiếp ở dòng sau."
    assert texts["II/1/e"] == "12. Không phải mục: số không nối tiếp."
    assert texts["II/2"] == "1.5 triệu lượt là chỉ tiêu."
    assert texts["III"] == "Các đơn vị thực hiện; mục I. và mục II. là trọng tâm."
    assert texts["pl/2"] == "- Viết tin, bài\nI. không phải mục trong bảng"
    assert "tỉnh về việc giao nhiệm vụ;" in texts["dau"].replace("\n", " ")
    assert [(one.code, dict(one.params)) for one in found.problems] == [
        ("section_jump", {"before": 2, "after": 5})]


def test_a_roman_number_of_several_letters_after_a_letter_is_no_letter():
    found = read(PARTS.replace("I. Bối cảnh", "IV. Bối cảnh", 1))
    assert "Bối cảnh" in [one.title for one in found.entries]


def test_nothing_of_a_file_is_lost_in_silence():
    found = read(PLAN)
    held = " ".join([*(f"{one.title} {one.text}" for one in found.entries), *(one.text for one in found.left)])
    held += "KẾ HOẠCH (Kèm theo Kế hoạch số 0012/KH-UBND) STT"  # the line below an appendix names the document
    words = {word.strip(".:;,*#-()").lower() for word in PLAN.split()} - MARKS
    assert words <= {word.strip(".:;,*#-()").lower() for word in held.split()}


def test_a_decision_with_what_it_issues():
    found = read(DECISION)
    assert found.head == Named("quyet_dinh", "77/QĐ-UBND", date(2023, 9, 9), "Chủ tịch UBND tỉnh Bình Minh",
                               "Về việc ban hành quy chế của tỉnh Bình Minh")
    assert [(key, one.title) for key, one in zip(keys(found.entries), found.entries, strict=True)] == [
        ("dau", "Căn cứ, phần mở đầu"),
        ("d1", "Ban hành kèm theo Quyết định này Quy chế"),
        ("d2", "Quyết định có hiệu lực kể từ ngày ký./"),
        ("x:quy che kem theo", "Làm việc"),
        ("c1", "Quy định chung"),
        ("d1#2", "Phạm vi"),
        ("d1/1", "Khoản một"),
        ("d1/2", "Khoản hai gồm"),
        ("d1/2/a", "Điểm a"),
        ("d1/2/b", "Điểm b"),
        ("c2", "Trách nhiệm"),
        ("c2/m1", "Cấp tỉnh"),
        ("d2#2", "Sở Nội vụ"),
        ("c2/m2", "Cấp xã"),
        ("d3", "Xã"),
    ]
    assert [one.code for one in found.problems] == ["section_repeated", "section_repeated"]
    assert found.entries[12].text == "Theo Điều 1. và các quy định khác."


def test_parts_by_letters_and_numbers_of_two_steps():
    found = read(PARTS)
    assert (found.head.kind, found.head.title) == ("ke_hoach", "Phát triển năm 2025")
    assert keys(found.entries) == ["pA", "pA/I", "pB", "pB/I", "pB/II", "pB/II/2/1", "pB/II/2/2", "pC"]


def word_file() -> bytes:
    document = docx.Document()
    head = document.add_table(1, 2).rows[0].cells
    head[0].text, head[1].text = "ỦY BAN NHÂN DÂN\nXÃ HÒA AN\nSố: 5/KH-UBND", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    for line in ("KẾ HOẠCH", "Thi tìm hiểu", "I. MỤC ĐÍCH", "Một câu.", "PHỤ LỤC"):
        document.add_paragraph(line)
    table = document.add_table(3, 3)
    for row, cells in zip(table.rows, (("STT", "Việc", "Ai"), ("1", "Ra đề\nHai dòng", "Tổ đề"), ("2", "Chấm", "Tổ")),
                          strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def test_a_word_file_with_tables_through_the_gate():
    found = read_law_file(word_file(), "ke-hoach.docx")
    assert (found.head.number, found.head.issuer) == ("5/KH-UBND", "Ủy ban nhân dân xã Hòa An")
    assert [(one.locator, one.title, one.text) for one in found.entries] == [
        ("Mục I", "Mục đích", "Một câu."), ("Phụ lục", "", ""),
        ("Phụ lục STT 1", "Ra đề", "Ra đề\nHai dòng\nTổ đề"), ("Phụ lục STT 2", "Chấm", "Chấm\nTổ")]


@pytest.mark.parametrize(("data", "code"), [
    (b"PK\x03\x04rest", "not_a_document"), (b"%PDF-1.4\n", "pdf"), (b" \n ", "no_text"), (b"", "empty_file"),
])
def test_files_that_are_none(data, code):
    with pytest.raises(UnreadableFile) as refusal:
        read_law_file(data, "a.docx")
    assert (refusal.value.code, refusal.value.params["name"]) == (code, "a.docx")


def test_levels_have_parents():
    found = read(PLAN)
    above = [None if at is None else found.entries[at].locator for at in parents(found.entries)]
    assert above[4:8] == [None, "Mục II", "Mục II.1", "Mục II.1"]


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_a_spoilt_document_is_still_read(data):
    lines = (PLAN + DECISION + PARTS).split("\n")
    kept = [line for line in lines if data.draw(st.integers(0, 4))]
    at = data.draw(st.integers(0, len(kept)))
    kept.insert(at, data.draw(st.text(max_size=30)))
    text = "\n".join(kept)
    if text.strip():
        try:
            found = read(text)
        except UnreadableFile as refusal:  # a sign that no text has
            if refusal.code in {"not_a_document", "no_text"}:
                return
            raise
        assert load_outline(dump_outline(found)) == found
        assert len(set(keys(found.entries))) == len(found.entries)
        assert all(len(one.title) <= 300 and len(one.locator) <= 120 for one in found.entries)


def test_a_long_document_is_read_at_once():
    found = read("KẾ HOẠCH\n" + "".join(f"Điều {n}. Nội dung\n1. Khoản\n2. Khoản\n" for n in range(1, 900)))
    assert len(found.entries) == 2697
