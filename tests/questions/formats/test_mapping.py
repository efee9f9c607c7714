import pytest

from contest.questions.formats.drafts import UnreadableFile
from contest.questions.formats.gate import read_bank_files, read_bank_here
from contest.questions.formats.grid import open_book
from contest.questions.formats.mapping import Column, key_style_of, preview_columns
from contest.questions.formats.whole import Wish, read_one
from tests.questions.formats.built import HEADER, question, workbook, workbooks

ROWS = [["Câu một?", "x", "một", "hai", "2"], ["Câu hai?", "y", "ba", "bốn", "1"]]
MAPPING = {"stem": "A", "option_a": "C", "option_b": "D", "key": "E"}


def test_columns_header_row_and_key_style_by_hand():
    wish = Wish(sheet="S", header_row=0, mapping=MAPPING, key_style="numbers")
    data = workbooks({"Khác": [HEADER, question(1)], "S": ROWS})
    reading = read_one(data, wish)
    assert [(d.row, d.options, d.key) for d in reading.drafts] == [(1, ("một", "hai"), (1,)), (2, ("ba", "bốn"), (0,))]
    assert read_bank_files([("x", data)], wish) == reading
    with pytest.raises(UnreadableFile, match="bad_mapping"):
        read_one(data, Wish(mapping=MAPPING, key_style="runes"))


def test_a_header_row_that_is_not_the_first():
    data = workbook([HEADER, question(1), HEADER, question(2)])
    reading = read_one(data, Wish(header_row=3))
    assert [d.row for d in reading.drafts] == [4]


def test_numbers_from_zero_and_text_by_hand():
    data = workbook([HEADER, question(1, 1), question(2, 2)])
    assert [d.key for d in read_one(data, Wish(key_style="numbers_from_zero")).drafts] == [(1,), (2,)]
    data = workbook([HEADER, [1, "Bao nhiêu?", "2", "4", "6", "8", "2"]])
    assert read_one(data, Wish(key_style="text")).drafts[0].key == (0,)
    assert read_one(data, Wish(key_style="numbers")).drafts[0].key == (1,)


def test_a_column_is_ignored():
    header = [*HEADER, "Ghi chú"]
    data = workbook([header, [*question(1), "nội bộ"]])
    assert read_bank_here(data, "x").drafts[0].explanation == "nội bộ"
    reading = read_bank_here(data, "x", mapping={"ignore": "H"})
    assert reading.drafts[0].explanation is None
    with pytest.raises(UnreadableFile, match="bad_mapping"):
        read_bank_here(data, "x", mapping={"ignore": "ZZ"})


def test_what_a_mapping_screen_shows():
    book = open_book(workbook([["TIÊU ĐỀ"], [*HEADER, "Lạ"], *(question(n, "A,B") for n in range(9))]))
    preview = preview_columns(book)
    assert (preview.sheet, preview.header_row, preview.key_style) == ("Câu hỏi", 2, "several")
    assert preview.columns[1] == Column(
        "B", "Nội dung câu hỏi", "stem", ("Câu hỏi số 0?", "Câu hỏi số 1?", "Câu hỏi số 2?"))
    assert preview.columns[7] == Column("H", "Lạ", None, ())
    bare = preview_columns(open_book(workbook(ROWS)), header_row=0)
    assert (bare.header_row, bare.columns[0].header, bare.columns[0].samples) == (0, "", ("Câu một?", "Câu hai?"))


@pytest.mark.parametrize(("cells", "style"), [
    ({"A": 3, "B": 1}, "letters"), ({"A": 3, "A, C": 1}, "several"), ({"1": 2, "3": 1}, "numbers"),
    ({"0": 2, "3": 1}, "numbers_from_zero"), ({"Một cửa": 2}, "text"), ({"": 4}, "")])
def test_key_styles(cells, style):
    assert key_style_of(cells) == style
