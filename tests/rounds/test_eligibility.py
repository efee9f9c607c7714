from datetime import UTC, datetime, timedelta

import pytest

from contest.rounds import eligibility
from contest.rounds.eligibility import Terms, Who, quota, refusal, state_of

OPENS = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
CLOSES = datetime(2026, 12, 7, 10, 0, tzinfo=UTC)
MS = timedelta(milliseconds=1)
SECOND = timedelta(seconds=1)


def ask(now, state="published", round_audience="all", person_audience="official", units=(), blocs=(), barred_roles=(),
        **who):
    return refusal(Terms(state, OPENS, CLOSES, round_audience, units, blocs, barred_roles),
                   Who(person_audience, **who), now)


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


PATH = "tinh/so/phong/"


@pytest.mark.parametrize(("units", "blocs", "who", "why"), [
    ((), (), {}, None),
    (("so",), (), {"unit_path": PATH}, None),
    (("phong",), (), {"unit_path": PATH}, None),
    (("ph",), (), {"unit_path": PATH}, ("other_units_only", {})),
    (("xa",), (), {"unit_path": PATH}, ("other_units_only", {})),
    (("so",), (), {}, ("other_units_only", {})),
    ((), ("Khối sở",), {"unit_path": PATH, "bloc": "Khối sở"}, None),
    ((), ("Khối sở",), {"unit_path": PATH, "bloc": "Khối xã"}, ("other_units_only", {})),
    ((), ("Khối sở",), {"unit_path": PATH}, ("other_units_only", {})),
    (("xa",), ("Khối sở",), {"unit_path": PATH, "bloc": "Khối sở"}, None),
])
def test_units_with_all_below_them_or_blocs(units, blocs, who, why):
    assert ask(OPENS, units=units, blocs=blocs, **who) == why


def test_who_is_barred_is_told_so_before_the_window():
    assert ask(OPENS - MS, barred=True) == ("barred", {})
    assert ask(OPENS, barred_roles=("organiser", "reviewer"), roles={"contestant", "reviewer"}) == ("barred", {})
    assert ask(OPENS, barred_roles=("organiser",), roles={"contestant"}) is None
    assert ask(OPENS, barred_roles=(), roles={"organiser"}) is None


@pytest.mark.parametrize(("at", "week"), [
    (datetime(2026, 12, 6, 16, 59, 59, 999000, tzinfo=UTC), "week:2026-W49"),  # Sunday, 24:00 in Vietnam
    (datetime(2026, 12, 6, 17, 0, tzinfo=UTC), "week:2026-W50"),
    (datetime(2026, 12, 31, 17, 0, tzinfo=UTC), "week:2026-W53"),  # Friday, 1 January
    (datetime(2027, 1, 3, 17, 0, tzinfo=UTC), "week:2027-W01"),
])
def test_weeks_of_a_quota_begin_on_monday_in_vietnam(at, week):
    assert quota("week", "r", at) == week


def test_quotas_of_a_round_and_of_a_contest():
    assert quota("round", "r", OPENS) == "round:r"
    assert quota("contest", "r", OPENS) == "contest"


def listed(audience="all", units=(), blocs=()):
    at = datetime(2026, 12, 1, tzinfo=UTC)
    return eligibility.Terms("published", at, at, audience, units, blocs)


@pytest.mark.parametrize(("one", "other", "takes_in", "alike"), [
    (listed(), listed(), True, True), (listed("official"), listed("citizen"), True, False),
    (listed(units=["a"]), listed(), False, False), (listed(), listed(units=["a"]), True, False),
    (listed(units=["a", "b"]), listed(units=["a"]), True, True),
    (listed(units=["a"]), listed(units=["a", "b"]), False, True),
    (listed(units=["a"]), listed(units=["b"]), False, False), (listed(blocs=["A"]), listed(blocs=["A"]), True, True),
    (listed(blocs=["A"]), listed(units=["a"]), False, False),
    (listed(units=["a"], blocs=["A"]), listed(blocs=["A"]), True, True),
])
def test_rounds_of_the_same_people(one, other, takes_in, alike):
    assert (eligibility.takes_in(one, other), eligibility.alike(one, other)) == (takes_in, alike)


def test_whose_round_it_is():
    assert [sorted(eligibility.audiences(one)) for one in ("all", "citizen")] == [["citizen", "official"], ["citizen"]]
