"""Other rules for a contest's board: found out, let hold by somebody else, and taken back byte for byte."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from contest.audit.models import AuditEvent
from contest.delivery.models import Attempt, PaperItem
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.jobs.models import Job
from contest.jobs.running import run_next
from contest.rounds.adding_up import set_overall
from contest.rounds.barring import bar
from contest.rounds.models import Contest
from contest.scoring.policy import BadPolicy, late_seed
from contest.standings import (
    applying,
    building,
    counters,
    overall,
    overall_building,
    overall_models,
    overall_recorded,
    overall_runs,
    publications,
    run_jobs,
)
from contest.standings.board_models import Board, ScoreTally, Standing, UnitTally
from contest.standings.keys import Correction
from contest.standings.models import Result
from contest.standings.operations import publish_results
from contest.standings.overall_models import OverallPlace, OverallRun
from contest.standings.regrading import Changes, make_run
from tests import factories
from tests.standings.test_overall import AFTER, RULES, SUM, Season, marks

LATER = AFTER + timedelta(hours=1)
LAST = {"rounds": {"how": "last"}, "chain": ["points", "taken_ms"]}
WHY = "Quyết định ghi chỉ tính đợt cuối"
MARKS = [[4, 3, 1, None], [1, 4, 2, None], [0, None, 3, 2]]
TABLES = (Standing, UnitTally, ScoreTally)  # how ranks are cut into buckets goes by history


class Office:
    """A season whose rounds are official, and two organisers."""

    def __init__(self, marks=MARKS, rules=SUM, publish=(0, 1, 2)):
        self.season = Season(marks, rules)
        self.season.publish(*publish)
        self.id, self.people = self.season.contest.id, [one.id for one in self.season.people]
        self.maker, self.second = (factories.account(roles=("organiser",)).id for _ in range(2))
        db.session.flush()

    def make(self, rules=LAST, why=WHY):
        return overall_runs.make_run(self.id, rules, why, by=self.maker, now=LATER)

    def built(self, rules=LAST):
        run = self.make(rules)
        return self.build(run)

    def build(self, run):
        for _told in overall_building.building(run.id, LATER):
            db.session.flush()
        return run

    def approve(self, run):
        db.session.expire_all()
        return overall_runs.apply_run(run.id, "Đã đối chiếu", by=self.second, now=LATER)

    def bytes(self):
        """All that stands on the contest's board, and the rules that it goes by."""
        db.session.flush()
        rows = {table.__tablename__: sorted(repr(dict(row)) for row in db.session.execute(
            db.select(table.__table__).where(table.board_id == self.id)).mappings() if table is Standing or any(
                isinstance(value, int) and value for name, value in row.items() if name not in ("correct", "items")))
            for table in TABLES}
        return {**rows, "rules": db.session.get(Contest, self.id).overall,
                "policy": db.session.get(Board, self.id).policy}

    def points(self):
        found = dict(db.session.execute(db.select(Standing.entry_id, Standing.points).where(
            Standing.board_id == self.id)).all())
        return {n: found.get(entry) for n, entry in enumerate(self.entries())}

    def entries(self):
        """By person; None without one."""
        found = dict(db.session.execute(db.select(factories.Entry.account_id, factories.Entry.id).where(
            factories.Entry.contest_id == self.id)).all())
        return [found.get(one) for one in self.people]

    def place(self, run, n):
        return db.session.get(OverallPlace, (run.id, self.entries()[n]))


def refused(act, *arguments, **named):
    with pytest.raises(Refusal) as error:
        act(*arguments, **named)
    return error.value.code


def test_a_preview_tells_everybody_s_points_and_ranks_before_and_after(app):
    with app.app_context():
        office = Office()
        before = office.bytes()
        run = office.built()
        told = [(row.before_rank, row.after_rank, row.before["points"], row.after["points"], row.moved)
                for n in range(4) for row in [office.place(run, n)]]
        # Of officials 500, 700, 200 under the sum; the last round of each with an answer gives 100, 400 and 200.
        assert told == [(2, 3, 500, 100, True), (1, 1, 700, 400, True), (1, 1, 600, 300, True), (3, 2, 200, 200, True)]
        assert run.summary == {"people": 4, "moved": 4, "more": 0, "fewer": 3, "higher": 1, "lower": 1, "out": 0,
                               "in": 0}
        assert office.bytes() == before
        assert (run.state, run.built_at) == ("ready", LATER)


