import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.questions import cards, operations, queries
from contest.questions.content import Choice
from contest.questions.keys import AnswerKey
from contest.questions.models import Bank, Question, QuestionVersion
from tests.factories import NOON
from tests.questions.drafted import audited, draft, new_bank, reading, take

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def context(app):
    with app.app_context():
        yield


@pytest.fixture
def question(context):
    take(new_bank(), reading(draft(2)))
    db.session.commit()
    return db.session.scalars(select(Question)).one()


def content(question):
    return cards.card(question.id, question.bank_id).content


def test_a_bank_is_known_by_its_code_in_any_case(context):
    bank = operations.create_bank(" CCHC-2026 ", "  Kế hoạch  2026 ", by=None, now=NOON)
    assert (bank.code, bank.title) == ("cchc-2026", "Kế hoạch 2026")
    assert queries.bank_by_code("Cchc-2026") is bank
    assert queries.bank_by_code("cchc") is None
    assert audited() == ["bank.create"]


@pytest.mark.parametrize("code", ["", "có dấu", "a b", "-a", "a-", "a" * 61, "a/b"])
def test_a_code_that_is_none(context, code):
    with pytest.raises(Refusal) as refused:
        operations.create_bank(code, "Tên", by=None, now=NOON)
    assert (refused.value.code, refused.value.status) == ("bank_code_invalid", 422)


@pytest.mark.parametrize(("title", "fits"), [("", False), ("x" * 201, False), ("x" * 200, True)])
def test_the_length_of_a_title(context, title, fits):
    if fits:
        assert operations.create_bank("a", title, by=None, now=NOON).title == title
        return
    with pytest.raises(Refusal) as refused:
        operations.create_bank("a", title, by=None, now=NOON)
    assert refused.value.code == "bank_title_needed"


def test_a_code_twice_is_refused_and_leaves_the_session_alive(context):
    new_bank("mot")
    with pytest.raises(Refusal) as refused:
        new_bank("MOT")
    assert (refused.value.code, refused.value.status, refused.value.params) == ("bank_code_taken", 409,
                                                                              {"bank_code": "mot"})
    new_bank("hai")
    db.session.commit()
    assert sorted(db.session.scalars(select(Bank.code))) == ["hai", "mot"]


def test_an_edit_makes_a_version_and_keeps_the_old_with_its_key(question):
    before = content(question)
    after = replace(before, choices=(Choice("Một 2", True), *before.choices[1:2], Choice("Ba", False, True)),
                    type="multiple")
    assert operations.edit_question(question.id, after, version=1, by=None, now=LATER) == 2
    db.session.commit()
    old, new = db.session.scalars(select(QuestionVersion).order_by(QuestionVersion.number))
    keys = {key.version_id: key.correct for key in db.session.scalars(select(AnswerKey))}
    assert [o["text"] for o in old.options] == ["Một 2", "Hai 2", "Ba", "Bốn"]
    assert keys[old.id] == [old.options[1]["id"]]
    assert keys[new.id] == sorted([new.options[0]["id"], new.options[1]["id"]])
    assert not {o["id"] for o in old.options} & {o["id"] for o in new.options}
    assert (new.created_at, old.created_at) == (LATER, NOON)
    assert content(question) == after
    assert [card.content for card in cards.earlier(question.id, 2)] == [before]
    assert question.content_hash == after.identity
    assert audited()[-1] == "question.edit"


def test_the_same_content_makes_no_version(question):
    assert operations.edit_question(question.id, content(question), version=1, by=None, now=LATER) == 1
    assert "question.edit" not in audited()


def test_an_edit_of_an_old_version_is_refused(question):
    changed = replace(content(question), stem="Khác?")
    operations.edit_question(question.id, changed, version=1, by=None, now=LATER)
    with pytest.raises(Refusal) as refused:
        operations.edit_question(question.id, replace(changed, stem="Nữa?"), version=1, by=None, now=LATER)
    assert (refused.value.code, refused.value.status) == ("question_changed", 409)


def test_a_question_without_a_key_is_refused(question):
    bare = replace(content(question), choices=(Choice("a", False), Choice("b", False)))
    with pytest.raises(Refusal) as refused:
        operations.edit_question(question.id, bare, version=1, by=None, now=LATER)
    assert (refused.value.code, refused.value.status) == ("question_key_missing", 422)
    assert question.version == 1


def test_out_of_use_and_back(question):
    operations.retire_question(question.id, by=None, now=LATER)
    operations.retire_question(question.id, by=None, now=LATER + timedelta(hours=1))
    assert question.retired_at == LATER
    assert queries.figures([question.bank_id])[question.bank_id].used == 0
    operations.restore_question(question.id, by=None, now=LATER)
    operations.restore_question(question.id, by=None, now=LATER)
    assert question.retired_at is None
    db.session.flush()
    assert sorted(audited()[-2:]) == ["question.restore", "question.retire"]


@pytest.mark.parametrize("act", [operations.retire_question, operations.restore_question])
def test_an_unknown_question(context, act):
    with pytest.raises(Missing):
        act("0" * 32, by=None, now=NOON)


def test_tokens_tell_nothing_and_differ_within_a_version(context):
    take(new_bank(), reading(*(draft(number) for number in range(2, 42))))
    versions = list(db.session.scalars(select(QuestionVersion)))
    tokens = [[option["id"] for option in version.options] for version in versions]
    assert all(re.fullmatch("[a-z0-9]{8}", token) for row in tokens for token in row)
    assert all(len(set(row)) == 4 for row in tokens)
    keys = {key.version_id: key.correct for key in db.session.scalars(select(AnswerKey))}
    ranks = {sorted(row).index(keys[version.id][0]) for row, version in zip(tokens, versions, strict=True)}
    assert ranks == {0, 1, 2, 3}  # the right option's token sorts anywhere: always second in the file
