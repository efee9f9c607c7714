"""The acts of a sitting: start, submit, take over, mark, close what is overdue."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    delete,
    exists,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased

from contest.columns import new_id
from contest.delivery import acts, exposure, history, queries, timing
from contest.delivery.drawing import draw, freeze
from contest.delivery.facts import Facts, start_facts
from contest.delivery.models import UNSETTLED, Attempt, Flag, PaperItem
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.rounds import eligibility
from contest.rounds.entries import insert_entry
from contest.rounds.models import Entry, Round

# Without 0, O, 1 and I: a receipt is read out over the telephone. 10 signs are 50 bits.
RECEIPT_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
# A clock that is behind the latest start by more than any request waits for its turn was put back: sittings of before
# and of now would not have the same time. 30 s, where a turn is waited for 15 s at most.
BACK_MOST = timedelta(seconds=30)
TRIES = 3  # a start that loses a race finds the winner's attempt at the second try


@dataclass(frozen=True)
class Started:
    """The sitting to go to; `view` is at hand only where it was created now."""

    attempt_id: str
    created: bool
    view: queries.AttemptView | None = None


@dataclass(frozen=True)
class Submitted:
    """What a contestant keeps of a submission."""

    receipt: str
    submitted_at: datetime
    answered: int
    items: int


def start(round_id: str, person_account_id: str, sign_in_id: str, consent: bool, now: datetime, *,
          roles: frozenset[str] = frozenset(), gave_password: bool | None = None) -> Started:
    """The person's open attempt in this round, a new one where there is none.

    `roles` are those that the account holds; `gave_password`: whether the contest's password came with
    the request and is right, None where none came. Settles an overdue attempt first. However many
    starts arrive at once, the constraints leave one open attempt and one number each. Raises `Missing`
    for an unknown or unpublished round and `Refusal`: 403 with the reason's code, `no_attempts_left`
    (403, also `…_week`, `…_contest`), `consent_required`, `contest_password_required`,
    `wrong_contest_password` (422), `clock_set_back` (503) where somebody began more than 30 s after `now`.
    """
    for _ in range(TRIES):
        facts = _facts(round_id, person_account_id, now)
        if facts.running_id is not None and facts.running_until is not None:
            deadline = timing.deadline(facts.running_until, facts.round.closes_at)
            if now < deadline and facts.round.state == "published":
                return Started(facts.running_id, created=False)
            _expire(facts.running_id, facts.running_until, deadline)
        _check(facts, roles, consent, gave_password, now)
        entry_id = _entry_id(facts, now)
        seen = exposure.seen_by(person_account_id) if facts.before else exposure.NOTHING
        seed = secrets.token_hex(16)
        attempt = _insert_attempt(facts, entry_id, sign_in_id, seed, seen.attempts, now)
        if attempt is not None:
            items = draw(facts.round, seed, seen.questions)
            freeze(attempt.id, items)
            return Started(attempt.id, created=True,
                           view=queries.view_of(attempt, facts.round, facts.contest, items, now))
    raise Refusal("busy", 503)


def submit(attempt_id: str, account_id: str, now: datetime, *, prediction: int | None = None,
           sign_in_id: str | None = None) -> Submitted:
    """Finish the attempt as of `now`, the request's arrival; again gives the same receipt.

    `prediction` is the guess as `prediction.read` gives it; None leaves the one that was kept before.
    `sign_in_id`: of a page, which another device may have taken the attempt from (409 `other_device`).

    A submission that arrived in time counts even where the attempt was swept before its turn came.
    Raises `Missing` for another's attempt, `Refusal` 409 `closed` from the deadline on, with the
    instant and the receipt, `round_cancelled` or `attempt_void`.
    """
    rows = acts.submitted.here(attempt=attempt_id, account=account_id, at=now, fresh_receipt=draw_receipt(),
                               guess=prediction, sign_in=sign_in_id)
    if rows:
        [(receipt, items, answered)] = rows
        return Submitted(receipt, now, answered, items)
    view = queries.attempt_view(attempt_id, account_id, now)
    if view.state == "submitted" and view.receipt and view.finished_at:
        return Submitted(view.receipt, view.finished_at, view.answered, len(view.items))
    if view.state == "open" and sign_in_id not in (None, view.owner):
        raise Refusal("other_device", 409)
    raise ended(view)


def keep_prediction(attempt_id: str, account_id: str, prediction: int | None, now: datetime) -> None:
    """Keep a guess before the submission, so that it counts where time runs out. Raises as `take_over`."""
    if not acts.guessed.here(attempt=attempt_id, account=account_id, guess=prediction, at=now):
        raise ended(queries.attempt_view(attempt_id, account_id, now))


def take_over(attempt_id: str, account_id: str, sign_in_id: str, now: datetime) -> int:
    """The new generation: from now on this sign-in saves. Raises as `submit`, `closed` also after it."""
    rows = acts.taken_over.here(attempt=attempt_id, account=account_id, sign_in=sign_in_id, at=now)
    if not rows:
        raise ended(queries.attempt_view(attempt_id, account_id, now))
    return int(rows[0][0])


def set_flag(attempt_id: str, account_id: str, slot: int, flagged: bool, now: datetime) -> None:
    """Mark a question to come back to, or take the mark away; twice is as once.

    Raises `Missing` for another's attempt or an unknown slot, `closed` as `take_over`.
    """
    mine = db.session.scalar(
        select(Attempt.state == "open").join(PaperItem, PaperItem.attempt_id == Attempt.id)
        .where(Attempt.id == attempt_id, Attempt.account_id == account_id, PaperItem.slot == slot, acts.in_time(now)))
    if not mine:
        view = queries.attempt_view(attempt_id, account_id, now)
        raise Missing if view.state == "open" else ended(view)
    if flagged:
        db.session.execute(_insert()(Flag).values(attempt_id=attempt_id, slot=slot).on_conflict_do_nothing())
    else:
        db.session.execute(delete(Flag).where(Flag.attempt_id == attempt_id, Flag.slot == slot))


def close_overdue(now: datetime, round_id: str | None = None, limit: int = 5_000) -> int:
    """Close open attempts whose time is up, the oldest first, as of their own deadlines.

    Returns how many were closed; `limit` of them: call again. Their receipts count from now on.
    In a cancelled round every open attempt becomes void as of the cancellation, without a receipt.
    What was closed while an extension of its round was on its way goes on.
    """
    resume(round_id)
    over = or_(Attempt.time_limit_at <= now, exists().where(
        Round.id == Attempt.round_id, or_(Round.closes_at <= now, Round.state == "cancelled")).correlate(Attempt))
    overdue = (
        select(Attempt.id).where(Attempt.state == "open", over)
        .order_by(Attempt.time_limit_at, Attempt.id).limit(limit)
    )
    if round_id is not None:
        overdue = overdue.where(Attempt.round_id == round_id)
    closed = db.session.execute(
        # Again: a submission, or extra time, may be faster.
        update(Attempt).where(history.in_turn(overdue), Attempt.state == "open", over)
        .values(**history.ending(now)).execution_options(synchronize_session=False)
    )
    return int(closed.rowcount)  # type: ignore[attr-defined]


def resume(round_id: str | None) -> list[Attempt]:
    """Open again what was closed as of an end that has been moved since: its round's, or its own by extra time.

    Both are moved only before they have passed: that request had arrived in time, and the sweeper was faster.
    Returns what goes on.
    """
    other = aliased(Attempt)
    moved: list[Any] = [
        UNSETTLED, Attempt.state == "expired", Attempt.finished_at < Attempt.time_limit_at,
        exists().where(Round.id == Attempt.round_id, Round.state == "published",
                       Attempt.finished_at < Round.closes_at).correlate(Attempt),
        ~exists().where(other.entry_id == Attempt.entry_id, other.round_id == Attempt.round_id,
                        other.state == "open").correlate(Attempt),
    ]
    if round_id is not None:
        moved.append(Attempt.round_id == round_id)
    return list(db.session.scalars(
        update(Attempt).where(history.in_turn(select(Attempt.id).where(*moved)), *moved)
        .values(state="open", finished_at=None).returning(Attempt).execution_options(synchronize_session=False)))


def ended(view: queries.AttemptView) -> Refusal:
    """Why this sitting takes nothing more: 409 with the instant of its end and its receipt; 503 `busy` where it does.

    It was opened again between the act that it had turned down and this look at it.
    """
    if view.state == "open":
        return Refusal("busy", 503)
    if view.state in ("submitted", "expired"):
        return Refusal("closed", 409, at=view.finished_at, receipt=view.receipt or "", state=view.state)
    return Refusal("attempt_void", 409)


def draw_receipt() -> str:
    """A fresh receipt: "K7QM-3F8T-W2"."""
    signs = "".join(secrets.choice(RECEIPT_SIGNS) for _ in range(10))
    return f"{signs[:4]}-{signs[4:8]}-{signs[8:]}"


def _facts(round_id: str, person_account_id: str, now: datetime) -> Facts:
    facts = start_facts(round_id, person_account_id, now)
    if facts.entry_id is None or facts.last == facts.used:
        return facts
    # What was given back is held: who takes it back holds it as well. None of a round that was called off.
    db.session.execute(select(Attempt.id).where(Attempt.entry_id == facts.entry_id, Attempt.returned)
                       .order_by(Attempt.id).with_for_update(key_share=True))
    return start_facts(round_id, person_account_id, now)


def _check(facts: Facts, roles: frozenset[str], consent: bool, gave_password: bool | None, now: datetime) -> None:
    row = facts.round
    why = eligibility.refusal(facts.terms, facts.who(roles), now)
    if why is not None:
        code, params = why
        raise Missing if code == "not_found" else Refusal(code, 403, **params)
    if facts.newest is not None and facts.newest > now + BACK_MOST:
        raise Refusal("clock_set_back", 503, wait_s=30)
    if facts.used >= row.attempts_allowed:
        code = eligibility.NONE_LEFT[row.quota_scope]
        raise Refusal(code, 403, used=facts.used, allowed=row.attempts_allowed)
    if facts.password_needed and not gave_password:
        code = "contest_password_required" if gave_password is None else "wrong_contest_password"
        raise Refusal(code, 422)
    if not consent:
        raise Refusal("consent_required", 422)


def _entry_id(facts: Facts, now: datetime) -> str:
    """The person's entry, made now where there is none, admitted where the contest asks for its password."""
    entry_id = facts.entry_id or insert_entry(
        facts.round.contest_id, facts, now, unit_path=facts.unit_path)
    if facts.password_needed:
        db.session.execute(update(Entry).where(Entry.id == entry_id).values(admitted_at=now)
                           .execution_options(synchronize_session=False))
    return entry_id


