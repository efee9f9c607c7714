import pytest

from contest import sandbox
from contest.questions.formats import gate
from contest.questions.formats.drafts import UnreadableFile
from contest.questions.formats.looking import load_preview, look_at_cells, look_at_columns, preview_document
from contest.questions.formats.whole import Wish
from tests.questions.formats.built import HEADER, question, workbook, workbooks

TITLED = workbook([["NGÂN HÀNG"], HEADER, question(1), question(2, "?"), [3], question(4)])
GIFT = "::A:: Hỏi gì? {=một ~hai}\n".encode()


def test_the_child_sees_the_columns_that_this_process_sees():
    here = look_at_columns([("a.xlsx", TITLED)], Wish())
    assert gate.read_columns([("a.xlsx", TITLED)]) == here
    assert load_preview(preview_document(here)) == here
    assert (here.sheet, here.header_row, here.key_style) == ("Câu hỏi", 2, "letters")
    assert [(one.letter, one.field) for one in here.columns][:3] == [("A", "number"), ("B", "stem"), ("C", "option_a")]
    assert here.columns[1].samples[0] == "Câu hỏi số 1?"


def test_a_row_of_ones_choice_is_the_header():
    here = look_at_columns([("a.xlsx", TITLED)], Wish(header_row=3))
    assert (here.header_row, here.columns[1].header, here.columns[1].field) == (3, "Câu hỏi số 1?", None)


def test_the_first_table_among_several_files_is_looked_at():
    assert look_at_columns([("a.txt", GIFT), ("b.xlsx", TITLED)], Wish()).sheet == "Câu hỏi"
    with pytest.raises(UnreadableFile) as caught:
        gate.read_columns([("a.txt", GIFT)])
    assert caught.value.code == "not_a_table"
    with pytest.raises(UnreadableFile) as caught:
        gate.read_columns([("a.xlsx", TITLED)], Wish(sheet="Không có"))
    assert (caught.value.code, caught.value.params["name"]) == ("no_sheet", "a.xlsx")


def test_cells_come_back_by_place_as_the_file_has_them():
    files = [("a.xlsx", TITLED)]
    assert gate.read_cells(files, places=["Câu hỏi!4", "Câu hỏi!99"]) == {
        "Câu hỏi!4": ["2", "Câu hỏi số 2?", "một", "hai", "ba", "bốn", "?"]}
    assert look_at_cells(files, Wish(), None, "G") == {"Câu hỏi!3": ["A"], "Câu hỏi!4": ["?"], "Câu hỏi!6": ["A"]}


def test_rows_without_columns_in_common_have_no_cells():
    two = workbooks({"Một": [HEADER, question(1)], "Hai": [HEADER, question(2)]})
    assert look_at_cells([("a.xlsx", two)], Wish(), None, None) == {}
    assert gate.read_cells([("a.txt", GIFT)]) == {}
    assert look_at_cells([("a.xlsx", TITLED), ("b.xlsx", TITLED)], Wish(), None, None) == {}


def test_a_hostile_file_ends_the_look_not_us(monkeypatch):
    monkeypatch.setattr(sandbox, "WALL_SECONDS", 0.001)
    with pytest.raises(UnreadableFile, match="too_heavy"):
        gate.read_columns([("a.xlsx", TITLED)])
