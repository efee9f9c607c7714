"""Saving answers: one statement that carries every rule, and a second read only to say why not.

No account is read, no ORM row is made. The statement decides by `now`, the arrival of the request,
so neither its place in a queue nor a sweeper that was faster changes what counts (`timing`).
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from contest.columns import from_ms, to_ms
from contest.database import fetch
from contest.delivery import timing
from contest.delivery.answers import Choice, Unfit, fits, stored, tidy, why_not
from contest.delivery.statements import DIAGNOSE, SAVE, SAVE_FORM, Told
from contest.errors import Missing, Refusal

NONCE = re.compile(r"[A-Za-z0-9_-]{1,24}")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer as it was sent: tokens in any order, part → value, a text; None: the choice was cleared."""

    slot: int
    seq: int
    choice: Mapping[str, str] | Sequence[str] | str | None


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of each answer. `stale` ones are stored too, but a newer one counts."""

    saved: tuple[tuple[int, int], ...]  # (slot, seq)
    stale: tuple[tuple[int, int], ...]
    refused: tuple[tuple[int, int, str], ...]  # (slot, seq, code)
    deadline: datetime

    @property
    def nothing_saved(self) -> bool:
        """True where something was refused and nothing saved: a 422."""
        return bool(self.refused) and not self.saved


Key = tuple[int, int]  # (slot, seq)


@dataclass(frozen=True, slots=True)
class _Batch:
    """The tidy answers, each (slot, seq) once. None: cleared; what is `bad` is not sent at all."""

    choices: dict[Key, Choice | None]
    bad: dict[Key, str]

    def rows(self, keys: Iterable[Key]) -> str:
        return json.dumps([_row(slot, seq, self.choices[slot, seq]) for slot, seq in sorted(keys)],
                          separators=(",", ":"))

    @property
    def good(self) -> list[Key]:
        return [key for key in self.choices if key not in self.bad] if self.bad else list(self.choices)


def _row(slot: int, seq: int, choice: Choice | None) -> dict[str, Any]:
    row: dict[str, Any] = {"slot": slot, "seq": seq, "choice": stored(choice), "fits": fits(choice)}
    if isinstance(choice, tuple):
        row["tokens"] = choice
    elif isinstance(choice, Mapping):
        row["pairs"] = choice
    return row


def save_answers(connection: Connection, attempt_id: str, sign_in_id: str, generation: int,
                 answers: Iterable[Answer], now: datetime) -> Saved:
    """Store what is valid of a batch. On success one statement; the caller commits, then replies.

    Per answer `refused`: `conflict` (this seq is taken by another choice), `unknown_slot`,
    `unknown_option`, `too_many_options`, `wrong_shape`, `answer_too_long`. Raises `Refusal` where
    nothing of it may be saved: `sign_in_required` (401), `Missing`, `closed` (409), `attempt_void`
    (409), `other_device` (409), `malformed` (422, a generation to come), `busy` (503, raced twice).
    """
    batch = _batch(answers)
    values = {"attempt": attempt_id, "sign_in": sign_in_id, "generation": generation, "now": to_ms(now)}
    for _ in range(2):
        written = _execute(connection, SAVE, values, batch, batch.good) if batch.good else []
        if len(written) == len(batch.choices):
            return _outcome(written, ())
        missing = batch.choices.keys() - {(row[0], row[1]) for row in written}
        told = _diagnose(connection, values, batch, list(missing))
        _raise_whole(told[0], sign_in_id, generation, now)
        refused = [(row.slot, row.seq, _why(row, batch)) for row in told]
        if all(code for _slot, _seq, code in refused):
            return _outcome(written, refused, from_ms(told[0].deadline))
    raise Refusal("busy", 503)  # taken over and back between the statement and its diagnosis


def save_form(connection: Connection, attempt_id: str, sign_in_id: str, slot: int,
              choice: Mapping[str, str] | Sequence[str] | str | None, nonce: str, now: datetime) -> Saved:
    """Store one answer of a page without script; the server numbers it, in the current generation.

    `nonce` is the rendered form's: a replay of the form changes nothing (`stale` where another
    answer has been saved since, `saved` where it is still the latest). Raises as `save_answers`, and
    the codes of a refused answer as `Refusal` 422.
    """
    if not NONCE.fullmatch(nonce):
        raise Refusal("malformed", 422, field="nonce")
    batch = _batch([Answer(slot, 1, choice)])
    values = {"attempt": attempt_id, "sign_in": sign_in_id, "generation": 0, "now": to_ms(now), "nonce": nonce}
    for _ in range(2):
        written = _execute(connection, SAVE_FORM, values, batch, batch.good) if batch.good else []
        if written:
            return _outcome(written, ())
        [row] = _diagnose(connection, values, batch, list(batch.choices))
        _raise_whole(row, sign_in_id, 0, now)
        code = _why(row, batch)
        if code:
            raise Refusal(code, 422, slot=slot)
        replayed = _replayed(connection, attempt_id, slot, nonce, stored(batch.choices[slot, 1]))
        if replayed is not None:
            key, same = ((slot, replayed[0]),), replayed[1]
            return Saved(key if same else (), () if same else key, (), from_ms(row.deadline))
    raise Refusal("busy", 503)


def _batch(answers: Iterable[Answer]) -> _Batch:
    choices: dict[Key, Choice | None] = {}
    bad: dict[Key, str] = {}
    for answer in answers:
        key, choice = (answer.slot, answer.seq), None
        try:
            choice = tidy(answer.choice)
        except Unfit as why:
            bad[key] = str(why)
        if choices.setdefault(key, choice) != choice:
            bad[key] = "conflict"
    return _Batch(choices, bad)


def _execute(connection: Connection, statements: dict[tuple[str, bool], str], values: dict[str, Any],
             batch: _Batch, keys: Sequence[Key]) -> list[Any]:
    """The rows of the statement for these answers of the batch, of which there is one at least."""
    key = keys[0]
    choice = batch.choices[key]
    token = choice[0] if len(keys) == 1 and isinstance(choice, tuple) and len(choice) == 1 else None
    sent = {"answers": batch.rows(keys)} if token is None else {
        "slot": key[0], "seq": key[1], "choice": stored(choice), "fits": fits(choice), "token": token}
    return fetch(connection, statements[connection.dialect.name, token is not None], {**values, **sent})


def _diagnose(connection: Connection, values: dict[str, Any], batch: _Batch, keys: Sequence[Key]) -> list[Told]:
    return [Told(*row) for row in _execute(connection, DIAGNOSE, values, batch, keys)]


def _outcome(written: Sequence[Any], refused: Iterable[tuple[int, int, str]],
             deadline: datetime | None = None) -> Saved:
    latest: dict[int, int] = {}
    for slot, seq, *_rest in written:
        latest[slot] = max(seq, latest.get(slot, 0))
    keys = sorted((slot, seq, bool(newer) or seq < latest[slot]) for slot, seq, newer, _deadline in written)
    return Saved(
        saved=tuple((slot, seq) for slot, seq, stale in keys if not stale),
        stale=tuple((slot, seq) for slot, seq, stale in keys if stale),
        refused=tuple(sorted(refused)),
        deadline=deadline or from_ms(written[0][3]),
    )


def _raise_whole(row: Any, sign_in_id: str, generation: int, now: datetime) -> None:
    """Raise why this sign-in can save nothing at all in this attempt now; return where it may."""
    if row.person is None:
        raise Refusal("sign_in_required", 401)
    if row.account != row.person:
        raise Missing
    if row.state == "void" or row.round_state == "cancelled":
        raise Refusal("attempt_void", 409)
    deadline = from_ms(row.deadline)
    finished_at = None if row.finished_at is None else from_ms(row.finished_at)
    if not timing.accepts(now, deadline, finished_at, row.grace_ms):
        raise Refusal("closed", 409, at=finished_at or deadline, receipt=row.receipt or "",
                      state="submitted" if row.state == "submitted" else "expired")
    if row.owner != sign_in_id:
        raise Refusal("other_device", 409)
    if generation > row.generation:
        raise Refusal("malformed", 422, field="generation")


def _why(row: Any, batch: _Batch) -> str:
    """Why this answer alone was turned down; "" where nothing speaks against it."""
    key = (row.slot, row.seq)
    if row.options is None:
        return "unknown_slot"
    if key in batch.bad:
        return batch.bad[key]
    if code := why_not(row.shape, row.options, batch.choices[key]):
        return code
    return "conflict" if row.stored is not None and row.stored_choice != stored(batch.choices[key]) else ""


def _replayed(connection: Connection, attempt_id: str, slot: int, nonce: str,
              choice: str | None) -> tuple[int, bool] | None:
    """(seq of the latest answer, whether it is this form's), where this form was saved before."""
    mark = {"sqlite": ":{}", "postgresql": "%({})s"}[connection.dialect.name].format
    rows = connection.exec_driver_sql(
        f"SELECT seq, nonce, choice FROM response WHERE attempt_id = {mark('attempt')} AND slot = {mark('slot')}"
        " ORDER BY generation DESC, seq DESC", {"attempt": attempt_id, "slot": slot}).all()
    if not any(row.nonce == nonce and row.choice == choice for row in rows):
        return None
    return rows[0].seq, rows[0].nonce == nonce and rows[0].choice == choice
