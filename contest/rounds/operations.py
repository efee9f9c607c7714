"""Contests and drafts of rounds: made, changed, removed. Publishing is in `publishing`."""

import re
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from contest.audit.operations import record
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.identity.names import fold
from contest.rounds import queries
from contest.rounds.eligibility import STAFF as STAFF
from contest.rounds.models import Contest, Round, RoundBank
from contest.rounds.participation import choose_default_units


@dataclass(frozen=True)
class ContestFields:
    """What an organiser says of a contest. `code`: lower-case letters, digits, hyphens; "" makes one up."""

    title: str
    code: str = ""
    summary: str = ""  # Markdown
    agency_parent: str = ""
    agency_name: str = ""
    hotline_technical: str = ""
    hotline_content: str = ""
    hotline_zalo: str = ""
    target_percent: int | None = None
    registration: bool = False


@dataclass(frozen=True)
class RoundFields:
    """The rules of a round, as `Round` explains them.

    `blueprint` rows: {"bank_id", "topic", "level", "type", "document_id", "count"}. None: any; a key
    that is missing is None.
    """

    title: str
    opens_at: datetime
    closes_at: datetime
    duration_ms: int
    bank_ids: tuple[str, ...] = ()
    blueprint: tuple[dict[str, Any], ...] = ()
    kind: str = "contest"
    audience: str = "all"
    grace_ms: int = 0
    attempts_allowed: int = 1
    quota_scope: str = "round"
    open_units: tuple[str, ...] = ()
    open_blocs: tuple[str, ...] = ()
    barred_roles: tuple[str, ...] = STAFF
    prediction: str = "none"
    prediction_text: str = ""
    opinion: str = ""
    shuffle_questions: bool = True
    shuffle_options: bool = True
    result_shown: str = "score"
    board_shown: str = "after_close"
    board_freezes_at: datetime | None = None
    scoring: dict[str, Any] = field(default_factory=dict)  # as `scoring.policy` writes it
    appeal_days: int = 0
    answer_days: int = 0
    mask_names: bool = True
    rules: str = ""  # Markdown


RULE_FIELDS = tuple(one.name for one in fields(RoundFields) if one.name not in ("bank_ids", "blueprint"))


def suggested_code(title: str) -> str:
    """A code that no contest has yet, from the title: "Cải cách 2026" → "cai-cach-2026"."""
    words = re.findall(r"[a-z0-9]+", fold(title)) or ["cuoc-thi"]
    while len(words) > 1 and len("-".join(words)) > 40:
        words.pop()
    stem = "-".join(words)[:40]
    short = stem[:36].strip("-")
    taken = set(db.session.scalars(select(Contest.code).where(Contest.code.startswith(short, autoescape=True))))
    return stem if stem not in taken else next(
        code for n in range(2, len(taken) + 3) if (code := f"{short}-{n}") not in taken)


def create_contest(values: ContestFields, *, by: str | None, now: datetime) -> Contest:
    """A new contest in which every unit with a headcount takes part. Raises 409 `contest_code_taken`."""
    row = Contest(**{**asdict(values), "code": values.code or suggested_code(values.title)},
                  created_at=now, created_by=by)
    _flush_code(row)
    choose_default_units(row.id)
    record("contest.create", "contest", row.id, by=by, now=now, code=row.code, title=row.title)
    return row


def edit_contest(contest_id: str, values: ContestFields, *, by: str | None, now: datetime) -> Contest:
    """The contest with these values. Raises `Missing`, 409 `contest_code_taken`; 409 `contest_code_kept`
    for another code once a round is published: its address is in circulation."""
    row = queries.get_contest(contest_id)
    new = {**asdict(values), "code": values.code or row.code}
    if new["code"] != row.code and queries.has_been_published(row.id):
        raise Refusal("contest_code_kept", 409, address=row.code)
    before = {name: getattr(row, name) for name in new}
    _flush_code(row, new)
    record("contest.edit", "contest", row.id, by=by, now=now,
           changed={name: [before[name], new[name]] for name in new if before[name] != new[name]})
    return row


def set_contest_password(contest_id: str, digest: str | None, *, by: str | None, now: datetime) -> None:
    """Ask for this password (`admission.password_digest`) before a first sitting; None: for none.

    Whoever gave an earlier one stays admitted. Raises `Missing`.
    """
    row = queries.get_contest(contest_id)
    if row.password_digest != digest:
        row.password_digest = digest
        record("contest.password", "contest", row.id, by=by, now=now, asked=digest is not None)
        db.session.flush()


