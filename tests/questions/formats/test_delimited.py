import pytest

from contest.questions.formats.delimited import decode, records, sniff
from contest.questions.formats.drafts import UnreadableFile

TEXT = "STT;Câu hỏi\n1;Thủ tục, hồ sơ, lệ phí?\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_needs_no_guess(encoding):
    assert decode(TEXT.encode(encoding)) == (TEXT, None)


def test_old_code_pages_are_guessed():
    # windows-1258 writes ẫ as â and a combining tilde
    assert decode("m\xe2\xde\xfeu".encode("latin-1"))[1] == "windows-1258"
    assert decode("Ti\u00eang".encode("cp1252") + b"\xec\x41\xd2\xd2")[1] == "windows-1252"


def test_binary_is_no_text():
    with pytest.raises(UnreadableFile, match="not_a_table"):
        decode(b"abc" * 100 + b"\0" + b"abc" * 100)


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_the_delimiter_is_what_cuts_evenly(delimiter):
    rows = [["Câu", "A", "Đúng"], ["x, y; z", "một, hai", "B"], ["p; q", "r", "A"]]
    text = "\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)
    assert sniff(text) == delimiter
    assert records(text)[0] == rows


def test_quoted_line_breaks_stay_in_the_cell():
    assert records('a;b\n"x\ny";z\n') == ([["a", "b"], ["x\ny", "z"]], ";", [])


def test_an_empty_line_is_a_row():
    assert records("a;b\n\nc;d\n")[0] == [["a", "b"], [], ["c", "d"]]


def test_a_line_that_names_the_delimiter():
    assert records("sep=;\na;b\n")[0] == [["a", "b"]]


def test_stray_quotes_are_kept_as_text_and_told():
    found, _, repaired = records('a;b;c\n"Luật" quy định;x;y\n"mở;z;t\n1;2;"3"\n')
    assert found == [
        ["a", "b", "c"],
        ['"Luật" quy định', "x", "y"],
        ['"mở', "z", "t"],
        ["1", "2", "3"],
    ]
    assert repaired == [2, 3]
