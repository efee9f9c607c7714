from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from contest.errors import Refusal
from contest.extensions import db
from contest.questions import cited as found_in
from contest.questions import document_operations, drafting, linking, operations, relinking, seals
from contest.questions import document_queries as library
from contest.questions.content import Choice, Content
from contest.questions.document_models import BankCitation, Document, QuestionSection
from contest.questions.document_operations import DocumentFields
from contest.questions.formats.drafts import SourceRow
from contest.questions.formats.law_numbers import Named
from contest.questions.formats.outline import Entry, Outline
from tests import factories
from tests.factories import NOON
from tests.questions.drafted import draft, new_bank, reading, take
from tests.questions.shelved import ENTRIES, cited, document, sections

NAME = "Quyết định số 7/QĐ-UBND ngày 02/3/2021 của Ủy ban nhân dân tỉnh A phê duyệt Đề án B"
ROWS = (SourceRow(2, "QĐ 7, mục I.1", NAME, "I.1", "Chung"), SourceRow(3, "QĐ 7, Điều 2", NAME, "Điều 2", "Hiệu lực"))


@pytest.fixture
def context(app):
    with app.app_context():
        yield


def links(question_id: str) -> list[tuple[str, str]]:
    return [(section.locator, link.how) for link, section in library.links_of([question_id]).get(question_id, [])]


def test_a_file_brings_its_sources_and_links_its_questions(context):
    bank = new_bank()
    take(bank, reading(draft(2, citation="QĐ 7, mục I.1, đoạn 2"), draft(3, citation="Quyết định 7/QĐ-UBND, điều 2"),
                       draft(4, citation="Sổ tay"), sources=ROWS))
    row = db.session.scalars(select(Document)).one()
    assert (row.kind, row.number, row.issued_on, row.issuer, row.origin, row.cited_as) == (
        "quyet_dinh", "7/QĐ-UBND", date(2021, 3, 2), "Ủy ban nhân dân tỉnh A", "source", NAME)
    questions = [row.question_id for row in db.session.scalars(select(QuestionSection))]
    assert sorted(links(one)[0] for one in questions) == [("I.1", "import"), ("Điều 2", "import")]
    assert [(one.citation, one.count, one.match.grade) for one in found_in.unlinked(bank.id)] == [("Sổ tay", 1, "none")]
    assert library.sources_of(bank.id) == [replace(one, row=n) for n, one in enumerate(ROWS, start=2)]


def test_a_second_bank_finds_the_same_document(context):
    for code in ("mot", "hai"):
        take(new_bank(code), reading(draft(2), sources=(replace(ROWS[0], document=NAME.replace("02/3", "2/3")),)))
    take(new_bank("ba"), reading(draft(2), sources=(replace(ROWS[0], document="Quyết định 7/QĐ-UBND"),)))
    take(new_bank("bon"), reading(draft(2), sources=(replace(ROWS[0], document="Quyết định 7/QĐ-UBND ngày 1/1/2000"),)))
    assert len(db.session.scalars(select(Document)).all()) == 2


def test_a_document_with_a_file_of_its_own_keeps_its_words(context):
    row = document("7/QĐ-UBND", "Tên riêng", issuer="Ủy ban nhân dân tỉnh A", issued_on=date(2021, 3, 2))
    take(new_bank(), reading(draft(2), sources=ROWS))
    assert [one.title for one in library.sections_of(row.id) if one.locator == "Mục I.1"] == ["Chung"]
    take(new_bank("hai"), reading(draft(2), sources=(replace(ROWS[0], section_title="Khác"),)))
    assert [one.title for one in library.sections_of(row.id) if one.locator == "Mục I.1"] == ["Chung"]
    assert row.cited_as == NAME


def content(citation: str) -> Content:
    return Content("single", "Câu mới?", (Choice("A", True), Choice("B", False)), citation=citation)


def test_an_edited_citation_is_linked_anew(context):
    row = document()
    bank = factories.bank(0)
    question = cited(bank, "Kế hoạch 12/KH-UBND, mục I.1")
    assert linking.link_bank(bank.id, by=None, now=NOON) == 1
    relinking.link_by_hand(question.id, sections(row.id)["Mục I"], by=None, now=NOON)
    operations.edit_question(question.id, content("Kế hoạch 12/KH-UBND, mục II"), version=1, by=None, now=NOON)
    assert links(question.id) == [("Mục I", "hand"), ("Mục II", "import")]
    operations.edit_question(question.id, content("Không rõ"), version=2, by=None, now=NOON)
    assert links(question.id) == [("Mục I", "hand")]


