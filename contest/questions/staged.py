"""Imports between upload and confirmation, and the log of those before."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, Text, cast, func, literal, or_, select, tuple_
from sqlalchemy.orm import aliased, load_only

from contest.columns import Id
from contest.errors import Missing
from contest.extensions import db
from contest.identity.models import Account
from contest.questions import cards
from contest.questions.formats import wire
from contest.questions.formats.drafts import Reading
from contest.questions.import_edits import NO_EDITS, Edits, edits_of, last_step
from contest.questions.import_models import BankImport, ImportItem
from contest.questions.matching import ON_DUPLICATE, Decision, Known, Match, OnDuplicate, classify, decide, unsaid
from contest.questions.models import Bank, Question

KEPT = timedelta(hours=24)
STATES = ("valid", "warning", "error", "duplicate", "update", "skipped")  # every draft is in one of them
LOG_PAGE = 30
Stamp = tuple[object, ...]


@dataclass(frozen=True)
class Entry:
    """A line of the log: one import, without what it read."""

    id: str
    bank_id: str
    bank_title: str
    file_name: str
    state: str
    outcome: dict[str, Any]
    created_at: datetime
    created_by: str | None  # a name
    done_at: datetime | None
    undone_at: datetime | None = None
    undone_by: str | None = None  # a name


@dataclass(frozen=True)
class Plan:
    """What an import would do to its bank as it stands now."""

    reading: Reading
    matches: tuple[Match, ...]
    bank: Sequence[Known]
    edits: Edits = NO_EDITS

    def counts(self) -> Counter[str]:
        """Drafts by state."""
        return Counter(map(state_of, self.matches))

    def decision(self, on_duplicate: OnDuplicate) -> Decision:
        """What importing writes, with the choices of single rows."""
        return decide(self.matches, self.bank, on_duplicate, self.edits.choices)

    def sizes(self) -> dict[OnDuplicate, tuple[int, int]]:
        """For each way with duplicates: how many questions would be new, how many changed."""
        made = {way: self.decision(way) for way in ON_DUPLICATE}
        return {way: (len(one.inserts), len(one.changes)) for way, one in made.items()}


def state_of(match: Match) -> str:
    """Where a draft is counted: one of `STATES`."""
    if match.kind == "new":
        return "warning" if match.draft.problems else "valid"
    return "duplicate" if match.kind == "unchanged" else match.kind


def reading_of(row: BankImport) -> Reading:
    """What the file said, before any edit. Raises `Missing` where it is no longer kept."""
    if not row.reading:
        raise Missing("import_expired")
    return wire.load_document(row.reading)


def is_kept(row: BankImport) -> bool:
    """Whether what the file said is still kept; does not fetch it."""
    size = select(func.length(cast(BankImport.reading, Text))).where(BankImport.id == row.id)
    return (db.session.scalar(size) or 0) > len("{}")


def edited(row: BankImport) -> tuple[Reading, Edits]:
    """What the file said, with the edits laid over it. Raises `Missing` where it is no longer kept."""
    reading, edits = reading_of(row), edits_of(row.id)
    return replace(reading, drafts=edits.laid_over(reading.drafts)), edits


def plan(row: BankImport, told: Callable[[int], None] | None = None) -> Plan:
    """Compare a staged import with its bank; `told` hears how many drafts are compared.

    As many statements for any number of rows.
    """
    reading, edits = edited(row)
    bank = cards.known(row.bank_id)
    left_out = [place for place, choice in edits.choices.items() if choice == "skip"]
    matches = classify(reading.drafts, bank, claimed=_claimed(row), left_out=left_out,
                       unsaid=unsaid(reading, edits.drafts), told=told)
    return Plan(reading, matches, bank, edits)


def stamp(row: BankImport) -> Stamp:
    """Differs once the bank has other questions or a seal, a row was edited, or the files were read anew.

    Never again what it was before, for questions are only added and given versions, but where an
    import is undone, and those are counted. Two statements.
    """
    undone = select(func.count()).where(BankImport.bank_id == row.bank_id, BankImport.state == "undone")
    sealed = select(Bank.sealed_at).where(Bank.id == row.bank_id)
    return (*db.session.execute(
        select(func.count(), func.coalesce(func.max(Question.position), 0),
               func.coalesce(func.sum(Question.version), 0), undone.scalar_subquery(), sealed.scalar_subquery())
        .where(Question.bank_id == row.bank_id)).one(),
            last_step(row.id), row.outcome.get("reading"), json.dumps(row.wish, sort_keys=True))


def row_key(row: BankImport, ordinal: int) -> str:
    """What a row is known by when it comes back: it is named by the import that read it first."""
    return row.row_keys.get(str(ordinal)) or f"{row.id}:{ordinal}"


def _claimed(row: BankImport) -> Mapping[int, str]:
    """The questions that rows which came back have made already: place → question."""
    places = {key: int(place) for place, key in row.row_keys.items()}
    if not places:
        return {}
    family = {key.partition(":")[0] for key in places}
    found = db.session.execute(
        select(ImportItem.row_key, ImportItem.question_id)
        .join(Question, Question.id == ImportItem.question_id)
        .where(Question.bank_id == row.bank_id,
               or_(*(ImportItem.row_key.startswith(f"{one}:", autoescape=True) for one in family))))
    return {places[key]: question_id for key, question_id in found if key in places}


def import_of(import_id: str, now: datetime) -> BankImport:
    """The import. Raises `Missing`: unknown, or staged more than 24 hours ago."""
    row = db.session.get(BankImport, import_id)
    if row is None:
        raise Missing
    if row.state in ("uploaded", "staged") and row.created_at <= now - KEPT:
        raise Missing("import_expired")
    return row


def waiting(bank_id: str, now: datetime) -> list[Entry]:
    """The bank's imports that can still be gone on with, latest first."""
    return _entries(_log().where(BankImport.bank_id == bank_id, BankImport.state.in_(("uploaded", "staged")),
                                 BankImport.created_at > now - KEPT))


