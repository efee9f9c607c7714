"""Documents and questions for the tests of the library."""

from datetime import date

from sqlalchemy import update

from contest.extensions import db
from contest.questions import document_operations
from contest.questions.document_models import Document, Section
from contest.questions.document_operations import DocumentFields
from contest.questions.formats.outline import Entry
from contest.questions.keys import AnswerKey
from contest.questions.models import Bank, Question, QuestionVersion
from tests import factories
from tests.factories import NOON

ENTRIES = (Entry("Mục I", "Mục đích", "", 0), Entry("Mục I.1", "Chung", "Nội dung.", 1),
           Entry("Mục I.2", "Riêng", "", 1), Entry("Mục II", "Tổ chức", "", 0))


def document(number: str = "12/KH-UBND", title: str = "Kế hoạch tuyên truyền", *,
             entries: tuple[Entry, ...] = ENTRIES, issued_on: date | None = date(2024, 3, 5),
             issuer: str = "Ủy ban nhân dân tỉnh Bình Minh") -> Document:
    row = document_operations.create_document(
        DocumentFields(title, "ke_hoach", number, issuer, issued_on), by=None, now=NOON)
    document_operations.write_outline(row.id, entries, by=None, now=NOON)
    return row


def sections(document_id: str) -> dict[str, str]:
    """Locator → id."""
    return {row.locator: row.id for row in db.session.query(Section).filter(Section.document_id == document_id)}


def cited(bank: Bank, citation: str, **more: object) -> Question:
    """A question that cites in these words."""
    row = factories.question(bank, **more)  # type: ignore[arg-type]
    versions = db.session.query(QuestionVersion.id).filter(QuestionVersion.question_id == row.id)
    db.session.execute(update(AnswerKey).where(AnswerKey.version_id.in_(versions.scalar_subquery()))
                       .values(citation=citation))
    return row
