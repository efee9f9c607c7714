"""What a list names as decisive: against the next behind in the list that the prize was taken from."""

import pytest
from sqlalchemy import select

from contest.awards import operations as awards
from contest.awards import words
from contest.awards.operations import PlanFields, PrizeFields
from contest.delivery.models import Attempt
from contest.errors import Refusal
from contest.extensions import db
from contest.rounds.models import ContestUnit
from contest.standings.board_models import Standing
from contest.standings.operations import score_round
from tests.awards.test_lists import DECISION, SETTLED, Case

ALL = (PrizeFields("Giải Nhất", "individual", 8),)
GUESSED = {"scoring": {"chain": ["points", "distance", "finished_at"]}, "prediction": "participants"}


@pytest.fixture
def page(app):
    """Inside the application, as a page is."""
    with app.test_request_context():
        yield
        db.session.rollback()


def said(row):
    return [words.given(one) for one in row.awards]


def test_points_or_the_first_criterion_that_differs(page):
    assert said(Case(PlanFields(ALL)).draw_up())[:4] == [
        "Hạng 1: cùng 4 điểm, làm bài nhanh hơn (05:00 so với 06:00).",
        "Hạng 2: nhiều điểm hơn (4 so với 3).",
        "Hạng 3: cùng 3 điểm, làm bài nhanh hơn (07:00 so với 08:00).",
        "Hạng 4: nhiều điểm hơn (3 so với 2)."]


def test_nobody_behind_is_nothing_decided(page):
    assert said(Case(PlanFields(ALL)).draw_up())[-1] == "Hạng 8."


def test_the_last_one_with_a_prize_is_set_against_the_first_without(page):
    row = Case(PlanFields((PrizeFields("Giải Nhất", "individual", 2),))).draw_up()
    assert said(row)[-1] == "Hạng 2: nhiều điểm hơn (4 so với 3)."


def guessing(**guesses):
    """The case, its round ranked by guesses; the number of people is eight."""
    case = Case(PlanFields(ALL), publish=False, **GUESSED)
    for n, who in enumerate(case.people):
        row = db.session.scalars(select(Attempt).where(Attempt.account_id == who.id)).one()
        row.prediction = guesses.get(f"p{n}")
    db.session.flush()
    score_round(case.round.id, SETTLED, every=True)
    return case


def test_a_guess_that_was_nearer(page):
    case = guessing(p0=20, p1=43, p2=8)
    case.round.results_published_at = SETTLED
    assert said(case.draw_up())[:3] == [
        "Hạng 1: cùng 4 điểm, dự đoán gần hơn (lệch 12 so với 35).", "Hạng 2: nhiều điểm hơn (4 so với 3).",
        "Hạng 3: cùng 3 điểm, có dự đoán."]


def test_equal_ones_are_set_against_whoever_comes_after_them(page):
    case = Case(PlanFields(ALL), scoring={"chain": ["points"]})
    assert said(case.draw_up())[:3] == ["Hạng 1: nhiều điểm hơn (4 so với 3)."] * 2 + [
        "Hạng 3: nhiều điểm hơn (3 so với 2)."]


def test_the_next_is_one_of_the_same_list(page):
    """The bloc's own list: the second of all stands in another one."""
    case = Case(PlanFields((PrizeFields("Giải Nhất", "individual", 1, bloc="Khối xã"),)),
                units=("Sở Nội vụ", "Xã Mẫu"))
    assert said(case.draw_up()) == ["Hạng 1: nhiều điểm hơn (4 so với 3)."]


def test_who_moved_up_has_a_reason_too(page):
    case = Case(PlanFields(ALL[:1], need_phone=True))
    case.people[0].phone = None
    case.draw_up()
    row = Case.draw_up(case)
    assert said(row)[0] == "Hạng 2: nhiều điểm hơn (4 so với 3)."
    awards.change_plan(case.plan, PlanFields((PrizeFields("Giải Nhất", "individual", 1),), need_phone=True), by=None,
                       now=SETTLED)
    assert said(case.draw_up()) == [
        "Hạng 2, lên thay 1 trường hợp đứng trên không nhận hoặc không được xét. Nhiều điểm hơn (4 so với 3)."]


COLLECTIVE = (PrizeFields("Giải tập thể", "collective", 3),)


def test_units_by_their_sums_and_what_breaks_ties(page):
    case = Case(PlanFields(COLLECTIVE), units=("Sở A", "Sở B", "Sở C"))  # 3, 3 and 2 of 10 people
    assert said(case.draw_up()) == [
        "Hạng 1: cùng 30 điểm, chất lượng cao hơn (66,67 % so với 58,33 %).".replace(" %", "\u00a0%"),
        "Hạng 2: nhiều điểm hơn (30,00 so với 20,00).", "Hạng 3."]


def test_units_are_set_against_those_of_their_bloc(page):
    formula = {"weights": [{"component": "rate", "percent": 100}], "group": "bloc", "ties": ["average"]}
    case = Case(PlanFields(COLLECTIVE, formula=formula), units=("Sở A", "Xã B", "Sở C"))
    for row in db.session.scalars(select(ContestUnit)):
        assert row.bloc == ("Khối xã" if row.name == "Xã B" else "Khối sở")
    told = {one.name: words.given(one) for one in case.draw_up().awards}
    assert told["Sở A"] == "Hạng 1: nhiều điểm hơn (30,00 so với 20,00)."
    assert told["Xã B"] == "Hạng 1."


def test_a_draft_whose_decisive_figure_is_another_today_cant_be_frozen(page):
    case = Case(PlanFields(ALL))
    row = case.draw_up()
    assert not awards.moved_on(row)
    standing = db.session.scalars(select(Standing).where(Standing.points == 400).order_by(Standing.taken_ms)).first()
    standing.taken_ms -= 1_000  # still the first
    db.session.flush()
    assert awards.moved_on(row)
    with pytest.raises(Refusal, match="list_outdated"):
        case.freeze(row)


def test_a_list_of_before_says_what_it_said(page):
    case = Case(PlanFields(ALL))
    row = case.draw_up()
    for one in row.awards:
        one.params = {name: value for name, value in one.params.items() if name != "decided"}
    db.session.flush()
    assert said(row)[0] == "Hạng 1."
    assert not awards.moved_on(row)
    assert awards.freeze_list(row.id, DECISION, by=case.author.id, now=SETTLED).state == "frozen"
