"""Where answers were altered in the database, the sitting is named; the worker keeps the digests for that in bites."""

import json
from datetime import timedelta
from itertools import groupby

import pytest
from sqlalchemy import delete, event, insert, literal, select, update

from contest import database
from contest.columns import Id, to_ms
from contest.delivery.models import Attempt, PaperItem, Response
from contest.delivery.record_models import AttemptChange
from contest.extensions import db
from contest.serving import keep_digest
from contest.standings import sitting_digests
from contest.standings.models import SittingDigest
from tests.factories import NOON
from tests.standings.test_digests import (  # noqa: F401  # `hall`, `verify` and `unsealed` are fixtures
    TAMPERING,
    hall,
    kept,
    named,
    on_record,
    unsealed,
    verify,
)


def test_a_sitting_that_is_gone_is_named(hall, verify):  # noqa: F811
    gone = hall["void"]  # no standing refers to it
    for table in (Response, PaperItem, AttemptChange):
        db.session.execute(delete(table).where(table.attempt_id == gone))
    db.session.execute(delete(Attempt).where(Attempt.id == gone))
    code, told = verify()
    assert (code, named(told)) == (1, [(gone, ": không còn trong đợt thi.")])


@pytest.mark.parametrize("attempt_id", ["0" * 31 + "1", "f" * 32])
def test_a_sitting_that_is_slipped_in_is_named(hall, verify, attempt_id):  # noqa: F811
    copied = {column.name: column for column in Attempt.__table__.c}
    copied |= {"id": literal(attempt_id, Id), "number": literal(7), "receipt": literal("THEM")}
    db.session.execute(insert(Attempt).from_select(
        list(copied), select(*copied.values()).where(Attempt.id == hall["sittings"][0])))
    code, told = verify()
    assert (code, named(told)) == (1, [
        (attempt_id, " (mã bài thi THEM): được thêm vào sau khi công bố kết quả.")])


def test_a_sitting_that_is_moved_is_named_in_both_rounds(hall, verify):  # noqa: F811
    other = db.session.scalar(select(Attempt.round_id).where(Attempt.round_id != hall["round"]))
    db.session.execute(update(Attempt).where(Attempt.id == hall["sittings"][2]).values(round_id=other))
    code, told = verify()
    assert code == 1
    assert sorted(named(told)) == [
        (hall["sittings"][2], f" (mã bài thi {hall['receipt'][hall['sittings'][2]]}): được thêm vào sau khi công bố kết"
                              " quả."),
        (hall["sittings"][2], ": không còn trong đợt thi."),
    ]


def test_kept_digests_that_were_altered_too_name_what_is_likely(hall, verify):  # noqa: F811
    """Whoever brings the digest of what was altered in line hides that sitting, but not that digests were altered."""
    db.session.execute(TAMPERING["a choice"](hall))
    bites = list(sitting_digests.bites(hall["round"]))
    digest = dict(bites[0].leaves)[hall["sittings"][0]]
    db.session.execute(update(SittingDigest).where(SittingDigest.attempt_id == hall["sittings"][0])
                       .values(digest=digest))
    code, told = verify()
    assert code == 1
    assert "câu trả lời đã lưu không còn như" in told
    assert "Dấu của từng lượt thi cũng đã bị sửa, nên không chắc" in told
    assert "Có khả năng là" not in told
    assert named(told) == []
    db.session.execute(update(SittingDigest).where(SittingDigest.attempt_id == hall["sittings"][1])
                       .values(digest="0" * 64))
    code, told = verify()
    assert "Có khả năng là" in told
    assert (code, [one[0] for one in named(told)]) == (1, [hall["sittings"][1]])


@pytest.mark.parametrize("act", [update(SittingDigest).values(digest="0" * 64), delete(SittingDigest)])
def test_kept_digests_that_were_altered_alone_are_found(hall, verify, act):  # noqa: F811
    db.session.execute(act.where(SittingDigest.attempt_id == hall["sittings"][1]))
    code, told = verify()
    assert code == 1
    assert "câu trả lời vẫn như lúc công bố kết quả, nhưng dấu của từng lượt thi đã bị sửa" in told
    assert "đã lưu không còn như" not in told


