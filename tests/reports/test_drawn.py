"""How often questions were drawn over a contest's rounds, and the alarm where far more people know one than before."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import select

from contest.audit.models import AuditEvent
from contest.extensions import db
from contest.questions.models import Bank
from contest.reports import drawn
from contest.reports.analysis_models import ItemFigures, RoundAnalysis
from contest.rounds.models import Contest, Round
from contest.scoring.chance import holm, tail, two_shares
from contest.standings.board_models import Board
from tests import factories as make
from tests.factories import NOON
from tests.reports.test_analysis_pages import text
from tests.rounds.cast import client_of
from tests.standings.cast import stage, versions
from tests.statements import counted

PAST = NOON + timedelta(days=30)
PEOPLE = 400


class Weeks:
    """Rounds of one contest over one bank, analysed: in each, question → how many of 400 had it right."""

    def __init__(self, *right, questions=6, **columns):
        self.contest, self.bank, first, _units = stage(questions=questions, closes_at=NOON + timedelta(hours=1))
        self.rounds = [first] + [make.round_(self.contest, self.bank, closes_at=NOON + timedelta(hours=1 + week),
                                             **columns) for week in range(1, len(right))]
        self.versions = [one.id for one in versions(self.bank)]
        self.questions = [one.question_id for one in versions(self.bank)]
        for week, (round_, counts) in enumerate(zip(self.rounds, right, strict=True)):
            round_.title = f"Tuần {week + 1}"
            db.session.add(Board(id=round_.id, contest_id=self.contest.id, round_id=round_.id, settled_at=NOON))
            db.session.add(RoundAnalysis(round_id=round_.id, as_of=NOON, runs=0, sittings=PEOPLE, method="kr20",
                                         coefficient=1, sem=1, questions=600))
            db.session.flush()
            for place, count in counts.items():
                self.counted(round_, place, count)
        self.organiser = make.account(roles=("organiser",)).id
        db.session.commit()
        self.contest_id = self.contest.id
        self.round_ids = [one.id for one in self.rounds]

    def counted(self, round_, place, correct, kind="key"):
        db.session.add(ItemFigures(
            round_id=round_.id, version_id=self.versions[place], kind=kind, asked=PEOPLE,
            correct=correct if kind == "key" else 0, verdict="unknown", remarks=[], choices=[]))
        db.session.flush()

    def drawn(self, now=PAST, page=1):
        return drawn.drawn(db.session.get(Contest, self.contest_id), now, page)


@pytest.fixture(autouse=True)
def past(hands):
    hands.set(PAST)


USUAL = {place: 200 + place for place in range(6)}
LEAKED = {**USUAL, 2: 330}


def test_a_leaked_question_is_an_alarm_and_no_other(app):
    with app.app_context():
        weeks = Weeks(USUAL, LEAKED)
        found = weeks.drawn()
        [one] = found.compared
        [alarm] = one.alarms
        assert (alarm.label.id, one.title, found.alarms) == (weeks.questions[2], "Tuần 2", 1)
        assert (alarm.before.answers.right, alarm.after.answers.right, alarm.before.title) == (202, 330, "Tuần 1")
        z = [two_shares(LEAKED[place], PEOPLE, USUAL[place], PEOPLE) for place in range(6)]
        assert alarm.adjusted == pytest.approx(holm([tail(value) for value in z])[2])
        assert alarm.after.low < 330 / PEOPLE < alarm.after.high


def test_each_question_is_compared_with_the_last_round_that_had_it(app):
    """Left out of the second week, leaked in the third; a fall is none."""
    with app.app_context():
        weeks = Weeks({0: 200, 1: 200}, {1: 205}, {0: 330, 1: 100})
        found = weeks.drawn()
        assert [(one.title, len(one.alarms)) for one in found.compared] == [("Tuần 2", 0), ("Tuần 3", 1)]
        alarm = found.compared[1].alarms[0]
        assert (alarm.label.id, alarm.before.title, alarm.after.title) == (weeks.questions[0], "Tuần 1", "Tuần 3")


def test_how_often_each_question_was_drawn(app):
    with app.app_context():
        weeks = Weeks({0: 200, 1: 200}, {1: 205})
        weeks.counted(db.session.get(Round, weeks.round_ids[1]), 3, 0, kind="full")
        found = weeks.drawn()
        assert [(line.label.id, line.exposure.drawn, [one.title for one in line.shares]) for line in found.rows] == [
            (weeks.questions[1], 800, ["Tuần 1", "Tuần 2"]),
            *sorted([(weeks.questions[0], 400, ["Tuần 1"]), (weeks.questions[3], 400, ["Tuần 2"])])]
        assert (found.papers, found.total) == (800, 3)
        everybody = next(line for line in found.rows if line.label.id == weeks.questions[3])
        assert everybody.shares[0].answers is None


def test_rounds_that_are_open_unsettled_or_not_analysed_say_nothing(app):
    with app.app_context():
        weeks = Weeks(USUAL, LEAKED, LEAKED, LEAKED)
        open_, unsettled, unknown = (db.session.get(Round, one) for one in weeks.round_ids[1:])
        open_.closes_at = PAST + timedelta(milliseconds=1)
        db.session.get(Board, unsettled.id).settled_at = None
        db.session.delete(db.session.get(RoundAnalysis, unknown.id))
        db.session.commit()
        found = weeks.drawn()
        assert [(one.title, one.as_of is not None, one.ready) for one in found.rounds] == [
            ("Tuần 1", True, True), ("Tuần 3", False, False), ("Tuần 4", False, True)]
        assert found.compared == []
        assert weeks.drawn(now=PAST + timedelta(milliseconds=1)).alarms == 1


def test_honest_weeks_alarm_no_more_often_than_stated(app):
    """One comparison of two rounds in twenty has a false alarm: 60 of them at 5 %, at most 8 (1 in 1,000 runs more)."""
    dice = random.Random(11)
    rounds = [{place: sum(dice.random() < 0.6 for _ in range(PEOPLE)) for place in range(6)} for _ in range(61)]
    with app.app_context():
        assert Weeks(*rounds).drawn().alarms <= 8


def test_the_page(app):
    with app.app_context():
        weeks = Weeks(USUAL, LEAKED)
        db.session.get(Bank, weeks.bank.id).sealed_at = NOON
        db.session.commit()
        others = [make.account(roles=(role,), unit=make.unit()).id for role in ("contestant", "coordinator",
                                                                                "report_viewer")]
        db.session.commit()
    path = f"/to-chuc/cuoc-thi/{weeks.contest_id}/muc-lo-cau"
    page = text(client_of(app, weeks.organiser).get(path))
    assert "330/400 · 82,5" in page
    assert "cứ 20 lần so hai đợt mới có một lần báo động nhầm" in page
    assert "ngừng dùng các câu này ở đợt sau" in page
    assert {client_of(app, other).get(path).status_code for other in others} == {403}
    assert client_of(app, weeks.organiser).get(f"/to-chuc/cuoc-thi/{'0' * 32}/muc-lo-cau").status_code == 404
    with app.app_context():
        assert db.session.scalars(select(AuditEvent.details).where(
            AuditEvent.action == "bank.reading")).one()["what"] == "analysis"


def test_a_contest_without_analysed_rounds(app):
    with app.app_context():
        contest = make.contest().id
        organiser = make.account(roles=("organiser",)).id
        db.session.commit()
    assert "Chưa có đợt thi nào được phân tích" in text(client_of(app, organiser).get(
        f"/to-chuc/cuoc-thi/{contest}/muc-lo-cau"))


def test_a_page_costs_a_page(app):
    asked = []
    for questions in (3, 40):
        with app.app_context():
            weeks = Weeks(*[dict.fromkeys(range(questions), 200 + 60 * week) for week in range(3)],
                          questions=questions)
        client = client_of(app, weeks.organiser)
        path = f"/to-chuc/cuoc-thi/{weeks.contest_id}/muc-lo-cau"
        client.get(path)
        with counted(app) as statements:
            client.get(path)
        asked.append(len(statements))
    assert asked[0] == asked[1]
