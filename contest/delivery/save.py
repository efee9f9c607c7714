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
from contest.delivery import timing
from contest.delivery.answers import Choice, Unfit, fits, stored, tidy, why_not
from contest.errors import Missing, Refusal

NONCE = re.compile(r"[A-Za-z0-9_-]{1,24}")
_DIALECTS = ("sqlite", "postgresql")
_DEADLINE = "CASE WHEN a.time_limit_at < r.closes_at THEN a.time_limit_at ELSE r.closes_at END"
# Beside the answer as it is stored: the shapes that it fits, and what has to be among the offered.
_ROWS = {
    "sqlite": "(SELECT value ->> 'slot' AS slot, value ->> 'seq' AS seq, value ->> 'choice' AS choice,"
              " value ->> 'fits' AS fits, value ->> 'tokens' AS tokens, value ->> 'pairs' AS pairs"
              " FROM json_each(:answers)) x",
    "postgresql": "jsonb_to_recordset(CAST(:answers AS jsonb))"
                  " AS x (slot int, seq int, choice text, fits text, tokens jsonb, pairs jsonb)",
}
_TOKENS = {"sqlite": "json_each(x.tokens) t", "postgresql": "jsonb_array_elements_text(x.tokens) AS t (value)"}
_PAIRS = {"sqlite": "json_each(x.pairs) t", "postgresql": "jsonb_each_text(x.pairs) AS t (key, value)"}
_FIND = {"sqlite": "instr", "postgresql": "strpos"}
# As `answers.why_not` says it. An option that is looked up must not span several entries.
_TAKES = """{find}(x.fits, p.shape) > 0
    AND NOT EXISTS (SELECT 1 FROM {tokens} WHERE {find}(p.options, ' ' || t.value || ' ') = 0)
    AND NOT EXISTS (SELECT 1 FROM {pairs} WHERE {find}(p.options, ' =' || t.key || ' ') = 0
        AND ({find}(t.value, ' ') > 0 OR {find}(p.options, ' ' || t.key || ':' || t.value || ' ') = 0
            AND ({find}(p.options, ' +' || t.key || ' ') = 0 OR {find}(t.value, '+') = 1
                OR {find}(p.options, ' ' || t.value || ' ') = 0)))"""
# The sign-in lives, is the owner's, and the attempt takes what arrives now: see `timing.accepts`.
_MAY_SAVE = f"""
    a.id = :attempt AND a.owner = :sign_in AND s.id = :sign_in AND s.account_id = a.account_id
    AND s.revoked_at IS NULL AND s.expires_at > :now
    AND a.state <> 'void' AND r.state <> 'cancelled' AND {_DEADLINE} + r.grace_ms > :now
    AND (a.finished_at IS NULL OR a.finished_at > :now OR a.finished_at >= {_DEADLINE})"""
_RETURN_DEADLINE = f"""(SELECT {_DEADLINE} FROM attempt a JOIN round r ON r.id = a.round_id
    WHERE a.id = response.attempt_id)"""
_SAVE = f"""
INSERT INTO response (attempt_id, slot, generation, seq, choice, received_at)
SELECT a.id, x.slot, :generation, x.seq, x.choice, :now
FROM {{rows}}
CROSS JOIN attempt a JOIN round r ON r.id = a.round_id JOIN sign_in s ON s.id = a.owner
JOIN paper_item p ON p.attempt_id = a.id AND p.slot = x.slot
WHERE {_MAY_SAVE} AND :generation <= a.generation AND {{takes}}
ON CONFLICT (attempt_id, slot, generation, seq) DO UPDATE SET choice = response.choice
    WHERE response.choice IS NOT DISTINCT FROM excluded.choice
RETURNING slot, seq, EXISTS ({{later}} n.generation = response.generation AND n.seq > response.seq)
    OR EXISTS ({{later}} n.generation > response.generation), {_RETURN_DEADLINE}"""
