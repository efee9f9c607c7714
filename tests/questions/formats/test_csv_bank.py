import pytest

from contest.questions.formats.gate import read_bank_here

LINES = [
    "STT;Câu hỏi;Đáp án A;Đáp án B;Đáp án đúng",
    '1;"Thủ tục; hồ sơ, ""một cửa""?";một;hai;B',
    "2;Câu hai?;ba, bốn;năm;A",
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_semicolons_and_marks_of_order(encoding, end):
    reading = read_bank_here(end.join(LINES).encode(encoding), "đề.csv")
    assert (reading.format, reading.sheet) == ("csv", "")
    assert reading.drafts[0].stem == 'Thủ tục; hồ sơ, "một cửa"?'
    assert [(d.place, d.row, d.key, d.usable) for d in reading.drafts] == [
        ("2", 2, (1,), True),
        ("3", 3, (0,), True),
    ]
    assert reading.problems == ()


def test_a_guessed_encoding_and_broken_quotes_are_told():
    data = 'Câu hỏi;A;B;Key\nC\xe2u 1?;x;y;A\n"T\xean" g\xec;x;y;B\n'.encode("cp1252", "replace")
    reading = read_bank_here(data.replace("Câu hỏi".encode("cp1252", "replace"), b"Questions"), "x")
    assert [p.code for p in reading.problems] == ["encoding_guessed", "quotes_repaired"]
    assert reading.drafts[1].stem.startswith('"')
