"""Prizes of a contest as a whole: from the board over its rounds, beside those of each round."""

from sqlalchemy import select

from contest.awards import operations as awards
from contest.awards.models import AwardList
from contest.awards.operations import PlanFields, PrizeFields
from contest.extensions import db
from contest.rounds.models import Round
from contest.standings.operations import publish_results
from tests.awards.stage import text
from tests.awards.test_lists import DECISION, given
from tests.factories import NOON, account, signed_in
from tests.standings.test_overall import AFTER, Season

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