def test_who_keeps_their_points_moves_where_others_do(app):
    """Only the one who gains has another line; the one overtaken has another place."""
    with app.app_context():
        office = Office([[2, 4, None, 1], [None, None, None, None], [3, None, None, None]],
                        {"rounds": {"how": "best", "k": 1}})
        run = office.built(SUM)
        first, second, last = (office.place(run, n) for n in (0, 1, 3))
        assert [(one.before_rank, one.after_rank, one.moved) for one in (first, second, last)] == [
            (2, 1, True), (1, 2, True), (3, 3, False)]
        assert (second.before, second.before_key) == (second.after, second.after_key)
        assert run.summary["moved"] == 2
        office.approve(run)
        assert [office.season.rank_of(n) for n in (0, 1, 3)] == [1, 2, 3]


def test_it_holds_at_once_with_rules_board_and_counters(app):
    with app.app_context():
        office = Office()
        results = db.session.query(Result).count()
        board = db.session.get(Board, office.id)
        revision = board.revision
        office.approve(office.built())
        assert office.points() == {0: 100, 1: 400, 2: 300, 3: 200}
        assert [office.season.rank_of(n) for n in (0, 1, 3)] == [3, 1, 2]
        kept = {"rounds": {"how": "last"}, "chain": ["points", "taken_ms"]}
        assert db.session.get(Contest, office.id).overall == kept == board.policy
        assert (board.revision, board.kept_at) == (revision + 1, LATER)
        assert counters.differences(office.id) == []
        assert db.session.query(Result).count() == results
        found = office.season.rows()
        overall.renew(office.id, LATER)
        assert office.season.rows() == found


@given(given_marks=marks, rules=st.sampled_from(RULES), new=st.sampled_from(RULES), barred=st.integers(0, 4))
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_rules_a_preview_is_what_holds_and_undoing_gives_back_every_byte(
        app, rules, given_marks, new, barred):
    with app.app_context():
        office = Office(given_marks, rules)
        bar(office.id, [office.season.people[barred].id], "Tổ giúp việc", by=None, now=AFTER)
        if new == rules:
            assert refused(office.make, new) == "overall_unchanged"
            db.session.rollback()
            return
        if "draw" in new.get("chain", ()):
            new = {**new, "seed": late_seed(rules, office.id)}
        original, ranks = office.bytes(), [office.season.rank_of(n) for n in range(5)]
        run = office.built(new)
        office.approve(run)
        assert counters.differences(office.id) == []
        for n, entry in enumerate(office.entries()):
            if entry and (place := db.session.get(OverallPlace, (run.id, entry))):
                assert (place.before_rank, place.after_rank) == (ranks[n], office.season.rank_of(n))
        held = office.season.rows()
        overall.renew(office.id, LATER)
        assert office.season.rows() == held
        back = overall_runs.undo_run(run.id, "Nhầm", by=office.second, now=LATER)
        office.build(back)
        db.session.expire_all()
        overall_runs.apply_run(back.id, "", by=office.maker, now=LATER)
        assert office.bytes() == original
        assert counters.differences(office.id) == []
        db.session.rollback()


def test_pages_of_who_moves_leave_nobody_out(app, monkeypatch):
    monkeypatch.setattr(overall_building, "CHUNK", 2)
    with app.app_context():
        office = Office([[4, 3, None, 1, 2, None, 0], [1, 4, None, 4, 2, None, None], [2, 1, None, None, 3, None, 4]])
        run = office.built()
        for pages, which in ((overall_recorded.moved, OverallPlace.moved), (overall_recorded.first_places,
                                                                            OverallPlace.after_key > "")):
            expected = db.session.scalars(db.select(OverallPlace.entry_id).where(
                OverallPlace.run_id == run.id, OverallPlace.audience == "official", which)
                .order_by(OverallPlace.after_key, OverallPlace.entry_id)).all()
            got, after = [], None
            for _page in range(len(expected)):
                page = pages(run, "official", after, 1)
                got += [one.entry_id for one in page.rows]
                after = page.after
            assert (got, after) == (expected, None)
            assert len(got) > 2


def test_two_people_stand_behind_it(app):
    with app.app_context():
        office = Office()
        run = office.make()
        assert refused(office.approve, run) == "overall_run_not_ready"
        office.build(run)
        assert refused(overall_runs.apply_run, run.id, "", by=office.maker, now=LATER) == "same_person"
        assert refused(overall_runs.approve_run, run.id, "", by=office.maker, now=LATER) == "same_person"
        assert refused(office.make) == "overall_run_open"
        office.approve(run)
        assert refused(office.approve, run) == "overall_run_not_ready"
        assert refused(overall_runs.drop_run, run.id, "", by=office.second, now=LATER) == "overall_run_decided"
        assert refused(overall_runs.rebuild_run, run.id, by=office.second, now=LATER) == "overall_run_decided"
        told = {event.action: event.account_id for event in db.session.query(AuditEvent).filter(
            AuditEvent.action.like("overall.%"))}
        assert told == {"overall.made": office.maker, "overall.applied": office.second}
        event = db.session.query(AuditEvent).filter_by(action="overall.applied").one()
        assert (event.details["before"], event.details["after"]) == (SUM, run.new_rules)


