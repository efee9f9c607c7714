"""Imports between upload and confirmation, and the log of those before."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import load_only

from contest.errors import Missing
from contest.extensions import db
from contest.identity.models import Account
from contest.questions import cards
from contest.questions.formats import wire
from contest.questions.formats.drafts import Reading
from contest.questions.import_models import BankImport
from contest.questions.matching import ON_DUPLICATE, Decision, Known, Match, OnDuplicate, classify, decide
from contest.questions.models import Bank

KEPT = timedelta(hours=24)
STATES = ("valid", "warning", "error", "duplicate", "update")  # every draft is in one of them


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


@dataclass(frozen=True)
class Plan:
    """What an import would do to its bank as it stands now."""

    reading: Reading
    matches: tuple[Match, ...]
    bank: Sequence[Known]

    def counts(self) -> Counter[str]:
        """Drafts by state."""
        return Counter(map(state_of, self.matches))

    def decision(self, on_duplicate: OnDuplicate) -> Decision:
        return decide(self.matches, self.bank, on_duplicate)

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
    """What the file said. Raises `Missing` where it is no longer kept."""
    if not row.reading:
        raise Missing("import_expired")
    return wire.load(json.dumps(row.reading).encode())


def plan(row: BankImport) -> Plan:
    """Compare a staged import with its bank."""
    reading = reading_of(row)
    bank = cards.known(row.bank_id)
    return Plan(reading, classify(reading.drafts, bank), bank)


def import_of(import_id: str, now: datetime) -> BankImport:
    """The import. Raises `Missing`: unknown, or staged more than 24 hours ago."""
    row = db.session.get(BankImport, import_id)
    if row is None:
        raise Missing
    if row.state == "staged" and row.created_at <= now - KEPT:
        raise Missing("import_expired")
    return row


def waiting(bank_id: str, now: datetime) -> list[Entry]:
    """The bank's staged imports that can still be confirmed, latest first."""
    return _entries(_log().where(BankImport.bank_id == bank_id, BankImport.state == "staged",
                                 BankImport.created_at > now - KEPT))


def log(bank_id: str, limit: int = 20) -> list[Entry]:
    """The bank's confirmed imports, latest first."""
    return _entries(_log().where(BankImport.bank_id == bank_id, BankImport.state == "done").limit(limit))


def same_file(row: BankImport) -> Entry | None:
    """The latest confirmed import of the very same file, into any bank."""
    found = _entries(_log().where(BankImport.sha256 == row.sha256, BankImport.state == "done",
                                  BankImport.id != row.id).limit(1))
    return found[0] if found else None


def _log() -> "Select[BankImport, str, str]":
    return (select(BankImport, Bank.title, Account.name)
            .options(load_only(BankImport.bank_id, BankImport.file_name, BankImport.state, BankImport.outcome,
                               BankImport.created_at, BankImport.done_at))
            .join(Bank, Bank.id == BankImport.bank_id)
            .outerjoin(Account, Account.id == BankImport.created_by)
            .order_by(BankImport.created_at.desc(), BankImport.id.desc()))


def _entries(statement: "Select[BankImport, str, str]") -> list[Entry]:
    return [
        Entry(row.id, row.bank_id, title, row.file_name, row.state, row.outcome, row.created_at, name, row.done_at)
        for row, title, name in db.session.execute(statement)
    ]
