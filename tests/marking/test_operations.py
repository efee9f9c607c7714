"""Markers save, finish and take up again; two marks become one, or a third is asked for; standings follow."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from contest.audit.models import AuditEvent
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.marking import arranging, operations, queries
from contest.marking.models import Assignment, EssayMark, Marking
from contest.rounds.models import Round
from contest.scoring.essays import Terms
from contest.standings import counters
from contest.standings.board_models import Board, Standing
from contest.standings.models import Result
from contest.standings.operations import publish_results, rescore, score_pending, score_round, take_rounds
from contest.standings.overruled import annul
from tests.marking.cast import AFTER, HALF, Stage, finish, given


@pytest.fixture
def held(app):
    with app.app_context():
        yield Stage().begin()


def refused(act, *args, **kwargs):
    with pytest.raises(Refusal) as found:
        act(*args, **kwargs)
    db.session.rollback()
    return found.value.code


def result(attempt_id):
    row = db.session.get_one(Result, attempt_id, populate_existing=True)
    return row.points, row.pending


def test_two_markers_each_and_codes_that_tell_nothing(held):
    assert held.found == (3, 0)
    essays = held.essays()
    assert len({one.code for one in essays}) == 3
    assert all(len({held.before(one, place).account_id for place in (1, 2)}) == 2 for one in essays)
    assert sorted(held.load().values()) == [2, 2, 2]
    assert held.before(essays[0], 3) is None


def test_two_marks_close_to_each_other_stand(held):
    essay = held.essays()[0]
    before = result(essay.attempt_id)
    assert before == (200, 1)
    held.mark(essay, 2, 150, 50)
    assert (essay.final, result(essay.attempt_id)) == (None, before)
    held.mark(essay, 1, 150, 25)
    assert (essay.final, essay.apart) == (188, False)  # 200 and 175
    assert result(essay.attempt_id) == (388, 0)
    standing = db.session.scalars(select(Standing).where(Standing.attempt_id == essay.attempt_id)).one()
    assert standing.points == 388
    assert counters.differences(held.round.id) == []
    assert held.before(essay, 3) is None


def test_a_third_is_asked_where_they_are_apart(held):
    essay = held.essays()[0]
    held.mark(essay, 1, 200, 100)
    held.mark(essay, 2, 150, 99)
    assert (essay.apart, essay.final) == (True, None)
    third = held.before(essay, 3)
    assert third.account_id not in {held.before(essay, place).account_id for place in (1, 2)}
    assert result(essay.attempt_id) == (200, 1)
    held.mark(essay, 3, 150, 0)
    assert essay.final == 233  # 300, 249, 150
    assert result(essay.attempt_id) == (433, 0)


def test_a_third_waits_until_somebody_can_mark_it(app):
    with app.app_context():
        stage = Stage(markers=2).begin()
        essay = stage.essays()[0]
        stage.mark(essay, 1, 200)
        stage.mark(essay, 2, 0)
        assert (essay.apart, stage.before(essay, 3)) == (True, None)
        author = stage.people[stage.attempts.index(essay.attempt_id)]
        arranging.add_markers(stage.round.id, [stage.login(author)], by=stage.organiser, now=AFTER)
        assert arranging.start(stage.round.id, by=stage.organiser, now=AFTER) == (0, 1), "nobody marks their own"
        other = stage.people[stage.attempts.index(stage.essays()[1].attempt_id)]
        arranging.add_markers(stage.round.id, [stage.login(other)], by=stage.organiser, now=AFTER)
        assert arranging.start(stage.round.id, by=stage.organiser, now=AFTER) == (0, 0)
        assert stage.before(essay, 3).account_id == other


def test_taking_up_a_mark_takes_the_final_back_and_leaves_the_old_one_on_record(held):
    essay = held.essays()[0]
    row = held.mark(essay, 1, 200, 0, "Tốt")
    held.mark(essay, 2, 200, 0)
    assert result(essay.attempt_id) == (400, 0)
    operations.reopen(row.id, by=row.account_id, now=AFTER)
    assert (row.state, row.draft) == ("draft", {"points": {"y": 200, "d": 0}, "comment": "Tốt"})
    assert (essay.final, result(essay.attempt_id)) == (None, (200, 1))
    finish(row, 150, 40, "Khá")
    marks = db.session.scalars(select(EssayMark).where(EssayMark.assignment_id == row.id).order_by(EssayMark.number))
    assert [(mark.number, mark.total, mark.comment) for mark in marks] == [(1, 200, "Tốt"), (2, 190, "Khá")]
    assert (essay.final, result(essay.attempt_id)) == (195, (395, 0))
    assert counters.differences(held.round.id) == []
    acts = db.session.scalars(select(AuditEvent.action).where(AuditEvent.object_id == essay.id).order_by(AuditEvent.id))
    assert list(acts) == ["essay.marked", "essay.marked", "essay.reopened", "essay.marked"]


def test_a_third_that_is_not_needed_any_more(held):
    essay = held.essays()[0]
    first = held.mark(essay, 1, 200, 100)
    held.mark(essay, 2, 0)
    third = held.before(essay, 3)
    operations.save(third.id, given(third, 50, None, "Đang đọc"), by=third.account_id, now=AFTER)
    operations.reopen(first.id, by=first.account_id, now=AFTER)
    assert essay.apart, "while the first is open the third goes on"
    finish(first, 50, 0)
    assert (essay.apart, essay.final) == (False, 25)
    db.session.commit()
    assert refused(finish, third, 50) == "third_not_needed"


def test_a_draft_keeps_what_is_there(held):
    row = held.before(held.essays()[0], 1)
    operations.save(row.id, given(row, None, 30, " Còn đọc "), by=row.account_id, now=AFTER)
    assert (row.state, row.seq, row.points, row.draft) == ("draft", 1, None,
                                                           {"points": {"d": 30}, "comment": "Còn đọc"})
    assert db.session.scalar(select(func.count()).select_from(EssayMark)) == 0


@pytest.mark.parametrize("points", [{"y": 250, "d": 0}, {"y": 120, "d": 0}, {"y": -50, "d": 0}, {"y": 50},
                                    {"y": 50, "d": 0, "z": 1}])
def test_marks_that_no_rubric_allows(held, points):
    row = held.before(held.essays()[0], 1)
    sent = operations.Given(points, "", 0)
    for act in (operations.finish, operations.save) if set(points) != {"y"} else (operations.finish,):
        assert refused(act, row.id, sent, by=row.account_id, now=AFTER) == "bad_marks"


def test_of_two_windows_the_later_is_told(held):
    row = held.before(held.essays()[0], 1)
    old = given(row, 50, 50)
    operations.save(row.id, given(row, 100, 0), by=row.account_id, now=AFTER)
    db.session.commit()
    assert refused(operations.save, row.id, old, by=row.account_id, now=AFTER) == "mark_stale"
    assert refused(operations.finish, row.id, old, by=row.account_id, now=AFTER) == "mark_stale"
    finish(row, 100)
    db.session.commit()
    assert refused(finish, row, 100) == "mark_finished"


def test_nobody_touches_what_lies_before_another(held):
    essay = held.essays()[0]
    row = held.before(essay, 1)
    for who in (held.before(essay, 2).account_id, held.organiser, held.people[0]):
        for act in (operations.save, operations.finish):
            with pytest.raises(Missing):
                act(row.id, given(row, 50, 50), by=who, now=AFTER)
        with pytest.raises(Missing):
            operations.reopen(row.id, by=who, now=AFTER)


def test_an_annulled_sitting_is_marked_no_more(held):
    essay = held.essays()[0]
    row = held.before(essay, 1)
    assert queries.left(held.round.id) == 3
    annul(essay.attempt_id, "Thi hộ", give_back=False, by=held.organiser, now=AFTER)
    db.session.commit()
    assert queries.left(held.round.id) == 2
    with pytest.raises(Missing):
        finish(row, 50)


def all_marked(held):
    for essay in held.essays():
        held.mark(essay, 1, 100)
        held.mark(essay, 2, 100)


def test_results_wait_for_the_marks_and_for_the_end_of_marking(held):
    by = held.organiser
    assert refused(publish_results, held.round.id, by=by, now=AFTER) == "essays_pending"
    assert refused(arranging.close, held.round.id, by=by, now=AFTER) == "marks_left"
    all_marked(held)
    assert refused(publish_results, held.round.id, by=by, now=AFTER) == "marking_open"
    assert refused(arranging.open_codes, held.round.id, by=by, now=AFTER) == "marking_not_closed"
    assert db.session.get_one(Board, held.round.id).settled_at is None
    assert take_rounds(AFTER) == [], "the worker leaves a round alone that people mark"
    arranging.close(held.round.id, by=by, now=AFTER)
    db.session.commit()
    assert take_rounds(AFTER) == [held.round.id]
    row = held.before(held.essays()[0], 1)
    assert refused(operations.reopen, row.id, by=row.account_id, now=AFTER) == "marking_closed"
    score_pending(AFTER)
    assert db.session.get_one(Board, held.round.id, populate_existing=True).settled_at == AFTER
    assert publish_results(held.round.id, by=by, now=AFTER).results_published_at == AFTER
    assert set(db.session.scalars(select(Standing.points).where(
        Standing.board_id == held.round.id))) == {300}


def test_a_whole_rescore_keeps_the_marks(held):
    all_marked(held)
    rescore(held.round.id, AFTER)
    assert {result(one.attempt_id) for one in held.essays()} == {(300, 0)}
    assert counters.differences(held.round.id) == []


def test_what_was_guessed_is_compared_once_the_essays_are_marked(app):
    with app.app_context():
        stage = Stage(prediction="perfect_entries", scoring={"chain": ["points", "distance"]}).begin()
        stage_round = db.session.get_one(Round, stage.round.id)
        for essay in stage.essays():
            stage.mark(essay, 1, 200, 100)
            stage.mark(essay, 2, 200, 100)
        assert db.session.get_one(Board, stage_round.id).actual is None
        arranging.close(stage_round.id, by=stage.organiser, now=AFTER)
        score_round(stage_round.id, AFTER)
        assert db.session.get_one(Board, stage_round.id).actual == 0  # two of three questions right


def test_a_blank_essay_needs_nobody(app):
    with app.app_context():
        stage = Stage(texts=("Bài viết", None)).begin()
        assert stage.found == (1, 0)
        assert result(stage.attempts[1]) == (200, 0)


def test_the_database_knows_no_two_markers_in_one_place(held):
    essay = held.essays()[0]
    mine = held.before(essay, 1)
    for place, who in ((2, held.organiser), (3, mine.account_id), (4, held.organiser)):
        db.session.add(Assignment(essay_id=essay.id, place=place, account_id=who, turn=1))
        with pytest.raises(IntegrityError):
            db.session.flush()
        db.session.rollback()


def test_terms_hold_from_the_first_mark_on(held):
    def choose(**changes):
        chosen = {"terms": HALF, "units_apart": False, "told": False} | changes
        return arranging.choose(held.round.id, arranging.Choices(**chosen), by=held.organiser, now=AFTER)

    choose(terms=Terms(20, "percent", "third"))
    choose(terms=HALF)
    held.mark(held.essays()[0], 1, 100)
    assert refused(choose, terms=Terms(51, "points", "mean")) == "marking_begun"
    assert refused(choose, units_apart=True) == "marking_begun"
    assert choose(told=True).told
    row = held.before(held.essays()[0], 1)
    operations.reopen(row.id, by=row.account_id, now=AFTER + timedelta(minutes=1))
    db.session.commit()
    assert refused(choose, terms=Terms(51, "points", "mean")) == "marking_begun"
    assert db.session.get_one(Marking, held.round.id).gap == 50
