"""Drafts and readings for the tests of the room, and counts of what they left in the database."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select

from contest.audit.models import AuditEvent
from contest.extensions import db
from contest.questions import imports, operations
from contest.questions.document_models import BankCitation
from contest.questions.formats.drafts import Draft, Problem, Reading, SourceRow
from contest.questions.import_models import BankImport
from contest.questions.keys import AnswerKey
from contest.questions.models import Bank, Question, QuestionVersion
from tests.factories import NOON

TABLES = (Question, QuestionVersion, AnswerKey, BankCitation)


def draft(number: int, **change: object) -> Draft:
    """A single-choice question on row `number`; its second option is right."""
    plain = Draft(f"Câu hỏi!{number}", number, f"C-{number}", "single", f"Câu hỏi số {number} hỏi gì?",
                  (f"Một {number}", f"Hai {number}", "Ba", "Bốn"), (1,), "Chuyển đổi số", "NB",
                  f"Giải thích {number}.", "Kế hoạch 1, mục I.1")
    return replace(plain, **change)  # type: ignore[arg-type]


def broken(number: int) -> Draft:
    return draft(number, key=(), problems=(Problem("error", "no_key", f"Câu hỏi!{number}", "Đáp án đúng"),))


def reading(*drafts: Draft, sources: tuple[SourceRow, ...] = ()) -> Reading:
    return Reading("xlsx", drafts, sheet="Câu hỏi", header_row=1, sources=sources)


def many(count: int) -> Reading:
    return reading(*(draft(number) for number in range(2, count + 2)))


def new_bank(code: str = "nganhang") -> Bank:
    return operations.create_bank(code, f"Ngân hàng {code}", by=None, now=NOON)


def stage(bank: Bank, found: Reading, *, now: datetime = NOON, sha: str = "0" * 64) -> BankImport:
    return imports.stage_import(bank, "tep.xlsx", sha, found, by=None, now=now)


def take(bank: Bank, found: Reading, way: str = "skip", *, now: datetime = NOON) -> dict[str, int]:
    """Stage and commit; (created, updated, duplicates, errors, warnings)."""
    return imports.commit_import(stage(bank, found, now=now).id, way, by=None, now=now)  # type: ignore[arg-type]


def numbers() -> tuple[int, ...]:
    """Rows of questions, versions, keys, sources."""
    return tuple(db.session.scalar(select(func.count()).select_from(table)) or 0 for table in TABLES)


def audited() -> list[str]:
    return list(db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.at, AuditEvent.id)))
