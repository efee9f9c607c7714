from datetime import timedelta

import pytest

from contest.standings import gates
from tests.factories import NOON

MS = timedelta(milliseconds=1)
OPENS, CLOSES = NOON, NOON + timedelta(hours=6)


def rules(**changed):
    plain = {"kind": "contest", "state": "published", "opens_at": OPENS, "closes_at": CLOSES, "grace_ms": 0,
             "result_shown": "score", "board_shown": "after_close", "results_published_at": None}
    return gates.Rules(**{**plain, **changed})


@pytest.mark.parametrize(("shown", "published_at", "before", "after"), [
    ("nothing", None, False, False),
    ("nothing", CLOSES, False, True),
    ("score", None, True, True),
    ("review", None, True, True),
])
def test_the_score(shown, published_at, before, after):
    found = rules(result_shown=shown, results_published_at=published_at)
    assert gates.score_shown(found, CLOSES - MS) is before
    assert gates.score_shown(found, CLOSES) is after


@pytest.mark.parametrize("grace_ms", [0, 5_000])
def test_right_answers_wait_until_no_answer_can_arrive(grace_ms):
    found = rules(result_shown="review", grace_ms=grace_ms)
    last = CLOSES + grace_ms * MS
    assert not gates.review_shown(found, last - MS)
    assert gates.review_shown(found, last)
    for other in ("nothing", "score"):
        never = rules(result_shown=other, results_published_at=CLOSES)
        assert not gates.review_shown(never, CLOSES + timedelta(days=9))


@pytest.mark.parametrize(("shown", "at_opening", "in_the_middle", "at_closing"), [
    ("never", False, False, False), ("after_close", False, False, True), ("live", True, True, True),
])
def test_the_board(shown, at_opening, in_the_middle, at_closing):
    found = rules(board_shown=shown)
    timeline = [(OPENS - MS, False), (OPENS, at_opening), (CLOSES - MS, in_the_middle), (CLOSES, at_closing)]
    assert [gates.board_shown(found, at, privileged=False) for at, _ in timeline] == [seen for _, seen in timeline]
    assert all(gates.board_shown(found, at, privileged=True) for at, _ in timeline)


@pytest.mark.parametrize("changed", [{"kind": "practice"}, {"state": "cancelled"}, {"state": "draft"}])
def test_no_board_of_what_does_not_count(changed):
    assert not gates.board_shown(rules(board_shown="live", **changed), CLOSES, privileged=False)


def test_figures_are_provisional_until_closed_and_published():
    found = rules(results_published_at=CLOSES + timedelta(days=1))
    assert gates.provisional(found, CLOSES + timedelta(days=1) - MS)
    assert not gates.provisional(found, CLOSES + timedelta(days=1))
    early = rules(results_published_at=OPENS)
    assert gates.provisional(early, CLOSES - MS)
    assert not gates.provisional(early, CLOSES)
    assert gates.provisional(rules(), CLOSES + timedelta(days=99))
