"""A round that ranks by the points of the round before: who stands by old ones is told, and a run takes the new up."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from contest.errors import Refusal
from contest.extensions import db
from contest.identity.models import Account
from contest.rounds.models import Entry
from contest.scoring import policy
from contest.standings import applying, building, counters, earlier, keeping, ranks, regrading
from contest.standings.board_models import Standing
from contest.standings.keys import Correction
from contest.standings.operations import SETTLE, publish_results, score_round
from contest.standings.regrading import Changes
from contest.standings.run_models import GradingRun
from tests import factories
from tests.awards.stage import text
from tests.factories import NOON, signed_in
from tests.standings.cast import sit, stage, versions
from tests.statements import counted

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
        assert ([one.id for one in found.before], found.people) == ([weeks.first.id], 1)
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


class Split:
    """Weeks held as several rounds for different people. `sat`: round → person → right answers; `at`: hours."""

    def __init__(self):
        self.contest, self.bank, _round, self.units = stage(units=("Sở Nội vụ", "Xã An Bình"), closes_at=CLOSED,
                                                            kind="practice")
        self.team = factories.unit("Phòng Một cửa", parent=self.units[0])
        self.people = {name: factories.account(name=name, unit=unit, audience=audience) for name, unit, audience in (
            ("An", self.units[0], "official"), ("Bình", self.units[1], "official"), ("Chi", self.units[0], "citizen"),
            ("Dung", self.units[1], "citizen"), ("Em", self.team, "official"))}
        self.closes = NOON + timedelta(hours=100)

    def week(self, hours, right, **columns):
        """A round that opens so many hours from noon; `right`: person → right answers."""
        round_ = factories.round_(self.contest, self.bank, opens_at=NOON + timedelta(hours=hours),
                                  closes_at=self.closes, **{"scoring": BY_EARLIER, **columns})
        round_.title = f"Tuần {hours}, {columns.get('audience', 'all')}"
        for name, number in right.items():
            counted = self.units[1] if name in ("Bình", "Dung") else self.units[0]
            attempt = sit(round_, self.bank, self.people[name], unit=counted, right=number, wrong=1)
            attempt.entry.unit_id = self.people[name].unit_id
        db.session.flush()
        score_round(round_.id, self.closes + timedelta(minutes=5))
        return round_

    def earlier_of(self, round_):
        db.session.expire_all()
        found = dict(db.session.execute(select(Account.name, Standing.earlier).join(
            Entry, Entry.account_id == Account.id).join(Standing, Standing.entry_id == Entry.id).where(
                Standing.board_id == round_.id)).all())
        assert earlier.overtaken(round_, policy.read(BY_EARLIER)) == set()
        return found


def test_citizens_are_measured_by_their_own_week_and_officials_by_theirs(app):
    """As `copying.series_of` makes them: a pair a week, opening together, in either order of their ids."""
    with app.app_context():
        split = Split()
        for week in (1, 25):
            split.week(week, {"An": 1 + week // 25, "Bình": 3}, audience="official")
            split.week(week, {"Chi": 2, "Dung": 1 + week // 25}, audience="citizen")
        officials = split.week(49, {"An": 2, "Bình": 2}, audience="official")
        citizens = split.week(49, {"Chi": 2, "Dung": 2}, audience="citizen")
        assert split.earlier_of(officials) == {"An": 200, "Bình": 300}
        assert split.earlier_of(citizens) == {"Chi": 200, "Dung": 200}
        for round_ in (officials, citizens):
            (found,) = earlier.rounds_before(round_, policy.read(BY_EARLIER))
            assert (found.audience, found.opens_at) == (round_.audience, NOON + timedelta(hours=25))


def test_after_a_split_week_everybody_is_measured_by_the_round_of_theirs(app):
    with app.app_context():
        split = Split()
        split.week(1, {"An": 4, "Chi": 4})
        split.week(25, {"An": 1}, audience="official")
        split.week(26, {"Dung": 3}, audience="citizen")  # the week of others, an hour later
        common = split.week(49, {"An": 2, "Bình": 2, "Chi": 2, "Dung": 2})
        # who did not sit last week's round of theirs has no points of it, and not those of the week before
        assert split.earlier_of(common) == {"An": 100, "Bình": None, "Chi": None, "Dung": 300}
        assert len(earlier.rounds_before(common, policy.read(BY_EARLIER))) == 2
        later = split.week(73, {"Chi": 2, "Dung": 1}, audience="citizen")
        assert split.earlier_of(later) == {"Chi": 200, "Dung": 200}
        assert earlier.rounds_before(later, policy.read(BY_EARLIER)) == [common]


def test_units_and_blocs_that_had_a_round_of_their_own_are_measured_by_it(app):
    with app.app_context():
        split = Split()
        split.week(1, dict.fromkeys(split.people, 4))
        split.week(25, {"An": 1, "Em": 3}, open_units=[split.units[0].id])  # with all below it
        split.week(26, {"Bình": 2}, open_blocs=["Khối xã"])
        split.week(27, {"Dung": 1}, audience="citizen", open_units=[split.units[1].id])
        common = split.week(49, dict.fromkeys(split.people, 2))
        assert split.earlier_of(common) == {"An": 100, "Em": 300, "Bình": 200, "Chi": None, "Dung": 100}
        blocs = split.week(50, {"Bình": 1}, open_blocs=["Khối xã"])
        assert earlier.rounds_before(blocs, policy.read(BY_EARLIER)) == [common]
        again = split.week(51, {"Bình": 1, "Dung": 1}, open_blocs=["Khối xã"])
        assert earlier.rounds_before(again, policy.read(BY_EARLIER)) == [blocs]
        assert split.earlier_of(again) == {"Bình": 100, "Dung": None}


def test_practice_and_what_was_called_off_measure_nobody(app):
    with app.app_context():
        split = Split()
        split.week(1, {"An": 3})
        split.week(25, {"An": 1}, kind="practice")
        split.week(26, {"An": 1}).state = "cancelled"
        assert split.earlier_of(split.week(49, {"An": 2})) == {"An": 300}


def test_who_moved_since_is_measured_by_the_round_they_sat(app):
    with app.app_context():
        split = Split()
        split.week(1, {"An": 3}, open_units=[split.units[0].id])
        entry = db.session.scalars(select(Entry).where(Entry.account_id == split.people["An"].id)).one()
        common = split.week(25, {"An": 2, "Bình": 2})
        entry.unit_id = split.units[1].id
        db.session.flush()
        keeping.keep_all(common, split.closes)
        assert split.earlier_of(common) == {"An": 300, "Bình": None}


def test_each_split_round_that_changed_is_told_and_the_run_takes_all_of_it_up(app):
    with app.app_context():
        split = Split()
        officials = split.week(1, {"An": 3, "Bình": 2}, audience="official")
        citizens = split.week(1, {"Chi": 3, "Dung": 2}, audience="citizen")
        common = split.week(25, {"An": 2, "Bình": 2, "Chi": 2, "Dung": 2})
        author, other = factories.account(), factories.account()
        now = split.closes + timedelta(hours=1)
        assert earlier.outdated(common) is None
        held = []
        for round_, told in ((citizens, [citizens]), (officials, [officials, citizens])):
            run = regrading.make_run(round_.id, Changes({versions(split.bank)[2].id: Correction("out")}, {}),
                                     "Đáp án sai", by=author.id, now=now)
            list(building.building(run.id, now))
            applying.apply_run(run.id, "", by=other.id, now=now)
            found = earlier.outdated(common)
            assert ({one.id for one in found.before}, found.people) == ({one.id for one in told}, len(told))
            held.append(found.titles)
            assert [one.round for one in earlier.outdated_after(round_)] == [common]
            assert [one.round for one in earlier.outdated_after(officials)] == [common] * (officials in found.before)
        assert held[0] == "Tuần 1, citizen"
        assert sorted(held[1].split("; ")) == ["Tuần 1, citizen", "Tuần 1, official"]
        assert earlier.outdated_after(common) == []
        run = regrading.make_run(common.id, Changes({}, {}, earlier=True), "Theo điểm mới", by=author.id, now=now)
        list(building.building(run.id, now))
        applying.apply_run(run.id, "", by=other.id, now=now)
        assert earlier.outdated(common) is None
        assert split.earlier_of(common) == {"An": 200, "Bình": 200, "Chi": 200, "Dung": 200}
        assert counters.differences(common.id) == []


def test_who_stands_by_the_points_of_a_round_of_others_is_told(app):
    """As an older server kept them: citizens by the officials' week, where nobody of them has points."""
    with app.app_context():
        split = Split()
        split.week(1, {"An": 3}, audience="official")
        alone = split.week(25, {"Chi": 2}, audience="citizen")
        assert split.earlier_of(alone) == {"Chi": None}
        db.session.query(Standing).filter_by(board_id=alone.id).update({"earlier": 300})
        found = earlier.outdated(alone)
        assert (found.before, found.titles, found.people) == ((), "", 1)
        assert len(earlier.overtaken(alone, policy.read(BY_EARLIER))) == 1


def test_as_many_statements_for_a_split_week_as_for_one_of_everybody(app):
    with app.app_context():
        split = Split()
        split.week(1, {"An": 1}, audience="official")
        split.week(2, {"Chi": 1}, audience="citizen")
        common, entries = split.week(25, {"An": 2, "Chi": 2}), [row.id for row in db.session.query(Entry)]
        plain = split.week(49, {"An": 2, "Chi": 2})
        db.session.commit()
        counts = []
        for round_ in (common, plain):
            db.session.refresh(round_)
            with counted(app) as seen:
                assert len(earlier.points(round_, policy.read(BY_EARLIER), entries)) == 2
            counts.append(len(seen))
        assert counts == [2, 2]
