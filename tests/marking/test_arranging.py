"""Markers come and go, codes are drawn, marking ends, codes are opened."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from contest.audit.models import AuditEvent
from contest.delivery.models import Attempt
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.identity.models import Grant
from contest.marking import arranging, operations, rubrics
from contest.marking.models import Assignment, Marker
from contest.standings.operations import score_round
from tests import factories as make
from tests.factories import NOON
from tests.marking.cast import AFTER, CLOSES, CRITERIA, Stage, finish, given


def refused(act, *args, **kwargs):
    with pytest.raises(Refusal) as found:
        act(*args, **kwargs)
    db.session.rollback()
    return found.value.code


def start(stage, now=AFTER):
    return arranging.start(stage.round.id, by=stage.organiser, now=now)


def test_who_is_added_gets_the_role_and_unknown_names_are_told(app):
    with app.app_context():
        stage = Stage(markers=1)
        logins = [stage.login(stage.markers[0]).upper(), "", "khongco", stage.login(stage.markers[0])]
        assert arranging.add_markers(stage.round.id, logins, by=stage.organiser, now=NOON) == (1, ["khongco"])
        assert db.session.scalar(select(Grant.role).where(
            Grant.account_id == stage.markers[0], Grant.role == "marker")) == "marker"
        assert arranging.add_markers(stage.round.id, logins, by=stage.organiser, now=NOON) == (0, ["khongco"])


def test_when_codes_can_be_drawn(app):
    with app.app_context():
        stage = Stage()
        assert refused(start, stage, now=CLOSES + timedelta(seconds=29)) == "marking_too_early"
        assert refused(start, stage) == "marking_too_early", "nothing is scored for good"
        score_round(stage.round.id, AFTER)
        db.session.commit()
        assert refused(start, stage) == "rubric_missing"
        rubrics.write_rubric(stage.round.id, stage.essay_version, CRITERIA, "", by=stage.organiser, now=NOON)
        db.session.commit()
        assert refused(start, stage) == "few_markers"
        assert refused(arranging.close, stage.round.id, by=stage.organiser, now=AFTER) == "marking_not_started"
        stage.arrange()
        db.session.execute(Attempt.__table__.update().where(Attempt.id == stage.attempts[0]).values(settled=False))
        assert refused(start, stage) == "marking_too_early"
        assert start(stage) == (3, 0)
        assert start(stage) == (0, 0), "once is enough"


def test_nothing_to_mark(app):
    with app.app_context():
        stage = Stage(texts=(None,)).arrange()
        score_round(stage.round.id, AFTER)
        assert refused(start, stage) == "no_essays"


def test_nobody_marks_their_own_unit(app):
    with app.app_context():
        stage = Stage(texts=("Một", "Hai", "Ba", "Bốn"))
        inside = make.account(unit=make.unit("Phòng", parent=stage.units[0])).id
        other = make.account(unit=stage.units[1]).id
        stage.markers += [inside, other]
        stage.begin(units_apart=True)
        for essay in stage.essays():
            unit = stage.units[stage.attempts.index(essay.attempt_id) % 2]
            having = {stage.before(essay, place).account_id for place in (1, 2)}
            assert (inside if unit is stage.units[0] else other) not in having
        assert max(stage.load().values()) - min(stage.load().values()) <= 1


def test_a_marker_drops_out(app):
    with app.app_context():
        stage = Stage(texts=("Bài",) * 6).begin()
        gone = stage.markers[0]
        mine = db.session.scalars(select(Assignment).where(Assignment.account_id == gone).order_by(
            Assignment.turn)).all()
        finish(mine[0], 100)
        operations.save(mine[1].id, given(mine[1], 50, None, "Dở"), by=gone, now=AFTER)
        db.session.commit()
        done = mine[0].id
        others = len(mine) - 1
        assert arranging.drop_marker(stage.round.id, gone, by=stage.organiser, now=AFTER) == (others, 0)
        db.session.commit()
        left = db.session.scalars(select(Assignment).where(Assignment.account_id == gone)).all()
        assert [row.id for row in left] == [done], "what was finished stays"
        assert mine[1].account_id != gone
        assert (mine[1].state, mine[1].draft, mine[1].seq) == ("given", {}, 2)
        with pytest.raises(Missing):
            operations.reopen(done, by=gone, now=AFTER)
        with pytest.raises(Missing):
            arranging.drop_marker(stage.round.id, gone, by=stage.organiser, now=AFTER)
        assert all(stage.before(one, 1).account_id != stage.before(one, 2).account_id for one in stage.essays())


def test_what_nobody_can_take_over_waits(app):
    with app.app_context():
        stage = Stage(markers=2).begin()
        gone = stage.markers[0]
        assert arranging.drop_marker(stage.round.id, gone, by=stage.organiser, now=AFTER) == (0, 3)
        new = make.account().id
        arranging.add_markers(stage.round.id, [stage.login(new)], by=stage.organiser, now=AFTER)
        assert start(stage) == (0, 0)
        assert stage.load() == {stage.markers[1]: 3, new: 3}
        arranging.add_markers(stage.round.id, [stage.login(gone)], by=stage.organiser, now=AFTER)
        assert db.session.get_one(Marker, (stage.round.id, gone)).active


def test_a_marker_without_the_role_gets_nothing(app):
    with app.app_context():
        stage = Stage()
        stage.arrange()
        db.session.execute(Grant.__table__.delete().where(
            Grant.account_id == stage.markers[0], Grant.role == "marker"))
        score_round(stage.round.id, AFTER)
        start(stage)
        assert stage.markers[0] not in stage.load()


def test_each_opening_of_the_codes_is_on_record(app):
    with app.app_context():
        stage = Stage(texts=("Bài",)).begin()
        for place in (1, 2):
            stage.mark(stage.essays()[0], place, 100)
        arranging.close(stage.round.id, by=stage.organiser, now=AFTER)
        for minutes in (1, 2):
            row = arranging.open_codes(stage.round.id, by=stage.organiser, now=AFTER + timedelta(minutes=minutes))
        assert row.codes_opened_at == AFTER + timedelta(minutes=1)
        assert db.session.scalar(select(func.count()).where(AuditEvent.action == "marking.codes_opened")) == 2