def test_what_can_be_proposed(app):
    with app.app_context():
        office = Office(publish=())
        assert refused(office.make) == "overall_free"
        office.season.publish(0)
        assert refused(set_overall, office.id, LAST, by=None, now=LATER) == "overall_kept"
        assert refused(office.make, SUM) == "overall_unchanged"
        assert refused(office.make, LAST, "  ") == "reason_required"
        with pytest.raises(BadPolicy):
            office.make({"chain": ["earlier"]})
        assert refused(office.make, {"chain": ["points", "draw"], "seed": "Xổ số"}) == "seed_chosen_late"
        with pytest.raises(Missing):
            overall_runs.make_run(factories.contest().id, LAST, WHY, by=office.maker, now=LATER)
        run = office.make()
        overall_runs.drop_run(run.id, "Chưa đúng", by=office.maker, now=LATER)
        assert (run.state, run.decided_by, run.note) == ("dropped", office.maker, "Chưa đúng")
        assert db.session.query(Job).one().state == "cancelled"
        assert office.make().number == 2


def test_only_the_latest_that_holds_is_undone(app):
    with app.app_context():
        office = Office()
        first = office.built()
        assert refused(overall_runs.undo_run, first.id, WHY, by=office.maker, now=LATER) == "overall_run_not_latest"
        office.approve(first)
        second = office.built({"rounds": {"how": "best", "k": 1}})
        office.approve(second)
        assert refused(overall_runs.undo_run, first.id, WHY, by=office.maker, now=LATER) == "overall_run_not_latest"
        assert refused(overall_runs.undo_run, second.id, " ", by=office.maker, now=LATER) == "reason_required"
        back = office.build(overall_runs.undo_run(second.id, WHY, by=office.maker, now=LATER))
        assert back.new_rules == first.new_rules
        office.approve(back)
        assert office.points() == {0: 100, 1: 400, 2: 300, 3: 200}
        assert refused(overall_runs.undo_run, back.id, WHY, by=office.maker, now=LATER) == "overall_run_not_latest"


def regrade_unseen(office):
    """The second round is graded anew: best rounds stay as they are, all together don't."""
    round_id = office.season.rounds[1].id
    version = db.session.scalar(db.select(PaperItem.version_id).join(Attempt, Attempt.id == PaperItem.attempt_id).where(
        Attempt.round_id == round_id, PaperItem.slot == 2))
    run = make_run(round_id, Changes({version: Correction("full")}, {}), "Câu lỗi", by=office.maker, now=LATER)
    for _done in building.building(run.id, LATER):
        db.session.flush()
    applying.apply_run(run.id, "", by=office.second, now=LATER)


def test_it_does_not_hold_where_results_moved_on_even_unseen_by_the_rules_of_now(app):
    with app.app_context():
        office = Office(rules={"rounds": {"how": "best", "k": 1}})
        run = office.built(SUM)
        before = db.session.get(Board, office.id).revision
        regrade_unseen(office)
        assert db.session.get(Board, office.id).revision == before
        assert refused(office.approve, run) == "overall_run_outdated"
        assert refused(overall_runs.approve_run, run.id, "", by=office.second, now=LATER) == "overall_run_outdated"
        overall_runs.rebuild_run(run.id, by=office.maker, now=LATER)
        office.approve(office.build(run))
        assert office.points()[0] == 600


@pytest.mark.parametrize("what", ["another round", "somebody barred"])
def test_it_does_not_hold_where_the_rounds_that_count_are_others(app, what):
    with app.app_context():
        office = Office(publish=(0, 1))
        run = office.built()
        if what == "another round":
            publish_results(office.season.rounds[2].id, by=None, now=LATER)
        else:
            bar(office.id, [office.season.people[0].id], "Tổ giúp việc", by=None, now=LATER)
        assert refused(office.approve, run) == "overall_run_outdated"


def test_a_round_official_later_adds_up_by_the_new_rules(app):
    with app.app_context():
        office = Office(publish=(0, 1))
        office.approve(office.built())
        assert office.points() == {0: 100, 1: 400, 2: 200, 3: None}
        office.season.publish(2)
        assert office.points() == {0: 100, 1: 400, 2: 300, 3: 200}
        assert counters.differences(office.id) == []


