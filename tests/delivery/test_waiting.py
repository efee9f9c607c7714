"""The queue before a start as browsers and programs meet it."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from contest.config import load
from contest.delivery import granting, waiting
from contest.delivery.models import Attempt
from contest.delivery.queueing import Queue
from contest.extensions import db
from contest.rounds.models import Round
from tests.delivery.conftest import counted, set_round
from tests.delivery.test_api import Caller, problem
from tests.delivery.test_views import Browser, text

CONSENT = {"consent": "y"}


@pytest.fixture
def crowd(app, hands):
    """Everybody before has taken what is let in at once; from now on two a second are."""
    queue = app.extensions["start_queue"] = Queue(1, 2)
    queue.ask("everybody", int(hands.now().timestamp() * 1000))
    return queue


@pytest.fixture
def phone(app, cast, hands):
    return Browser(app, "phone")


def attempts(app):
    with app.app_context():
        return db.session.query(Attempt).count()


def start(browser, cast, **form):
    return browser.post(f"/dot-thi/{cast.round}/bat-dau", **form)


def other_process(app, hands):
    """A process that knows nothing of the turns given here, and lets nobody in for an hour."""
    queue = app.extensions["start_queue"] = Queue(1, 1, 3_600)
    queue.ask("everybody", int(hands.now().timestamp() * 1000))


def test_a_page_waits_with_its_place_and_enters_at_its_turn(app, phone, cast, hands, crowd):
    with counted(app) as statements:
        answer = start(phone, cast, **CONSENT)
    page = text(answer, 503)
    assert len(statements) == 1  # whether there is a sitting to go on with, and what waiting costs
    assert answer.headers["Retry-After"] == "1"
    assert "Anh/chị ở vị trí khoảng 1, trang tự vào sau 1 giây." in page
    assert 'name="consent" value="y"' in page
    assert 'data-wait="500"' in page
    assert attempts(app) == 0
    hands.advance(milliseconds=499)
    assert start(phone, cast, **CONSENT).status_code == 503
    hands.advance(milliseconds=1)
    assert start(phone, cast, **CONSENT).status_code == 302
    with app.app_context():
        assert db.session.query(Attempt).one().started_at == hands.now()


def test_what_was_typed_is_kept(phone, cast, crowd):
    page = text(start(phone, cast, consent="y", password="a & b"), 503)
    assert 'name="password" value="a &amp; b"' in page
    assert "other" not in re.findall(r'name="(\w+)" value', text(start(phone, cast, other="x"), 503))


def test_whoever_waits_knows_whom_to_call(app, phone, cast, hands, crowd):
    with counted(app) as statements:
        page = text(start(phone, cast, **CONSENT), 503)
    assert 'href="tel:0277000001"' in page
    assert 'href="https://zalo.me/0900000003"' in page
    assert len(statements) == 1


def test_a_program_is_told_the_same(app, cast, hands, crowd):
    caller = Caller(app, "phone")
    with counted(app) as statements:
        answer = caller.start(cast)
    assert problem(answer) == (503, "queued")
    assert (answer.json["place"], answer.json["wait_s"], answer.headers["Retry-After"]) == (1, 1, "1")
    assert answer.content_type == "application/problem+json"
    assert len(statements) == 1
    hands.advance(seconds=1)
    assert caller.start(cast).status_code == 201


def test_another_process_knows_the_turn(app, phone, cast, hands, crowd):
    start(phone, cast, **CONSENT)
    other_process(app, hands)
    assert start(phone, cast, **CONSENT).status_code == 503
    hands.advance(milliseconds=500)
    assert start(phone, cast, **CONSENT).status_code == 302


@pytest.mark.parametrize("cookie", ["", "x", "W10.forged", None])
def test_a_turn_that_was_not_given_lets_nobody_in(app, phone, cast, hands, crowd, cookie):
    """Forged ones, and that of another sign-in (None)."""
    address = f"/dot-thi/{cast.round}/bat-dau"
    if cookie is None:
        other = Browser(app, "others")
        start(other, cast, **CONSENT)
        cookie = other.client.get_cookie("turn", path=address).value
    hands.advance(milliseconds=600)  # the turn of the other one has come
    other_process(app, hands)
    phone.client.set_cookie("turn", cookie, path=address)
    assert start(phone, cast, **CONSENT).status_code == 503


def test_who_has_started_is_not_queued_again(app, phone, cast, hands):
    phone.start(cast)
    other_process(app, hands)
    assert start(phone, cast).status_code == 302
    assert attempts(app) == 1


def test_the_queue_asks_nothing_of_those_it_lets_in(app, phone, cast):
    with counted(app) as statements:
        start(phone, cast, **CONSENT)
    assert not [line for line in statements if "FROM round JOIN sign_in" in line]


@pytest.mark.parametrize("programs", [False, True])
def test_a_sitting_that_runs_goes_on_without_a_turn(app, phone, cast, hands, programs):
    """On a machine that has no cookie of it: another sign-in of the same person."""
    phone.start(cast)
    other_process(app, hands)
    if programs:
        answer = Caller(app, "laptop").start(cast)
        assert answer.status_code == 200
    else:
        assert start(Browser(app, "laptop"), cast).status_code == 302
    assert start(Browser(app, "others"), cast, **CONSENT).status_code == 503
    hands.advance(minutes=20)  # over: another one would begin
    assert start(Browser(app, "laptop"), cast, **CONSENT).status_code == 503


@pytest.mark.parametrize(("room_ms", "spread"), [(499, 0), (500, 0), (501, 1), (1_499, 999), (86_400_000, 1_000)])
def test_it_says_that_waiting_costs_nothing_only_where_it_does_not(app, phone, cast, hands, crowd, room_ms, spread):
    with app.app_context():
        set_round(cast, closes_at=hands.now() + timedelta(minutes=20, milliseconds=room_ms))
    page = text(start(phone, cast, **CONSENT), 503)
    assert ("không mất phút nào" in page) == (room_ms >= 500)
    assert f'data-wait="500" data-spread="{spread}"' in page
    if room_ms < 500:
        assert "nhưng đợt thi kết thúc lúc 12:20: vào đúng lượt còn 19:59 để làm bài thay vì 20 phút." in page


def test_extra_time_needs_room_as_well(app, phone, cast, hands, crowd):
    with app.app_context():
        set_round(cast, closes_at=hands.now() + timedelta(minutes=21))
        granting.grant_time(cast.round, granting.Reach(cast.account), 5, "Mất điện", by=None, now=hands.now())
        db.session.commit()
    assert "vào đúng lượt còn 20:59 để làm bài thay vì 25 phút." in text(start(phone, cast, **CONSENT), 503)


def test_a_turn_after_the_end_is_told(app, phone, cast, hands, crowd):
    with app.app_context():
        set_round(cast, closes_at=hands.now() + timedelta(milliseconds=400))
    assert "Đợt thi kết thúc lúc 12:00, trước khi đến lượt." in text(start(phone, cast, **CONSENT), 503)


def test_waiting_takes_no_turn_to_write(app, phone, cast, crowd):
    with app.app_context():
        set_round(cast, grace_ms=1)
        db.session.execute(update(Round).values(grace_ms=2))  # a writer that has not come to its end
        assert start(phone, cast, **CONSENT).status_code == 503
        db.session.rollback()


def test_nothing_but_a_start_is_queued(app, cast, phone, hands):
    caller = Caller(app, "phone")
    attempt = caller.start(cast).json
    other_process(app, hands)
    token = attempt["items"][1]["options"][0]["id"]
    saved = caller.call("PUT", f"/attempts/{attempt['id']}/answers",
                        {"generation": 1, "answers": [{"slot": 2, "seq": 1, "choice": [token]}]})
    assert saved.status_code == 200
    assert phone.get(f"/dot-thi/{cast.round}").status_code == 200
    page = text(Browser(app, "laptop").get(f"/dot-thi/{cast.round}"))
    assert f'action="/luot-thi/{attempt["id"]}/lam-tiep"' in page  # another device goes on
    assert f'href="/luot-thi/{attempt["id"]}"' in text(phone.get(f"/dot-thi/{cast.round}"))  # and this one
    assert phone.get(f"/luot-thi/{attempt['id']}").status_code == 302
    assert caller.call("POST", f"/attempts/{attempt['id']}/submit").status_code == 200


def test_a_stranger_takes_no_place(app, client, cast, hands, crowd):
    answer = client.post(f"/dot-thi/{cast.round}/bat-dau", data=CONSENT)
    assert answer.status_code == 303
    assert crowd.ask("next", int(hands.now().timestamp() * 1000)).wait_ms(int(hands.now().timestamp() * 1000)) == 500


def test_the_turn_goes_to_the_address_of_the_start_only(phone, cast, crowd):
    line = start(phone, cast, **CONSENT).headers["Set-Cookie"]
    assert f"Path=/dot-thi/{cast.round}/bat-dau" in line
    assert "HttpOnly" in line
    assert "SameSite=Lax" in line


@pytest.mark.parametrize(("workers", "burst", "rate"), [(1, 200, 300), (2, 100, 150), (8, 100, 37.5)])
def test_each_process_lets_in_its_part_but_never_less_than_a_hundred_at_once(tmp_path, workers, burst, rate):
    config = load({"CONTEST_DATA_DIR": str(tmp_path), "DATABASE_URL": "postgresql+psycopg://x@/y",
                   "WEB_WORKERS": str(workers)})
    queue = waiting.queue_for(config)
    assert sum(queue.ask(str(n), 1_000).wait_ms(1_000) == 0 for n in range(500)) == burst
    assert queue.place(10_000) == 10 * rate


def test_the_sitting_lasts_as_long_as_any_other(app, phone, cast, hands, crowd):
    """The time in the queue is nobody's time: the deadline counts from the real start."""
    start(phone, cast, **CONSENT)
    hands.advance(seconds=30)
    assert start(phone, cast, **CONSENT).status_code == 302
    with app.app_context():
        attempt = db.session.query(Attempt).one()
        assert attempt.time_limit_at - attempt.started_at == timedelta(minutes=20)
        assert attempt.started_at == hands.now()
