"""A board stands still: whatever comes in, participants see what it showed at that instant, until results are out."""

import re
from datetime import timedelta

import pytest

from contest.delivery.models import Attempt
from contest.extensions import db
from contest.rounds.models import Round
from contest.rounds.publishing import cancel_round
from contest.serving import worker_tick
from contest.standings import counters, freezing
from contest.standings.board import board
from contest.standings.board_models import Board, Freeze, Standing
from contest.standings.keeping import standings_of
from contest.standings.operations import forget_result, publish_results, score_pending, score_round
from tests import factories
from tests.factories import NOON
from tests.standings.cast import sit, stage

FREEZES = NOON + timedelta(minutes=30)
CLOSES = NOON + timedelta(hours=1)
AFTER = CLOSES + timedelta(minutes=2)


class Hall:
    """An open round whose board is shown, and stands still after half an hour; ids, and a browser of one person."""

    def __init__(self, app, hands, people=5):
        self.app, self.hands = app, hands
        with app.app_context():
            _contest, bank, round_, (unit,) = stage(
                board_shown="live", closes_at=CLOSES, board_freezes_at=FREEZES, audience="official", mask_names=False)
            self.who = factories.account(name="Lê Văn An", unit=unit)
            self.organiser = factories.account(roles=("organiser",))
            self.attempt = sit(round_, bank, self.who, unit=unit, right=2, wrong=1).id
            self.round, self.bank, self.unit = round_.id, bank.id, unit.id
            db.session.commit()
            self.arrive(people, NOON)
            score_pending(NOON + timedelta(minutes=10))
            db.session.commit()
            for account in (self.who, self.organiser):
                db.session.refresh(account)
                db.session.expunge(account)
        self.client = factories.signed_in(app.test_client(), self.who)
        self.office = factories.signed_in(app.test_client(), self.organiser)

    def arrive(self, people, at):
        """People who submit five minutes later, with more right answers than most."""
        bank, unit = db.session.get(factories.Bank, self.bank), db.session.get(factories.Unit, self.unit)
        round_ = db.session.get(Round, self.round)
        for n in range(people):
            sit(round_, bank, factories.account(unit=unit), unit=unit, right=1 + n % 4, wrong=1, started=at)
        db.session.commit()

    @property
    def paths(self):
        return [f"/dot-thi/{self.round}/xep-hang", f"/dot-thi/{self.round}/don-vi", f"/luot-thi/{self.attempt}/ket-qua",
                f"/api/v1/rounds/{self.round}/leaderboard", f"/api/v1/rounds/{self.round}/units",
                f"/api/v1/rounds/{self.round}/me", f"/api/v1/attempts/{self.attempt}/result", "/ket-qua-cua-toi"]

    def told(self, client=None):
        """Path → status and body, without tokens that each answer has anew."""
        found = {}
        for path in self.paths:
            answer = (client or self.client).get(path)
            body = re.sub(rb'(csrf[^>]*(?:value|content)=)"[^"]*"', rb"\1", answer.data)
            found[path] = answer.status_code, body
        return found


@pytest.fixture
def hall(app, hands):
    return Hall(app, hands)


def test_nothing_that_participants_see_moves_while_it_stands_still(app, hands, hall):
    hands.set(FREEZES)
    with app.app_context():
        worker_tick()
    before, office = hall.told(), hall.told(hall.office)
    assert {status for status, _body in before.values()} == {200}
    with app.app_context():
        hall.arrive(100, NOON + timedelta(minutes=10))
        worker_tick()
        assert db.session.query(Standing).filter_by(board_id=hall.round).count() == 106
        assert hall.told() == before
        kept = db.session.get(Freeze, hall.round)
        assert counters.differences(kept.board_id) == []
    later = hall.told(hall.office)
    assert later[hall.paths[0]] != office[hall.paths[0]]
    assert b"106 ng" in later[hall.paths[0]][1]
    assert "Bảng giữ nguyên như lúc 12:30" not in later[hall.paths[0]][1].decode()
    assert "Bảng giữ nguyên như lúc" in before[hall.paths[0]][1].decode()


def test_until_it_is_copied_it_is_not_shown_and_nothing_of_it_moves(app, hands, hall, monkeypatch):
    monkeypatch.setattr(freezing, "CHUNK", 4)
    hands.set(FREEZES)
    with app.app_context():
        now = FREEZES
        assert freezing.freeze_some(now)
        db.session.commit()
        hall.arrive(3, NOON + timedelta(minutes=10))
        assert score_pending(now) == 0
        db.session.commit()
    for path in hall.paths[:2] + hall.paths[3:5]:
        assert hall.client.get(path).status_code == 503
    assert hall.client.get(f"/api/v1/rounds/{hall.round}/me").json["rank"] is None
    with app.app_context():
        while freezing.freeze_some(now):
            db.session.commit()
        assert score_pending(now) == 3
        db.session.commit()
        copy = db.session.get(Freeze, hall.round).board_id
        assert board(copy, masked=False).total == 6
        assert board(hall.round, masked=False).total == 9
        assert counters.differences(copy) == []


@pytest.mark.parametrize("act", ["score", "forget"])
def test_what_changes_a_board_copies_it_first(app, hands, hall, act):
    with app.app_context():
        before = standings_of(hall.round, [row.entry_id for row in db.session.query(Standing)])
        hall.arrive(3, NOON + timedelta(minutes=10))
        if act == "score":
            score_round(hall.round, FREEZES)
        else:
            forget_result(db.session.get(Attempt, hall.attempt), FREEZES)
        copy = db.session.get(Freeze, hall.round)
        assert copy.done_at == FREEZES
        found = standings_of(copy.board_id, list(before))
        assert {key: row | {"board_id": hall.round} for key, row in found.items()} == before
        assert standings_of(hall.round, list(before)) != before or act == "score"


def test_it_is_seen_again_once_results_are_out_or_the_round_is_called_off(app, hands, hall):
    with app.app_context():
        score_round(hall.round, FREEZES)
        hall.arrive(3, NOON + timedelta(minutes=20))
        publish_results(hall.round, by=None, now=AFTER)
        db.session.commit()
        assert db.session.query(Freeze).count() == 0
        assert db.session.query(Board).count() == 1
    hands.set(AFTER)
    assert hall.client.get(f"/api/v1/rounds/{hall.round}/leaderboard").json["total"] == 9
    assert hall.client.get(f"/api/v1/rounds/{hall.round}/leaderboard").json["frozen"] is False


def test_a_round_that_is_called_off_keeps_no_copy(app, hands, hall):
    with app.app_context():
        score_round(hall.round, FREEZES)
        cancel_round(hall.round, "Mất điện", by=None, now=FREEZES + timedelta(minutes=1))
        db.session.commit()
        assert db.session.query(Freeze).count() == db.session.query(Standing).count() == 0


def test_a_board_without_such_an_instant_is_never_copied(app, hands):
    with app.app_context():
        stage(closes_at=CLOSES)
        assert not freezing.freeze_some(AFTER)
