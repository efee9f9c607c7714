from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contest.questions.content import to_draft
from contest.questions.formats.checks import complete
from contest.questions.formats.drafts import Draft, Problem
from contest.questions.formats.one_row import FIELDS, cells_to_mend, field_of_problem, mended, too_long
from contest.questions.formats.sheet_cells import changed
from tests.questions.every_type import EVERY
from tests.questions.formats.drafted import drafts

KINDS = ("single", "multiple", "true_false", "matching", "ordering", "short_text", "number", "essay")


@pytest.mark.parametrize("content", EVERY, ids=lambda content: content.type)
def test_a_question_of_any_type_reads_back_from_its_own_cells(content):
    draft = complete(to_draft(content, place="Câu hỏi!7", row=7, code="C-7"))
    cells = cells_to_mend(draft)
    again = mended(draft, cells)
    assert replace(again, problems=()) == replace(draft, problems=())
    assert (again.place, again.row) == ("Câu hỏi!7", 7)


@settings(max_examples=150, deadline=None)
@given(drafts(KINDS).filter(lambda draft: changed(draft) is None))
def test_mending_nothing_changes_nothing(draft):
    cells = cells_to_mend(draft)
    if cells is not None:
        again = mended(draft, {})
        assert cells_to_mend(mended(again, cells_to_mend(again))) == cells_to_mend(again)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(FIELDS), st.text(max_size=80)))
def test_whatever_is_typed_becomes_a_draft(cells):
    before = Draft("@a", 3, None, "single", "Hỏi?", ("một", "hai"), (0,))
    draft = mended(before, cells)
    assert draft.place == "@a"
    assert all(problem.column is None or problem.column in FIELDS for problem in draft.problems)


def test_one_field_is_mended_and_the_others_stay():
    before = Draft("S!4", 4, "C", "single", "Hỏi?", ("một", "hai"), (), "Chuyển đổi số", "NB", "Vì", "KH 1", 250,
                   (Problem("error", "key_unreadable", "S!4", "Đáp án", {"value": "Z?"}),), tags=("a", "b"))
    assert cells_to_mend(before)["key"] == "Z?"
    assert cells_to_mend(before)["points"] == "2,5"
    draft = mended(before, {"key": "b"})
    assert draft == replace(before, key=(1,), problems=())
    assert mended(before, {"key": "2"}).key == (1,)
    wrong = mended(before, {"key": "E"})
    assert [(one.code, one.column, one.place) for one in wrong.problems] == [("key_beyond_options", "key", "S!4")]


def test_a_question_beyond_a_row_is_mended_in_its_file():
    assert cells_to_mend(Draft("", 1, None, "single", "?", tuple("abcdefghi"), (0,))) is None


def test_a_problem_is_found_at_its_field():
    columns = {"stem": "Câu hỏi", "key": "ĐA"}
    assert field_of_problem(Problem("error", "x", "1", "ĐA"), columns) == "key"
    assert field_of_problem(Problem("error", "x", "1", "topic"), {}) == "topic"
    assert field_of_problem(Problem("error", "x", "1"), columns) is None
    assert field_of_problem(Problem("error", "x", "1", "Khác"), columns) is None


def test_far_too_much_is_told():
    assert too_long({"stem": "x" * 16_001})
    assert not too_long({"stem": "x" * 16_000})
