"""A contest's board: the sum of its official rounds, whatever order they come in."""

import re
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from contest.delivery.models import Attempt
from contest.errors import Refusal
from contest.extensions import db
from contest.rounds.adding_up import set_overall
from contest.rounds.barring import bar, unbar
from contest.rounds.models import Contest, Entry
from contest.scoring import counting, policy, ranking
from contest.scoring.policy import BadPolicy
from contest.standings import applying, building, counters, keeping, overall
from contest.standings.board_models import Board, Standing
from contest.standings.explained import explain
from contest.standings.operations import publish_results
from contest.standings.regrading import Changes, make_run
from tests import factories
from tests.factories import NOON
from tests.rounds.cast import post
from tests.standings.cast import sit, stage

CLOSES = NOON + timedelta(hours=1)
AFTER = CLOSES + timedelta(minutes=2)
SUM = {"rounds": {"how": "sum"}}
RULES = [SUM, {"rounds": {"how": "best", "k": 2}}, {"rounds": {"how": "last"}},
         {"rounds": {"how": "sum", "weights": [100, 0, 250]}, "chain": ["points", "distance", "finished_at"]},
         {"rounds": {"how": "sum"}, "chain": ["points", "draw"], "seed": "Chung"}]


class Season:
    """A contest of three closed rounds, the second with a guess; `marks`: round → person → right answers or None."""

    def __init__(self, marks, rules=SUM):
        self.contest, bank, first, (unit,) = stage(closes_at=CLOSES)
        self.rounds = [first, *(factories.round_(
            self.contest, bank, closes_at=CLOSES, attempts_allowed=2, prediction="participants" if n == 2 else "none")
            for n in (2, 3))]
        self.people = [factories.account(unit=unit, audience="citizen" if n % 3 == 2 else "official")
                       for n in range(len(marks[0]))]
        for round_, line in zip(self.rounds, marks, strict=True):
            for n, right in enumerate(line):
                if right is not None:
                    sit(round_, bank, self.people[n], unit=unit, right=right, wrong=0, minutes=2 + n).prediction = n
        db.session.flush()
        set_overall(self.contest.id, rules, by=None, now=NOON)

    def publish(self, *order):
        for n in order:
            publish_results(self.rounds[n].id, by=None, now=AFTER)

    def rows(self):
        found = db.session.query(Standing).filter_by(board_id=self.contest.id)
        return {row.entry_id: {column.name: getattr(row, column.name) for column in Standing.__table__.columns}
                for row in found}

    def rank_of(self, n):
        place = explain(self.contest.id, self.people[n].id)
        return place.rank if place else None


def test_rounds_count_once_their_results_are_official(app):
    with app.app_context():
        season = Season([[4, 3], [1, 4], [0, 1]])
        assert season.rows() == {}
        season.publish(0)
        assert [season.rank_of(n) for n in (0, 1)] == [1, 2]
        season.publish(1)
        assert [season.rank_of(n) for n in (0, 1)] == [2, 1]
        assert sorted(row["points"] for row in season.rows().values()) == [500, 700]
        assert counters.differences(season.contest.id) == []


marks = st.lists(st.lists(st.none() | st.integers(0, 4), min_size=5, max_size=5), min_size=3, max_size=3)


@pytest.mark.parametrize("rules", RULES)
@given(marks=marks, order=st.permutations([0, 1, 2]), barred=st.integers(0, 4))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_order_it_equals_the_pure_sum_and_its_counters_a_recount(app, rules, marks, order, barred):
    with app.app_context():
        season = Season(marks, rules)
        season.publish(*order)
        who = season.people[barred].id
        bar(season.contest.id, [who], "Tổ giúp việc", by=None, now=AFTER)
        assert season.rank_of(barred) is None
        assert counters.differences(season.contest.id) == []
        unbar(season.contest.id, who, by=None, now=AFTER)
        found = season.rows()
        assert counters.differences(season.contest.id) == []
        _equals_the_pure_sum(season, rules, found)
        overall.renew(season.contest.id, AFTER)
        assert season.rows() == found
        db.session.rollback()


def _equals_the_pure_sum(season, rules, found):
    read = policy.read(rules)
    parts = {}
    for number, round_ in enumerate(season.rounds, 1):
        for row in db.session.query(Standing).filter_by(board_id=round_.id).filter(Standing.attempts > 0):
            parts.setdefault(row.entry_id, {})[number] = counting.Line(
                row.points, row.max_points, row.correct, row.items, row.taken_ms,
                int(row.finished_at.timestamp() * 1000), row.distance if round_.prediction != "none" else 0,
                row.attempt_id, (number,))
    lines = {key: line for key, one in parts.items() if (line := counting.of_contest(one, read)) is not None}
    assert {key for key, row in found.items() if row["ranked"]} == set(lines)
    for key, line in lines.items():
        row = found[key]
        assert (row["points"], row["taken_ms"], row["correct"], row["distance"]) == (
            line.points, line.taken_ms, line.correct, line.distance)
    for group in ("official", "citizen"):
        values = {key: {**vars(line), "draw": ranking.draw(read.seed, key)} for key, line in lines.items()
                  if found[key]["audience"] == group}
        expected = {one.id: one.rank for one in ranking.rank(values, read.chain)}
        assert {key: explain(season.contest.id, db.session.get(Entry, key).account_id).rank
                for key in values} == expected


