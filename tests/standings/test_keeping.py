"""Boards: whatever happens to sittings and people, standings and counters say what the results say."""

import random
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from contest.extensions import db
from contest.rounds.barring import bar, unbar
from contest.rounds.entries import move_entries
from contest.rounds.models import Entry
from contest.rounds.publishing import cancel_round
from contest.scoring import ranking
from contest.standings import counters, keeping, recount
from contest.standings.board import board
from contest.standings.board_models import Board, RankStep, Standing, UnitTally
from contest.standings.explained import explain
from contest.standings.operations import SETTLE, score_pending, score_round
from tests import factories
from tests.factories import NOON
from tests.standings.cast import entry_of, sit, stage

MINUTE = timedelta(minutes=1)
CLOSED = NOON + timedelta(hours=2)
SETTLED = CLOSED + SETTLE + MINUTE


def unheard(*_told):
    """Nobody waits for the people read."""


def standing(who, round_):
    return db.session.scalar(select(Standing).join(Entry, Entry.id == Standing.entry_id).where(
        Standing.board_id == round_.id, Entry.account_id == who.id).execution_options(populate_existing=True))


def guessing(kind="perfect_entries", guesses=(), **columns):
    """A closed round of people who have everything right but one, each with a guess."""
    _contest, bank, round_, (unit,) = stage(closes_at=CLOSED, prediction=kind, **columns)
    people = [factories.account(unit=unit) for _ in guesses]
    for number, (who, guess) in enumerate(zip(people, guesses, strict=True)):
        sit(round_, bank, who, unit=unit, right=3 if number == 0 else 4, wrong=number == 0).prediction = guess
    db.session.flush()
    return round_, people


@pytest.mark.parametrize(("kind", "actual"), [
    ("perfect_entries", 3), ("participants", 4), ("perfect_percent", 7_500_000), ("none", None)])
def test_what_is_guessed_is_fixed_once_everything_is_scored_for_good(app, kind, actual):
    with app.app_context():
        round_, _people = guessing(kind, (1, 2, 3, 4))
        score_round(round_.id, CLOSED)
        assert db.session.get(Board, round_.id).settled_at is None
        score_round(round_.id, SETTLED)
        row = db.session.get(Board, round_.id)
        assert (row.actual, row.settled_at) == (actual, SETTLED)


def test_the_worker_settles_a_closed_round_by_itself(app):
    with app.app_context():
        round_, _people = guessing("participants", (1, 9), scoring={"chain": ["points", "distance"]})
        assert score_pending(CLOSED) == 2
        assert db.session.get(Board, round_.id).settled_at is None
        assert score_pending(SETTLED) == 0
        assert db.session.get(Board, round_.id).actual == 2
        assert score_pending(SETTLED + MINUTE) == 0


def test_a_number_waits_for_the_organisers(app):
    with app.app_context():
        round_, people = guessing("number", (10, 70, None), scoring={"chain": ["points", "distance"]})
        score_round(round_.id, SETTLED)
        assert db.session.get(Board, round_.id).settled_at is None
        assert score_pending(SETTLED + MINUTE) == 0
        round_.prediction_given = 60
        db.session.flush()
        score_pending(SETTLED + MINUTE)
        assert db.session.get(Board, round_.id).settled_at == SETTLED + MINUTE
        assert [standing(who, round_).distance for who in people] == [50, 10, None]


def test_the_nearest_guess_stands_first_and_none_last(app):
    with app.app_context():
        round_, people = guessing("participants", (4, 9, 3, 5, None), scoring={"chain": ["points", "distance"]})
        score_round(round_.id, SETTLED)
        assert [standing(who, round_).distance for who in people] == [1, 4, 2, 0, None]
        found = {who.id: explain(round_.id, who.id).rank for who in people}
        assert [found[who.id] for who in people] == [5, 3, 2, 1, 4]


def test_what_was_fixed_stays_when_somebody_is_barred_later(app):
    with app.app_context():
        round_, people = guessing("participants", (1, 2, 3), scoring={"chain": ["points", "distance"]})
        score_round(round_.id, SETTLED)
        bar(round_.contest_id, [people[2].id], "Thuộc Tổ giúp việc", by=None, now=SETTLED)
        assert (db.session.get(Board, round_.id).actual, explain(round_.id, people[2].id)) == (3, None)
        assert explain(round_.id, people[1].id).of == 2
        assert counters.differences(round_.id) == []
        unbar(round_.contest_id, people[2].id, by=None, now=SETTLED)
        assert explain(round_.id, people[2].id).of == 3
        assert counters.differences(round_.id) == []


