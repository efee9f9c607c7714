from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.questions import document_operations as operations
from contest.questions import document_queries as library
from contest.questions import drafting, outlines, relinking
from contest.questions.document_models import Document, DocumentDraft, DocumentDraftStep, QuestionSection, Section
from contest.questions.document_operations import DocumentFields
from contest.questions.document_queries import DocumentFilters
from contest.questions.formats.law_files import read_law
from contest.questions.formats.outline import Entry
from tests import factories
from tests.factories import NOON
from tests.questions.drafted import audited
from tests.questions.formats.documents import PLAN
from tests.questions.shelved import ENTRIES, cited, document, sections

DAY = date(2026, 1, 1)


@pytest.fixture
def context(app):
    with app.app_context():
        yield


def by_place(document_id: str) -> list[tuple[str, str | None, str | None]]:
    """(locator, parent, chapter)."""
    rows = library.sections_of(document_id)
    names = {row.id: row.locator for row in rows}
    return [(row.locator, names.get(row.parent_id or ""), names.get(row.chapter_id or "")) for row in rows]


def test_a_document_and_its_sections(context):
    row = document()
    assert (row.number_key, row.kind, row.origin) == ("12/kh-ubnd", "ke_hoach", "hand")
    assert by_place(row.id) == [("Mục I", None, None), ("Mục I.1", "Mục I", "Mục I"), ("Mục I.2", "Mục I", "Mục I"),
                                ("Mục II", None, None)]
    assert audited() == ["document.create", "document.sections"]


def test_what_is_attached_has_chapters_of_its_own(context):
    places = ("Kế hoạch kèm theo", "Mục I", "Mục I.1")
    row = document(entries=tuple(Entry(place, "", "", depth) for depth, place in enumerate(places)))
    assert by_place(row.id) == [("Kế hoạch kèm theo", None, None), ("Mục I", "Kế hoạch kèm theo", None),
                                ("Mục I.1", "Mục I", "Mục I")]


def test_the_same_document_twice_is_refused(context):
    document()
    with pytest.raises(Refusal, match="document_taken"):
        document("0012/kh-ubnd")
    document(issuer="Ủy ban nhân dân tỉnh Khác")
    document(issued_on=date(2025, 1, 1))
    with pytest.raises(Refusal, match="document_title_needed"):
        operations.create_document(DocumentFields(" "), by=None, now=NOON)


def test_sections_keep_their_questions_through_a_new_text(context):
    row = document()
    held = sections(row.id)
    bank = factories.bank(0)
    one, two = cited(bank, "x"), cited(bank, "y")
    relinking.link_by_hand(one.id, held["Mục I.1"], by=None, now=NOON)
    relinking.link_by_hand(two.id, held["Mục II"], by=None, now=NOON)
    fresh = outlines.carried((replace(ENTRIES[1], depth=0, title="Tên mới"), Entry("Mục III", "Mới", "", 0)),
                             operations.sections_by_key(row.id))
    assert operations.write_outline(row.id, fresh, by=None, now=NOON) == {
        "added": 1, "kept": 1, "removed": 2, "dropped": 1}
    assert [(one.locator, one.title, one.dropped, one.key) for one in library.sections_of(row.id)] == [
        ("Mục I.1", "Tên mới", False, "I/1"), ("Mục III", "Mới", False, "III"), ("Mục II", "Tổ chức", True, "~II")]
    assert sections(row.id)["Mục I.1"] == held["Mục I.1"]
    back = outlines.carried(ENTRIES, operations.sections_by_key(row.id))
    operations.write_outline(row.id, back, by=None, now=NOON)
    assert sections(row.id)["Mục II"] == held["Mục II"]
    assert not [one for one in library.sections_of(row.id) if one.dropped]
    assert db.session.scalar(select(func.count()).select_from(QuestionSection)) == 2


def test_a_merged_section_hands_over_its_questions(context):
    row = document()
    held = sections(row.id)
    bank = factories.bank(0)
    both, one = cited(bank, "x"), cited(bank, "y")
    for question, place in ((both, "Mục I.1"), (both, "Mục I.2"), (one, "Mục I.2")):
        relinking.link_by_hand(question.id, held[place], by=None, now=NOON)
    draft = drafting.stage_document(row.id, by=None, now=NOON)
    assert drafting.change_draft(draft.id, 0, lambda entries: outlines.merge(entries, 2), now=NOON)
    assert not drafting.change_draft(draft.id, 1, lambda entries: entries, now=NOON)
    drafting.save_draft(draft.id, 1, DocumentFields("Tên", "ke_hoach", "12/KH-UBND"), by=None, now=NOON)
    assert library.asked(list(held.values())) == {held["Mục I.1"]: 2}
    assert db.session.scalar(select(func.count()).select_from(DocumentDraft)) == 0
    assert db.session.scalar(select(func.count()).select_from(DocumentDraftStep)) == 0


