"""What a question page's form means, whoever wrote it."""

import pytest
from werkzeug.datastructures import MultiDict

from contest.delivery.forms import FIELDS_MOST, Move, read_move


def move(*pairs: tuple[str, str]) -> Move:
    return read_move(MultiDict(pairs))


def test_a_plain_page():
    assert move(("choice", "b"), ("choice", "a"), ("nonce", "n1"), ("go", "next")) == Move(
        choice=("a", "b"), nonce="n1", go="next", show="", flag=None)


def test_nothing_sent_saves_nothing_and_stays():
    assert move() == Move(choice=None, nonce="", go="stay", show="", flag=None)


def test_clearing_drops_the_choice():
    assert move(("choice", "a"), ("go", "clear")).choice is None


def test_the_mark_is_turned():
    assert move(("go", "flag"), ("flagged", "0")).flag is True
    assert move(("go", "flag"), ("flagged", "1")).flag is False


def test_a_pressed_filter_is_let_go():
    assert move(("show", "blank")).show == "blank"
    assert move(("show", "blank"), ("shown", "blank")).show == ""
    assert move(("show", "flag"), ("shown", "blank")).show == "flag"
    assert move(("show", "<b>")).show == ""


@pytest.mark.parametrize(("go", "slot", "to"), [
    ("next", 1, 2), ("next", 3, 4), ("next", 4, None), ("prev", 1, 1), ("prev", 3, 2), ("check", 1, None),
    ("3", 1, 3), ("99999999", 1, 4), ("0", 2, 1), ("²", 2, 2), ("-1", 2, 2), ("stay", 2, 2), ("clear", 3, 3),
])
def test_where_a_button_leads(go: str, slot: int, to: int | None):
    assert move(("go", go)).slot(slot, 4) == to


def test_the_fields_of_parts_are_a_map():
    assert move(("part_p1", "x1"), ("part_p2", ""), ("go", "next")).choice == {"p1": "x1"}
    assert move(("part_p1", ""), ("choice", "a")).choice is None
    assert move(("part_p1", "x1"), ("go", "clear")).choice is None


def test_a_text_is_taken_as_it_is_written():
    assert move(("text", "Dòng một\r\nDòng hai")).choice == "Dòng một\r\nDòng hai"
    assert move(("text", "")).choice is None
    assert move(("text", "a"), ("go", "clear")).choice is None


def test_no_form_holds_more_fields_than_any_question():
    assert len(move(*((f"part_{i}", "x") for i in range(1_000))).choice or ()) == FIELDS_MOST
