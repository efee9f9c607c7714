"""The API of a sitting as a program meets it, and what each request costs the database."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from contest.columns import new_id
from contest.delivery.events import address_digest
from contest.delivery.models import Attempt, Response
from contest.delivery.record_models import SittingEvent
from contest.extensions import db
from contest.identity.models import Account, SignIn
from contest.questions.keys import AnswerKey
from tests import factories as make
from tests.delivery.conftest import NOON, SECOND, counted

LIMIT = NOON + timedelta(minutes=20)


class Caller:
    """A program with a cookie of its own, signed in with `token` where there is one."""

    def __init__(self, app, token=None):
        self.app, self.client = app, app.test_client()
        self.headers = {}
        if token:
            with self.client.session_transaction() as session:
                session["token"] = token
        answer = self.client.get("/api/v1/session")
        self.headers = {"X-CSRF-Token": answer.json["csrf_token"]}

    def call(self, method, path, body=None, **options):
        options.setdefault("headers", self.headers)
        if body is not None:
            options.setdefault("data", json.dumps(body))
        return self.client.open("/api/v1" + path, method=method, content_type="application/json", **options)

    def start(self, cast, consent=True):
        return self.call("POST", f"/rounds/{cast.round}/attempts", {"consent": consent})

    def save(self, attempt, *answers, generation=1):
        rows = [{"slot": slot, "seq": seq, "choice": choice} for slot, seq, choice in answers]
        body = {"generation": generation, "answers": rows}
        return self.call("PUT", f"/attempts/{attempt['id']}/answers", body)

    def get(self, attempt):
        return self.call("GET", f"/attempts/{attempt['id']}")

    def submit(self, attempt, body=None):
        return self.call("POST", f"/attempts/{attempt['id']}/submit", body)

    def take_over(self, attempt):
        return self.call("POST", f"/attempts/{attempt['id']}/take-over")


@pytest.fixture
def phone(app, cast, hands):
    return Caller(app, "phone")


@pytest.fixture
def attempt(phone, cast):
    return phone.start(cast).json


def option(attempt, slot, number=0):
    return attempt["items"][slot - 1]["options"][number]["id"]


def problem(answer):
    assert answer.content_type == "application/problem+json"
    assert answer.json["status"] == answer.status_code
    return answer.status_code, answer.json["code"]


def rows(app, what):
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(what))


class TestStart:
    def test_answers_with_the_paper(self, phone, cast):
        answer = phone.start(cast)
        paper = answer.json
        assert answer.status_code == 201
        assert {k: v for k, v in paper.items() if k not in ("id", "items")} == {
            "round_id": cast.round, "number": 1, "generation": 1, "owned": True, "state": "open",
            "started_at": "2026-12-01T05:00:00.000Z", "deadline": "2026-12-01T05:20:00.000Z", "finished_at": None,
            "receipt": None, "remaining_ms": 1_200_000, "server_now": "2026-12-01T05:00:00.000Z"}
        assert [(i["slot"], i["type"], i["choice"], i["seq"]) for i in paper["items"]] == [
            (1, "multiple", None, 0), (2, "single", None, 0), (3, "single", None, 0), (4, "single", None, 0)]
        assert all(set(i) == {"slot", "type", "stem", "markup", "options", "parts", "choice", "seq", "penalty"}
                   for i in paper["items"])
        assert all(set(o) == {"id", "text"} for i in paper["items"] for o in i["options"])

    def test_again_answers_200_with_the_same(self, phone, cast, attempt, app):
        again = phone.start(cast, consent=False)
        assert (again.status_code, again.json) == (200, attempt)
        other_device = Caller(app, "laptop").start(cast)
        assert (other_device.status_code, other_device.json) == (200, {**attempt, "owned": False})

    def test_needs_consent(self, phone, cast, app):
        for body in ({"consent": False}, {}, None):
            assert problem(phone.call("POST", f"/rounds/{cast.round}/attempts", body)) == (422, "consent_required")
        assert rows(app, Attempt) == 0

    def test_says_when_it_opens_and_what_is_used_up(self, phone, cast, hands):
        hands.set(NOON - timedelta(hours=2))
        answer = phone.start(cast)
        assert problem(answer) == (403, "round_not_open")
        assert (answer.json["title"], answer.json["at"]) == (
            "Đợt thi mở lúc 11:00 ngày 01/12/2026.", "2026-12-01T04:00:00.000Z")
        hands.set(NOON)
        for _ in range(2):
            phone.submit(phone.start(cast).json)
        answer = phone.start(cast)
        assert problem(answer) == (403, "no_attempts_left")
        assert answer.json["title"] == "Đã dùng hết 2/2 lượt thi của đợt này."

    def test_an_unknown_round_does_not_exist(self, phone):
        assert problem(phone.call("POST", f"/rounds/{new_id()}/attempts", {"consent": True})) == (404, "not_found")


class TestSave:
    def test_answers_with_what_became_of_each(self, phone, attempt, hands):
        hands.advance(seconds=1)
        first = phone.save(attempt, (2, 5, [option(attempt, 2)]))
        assert (first.status_code, first.json) == (200, {
            "saved": [{"slot": 2, "seq": 5}], "stale": [], "refused": [], "remaining_ms": 1_199_000,
            "server_now": "2026-12-01T05:00:01.000Z"})
        mixed = phone.save(attempt, (2, 4, None), (3, 1, [option(attempt, 3)]), (9, 1, None))
        assert mixed.status_code == 200
        assert (mixed.json["saved"], mixed.json["stale"], mixed.json["refused"]) == (
            [{"slot": 3, "seq": 1}], [{"slot": 2, "seq": 4}], [{"slot": 9, "seq": 1, "code": "unknown_slot"}])
        items = phone.get(attempt).json["items"]
        assert [(i["choice"], i["seq"]) for i in items] == [
            (None, 0), ([option(attempt, 2)], 5), ([option(attempt, 3)], 1), (None, 0)]

    def test_is_small(self, phone, attempt):
        answer = phone.save(attempt, (2, 1, [option(attempt, 2)]))
        assert len(answer.data) < 200
        assert "Set-Cookie" not in answer.headers

    def test_nothing_saved_and_something_refused_is_422_with_the_lists(self, phone, attempt):
        answer = phone.save(attempt, (9, 1, None), (2, 1, "văn bản"))
        assert problem(answer) == (422, "nothing_saved")
        assert answer.json["refused"] == [{"slot": 2, "seq": 1, "code": "wrong_shape"},
                                          {"slot": 9, "seq": 1, "code": "unknown_slot"}]
        assert (answer.json["saved"], answer.json["stale"]) == ([], [])

    def test_what_is_stale_is_kept_beside_what_is_refused(self, phone, attempt, app):
        phone.save(attempt, (2, 5, None))
        answer = phone.save(attempt, (2, 4, [option(attempt, 2)]), (9, 1, None))
        assert (problem(answer), answer.json["stale"]) == ((422, "nothing_saved"), [{"slot": 2, "seq": 4}])
        assert rows(app, Response) == 2

    @pytest.mark.parametrize(("body", "field"), [
        ({"generation": 1, "answers": [], "elapsed_ms": 5}, "answers"),
        ({"generation": 1, "answers": []}, "answers"),
        ({"answers": [{"slot": 1, "seq": 1, "choice": None}]}, "generation"),
        ({"generation": "1", "answers": [{"slot": 1, "seq": 1, "choice": None}]}, "generation"),
        ({"generation": 1, "answers": [{"slot": 1, "seq": 0, "choice": None}]}, "answers.0.seq"),
        ({"generation": 1, "answers": [{"slot": 1, "seq": 2**31, "choice": None}]}, "answers.0.seq"),
        ({"generation": 1, "answers": [{"slot": 1, "seq": 1.5, "choice": None}]}, "answers.0.seq"),
        ({"generation": 1, "answers": [{"slot": True, "seq": 1, "choice": None}]}, "answers.0.slot"),
        ({"generation": 1, "answers": [{"slot": 1, "seq": 1}]}, "answers.0.choice"),
        ({"generation": 1, "answers": [{"slot": 1, "seq": 1, "choice": None, "client_time": 1}]},
         "answers.0.client_time"),
        ({"generation": 1, "now": "2020-01-01T00:00:00Z", "answers": [{"slot": 1, "seq": 1, "choice": None}]}, "now"),
        ({"generation": 1, "answers": [{"slot": 1, "seq": n + 1, "choice": None} for n in range(201)]}, "answers"),
        ([], "body"), ("", "body"),
    ])
    def test_a_malformed_body_is_422_and_names_the_field(self, phone, attempt, app, body, field):
        answer = phone.call("PUT", f"/attempts/{attempt['id']}/answers", body)
        assert (problem(answer), answer.json["field"]) == ((422, "malformed"), field)
        assert rows(app, Response) == 0

    @pytest.mark.parametrize("data", [b"{", b"\xff", b'{"generation": 1, "answers": NaN}'])
    def test_no_json_is_malformed(self, phone, attempt, data):
        assert problem(phone.call("PUT", f"/attempts/{attempt['id']}/answers", data=data)) == (422, "malformed")

    def test_a_large_body_is_not_read(self, phone, attempt):
        answer = phone.call("PUT", f"/attempts/{attempt['id']}/answers", data=b" " * 64_001)
        assert problem(answer) == (413, "body_too_large")

    def test_200_answers_fit(self, phone, attempt):
        answer = phone.save(attempt, *((2, n + 1, [option(attempt, 2, n % 4)]) for n in range(200)))
        assert answer.json["saved"] == [{"slot": 2, "seq": 200}]
        assert len(answer.json["stale"]) == 199

    def test_a_forged_clock_in_the_headers_changes_nothing(self, phone, attempt, hands):
        hands.set(LIMIT)
        headers = {**phone.headers, "Date": "Tue, 01 Dec 2026 05:00:00 GMT", "X-Client-Time": "2026-12-01T05:00:00Z"}
        body = {"generation": 1, "answers": [{"slot": 2, "seq": 1, "choice": None}]}
        answer = phone.call("PUT", f"/attempts/{attempt['id']}/answers", body, headers=headers)
        assert problem(answer) == (409, "closed")

    def test_without_the_token_of_the_form_nothing_is_saved(self, phone, attempt, app):
        body = {"generation": 1, "answers": [{"slot": 2, "seq": 1, "choice": None}]}
        assert problem(phone.call("PUT", f"/attempts/{attempt['id']}/answers", body, headers={})) == (403, "csrf")
        assert rows(app, Response) == 0


class TestWhoseItIs:
    def test_another_person_sees_no_attempt(self, app, phone, attempt):
        stranger = Caller(app, "others")
        for answer in (stranger.get(attempt), stranger.save(attempt, (2, 1, None)), stranger.take_over(attempt),
                       stranger.submit(attempt)):
            assert problem(answer) == (404, "not_found")
        assert rows(app, Response) == 0

    def test_nobody_is_asked_to_sign_in(self, app, phone, cast, attempt):
        nobody = Caller(app)
        for answer in (nobody.start(cast), nobody.get(attempt), nobody.save(attempt, (2, 1, None)),
                       nobody.take_over(attempt), nobody.submit(attempt)):
            assert problem(answer) == (401, "sign_in_required")

    def test_another_device_reads_and_takes_over(self, app, phone, attempt):
        laptop = Caller(app, "laptop")
        assert laptop.get(attempt).json == {**attempt, "owned": False}
        assert problem(laptop.save(attempt, (2, 1, None))) == (409, "other_device")
        answer = laptop.take_over(attempt)
        assert (answer.status_code, answer.json) == (200, {"generation": 2})
        assert laptop.save(attempt, (2, 1, None), generation=2).json["saved"] == [{"slot": 2, "seq": 1}]
        assert problem(phone.save(attempt, (2, 2, None))) == (409, "other_device")
        with app.app_context():
            [hint] = db.session.scalars(select(SittingEvent)).all()
            assert (hint.kind, hint.attempt_id, hint.at) == ("moved", attempt["id"], NOON)
            assert hint.address == address_digest("127.0.0.1", app.config["SECRET_KEY"])
        told = laptop.call("POST", f"/attempts/{attempt['id']}/events", {"events": [{"kind": "moved"}]})
        assert told.status_code == 422  # the server's own

    def test_a_session_that_dies_in_mid_sitting_loses_nothing(self, app, phone, cast, attempt):
        """Revoked between two saves: 401; signed in again and taken over, the unsent answer still arrives."""
        first, unsent = (2, 1, [option(attempt, 2)]), (3, 1, [option(attempt, 3)])
        assert phone.save(attempt, first).status_code == 200
        with app.app_context():
            db.session.execute(update(SignIn).where(SignIn.id == cast.phone).values(revoked_at=NOON))
            db.session.commit()
        assert problem(phone.save(attempt, unsent)) == (401, "sign_in_required")
        assert problem(phone.get(attempt)) == (401, "sign_in_required")
        with app.app_context():
            make.sign_in(db.session.get(Account, cast.account), "anew")
            db.session.commit()
        anew = Caller(app, "anew")
        assert anew.start(cast).json["items"][1]["choice"] == [option(attempt, 2)]
        assert problem(anew.save(attempt, unsent)) == (409, "other_device")
        assert anew.take_over(attempt).json == {"generation": 2}
        assert anew.save(attempt, unsent, generation=1).json["saved"] == [{"slot": 3, "seq": 1}]
        assert [i["choice"] for i in anew.get(attempt).json["items"]] == [
            None, [option(attempt, 2)], [option(attempt, 3)], None]


class TestSubmit:
    def test_answers_with_the_receipt_and_again_with_the_same(self, phone, attempt, hands):
        phone.save(attempt, (2, 1, [option(attempt, 2)]))
        hands.advance(seconds=90)
        answer = phone.submit(attempt, {"prediction": None})
        done = answer.json
        assert answer.status_code == 200
        assert {k: v for k, v in done.items() if k != "receipt"} == {
            "submitted_at": "2026-12-01T05:01:30.000Z", "answered": 1, "items": 4}
        hands.advance(hours=1)
        assert phone.submit(attempt).json == done
        seen = phone.get(attempt).json
        assert (seen["state"], seen["receipt"], seen["remaining_ms"], seen["finished_at"]) == (
            "submitted", done["receipt"], 0, "2026-12-01T05:01:30.000Z")

    @pytest.mark.parametrize("prediction", [5, "1.250", None])
    def test_a_prediction_is_taken_and_left_aside(self, phone, attempt, prediction):
        assert phone.submit(attempt, {"prediction": prediction}).status_code == 200

    @pytest.mark.parametrize("body", [{"submitted_at": "2026-12-01T05:00:00Z"}, {"prediction": 1.5}, {"elapsed": 1}])
    def test_anything_else_is_malformed(self, phone, attempt, body):
        assert problem(phone.submit(attempt, body)) == (422, "malformed")
        assert phone.get(attempt).json["state"] == "open"

    def test_after_the_deadline_it_is_closed_with_the_instant_and_the_receipt(self, phone, attempt, hands):
        phone.save(attempt, (2, 1, [option(attempt, 2)]))
        hands.set(LIMIT + 5 * SECOND)
        answer = phone.submit(attempt)
        assert problem(answer) == (409, "closed")
        seen = phone.get(attempt).json
        assert (seen["state"], seen["finished_at"]) == ("expired", "2026-12-01T05:20:00.000Z")
        assert (answer.json["receipt"], answer.json["at"]) == (seen["receipt"], seen["finished_at"])
        assert answer.json["title"].startswith("Lượt thi đã kết thúc lúc 12:20 ngày 01/12/2026.")
        assert problem(phone.save(attempt, (2, 2, None))) == (409, "closed")

    def test_closes_the_attempt_to_saves(self, phone, attempt, hands):
        phone.submit(attempt)
        hands.advance(milliseconds=1)
        assert problem(phone.save(attempt, (2, 1, None))) == (409, "closed")
        assert problem(phone.take_over(attempt)) == (409, "closed")


class TestStatements:
    """All statements of a request, that of the gate (the account with its roles) included."""

    GATE = 1

    @pytest.fixture
    def count(self, app):
        def count(act):
            with counted(app) as statements:
                answer = act()
            assert answer.status_code < 300
            return len(statements), answer.json

        return count

    def test_what_each_request_costs(self, app, phone, cast, count):
        cold, attempt = count(lambda: phone.start(cast))
        assert cold == self.GATE + 5  # facts, entry, attempt, pool (once a process and round), paper
        assert count(lambda: phone.start(cast))[0] == self.GATE + 3  # facts; the view
        assert count(lambda: phone.save(attempt, (2, 1, None)))[0] == 1
        assert count(lambda: phone.save(attempt, (1, 1, None), (3, 1, None), (4, 1, None)))[0] == 1
        assert count(lambda: phone.get(attempt))[0] == self.GATE + 2
        assert count(lambda: phone.take_over(attempt))[0] == self.GATE + 2  # and the hint
        assert count(lambda: phone.submit(attempt))[0] == self.GATE + 1
        assert count(lambda: phone.start(cast))[0] == self.GATE + 4  # facts, what was seen, attempt, paper
        first_start = count(lambda: Caller(app, "others").start(cast))[0]
        assert first_start == self.GATE + 4 + self.GATE  # with an entry; and the caller's GET /session
        assert first_start - self.GATE <= 6

    def test_what_the_pages_of_a_sitting_cost(self, app, phone, cast, attempt):
        # Of the round: itself, its changes, the sittings in the contest and here, the facts, the unit.
        for path, cost in ((f"/luot-thi/{attempt['id']}/cau/1", 2), (f"/luot-thi/{attempt['id']}/de", 2),
                           (f"/dot-thi/{cast.round}", 6)):
            with counted(app) as statements:
                assert phone.client.get(path).status_code == 200
            assert len(statements) == self.GATE + cost

    def test_a_start_that_settles_the_last_attempt_first(self, phone, cast, attempt, hands, count):
        hands.set(LIMIT)
        assert count(lambda: phone.start(cast))[0] == self.GATE + 5  # facts, settle, what was seen, attempt, paper


def test_nothing_of_the_key_is_in_what_a_contestant_gets(app, phone, cast, hands):
    """Another option made right, the explanations changed: the same bytes but for ids and times."""
    attempt = phone.start(cast).json
    phone.save(attempt, (2, 1, [option(attempt, 2)]))
    before = phone.get(attempt).data
    with app.app_context():
        for key in db.session.scalars(select(AnswerKey)):
            key.correct, key.explanation, key.citation = ["changed"], "changed", "changed"
        db.session.commit()
    assert phone.get(attempt).data == before
    assert b"changed" not in before
    assert "Vì kế hoạch".encode() not in before