def test_it_is_chosen_before_the_first_results_and_stays(app):
    with app.app_context():
        season = Season([[4, 3], [1, 4], [0, 1]])
        set_overall(season.contest.id, None, by=None, now=NOON)
        season.publish(0)
        assert db.session.get(Board, season.contest.id) is None
        set_overall(season.contest.id, {"rounds": {"how": "best", "k": 1}}, by=None, now=AFTER)
        assert [season.rank_of(n) for n in (0, 1)] == [1, 2]
        with pytest.raises(Refusal) as refused:
            set_overall(season.contest.id, SUM, by=None, now=AFTER)
        assert refused.value.code == "overall_kept"
        with pytest.raises(BadPolicy):
            set_overall(season.contest.id, {"chain": ["earlier"]}, by=None, now=AFTER)


def test_a_change_of_a_round_s_board_moves_it(app):
    with app.app_context():
        season = Season([[4, 3], [1, 4], [0, 1]])
        season.publish(0, 1)
        row = db.session.query(Standing).filter_by(board_id=season.rounds[1].id, points=400).one()
        row.points = 0
        db.session.flush()
        overall.keep(season.contest.id, [row.entry_id], AFTER)
        assert season.rows()[row.entry_id]["points"] == 300
        assert counters.differences(season.contest.id) == []
        assert keeping.standings_of(season.contest.id, [row.entry_id])[row.entry_id]["outside"] is False


def test_the_form_the_page_and_the_api(app, hands):
    with app.app_context():
        season = Season([[4, 3], [1, 4], [0, 1]])
        organiser, who = factories.account(roles=("organiser",)), season.people[0]
        contest_id, code = season.contest.id, season.contest.code
        first, second = (one.id for one in season.rounds[:2])
        db.session.commit()
        for account in (organiser, who):
            db.session.refresh(account)
            db.session.expunge(account)
    office, client = (factories.signed_in(app.test_client(), one) for one in (organiser, who))
    path = f"/to-chuc/cuoc-thi/{contest_id}/xep-hang-chung"
    assert post(office, path, wanted="y", how="best", k="", chain_1="points").status_code == 422
    assert post(office, path, wanted="y", how="sum", weights="100, x", chain_1="points").status_code == 422
    wrong = post(office, path, wanted="y", how="sum", chain_1="points", chain_2="earlier").get_data(as_text=True)
    assert "Bảng chung không xét điểm của đợt trước." in wrong
    assert post(office, path, wanted="y", how="sum", weights="200 %", chain_1="points", chain_2="taken_ms",
                chain_3="", ).status_code == 303
    with app.app_context():
        assert db.session.get(Contest, contest_id).overall == {
            "rounds": {"how": "sum", "weights": [200]}, "chain": ["points", "taken_ms"]}
    assert client.get(f"/cuoc-thi/{code}/xep-hang-chung").status_code == 403
    assert client.get(f"/cuoc-thi/{code}/don-vi-chung").status_code == 403
    hands.set(AFTER)
    with app.app_context():
        publish_results(first, by=None, now=AFTER)
        db.session.commit()
    page = client.get(f"/cuoc-thi/{code}/xep-hang-chung").get_data(as_text=True)
    assert "Cộng kết quả của tất cả các đợt. Trọng số theo thứ tự đợt: 200 %; các đợt sau: 100 %." in page
    assert "Hơn hạng 2 vì nhiều điểm hơn: 8 so với 6." in page
    assert f'/cuoc-thi/{code}/xep-hang-chung"' in client.get(f"/cuoc-thi/{code}").get_data(as_text=True)
    assert f'/cuoc-thi/{code}/don-vi-chung"' in page
    told = client.get(f"/api/v1/contests/{contest_id}/leaderboard").json
    assert [row["points"] for row in told["rows"]] == [800, 600]
    assert (told["rank"], told["of"], told["rounds"]) == (1, 2, [first])
    assert 'type="submit">Lưu cách xếp hạng chung' not in office.get(path).get_data(as_text=True)
    with app.app_context():
        publish_results(second, by=None, now=AFTER)
        db.session.commit()
    units = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", client.get(f"/cuoc-thi/{code}/don-vi-chung").text))
    assert "1/1 đơn vị có người dự thi" in units
    assert "Sở Nội vụ Khối sở 10 2 4 0 20,00 % 9,50" in units  # two people in two rounds: 8 + 1 and 6 + 4


