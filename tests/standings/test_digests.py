"""Answers and results that somebody alters in the database are found, and no act of the house is taken for that."""

import hashlib
import json
import re
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, insert, select, update

from contest import cli, cli_verify
from contest.audit import chain
from contest.audit.models import AuditEvent, AuditLink
from contest.audit.operations import record
from contest.columns import to_ms
from contest.delivery import overruling
from contest.delivery.models import Attempt, Response
from contest.extensions import db
from contest.serving import keep_digest, worker_tick
from contest.standings import applying, digests, regrading, sitting_digests
from contest.standings.building import building
from contest.standings.keys import Correction
from contest.standings.models import Result, SittingDigest
from contest.standings.operations import SETTLE, publish_results, score_round
from contest.standings.regrading import Changes
from tests import factories
from tests.factories import NOON
from tests.standings.cast import sit, stage, version_at

CLOSED = NOON + timedelta(hours=2)
SETTLED = CLOSED + SETTLE + timedelta(minutes=1)


@pytest.fixture
def hall(app, hands):
    """Two rounds with official results, put on record by the worker; of the first one three sittings were taken."""
    with app.app_context():
        contest, bank, round_, (unit,) = stage(closes_at=CLOSED)
        people = [factories.account(unit=unit) for _ in range(4)]
        sittings = [sit(round_, bank, person, unit=unit, right=3 - n) for n, person in enumerate(people[:3])]
        void = sit(round_, bank, people[3], unit=unit, right=4)
        other = factories.round_(contest, bank, closes_at=CLOSED)
        other.title = "Tuần 2"
        sit(other, bank, people[0], unit=unit, right=1)
        overruling.annul(void.id, "Nhầm máy", give_back=False, by=None, now=CLOSED)
        for row in (round_, other):
            publish_results(row.id, by=None, now=SETTLED)
        judges = [factories.account(roles=("organiser",)).id for _ in range(2)]
        db.session.commit()
        ids = {"round": round_.id, "sittings": [row.id for row in sittings], "void": void.id, "judges": judges,
               "version": version_at(sittings[0], 1),
               "receipt": {row.id: row.receipt for row in (*sittings, void)}}
        hands.set(SETTLED)
        assert keep_digest()
        assert keep_digest()
        worker_tick()
        yield ids
        db.session.rollback()


@pytest.fixture
def verify(app, hall, monkeypatch):
    """`contest verify` on the test's application, after what was done is committed."""
    monkeypatch.setattr(cli, "make_app", lambda: app)

    def verified():
        db.session.commit()
        worker_tick()
        done = CliRunner().invoke(cli.main, ["verify"])
        return done.exit_code, done.output

    return verified


def regrade(hall, **more):
    run = regrading.make_run(hall["round"], Changes(**{"corrections": {hall["version"]: Correction("full")},
                                                       "disqualified": {}, **more}),
                             "Đáp án sai", by=hall["judges"][0], now=SETTLED)
    return apply(hall, run)


def apply(hall, run):
    list(building(run.id, SETTLED))
    applying.apply_run(run.id, "", by=hall["judges"][1], now=SETTLED)
    return run.id


def on_record():
    return db.session.scalars(select(AuditEvent.details).where(AuditEvent.action == digests.ACTION)
                              .order_by(AuditEvent.id)).all()


def read(round_id):
    """The digest of a round as it is now."""
    total = digests.Sum(round_id)
    for bite in sitting_digests.bites(round_id):
        total.add(bite)
    return total.digest()


def kept():
    return {tuple(row) for row in db.session.execute(
        select(SittingDigest.round_id, SittingDigest.attempt_id, SittingDigest.digest))}


def named(told):
    """The ids of the sittings that were named, in their order, each with what is said of it."""
    return re.findall(r"– Lượt thi ([0-9a-f]{32})(.*)", told)


def test_what_stands_holds_and_is_kept_once(hall, verify):
    code, told = verify()
    assert (code, named(told)) == (0, [])
    assert {row[1] for row in kept()} > {*hall["sittings"], hall["void"]}
    assert len(kept()) == 5
    assert not keep_digest()
    first, second = sorted(on_record(), key=lambda told: -told["sittings"])
    assert (first["sittings"], first["saved"], first["run"]) == (4, 3 + 2 + 1 + 4, 0)
    assert (second["sittings"], second["saved"]) == (1, 1)


def of_first(hall):
    return Response.attempt_id == hall["sittings"][0], Response.slot == 1


def changed(hall):
    return f" (mã bài thi {hall['receipt'][hall['sittings'][0]]}): câu trả lời đã bị sửa, xóa hoặc thêm."


