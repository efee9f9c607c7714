"""Boards of one unit's or one bloc's people: the whole board's lines, with the place among them."""

import random
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.rounds.barring import bar
from contest.rounds.models import ContestUnit, Entry
from contest.standings import board as boards
from contest.standings import counters, overall, parts
from contest.standings.board import board
from contest.standings.board_models import Standing
from contest.standings.keeping import keep_all
from contest.standings.models import Result
from contest.standings.operations import SETTLE, publish_results, score_round
from tests import factories as make
from tests.factories import NOON, signed_in
from tests.standings.cast import entry_of, sit, stage
from tests.statements import counted

CLOSES = NOON + timedelta(hours=1)
AFTER = CLOSES + SETTLE + timedelta(minutes=1)


class Scene:
    """A round of people of four units, one below another, in two blocs and none; many stand alike."""

    def __init__(self, people=60, **columns):
        above = make.unit("Sở Nội vụ", bloc="Khối sở")
        units = {"above": above, "below": make.unit("Chi cục Văn thư", bloc="Khối đơn vị", parent=above),
                 "other": make.unit("Sở Y tế", bloc="Khối sở"), "lone": make.unit("Hội Luật gia", bloc=None),
                 "empty": make.unit("Sở Tư pháp", bloc="Khối trống")}
        self.contest, bank = make.contest(units=tuple(units.values())), make.bank(4)
        self.round = make.round_(self.contest, bank, closes_at=CLOSES, **{"mask_names": False, **columns})
        dice, self.of = random.Random(7), {}
        for n in range(people):
            name = f"Người {n:02}"
            self.of[name] = dice.choice(["above", "below", "other", "lone"])
            who = make.account(f"n{n}", name=name, unit=units[self.of[name]],
                               audience=dice.choice(["official", "official", "citizen"]))
            attempt = sit(self.round, bank, who, unit=units[self.of[name]], items=0)
            points = dice.randint(0, 3) * 50
            db.session.add(Result(
                attempt_id=attempt.id, round_id=self.round.id, entry_id=entry_of(self.contest, who).id, points=points,
                raw_points=points, max_points=400, correct=1, answered=1, items=4, finished_at=NOON, graded_at=NOON,
                taken_ms=dice.randint(1, 2) * 1000))
        db.session.flush()
        keep_all(self.round, NOON)
        self.ids = dict(db.session.execute(select(ContestUnit.unit_id, ContestUnit.id).where(
            ContestUnit.contest_id == self.contest.id)).all())
        self.ids = {key: self.ids[unit.id] for key, unit in units.items()}

    def part(self, asked):
        """A part by the name of a unit here, or of a bloc."""
        unit_id = self.ids.get(asked)
        return parts.part_of(self.contest.id, unit_id=unit_id, bloc=None if unit_id else asked)


MADE_OF = {"above": {"above", "below"}, "below": {"below"}, "other": {"other"}, "lone": {"lone"}, "empty": set(),
           "Khối sở": {"above", "other"}, "Khối đơn vị": {"below"}}


def pages(board_id, **options):
    rows, after = [], None
    while True:
        page = board(board_id, masked=False, after=after, **options)
        assert 0 < len(page.rows) <= options["limit"] or page.after is None
        rows += page.rows
        assert len(rows) <= page.total
        if page.after is None:
            return rows, page.total
        after = page.after


@pytest.mark.parametrize("limit", [1, 4, 200])
@pytest.mark.parametrize("audience", [None, "official", "citizen"])
@pytest.mark.parametrize("asked", MADE_OF)
def test_a_part_is_the_board_without_the_others(app, asked, audience, limit):
    with app.app_context():
        scene = Scene()
        whole, _total = pages(scene.round.id, audience=audience, limit=200)
        expected = [row for row in whole if scene.of[row.name] in MADE_OF[asked]]
        rows, total = pages(scene.round.id, audience=audience, limit=limit, part=scene.part(asked))
        assert [(row.name, row.rank, row.unit, row.points, row.taken_ms) for row in rows] == [
            (row.name, row.rank, row.unit, row.points, row.taken_ms) for row in expected]
        assert [row.within for row in rows] == [
            1 + sum(other.rank < row.rank for other in expected) for row in expected]  # shared places stay shared
        assert total == len(expected)
        assert all(row.within is None for row in whole)


