"""The acts of a sitting: start, submit, take over, mark, close what is overdue."""

import json
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, delete, exists, func, literal_column, or_, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased

from contest.columns import new_id
from contest.delivery import exposure, history, queries, timing
from contest.delivery.answers import offer
from contest.delivery.models import Attempt, Flag, PaperItem
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.identity.models import Account, Unit
from contest.questions.shown import laid_out
from contest.rounds import eligibility
from contest.rounds.entries import insert_entry
from contest.rounds.models import Contest, Entry, Round
from contest.rounds.pools import cells

# Without 0, O, 1 and I: a receipt is read out over the telephone. 10 signs are 50 bits.
RECEIPT_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
TRIES = 3  # a start that loses a race finds the winner's attempt at the second try
FREEZE = {
    "sqlite": text(
        "INSERT INTO paper_item (attempt_id, slot, version_id, options, shape)"
        " SELECT :attempt, value ->> 'slot', value ->> 'version_id', value ->> 'options', value ->> 'shape'"
        " FROM json_each(:items)"
    ),
    "postgresql": text(
        "INSERT INTO paper_item (attempt_id, slot, version_id, options, shape)"
        " SELECT CAST(:attempt AS uuid), slot, version_id, options, shape"
        " FROM jsonb_to_recordset(CAST(:items AS jsonb))"
        " AS item (slot int, version_id uuid, options text, shape text)"
    ),
}
# How many questions a finished attempt has, and how many of them an answer that arrived by then. As
# text: SQLAlchemy leaves the table names out of what SQLite returns.
ITEMS = literal_column("(SELECT count(*) FROM paper_item p WHERE p.attempt_id = attempt.id)", Integer)
ANSWERED = literal_column(
    "(SELECT count(*) FROM paper_item p WHERE p.attempt_id = attempt.id AND ("
    "SELECT r.choice FROM response r WHERE r.attempt_id = p.attempt_id AND r.slot = p.slot"
    " AND r.received_at <= attempt.finished_at ORDER BY r.generation DESC, r.seq DESC LIMIT 1) IS NOT NULL)", Integer)


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


@dataclass(frozen=True)
class _Facts:
    """What a start has to know, from one statement. `id`, `unit_id`, `audience` are the person's."""

    round: Round
    contest: Contest
    id: str
    unit_id: str | None
    audience: str
    unit_path: str | None
    entry_id: str | None
    entry_audience: str | None
    running: Attempt | None
    used: int
    before: bool  # has sat anything before, here or elsewhere


def start(round_id: str, person_account_id: str, sign_in_id: str, consent: bool, now: datetime) -> Started:
    """The person's open attempt in this round, a new one where there is none.

    Settles an overdue one first. However many starts arrive at once, the constraints leave one
    open attempt and one number each. Raises `Missing` for an unknown or unpublished round and
    `Refusal`: 403 with the reason's code, `no_attempts_left` (403), `consent_required` (422).
    """
    for _ in range(TRIES):
        facts = _facts(round_id, person_account_id)
        if facts.running is not None:
            deadline = timing.deadline(facts.running.time_limit_at, facts.round.closes_at)
            if now < deadline and facts.round.state == "published":
                return Started(facts.running.id, created=False)
            _expire(facts.running.id, deadline)
        _check(facts, consent, now)
        entry_id = facts.entry_id or insert_entry(facts.round.contest_id, facts, now, unit_path=facts.unit_path).id
        seen = exposure.seen_by(person_account_id) if facts.before else exposure.NOTHING
        attempt = _insert_attempt(facts, entry_id, sign_in_id, seen.attempts, now)
        if attempt is not None:
            items = draw(facts.round, attempt.seed, seen.questions)
            _freeze(attempt.id, items)
            return Started(attempt.id, created=True,
                           view=queries.view_of(attempt, facts.round, facts.contest, items, now))
    raise Refusal("busy", 503)