def test_guesses_are_measured_where_no_rules_asked_for_them_before(app):
    """The second round asked for a guess, n of person n, and was settled when nobody ranked by it."""
    with app.app_context():
        office = Office()
        standing = {row.entry_id: row.distance for row in db.session.query(Standing).filter_by(
            board_id=office.season.rounds[1].id)}
        assert set(standing.values()) == {None}
        run = office.built({**SUM, "chain": ["distance", "points"]})
        actual = db.session.get(Board, office.season.rounds[1].id).actual
        assert actual == 3
        office.approve(run)
        rows = office.season.rows()
        assert [rows[office.entries()[n]]["distance"] for n in (0, 1, 2)] == [3, 2, 1]
        assert [office.season.rank_of(n) for n in (1, 0)] == [2, 3]
        overall.keep(office.id, office.entries()[:3], LATER)
        assert office.season.rows() == rows


def test_published_lists_stay_until_published_again(app):
    with app.app_context():
        office = Office()
        published, told = publications.publish_overall(office.id, "", key="k", by=None, now=LATER)
        office.approve(office.built())
        assert publications.overtaken(office.id, published)
        assert (published.sha256, told["rules"]) == (publications.sha256(told), SUM)
        again, now_told = publications.publish_overall(office.id, "Sửa cách tính", key="k", by=None, now=LATER)
        assert now_told["rules"]["rounds"] == {"how": "last"}
        assert not publications.overtaken(office.id, again)


def test_the_worker_builds_in_bites_and_begins_anew_where_it_was_killed(app, monkeypatch):
    monkeypatch.setattr(overall_building, "CHUNK", 2)
    with app.app_context():
        office = Office()
        run = office.make()
        run_id = run.id
        db.session.commit()
        work = overall_building.building(run.id, LATER)
        for _ in range(3):
            next(work)
            db.session.commit()
        work.close()
        assert db.session.query(OverallPlace).count() == 4
        assert run_next(run_jobs.HANDLERS)
        run = db.session.get(OverallRun, run_id)
        assert (run.state, run.summary["moved"], db.session.query(OverallPlace).count()) == ("ready", 4, 4)
        assert [office.place(run, n).after_rank for n in range(4)] == [3, 1, 1, 2]


def test_of_many_people_the_worker_lets_it_hold(app, monkeypatch):
    monkeypatch.setattr(overall_runs, "LARGE", 3)
    with app.app_context():
        office = Office()
        run = office.built()
        assert overall_runs.approve_run(run.id, "Đúng", by=office.second, now=LATER) is False
        assert refused(overall_runs.approve_run, run.id, "", by=office.second, now=LATER) == "overall_run_not_ready"
        assert office.points()[0] == 500
        run_id = run.id
        db.session.query(Job).filter_by(kind=overall_models.JOB).delete()
        db.session.commit()
        assert run_next(run_jobs.HANDLERS)
        run = db.session.get(OverallRun, run_id)
        assert (run.state, run.decided_by, run.note) == ("applied", office.second, "Đúng")
        assert office.points()[0] == 100


def test_dropped_while_it_is_built_it_stays_dropped(app):
    with app.app_context():
        office = Office()
        run = office.make()
        db.session.commit()
        steps = overall_building.building(run.id, LATER)
        next(steps)
        db.session.commit()
        overall_runs.drop_run(run.id, "", by=office.maker, now=LATER)
        db.session.commit()
        assert not run_next(run_jobs.HANDLERS)
        assert db.session.get(OverallRun, run.id).state == "dropped"


@pytest.mark.parametrize("wrong", [{"state": "applied"}, {"number": 0},
                                   {"state": "applied", "decided_at": LATER, "decided_by": "maker"}])
def test_the_database_keeps_two_people_and_the_states(app, wrong):
    with app.app_context():
        office = Office()
        run = office.make()
        with pytest.raises(IntegrityError):
            db.session.execute(db.update(OverallRun).where(OverallRun.id == run.id).values(
                {name: office.maker if value == "maker" else value for name, value in wrong.items()}))
        db.session.rollback()


def test_rules_that_cannot_add_up_the_rounds_of_now_neither_hold_nor_come_back(app):
    """Distances are no sum any more once a round asks for another unit: nothing else may bring that about."""
    with app.app_context():
        office = Office(rules={**SUM, "chain": ["distance", "points"]})
        run = office.built(SUM)
        office.approve(run)
        again = office.built({**SUM, "chain": ["points", "distance"]})
        office.season.rounds[2].prediction = "perfect_percent"
        db.session.flush()
        assert refused(office.approve, again) == "overall_rules_void"
        overall_runs.drop_run(again.id, "", by=office.maker, now=LATER)
        assert refused(overall_runs.undo_run, run.id, WHY, by=office.maker, now=LATER) == "overall_rules_void"