@pytest.mark.parametrize("asked", ["above", "below"])
def test_ones_own_line_stands_on_every_page_of_ones_own_part_alone(app, asked):
    with app.app_context():
        scene = Scene()
        row = pages(scene.round.id, audience="official", limit=200, part=scene.part(asked))[0][-1]
        account = db.session.scalar(select(make.Account).where(make.Account.name == row.name))
        first = board(scene.round.id, masked=False, audience="official", limit=1, account_id=account.id,
                      part=scene.part(asked))
        assert (first.own.rank, first.own.within, first.own_is_here) == (row.rank, row.within, False)
        assert board(scene.round.id, masked=False, account_id=account.id, part=scene.part("lone")).own is None


def test_who_is_barred_leaves_the_part_too_and_names_are_masked(app):
    with app.app_context():
        scene = Scene()
        first, second, *_rest = pages(scene.round.id, limit=200, part=scene.part("other"))[0]
        gone = db.session.scalar(select(make.Account).where(make.Account.name == first.name))
        bar(scene.contest.id, [gone.id], "Tổ ra đề", by=None, now=NOON)
        found = board(scene.round.id, masked=True, part=scene.part("other"))
        assert (found.rows[0].name, found.rows[0].within) == (f"N. {second.name.split()[1]}", 1)
        assert counters.differences(scene.round.id) == []


def test_what_does_not_take_part_is_not_found(app):
    with app.app_context():
        scene, elsewhere = Scene(people=1), make.contest(units=(make.unit("Sở Xây dựng", bloc="Khối khác"),))
        foreign = db.session.scalar(select(ContestUnit.id).where(ContestUnit.contest_id == elsewhere.id))
        for unknown in ({"unit_id": foreign}, {"unit_id": "f" * 32}, {"unit_id": "x"}, {"bloc": "Khối khác"}):
            with pytest.raises(Missing):
                parts.part_of(scene.contest.id, **unknown)
        with pytest.raises(Refusal) as refused:
            parts.part_of(scene.contest.id, unit_id=scene.ids["above"], bloc="Khối sở")
        assert (refused.value.code, refused.value.status) == ("bad_part", 422)
        assert parts.part_of(scene.contest.id, unit_id="", bloc=None) is None


@pytest.mark.parametrize("people", [20, 60])
@pytest.mark.parametrize(("asked", "after", "statements"), [("below", None, 8), ("above", "3", 11)])
def test_as_many_statements_for_few_people_as_for_many(app, people, asked, after, statements):
    with app.app_context():
        scene = Scene(people)
        owner = db.session.scalar(select(Entry.account_id).where(Entry.counted_unit_id == scene.ids["below"]))
        part, round_id = scene.part(asked), scene.round.id
        db.session.commit()
        with counted(app) as seen:
            found = board(round_id, masked=False, after=after, limit=1, account_id=owner, part=part)
        assert found.after is not None
        assert len(seen) == statements


@pytest.mark.parametrize("group", ["", "official"])
@pytest.mark.parametrize(("conditions", "asked", "indexes"), [
    (parts.of_part, "below", ["ix_standing_unit"]),
    (parts.along_board, "Khối sở", ["ix_standing_all", "ix_standing_board"])])
def test_parts_are_read_along_their_index_and_never_sorted(app, conditions, asked, indexes, group):
    with app.app_context():
        scene = Scene(people=3)
        statement = select(Standing.rank_key, Standing.points).where(
            *conditions(scene.round.id, scene.part(asked), group)).order_by(
                Standing.rank_key, Standing.entry_id).limit(2)
        plan = planned(statement)
        assert any(index in line for line in plan for index in indexes), plan
        assert not any("Sort" in line or "B-TREE" in line for line in plan), plan


def test_the_lines_of_several_units_are_found_by_the_units(app):
    with app.app_context():
        scene = Scene(people=3)
        plan = planned(select(Standing.rank_key).where(
            *parts.of_part(scene.round.id, scene.part("above"), "official"), Standing.rank_key <= "z"))
        # Of three lines PostgreSQL may take whichever index, the primary key's as well.
        index = "ix_standing_unit" if db.engine.dialect.name == "sqlite" else "_standing"
        assert any(index in line for line in plan), plan


