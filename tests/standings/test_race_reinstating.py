"""A run lets a sitting count again while its person starts the one that was given back for it, in another round."""

import pytest
from sqlalchemy import func, select

from contest.delivery import operations
from contest.delivery.models import Attempt
from contest.extensions import db
from contest.standings import applying, regrading
from contest.standings.regrading import Changes
from tests import factories
from tests.delivery.crowd import at_once, let_go_before_insert
from tests.standings.test_regrading import LATER, WHY
from tests.standings.test_reinstating import AGAIN, Annulled


class Season:
    """One sitting in the whole contest: it was annulled and given back; a run brings it back, another round is open."""

    def __init__(self, app):
        self.app = app
        with app.app_context():
            case = Annulled(give_back=True, attempts_allowed=1, quota_scope="contest")
            case.attempts[1].scope = "contest"
            other = factories.round_(case.contest, case.bank, attempts_allowed=1, quota_scope="contest")
            changes = Changes({}, {}, reinstated={case.attempts[1].id: AGAIN})
            run = case.build(regrading.make_run(case.round.id, changes, WHY, by=case.author.id, now=LATER))
            self.run, self.second, self.open = run.id, case.second.id, other.id
            self.person, self.entry = case.people[1].id, case.attempts[1].entry_id
            db.session.commit()

    def start(self):
        return operations.start(self.open, self.person, "x" * 64, True, LATER).attempt_id

    def apply(self):
        return applying.apply_run(self.run, "", by=self.second, now=LATER).state

    def counting(self):
        with self.app.app_context():
            return db.session.scalar(select(func.count()).select_from(Attempt).where(
                Attempt.entry_id == self.entry, Attempt.state != "void"))


def test_one_sitting_counts_whoever_is_first(app, race_rounds):
    for _ in race_rounds:
        season = Season(app)
        applied, *started = at_once(app, lambda n, at=season: at.start() if n else at.apply(), people=8)
        assert season.counting() == 1
        if applied == "applied":
            assert set(started) == {"no_attempts_left_contest"}
        else:
            assert (applied, len(set(started))) == ("quota_full", 1)


def test_without_what_a_start_holds_two_count(app, monkeypatch: pytest.MonkeyPatch):
    """The control."""
    season = Season(app)
    let_go_before_insert(monkeypatch, app, season.start, season.apply)
    assert season.counting() == 2
