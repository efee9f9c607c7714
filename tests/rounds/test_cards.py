from datetime import timedelta
from types import SimpleNamespace

import pytest

from contest.delivery.models import Attempt
from contest.extensions import db
from contest.rounds import cards, queries
from tests import factories
from tests.factories import NOON
from tests.rounds.cast import DAY, cast

MS = timedelta(milliseconds=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def stage(app):
    """A round from NOON to NOON + 1 day, two attempts of 20 minutes; the contestant's entry."""
    ids = cast(app)
    with app.app_context():
        contest = queries.get_contest(ids.contest)
        row = factories.round_(contest, db.session.get(factories.Bank, ids.bank), opens_at=NOON,
                               closes_at=NOON + DAY, attempts_allowed=2)
        account = db.session.get(factories.Account, ids.contestant)
        entry = factories.entry(contest, account)

        def attempt(number, start, state="open", finished=None):
            found = Attempt(round_id=row.id, entry_id=entry.id, account_id=account.id, scope=f"round:{row.id}",
                            number=number, rules_version=1, seed="0", owner="x", state=state, started_at=start,
                            time_limit_at=start + 20 * MINUTE, finished_at=finished)
            db.session.add(found)
            db.session.flush()
            return found

        def card(now, person=None):
            [found] = cards.rounds_for(person or SimpleNamespace(id=ids.contestant, audience="official"), now)
            return found

        yield SimpleNamespace(row=row, attempt=attempt, card=card, account=ids.contestant)
        db.session.commit()


def test_the_next_thing_to_do_through_a_round(stage):
    assert [stage.card(now).action for now in (NOON - MS, NOON, NOON + DAY - MS, NOON + DAY)] == [
        "wait", "enter", "enter", "none"]
    first = stage.attempt(1, NOON)
    card = stage.card(NOON + 20 * MINUTE - MS)
    assert (card.action, card.sittings.open_id, card.remaining, card.left) == ("continue", first.id, MS, 1)
    card = stage.card(NOON + 20 * MINUTE)
    assert (card.action, card.sittings.finished_id, card.left) == ("enter", first.id, 1)
    first.state, first.finished_at = "submitted", NOON + MINUTE
    second = stage.attempt(2, NOON + DAY - MINUTE)
    assert stage.card(NOON + DAY - MS).remaining == MS
    card = stage.card(NOON + DAY)
    assert (card.action, card.sittings.finished_id, card.sittings.used) == ("result", second.id, 2)


def test_results_wait_for_their_publication_where_nothing_is_shown(stage):
    stage.attempt(1, NOON, "submitted", NOON + MINUTE)
    stage.attempt(2, NOON + DAY / 2, "submitted", NOON + DAY / 2 + MINUTE)
    assert stage.card(NOON + DAY - MS).action == "result"
    stage.row.result_shown = "nothing"
    assert stage.card(NOON + DAY).action == "pending"
    stage.row.results_published_at = NOON + DAY
    assert stage.card(NOON + DAY).action == "result"


def test_a_void_attempt_is_used_up_unless_it_was_given_back(stage):
    void = stage.attempt(1, NOON, "void", NOON + MINUTE)
    card = stage.card(NOON + MINUTE)
    assert (card.left, card.action, card.sittings.finished_id) == (1, "enter", None)
    void.returned = True
    assert stage.card(NOON + MINUTE).left == 2


def test_attempts_of_a_week_are_used_up_for_its_rounds(stage):
    stage.row.quota_scope = "week"  # NOON is a Tuesday
    other = factories.round_(stage.row.contest, factories.bank(4), quota_scope="week", opens_at=NOON,
                             closes_at=NOON + 9 * DAY)
    stage.attempt(1, NOON, "submitted", NOON + MINUTE).scope = "week:2026-W49"
    db.session.flush()
    used = [cards.cards([stage.row, other], at, stage.account)[1].sittings.used
            for at in (NOON + MINUTE, NOON + 6 * DAY)]
    assert used == [1, 0]


def test_a_cancelled_round_offers_nothing(stage):
    stage.attempt(1, NOON)
    stage.row.state = "cancelled"
    assert (stage.card(NOON + MINUTE).state, stage.card(NOON + MINUTE).action) == ("cancelled", "none")


@pytest.mark.parametrize(("shown", "kind", "seen"), [
    ("never", "contest", [False, False, False]), ("after_close", "contest", [False, False, True]),
    ("live", "contest", [False, True, True]), ("live", "practice", [False, False, False])])
def test_when_the_board_is_shown(stage, shown, kind, seen):
    stage.row.board_shown, stage.row.kind = shown, kind
    assert [stage.card(now).board_shown for now in (NOON - MS, NOON, NOON + DAY)] == seen


def test_only_rounds_of_ones_own_audience(stage):
    official = SimpleNamespace(id="0" * 32, audience="official")
    citizen = SimpleNamespace(id="0" * 32, audience="citizen")
    seen = []
    for audience in ("all", "official", "citizen"):
        stage.row.audience = audience
        seen.append((len(cards.rounds_for(official, NOON)), len(cards.rounds_for(citizen, NOON))))
    assert seen == [(1, 1), (1, 0), (0, 1)]


def test_attempts_of_other_people_do_not_count(stage):
    stage.attempt(1, NOON)
    card = stage.card(NOON + MINUTE, SimpleNamespace(id="0" * 32, audience="official"))
    assert (card.left, card.action, card.sittings.used) == (2, "enter", 0)