# A form's save is numbered here. The same (nonce, choice) is a replay where it is the latest, or
# where another form or a script has saved since.
_SAVE_FORM = f"""
INSERT INTO response (attempt_id, slot, generation, seq, choice, received_at, nonce)
SELECT a.id, p.slot, a.generation, 1 + COALESCE((SELECT max(m.seq) FROM response m
    WHERE m.attempt_id = a.id AND m.slot = p.slot AND m.generation = a.generation), 0), x.choice, :now,
    CAST(:nonce AS text)
FROM {{rows}}
CROSS JOIN attempt a JOIN round r ON r.id = a.round_id JOIN sign_in s ON s.id = a.owner
JOIN paper_item p ON p.attempt_id = a.id AND p.slot = x.slot
WHERE {_MAY_SAVE} AND {{takes}} AND NOT EXISTS (
    SELECT 1 FROM response e WHERE e.attempt_id = a.id AND e.slot = p.slot AND e.nonce = CAST(:nonce AS text)
    AND e.choice IS NOT DISTINCT FROM x.choice
    AND (NOT EXISTS ({{newer}}) OR EXISTS ({{newer}} AND m.nonce IS DISTINCT FROM e.nonce)))
ON CONFLICT DO NOTHING
RETURNING slot, seq, 1 = 0, {_RETURN_DEADLINE}"""
# Asked in two halves: for one comparison of pairs SQLite walks through every older seq.
_LATER = "SELECT 1 FROM response n WHERE n.attempt_id = response.attempt_id AND n.slot = response.slot AND"
_NEWER = ("SELECT 1 FROM response m WHERE m.attempt_id = e.attempt_id AND m.slot = e.slot AND"
          " (m.generation, m.seq) > (e.generation, e.seq)")
_DIAGNOSE = f"""
SELECT s.account_id AS person, a.account_id AS account, a.owner AS owner, a.generation AS generation,
    a.state AS state, a.finished_at AS finished_at, a.receipt AS receipt, {_DEADLINE} AS deadline,
    r.grace_ms AS grace_ms, r.state AS round_state, x.slot AS slot, x.seq AS seq, p.options AS options,
    p.shape AS shape, w.seq AS stored, w.choice AS stored_choice
FROM {{rows}}
LEFT JOIN sign_in s ON s.id = :sign_in AND s.revoked_at IS NULL AND s.expires_at > :now
LEFT JOIN attempt a ON a.id = :attempt LEFT JOIN round r ON r.id = a.round_id
LEFT JOIN paper_item p ON p.attempt_id = a.id AND p.slot = x.slot
LEFT JOIN response w ON w.attempt_id = a.id AND w.slot = x.slot AND w.generation = :generation AND w.seq = x.seq"""


def _statements(template: str) -> dict[str, str]:
    """The template as each driver wants it; constant text, so that both keep it prepared."""
    filled = {name: template.format(rows=_ROWS[name], newer=_NEWER, later=_LATER, takes=_TAKES.format(
        tokens=_TOKENS[name], pairs=_PAIRS[name], find=_FIND[name])) for name in _DIALECTS}
    filled["postgresql"] = re.sub(r"(?<!:):(\w+)", r"%(\1)s", filled["postgresql"])
    return filled


SAVE, SAVE_FORM, DIAGNOSE = _statements(_SAVE), _statements(_SAVE_FORM), _statements(_DIAGNOSE)


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
        rows = _execute(connection, DIAGNOSE, values, batch, missing)
        _raise_whole(rows[0], sign_in_id, generation, now)
        refused = [(row.slot, row.seq, _why(row, batch)) for row in rows]
        if all(code for _slot, _seq, code in refused):
            return _outcome(written, refused, from_ms(rows[0].deadline))
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
        [row] = _execute(connection, DIAGNOSE, values, batch, batch.choices)
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


def _execute(connection: Connection, statements: dict[str, str], values: dict[str, Any], batch: _Batch,
             keys: Iterable[Key]) -> Sequence[Any]:
    sent = {**values, "answers": batch.rows(keys)}
    return connection.exec_driver_sql(statements[connection.dialect.name], sent).all()


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
