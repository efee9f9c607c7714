"""Other rules for a contest's board that several let hold at once, while others drop them, publish and bar people.

The defence has a control without it, which must break.
"""

from contest.extensions import db
from contest.rounds.barring import bar
from contest.scoring import policy
from contest.standings import counters, keeping, overall, overall_runs, publications
from contest.standings.board_models import Board
from contest.standings.overall_models import OverallRun
from tests.delivery.crowd import Gate, at_once
from tests.factories import account
from tests.standings.test_overall_runs import LATER, Office


class Race:
    """An office with a preview that waits, four who may decide it, and what it would come to either way."""

    def __init__(self, app):
        self.app = app
        with app.app_context():
            office = Office()
            run = office.built()
            self.contest, self.run = office.id, run.id
            self.deciders = [account(roles=("organiser",)).id for _ in range(4)]
            self.outsider = office.people[3]
            db.session.commit()

    def publish(self, n):
        _row, told = publications.publish_overall(self.contest, f"Lần {n}", key="k", by=None, now=LATER)
        db.session.commit()
        return told

    def decide(self, n, how=overall_runs.apply_run, **named):
        run = how(self.run, "Đã đối chiếu", by=self.deciders[n % 4], now=LATER, **named)
        db.session.commit()
        return run.state

    def lines(self, rules):
        """What the rounds add up to by these rules, but for the one who is barred: points by audience, best first."""
        with self.app.app_context():
            entries = [row[0] for row in db.session.execute(db.select(keeping.Standing.entry_id).where(
                keeping.Standing.board_id == self.contest))]
            found = {"official": [], "citizen": []}
            for row in overall.lines(self.contest, policy.read(rules), overall.official(self.contest), entries):
                if row["ranked"]:
                    found[row["audience"]].append(row["points"])
            return {group: sorted(points, reverse=True) for group, points in found.items()}


def points(told):
    return {group: [line[3] for line in rows] for group, rows in told["lines"].items()}


def test_they_hold_wholly_or_not_at_all_and_every_list_is_of_the_rules_that_it_names(app, race_rounds):
    for turn in race_rounds:
        race = Race(app)

        def act(n, race=race, turn=turn):
            if n % 5 == 0:
                return race.publish(n)
            if n % 5 == 1:
                return race.decide(n, overall_runs.drop_run)
            if n == 2 and turn % 2:
                bar(race.contest, [race.outsider], "Tổ giúp việc", by=None, now=LATER)
                return db.session.commit()
            return race.decide(n)

        got = at_once(app, act, people=15)
        decided = [one for one in got if one in ("applied", "dropped")]
        assert len(decided) == 1
        assert {one for one in got if isinstance(one, str)} - set(decided) <= {
            "overall_run_not_ready", "overall_run_decided", "overall_run_outdated"}
        with app.app_context():
            run, board = db.session.get_one(OverallRun, race.run), db.session.get_one(Board, race.contest)
            assert [run.state] == decided
            assert board.policy == (run.new_rules if run.state == "applied" else run.old_rules)
            assert counters.differences(race.contest) == []
            before = {row["entry_id"]: row for row in keeping.standings_of(race.contest, _people(race)).values()}
            overall.renew(race.contest, LATER)
            assert keeping.standings_of(race.contest, _people(race)) == before
            db.session.rollback()
        for told in (one for one in got if isinstance(one, dict)):
            expected = race.lines(told["rules"])
            found = points(told)
            assert all(set(expected[group]) <= set(found[group]) for group in found)
            assert sum(map(len, found.values())) - sum(map(len, expected.values())) in (0, 1)  # who is barred later


def _people(race):
    return sorted(db.session.scalars(db.select(keeping.Standing.entry_id).where(
        keeping.Standing.board_id == race.contest)))


def test_let_go_of_the_contest_a_list_is_published_by_rules_that_its_lines_are_not_of(app):
    """The control: the lines are written, a list is published, then the rules change."""
    race, written, published = Race(app), Gate(), Gate()

    def pause(step):
        if step == 2:
            db.session.commit()
            written.open()
            published.wait()

    def act(n):
        if n == 0:
            return race.decide(n, told=pause)
        written.wait()
        told = race.publish(n)
        published.open()
        return told

    told = at_once(app, act, people=2)[1]
    assert told["rules"] == {"rounds": {"how": "sum"}}
    assert points(told) != race.lines(told["rules"])
