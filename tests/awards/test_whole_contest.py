"""Prizes of a contest as a whole: from the board over its rounds, beside those of each round."""

import re

import pytest
from sqlalchemy import select, update

from contest.awards import operations as awards
from contest.awards.models import AwardList
from contest.awards.operations import PlanFields, PrizeFields
from contest.errors import Refusal
from contest.extensions import db
from contest.rounds.models import Contest, Round
from contest.standings.operations import publish_results
from tests import factories
from tests.awards.stage import text
from tests.awards.test_lists import DECISION, given
from tests.factories import NOON, account, signed_in
from tests.standings.test_overall import AFTER, Season
from tests.statements import counted

BOTH = PlanFields((PrizeFields("Giải Nhất chung cuộc", "individual", 1),
                   PrizeFields("Giải tập thể", "collective", 1)))


def test_prizes_come_from_the_board_over_all_rounds(app, hands):
    hands.set(AFTER)
    with app.app_context():
        season = Season([[4, 3], [1, 4], [0, 1]])  # 5 and 8 right answers over all
        season.publish(0, 1)
        organiser = account("totchuc", roles=("organiser",))
        code, contest = season.contest.code, season.contest.id
        for round_ in season.rounds:
            round_.mask_names = False
        people = [one.name for one in season.people]
        plan = awards.plan_for(contest, season.rounds[0].id, NOON)
        awards.change_plan(plan, PlanFields((PrizeFields("Nhất tuần", "individual", 1),)), by=None, now=NOON)
        awards.freeze_list(awards.make_list(plan, by=None, now=AFTER).id, DECISION, by=organiser.id, now=AFTER)
        whole = awards.plan_for(contest, None, NOON)
        awards.change_plan(whole, BOTH, by=None, now=NOON)
        db.session.commit()
        db.session.refresh(organiser)
        db.session.expunge(organiser)
        last = season.rounds[2].title
    client = signed_in(app.test_client(), organiser)
    base = f"/to-chuc/cuoc-thi/{contest}/giai-thuong"
    assert f"Còn đợt chưa công bố kết quả: {last}." in text(client.get(base))
    with app.app_context():
        for id_ in db.session.scalars(select(Round.id).where(Round.results_published_at.is_(None))).all():
            publish_results(id_, by=None, now=AFTER)
        db.session.commit()
    assert "Lập danh sách trao giải" in text(client.get(base))
    token = client.get("/api/v1/session").get_json()["csrf_token"]
    where = client.post(base + "/lap-danh-sach", data={"csrf_token": token}).location
    with app.app_context():
        row = db.session.scalars(select(AwardList).where(AwardList.id == where.rsplit("/", 1)[1])).one()
        assert [(prize, rank) for prize, _name, rank in given(row)] == [
            ("Giải Nhất chung cuộc", 1), ("Giải tập thể", 1)]
        assert row.awards[0].points == 800
        assert row.awards[0].name == people[1]
        awards.freeze_list(row.id, DECISION, by=None, now=AFTER)
        db.session.commit()
    page = text(app.test_client().get(f"/cuoc-thi/{code}/giai-thuong"))
    assert "Giải chung của cuộc thi" in page
    assert "Giải Nhất chung cuộc" in page
    assert "Nhất tuần" not in page  # on the round's own tab
    assert "2/10 = 20,00 %" in text(client.get(base + "/tap-the"))


class Whole:
    """A season with official results and a draft of its prizes; an organiser signed in."""

    def __init__(self, app, hands):
        self.app = app
        hands.set(AFTER)
        with app.app_context():
            season = Season([[4, 3], [1, 4], [0, 1]])
            season.publish(0, 1, 2)
            organiser = account("totchuc", roles=("organiser",))
            self.contest, self.first = season.contest.id, season.rounds[0].id
            plan = awards.plan_for(self.contest, None, NOON)
            awards.change_plan(plan, BOTH, by=None, now=NOON)
            self.list = awards.make_list(plan, by=None, now=AFTER).id
            db.session.commit()
            db.session.refresh(organiser)
            db.session.expunge(organiser)
        self.client, self.where = signed_in(app.test_client(), organiser), f"/to-chuc/giai-thuong/{self.list}"

    def add_round(self):
        """A fourth round, whose results nobody has yet."""
        with self.app.app_context():
            contest = db.session.get_one(Contest, self.contest)
            factories.round_(contest, factories.bank(4)).title = "Tuần bốn"
            db.session.commit()

    def freeze(self):
        token = self.client.get("/api/v1/session").get_json()["csrf_token"]
        return self.client.post(self.where + "/chot", data={
            "csrf_token": token, "decision": "15/QĐ-SNV", "decided_on": "2026-12-01", "signer": "Nguyễn Văn Mẫu"})

    def state(self):
        with self.app.app_context():
            return db.session.get_one(AwardList, self.list).state