def test_at_most_so_many_sittings_are_named(hall, verify, monkeypatch):  # noqa: F811
    monkeypatch.setattr(sitting_digests, "MOST", 2)
    monkeypatch.setattr(sitting_digests, "SITTINGS", 2)
    db.session.execute(update(Response).values(choice='["x"]').where(
        Response.attempt_id.in_([*hall["sittings"], hall["void"]])))
    code, told = verify()
    assert (code, [one[0] for one in named(told)]) == (1, hall["sittings"][:2])
    assert "và 2 lượt thi khác." in told


class Killed(Exception):
    """The worker is."""


def test_a_worker_killed_amid_the_sittings_begins_again(hall, unsealed, verify, monkeypatch):  # noqa: F811
    keep, times = sitting_digests.keep, [0]

    def killed(bite):
        keep(bite)
        times[0] += 1
        if times[0] == 2:
            raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(sitting_digests, "keep", killed)
        with pytest.raises(Killed):
            keep_digest()
    db.session.rollback()
    assert len(kept()) == 2, "the first bite is committed"
    assert not on_record()
    assert verify()[0] == 0, "nothing is on record yet: nothing is compared"
    left = db.session.scalar(select(SittingDigest.round_id).limit(1))
    for attempt_id in ("0" * 31 + "1", "f" * 32):  # of sittings that were there then
        db.session.execute(insert(SittingDigest).values(round_id=left, attempt_id=attempt_id, digest="0" * 64))
    db.session.execute(update(SittingDigest).values(digest="0" * 64))
    db.session.commit()
    assert keep_digest()
    assert keep_digest()
    assert not keep_digest()
    assert kept() == unsealed
    assert verify()[0] == 0


def test_each_bite_is_written_in_a_turn_of_its_own(hall, unsealed):  # noqa: F811
    """Answers are read on transactions that take no turn to write; what is written is committed before the next."""
    acts = []

    def executed(_connection, _cursor, statement, *_rest):
        if "FROM response" in statement:
            acts.append(("read", database._writing.get()))
        elif "sitting_digest" in statement and not statement.startswith("SELECT"):
            acts.append(("write", database._writing.get()))

    def ended(_connection):
        acts.append(("end", None))

    database.set_writing(True)  # as in a worker, whatever the page of an earlier test has said
    for name, hear in (("before_cursor_execute", executed), ("commit", ended), ("rollback", ended)):
        event.listen(db.engine, name, hear)
    try:
        assert keep_digest()
    finally:
        for name, hear in (("before_cursor_execute", executed), ("commit", ended), ("rollback", ended)):
            event.remove(db.engine, name, hear)
    order = [act for act, _again in groupby(acts)]
    bite = [("read", False), ("end", None), ("write", True), ("end", None)]
    first = order.index(bite[0])
    assert order[first:] in (bite * 3, bite), "four sittings, of which the last bite holds none, or one"


def test_both_databases_give_the_same_bytes(hall):  # noqa: F811
    """Plain JSON, whatever type a column has: ids without hyphens, instants in ms."""
    bite = next(sitting_digests.bites(hall["round"]))
    first = json.loads(bite.results.splitlines()[0])
    assert first[0] == hall["sittings"][0] == bite.leaves[0][0]
    assert first[2:5] == ["submitted", round((NOON + timedelta(minutes=5)).timestamp() * 1000), None]
    answer = json.loads(bite.answers.splitlines()[0])
    assert answer[:5] == [hall["sittings"][0], 1, 1, 1, to_ms(NOON + timedelta(seconds=1))]


def test_bytes_in_the_place_of_a_text_stop_no_check():
    """SQLite takes them; nothing that the house writes looks so."""
    assert sitting_digests.lines([("a", b"x")]) not in {sitting_digests.lines([("a", text)]) for text in ("x", None)}
    assert sitting_digests.lines([("a", 1, None, "ấ")]) == '["a", 1, null, "ấ"]\n'.encode()