def test_one_click_links_all_questions_with_the_same_words(context):
    row = document()
    bank = factories.bank(0)
    questions = [cited(bank, "KH 12, mục I.2") for _ in range(3)]
    other = cited(bank, "KH 12, mục IX")
    rows = found_in.unlinked(bank.id)
    assert [(one.citation, one.count, one.match.why) for one in rows] == [
        ("KH 12, mục I.2", 3, ("short_number",)), ("KH 12, mục IX", 1, ("place_unknown", "short_number"))]
    assert relinking.link_citation(bank.id, rows[0].citation, rows[0].match.sections, "guess", by=None, now=NOON) == 3
    assert {tuple(links(one.id)) for one in questions} == {(("Mục I.2", "guess"),)}
    late = cited(bank, "KH 12, mục I.2")
    assert linking.link_bank(bank.id, by=None, now=NOON) == 1
    assert links(late.id) == [("Mục I.2", "import")]
    assert links(other.id) == []
    assert library.sources_of(bank.id) == []  # words linked by hand are not the file's
    with pytest.raises(Refusal, match="section_needed"):
        relinking.link_citation(bank.id, "x", [], "hand", by=None, now=NOON)
    assert row.id


def test_a_sealed_bank_is_left_alone(context):
    row = document()
    bank = factories.bank(0)
    question = cited(bank, "KH 12, mục I.2")
    seals.seal_bank(bank.id, by=None, now=NOON)
    place = sections(row.id)["Mục I"]
    for act in (lambda: relinking.link_citation(bank.id, "KH 12, mục I.2", [place], "hand", by=None, now=NOON),
                lambda: relinking.link_by_hand(question.id, place, by=None, now=NOON),
                lambda: relinking.still_right([question.id], row.id, by=None, now=NOON)):
        with pytest.raises(Refusal, match="bank_sealed"):
            act()


def test_finer_sections_take_their_questions(context):
    row = document(entries=(Entry("Mục I", "", "", 0),))
    bank = factories.bank(0)
    fine, hand = cited(bank, "Kế hoạch 12/KH-UBND, mục I.1"), cited(bank, "Kế hoạch 12/KH-UBND, mục I.2")
    linking.link_bank(bank.id, by=None, now=NOON)
    assert links(fine.id) == [("Mục I", "import")]
    relinking.unlink(hand.id, sections(row.id)["Mục I"], by=None, now=NOON)
    relinking.link_by_hand(hand.id, sections(row.id)["Mục I"], by=None, now=NOON)
    staged = drafting.stage_outline(Outline(Named(), ENTRIES), "a.txt", document_id=row.id, by=None, now=NOON)
    drafting.save_draft(staged.id, 0, DocumentFields("T", "ke_hoach", "12/KH-UBND"), by=None, now=NOON)
    assert (links(fine.id), links(hand.id)) == ([("Mục I.1", "import")], [("Mục I", "hand")])


def outdated(on: date) -> set[str]:
    questions = db.session.scalars(select(QuestionSection.question_id)).all()
    return set(library.concerns(questions, on))


def test_questions_whose_document_was_replaced(context):
    old, new = document(), document("99/KH-UBND", "Kế hoạch mới", issued_on=date(2026, 1, 1))
    bank = factories.bank(0)
    first, second = (cited(bank, f"Kế hoạch 12/KH-UBND, mục I.{n}") for n in (1, 2))
    linking.link_bank(bank.id, by=None, now=NOON)
    assert outdated(date(2026, 12, 1)) == set()
    document_operations.replace_document(old.id, new.id, partly=False, starts_on=date(2026, 2, 1), note="", by=None,
                                         now=NOON)
    assert outdated(date(2026, 1, 31)) == set()
    found = library.concerns([first.id, second.id], date(2026, 2, 1))
    assert {one: ([c.document.id for c in rows], [d.id for d in rows[0].successors]) for one, rows in found.items()} \
        == {one.id: ([old.id], [new.id]) for one in (first, second)}
    assert {question for question, *_rest in found_in.affected([old.id])} == {first.id, second.id}
    assert relinking.still_right([first.id], old.id, by=None, now=NOON) == 1
    assert outdated(date(2026, 2, 1)) == {second.id}
    assert relinking.relink([second.id], old.id, sections(new.id)["Mục II"], by=None, now=NOON) == 1
    assert links(second.id) == [("Mục II", "hand")]
    operations.edit_question(first.id, content("Kế hoạch 12/KH-UBND, mục I.1"), version=1, by=None, now=NOON)
    assert outdated(date(2026, 2, 1)) == {first.id}  # a new version is looked at again


def test_words_of_a_bank_mean_one_section(context):
    bank = new_bank()
    linking.keep_sources(bank.id, [ROWS[0], replace(ROWS[0], section="II", section_title="Hai")], by=None, now=NOON)
    assert [row.section for row in library.sources_of(bank.id)] == ["II"]
    assert len(db.session.scalars(select(BankCitation)).all()) == 1
