"""A confirmed import taken back whole, as long as nothing has been made of what it wrote."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, cast

from sqlalchemy import ColumnElement, Table, and_, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from contest.audit.operations import record
from contest.errors import Missing, Refusal
from contest.extensions import Base, db
from contest.questions import similarity
from contest.questions.cards import cards_of
from contest.questions.document_models import QuestionSection
from contest.questions.import_models import BankImport, ImportItem
from contest.questions.keys import AnswerKey
from contest.questions.linking import link_bank
from contest.questions.models import Bank, Question, QuestionReview, QuestionVersion, SimilarityBand, TwinVerdict
from contest.questions.operations import CHUNK, unsealed

_STATE_AFTER = {"reviewed": "reviewed", "approved": "approved", "returned": "draft"}


class _Item(NamedTuple):
    question_id: str
    version: int
    kind: str


def undo_import(import_id: str, *, by: str | None, now: datetime) -> dict[str, int]:
    """Delete the questions that an import made, and give those it changed back their version before.

    What came of it: {removed, restored}. Sections of the law that the file brought stay: they are
    nobody's question. All or nothing. Raises `Missing`; `import_not_done`, `import_undone`,
    `import_not_undoable`, `import_used` (a round, a review or another import holds on to a version),
    `import_edited` (somebody changed a question since), `bank_sealed` (409).
    """
    bank_id = db.session.scalar(select(BankImport.bank_id).where(BankImport.id == import_id))
    db.session.execute(select(Bank.id).where(Bank.id == bank_id).with_for_update(key_share=True))
    row = db.session.scalar(select(BankImport).where(BankImport.id == import_id).with_for_update()
                            .execution_options(populate_existing=True))
    if row is None:
        raise Missing
    items = _items(row)
    unsealed(row.bank_id)
    try:
        with db.session.begin_nested():
            _take_back(import_id, items)
            link_bank(row.bank_id, by=by, now=now)
    except IntegrityError as error:
        raise Refusal("import_used", 409, file_name=row.file_name) from error
    removed = sum(item.kind == "created" for item in items)
    outcome = {"removed": removed, "restored": len(items) - removed}
    row.state, row.undone_at, row.undone_by = "undone", now, by
    record("bank.import_undo", "bank", row.bank_id, by=by, now=now, import_id=row.id, file_name=row.file_name,
           **outcome)
    db.session.flush()
    db.session.expire_all()  # rows were changed behind the session's back
    return outcome


def can_undo(row: BankImport) -> bool:
    """Whether it is worth offering: the import is done, and none of its questions is in a round or changed since."""
    if row.state != "done":
        return False
    held = select(func.count()).select_from(ImportItem).where(ImportItem.import_id == row.id)
    gone = held.join(Question, Question.id == ImportItem.question_id).where(
        or_(Question.version != ImportItem.version, Question.used_count > 0))
    return bool(db.session.scalar(held)) and not db.session.scalar(gone)


def _items(row: BankImport) -> list[_Item]:
    if row.state == "undone":
        raise Refusal("import_undone", 409, file_name=row.file_name)
    if row.state != "done":
        raise Refusal("import_not_done", 409, file_name=row.file_name)
    found = db.session.execute(
        select(ImportItem.question_id, ImportItem.version, ImportItem.kind, Question.version.label("now"))
        .join(Question, Question.id == ImportItem.question_id)
        .where(ImportItem.import_id == row.id).order_by(ImportItem.question_id).with_for_update(of=Question)).all()
    if not found:
        raise Refusal("import_not_undoable", 409, file_name=row.file_name)
    edited = sum(one.version != one.now for one in found)
    if edited:
        raise Refusal("import_edited", 409, edited=edited)
    return [_Item(one.question_id, one.version, one.kind) for one in found]


def _take_back(import_id: str, items: Sequence[_Item]) -> None:
    created = [item.question_id for item in items if item.kind == "created"]
    changed = {item.question_id: item.version for item in items if item.kind == "updated"}
    _delete(ImportItem, ImportItem.import_id == import_id)
    for start in range(0, len(created), CHUNK):
        ids = created[start:start + CHUNK]
        _forget_likeness(ids)
        _delete(QuestionSection, QuestionSection.question_id.in_(ids))
        _delete_versions(QuestionVersion.question_id.in_(ids))
        _delete(Question, Question.id.in_(ids))
    found = list(changed)
    for start in range(0, len(found), CHUNK):
        _put_back({key: changed[key] for key in found[start:start + CHUNK]})


def _put_back(changed: Mapping[str, int]) -> None:
    """Give questions the version before the one that is named: its words, its state, its signature."""
    ids = list(changed)
    said = db.session.execute(
        select(QuestionReview.question_id, QuestionReview.version, QuestionReview.verdict)
        .where(QuestionReview.question_id.in_(ids)).order_by(QuestionReview.at, QuestionReview.id)).all()
    if any(version == changed[key] for key, version, _verdict in said):
        raise IntegrityError("a review", {}, ValueError("a review speaks of the version"))
    states = {key: _STATE_AFTER[verdict] for key, version, verdict in said if version == changed[key] - 1}
    _forget_likeness(ids)
    _delete(QuestionSection, and_(QuestionSection.question_id.in_(ids), QuestionSection.how != "hand"))
    newest = select(func.max(QuestionVersion.number)).where(
        QuestionVersion.question_id == Question.id).correlate(Question).scalar_subquery()
    _delete_versions(and_(QuestionVersion.question_id.in_(ids), QuestionVersion.id.in_(
        select(QuestionVersion.id).join(Question, Question.id == QuestionVersion.question_id)
        .where(QuestionVersion.number == Question.version))))
    db.session.execute(update(Question).where(Question.id.in_(ids)).values(version=newest)
                       .execution_options(synchronize_session=False))
    db.session.expire_all()
    contents = {key: card.content for key, card in cards_of(ids).items()}
    table = cast("Table", Question.__table__)
    connection = db.session.connection()
    connection.execute(
        update(table).where(table.c.id == bindparam("question")).values(
            content_hash=bindparam("identity"), state=bindparam("said")),
        [{"question": key, "identity": content.identity, "said": states.get(key, "draft")}
         for key, content in contents.items()])
    bands = [{"question_id": key, "band": band, "value": value} for key, content in contents.items()
             for band, value in enumerate(similarity.bands(similarity.shingles(similarity.texts(content))))]
    if bands:
        connection.execute(insert(cast("Table", SimilarityBand.__table__)), bands)


def _forget_likeness(ids: Sequence[str]) -> None:
    _delete(SimilarityBand, SimilarityBand.question_id.in_(ids))
    _delete(TwinVerdict, or_(TwinVerdict.first_id.in_(ids), TwinVerdict.second_id.in_(ids)))


def _delete_versions(which: ColumnElement[bool]) -> None:
    """With their keys; whatever else holds on to one stops it."""
    _delete(AnswerKey, AnswerKey.version_id.in_(select(QuestionVersion.id).where(which)))
    _delete(QuestionVersion, which)


def _delete(table: type[Base], which: ColumnElement[bool]) -> None:
    db.session.execute(delete(table).where(which).execution_options(synchronize_session=False))
