from datetime import UTC, datetime, timedelta

import pytest

from contest.rounds.eligibility import refusal, state_of

OPENS = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
CLOSES = datetime(2026, 12, 7, 10, 0, tzinfo=UTC)
MS = timedelta(milliseconds=1)
SECOND = timedelta(seconds=1)


def ask(now, state="published", round_audience="all", person_audience="official"):
    return refusal(state=state, opens_at=OPENS, closes_at=CLOSES, round_audience=round_audience,
                   person_audience=person_audience, now=now)


@pytest.mark.parametrize(("now", "state"), [
    (OPENS - SECOND, "upcoming"), (OPENS - MS, "upcoming"), (OPENS, "open"), (OPENS + MS, "open"),
    (CLOSES - SECOND, "open"), (CLOSES - MS, "open"), (CLOSES, "closed"), (CLOSES + MS, "closed"),
    (CLOSES + SECOND, "closed"),
])
def test_the_window_is_half_open(now, state):
    assert state_of("published", OPENS, CLOSES, None, now) == state
    why = {"upcoming": ("round_not_open", {"at": OPENS}), "closed": ("round_closed", {"at": CLOSES}), "open": None}
    assert ask(now) == why[state]


@pytest.mark.parametrize("now", [OPENS - MS, OPENS, CLOSES])
def test_a_draft_and_a_cancelled_round_are_so_at_any_time(now):
    assert state_of("draft", OPENS, CLOSES, None, now) == "draft"
    assert state_of("cancelled", OPENS, CLOSES, CLOSES, now) == "cancelled"
    assert ask(now, state="draft") == ("not_found", {})
    assert ask(now, state="cancelled") == ("round_cancelled", {})


def test_results_are_published_from_their_instant_on_and_never_while_open():
    at = CLOSES + SECOND
    assert state_of("published", OPENS, CLOSES, at, at - MS) == "closed"
    assert state_of("published", OPENS, CLOSES, at, at) == "published"
    assert state_of("published", OPENS, CLOSES, OPENS, CLOSES - MS) == "open"


@pytest.mark.parametrize(("round_audience", "person_audience", "why"), [
    ("all", "official", None), ("all", "citizen", None),
    ("official", "official", None), ("official", "citizen", ("officials_only", {})),
    ("citizen", "citizen", None), ("citizen", "official", ("citizens_only", {})),
])
def test_the_audience_is_asked_before_the_window(round_audience, person_audience, why):
    assert ask(OPENS, round_audience=round_audience, person_audience=person_audience) == why
    if why:
        assert ask(OPENS - MS, round_audience=round_audience, person_audience=person_audience) == why
