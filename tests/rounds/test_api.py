from datetime import timedelta

from contest.extensions import db
from contest.rounds import queries
from tests import factories
from tests.factories import NOON
from tests.rounds.cast import DAY, cast, client_of, counted


def test_rounds_needs_a_session(app):
    answer = app.test_client().get("/api/v1/rounds")
    assert (answer.status_code, answer.json["code"]) == (401, "sign_in_required")


def test_a_round_as_a_program_sees_it(app, hands):
    ids = cast(app)
    with app.app_context():
        contest, bank = queries.get_contest(ids.contest), db.session.get(factories.Bank, ids.bank)
        row = factories.round_(contest, bank, attempts_allowed=2, closes_at=NOON + timedelta(milliseconds=1500))
        factories.round_(contest, bank, published=False)
        title, round_id = contest.title, row.id
        db.session.commit()
    client = client_of(app, ids.contestant)
    shape = {
        "id": round_id, "title": "Tuần 1", "contest": title, "kind": "contest", "state": "open",
        "opens_at": "2026-12-01T04:00:00.000Z", "closes_at": "2026-12-01T05:00:01.500Z", "duration_s": 1200,
        "questions": 4, "prediction": "none", "prediction_text": None, "consent": True,
        "attempts_allowed": 2, "attempts_used": 0,
    }
    assert client.get("/api/v1/rounds").json == {"rounds": [shape]}
    hands.advance(milliseconds=1500)
    assert client.get("/api/v1/rounds").json == {"rounds": [shape | {"state": "closed"}]}


def test_the_states_are_the_four_of_the_interface(app, hands):
    ids = cast(app)
    with app.app_context():
        contest, bank = queries.get_contest(ids.contest), db.session.get(factories.Bank, ids.bank)
        for days, columns in ((-4, {"results_published_at": NOON}), (-3, {}), (0, {}), (1, {})):
            opens_at = NOON + days * DAY
            factories.round_(contest, bank, opens_at=opens_at, closes_at=opens_at + DAY / 2, **columns)
        gone = factories.round_(contest, bank, opens_at=NOON + 2 * DAY, closes_at=NOON + 3 * DAY)
        gone.state = "cancelled"
        db.session.commit()
    found = client_of(app, ids.contestant).get("/api/v1/rounds").json["rounds"]
    assert [row["state"] for row in found] == ["published", "closed", "open", "upcoming", "closed"]


def test_the_number_of_statements_does_not_grow(app, hands):
    ids = cast(app)
    client = client_of(app, ids.contestant)
    counts = []
    for more in (1, 2):
        with app.app_context():
            contest, bank = queries.get_contest(ids.contest), db.session.get(factories.Bank, ids.bank)
            for _ in range(more):
                factories.round_(contest, bank)
            db.session.commit()
        with counted(app) as statements:
            assert client.get("/api/v1/rounds").status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]
