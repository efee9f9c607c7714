"""Organisers who name for a prize, change its plan and its parts at once."""

import threading

from sqlalchemy import func, select

from contest.awards import naming, operations, parts
from contest.awards.models import Nominee, PrizePlan
from contest.awards.operations import PlanFields, PrizeFields
from contest.awards.part_models import ContestPart
from contest.errors import Refusal
from contest.extensions import db
from tests import factories
from tests.awards.test_lists import Case
from tests.delivery.crowd import at_once
from tests.factories import NOON

BEHIND_S = 0.5  # that one waits for another who, where all is well, waits for it
CLIP = PrizeFields("Tuyên truyền", "individual", 2, measure="named")
ASKED = {"weights": [{"component": "rate", "percent": 100}], "group": "overall", "entered": ["Sáng kiến"]}


def test_the_last_places_are_given_once(app):
    with app.app_context():
        case = Case(PlanFields((CLIP,)), publish=False)
        prize, people = case.plan.prizes[0].id, [one.id for one in case.people]
        db.session.commit()
    got = at_once(app, lambda n: naming.name(prize, [people[n]], "Lan tỏa", by=None, now=NOON), people=8)
    assert sorted(got, key=str) == [1, 1, *["too_many_named"] * 6]
    with app.app_context():
        assert db.session.scalars(select(Nominee.position).order_by(Nominee.position)).all() == [1, 2]


def test_a_prize_keeps_as_many_places_as_are_named(app):
    with app.app_context():
        case = Case(PlanFields((CLIP,)), publish=False)
        prize, people = case.plan.prizes[0].id, [one.id for one in case.people]
        contest, round_ = case.contest.id, case.round.id
        db.session.commit()

    def act(n):
        if n % 2:
            return naming.name(prize, [people[n]], "Lan tỏa", by=None, now=NOON)
        fields = PlanFields((PrizeFields(**vars(CLIP) | {"count": 1, "id": prize}),))
        return operations.change_plan(operations.plan_for(contest, round_, NOON), fields, by=None, now=NOON)

    at_once(app, act, people=8)
    with app.app_context():
        count = db.session.scalars(select(PrizePlan)).one().prizes[0].count
        assert (db.session.scalar(select(func.count()).select_from(Nominee)) or 0) <= count


def test_a_part_does_not_go_while_a_plan_begins_to_ask_for_it(app, monkeypatch):
    with app.app_context():
        contest = factories.contest().id
        part = parts.add_part(contest, "Sáng kiến", by=None, now=NOON).id
        db.session.commit()
    checked, asked = threading.Event(), threading.Event()
    set_prizes, needed_parts = operations._set_prizes, parts.needed_parts

    def set_behind(*args):
        checked.set()
        asked.wait(BEHIND_S)
        return set_prizes(*args)

    def needed(contest_id):
        found = needed_parts(contest_id)
        asked.set()
        return found

    monkeypatch.setattr(operations, "_set_prizes", set_behind)
    monkeypatch.setattr(parts, "needed_parts", needed)

    def act(n):
        if n == 0:
            return operations.change_plan(operations.plan_for(contest, None, NOON), PlanFields((), formula=ASKED),
                                          by=None, now=NOON)
        checked.wait(10)
        try:
            return parts.remove_part(part, by=None, now=NOON)
        except Refusal as refusal:
            return refusal.code

    assert at_once(app, act, people=2) == [None, "part_needed"]
    with app.app_context():
        assert db.session.scalars(select(ContestPart.name)).all() == ["Sáng kiến"]
