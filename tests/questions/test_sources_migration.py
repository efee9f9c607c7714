"""A database whose banks list their sources becomes one with documents, sections and links; and back."""

import json

from contest.extensions import db
from tests.questions.test_trust_migration import ID, NOON, insert, migrate, old, rows

__all__ = ["old"]
PLAN = "Quyết định số 7/QĐ-UBND ngày 02/3/2021 của Ủy ban nhân dân tỉnh A phê duyệt Đề án B"
SOURCES = ((1, 3, "QĐ 7, mục I.1", PLAN, "I.1", "Chung"), (2, 3, "QĐ 7, Điều 2", PLAN, "Điều 2", "Hiệu lực"),
           (3, 3, "Sổ tay", "Sổ tay", "", "Toàn văn"), (4, 4, "Đề án B, phần I mục 1", PLAN, "I.1", "Tên khác"))


def fill() -> None:
    for number in (3, 4):
        insert("bank", id=ID(number), code=f"kh{number}", title="Kế hoạch", created_at=NOON)
    for number, citation in enumerate(("QĐ 7, mục I.1, đoạn 2", "Quyết định 7/QĐ-UBND, điều 2", "KH 9", None), 1):
        insert("question", id=ID(10 + number), bank_id=ID(3), position=number, content_hash=f"{number:064x}", version=1,
               state="draft", used_count=0)
        insert("question_version", id=ID(20 + number), question_id=ID(10 + number), number=1, type="single", stem="A?",
               options=json.dumps([]), parts="[]", tags="[]", markup=False, points=100, search_text="x",
               created_at=NOON)
        insert("answer_key", version_id=ID(20 + number), correct='["a"]', settings="{}", citation=citation)
    for number, bank, citation, document, locator, title in SOURCES:
        insert("source", id=ID(100 + number), bank_id=ID(bank), citation=citation, document=document, locator=locator,
               title=title)
    db.session.commit()


def test_sources_become_documents_and_come_back(old):
    migrate(old, "0004")
    fill()
    migrate(old, "0005")
    assert rows("SELECT kind, number, number_key, issuer, cited_as, origin FROM document ORDER BY kind DESC") == [
        ("quyet_dinh", "7/QĐ-UBND", "7/qd-ubnd", "Ủy ban nhân dân tỉnh A", PLAN, "source"),
        ("other", "", "", "", "Sổ tay", "source")]
    assert rows("SELECT key, locator, title, text FROM section ORDER BY position") == [
        ("I/1", "I.1", "Chung", "Tên khác"), ("d2", "Điều 2", "Hiệu lực", ""), ("all", "", "Toàn văn", "")]
    assert rows("""SELECT q.position, s.locator, l.how FROM question_section l JOIN question q ON q.id = l.question_id
                   JOIN section s ON s.id = l.section_id ORDER BY q.position""") == [
        (1, "I.1", "import"), (2, "Điều 2", "import")]
    migrate(old, "0004", down=True)
    found = rows("SELECT citation, document, locator, title FROM source")
    assert sorted(found) == sorted((citation, document, locator, "Chung" if locator == "I.1" else title)
                                   for _number, _bank, citation, document, locator, title in SOURCES)
    migrate(old, "head")


def test_a_database_without_sources(old):
    migrate(old, "head")
    assert rows("SELECT count(*) FROM document") == [(0,)]