def submit(attempt_id: str, account_id: str, now: datetime) -> Submitted:
    """Finish the attempt as of `now`, the request's arrival; again gives the same receipt.

    A submission that arrived in time counts even where the attempt was swept before its turn came.
    Raises `Missing` for another's attempt, `Refusal` 409 `closed` from the deadline on, with the
    instant and the receipt, `round_cancelled` or `attempt_void`.
    """
    row = db.session.execute(
        update(Attempt)
        .where(Attempt.id == attempt_id, Attempt.account_id == account_id, Attempt.state.in_(("open", "expired")),
               or_(Attempt.finished_at.is_(None), Attempt.finished_at > now), _in_time(now))
        .values(state="submitted", finished_at=now, receipt=func.coalesce(Attempt.receipt, draw_receipt()))
        .returning(Attempt.receipt, ITEMS, ANSWERED)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if row is not None:
        return Submitted(str(row[0]), now, answered=row[2], items=row[1])
    view = queries.attempt_view(attempt_id, account_id, now)
    if view.state == "submitted" and view.receipt and view.finished_at:
        return Submitted(view.receipt, view.finished_at, view.answered, len(view.items))
    raise ended(view)


def take_over(attempt_id: str, account_id: str, sign_in_id: str, now: datetime) -> int:
    """The new generation: from now on this sign-in saves. Raises as `submit`, `closed` also after it."""
    generation = db.session.scalar(
        update(Attempt)
        .where(Attempt.id == attempt_id, Attempt.account_id == account_id, Attempt.state == "open", _in_time(now))
        .values(generation=Attempt.generation + 1, owner=sign_in_id)
        .returning(Attempt.generation)
        .execution_options(synchronize_session=False)
    )
    if generation is None:
        raise ended(queries.attempt_view(attempt_id, account_id, now))
    return generation


def set_flag(attempt_id: str, account_id: str, slot: int, flagged: bool, now: datetime) -> None:
    """Mark a question to come back to, or take the mark away; twice is as once.

    Raises `Missing` for another's attempt or an unknown slot, `closed` as `take_over`.
    """
    mine = db.session.scalar(
        select(Attempt.state == "open").join(PaperItem, PaperItem.attempt_id == Attempt.id)
        .where(Attempt.id == attempt_id, Attempt.account_id == account_id, PaperItem.slot == slot, _in_time(now)))
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
    """
    overdue = (
        select(Attempt.id).join(Round, Round.id == Attempt.round_id)
        .where(Attempt.state == "open", or_(Attempt.time_limit_at <= now, Round.closes_at <= now,
                                               Round.state == "cancelled"))
        .order_by(Attempt.time_limit_at, Attempt.id).limit(limit)
    )
    if round_id is not None:
        overdue = overdue.where(Attempt.round_id == round_id)
    closed = db.session.execute(
        update(Attempt).where(Attempt.id.in_(overdue), Attempt.state == "open")  # again: a submission may be faster
        .values(**history.ending(now)).execution_options(synchronize_session=False)
    )
    return int(closed.rowcount)  # type: ignore[attr-defined]


def ended(view: queries.AttemptView) -> Refusal:
    """Why this sitting takes nothing more: 409 with the instant of its end and its receipt."""
    if view.state in ("submitted", "expired"):
        return Refusal("closed", 409, at=view.finished_at, receipt=view.receipt or "", state=view.state)
    return Refusal("attempt_void", 409)


def draw_receipt() -> str:
    """A fresh receipt: "K7QM-3F8T-W2"."""
    signs = "".join(secrets.choice(RECEIPT_SIGNS) for _ in range(10))
    return f"{signs[:4]}-{signs[4:8]}-{signs[8:]}"


def _facts(round_id: str, account_id: str) -> _Facts:
    used = (
        select(func.coalesce(func.max(Attempt.number), 0))
        .where(Attempt.entry_id == Entry.id, Attempt.scope == _scope(round_id))
        .correlate(Entry).scalar_subquery()
    )
    earlier = aliased(Attempt)
    before = exists().where(earlier.account_id == account_id)
    row = db.session.execute(
        select(Round, Contest, Account.id, Account.unit_id, Account.audience, Unit.path, Entry.id,
               Entry.audience, Attempt, used, before)
        .join(Contest, Contest.id == Round.contest_id)
        .join(Account, Account.id == account_id)
        .outerjoin(Unit, Unit.id == Account.unit_id)
        .outerjoin(Entry, and_(Entry.contest_id == Contest.id, Entry.account_id == Account.id))
        .outerjoin(Attempt, and_(Attempt.entry_id == Entry.id, Attempt.round_id == Round.id,
                                 Attempt.state == "open"))
        .where(Round.id == round_id)
    ).one_or_none()
    if row is None:
        raise Missing
    return _Facts(*row)


def _scope(round_id: str) -> str:
    return f"round:{round_id}"


def _check(facts: _Facts, consent: bool, now: datetime) -> None:
    row = facts.round
    why = eligibility.refusal(
        state=row.state, opens_at=row.opens_at, closes_at=row.closes_at, round_audience=row.audience,
        person_audience=facts.entry_audience or facts.audience, now=now)
    if why is not None:
        code, params = why
        raise Missing if code == "not_found" else Refusal(code, 403, **params)
    if facts.used >= row.attempts_allowed:
        raise Refusal("no_attempts_left", 403, used=facts.used, allowed=row.attempts_allowed)
    if not consent:
        raise Refusal("consent_required", 422)


def _insert_attempt(facts: _Facts, entry_id: str, sign_in_id: str, follows: Sequence[str],
                    now: datetime) -> Attempt | None:
    """The new attempt, or None where a constraint says that another start was faster."""
    row = facts.round
    return db.session.scalars(
        _insert()(Attempt)
        .values(id=new_id(), round_id=row.id, entry_id=entry_id, account_id=facts.id, scope=_scope(row.id),
                number=facts.used + 1, rules_version=row.rules_version, seed=secrets.token_hex(16), generation=1,
                owner=sign_in_id, state="open", started_at=now, consented_at=now, receipt=draw_receipt(),
                follows=list(follows),
                time_limit_at=now + timedelta(milliseconds=row.duration_ms))
        .on_conflict_do_nothing()
        .returning(Attempt)
    ).one_or_none()


def draw(round_: Round, seed: str, seen: Collection[str]) -> list[queries.Item]:
    """The paper of this seed for a person who has seen these questions (ids), as the round's rules draw it."""
    pool = queries.pool(round_.id, round_.rules_version)
    drawn = pool.plan(cells(round_)).questions(seed, seen, shuffle=round_.shuffle_questions)
    return [laid_out(pool.versions[version_id], seed, slot, shuffle=round_.shuffle_options)
            for slot, version_id in enumerate(drawn, start=1)]


def frozen(items: Sequence[queries.Item]) -> list[dict[str, Any]]:
    """The columns of the paper's rows, but for the attempt's id."""
    return [{"slot": item.slot, "version_id": item.version_id, "shape": item.shape, "options": offer(
        (option.id for option in item.options),
        ((part.id, part.kind, [option.id for option in part.options]) for part in item.parts))} for item in items]


def _freeze(attempt_id: str, items: list[queries.Item]) -> None:
    db.session.execute(FREEZE[db.session.get_bind().dialect.name],
                       {"attempt": attempt_id, "items": json.dumps(frozen(items))})


def _expire(attempt_id: str, deadline: datetime) -> None:
    db.session.execute(
        update(Attempt).where(Attempt.id == attempt_id, Attempt.state == "open")
        .values(state="expired", finished_at=deadline).execution_options(synchronize_session=False))


def _in_time(now: datetime) -> ColumnElement[bool]:
    """Before the deadline, in a round that was not called off."""
    return and_(Attempt.time_limit_at > now, exists().where(
        Round.id == Attempt.round_id, Round.closes_at > now, Round.state != "cancelled").correlate(Attempt))


def _insert() -> Any:
    return postgresql.insert if db.session.get_bind().dialect.name == "postgresql" else sqlite.insert