def test_a_mean_counts_for_no_single_sitting(app):
    with app.app_context():
        _contest, bank, round_, (unit,) = stage(closes_at=CLOSED, scoring={"counted": "mean"})
        who = factories.account(unit=unit)
        for number, right in enumerate((1, 4), 1):
            sit(round_, bank, who, unit=unit, right=right, wrong=1 if right < 4 else 0, number=number)
        score_round(round_.id, CLOSED)
        row = standing(who, round_)
        assert (row.points, row.correct, row.attempt_id, row.attempts, row.blank) == (250, 2, None, 2, 0)


def test_lots_are_drawn_from_the_published_seed(app):
    with app.app_context():
        rules = {"chain": ["points", "draw"], "seed": "Kết quả xổ số 18/10"}
        contest, bank, round_, (unit,) = stage(closes_at=CLOSED, scoring=rules)
        people = [factories.account(unit=unit) for _ in range(5)]
        for who in people:
            sit(round_, bank, who, unit=unit, right=4)
        score_round(round_.id, CLOSED)
        lots = sorted(people, key=lambda who: ranking.draw(rules["seed"], entry_of(contest, who).id))
        assert [explain(round_.id, who.id).rank for who in lots] == [1, 2, 3, 4, 5]


def test_the_points_of_the_round_before_decide_where_the_rules_say_so(app):
    with app.app_context():
        contest, bank, first, (unit,) = stage(closes_at=CLOSED)
        second = factories.round_(contest, bank, opens_at=NOON + timedelta(hours=3),
                                  closes_at=NOON + timedelta(hours=5), questions=4,
                                  scoring={"chain": ["points", "earlier"]})
        people = [factories.account(unit=unit) for _ in range(3)]
        for who, right in zip(people, (1, 3, 0), strict=True):
            if right:
                sit(first, bank, who, unit=unit, right=right, wrong=1)
            sit(second, bank, who, unit=unit, right=4, started=NOON + timedelta(hours=3))
        score_round(first.id, CLOSED)
        score_round(second.id, NOON + timedelta(hours=5))
        assert [explain(second.id, who.id).rank for who in people] == [2, 1, 3]


def test_a_cancelled_round_has_nobody_on_its_board(app):
    with app.app_context():
        round_, _people = guessing("participants", (1, 2))
        score_round(round_.id, CLOSED)
        cancel_round(round_.id, "Bão số 9", by=None, now=CLOSED)
        for table in (Standing, RankStep, UnitTally):
            assert db.session.scalars(select(table).where(table.board_id == round_.id)).all() == []


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**6))
def test_counters_equal_a_recount_after_any_history(app, seed):
    dice = random.Random(seed)
    with app.app_context():
        contest, bank, round_, units = stage(units=("Sở Nội vụ", "Sở Y tế"), closes_at=CLOSED,
                                             scoring={"counted": dice.choice(["best", "last", "mean"]),
                                                      "pass_percent": 50})
        people = [factories.account(unit=dice.choice(units), audience=dice.choice(["official", "citizen"]))
                  for _ in range(8)]
        outsider, sat = people[0], []  # counts for no participating unit
        for step in range(24):
            who, now = dice.choice(people), NOON + step * MINUTE
            act = dice.choice(["sit", "sit", "sit", "score", "bite", "void", "bar", "unbar", "move"])
            if act == "sit":
                mine = sum(one.account_id == who.id for one in sat)
                sat.append(sit(round_, bank, who, right=dice.randint(0, 3), wrong=dice.randint(0, 1), number=mine + 1,
                               started=now, unit=None if who is outsider else who.unit))
            elif act == "score":
                score_round(round_.id, now)
            elif act == "bite":
                score_pending(now, limit=2)
            elif act == "void" and sat:
                dice.choice(sat).state = "void"
                db.session.flush()
                score_round(round_.id, now)
            elif act == "bar":
                bar(contest.id, [who.id], "Ban Tổ chức", by=None, now=now)
            elif act == "unbar":
                unbar(contest.id, who.id, by=None, now=now)
            elif act == "move" and who is not outsider:
                who.unit = dice.choice(units)
                move_entries(who.id, who.unit.id, now)
            assert counters.differences(round_.id) == []
            assert recount.of_round(round_.id, unheard).holds
        score_round(round_.id, CLOSED)
        before = _told(round_)
        keeping.keep_all(round_, CLOSED)
        counters.recount(round_.id)
        assert (_told(round_), counters.differences(round_.id)) == (before, [])
        db.session.rollback()


def _told(round_):
    rows = db.session.execute(select(Standing.__table__).where(Standing.board_id == round_.id)
                              .order_by(Standing.entry_id)).all()
    return [tuple(row) for row in rows], [board(round_.id, masked=False, audience=side).rows
                                          for side in (None, "official", "citizen")]