def planned(statement):
    connection = db.session.connection()
    text = str(statement.compile(connection, compile_kwargs={"literal_binds": True}))
    if connection.dialect.name == "sqlite":
        return [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}")]
    for off in ("seqscan", "bitmapscan", "sort"):  # of three rows none of these costs anything
        connection.exec_driver_sql(f"SET LOCAL enable_{off} = off")
    return [row[0] for row in connection.exec_driver_sql(f"EXPLAIN {text}")]


def test_a_page_passes_over_few_lines_whichever_index_it_goes_along(app, monkeypatch):
    """The units' index for a part that is little of the board, the board's for one that is much of it."""
    went = []
    monkeypatch.setattr(parts, "of_part", lambda *args, real=parts.of_part: went.append("units") or real(*args))
    monkeypatch.setattr(parts, "along_board", lambda *args, real=parts.along_board: went.append("board") or real(*args))
    with app.app_context():
        scene = Scene()
        for limit in (1, 200):
            boards.board(scene.round.id, masked=False, limit=limit, part=scene.part("above"))
    assert went == ["board", "units"]


@pytest.fixture
def published(app, hands):
    """A published round of a contest with a board over its rounds; ids, and clients of two people and an organiser."""
    hands.set(AFTER)
    with app.app_context():
        contest, bank, round_, units = stage(units=("Sở Nội vụ", "Xã An Phú", "Sở Y tế"), closes_at=CLOSES)
        contest.overall = {"rounds": {"how": "sum"}}
        people = [make.account(name=f"Lê Văn {name}", unit=units[n % 2]) for n, name in
                  enumerate(("An", "Bình", "Chi", "Dung"))]
        for n, who in enumerate(people):
            sit(round_, bank, who, unit=units[n % 2], right=4 - n)
        score_round(round_.id, AFTER)
        staff = make.account(roles=("organiser",))
        ids = {unit.name: db.session.scalar(select(ContestUnit.id).where(ContestUnit.unit_id == unit.id))
               for unit in units}
        found = SimpleNamespace(round=round_.id, contest=contest.id, code=contest.code, units=ids,
                                people=[who.id for who in people], staff=staff.id)
        db.session.commit()
    found.client = signed_in(app.test_client(), SimpleNamespace(id=found.people[2]))
    found.office = signed_in(app.test_client(), SimpleNamespace(id=found.staff))
    return found


def publish(app, published):
    with app.app_context():
        publish_results(published.round, by=None, now=AFTER)
        db.session.commit()


def test_the_pages_show_a_part_with_both_ranks(app, published):
    publish(app, published)
    for path in (f"/dot-thi/{published.round}/xep-hang", f"/cuoc-thi/{published.code}/xep-hang-chung"):
        page = published.client.get(path, query_string={"thuoc": published.units["Sở Nội vụ"]}).text
        assert ": Sở Nội vụ</h1>" in page
        assert "2 người của Sở Nội vụ được xếp hạng" in page
        assert page.index("L. V. An") < page.index("L. V. Chi")
        assert "L. V. Bình" not in page
        assert '2<br><span class="small muted">3</span>' in page  # second of the unit, third of all
        assert f'value="{published.units["Sở Nội vụ"]}" selected' in page
        bloc = published.client.get(path, query_string={"thuoc": "khoi:Khối xã"}).text
        assert 'value="khoi:Khối xã" selected' in bloc
        assert "L. V. Dung" in bloc
        assert "Chưa có ai của Sở Y tế trên bảng xếp hạng" in published.client.get(
            path, query_string={"thuoc": published.units["Sở Y tế"]}).text
        for unknown in ("f" * 32, "x", "khoi:Khối khác"):
            assert published.client.get(path, query_string={"thuoc": unknown}).status_code == 404
        assert "L. V. Dung" in published.client.get(path, query_string={"thuoc": ""}).text
    units = published.office.get(f"/dot-thi/{published.round}/don-vi").text
    assert f"thuoc={published.units['Xã An Phú']}" in units


