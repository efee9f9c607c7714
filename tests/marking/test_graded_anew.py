"""Marked essays when a round is graded anew, and when marking that was closed goes on."""

import pytest
from sqlalchemy import select

from contest.audit.models import AuditEvent
from contest.errors import Refusal
from contest.extensions import db
from contest.marking import arranging, operations
from contest.questions.keys import AnswerKey
from contest.rounds.models import Round
from contest.standings import applying, building, counters, regrading
from contest.standings.board_models import Board
from contest.standings.grading import grader_of
from contest.standings.keys import Correction
from contest.standings.models import Result
from contest.standings.operations import publish_results, score_pending
from contest.standings.regrading import Changes
from tests import factories as make
from tests.marking.cast import AFTER, Stage, finish
from tests.standings.cast import versions


@pytest.fixture
def closed(app):
    """Two people with 2 points and an essay of 1.5 points each; marking is closed, everything is settled."""
    with app.app_context():
        stage = Stage(texts=("Một", "Hai")).begin()
        for essay in stage.essays():
            for place in (1, 2):
                stage.mark(essay, place, 150)
        arranging.close(stage.round.id, by=stage.organiser, now=AFTER)
        score_pending(AFTER)
        db.session.commit()
        yield stage


def apply(stage, changes):
    """What the results are once the changes hold."""
    run = regrading.make_run(stage.round.id, changes, "Sai đáp án", by=stage.organiser, now=AFTER)
    list(building.building(run.id, AFTER))
    applying.apply_run(run.id, "", by=make.account().id, now=AFTER)
    db.session.commit()
    rows = {row.attempt_id: row for row in db.session.scalars(select(Result))}
    totals = grader_of(db.session.get_one(Round, stage.round.id)).totals(list(rows))
    assert {id_: (row.points, row.max_points, row.pending) for id_, row in rows.items()} == {
        id_: (total.points, total.max_points, total.pending) for id_, total in totals.items()}
    assert counters.differences(stage.round.id) == []
    return {(row.points, row.max_points) for row in rows.values()}


def test_another_key_leaves_the_essays_alone(closed):
    version = versions(closed.bank)[0]
    key = db.session.get_one(AnswerKey, version.id).correct
    other = next(one["id"] for one in version.options if one["id"] not in key)
    assert apply(closed, Changes({version.id: Correction("key", [other])}, {})) == {(250, 600)}


@pytest.mark.parametrize(("kind", "expected"), [("full", (500, 600)), ("out", (200, 300))])
def test_an_essay_counts_for_everybody_or_for_nobody(closed, kind, expected):
    assert apply(closed, Changes({closed.essay_version: Correction(kind)}, {})) == {expected}


def test_other_rules_read_the_marks_again(closed):
    marking = {"single": {"rule": "all_or_nothing", "penalty_percent": 50}}
    assert apply(closed, Changes({}, {}, {"marking": marking})) == {(350, 600)}


def test_nothing_is_graded_anew_while_essays_are_marked(app):
    with app.app_context():
        stage = Stage(texts=("Một",)).begin()
        score_pending(AFTER)
        with pytest.raises(Refusal) as refused:
            regrading.make_run(stage.round.id, Changes({stage.essay_version: Correction("full")}, {}), "Vội",
                               by=stage.organiser, now=AFTER)
        assert refused.value.code == "not_settled"


def refused(act, *args, **kwargs):
    with pytest.raises(Refusal) as found:
        act(*args, **kwargs)
    db.session.rollback()
    return found.value.code


def test_closed_marking_goes_on_with_a_reason(closed):
    round_id, by = closed.round.id, closed.organiser
    assert db.session.get_one(Board, round_id).settled_at is not None
    assert refused(arranging.reopen, round_id, " ", by=by, now=AFTER) == "marking_reason"
    arranging.reopen(round_id, "Chấm nhầm phách", by=by, now=AFTER)
    db.session.commit()
    assert db.session.get_one(Board, round_id, populate_existing=True).settled_at is None
    assert refused(publish_results, round_id, by=by, now=AFTER) == "marking_open"
    row = closed.before(closed.essays()[0], 1)
    operations.reopen(row.id, by=row.account_id, now=AFTER)
    finish(row, 150, 50)
    arranging.close(round_id, by=by, now=AFTER)
    score_pending(AFTER)
    assert db.session.get_one(Board, round_id, populate_existing=True).settled_at == AFTER
    assert sorted(db.session.scalars(select(Result.points))) == [350, 375]
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "marking.reopened")).one()
    assert event.details["reason"] == "Chấm nhầm phách"


def test_when_marking_can_go_on_no_more(closed):
    round_id, by = closed.round.id, closed.organiser
    arranging.open_codes(round_id, by=by, now=AFTER)
    db.session.commit()
    assert refused(arranging.reopen, round_id, "Muộn", by=by, now=AFTER) == "codes_opened"
    publish_results(round_id, by=by, now=AFTER)
    db.session.commit()
    assert refused(arranging.reopen, round_id, "Muộn", by=by, now=AFTER) == "results_published"
    row = closed.before(closed.essays()[0], 1)
    assert refused(operations.reopen, row.id, by=row.account_id, now=AFTER) == "marking_closed"


def test_marking_that_goes_on_is_not_taken_up(app):
    with app.app_context():
        stage = Stage(texts=("Một",)).begin()
        assert refused(arranging.reopen, stage.round.id, "Vội", by=stage.organiser, now=AFTER) == "marking_not_closed"