def _insert_attempt(facts: Facts, entry_id: str, sign_in_id: str, seed: str, follows: Sequence[str],
                    now: datetime) -> queries.AttemptRow | None:
    """The new attempt, or None where a constraint says that another start was faster."""
    row = facts.round
    values: dict[str, Any] = {
              "id": new_id(), "round_id": row.id, "entry_id": entry_id, "account_id": facts.id,
              "scope": eligibility.quota(row.quota_scope, row.id, now), "number": facts.last + 1,
              "rules_version": row.rules_version, "seed": seed, "generation": 1,
              "owner": sign_in_id, "state": "open", "started_at": now, "consented_at": now, "receipt": draw_receipt(),
              "follows": list(follows), "granted_ms": facts.granted_ms, "paused_ms": 0,
              "time_limit_at": timing.time_limit(now, row.duration_ms, facts.granted_ms), "finished_at": None,
              "prediction": None, "returned": False, "settled": False}
    if not acts.new_attempt.here(**values):
        return None
    return queries.AttemptRow(**{name: values[name] for name in queries.AttemptRow._fields})


def _expire(attempt_id: str, time_limit_at: datetime, deadline: datetime) -> None:
    db.session.execute(
        update(Attempt).where(Attempt.id == attempt_id, Attempt.state == "open",
                              Attempt.time_limit_at == time_limit_at)  # extra time may be faster
        .values(state="expired", finished_at=deadline).execution_options(synchronize_session=False))


def _insert() -> Any:
    return postgresql.insert if db.session.get_bind().dialect.name == "postgresql" else sqlite.insert