def test_next_pages_keep_to_the_part(app, published, monkeypatch):
    monkeypatch.setattr("contest.standings.views.BOARD_ROWS", 1)
    monkeypatch.setattr("contest.standings.overall_views.ROWS", 1)
    publish(app, published)
    unit = published.units["Sở Nội vụ"]
    for path in (f"/dot-thi/{published.round}/xep-hang", f"/cuoc-thi/{published.code}/xep-hang-chung"):
        first = published.office.get(f"{path}?nhom=cbccvc&thuoc={unit}").text
        assert f"{path}?nhom=cbccvc&amp;thuoc={unit}&amp;sau=1\"" in first
        second = published.office.get(f"{path}?nhom=cbccvc&thuoc={unit}&sau=1").text
        assert "Từ hạng 2 đến hạng 2" in second
        assert "L. V. Chi" in second
        assert "L. V. An" not in second


def test_programs_ask_for_a_part(app, published):
    publish(app, published)
    units = published.client.get(f"/api/v1/rounds/{published.round}/units").json["units"]
    unit = next(one["id"] for one in units if one["unit"] == "Xã An Phú")
    for path in (f"/api/v1/rounds/{published.round}/leaderboard", f"/api/v1/contests/{published.contest}/leaderboard"):
        told = published.client.get(path, query_string={"unit": unit, "limit": 1}).json
        assert [(row["rank"], row["rank_within"], row["name"]) for row in told["rows"]] == [(2, 1, "L. V. Bình")]
        assert told["total"] == 2
        more = published.client.get(path, query_string={"unit": unit, "limit": 1, "after": told["after"]}).json
        assert [(row["rank"], row["rank_within"]) for row in more["rows"]] == [(4, 2)]
        assert published.client.get(path, query_string={"bloc": "Khối sở"}).json["total"] == 2
        assert published.client.get(path).json["rows"][0]["rank_within"] is None
        assert published.client.get(path, query_string={"unit": "x"}).status_code == 404
        both = published.client.get(path, query_string={"unit": unit, "bloc": "Khối sở"})
        assert (both.status_code, both.json["code"]) == (422, "bad_part")


def test_a_part_is_shown_no_sooner_than_the_board(app, published, hands):
    with app.app_context():
        db.session.get(make.Round, published.round).board_shown = "never"
        db.session.commit()
    for path in (f"/dot-thi/{published.round}/xep-hang?thuoc={published.units['Sở Nội vụ']}",
                 f"/api/v1/rounds/{published.round}/leaderboard?bloc=Khối sở",
                 f"/cuoc-thi/{published.code}/xep-hang-chung?thuoc=khoi:Khối sở",
                 f"/api/v1/contests/{published.contest}/leaderboard?unit=x"):
        assert published.client.get(path).status_code == 403


def test_a_board_that_stands_still_does_so_in_its_parts(app, published):
    """Participants see the copy; whoever runs the contest sees what it is now."""
    from contest.standings.freezing import freeze

    with app.app_context():
        round_ = db.session.get(make.Round, published.round)
        round_.board_shown, round_.board_freezes_at = "live", NOON
        freeze(round_, NOON + timedelta(minutes=5))
        db.session.flush()
        bar(published.contest, [published.people[0]], "Tổ ra đề", by=None, now=AFTER)
        db.session.commit()
    path = f"/api/v1/rounds/{published.round}/leaderboard?unit={published.units['Sở Nội vụ']}"
    assert [row["name"] for row in published.client.get(path).json["rows"]] == ["L. V. An", "L. V. Chi"]
    assert [row["name"] for row in published.office.get(path).json["rows"]] == ["L. V. Chi"]


def test_more_units_than_a_list_can_hold_are_chosen_from_the_table(app, published, monkeypatch):
    monkeypatch.setattr(parts, "MOST_OFFERED", 2)
    page = published.office.get(f"/dot-thi/{published.round}/xep-hang?thuoc={published.units['Sở Y tế']}").text
    assert "Chọn một đơn vị trong bảng số liệu đơn vị" in page
    assert "Xã An Phú</option>" not in page
    assert "selected>Sở Y tế</option>" in page
    assert '<option value="khoi:Khối xã">' in page


def test_the_board_over_the_rounds_has_the_same_parts(app):
    with app.app_context():
        scene = Scene(people=12)
        scene.contest.overall = {"rounds": {"how": "sum"}}
        scene.round.results_published_at = AFTER
        db.session.flush()
        overall.keep_round(scene.round, AFTER)
        rows, _total = pages(scene.contest.id, limit=5, part=scene.part("Khối sở"))
        assert {scene.of[row.name] for row in rows} <= {"above", "other"}
        assert len(rows) == sum(one in ("above", "other") for one in scene.of.values())