TAMPERING = {
    "a choice": lambda hall: update(Response).where(*of_first(hall)).values(choice='["x"]'),
    "an answer cleared": lambda hall: update(Response).where(*of_first(hall)).values(choice=None),
    "an answer gone": lambda hall: delete(Response).where(*of_first(hall)),
    "all answers gone": lambda hall: delete(Response).where(Response.attempt_id == hall["sittings"][0]),
    "an answer slipped in": lambda hall: insert(Response).values(
        attempt_id=hall["sittings"][0], slot=4, generation=1, seq=1, choice='["x"]', received_at=NOON),
    "the instant of an answer": lambda hall: update(Response).where(*of_first(hall)).values(
        received_at=NOON + timedelta(hours=3)),
}
FORGED = {
    "points": lambda hall: update(Result).where(Result.attempt_id == hall["sittings"][2]).values(
        points=400, raw_points=400),
    "right answers": lambda hall: update(Result).where(Result.attempt_id == hall["sittings"][2]).values(correct=4),
    "time taken": lambda hall: update(Result).where(Result.attempt_id == hall["sittings"][2]).values(taken_ms=1),
    "a result gone": lambda hall: delete(Result).where(Result.attempt_id == hall["sittings"][0]),
    "a guess": lambda hall: update(Attempt).where(Attempt.id == hall["sittings"][0]).values(prediction=77),
    "void no more": lambda hall: update(Attempt).where(Attempt.id == hall["void"]).values(state="submitted"),
}


@pytest.mark.parametrize("what", TAMPERING)
def test_an_altered_answer_is_found_and_its_sitting_named(hall, verify, what):
    db.session.execute(TAMPERING[what](hall))
    code, told = verify()
    assert code == 1
    assert "Đợt thi “Tuần 1”" in told
    assert hall["round"] in told
    assert "câu trả lời đã lưu không còn như" in told
    assert named(told) == [(hall["sittings"][0], changed(hall))]
    assert "Dấu của từng lượt thi" not in told
    assert "Tuần 2" not in told
    assert "kết quả không còn như lúc" not in told


def test_an_altered_answer_of_a_void_sitting_is_found(hall, verify):
    db.session.execute(update(Response).where(Response.attempt_id == hall["void"], Response.slot == 2)
                       .values(choice='["x"]'))
    code, told = verify()
    assert (code, [one[0] for one in named(told)]) == (1, [hall["void"]])


@pytest.mark.parametrize("what", FORGED)
def test_an_altered_result_is_found_and_its_round_named(hall, verify, what):
    db.session.execute(FORGED[what](hall))
    code, told = verify()
    assert code == 1
    assert "Đợt thi “Tuần 1”" in told
    assert "kết quả không còn như lúc công bố" in told
    assert "câu trả lời đã lưu" not in told
    assert "Tuần 2" not in told


@pytest.mark.parametrize("moved", ["out", "back"])
def test_runs_change_results_and_alarm_nobody(hall, verify, moved):
    before = db.session.scalars(select(Result.points)).all()
    run = regrade(hall, disqualified={hall["sittings"][2]: "Thi hộ"}) if moved == "out" else regrade(
        hall, reinstated={hall["void"]: "Giám thị nhầm"})
    assert db.session.scalars(select(Result.points)).all() != before
    code, told = verify()
    assert (code, "1 đợt thi vừa chấm lại" in told) == (0, True)
    assert keep_digest()
    code, told = verify()
    assert (code, "vừa chấm lại" in told) == (0, False)
    apply(hall, applying.undo_run(run, "Nhầm", by=hall["judges"][0], now=SETTLED))
    assert verify()[0] == 0
    assert keep_digest()
    assert verify()[0] == 0
    told = {row["run"]: row for row in on_record() if row["sittings"] == 4}
    assert sorted(told) == [0, 1, 2]
    assert told[0]["results"] == told[2]["results"] != told[1]["results"]
    assert len({row["answers"] for row in told.values()}) == 1


def test_an_answer_altered_before_a_run_is_found_after_it(hall, verify):
    db.session.execute(TAMPERING["a choice"](hall))
    regrade(hall)
    db.session.commit()
    before = kept()
    assert keep_digest()
    assert kept() == before
    code, told = verify()
    assert (code, named(told)) == (1, [(hall["sittings"][0], changed(hall))])


def test_a_run_that_is_dropped_leaves_what_was(hall, verify):
    run = regrading.make_run(hall["round"], Changes({hall["version"]: Correction("out")}, {}), "Đáp án sai",
                             by=hall["judges"][0], now=SETTLED)
    list(building(run.id, SETTLED))
    applying.drop_run(run.id, "", by=hall["judges"][1], now=SETTLED)
    db.session.commit()
    assert not keep_digest()
    assert verify()[0] == 0