def _flush_code(row: Contest, new: dict[str, Any] | None = None) -> None:
    code = new["code"] if new else row.code
    try:
        with db.session.begin_nested():
            for name, value in (new or {}).items():
                setattr(row, name, value)
            db.session.add(row)
    except IntegrityError:
        raise Refusal("contest_code_taken", 409, address=code) from None


def archive_contest(contest_id: str, *, by: str | None, now: datetime) -> Contest:
    """Put the contest away. Raises 409 `contest_running` while a published round is open or to come."""
    row = queries.get_contest(contest_id)
    if any(queries.state(round_, now) in ("open", "upcoming") for round_ in row.rounds):
        raise Refusal("contest_running", 409)
    if row.archived_at is None:
        row.archived_at = now
        record("contest.archive", "contest", row.id, by=by, now=now)
        db.session.flush()
    return row


def restore_contest(contest_id: str, *, by: str | None, now: datetime) -> Contest:
    """Take the contest out of the archive."""
    row = queries.get_contest(contest_id)
    if row.archived_at is not None:
        row.archived_at = None
        record("contest.restore", "contest", row.id, by=by, now=now)
        db.session.flush()
    return row


def create_round(contest_id: str, values: RoundFields, *, by: str | None, now: datetime) -> Round:
    """A draft at the end of the contest. Raises `Missing`."""
    contest = queries.get_contest(contest_id)
    last = db.session.scalar(select(func.max(Round.position)).where(Round.contest_id == contest.id)) or 0
    row = Round(contest=contest, position=last + 1, created_at=now, created_by=by, **_columns(values))
    row.banks = [RoundBank(bank_id=bank_id) for bank_id in values.bank_ids]
    db.session.add(row)
    db.session.flush()
    record("round.create", "round", row.id, by=by, now=now, title=row.title)
    return row


def edit_round(round_id: str, values: RoundFields, *, by: str | None, now: datetime) -> Round:
    """The draft with these rules. Raises `Missing`, 409 `rules_frozen` once it is published, `weights_kept`."""
    row = draft(round_id)
    if row.kind != values.kind:
        _keep_numbers(row)
    for name, value in _columns(values).items():
        setattr(row, name, value)
    kept = {bank.bank_id: bank for bank in row.banks}
    row.banks = [kept.get(bank_id) or RoundBank(bank_id=bank_id) for bank_id in values.bank_ids]
    db.session.flush()
    record("round.edit", "round", row.id, by=by, now=now, title=row.title)
    return row


def delete_round(round_id: str, *, by: str | None, now: datetime) -> str:
    """Remove a draft; returns its contest's id. Raises `Missing`, 409 `rules_frozen`, `weights_kept`."""
    row = draft(round_id)
    contest_id = row.contest_id
    if row.kind == "contest":
        _keep_numbers(row)
    db.session.delete(row)
    record("round.delete", "round", round_id, by=by, now=now, title=row.title)
    db.session.flush()
    return contest_id


def _keep_numbers(row: Round) -> None:
    """409 `weights_kept` where a later round is official and has its weight by its number among those that add up:
    with this one gone, or come, among them it would have another's.
    """
    weights = ((row.contest.overall or {}).get("rounds") or {}).get("weights")
    if weights and db.session.scalar(select(Round.id).where(
            Round.contest_id == row.contest_id, Round.position >= row.position,
            Round.results_published_at.is_not(None)).limit(1)):
        raise Refusal("weights_kept", 409)


def draft(round_id: str) -> Round:
    """The round, locked until the transaction ends. Raises `Missing`, 409 `rules_frozen` where it is no draft."""
    row = locked(round_id)
    if row.state != "draft":
        raise Refusal("rules_frozen", 409)
    return row


def locked(round_id: str) -> Round:
    """The round as the database has it now, locked until the transaction ends. Raises `Missing`.

    Whoever changes the round, several of its sittings or what they came to holds it. Starts do not wait for it.
    """
    row = db.session.scalar(select(Round).where(Round.id == round_id).with_for_update(key_share=True)
                            .execution_options(populate_existing=True))
    if row is None:
        raise Missing
    return row


def _columns(values: RoundFields) -> dict[str, Any]:
    plain = {name: getattr(values, name) for name in RULE_FIELDS}
    lists = {name: list(value) for name, value in plain.items() if isinstance(value, tuple)}
    return plain | lists | {"blueprint": [dict(r) for r in values.blueprint], "scoring": dict(values.scoring)}
