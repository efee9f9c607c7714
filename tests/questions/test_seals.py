from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from contest.database import reading as only_reading
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.identity.permissions import Actor, Role
from contest.questions import cards, imports, operations, reviewing, seals
from contest.questions.import_models import BankImport
from contest.questions.models import Bank, Question
from contest.rounds import pools
from tests.factories import NOON, account
from tests.questions.drafted import draft, many, new_bank, reading, stage, take
from tests.statements import counted

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def bank(app):
    with app.app_context():
        row = new_bank()
        take(row, many(2))
        db.session.commit()
        yield row


@pytest.fixture
def person(bank):
    row = account("niemphong", name="Lê Niêm Phong", roles=("organiser",))
    db.session.commit()
    return Actor(row.id, (Role("organiser"),))


def seal(bank: Bank, by: str | None = None) -> None:
    seals.seal_bank(bank.id, by=by, now=NOON)
    db.session.commit()


def code(act) -> tuple[str, int]:
    with pytest.raises(Refusal) as found:
        act()
    db.session.rollback()
    return found.value.code, found.value.status


def test_nobody_changes_a_sealed_bank(bank, person):
    question = db.session.scalars(select(Question)).first()
    content = cards.card(question.id, bank.id).content
    waiting = stage(bank, reading(draft(9)))
    prepared = imports.prepare_import(waiting.id, "skip", by=None, now=NOON)
    db.session.commit()
    ids, key = (bank.id, question.id), waiting.id
    seal(bank)
    acts = (
        lambda: operations.edit_question(ids[1], replace(content, stem="Khác?"), version=1, by=None, now=NOON),
        lambda: operations.retire_question(ids[1], by=None, now=NOON),
        lambda: operations.restore_question(ids[1], by=None, now=NOON),
        lambda: operations.write_rows(prepared.rows),
        lambda: cards.known(ids[0]),
        lambda: imports.commit_import(stage(db.session.get(Bank, ids[0]), many(1)).id, "skip", by=None, now=NOON),
        lambda: reviewing.review_questions(ids[0], [(ids[1], 1)], "reviewed", by=person.account_id, now=NOON),
        lambda: reviewing.set_review(ids[0], "one", loosen=True, by=None, now=NOON),
        lambda: seals.seal_bank(ids[0], by=None, now=NOON),
    )
    assert [code(act) for act in acts] == [("bank_sealed", 409)] * len(acts)
    assert len(db.session.scalars(select(Question)).all()) == 2
    row = db.session.get(BankImport, key)
    assert (row.state, row.reading) == ("discarded", {})


def test_a_seal_is_broken_for_a_reason(bank, person):
    assert code(lambda: seals.unseal_bank(bank.id, "Lý do", by=None, now=NOON)) == ("bank_not_sealed", 409)
    seal(bank, person.account_id)
    assert (bank.sealed_at, bank.sealed_by) == (NOON, person.account_id)
    for reason in ("", "  ", "x" * 501):
        assert code(lambda reason=reason: seals.unseal_bank(bank.id, reason, by=None, now=NOON)) == (
            "seal_reason_needed", 422)
    seals.unseal_bank(bank.id, " Sửa  câu 3 ", by=person.account_id, now=LATER)
    db.session.commit()
    assert (bank.sealed_at, bank.sealed_by) == (None, None)
    assert [(row.action, row.who, row.details) for row in seals.log(bank.id)] == [
        ("bank.unseal", "Lê Niêm Phong", {"reason": "Sửa câu 3"}), ("bank.seal", "Lê Niêm Phong", {})]
    with pytest.raises(Missing):
        seals.seal_bank("0" * 32, by=None, now=NOON)


def test_a_round_draws_from_a_sealed_bank_and_nobody_has_read_it(bank):
    seal(bank)
    assert len(pools.usable([bank.id])) == 2
    assert [row.action for row in seals.log(bank.id)] == ["bank.seal"]


def test_a_reading_is_durable_though_the_request_fails(bank, person):
    seal(bank)
    with only_reading():
        row = db.session.get(Bank, bank.id)
        seals.note_reading([row], "question", actor=person, now=LATER, question_id="1")
        db.session.rollback()
    (entry,) = [one for one in seals.log(bank.id) if one.action == seals.READING]
    assert (entry.at, entry.who, entry.details) == (LATER, "Lê Niêm Phong", {"what": "question", "question_id": "1"})


def test_readings_of_what_is_open_are_nobodys_business(app, bank, person):
    other = new_bank("khac")
    seals.seal_bank(other.id, by=None, now=NOON)
    db.session.commit()
    assert bank.sealed_at is None
    with counted(app) as statements:
        seals.note_reading([bank], "list", actor=person, now=NOON)
    assert statements == []
    ids = [bank.id, other.id]
    db.session.rollback()
    with only_reading():
        seals.note_reading_of(ids, "paper", actor=None, now=NOON, round_id="r")
        db.session.rollback()
    assert [row.action for row in seals.log(bank.id)] == []
    assert next((row.action, row.who) for row in seals.log(other.id)) == (seals.READING, None)


@pytest.mark.parametrize("role", ["reviewer", "report_viewer", "coordinator", "contestant"])
def test_who_may_not_read_leaves_nothing(bank, role):
    actor = Actor("0" * 32, (Role(role),))
    assert seals.may_read(bank, actor)
    seal(bank)
    assert not seals.may_read(bank, actor)
    assert code(lambda: seals.note_reading_of([bank.id], "list", actor=actor, now=NOON)) == (
        "bank_sealed_reading", 403)
    assert [row.action for row in seals.log(bank.id)] == ["bank.seal"]


def test_the_log_by_pages(bank, monkeypatch):
    monkeypatch.setattr(seals, "PAGE", 2)
    seal(bank)
    with only_reading():
        for n in range(4):
            seals.note_reading([bank], "list", actor=None, now=NOON + timedelta(minutes=n // 2), n=n)
        db.session.rollback()
    first = seals.log(bank.id)
    second = seals.log(bank.id, after=first[1].id)
    assert [row.details.get("n") for row in (*first[:2], *second)] == [3, 2, 1, 0, None]
    with pytest.raises(Missing):
        seals.log(bank.id, after="0" * 32)


def test_an_export_by_the_command_line_is_on_record_too(bank, tmp_path):
    from contest.cli_banks import _export

    seal(bank)
    key, path = bank.id, tmp_path / "bank.xlsx"
    db.session.rollback()
    with pytest.raises(SystemExit) as ended:
        _export("nganhang", "xlsx", path)
    db.session.rollback()
    assert (ended.value.code, path.exists()) == (0, True)
    assert [(row.who, row.details) for row in seals.log(key) if row.action == seals.READING] == [
        (None, {"what": "export"})]