def test_a_digest_slipped_in_later_takes_no_place(hall, verify):
    db.session.execute(FORGED["points"](hall))
    found = read(hall["round"])
    record(digests.ACTION, "round", hall["round"], by=None, now=NOON, **vars(found))
    assert verify()[0] == 1
    assert chain.broken() is None


def test_a_digest_found_before_a_run_is_not_put_on_record_after_it(hall):
    found = read(hall["round"])
    regrade(hall)
    assert not digests.keep(hall["round"], found, SETTLED)
    assert digests.due() == hall["round"]


def test_a_run_that_is_applied_while_results_are_read_alarms_nobody(hall, monkeypatch):
    """As PostgreSQL lets it be: what was read before is of one run, what was read after of the other."""
    monkeypatch.setattr(sitting_digests, "SITTINGS", 2)
    applied = []

    def told(title, _before, _saved):
        if title == "Tuần 1" and not applied:
            applied.append(regrade(hall, disqualified={max(hall["sittings"]): "Thi hộ"}))

    found = {one.title: (one.answers, one.results) for one in digests.checked(told)}
    assert applied
    assert found == {"Tuần 1": (True, None), "Tuần 2": (True, True)}


def test_no_digest_before_results_are_official(app, hands):
    with app.app_context():
        _contest, bank, round_, (unit,) = stage(closes_at=CLOSED)
        sit(round_, bank, factories.account(unit=unit), unit=unit, right=3)
        score_round(round_.id, SETTLED)
        db.session.commit()
        assert not keep_digest()


def test_many_sittings_are_read_some_at_a_time(hall, verify, monkeypatch):
    """The bites leave the digest as it is, a full last one too; progress is told."""
    monkeypatch.setattr(cli_verify, "STEP", 4)
    for size in (2, 4):
        monkeypatch.setattr(sitting_digests, "SITTINGS", size)
        assert verify()[0] == 0
    monkeypatch.setattr(sitting_digests, "SITTINGS", 2)
    assert "Tuần 1: đã đọc 5 câu trả lời…" in verify()[1]


@pytest.fixture
def unsealed(hall, monkeypatch):
    """As `hall`, but nothing is on record of its rounds yet, and a bite is two sittings."""
    for row in db.session.scalars(select(AuditEvent).where(AuditEvent.action == digests.ACTION)):
        db.session.execute(delete(AuditLink).where(AuditLink.number >= select(AuditLink.number).where(
            AuditLink.event_id == row.id).scalar_subquery()))
        db.session.delete(row)
    before = kept()
    db.session.execute(delete(SittingDigest))
    db.session.commit()
    monkeypatch.setattr(sitting_digests, "SITTINGS", 2)
    return before


def flat(round_id):
    """As it was put on record before sittings had digests."""
    found = vars(read(round_id)) | {"answers": hashlib.sha256(b"".join(
        bite.answers for bite in sitting_digests.bites(round_id))).hexdigest()}
    return {name: value for name, value in found.items() if name != "form"}


def test_a_digest_of_the_old_form_holds_as_it_did(hall, unsealed, verify):
    for round_id in db.session.scalars(select(Attempt.round_id).distinct()).all():
        record(digests.ACTION, "round", round_id, by=None, now=SETTLED, **flat(round_id))
    db.session.commit()
    assert not keep_digest()
    assert (verify()[0], kept()) == (0, set())
    db.session.execute(TAMPERING["a choice"](hall))
    code, told = verify()
    assert (code, "câu trả lời đã lưu không còn như" in told, named(told)) == (1, True, [])


def test_the_next_run_keeps_digests_of_sittings_beside_one_of_the_old_form(hall, unsealed, verify):
    record(digests.ACTION, "round", hall["round"], by=None, now=SETTLED, **flat(hall["round"]))
    regrade(hall)
    db.session.commit()
    while keep_digest():
        pass
    assert kept() == unsealed
    assert verify()[0] == 0
    db.session.execute(TAMPERING["a choice"](hall))
    code, told = verify()
    assert (code, named(told)) == (1, [(hall["sittings"][0], changed(hall))])


def test_the_old_form_is_the_bytes_of_all_answers(hall):
    """Written out by hand: the digests that are on record were made so."""
    rows = db.session.execute(select(
        Response.attempt_id, Response.slot, Response.generation, Response.seq, Response.received_at, Response.choice)
        .join(Attempt, Attempt.id == Response.attempt_id).where(Attempt.round_id == hall["round"])
        .order_by(Response.attempt_id, Response.slot)).all()
    written = "".join(json.dumps([*row[:4], to_ms(row[4]), row[5]], ensure_ascii=False) + "\n" for row in rows)
    total = digests.Sum(hall["round"])
    for bite in sitting_digests.bites(hall["round"]):
        total.add(bite)
    assert total.answers(1) == hashlib.sha256(written.encode()).hexdigest()
