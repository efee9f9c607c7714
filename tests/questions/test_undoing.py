from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.questions import cards, imports, operations, reviewing, staged
from contest.questions.import_models import BankImport, ImportItem
from contest.questions.models import Question, QuestionVersion, SimilarityBand
from contest.questions.undoing import can_undo, undo_import
from tests import factories
from tests.factories import NOON
from tests.questions.drafted import audited, draft, many, new_bank, numbers, reading, stage, take

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def context(app):
    with app.app_context():
        yield


def last_import(bank):
    return db.session.scalars(select(BankImport).where(BankImport.bank_id == bank.id)
                              .order_by(BankImport.id.desc())).first()


def taken(bank, found, way="skip"):
    row = stage(bank, found)
    imports.commit_import(row.id, way, by=None, now=NOON)
    return row


def snapshot(bank):
    bands = db.session.execute(select(SimilarityBand.question_id, SimilarityBand.band, SimilarityBand.value)
                               .order_by(SimilarityBand.question_id, SimilarityBand.band)).all()
    return [(k.question_id, k.code, k.identity, k.content) for k in cards.known(bank.id)], [tuple(b) for b in bands]


def test_what_was_created_is_gone_and_the_file_can_come_again(context):
    bank = new_bank()
    row = taken(bank, many(5))
    assert numbers()[:3] == (5, 5, 5)
    assert can_undo(row)
    assert undo_import(row.id, by=None, now=LATER) == {"removed": 5, "restored": 0}
    assert numbers()[:3] == (0, 0, 0)
    assert (row.state, row.undone_at) == ("undone", LATER)
    assert db.session.scalar(select(func.count()).select_from(ImportItem)) == 0
    assert not can_undo(row)
    assert staged.same_file(stage(bank, many(5))) is None
    assert take(bank, many(5))["created"] == 5
    assert audited()[-1] == "bank.import_undo"
    assert [entry.state for entry in staged.whole_log(bank.id)] == ["done", "undone"]


def test_what_was_changed_says_again_what_it_said(context):
    bank = new_bank()
    take(bank, many(3))
    before = snapshot(bank)
    row = taken(bank, reading(draft(2, stem="Khác hẳn câu trước nhé?"), draft(9)), "update")
    assert numbers()[:3] == (4, 5, 5)
    assert snapshot(bank) != before
    assert undo_import(row.id, by=None, now=LATER) == {"removed": 1, "restored": 1}
    assert numbers()[:3] == (3, 3, 3)
    assert snapshot(bank) == before
    assert set(db.session.scalars(select(Question.version))) == {1}


def test_an_approved_question_is_approved_again(context):
    bank = new_bank()
    one, other = factories.account(), factories.account()
    reviewing.set_review(bank.id, "one", loosen=True, by=None, now=NOON)
    take(bank, many(1))
    question = db.session.scalars(select(Question)).one()
    for verdict, who in (("reviewed", one), ("approved", other)):
        reviewing.review_question(question.id, verdict, version=1, by=who.id, now=NOON)
    row = taken(bank, reading(draft(2, key=(0,))), "update")
    db.session.refresh(question)
    assert question.state == "draft"
    undo_import(row.id, by=None, now=LATER)
    db.session.refresh(question)
    assert (question.version, question.state) == (1, "approved")


def refused(row):
    with pytest.raises(Refusal) as found:
        undo_import(row.id, by=None, now=LATER)
    return found.value.code, found.value.status


def test_a_question_in_a_published_round_holds_the_import(context):
    bank = new_bank()
    row = taken(bank, many(3))
    before = numbers()
    factories.round_(factories.contest(), bank, questions=2)
    assert refused(row) == ("import_used", 409)
    assert (numbers(), row.state) == (before, "done")


def test_a_review_of_what_the_import_wrote_holds_it(context):
    bank = new_bank()
    reviewing.set_review(bank.id, "one", loosen=True, by=None, now=NOON)
    first = taken(bank, many(1))
    question = db.session.scalars(select(Question)).one()
    second = taken(bank, reading(draft(2, key=(0,))), "update")
    reviewing.review_question(question.id, "reviewed", version=2, by=factories.account().id, now=NOON)
    assert refused(second) == ("import_used", 409)
    assert refused(first) == ("import_edited", 409)
    assert numbers()[:3] == (1, 2, 2)


def test_a_question_edited_since_holds_the_import(context):
    bank = new_bank()
    row = taken(bank, many(2))
    question = db.session.scalars(select(Question).order_by(Question.position)).first()
    content = cards.card(question.id, bank.id).content
    operations.edit_question(question.id, replace(content, stem="Sửa rồi?"), version=1, by=None, now=NOON)
    assert not can_undo(row)
    assert refused(row) == ("import_edited", 409)
    assert db.session.scalar(select(func.count()).select_from(QuestionVersion)) == 3


def test_there_must_be_something_to_undo(context):
    bank = new_bank()
    waiting = stage(bank, many(1))
    assert refused(waiting) == ("import_not_done", 409)
    row = taken(bank, many(1))
    undo_import(row.id, by=None, now=LATER)
    assert refused(row) == ("import_undone", 409)
    take(bank, many(1))
    assert refused(taken(bank, many(1))) == ("import_not_undoable", 409)
    with pytest.raises(Missing):
        undo_import("f" * 32, by=None, now=LATER)
