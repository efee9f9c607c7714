"""Answers in tables, lines and files of their own."""

import pytest

from contest.questions.formats.key_rows import entries_of_rows, is_key_heading, pairs
from contest.questions.formats.key_table import apply_keys, read_keys
from contest.questions.formats.typed import read_text
from tests.questions.formats.built_docx import docx, p, table

THREE = "Câu 1. Một?\nA. a1\nB. b1\nCâu 2. Hai?\nA. a2\nB. b2\nCâu 3. Ba?\nA. a3\nB. b3\n"


def found(keys):
    return [(entry.number, entry.value) for entry in keys.entries]


@pytest.mark.parametrize("text", [
    "1-A\n2-B\n3-A", "1.A 2.B 3.A", "1A 2B 3A", "Câu 1: A\nCâu 2: B\nCâu 3: A", "ĐÁP ÁN ĐỀ 101\n1) A; 2) B; 3) A;",
    "1,A\n2,B\n3,A", "STT,Đáp án\n1,A\n2,B\n3,A", "Câu;Đáp án\n1;A\n2;B\n3;A", "1\t2\t3\nA\tB\tA",
    "BẢNG ĐÁP ÁN\n\n1 A\n2 B\n3 A\n"])
def test_key_files(text):
    assert found(read_keys(text.encode())) == [(1, "A"), (2, "B"), (3, "A")]


def test_a_key_file_in_word():
    data = docx(p("ĐÁP ÁN"), table(["Câu", "Đáp án", "Câu", "Đáp án"], ["1", "A", "3", "C"], ["2", "B", "4", "A, D"]))
    assert sorted(found(read_keys(data))) == [(1, "A"), (2, "B"), (3, "C"), (4, "A, D")]


@pytest.mark.parametrize("text", [THREE, "", "Kính gửi\nNội dung", "STT;Câu hỏi;A;B;Đáp án\n1;Một?;x;y;A\n2;Hai?;x;y;B",
                                  THREE + "1A 2B 3A", "1. Nêu khái niệm?\n2. Trình bày?"])
def test_other_files_are_no_key_files(text):
    assert read_keys(text.encode()) is None


def test_a_key_file_answers_another_file():
    reading = apply_keys(read_text(THREE.encode()), read_keys(b"1B\n2A\n3B"))
    assert [draft.key for draft in reading.drafts] == [(1,), (0,), (1,)]
    assert all(draft.usable for draft in reading.drafts)


def test_contradictions_and_leftovers_are_named():
    reading = read_text((THREE + "Đáp án: A\n").encode())
    keyed = apply_keys(reading, read_keys(b"1B\n3B\n7C"))
    assert [[problem.code for problem in draft.problems] for draft in keyed.drafts] == [
        [], ["key_missing_in_table"], ["key_conflict_table"]]
    assert [(problem.code, problem.params["number"]) for problem in keyed.problems] == [("key_table_extra", 7)]
    assert keyed.drafts[2].key == (0,)


def test_a_key_beyond_the_options_is_an_error():
    keyed = apply_keys(read_text(THREE.encode()), read_keys(b"1B\n2D\n3B"))
    assert [draft.usable for draft in keyed.drafts] == [True, False, True]
    assert keyed.drafts[1].problems[0].code == "key_unreadable"


def test_missing_numbers_shift_nothing():
    text = THREE.replace("Câu 2. Hai?\nA. a2\nB. b2\n", "")
    keyed = apply_keys(read_text(text.encode()), read_keys(b"1A\n2A\n3B"))
    assert [draft.key for draft in keyed.drafts] == [(0,), (1,)]


def test_numbers_that_start_again_go_part_by_part():
    text = "PHẦN I. MỘT\n" + THREE + "PHẦN II. HAI\n" + THREE + "\nĐÁP ÁN PHẦN I\n1A 2A 3A\nĐÁP ÁN PHẦN II\n1B 2B 3B\n"
    reading = read_text(text.encode())
    assert [draft.key for draft in reading.drafts] == [(0,)] * 3 + [(1,)] * 3


def test_a_table_with_several_exam_codes():
    rows = [["Câu", "101", "102"], ["1", "A", "B"], ["2", "B", "A"], ["3", "A", "B"]]
    text = "Mã đề thi: 102 - Thời gian 45 phút\n" + THREE
    assert {entry.variant for entry in entries_of_rows(rows, [[1] * 3] * 4)} == {"101", "102"}
    keys = read_keys("\n".join(";".join(row) for row in rows).encode())
    assert [draft.key for draft in read_text(text.encode(), keys).drafts] == [(1,), (0,), (1,)]
    unnamed = read_text(THREE.encode(), keys)
    assert [draft.key for draft in unnamed.drafts] == [(0,), (1,), (0,)]
    assert [problem.code for problem in unnamed.problems] == ["key_variant"]


def test_statements_and_words():
    text = "Câu 1. Đúng hay sai?\na) x\nb) y\nCâu 2. Tính?\nCâu 3. Đúng không?\n"
    reading = apply_keys(read_text(text.encode()), read_keys("1: ĐS\n2: C\n3: Đúng".encode()))
    assert (reading.drafts[0].type, reading.drafts[0].key) == ("cluster", (0, 1))
    assert not reading.drafts[1].usable
    assert (reading.drafts[2].type, reading.drafts[2].key) == ("true_false", (0,))


@pytest.mark.parametrize(("line", "numbers"), [("1. A", [1]), ("1A2B3C", [1, 2, 3]), ("Câu 5: A, C", [5]),
                                               ("1. An", []), ("12 tháng", []), ("1-Đ 2-S", [1, 2]), ("A B C", [])])
def test_pairs(line, numbers):
    assert [entry.number for entry in pairs(line, 1)] == numbers


def test_headings():
    assert all(map(is_key_heading, ["ĐÁP ÁN", "BẢNG ĐÁP ÁN", "Đáp án đề số 2", "III. ĐÁP ÁN", "Đáp án và thang điểm"]))
    assert not any(map(is_key_heading, ["Đáp án: A", "Đáp án nào đúng?", "Câu hỏi", ""]))
