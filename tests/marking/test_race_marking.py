"""Markers at once, on one essay: one final mark, one third marker, no mark lost."""

import threading

import pytest
from sqlalchemy import func, select

from contest.errors import Refusal
from contest.extensions import db
from contest.marking import arranging, operations
from contest.marking.models import Assignment, Essay, EssayMark
from contest.standings import counters
from contest.standings.models import Result
from tests.marking.cast import AFTER, Stage


@pytest.fixture
def held(app):
    """(round, essay, its assignments by place, organiser)."""
    with app.app_context():
        stage = Stage(texts=("Bài",), markers=4).begin()
        essay = stage.essays()[0]
        return stage.round.id, essay.id, {place: stage.before(essay, place).id for place in (1, 2)}, stage.organiser


def at_once(app, acts):
    """What each act came to: its value, or the code that refused it."""
    gate, found = threading.Barrier(len(acts)), [None] * len(acts)

    def run(n, act):
        with app.app_context():
            gate.wait()
            try:
                found[n] = act()
                db.session.commit()
            except Refusal as refusal:
                db.session.rollback()
                found[n] = refusal.code
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def finishing(app, assignment_id, idea):
    """The act of whoever has the assignment now."""
    with app.app_context():
        marker = db.session.get_one(Assignment, assignment_id).account_id
    sent = operations.Given({"y": idea, "d": 0}, "", 0)
    return lambda: operations.finish(assignment_id, sent, by=marker, now=AFTER).state


def test_both_finish_apart_at_once(app, held):
    _round, essay_id, rows, _organiser = held
    assert at_once(app, [finishing(app, rows[1], 200), finishing(app, rows[2], 0)]) == ["done", "done"]
    with app.app_context():
        essay = db.session.get_one(Essay, essay_id)
        assert (essay.apart, essay.final) == (True, None)
        assert sorted(db.session.scalars(select(Assignment.place))) == [1, 2, 3]


def test_both_finish_alike_at_once(app, held):
    round_id, essay_id, rows, _organiser = held
    assert at_once(app, [finishing(app, rows[1], 100), finishing(app, rows[2], 100)]) == ["done", "done"]
    with app.app_context():
        assert db.session.get_one(Essay, essay_id).final == 100
        assert [(row.points, row.pending) for row in db.session.scalars(select(Result))] == [(300, 0)]
        assert counters.differences(round_id) == []


def test_one_marker_finishes_in_eight_windows(app, held):
    _round, _essay, rows, _organiser = held
    found = at_once(app, [finishing(app, rows[1], 50 * (n % 4)) for n in range(8)])
    assert sorted(found) == ["done"] + ["mark_finished"] * 7
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(EssayMark)) == 1


def test_a_marker_drops_out_while_finishing(app, held):
    round_id, _essay, rows, organiser = held
    with app.app_context():
        gone = db.session.get_one(Assignment, rows[1]).account_id
    done, (given_on, _waiting) = at_once(app, [
        finishing(app, rows[1], 100), lambda: arranging.drop_marker(round_id, gone, by=organiser, now=AFTER)])
    with app.app_context():
        row = db.session.get_one(Assignment, rows[1])
        assert (done, given_on, row.state, row.account_id == gone) in {
            ("done", 0, "done", True), ("not_found", 1, "given", False)}
        marks = db.session.scalar(select(func.count()).select_from(EssayMark))
        assert marks == (done == "done")


def test_codes_are_drawn_once(app, held):
    round_id, _essay, _rows, organiser = held
    with app.app_context():
        db.session.execute(Assignment.__table__.delete())
        db.session.execute(Essay.__table__.delete())
        db.session.commit()
    found = at_once(app, [lambda: arranging.start(round_id, by=organiser, now=AFTER)] * 6)
    assert sorted(found) == [(0, 0)] * 5 + [(1, 0)]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Essay)) == 1
        assert sorted(db.session.scalars(select(Assignment.place))) == [1, 2]
