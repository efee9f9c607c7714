"""Objections: within the period, one at a time, answered by somebody else, never lost."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from contest.audit.models import AuditEvent
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.standings import appeals
from contest.standings.appeal_models import Appeal
from contest.standings.appeals import Answer
from contest.standings.operations import SETTLE, publish_results, score_round
from tests import factories
from tests.factories import NOON
from tests.standings.cast import sit, stage, version_at

CLOSED = NOON + timedelta(hours=2)
SETTLED = CLOSED + SETTLE + timedelta(minutes=1)
DAY, MS = timedelta(days=1), timedelta(milliseconds=1)
WHY = "Nghị định 61/2018 đã được sửa đổi, đáp án B không còn đúng"


class Case:
    def __init__(self, **columns):
        _contest, bank, self.round, (unit,) = stage(closes_at=CLOSED, **{"appeal_days": 3, "answer_days": 5, **columns})
        self.who, self.other = factories.account(unit=unit), factories.account()
        self.attempt = sit(self.round, bank, self.who, unit=unit, right=2, wrong=1)
        score_round(self.round.id, SETTLED)

    def object(self, slot=1, now=SETTLED, reason=WHY):
        return appeals.object_to(self.attempt.id, slot, reason, account_id=self.who.id, now=now)


def refused(act):
    with pytest.raises(Refusal) as told:
        act()
    return told.value.code


def test_an_objection_is_made_and_answered(app):
    with app.app_context():
        case = Case()
        row = case.object()
        assert (row.version_id, row.due_at, row.state) == (version_at(case.attempt, 1), SETTLED + 5 * DAY, "waiting")
        appeals.answer(row.id, Answer("upheld", "Đã chấm lại"), by=case.other.id, now=SETTLED + DAY)
        assert (row.state, row.answer, row.ended_by) == ("upheld", "Đã chấm lại", case.other.id)
        assert sorted(db.session.scalars(select(AuditEvent.action).where(
            AuditEvent.action.startswith("appeal.")))) == ["appeal.made", "appeal.upheld"]


@pytest.mark.parametrize(("edge", "taken"), [(-MS, False), (0 * MS, True), (MS, True)])
def test_not_before_the_closing(app, edge, taken):
    with app.app_context():
        case = Case()
        if taken:
            assert case.object(now=CLOSED + edge).state == "waiting"
        else:
            assert refused(lambda: case.object(now=CLOSED + edge)) == "appeals_closed"


@pytest.mark.parametrize(("edge", "taken"), [(-MS, True), (0 * MS, False), (MS, False)])
def test_so_many_days_after_the_publication(app, edge, taken):
    with app.app_context():
        case = Case()
        publish_results(case.round.id, by=None, now=SETTLED)
        end = SETTLED + 3 * DAY + edge
        if taken:
            assert case.object(slot=0, now=end).version_id is None
        else:
            assert refused(lambda: case.object(now=end)) == "appeals_closed"


def test_rules_without_a_period_take_none(app):
    with app.app_context():
        assert refused(Case(appeal_days=0, answer_days=0).object) == "appeals_closed"


def test_one_waits_at_a_time_for_each_question(app):
    with app.app_context():
        case = Case()
        first = case.object()
        assert refused(case.object) == "appeal_waiting"
        case.object(slot=2)
        appeals.withdraw(first.id, account_id=case.who.id, now=SETTLED)
        assert case.object().id != first.id
        assert len(db.session.scalars(select(Appeal)).all()) == 3


def test_what_ended_stays_as_it_is(app):
    with app.app_context():
        case = Case()
        row = case.object()
        appeals.answer(row.id, Answer("rejected", "Đáp án đúng"), by=case.other.id, now=SETTLED)
        again = Answer("upheld", "Khác")
        assert refused(lambda: appeals.answer(row.id, again, by=case.other.id, now=SETTLED)) == "appeal_ended"
        assert refused(lambda: appeals.withdraw(row.id, account_id=case.who.id, now=SETTLED)) == "appeal_ended"


def test_nobody_answers_their_own(app):
    with app.app_context():
        case = Case()
        row = case.object()
        said = Answer("upheld", "Đúng")
        assert refused(lambda: appeals.answer(row.id, said, by=case.who.id, now=SETTLED)) == "own_appeal"


@pytest.mark.parametrize(("reason", "code"), [(" ", "reason_required"), ("x" * 2_001, "reason_too_long")])
def test_a_reason_is_said_in_bounds(app, reason, code):
    with app.app_context():
        assert refused(lambda: Case().object(reason=reason)) == code


def test_only_to_ones_own_paper(app):
    with app.app_context():
        case = Case()
        for account, slot in ((case.other.id, 1), (case.who.id, 9)):
            with pytest.raises(Missing):
                appeals.object_to(case.attempt.id, slot, WHY, account_id=account, now=SETTLED)
        row = case.object()
        with pytest.raises(Missing):
            appeals.withdraw(row.id, account_id=case.other.id, now=SETTLED)