def test_a_grading_run_that_holds_moves_it(app):
    with app.app_context():
        season = Season([[4, 3], [1, 4], [0, 1]])
        season.publish(0, 1)
        author, second = factories.account(), factories.account()
        attempt = db.session.query(Standing.attempt_id).filter_by(board_id=season.rounds[1].id, points=400).scalar()
        run = make_run(season.rounds[1].id, Changes({}, {attempt: "Thi hộ"}), "Thi hộ", by=author.id, now=AFTER)
        for _done in building.building(run.id, AFTER):
            db.session.flush()
        applying.apply_run(run.id, "", by=second.id, now=AFTER)
        assert [season.rank_of(n) for n in (0, 1)] == [1, 2]
        assert sorted(row["points"] for row in season.rows().values()) == [300, 500]
        assert counters.differences(season.contest.id) == []


WEEKS = 6


def joking(contest, first, bank, unit, *, weeks=WEEKS, **columns):
    """The weeks of a contest that adds up distances: An and Bình guess 999.999.999 every week, Bình one less in the
    last; Chi guesses near, Dung nothing in one week."""
    rounds = [first, *(factories.round_(contest, bank, closes_at=CLOSES, attempts_allowed=2, **columns)
                       for _week in range(1, weeks))]
    people = [factories.account(name=name, unit=unit) for name in ("An", "Bình", "Chi", "Dung")]
    for week, round_ in enumerate(rounds, 1):
        round_.prediction = "participants"
        for who, guess in zip(people, (999_999_999, 999_999_999 - (week == weeks), 5, 4 if week > 1 else None),
                              strict=True):
            sit(round_, bank, who, unit=unit, right=3).prediction = guess
    db.session.flush()
    set_overall(contest.id, {"rounds": {"how": "sum"}, "chain": ["points", "distance"]}, by=None, now=NOON)
    return rounds, people


def test_a_joke_guess_every_week_keeps_no_week_from_being_published(app):
    with app.app_context():
        contest, bank, first, (unit,) = stage(closes_at=CLOSES)
        rounds, people = joking(contest, first, bank, unit)
        for round_ in rounds:
            publish_results(round_.id, by=None, now=AFTER)
        assert [explain(contest.id, who.id).rank for who in people] == [3, 2, 1, 4]
        found = sorted(db.session.scalars(select(Standing.distance).where(
            Standing.board_id == contest.id, Standing.distance.is_not(None))))
        assert found == [WEEKS, WEEKS * 999_999_995 - 1, WEEKS * 999_999_995]
        assert counters.differences(contest.id) == []
        run = make_run(rounds[2].id, Changes({}, {db.session.scalar(select(Attempt.id).where(
            Attempt.round_id == rounds[2].id, Attempt.account_id == people[3].id)): "Thi hộ"}), "Thi hộ",
            by=people[0].id, now=AFTER)
        for _done in building.building(run.id, AFTER):
            db.session.flush()
        applying.apply_run(run.id, "", by=people[1].id, now=AFTER)
        assert [explain(contest.id, who.id).rank for who in people] == [3, 2, 1, 4]
        assert counters.differences(contest.id) == []


def test_keys_of_before_stand_among_those_that_are_too_long_for_them(app):
    """A board of an older server, with distances that still fitted: its keys are what they would be today."""
    with app.app_context():
        contest, bank, first, (unit,) = stage(closes_at=CLOSES)
        rounds, people = joking(contest, first, bank, unit, weeks=5)
        for round_ in rounds[:4]:
            publish_results(round_.id, by=None, now=AFTER)
        by = policy.read(contest.overall).chain
        old = dict(db.session.execute(select(Standing.entry_id, Standing.rank_key).where(
            Standing.board_id == contest.id)).all())
        assert {len(key) for key in old.values()} == {sum(key.digits for key in by)}
        publish_results(rounds[4].id, by=None, now=AFTER)
        assert {len(row["rank_key"]) for row in keeping.standings_of(contest.id, list(old)).values()} == {16, 28}
        assert [explain(contest.id, who.id).rank for who in people] == [3, 2, 1, 4]


def test_points_of_many_heavy_rounds_are_kept_and_ranked(app):
    """1,000 points a question and a weight of 1,000 %: more hundredths than a number of 32 bits holds."""
    with app.app_context():
        season = Season([[4, 4], [4, 3], [3, 3]], {"rounds": {"how": "sum", "weights": [1000, 1000, 1000]}})
        for round_ in season.rounds:
            publish_results(round_.id, by=None, now=AFTER)
        for row in db.session.query(Standing).filter(Standing.board_id.in_([one.id for one in season.rounds])):
            row.points, row.max_points = 1_000_000 * row.points, 1_000_000 * row.max_points
        db.session.flush()
        overall.renew(season.contest.id, AFTER)
        db.session.expire_all()
        assert sorted(row["points"] for row in season.rows().values()) == [10_000_000_000, 11_000_000_000]
        assert [season.rank_of(n) for n in (0, 1)] == [1, 2]
        assert counters.differences(season.contest.id) == []
