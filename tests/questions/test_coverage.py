from collections import Counter
from datetime import date

import pytest
from sqlalchemy import update

from contest.extensions import db
from contest.questions import linking, operations, relinking
from contest.questions.coverage import coverage
from contest.questions.models import Bank
from tests import factories
from tests.factories import NOON
from tests.questions.shelved import cited, document, sections
from tests.statements import counted

DAY = date(2026, 12, 1)


@pytest.fixture
def context(app):
    with app.app_context():
        yield


def matrix(found) -> dict[str, tuple[dict[str, int], str]]:
    return {row.locator: (dict(row.shown), row.gap) for one in found.documents for row in one.rows}


def test_sections_by_levels(context):
    row = document()
    place = sections(row.id)
    bank = factories.bank(0)
    for level, where in (("NB", "I.1"), ("NB", "I.1"), ("VDC", "I.2"), (None, "I.2"), ("Khó", "I.2")):
        cited(bank, f"Kế hoạch 12/KH-UBND, mục {where}", level=level)
    linking.link_bank(bank.id, by=None, now=NOON)
    twice = cited(bank, "", level="TH")
    for where in ("Mục I.1", "Mục I.2"):
        relinking.link_by_hand(twice.id, place[where], by=None, now=NOON)
    found = coverage([bank.id], DAY)
    assert matrix(found) == {
        "Mục I": ({"NB": 2, "TH": 1, "VDC": 1, "": 2}, ""),  # the question of two sections once
        "Mục I.1": ({"NB": 2, "TH": 1}, ""),
        "Mục I.2": ({"TH": 1, "VDC": 1, "": 2}, ""),
        "Mục II": ({}, "none"),
    }
    assert found.documents[0].counts == Counter({"NB": 2, "TH": 1, "VDC": 1, "": 2})
    assert (found.usable, found.linked, found.sections) == (6, 6, 4)
    assert [row.locator for _one, row in found.gaps] == ["Mục II"]


def test_a_plan_that_nobody_asks_about_is_a_gap_of_all_banks_until_it_is_replaced(context):
    old, new = document(), document("99/KH-UBND")
    sections(old.id)
    sections(new.id)
    bank = factories.bank(0)
    assert [one.document.id for one in coverage([bank.id], DAY).documents] == []
    assert {one.document.id for one, _row in coverage(None, DAY).gaps} == {old.id, new.id}
    old.status = "replaced"
    db.session.flush()
    assert {one.document.id for one in coverage(None, DAY).documents} == {new.id}
    cited(bank, "Kế hoạch 12/KH-UBND, mục I.1")
    linking.link_bank(bank.id, by=None, now=NOON)
    found = coverage(None, DAY)
    assert {one.document.id for one in found.documents} == {old.id, new.id}  # questions ask about it still
    assert {one.document.id for one, _row in found.gaps} == {new.id}  # but none is to be written


def test_only_what_a_round_may_draw_counts(context):
    document()
    bank, other = factories.bank(0), factories.bank(0)
    retired = cited(bank, "Kế hoạch 12/KH-UBND, mục I.1")
    cited(other, "Kế hoạch 12/KH-UBND, mục II")
    for one in (bank, other):
        linking.link_bank(one.id, by=None, now=NOON)
    assert matrix(coverage(None, DAY))["Mục II"] == ({"NB": 1}, "")
    assert matrix(coverage([bank.id], DAY))["Mục II"] == ({}, "none")
    operations.retire_question(retired.id, by=None, now=NOON)
    found = coverage([bank.id], DAY)
    assert (found.usable, found.linked) == (0, 0)
    assert matrix(found)["Mục I.1"] == ({}, "none")
    db.session.execute(update(Bank).where(Bank.id == other.id).values(review="one"))
    assert coverage([other.id], DAY).usable == 0


def test_gaps_are_told_at_their_top(context):
    row = document()
    bank = factories.bank(0)
    question = cited(bank, "")
    relinking.link_by_hand(question.id, sections(row.id)["Mục II"], by=None, now=NOON)
    assert [(one.locator, one.children, one.gap) for _document, one in coverage([bank.id], DAY).gaps] == [
        ("Mục I", 2, "none")]
    relinking.link_by_hand(question.id, sections(row.id)["Mục I"], by=None, now=NOON)
    assert [(one.locator, one.gap) for _document, one in coverage([bank.id], DAY).gaps] == [
        ("Mục I.1", "above"), ("Mục I.2", "above")]


def test_a_bank_without_sources(context):
    document()
    bank = factories.bank(3)
    found = coverage([bank.id], DAY)
    assert (found.documents, found.usable, found.linked) == ([], 3, 0)


def test_the_statements_do_not_grow(app):
    with app.app_context():
        bank = factories.bank(0)
        document()
        cited(bank, "Kế hoạch 12/KH-UBND, mục I.1")
        linking.link_bank(bank.id, by=None, now=NOON)
        db.session.commit()
        bank_id = bank.id
    counts = []
    for turn in range(2):
        with counted(app) as statements, app.app_context():
            coverage([bank_id], DAY)
        counts.append(len([one for one in statements if one.startswith("SELECT")]))
        with app.app_context():
            for number in range(5):
                document(f"{number + 100}/KH-UBND", f"Kế hoạch số {number}", issuer=f"Cơ quan {turn}")
                cited(db.session.get(Bank, bank_id), f"Kế hoạch {number + 100}/KH-UBND, mục II", level="VD")
            linking.link_bank(bank_id, by=None, now=NOON)
            db.session.commit()
    assert counts == [7, 7]
