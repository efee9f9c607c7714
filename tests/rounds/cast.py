"""Who acts in these tests, and how a form is sent."""

from dataclasses import dataclass
from datetime import timedelta

from flask import Flask

from contest.extensions import db
from contest.identity.models import SignIn
from contest.questions.models import TOPICS
from contest.rounds.blueprint import Place
from contest.rounds.operations import RoundFields
from tests import factories
from tests.factories import NOON
from tests.statements import counted as counted

DAY = timedelta(days=1)
ANY = Place().name


@dataclass(frozen=True)
class Cast:
    """Ids of what most tests need."""

    organiser: str
    viewer: str
    contestant: str
    contest: str
    code: str
    bank: str
    unit: str


def cast(app: Flask, *, questions: int = 12) -> Cast:
    """An organiser, a report viewer, a contestant; a contest with one unit; a bank over two topics and levels."""
    with app.app_context():
        unit = factories.unit("Sở Nội vụ")
        organiser = factories.account(name="Trần Văn Bình", roles=("organiser",))
        viewer = factories.account(name="Lê Thị Báo", roles=("report_viewer",))
        contestant = factories.account(unit=unit)
        contest = factories.contest(units=(unit,))
        bank = factories.bank(questions)
        found = Cast(organiser.id, viewer.id, contestant.id, contest.id, contest.code, bank.id, unit.id)
        db.session.commit()
    return found


def client_of(app: Flask, account_id: str):
    """A browser in which this account is signed in."""
    with app.app_context():
        account = db.session.get(factories.Account, account_id)
        db.session.expunge(account)
    client = factories.signed_in(app.test_client(), account)
    with app.app_context():  # rounds last longer than a sign-in
        db.session.query(SignIn).update({SignIn.expires_at: NOON + 60 * DAY})
        db.session.commit()
    return client


def post(client, path: str, **form):
    """Send a form as a page of this session does; keys with "__" stand for ".", lists repeat a field."""
    token = client.get("/api/v1/session").json["csrf_token"]
    return client.post(path, data={"csrf_token": token, **form})


def fields(bank_id: str, **changes) -> RoundFields:
    """A round that publishes: opens tomorrow for six days, four questions."""
    values = {
        "title": "Tuần 1", "opens_at": NOON + DAY, "closes_at": NOON + 7 * DAY, "duration_ms": 20 * 60_000,
        "bank_ids": (bank_id,), "rules": "Thể lệ của tuần 1.",
        "blueprint": ({"bank_id": None, "topic": TOPICS[0], "level": None, "count": 4},),
    }
    return RoundFields(**(values | changes))


def form(bank_id: str, **changes) -> dict[str, object]:
    """The same as a form sends it, local time."""
    values = {
        "title": "Tuần 1", "kind": "contest", "opens_at": "2026-12-02T12:00", "closes_at": "2026-12-09T00:00",
        "minutes": "20", "attempts_allowed": "2", "audience": "all", "banks": [bank_id], "shuffle_questions": "y",
        "result_shown": "score", "board_shown": "after_close", "rules": "Thể lệ của tuần 1.", ANY: "4",
    }
    return values | changes

