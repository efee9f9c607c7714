"""`make demo`: an empty database becomes a contest at each stage; a filled one is left alone."""

import functools
from collections import Counter

import pytest
from sqlalchemy import func, select

from contest.awards.models import Award, AwardList
from contest.config import load
from contest.delivery.models import Attempt
from contest.demo import seed, seeding
from contest.demo.essays import BY_BOTH, BY_ONE, MARKERS, WRITERS
from contest.extensions import db
from contest.identity.models import Account
from contest.identity.operations import HASHER
from contest.jobs.models import Job
from contest.jobs.running import run_next
from contest.marking.models import Assignment, Essay
from contest.rounds.models import ContestUnit, Entry, Round
from contest.rounds.queries import state
from contest.standings.models import Result
from tests.factories import NOON

NAMED = {*(f"thisinh{n}" for n in range(1, 41)), "donvi1", "donvi2", "totchuc", "baocao", "quantri", *MARKERS}
PASSWORD = "Thu-nghiem-2026"
read_once = functools.cache(seeding.read_bank)  # the same five files for every stage


@pytest.fixture
def demo(app, hands, monkeypatch, tmp_path):
    """Runs the command's work; returns what it said."""
    monkeypatch.setattr(seeding, "read_bank", read_once)
    config = load({"CONTEST_DATA_DIR": str(tmp_path), "SECRET_KEY": "x" * 40, "DEMO_PASSWORD": PASSWORD})

    def run(stage):
        said = []
        seed(config, app, stage, said.append)
        return "\n".join(said)

    return run


def counts():
    return {table.name: db.session.scalar(select(func.count()).select_from(table))
            for table in db.metadata.sorted_tables}


@pytest.mark.parametrize(("stage", "states"), [
    ("before", ["upcoming"]), ("open", ["published", "open"]), ("closed", ["closed"]),
    ("published", ["published", "closed"])])
def test_each_stage(app, demo, stage, states):
    said = demo(stage)
    with app.app_context():
        out = db.session.scalars(select(Round.id).where(Round.results_published_at.is_not(None))).all()
    for round_id in out:  # published the way that organisers do it: a list that anybody may read
        listed = app.test_client().get(f"/cong-bo/{round_id}", follow_redirects=True)
        assert "Kết quả công bố lần 1" in listed.text
    assert "thisinh1 … thisinh40" in said
    assert PASSWORD in said
    with app.app_context():
        accounts = {row.login: row for row in db.session.scalars(select(Account))}
        assert len(accounts) >= 400
        assert set(accounts) >= NAMED
        assert HASHER.verify(accounts["quantri"].password_hash, PASSWORD)
        units = list(db.session.scalars(select(ContestUnit)))
        assert len(units) >= 8
        assert len({unit.bloc for unit in units}) >= 3
        rounds = list(db.session.scalars(select(Round).order_by(Round.position)))
        assert [state(row, NOON) for row in rounds] == states
        attempts, results = counts()["attempt"], db.session.scalar(select(func.count()).select_from(Result))
        assert (attempts > 300, results > 300) == (stage != "before",) * 2
        assert not db.session.scalar(select(Attempt.id).join(Account, Account.id == Attempt.account_id).join(
            Round, Round.id == Attempt.round_id).where(Round.closes_at > NOON, Account.login.in_(NAMED)).limit(1))


def test_a_second_run_keeps_what_is_there(app, demo):
    first = demo("before")
    with app.app_context():
        before = counts()
    again = demo("published")
    assert again == first.removeprefix("Loading the sample data …\n")
    with app.app_context():
        assert counts() == before


def test_published_there_are_certificates_that_hold_and_half_marked_essays(app, demo):
    demo("published")
    with app.app_context():
        _half_marked()
        row = db.session.scalars(select(AwardList)).one()
        assert (row.state, row.undecided, row.unfilled) == ("frozen", [], [])
        winner = db.session.scalars(select(Award).where(Award.prize_name == "Giải Nhất")).one()
        assert db.session.get_one(Entry, winner.entry_id).account_id == db.session.scalar(
            select(Account.id).where(Account.login == "thisinh1"))
        code, name = winner.code, winner.name
        assert run_next(app.extensions["jobs"])  # the file of all certificates
        assert db.session.scalars(select(Job.state)).all() == ["done"]
    shown = app.test_client().get(f"/xac-nhan/{code}").text
    assert name in shown
    assert "Giải Nhất" in shown


def _half_marked():
    essays = db.session.scalars(select(Essay)).all()
    done = Counter(row.essay_id for row in db.session.scalars(select(Assignment).where(Assignment.state == "done")))
    assert (len(essays), Counter(done.values())) == (WRITERS, {2: BY_BOTH, 1: BY_ONE})
    assert sum(one.final is not None for one in essays) == BY_BOTH
    assert not any(one.apart for one in essays)
    assert {row.login for row in db.session.scalars(select(Account).join(
        Assignment, Assignment.account_id == Account.id))} == set(MARKERS)
