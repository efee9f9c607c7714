"""A round that ranks by the points of the round before: who stands by old ones is told, and a run takes the new up."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from contest.errors import Refusal
from contest.extensions import db
from contest.rounds.models import Entry
from contest.standings import applying, building, counters, earlier, ranks, regrading
from contest.standings.board_models import Standing
from contest.standings.keys import Correction
from contest.standings.operations import SETTLE, publish_results, score_round
from contest.standings.regrading import Changes
from contest.standings.run_models import GradingRun
from tests import factories
from tests.awards.stage import text
from tests.factories import NOON, signed_in
from tests.standings.cast import sit, stage, versions

CLOSED = NOON + timedelta(hours=2)
SETTLED = CLOSED + SETTLE + timedelta(minutes=1)
LATER = SETTLED + timedelta(hours=1)
BY_EARLIER = {"chain": ["points", "earlier"]}


class Weeks:
    """Two weeks. An had 3 right in the first, Bình 2, Chi sat the second only; in the second all have 2."""

    def __init__(self, chain=BY_EARLIER, *, official=True):
        self.contest, self.bank, self.first, (unit,) = stage(closes_at=CLOSED)
        self.second = factories.round_(self.contest, self.bank, opens_at=NOON + timedelta(minutes=1), closes_at=CLOSED)
        self.second.title, self.second.scoring = "Tuần 2", dict(chain)
        self.people = [factories.account(name=name, unit=unit) for name in ("An", "Bình", "Chi")]
        self.author, self.other = (factories.account(login, roles=("organiser",)) for login in ("lap", "duyet"))
        for who, right in zip(self.people, (3, 2, None), strict=True):
            if right is not None:
                sit(self.first, self.bank, who, unit=unit, right=right)
            sit(self.second, self.bank, who, unit=unit, right=2)
        for round_ in (self.first, self.second):
            score_round(round_.id, SETTLED)
            if official:
                publish_results(round_.id, by=None, now=SETTLED)

    def hold(self, round_, changes):
        """A run that holds at once."""
        run = regrading.make_run(round_.id, changes, "Đáp án sai", by=self.author.id, now=LATER)
        list(building.building(run.id, LATER))
        return applying.apply_run(run.id, "", by=self.other.id, now=LATER)

    def wrong_key(self):
        """The third question of the first week counts for nobody: An and Bình are equal in it."""
        return self.hold(self.first, Changes({versions(self.bank)[2].id: Correction("out")}, {}))

    def ranks(self):
        db.session.expire_all()
        keys = {row[0]: row[1] for row in db.session.execute(
            select(Entry.account_id, Standing.rank_key).join(Standing, Standing.entry_id == Entry.id)
            .where(Standing.board_id == self.second.id))}
        return [ranks.ahead(self.second.id, keys[who.id]) + 1 for who in self.people]


def test_nothing_is_told_while_the_points_are_those_of_today(app):
    with app.app_context():
        weeks = Weeks()
        assert weeks.ranks() == [1, 2, 3]
        assert earlier.outdated(weeks.second) is None
        assert earlier.outdated_after(weeks.first) == []


def test_a_run_of_the_week_before_is_told_and_changes_no_rank_by_itself(app):
    with app.app_context():
        weeks = Weeks()
        weeks.wrong_key()
        found = earlier.outdated(weeks.second)
        assert (found.before.id, found.people) == (weeks.first.id, 1)
        assert earlier.outdated_after(weeks.first) == [found]
        assert earlier.outdated(weeks.first) is None
        assert weeks.ranks() == [1, 2, 3]
        weeks.hold(weeks.second, Changes({}, {}, earlier=True))
        assert weeks.ranks() == [1, 1, 3]
        assert earlier.outdated(weeks.second) is None
        assert counters.differences(weeks.second.id) == []


def test_undoing_the_run_is_told_again(app):
    with app.app_context():
        weeks = Weeks()
        run = weeks.wrong_key()
        weeks.hold(weeks.second, Changes({}, {}, earlier=True))
        back = applying.undo_run(run.id, "Nhầm", by=weeks.author.id, now=LATER)
        list(applying.building_back(back.id, LATER))
        applying.apply_run(back.id, "", by=weeks.other.id, now=LATER)
        assert earlier.outdated(weeks.second).people == 1


def test_a_round_that_asks_nothing_of_the_week_before_is_left_alone(app):
    with app.app_context():
        weeks = Weeks({"chain": ["points"]})
        weeks.wrong_key()
        assert earlier.outdated(weeks.second) is None


def test_publishing_takes_the_new_points_up(app):
    with app.app_context():
        weeks = Weeks(official=False)
        weeks.wrong_key()
        publish_results(weeks.second.id, by=None, now=LATER)
        assert earlier.outdated(weeks.second) is None
        assert weeks.ranks() == [1, 1, 3]


def test_there_is_no_run_where_nothing_is_old(app):
    with app.app_context():
        weeks = Weeks()
        with pytest.raises(Refusal) as told:
            regrading.make_run(weeks.second.id, Changes({}, {}, earlier=True), "Vì", by=weeks.author.id, now=LATER)
        assert told.value.code == "nothing_changed"


def test_pages_tell_it_and_offer_the_run(app, hands):
    hands.set(LATER)
    with app.app_context():
        weeks = Weeks()
        made = weeks.wrong_key()
        first, second, number = weeks.first.id, weeks.second.id, made.number
        db.session.commit()
        who = db.session.get_one(factories.Account, weeks.author.id)
        db.session.expunge(who)
    client = signed_in(app.test_client(), who)
    said = "Tuần 2 xét điểm đợt trước khi bằng nhau; 1 người còn xếp theo điểm cũ."
    for page in (f"/to-chuc/dot-thi/{second}", f"/to-chuc/dot-thi/{second}/cham-lai",
                 f"/to-chuc/dot-thi/{first}/cham-lai/{number}"):
        assert said in text(client.get(page))
    assert said not in text(client.get(f"/to-chuc/dot-thi/{first}"))
    token = client.get("/api/v1/session").get_json()["csrf_token"]
    answer = client.post(f"/to-chuc/dot-thi/{second}/cham-lai/diem-dot-truoc", data={"csrf_token": token})
    assert (answer.status_code, answer.location) == (303, f"/to-chuc/dot-thi/{second}/cham-lai/1")
    with app.app_context():
        run = db.session.scalars(select(GradingRun).where(GradingRun.round_id == second)).one()
        assert (run.state, run.reason) == ("building", "Xếp hạng theo điểm mới của Tuần 1.")
    assert said not in text(client.get(f"/to-chuc/dot-thi/{second}/cham-lai"))  # one waits already
