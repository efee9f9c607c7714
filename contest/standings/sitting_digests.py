"""The digests of a round's sittings: where the round's own no longer holds, they say which sittings were altered.

The digest of a round's answers is made of them. So the kept ones prove as much as the trail does, as long as they
come to what stands there.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, delete, select, type_coerce

from contest import bulk
from contest.delivery.models import Attempt, Response
from contest.extensions import db
from contest.standings.building import MARK
from contest.standings.models import Result, SittingDigest

SITTINGS = 500  # at a time
MOST = 20  # that are named
# `dumps` would make one for each row. SQLite keeps what it is given in any column: bytes must not stop a check.
_json = json.JSONEncoder(ensure_ascii=False, default=str).encode


@dataclass(frozen=True)
class Bite:
    """The sittings of a round after one id up to another, None for the last of all ids. `saved`: how many answers."""

    round_id: str
    after: str
    until: str | None
    leaves: list[tuple[str, str]]  # (sitting, SHA-256 of its answers, hexadecimal), by id
    answers: bytes  # as the lines that are digested
    results: bytes
    saved: int


@dataclass(frozen=True)
class Sitting:
    """One that was "altered", is "gone", or was "added". `receipt`: its code, None where it is gone or has none."""

    id: str
    receipt: str | None
    how: str


@dataclass(frozen=True)
class Differing:
    """The sittings that do not come to the digests kept of them; at most `MOST` are named.

    `sure`: these digests are those on record; else they were altered, too, and name what is likely at best.
    """

    sure: bool
    count: int
    named: list[Sitting]


def bites(round_id: str) -> Iterator[Bite]:
    """Every sitting of a round, some at a time, by id. The last bite may hold none: it reaches to the end of all ids.

    Nothing is read before a bite is asked for; no two need be of one transaction.
    """
    after: str | None = ""
    while after is not None:
        rows = _sittings(round_id, after)
        until = rows[-1][0] if len(rows) == SITTINGS else None
        yield _bite(round_id, after, until, rows)
        after = until


def _sittings(round_id: str, after: str) -> Sequence[Any]:
    """The next sittings with what they came to."""
    return db.session.execute(
        select(Attempt.id, Attempt.entry_id, Attempt.state, type_coerce(Attempt.finished_at, BigInteger),
               Attempt.prediction, Result.entry_id.label("whose"), Result.taken_ms,
               type_coerce(Result.finished_at, BigInteger).label("until"), *(getattr(Result, name) for name in MARK))
        .outerjoin(Result, Result.attempt_id == Attempt.id)
        .where(Attempt.round_id == round_id, *([Attempt.id > after] if after else []))
        .order_by(Attempt.id).limit(SITTINGS)).all()


def _bite(round_id: str, after: str, until: str | None, sittings: Sequence[Any]) -> Bite:
    ids = [row[0] for row in sittings]
    rows = db.session.execute(
        select(Response.attempt_id, Response.slot, Response.generation, Response.seq,
               type_coerce(Response.received_at, BigInteger), Response.choice)
        .where(Response.attempt_id.in_(ids))
        .order_by(Response.attempt_id, Response.slot, Response.generation, Response.seq)).all()
    answers = {attempt_id: lines(some) for attempt_id, some in groupby(rows, key=itemgetter(0))}
    return Bite(round_id, after, until, [(key, hashlib.sha256(answers.get(key, b"")).hexdigest()) for key in ids],
                b"".join(answers.values()), lines(sittings), len(rows))


def lines(rows: Iterable[Any]) -> bytes:
    """A row a line, as a JSON list: the same bytes from either database."""
    return "".join(f"{_json(list(row))}\n" for row in rows).encode()


def keep(bite: Bite) -> None:
    """Keep the digests of a bite, in place of what a worker that was stopped on its way had kept there."""
    db.session.execute(delete(SittingDigest).where(*_within(bite)).execution_options(synchronize_session=False))
    bulk.add(SittingDigest, [{"round_id": bite.round_id, "attempt_id": key, "digest": digest}
                             for key, digest in bite.leaves])


class Comparison:
    """Sittings, bite after bite, beside the digests kept of them."""

    def __init__(self) -> None:
        self._kept = hashlib.sha256()
        self._count = 0
        self._named: list[tuple[str, str]] = []

    def add(self, bite: Bite) -> None:
        """Set the next bite beside what was kept."""
        found = dict(bite.leaves)
        kept = db.session.execute(
            select(SittingDigest.attempt_id, SittingDigest.digest).where(*_within(bite))
            .order_by(SittingDigest.attempt_id).execution_options(yield_per=SITTINGS))
        for some in kept.partitions():
            self._kept.update(lines(some))
            for key, then in some:
                now = found.pop(key, None)
                if now != then:
                    self._note(key, "altered" if now else "gone")
        for key in found:
            self._note(key, "added")

    def _note(self, key: str, how: str) -> None:
        self._count += 1
        if self._count <= MOST:
            self._named.append((key, how))

    def outcome(self, answers: str) -> Differing:
        """What differs. `answers`: the digest of the round's answers that is on record."""
        receipts = {row.id: row.receipt for row in db.session.execute(
            select(Attempt.id, Attempt.receipt).where(Attempt.id.in_([key for key, _how in self._named])))}
        return Differing(self._kept.hexdigest() == answers, self._count,
                         [Sitting(key, receipts.get(key), how) for key, how in self._named])


def _within(bite: Bite) -> list[ColumnElement[bool]]:
    """The kept digests of this round, of all ids that the bite reaches over."""
    return [SittingDigest.round_id == bite.round_id,
            *([SittingDigest.attempt_id > bite.after] if bite.after else []),
            *([SittingDigest.attempt_id <= bite.until] if bite.until else [])]
