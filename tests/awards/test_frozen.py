"""A frozen list that somebody alters in the database is found, and no act of the house is taken for that."""

from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, insert, select, update

from contest import cli
from contest.audit.operations import record
from contest.awards import acts, frozen, queries
from contest.awards.frozen import Altered
from contest.awards.models import Award, AwardList, PassedOver
from contest.awards.operations import PlanFields, change_plan
from contest.columns import new_id
from contest.extensions import db
from contest.rounds.barring import bar
from contest.serving import worker_tick
from tests.awards.test_lists import HUE, NOON, SETTLED, Case

LATER = SETTLED + timedelta(days=1)


@pytest.fixture
def case(app):
    """A frozen list with somebody who was passed over, as the database gives it back."""
    with app.app_context():
        case = Case(PlanFields(HUE))
        bar(case.contest.id, [case.people[1].id], "Thành viên Tổ giúp việc", by=None, now=SETTLED)
        case.list_id = case.freeze(case.draw_up()).id
        db.session.commit()
        db.session.expire_all()
        yield case
        db.session.rollback()


def first(case):
    return Award.list_id == case.list_id, Award.position == 1


def slipped_in(case):
    row = db.session.scalars(select(Award).where(*first(case))).one()
    return {column.key: getattr(row, column.key) for column in Award.__table__.columns} | {
        "id": new_id(), "position": 99, "code": "AAAA-AAAA-AA"}


TAMPERING = {
    "a name": lambda case: update(Award).where(*first(case)).values(name="Người khác"),
    "a unit": lambda case: update(Award).where(*first(case)).values(unit_name="Sở khác"),
    "points": lambda case: update(Award).where(*first(case)).values(points=1),
    "a rank": lambda case: update(Award).where(*first(case)).values(rank=2),
    "a worth": lambda case: update(Award).where(*first(case)).values(worth="1 đồng"),
    "a reason": lambda case: update(Award).where(*first(case)).values(params={"rank": 1, "passed": 5}),
    "a certificate's code": lambda case: update(Award).where(*first(case)).values(code="AAAA-AAAA-AA"),
    "another holder": lambda case: update(Award).where(*first(case)).values(
        entry_id=select(Award.entry_id).where(Award.list_id == case.list_id, Award.position == 2).scalar_subquery()),
    "a prize gone": lambda case: delete(Award).where(*first(case)),
    "a prize slipped in": lambda case: insert(Award).values(slipped_in(case)),
    "who was passed over": lambda case: update(PassedOver).where(PassedOver.list_id == case.list_id).values(
        reason="declined"),
    "the decision": lambda case: update(AwardList).where(AwardList.id == case.list_id).values(decision="16/QĐ-SNV"),
    "the signer": lambda case: update(AwardList).where(AwardList.id == case.list_id).values(signer="Người khác"),
    "the prizes that nobody got": lambda case: update(AwardList).where(AwardList.id == case.list_id).values(
        unfilled=[{"prize": "Giải Nhất", "left": 1}]),
    "its state": lambda case: update(AwardList).where(AwardList.id == case.list_id).values(
        state="draft", frozen_at=None),
}


@pytest.mark.parametrize("what", TAMPERING)
def test_an_altered_list_is_found(case, what):
    assert frozen.altered() == []
    db.session.execute(TAMPERING[what](case).execution_options(synchronize_session=False))
    db.session.expire_all()
    assert frozen.altered() == [Altered(case.list_id, 1, case.round.title)]


def test_verify_names_it(app, case, monkeypatch):
    monkeypatch.setattr(cli, "make_app", lambda: app)
    title = case.round.title
    worker_tick()
    assert "danh sách giải lần" not in CliRunner().invoke(cli.main, ["verify"]).output.lower()
    db.session.execute(TAMPERING["a name"](case))
    db.session.commit()
    done = CliRunner().invoke(cli.main, ["verify"])
    assert done.exit_code == 1
    assert f"Danh sách giải lần 1 của “{title}” ({case.list_id}) không còn như lúc chốt." in done.output


def test_a_list_that_is_gone_is_found(case):
    for table in (Award, PassedOver):
        db.session.execute(delete(table).where(table.list_id == case.list_id))
    db.session.execute(delete(AwardList).where(AwardList.id == case.list_id))
    db.session.expire_all()
    assert frozen.altered() == [Altered(case.list_id, 1, case.round.title)]


def test_no_record_that_is_slipped_in_later_takes_the_place_of_the_first(case):
    db.session.execute(update(Award).where(*first(case)).values(name="Người khác"))
    db.session.expire_all()
    row = db.session.get(AwardList, case.list_id)
    record(frozen.ACTION, "contest", case.contest.id, by=None, now=LATER, round=case.round.id, list=1,
           list_id=case.list_id, digest=frozen.digest(row))
    assert [one.list_id for one in frozen.altered()] == [case.list_id]


def test_what_the_house_does_afterwards_alters_no_list(case):
    award = db.session.scalars(select(Award).where(*first(case))).one()
    acts.refuse_prize(award.prize_id, case.people[0].id, "Có đơn từ chối", by=None, now=LATER)
    case.people[0].name = "Tên mới"
    case.units[0].name = "Đơn vị mới"
    change_plan(case.plan, PlanFields(tuple(
        field.__class__(**{**vars(field), "id": prize.id, "name": f"{field.name} mới", "worth": "9 đồng"})
        for field, prize in zip(HUE, case.plan.prizes, strict=True))), by=None, now=NOON)
    case.draw_up()
    db.session.expire_all()
    assert frozen.altered() == []


def test_the_names_in_a_list_are_those_that_the_prizes_had_then(case):
    row, then = db.session.get(AwardList, case.list_id), queries.prize_names(case.plan)
    change_plan(case.plan, PlanFields(tuple(
        field.__class__(**{**vars(field), "id": prize.id, "name": f"{field.name} mới"})
        for field, prize in zip(HUE, case.plan.prizes, strict=True))), by=None, now=NOON)
    given = {one.prize_id for one in row.awards}
    assert given
    assert queries.names_in(row, case.plan) == {
        prize: name if prize in given else f"{name} mới" for prize, name in then.items()}


def test_lists_of_before_there_were_digests_are_not_looked_at(case):
    record(frozen.ACTION, "contest", case.contest.id, by=None, now=LATER, round=None, list=7, decision="1")
    assert frozen.altered() == []
