"""Scoring as timelines: what is due when, and that the order of work never changes a figure."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import select

from contest.delivery.models import Attempt
from contest.errors import Refusal
from contest.extensions import db
from contest.questions.keys import AnswerKey
from contest.reports import frames
from contest.rounds.publishing import cancel_round
from contest.scoring import ranking
from contest.standings import figures as figures_of
from contest.standings.board import board
from contest.standings.models import Result
from contest.standings.operations import SETTLE, Counts, publish_results, rescore, score_pending, score_round
from contest.standings.queries import freshness, own_attempts, report_rounds
from tests import factories
from tests.factories import NOON
from tests.standings.cast import counts, save, sit, stage, version_at

MINUTE = timedelta(minutes=1)
LATER = NOON + timedelta(minutes=10)


def results():
    db.session.expire_all()
    return {r.attempt_id: r for r in db.session.scalars(select(Result))}


def figures(row):
    return row.points, row.max_points, row.correct, row.answered, row.items, row.taken_ms, counts(row)


def test_a_round_is_scored(app):
    with app.app_context():
        _contest, bank, round_, (unit,) = stage()
        people = [factories.account(unit=unit) for _ in range(4)]
        full = sit(round_, bank, people[0], unit=unit, right=4)
        half = sit(round_, bank, people[1], unit=unit, right=2, wrong=1, minutes=7)
        blank = sit(round_, bank, people[2], unit=unit)
        running = sit(round_, bank, people[3], unit=unit, right=4, state="open")
        assert score_round(round_.id, LATER) == Counts(closed=0, scored=3, people=2, attempts=2, blank=1)
        found = results()
        assert figures(found[full.id]) == (400, 400, 4, 4, 4, 300_000, True)
        assert figures(found[half.id]) == (200, 400, 2, 3, 4, 420_000, True)
        assert figures(found[blank.id]) == (0, 400, 0, 0, 4, 300_000, False)
        assert running.id not in found


def test_an_overdue_attempt_is_closed_and_scored_as_of_its_deadline(app):
    with app.app_context():
        _contest, bank, round_, (unit,) = stage(minutes=20)
        attempt = sit(round_, bank, factories.account(unit=unit), unit=unit, right=3, state="open")
        assert score_round(round_.id, NOON + 20 * MINUTE - timedelta(milliseconds=1)).scored == 0
        assert score_round(round_.id, NOON + 20 * MINUTE) == Counts(1, 1, 1, 1, 0)
        assert figures(results()[attempt.id]) == (300, 400, 3, 3, 4, 1_200_000, True)
        assert db.session.get(Attempt, attempt.id).state == "expired"


def test_twice_changes_nothing(app):
    with app.app_context():
        _contest, bank, round_, (unit,) = stage()
        for i in range(3):
            sit(round_, bank, factories.account(unit=unit), unit=unit, right=i + 1)
        first = score_round(round_.id, LATER)
        before = {key: figures(row) for key, row in results().items()}
        again = score_round(round_.id, LATER, every=True)
        assert {key: figures(row) for key, row in results().items()} == before
        assert (again.people, again.attempts, again.blank) == (first.people, first.attempts, first.blank)
        assert score_round(round_.id, LATER + SETTLE + timedelta(hours=1)).scored == 0


def test_a_score_is_final_once_no_save_can_be_under_way(app):
    """A save stamped in time may be committed after the first scoring: it still counts."""
    with app.app_context():
        _contest, bank, round_, (unit,) = stage(grace_ms=2_000)
        attempt = sit(round_, bank, factories.account(unit=unit), unit=unit, right=1)  # ends at 12:05
        ends = NOON + 5 * MINUTE
        final = ends + timedelta(seconds=2) + SETTLE
        assert score_pending(ends) == 1
        right = db.session.get(AnswerKey, db.session.scalar(
            select(AnswerKey.version_id).join_from(AnswerKey, Attempt, Attempt.id == attempt.id)
            .where(AnswerKey.version_id == version_at(attempt, 2)))).correct
        save(attempt, 2, right, ends - timedelta(milliseconds=1))  # waited for its turn
        assert score_pending(final - timedelta(milliseconds=1)) == 0
        assert results()[attempt.id].correct == 1
        assert score_pending(final) == 1
        assert results()[attempt.id].correct == 2
        assert db.session.get(Attempt, attempt.id).settled
        assert score_pending(final + timedelta(days=1)) == 0


def test_a_late_save_within_the_grace_is_seen_at_once(app):
    with app.app_context():
        _contest, bank, round_, (unit,) = stage(grace_ms=5_000, minutes=5)
        attempt = sit(round_, bank, factories.account(unit=unit), unit=unit, right=1, state="expired")
        ends = NOON + 5 * MINUTE
        score_pending(ends)
        key = db.session.get(AnswerKey, version_at(attempt, 2))
        save(attempt, 2, key.correct, ends + timedelta(seconds=3))
        assert score_pending(ends + timedelta(seconds=4)) == 1
        assert results()[attempt.id].correct == 2
        save(attempt, 3, db.session.get(AnswerKey, version_at(attempt, 3)).correct, ends + timedelta(seconds=6))
        score_pending(ends + timedelta(hours=1))
        assert results()[attempt.id].correct == 2  # after the grace: never


def test_the_latest_generation_and_sequence_count(app):
    with app.app_context():
        _contest, bank, round_, (unit,) = stage()
        attempt = sit(round_, bank, factories.account(unit=unit), unit=unit, right=2)
        save(attempt, 1, [], NOON + MINUTE, seq=2)  # cleared
        save(attempt, 2, ["nonsense"], NOON + MINUTE, seq=9)
        save(attempt, 2, db.session.get(AnswerKey, version_at(attempt, 2)).correct, NOON + MINUTE, seq=1, generation=2)
        score_round(round_.id, LATER)
        assert figures(results()[attempt.id])[2:4] == (1, 1)


def test_one_attempt_of_a_person_counts_whatever_the_order_of_scoring(app):
    with app.app_context():
        _contest, bank, round_, (unit,) = stage()
        who = factories.account(unit=unit)
        worse = sit(round_, bank, who, unit=unit, right=2, number=1)
        better = sit(round_, bank, who, unit=unit, right=3, number=2, started=NOON + timedelta(hours=1))
        blank = sit(round_, bank, who, unit=unit, number=3, minutes=1, started=NOON + timedelta(hours=2))
        for now in (NOON + 6 * MINUTE, NOON + timedelta(hours=3)):
            score_pending(now, limit=1)
            score_pending(now, limit=1)
            score_pending(now, limit=1)
        assert {key: counts(row) for key, row in results().items()} == {
            worse.id: False, better.id: True, blank.id: False}


def test_an_annulled_attempt_leaves_the_figures(app):
    with app.app_context():
        _contest, bank, round_, (unit,) = stage()
        who = factories.account(unit=unit)
        first = sit(round_, bank, who, unit=unit, right=1, number=1)
        second = sit(round_, bank, who, unit=unit, right=4, number=2)
        score_round(round_.id, LATER)
        assert counts(results()[second.id])
        second.state = "void"
        db.session.flush()
        assert score_round(round_.id, LATER).attempts == 1
        assert {key: counts(row) for key, row in results().items()} == {first.id: True}


def test_a_corrected_key_is_taken_up_by_a_whole_rescore_only(app):
    with app.app_context():
        _contest, bank, round_, (unit,) = stage()
        attempt = sit(round_, bank, factories.account(unit=unit), unit=unit, right=4)
        score_round(round_.id, LATER + SETTLE)
        key = db.session.get(AnswerKey, version_at(attempt, 1))
        key.correct = ["another"]
        db.session.flush()
        score_round(round_.id, LATER + SETTLE)
        assert results()[attempt.id].correct == 4
        score_round(round_.id, LATER + SETTLE, every=True)
        assert results()[attempt.id].correct == 3


def test_the_best_in_sql_is_the_best_of_the_pure_rule(app):
    dice = random.Random(7)
    with app.app_context():
        _contest, bank, round_, (unit,) = stage()
        people = [factories.account(unit=unit) for _ in range(12)]
        for who in people:
            for number in range(1, 4):
                right = dice.randint(0, 2)
                sit(round_, bank, who, unit=unit, right=right, wrong=dice.randint(0, 2), number=number,
                    minutes=dice.choice([3, 4]), started=NOON + dice.randint(0, 2) * MINUTE)
        score_round(round_.id, NOON + timedelta(hours=1))
        rows = list(results().values())
        for who in people:
            mine = {r.attempt_id: {"points": r.points, "taken_ms": r.taken_ms, "answered": r.answered,
                                   "finished_at": int(r.finished_at.timestamp() * 1000)}
                    for r in rows if r.entry.account_id == who.id}
            counted = [r.attempt_id for r in rows if r.entry.account_id == who.id and counts(r)]
            assert counted == [best for best in [ranking.best(mine)] if best]


def test_all_rounds_in_bites(app):
    with app.app_context():
        for _ in range(2):
            _contest, bank, round_, (unit,) = stage()
            for _ in range(3):
                sit(round_, bank, factories.account(unit=unit), unit=unit, right=1)
        assert [score_pending(LATER, limit=4) for _ in range(3)] == [4, 2, 0]
        assert len(results()) == 6
        assert all(counts(row) for row in results().values())


def test_a_cancelled_round_has_no_figures(app):
    with app.app_context():
        _contest, bank, round_, (unit,) = stage()
        done, running = (factories.account(unit=unit) for _ in range(2))
        handed_in = sit(round_, bank, done, unit=unit, right=4)
        sitting = sit(round_, bank, running, unit=unit, right=4, state="open")
        score_round(round_.id, LATER)
        cancel_round(round_.id, "Bão số 9", by=None, now=LATER)

        def nothing_shown():
            assert figures_of.sides(round_.id)["all"] == figures_of.Side(0, 0, 0, 0, *[figures_of.bands.count([])] * 2)
            assert figures_of.participation(round_).total.attempts == 0
            assert {count for _day, count in figures_of.days(round_, LATER)} == {0}
            assert figures_of.sitting_now(round_.id) == 0
            assert freshness(round_, LATER).pending == 0
            assert report_rounds(LATER) == []
            assert board(round_.id, masked=round_.mask_names).rows == []
            assert own_attempts(running.id, LATER)[0].state == "void"
            assert frames.attempts(round_.id).empty

        nothing_shown()
        later = LATER + timedelta(hours=1)
        assert score_pending(later) == 0
        db.session.expire_all()
        assert (sitting.state, sitting.finished_at, sitting.receipt) == ("void", LATER, None)
        assert handed_in.state == "submitted"
        nothing_shown()
        assert score_round(round_.id, later, every=True) == Counts(0, 0, 0, 0, 0)
        assert results() == {}
        nothing_shown()


def test_results_wait_until_every_attempt_is_settled(app):
    closes = NOON + timedelta(hours=1)
    with app.app_context():
        _contest, bank, round_, (unit,) = stage(closes_at=closes, minutes=120)
        sit(round_, bank, factories.account(unit=unit), unit=unit, right=4)
        sit(round_, bank, factories.account(unit=unit), unit=unit, right=2, state="open")
        final = closes + timedelta(milliseconds=round_.grace_ms) + SETTLE
        for now, code in ((closes - timedelta(milliseconds=1), "not_closed"), (closes, "not_settled"),
                          (final - timedelta(milliseconds=1), "not_settled")):
            with pytest.raises(Refusal) as caught:
                publish_results(round_.id, by=None, now=now)
            assert (caught.value.code, caught.value.status) == (code, 409)
            assert round_.results_published_at is None
        assert publish_results(round_.id, by=None, now=final).results_published_at == final
        assert sorted(row.points for row in results().values()) == [200, 400]
        assert db.session.scalars(select(Attempt.settled)).all() == [True, True]
        with pytest.raises(Refusal) as caught:
            rescore(round_.id, final)
        assert (caught.value.code, caught.value.status) == ("results_published", 409)