def test_a_list_is_frozen_only_once_every_round_is_official(app, hands):
    whole = Whole(app, hands)
    assert "Chốt theo quyết định" in text(whole.client.get(whole.where))
    whole.add_round()
    with app.app_context(), pytest.raises(Refusal) as told:
        awards.freeze_list(whole.list, DECISION, by=None, now=AFTER)
    assert told.value.code == "rounds_not_official"
    page = text(whole.client.get(whole.where))
    assert "Chưa chốt được danh sách này Còn đợt chưa công bố kết quả: Tuần bốn . Công bố kết quả rồi chốt" in page
    assert "Chốt theo quyết định" not in page
    form = whole.client.get(whole.where + "/chot")
    assert "Còn đợt chưa công bố kết quả: Tuần bốn ." in text(form)
    assert 'name="decision"' not in form.get_data(as_text=True)
    assert whole.freeze().status_code == 422
    assert whole.state() == "draft"


def test_a_frozen_list_tells_of_a_round_that_came_later(app, hands):
    whole = Whole(app, hands)
    assert whole.freeze().status_code == 303
    assert "Còn đợt chưa công bố kết quả" not in text(whole.client.get(whole.where))
    whole.add_round()
    page = text(whole.client.get(whole.where))
    assert "Còn đợt chưa công bố kết quả: Tuần bốn . Danh sách đã chốt không tự đổi" in page
    assert "Chưa chốt được" not in page


def test_nothing_the_list_goes_by_changes_while_it_is_frozen(app, hands, monkeypatch):
    """Who holds the contest changes its board or the plan: nobody else can, from before the results are read on."""
    whole, free, outcome = Whole(app, hands), [], awards.outcome_of

    def meanwhile(plan):
        if db.engine.dialect.name == "postgresql":  # SQLite has one writer at a time, whatever is held
            with db.engine.connect() as other:
                free.append(other.scalar(select(Contest.id).where(Contest.id == whole.contest).with_for_update(
                    key_share=True, skip_locked=True)))
        return outcome(plan)

    with app.app_context():
        monkeypatch.setattr(awards, "outcome_of", meanwhile)
        awards.freeze_list(whole.list, DECISION, by=None, now=AFTER)
    assert set(free) <= {None}


@pytest.mark.parametrize("of_round", [True, False])
def test_rows_are_held_in_the_order_of_the_house(app, hands, of_round):
    """The round, the contest, the list: who changes a plan holds the contest when it comes to the list."""
    whole = Whole(app, hands)
    with app.app_context():
        list_id = whole.list
        if of_round:
            plan = awards.plan_for(whole.contest, whole.first, NOON)
            awards.change_plan(plan, BOTH, by=None, now=NOON)
            list_id = awards.make_list(plan, by=None, now=AFTER).id
            db.session.commit()
    with app.app_context():
        db.session.get_one(AwardList, list_id)  # as the page has read it before
        with counted(app) as statements:
            awards.freeze_list(list_id, DECISION, by=None, now=AFTER)
    asked = [re.search(r"FROM (\w+)", one)[1] for one in statements if one.startswith("SELECT")]
    held = ["round", "contest", "award_list"] if of_round else ["contest", "award_list"]
    assert [one for one in asked[1:] if one in held][:len(held)] == held


def test_what_was_frozen_meanwhile_is_not_frozen_again(app, hands):
    whole = Whole(app, hands)
    with app.app_context():
        seen = db.session.get_one(AwardList, whole.list)
        db.session.execute(update(AwardList).where(AwardList.id == whole.list).values(
            state="frozen", frozen_at=AFTER, decision="14/QĐ-SNV", decided_on=DECISION.on, signer="Người Khác")
                           .execution_options(synchronize_session=False))
        assert seen.state == "draft"  # as the page has read it before
        with pytest.raises(Refusal) as told:
            awards.freeze_list(whole.list, DECISION, by=None, now=AFTER)
        assert told.value.code == "list_frozen"