def log(bank_id: str, limit: int = 20) -> list[Entry]:
    """The bank's confirmed imports that were not undone, latest first."""
    return _entries(_log().where(BankImport.bank_id == bank_id, BankImport.state == "done").limit(limit))


def whole_log(bank_id: str, after: str | None = None) -> list[Entry]:
    """The bank's confirmed imports, undone ones too, latest first: up to `LOG_PAGE` and one more, below `after`."""
    statement = _log().where(BankImport.bank_id == bank_id, BankImport.state.in_(("done", "undone")))
    if after is not None:
        there = select(BankImport.created_at).where(BankImport.id == after).scalar_subquery()
        statement = statement.where(tuple_(BankImport.created_at, BankImport.id) < tuple_(there, literal(after, Id())))
    return _entries(statement.limit(LOG_PAGE + 1))


def undoer_of(row: BankImport) -> str | None:
    """The name of who took an import back; None: the command line, or nobody did."""
    return db.session.scalar(select(Account.name).where(Account.id == row.undone_by)) if row.undone_by else None


def same_file(row: BankImport) -> Entry | None:
    """The latest confirmed import of the very same file, into any bank."""
    found = _entries(_log().where(BankImport.sha256 == row.sha256, BankImport.state == "done",
                                  BankImport.id != row.id).limit(1))
    return found[0] if found else None


def _log() -> "Select[BankImport, str, str, str]":
    undoer = aliased(Account)
    return (select(BankImport, Bank.title, Account.name, undoer.name)
            .options(load_only(BankImport.bank_id, BankImport.file_name, BankImport.state, BankImport.outcome,
                               BankImport.created_at, BankImport.done_at, BankImport.undone_at))
            .join(Bank, Bank.id == BankImport.bank_id)
            .outerjoin(Account, Account.id == BankImport.created_by)
            .outerjoin(undoer, undoer.id == BankImport.undone_by)
            .order_by(BankImport.created_at.desc(), BankImport.id.desc()))


def _entries(statement: "Select[BankImport, str, str, str]") -> list[Entry]:
    return [
        Entry(row.id, row.bank_id, title, row.file_name, row.state, row.outcome, row.created_at, name, row.done_at,
              row.undone_at, undoer)
        for row, title, name, undoer in db.session.execute(statement)
    ]
