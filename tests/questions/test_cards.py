from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event, insert, select, text

from contest.extensions import db
from contest.questions import cards
from contest.questions.keys import AnswerKey
from contest.questions.models import Question, QuestionVersion
from contest.questions.queries import Filters
from tests.questions.drafted import many, new_bank, take

FILTERS = [Filters(), Filters("hoi gi"), Filters(topic="Chuyển đổi số", level="NB"), Filters(type="single"),
           Filters(state="approved"), Filters(state="retired"), Filters(usage="fresh"), Filters(citation="ke hoach")]
BY_TOPIC = 2  # its questions are found by an index of their own, and sorted


OTHERS = 20  # banks of the same size beside it
LOOKED_UP = ("seqscan", "hashjoin", "mergejoin", "material", "sort")  # what only pays where the tables are small


@pytest.fixture
def bank_id(app) -> Iterator[str]:
    """A bank of 60 among many; PostgreSQL knows how large the tables are, as wherever it has run for a while."""
    with app.app_context():
        bank = new_bank()
        take(bank, many(60))
        others = new_bank("ngan-hang-khac")
        db.session.flush()
        for table, links in ((Question, {"id"}), (QuestionVersion, {"id", "question_id"}), (AnswerKey, {"version_id"})):
            _copy(table.__table__, links, others.id)
        db.session.commit()
        if db.engine.dialect.name == "postgresql":
            db.session.execute(text("ANALYZE question, question_version, answer_key"))
            db.session.commit()
        yield bank.id


def _copy(table: Any, links: set[str], bank_id: str) -> None:
    """The table's rows `OTHERS` times again, with ids of their own, in another bank."""
    rows = [dict(row) for row in db.session.execute(select(table)).mappings()]
    changed = {"bank_id": bank_id, "code": None} if "bank_id" in table.c else {}
    db.session.execute(insert(table), [
        row | changed | {link: f"{number:02}{row[link][2:]}" for link in links}
        for number in range(10, 10 + OTHERS) for row in rows])


def asked(bank_id: str, filters: Filters, **mark: str) -> list[tuple[str, Any]]:
    """The statements of a page with their parameters, the page's own last."""
    statements: list[tuple[str, Any]] = []

    def note(_connection, _cursor, statement, parameters, *_rest):
        statements.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        cards.page(bank_id, filters, **mark)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return statements


def steps(statement: str, parameters: Any) -> list[str]:
    """How the database goes about it: "whole …" for a table or an index read to its end, "sort" for a full sort."""
    connection = db.session.connection()
    if connection.dialect.name == "sqlite":
        rows = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
        return [row.replace("SCAN ", "whole ").replace("USE TEMP B-TREE FOR ORDER BY", "sort") for row in rows]
    for way in LOOKED_UP:
        db.session.execute(text(f"SET LOCAL enable_{way} = off"))
    [[plan]] = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalars().all()
    return list(_told(plan["Plan"]))


def _told(node: dict[str, Any]) -> Iterator[str]:
    kind = node["Node Type"]
    if kind.endswith("Scan") and kind != "Bitmap Heap Scan":
        yield f"{'' if 'Index Cond' in node else 'whole '}{node.get('Relation Name', '')} {node.get('Index Name', '')}"
    elif kind == "Sort":
        yield "sort"
    for below in node.get("Plans", ()):
        yield from _told(below)


@pytest.mark.parametrize("place", range(len(FILTERS)))
@pytest.mark.parametrize("mark", ["", "after", "before"])
def test_no_list_of_a_bank_reads_a_table_from_end_to_end(bank_id, place, mark):
    there = cards.page(bank_id, Filters()).after
    statements = asked(bank_id, FILTERS[place], **({mark: there} if mark else {}))
    assert len(statements) == (3 if FILTERS[place].citation else 2)
    for statement, parameters in statements:
        told = steps(statement, parameters)
        assert told
        assert not [one for one in told if one.startswith("whole")], told


@pytest.mark.parametrize("place", [place for place in range(len(FILTERS)) if place != BY_TOPIC])
@pytest.mark.parametrize("mark", ["", "after", "before"])
def test_a_page_goes_along_the_order_of_its_bank_and_ends_where_it_is_full(bank_id, place, mark):
    there = cards.page(bank_id, Filters()).after
    told = steps(*asked(bank_id, FILTERS[place], **({mark: there} if mark else {}))[-1])
    assert any("ix_question_bank_position" in one for one in told), told
    assert "sort" not in told
