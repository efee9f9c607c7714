"""Only complete papers are valid: who took part without one is counted, told why, and ranked nowhere."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from contest.extensions import db
from contest.rounds.models import ContestUnit
from contest.standings import applying, building, counters, figures, keeping, overall, queries, ranks, regrading
from contest.standings.board import board
from contest.standings.board_models import Board, Standing, UnitTally
from contest.standings.operations import SETTLE, publish_results, score_round
from contest.standings.parts import part_of
from contest.standings.regrading import Changes
from contest.standings.results import Lacking, attempt_result
from tests import factories
from tests.factories import NOON
from tests.standings.cast import sit, stage
from tests.standings.test_keeping import standing

CLOSED = NOON + timedelta(hours=2)
SETTLED = CLOSED + SETTLE + timedelta(minutes=1)
RULES = {"complete": True, "chain": ["points", "distance", "finished_at"]}


class QuangNinh:
    """Nine questions and a guess of how many take part. An answered all; Bình all but the guess; Chi first eight of the
    nine, then all, three of them rightly; Dung handed in a blank paper."""

    def __init__(self, **columns):
        self.contest, self.bank, self.round, (self.unit,) = stage(
            closes_at=CLOSED, questions=9, **{"scoring": RULES, "prediction": "participants", **columns})
        self.an, self.binh, self.chi, self.dung = (
            factories.account(name=name, unit=self.unit) for name in ("An", "Bình", "Chi", "Dung"))
        self.papers = [self.sit(self.an, 8, 1, guess=4), self.sit(self.binh, 9, 0), self.sit(self.chi, 8, 0, guess=3),
                       self.sit(self.chi, 3, 6, guess=3, number=2), self.sit(self.dung, 0, 0)]
        score_round(self.round.id, SETTLED)

    def sit(self, who, right, wrong, *, guess=None, number=1):
        paper = sit(self.round, self.bank, who, unit=self.unit, right=right, wrong=wrong, items=9, number=number)
        paper.prediction = guess
        db.session.flush()
        return paper

    def tally(self, board_id=None):
        return db.session.scalars(select(UnitTally).where(
            UnitTally.board_id == (board_id or self.round.id)).execution_options(populate_existing=True)).one()


def test_quảng_ninh_2023_only_papers_with_every_answer_are_valid(app):
    with app.app_context():
        case = QuangNinh()
        an, binh, chi = (standing(one, case.round) for one in (case.an, case.binh, case.chi))
        assert [one.ranked for one in (an, binh, chi)] == [True, False, True]
        assert (binh.attempts, binh.points, binh.papers) == (1, 0, [])
        assert (chi.attempt_id, chi.points, chi.papers) == (case.papers[3].id, 300, [[3, 9, 1]])
        assert ranks.people(case.round.id) == 2
        row = case.tally()
        assert (row.people, row.invalid, row.attempts, row.blank) == (3, 1, 4, 1)
        assert (row.perfect, row.points) == (0, 1_100)  # Bình's nine right answers are no right paper
        assert counters.differences(case.round.id) == []


def test_the_board_of_a_unit_counts_who_is_ranked_there(app):
    with app.app_context():
        case = QuangNinh()
        unit_id = db.session.scalars(select(ContestUnit.id).where(ContestUnit.unit_id == case.unit.id)).one()
        page = board(case.round.id, masked=False, part=part_of(case.contest.id, unit_id=unit_id))
        assert (page.total, [row.name for row in page.rows]) == (2, ["An", "Chi"])


def test_who_took_part_counts_as_a_participant_and_not_in_an_average(app):
    with app.app_context():
        case = QuangNinh()
        assert db.session.get(Board, case.round.id).actual == 3  # the guess is of everybody who took part
        side = figures.sides(case.round.id)["all"]
        assert (side.people, side.valid_people, side.average) == (3, 2, 550)
        assert (side.attempts, side.valid_papers) == (4, 2)
        assert sum(side.people_bands.values()) == 2
        line = figures.participation(case.round).lines[0]
        assert (line.tally.people, line.tally.headcount, line.average) == (3, 10, 550)


def test_the_person_is_told_what_is_missing(app):
    with app.app_context():
        case = QuangNinh(result_shown="score")
        told = [attempt_result(paper.id, who.id, SETTLED).lacking for paper, who in zip(
            case.papers, (case.an, case.binh, case.chi, case.chi, case.dung), strict=True)]
        assert told == [None, Lacking(0, True), Lacking(1, False), None, Lacking(9, True)]
        assert [one.valid for one in queries.own_attempts(case.chi.id, SETTLED)] == [True, False]


def test_without_the_rule_the_same_papers_are_valid(app):
    with app.app_context():
        case = QuangNinh(scoring={"chain": RULES["chain"]})
        assert ranks.people(case.round.id) == 3
        assert (case.tally().people, case.tally().invalid, case.tally().perfect) == (3, 0, 1)
        assert attempt_result(case.papers[1].id, case.binh.id, SETTLED).lacking is None


def test_a_round_that_asks_for_no_guess_wants_none(app):
    with app.app_context():
        case = QuangNinh(prediction="none", scoring={"complete": True})
        assert standing(case.binh, case.round).ranked
        assert counts_for(case, case.chi) == case.papers[3].id


def counts_for(case, who):
    return standing(who, case.round).attempt_id


def everybody(case):
    return sorted(building.everybody(case.round.id))


def applied(case, rules=None, *, undo=None):
    """A run with these rules, or that takes one back, once it holds."""
    author, second = factories.account(), factories.account()
    if undo is None:
        run = regrading.make_run(case.round.id, Changes({}, {}, rules), "Theo thể lệ", by=author.id, now=SETTLED)
    else:
        run = applying.undo_run(undo.id, "Nhầm", by=author.id, now=SETTLED)
    list((applying.building_back if undo else building.building)(run.id, SETTLED))
    return applying.apply_run(run.id, "", by=second.id, now=SETTLED)


@pytest.mark.parametrize("counted", ["best", "first", "last", "mean", "most_correct"])
def test_an_invalid_paper_never_counts_before_a_valid_one(app, counted):
    with app.app_context():
        case = QuangNinh(scoring={**RULES, "counted": counted})
        assert counts_for(case, case.chi) == case.papers[3].id


def test_a_run_lets_the_rule_hold_and_takes_it_back(app):
    """What was valid by the rules of the opening is ranked by a run only; the counters say what a recount says."""
    with app.app_context():
        case = QuangNinh(scoring={"chain": RULES["chain"]})
        before = keeping.standings_of(case.round.id, everybody(case))
        run = applied(case, RULES)
        assert run.summary["people"]["out"] == 1
        assert not standing(case.binh, case.round).ranked
        assert (case.tally().people, case.tally().invalid) == (3, 1)
        assert counters.differences(case.round.id) == []
        back = applied(case, undo=run)
        assert back.undoes_id == run.id
        assert keeping.standings_of(case.round.id, everybody(case)) == before
        assert counters.differences(case.round.id) == []


def test_on_the_contests_board_too(app):
    with app.app_context():
        case = QuangNinh()
        case.contest.overall = {}
        publish_results(case.round.id, by=None, now=SETTLED)
        rows = {row.entry_id: row for row in db.session.scalars(select(Standing).where(
            Standing.board_id == case.contest.id))}
        assert sorted(row.ranked for row in rows.values()) == [False, False, True, True]
        assert (case.tally(case.contest.id).people, case.tally(case.contest.id).invalid) == (3, 1)
        assert counters.differences(case.contest.id) == []
        overall.renew(case.contest.id, SETTLED)
        assert counters.differences(case.contest.id) == []


def test_the_figures_give_one_share_of_right_papers(app, client, hands):
    hands.set(SETTLED)
    with app.app_context():
        case = QuangNinh()
        case.sit(factories.account(name="Giang", unit=case.unit), 9, 0, guess=3)
        score_round(case.round.id, SETTLED)
        round_id, reader = case.round.id, factories.account(roles=("organiser",))
        db.session.commit()
        db.session.refresh(reader)
        db.session.expunge(reader)
    factories.signed_in(client, reader)
    page = client.get(f"/thong-ke/{round_id}").text
    assert "33,33\N{NO-BREAK SPACE}% số bài hợp lệ" in page
    assert "% số lượt thi" not in page
