import random
from datetime import timedelta

import pytest
from sqlalchemy import select

from contest.errors import Refusal
from contest.extensions import db
from contest.identity.models import Account
from contest.rounds.models import Round
from contest.scoring import ranking
from contest.standings import ranks
from contest.standings.board import board
from contest.standings.board_models import Standing
from contest.standings.explained import explain
from contest.standings.keeping import keep_all
from contest.standings.models import Result
from contest.standings.operations import score_round
from tests import factories
from tests.factories import NOON
from tests.standings.cast import entry_of, sit, stage
from tests.statements import counted

LATER = NOON + timedelta(hours=2)


def random_results(people, dice):
    """Counted results with many ties, without sittings behind them."""
    contest, bank, round_, (unit,) = stage()
    for _ in range(people):
        who = factories.account(unit=unit, audience=dice.choice(["official", "official", "citizen"]))
        attempt = sit(round_, bank, who, unit=unit, items=0)
        db.session.add(Result(
            attempt_id=attempt.id, round_id=round_.id, entry_id=entry_of(contest, who).id,
            points=(points := dice.randint(0, 4) * 50), raw_points=points, max_points=400,
            correct=1, answered=1, items=4, taken_ms=dice.randint(1, 3) * 1000,
            finished_at=NOON + timedelta(seconds=dice.randint(0, 1)), graded_at=NOON))
    db.session.flush()
    keep_all(round_, NOON)
    return round_


def pages(round_, **options):
    """Every page, one after the other, and how many there were."""
    rows, after, number = [], None, 0
    while True:
        page = board(round_.id, masked=round_.mask_names, after=after, **options)
        rows, number = rows + page.rows, number + 1
        if page.after is None:
            return rows, number
        after = page.after


@pytest.mark.parametrize("limit", [1, 3, 7, 200])
@pytest.mark.parametrize("audience", [None, "official", "citizen"])
def test_ranks_in_sql_equal_the_pure_ranking_on_every_page(app, limit, audience):
    dice = random.Random(11)
    with app.app_context():
        round_ = random_results(40, dice)
        rows, number = pages(round_, audience=audience, limit=limit)
        found = db.session.execute(select(Result, Account.id, Account.audience).join(Result.entry).join(
            Account, Account.id == Result.entry.property.mapper.class_.account_id)).all()
        values = {r.attempt_id: {"points": r.points, "taken_ms": r.taken_ms,
                                 "finished_at": int(r.finished_at.timestamp() * 1000)}
                  for r, _who, side in found if audience in (None, side)}
        expected = ranking.rank(values)
        assert [row.rank for row in rows] == [one.rank for one in expected]
        assert [(row.points, row.taken_ms) for row in rows] == [
            (values[one.id]["points"], values[one.id]["taken_ms"]) for one in expected]
        assert number == max(1, -(-len(expected) // limit))
        for one in expected if audience else ():
            place = explain(round_.id, db.session.get(Result, one.id).entry.account_id)
            assert (place.rank, place.of, place.attempt_id) == (one.rank, len(expected), one.id)


def test_ones_own_line_is_known_on_every_page(app):
    with app.app_context():
        _contest, bank, round_, (unit,) = stage()
        people = [factories.account(name=f"Lê Văn {word}", unit=unit) for word in ("An", "Bình", "Chi")]
        for i, who in enumerate(people):
            sit(round_, bank, who, unit=unit, right=4 - i)
        score_round(round_.id, LATER)
        first = board(round_.id, masked=round_.mask_names, limit=1, account_id=people[2].id)
        assert ([r.name for r in first.rows], first.own.rank, first.own.mine, first.own_is_here) == (
            ["L. V. An"], 3, True, False)
        last = board(round_.id, masked=round_.mask_names, limit=3, account_id=people[2].id)
        assert (last.own_is_here, last.after, last.total) == (True, None, 3)
        assert board(round_.id, masked=round_.mask_names, account_id=factories.account().id).own is None


def test_names_are_masked_as_the_organiser_set(app):
    with app.app_context():
        _contest, bank, round_, (unit,) = stage(mask_names=False)
        sit(round_, bank, factories.account(name="Nguyễn Thị Hồng Hạnh", unit=unit), unit=unit, right=1)
        score_round(round_.id, LATER)
        assert board(round_.id, masked=round_.mask_names).rows[0].name == "Nguyễn Thị Hồng Hạnh"
        db.session.get(Round, round_.id).mask_names = True
        assert board(round_.id, masked=round_.mask_names).rows[0].name == "N. T. H. Hạnh"


@pytest.mark.parametrize("after", ["", "x", "1-2", "1-2-3-4", "-1-2-3", "1-9999999999-1", "١-2-3", "1-2-3 "])
def test_a_forged_place(app, after):
    with app.app_context():
        _contest, _bank, round_, _units = stage()
        with pytest.raises(Refusal) as caught:
            board(round_.id, masked=round_.mask_names, after=after)
        assert (caught.value.code, caught.value.status) == ("bad_cursor", 422)


@pytest.mark.parametrize("people", [1, 3, 30])
def test_as_many_statements_for_one_line_as_for_many(app, people):
    with app.app_context():
        round_ = random_results(people, random.Random(3))
        owner = db.session.scalar(select(Account.id).join(Result.entry.property.mapper.class_).limit(1))
        round_id = round_.id
        db.session.commit()
        round_ = db.session.get(Round, round_id)
        with counted(app) as seen:
            board(round_.id, masked=round_.mask_names, limit=10, account_id=owner)
        assert len(seen) == 5


@pytest.mark.parametrize("group", ["", "official"])
def test_boards_are_read_along_an_index_and_never_sorted(app, group):
    with app.app_context():
        round_ = random_results(3, random.Random(3))
        connection = db.session.connection()
        lines = select(Standing.rank_key, Standing.points).where(*ranks.of_group(round_.id, group)).order_by(
            Standing.rank_key, Standing.entry_id).limit(2)
        text = str(lines.compile(connection, compile_kwargs={"literal_binds": True}))
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            connection.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
            connection.exec_driver_sql("SET LOCAL enable_sort = off")  # of three rows a sort costs nothing
            plan = [row[0] for row in connection.exec_driver_sql(f"EXPLAIN {text}")]
        else:
            plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}")]
        assert any("ix_standing_" in line for line in plan), plan
        assert not any("Sort" in line or "B-TREE" in line for line in plan), plan