def test_a_draft_step_by_step(context):
    draft = drafting.stage_outline(read_law(PLAN.encode()), "ke-hoach.txt", document_id=None, by=None, now=NOON)
    before = drafting.draft_of(draft.id, NOON)[2]
    assert not drafting.can_undo(draft.id)
    drafting.change_draft(draft.id, 0, lambda entries: outlines.remove(entries, 0), now=NOON)
    with pytest.raises(Refusal, match="draft_changed"):
        drafting.change_draft(draft.id, 0, lambda entries: outlines.remove(entries, 0), now=NOON)
    drafting.undo_draft(draft.id, 1, now=NOON)
    assert drafting.draft_of(draft.id, NOON)[1:] == (0, before)
    assert db.session.scalar(select(func.count()).select_from(Document)) == 0
    drafting.draft_of(draft.id, NOON + drafting.KEPT - timedelta(milliseconds=1))
    with pytest.raises(Missing, match="draft_expired"):
        drafting.draft_of(draft.id, NOON + drafting.KEPT)
    head = drafting.named_in(draft)
    saved, counts = drafting.save_draft(draft.id, 0, DocumentFields(head.title, head.kind, head.number), by=None,
                                        now=NOON)
    assert (saved.origin, saved.file_name, counts["added"]) == ("file", "ke-hoach.txt", len(before))


def test_no_more_steps_are_kept_than_can_be_undone(context):
    draft = drafting.stage_outline(read_law(PLAN.encode()), "a.txt", document_id=None, by=None, now=NOON)
    for step in range(drafting.STEPS + 3):
        drafting.change_draft(draft.id, step, lambda entries: outlines.add(entries, None, "Mục X", ""), now=NOON)
    assert db.session.scalar(select(func.count()).select_from(DocumentDraftStep)) == drafting.STEPS + 1


def test_replacements_and_their_chain(context):
    old, middle, new = (document(f"{n}/KH-UBND", f"Kế hoạch {n}") for n in (1, 2, 3))
    operations.replace_document(old.id, middle.id, partly=True, starts_on=date(2025, 7, 1), note=" a  b ", by=None,
                                now=NOON)
    assert old.status == "partly_replaced"
    operations.replace_document(old.id, new.id, partly=False, starts_on=None, note="", by=None, now=NOON)
    operations.replace_document(middle.id, new.id, partly=False, starts_on=None, note="", by=None, now=NOON)
    assert (old.status, middle.status, new.status) == ("replaced", "replaced", "in_force")
    shelf = library.shelf()
    assert {one.id for one in shelf.chain(old.id)} == {middle.id, new.id}
    assert [one.id for one in shelf.chain(middle.id)] == [new.id]
    with pytest.raises(Refusal, match="document_replaces_itself"):
        operations.replace_document(middle.id, old.id, partly=False, starts_on=None, note="", by=None, now=NOON)
    with pytest.raises(Refusal, match="document_replaced_already"):
        operations.replace_document(old.id, new.id, partly=False, starts_on=None, note="", by=None, now=NOON)
    operations.keep_document(old.id, new.id, by=None, now=NOON)
    assert old.status == "partly_replaced"
    operations.keep_document(old.id, middle.id, by=None, now=NOON)
    assert old.status == "in_force"


def test_the_list_of_documents(context):
    one, two = document(), document("9/NQ-HĐND", "Nghị quyết khác")
    relinking.link_by_hand(cited(factories.bank(0), "x").id, sections(one.id)["Mục I"], by=None, now=NOON)
    rows = {row.document.id: (row.sections, row.questions) for row in library.documents(DocumentFilters(), DAY)}
    assert rows == {one.id: (4, 1), two.id: (4, 0)}
    assert [row.document.id for row in library.documents(DocumentFilters("nghi quyet 9"), DAY)] == [two.id]
    assert [row.document.id for row in library.documents(DocumentFilters(standing="not_yet"), date(2023, 1, 1))] == [
        row.document.id for row in library.documents(DocumentFilters(), DAY)]


def test_only_what_nothing_cites_is_deleted(context):
    row = document()
    question = cited(factories.bank(0), "x")
    relinking.link_by_hand(question.id, sections(row.id)["Mục I"], by=None, now=NOON)
    with pytest.raises(Refusal, match="document_cited"):
        operations.delete_document(row.id, by=None, now=NOON)
    relinking.unlink(question.id, sections(row.id)["Mục I"], by=None, now=NOON)
    drafting.stage_document(row.id, by=None, now=NOON)
    operations.delete_document(row.id, by=None, now=NOON)
    assert [db.session.scalar(select(func.count()).select_from(table)) for table in (Document, Section)] == [0, 0]
