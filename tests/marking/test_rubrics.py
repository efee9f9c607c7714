"""Rubrics: what holds, and what stays on record once somebody marked by one."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from contest.audit.models import AuditEvent
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.marking import arranging, queries, rubrics
from contest.marking.models import EssayMark, Rubric
from contest.scoring.essays import Criterion
from tests.factories import NOON
from tests.marking.cast import AFTER, CRITERIA, Stage, finish
from tests.standings.cast import versions

OTHER = (Criterion("y", "Ý tưởng", 150, step=50), Criterion("d", "Diễn đạt", 150))


def write(stage, criteria, reason="", version=None, now=NOON):
    return rubrics.write_rubric(stage.round.id, version or stage.essay_version, criteria, reason, by=stage.organiser,
                                now=now)


def numbers(stage):
    return list(db.session.scalars(select(Rubric.number).where(Rubric.round_id == stage.round.id).order_by(
        Rubric.number)))


def test_until_the_first_mark_a_rubric_is_replaced(app):
    with app.app_context():
        stage = Stage()
        write(stage, CRITERIA)
        row = write(stage, OTHER)
        assert (row.number, queries.criteria_of(row.criteria)) == (1, OTHER)
        write(stage, OTHER)
        acts = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "marking.rubric")).all()
        assert len(acts) == 2, "nothing changed the third time"


def test_afterwards_a_new_one_is_added_with_its_reason(app):
    with app.app_context():
        stage = Stage().begin()
        essay = stage.essays()[0]
        stage.mark(essay, 1, 200, 10)
        with pytest.raises(Refusal) as refused:
            write(stage, OTHER, " ", now=AFTER)
        assert refused.value.code == "marking_reason"
        assert write(stage, OTHER, "Đáp án bổ sung", now=AFTER).number == 2
        assert numbers(stage) == [1, 2]
        [asked] = queries.essay_questions(stage.round.id)
        assert (asked.criteria, asked.essays, asked.old) == (OTHER, 3, 1)
        row = stage.before(essay, 2)
        db.session.commit()
        with pytest.raises(Refusal):
            finish(row, 200)  # the new one allows 150
        db.session.rollback()
        finish(stage.before(essay, 2), 150, 60)
        assert sorted(db.session.scalars(select(EssayMark.rubric))) == [1, 2]


@pytest.mark.parametrize("criteria", [(), (replace(CRITERIA[0], most=300), CRITERIA[1]),
                                      (replace(CRITERIA[0], name=" "), CRITERIA[1])])
def test_faulty_rubrics(app, criteria):
    with app.app_context():
        stage = Stage()
        with pytest.raises(Refusal) as refused:
            write(stage, criteria)
        assert refused.value.code == "bad_rubric"


def test_only_essay_questions_of_the_round_have_one(app):
    with app.app_context():
        stage = Stage()
        for version in ("0" * 32, versions(stage.bank)[0].id):
            with pytest.raises(Missing):
                write(stage, CRITERIA, version=version)
        assert [one.version.id for one in queries.essay_questions(stage.round.id)] == [stage.essay_version]


def test_none_changes_once_marking_is_closed(app):
    with app.app_context():
        stage = Stage(texts=("Bài",)).begin()
        for place in (1, 2):
            stage.mark(stage.essays()[0], place, 100)
        arranging.close(stage.round.id, by=stage.organiser, now=AFTER)
        with pytest.raises(Refusal) as refused:
            write(stage, OTHER, "Muộn", now=AFTER)
        assert refused.value.code == "marking_closed"
