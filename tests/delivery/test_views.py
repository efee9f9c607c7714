"""The pages of a sitting as a browser without script meets them."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from contest.delivery import operations, queries
from contest.delivery.queries import counted_choices
from contest.extensions import db
from contest.identity import operations as operations_of_identity
from contest.identity.access import digest
from contest.identity.models import Account, SignIn
from contest.rounds.models import Entry, RoundChange
from contest.rounds.publishing import cancel_round
from tests.delivery.conftest import MS, NOON, Cast, counted, set_round

LIMIT = NOON + timedelta(minutes=20)


class Browser:
    """A browser that is signed in with `token` and runs no script."""

    def __init__(self, app, token):
        self.client = app.test_client()
        with self.client.session_transaction() as session:
            session["token"] = token
        self.csrf = self.client.get("/api/v1/session").json["csrf_token"]

    def get(self, path):
        return self.client.get(path)

    def post(self, path, **form):
        return self.client.post(path, data={"csrf_token": self.csrf, **form})

    def start(self, cast):
        answer = self.post(f"/dot-thi/{cast.round}/bat-dau", consent="y")
        assert answer.status_code == 302
        return re.fullmatch(r"/luot-thi/([0-9a-f]{32})/cau/1", answer.location)[1]


@pytest.fixture
def phone(app, cast, hands):
    return Browser(app, "phone")


@pytest.fixture
def attempt(phone, cast):
    return phone.start(cast)


def text(answer, status=200):
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def tokens(page: str) -> list[str]:
    return re.findall(r'name="choice" id="o\d+" value="([^"]+)"', page)


def nonce(page: str) -> str:
    return re.search(r'name="nonce" value="([^"]+)"', page)[1]


def chosen(app, attempt):
    with app.app_context():
        return counted_choices([attempt])[attempt]


class TestRoundPage:
    def path(self, cast):
        return f"/dot-thi/{cast.round}"

    def test_open(self, phone, cast):
        page = text(phone.get(self.path(cast)))
        assert "Đồng hồ 20 phút chạy ngay khi bấm." in page
        assert "Đây là lượt 1 trong 2." in page
        assert "checked" not in page.split('id="consent"')[1][:80]

    def test_the_end_of_the_round_comes_first(self, app, phone, cast, hands):
        with app.app_context():
            set_round(cast, closes_at=NOON + timedelta(minutes=12, seconds=40))
        assert "chỉ còn 12:40 để làm bài thay vì 20 phút" in text(phone.get(self.path(cast)))

    @pytest.mark.parametrize(("step", "says"), [
        (-MS, "Đợt thi mở lúc"), (timedelta(0), "Bắt đầu làm bài")], ids=["before", "at the opening"])
    def test_the_opening(self, app, phone, cast, hands, step, says):
        with app.app_context():
            set_round(cast, opens_at=NOON + timedelta(hours=1))
        hands.set(NOON + timedelta(hours=1) + step)
        page = text(phone.get(self.path(cast)))
        assert ("Bắt đầu làm bài" in page) == (says == "Bắt đầu làm bài")

    @pytest.mark.parametrize(("window", "spread"), [
        (timedelta(minutes=20), 0), (timedelta(minutes=20, seconds=7), 7_000), (timedelta(hours=5), 20_000)])
    def test_the_opening_is_spread_only_over_time_that_nobody_loses(self, app, phone, cast, window, spread):
        opens_at = NOON + timedelta(hours=1)
        with app.app_context():
            set_round(cast, opens_at=opens_at, closes_at=opens_at + window)
        assert f'data-left="3600000" data-spread="{spread}"' in text(phone.get(self.path(cast)))

    @pytest.mark.parametrize(("before", "ready"), [(timedelta(hours=1), True), (timedelta(hours=1) + MS, False)],
                             ids=["an hour before", "earlier"])
    def test_who_waits_has_the_opening_prepared(self, app, phone, cast, hands, before, ready):
        with app.app_context():
            set_round(cast, opens_at=NOON + before)
        queries._pools.clear()
        phone.get(self.path(cast))
        assert ((cast.round, 1) in queries._pools) == ready
        hands.advance(hours=2)
        with counted(app) as statements:
            phone.start(cast)
        assert any("round_question" in statement for statement in statements) != ready

    @pytest.mark.parametrize(("columns", "says"), [
        ({"audience": "citizen"}, "Đợt thi này dành cho người dân."),
        ({"closes_at": NOON - MS}, "Đợt thi đã kết thúc lúc"),
    ], ids=["audience", "closed"])
    def test_refusals_say_why_and_whom_to_call(self, app, phone, cast, columns, says):
        with app.app_context():
            set_round(cast, **columns)
        page = text(phone.get(self.path(cast)))
        assert says in page
        assert "gọi hỗ trợ kỹ thuật: 0277 000 001." in page
        assert "Bắt đầu làm bài" not in page

    @pytest.mark.parametrize(("shown", "leads"), [("after_close", True), ("never", False)])
    def test_a_closed_round_leads_to_its_board(self, app, phone, cast, shown, leads):
        with app.app_context():
            set_round(cast, closes_at=NOON - MS, board_shown=shown)
        page = text(phone.get(self.path(cast)))
        assert (f'href="{self.path(cast)}/xep-hang"' in page) == leads
        assert (f'href="{self.path(cast)}/don-vi"' in page) == leads
        assert "Lượt thi còn lại" not in page

    def test_a_cancelled_round_gives_its_reason(self, app, phone, cast):
        with app.app_context():
            set_round(cast, state="cancelled")
            db.session.add(RoundChange(round_id=cast.round, kind="cancelled", reason="Bão số 9", at=NOON,
                                       closes_before=LIMIT, closes_after=LIMIT))
            db.session.commit()
        page = text(phone.get(self.path(cast)))
        assert "Bão số 9" in page
        assert "Bắt đầu làm bài" not in page

    def test_the_audience_is_that_of_the_entry(self, app, phone, cast):
        """As at the start of a sitting: who entered as an official goes on as one."""
        phone.post(f"/luot-thi/{phone.start(cast)}/nop-bai")
        with app.app_context():
            set_round(cast, audience="official")
            db.session.get(Account, cast.account).audience = "citizen"
            db.session.commit()
        assert "Bắt đầu làm bài" in text(phone.get(self.path(cast)))
        with app.app_context():
            db.session.query(Entry).one().audience = "citizen"
            db.session.commit()
        assert "Bắt đầu làm bài" not in text(phone.get(self.path(cast)))

    def test_a_draft_is_not_there(self, app, phone, cast):
        with app.app_context():
            set_round(cast, state="draft")
        text(phone.get(self.path(cast)), 404)

    def test_a_running_sitting_goes_on(self, phone, cast, attempt, hands):
        hands.advance(minutes=7, seconds=20)
        assert "Tiếp tục làm bài (còn 12:40)" in text(phone.get(self.path(cast)))

    def test_no_attempts_left(self, phone, cast):
        for _ in range(2):
            phone.post(f"/luot-thi/{phone.start(cast)}/nop-bai")
        page = text(phone.get(self.path(cast)))
        assert "Đã dùng hết 2/2 lượt thi của đợt này." in page
        assert "Bắt đầu làm bài" not in page


def test_consent_is_asked_for(app, phone, cast):
    page = text(phone.post(f"/dot-thi/{cast.round}/bat-dau"), 422)
    assert "Đánh dấu vào ô cam kết để bắt đầu làm bài." in page
    assert "<title>Lỗi:" in page


def test_a_refused_start_goes_to_the_round(app, phone, cast):
    with app.app_context():
        set_round(cast, closes_at=NOON - MS)
    answer = phone.post(f"/dot-thi/{cast.round}/bat-dau", consent="y")
    assert (answer.status_code, answer.location) == (302, f"/dot-thi/{cast.round}")


class TestQuestion:
    def test_save_and_go_on(self, app, phone, attempt):
        page = text(phone.get(f"/luot-thi/{attempt}/cau/1"))
        one, two, *_ = tokens(page)
        answer = phone.post(f"/luot-thi/{attempt}/cau/1", choice=[two, one], nonce=nonce(page), go="next")
        assert answer.location == f"/luot-thi/{attempt}/cau/2"
        assert chosen(app, attempt) == {1: tuple(sorted((one, two)))}

    def test_going_on_without_a_choice_writes_nothing(self, app, phone, attempt):
        with counted(app) as statements:
            phone.post(f"/luot-thi/{attempt}/cau/1", nonce="n", go="next")
        assert not [s for s in statements if s.lstrip().startswith(("INSERT", "UPDATE"))]

    def test_reading_writes_nothing(self, app, phone, attempt, cast):
        with counted(app) as statements:
            for path in (f"/luot-thi/{attempt}/cau/1", f"/luot-thi/{attempt}/kiem-tra", f"/dot-thi/{cast.round}"):
                text(phone.get(path))
        assert not [s for s in statements if not s.lstrip().startswith(("SELECT", "PRAGMA"))]

    def test_nothing_of_it_may_be_kept(self, phone, attempt):
        assert phone.get(f"/luot-thi/{attempt}/cau/1").headers["Cache-Control"] == "no-store"

    @pytest.mark.parametrize("slot", [0, 5, 99])
    def test_a_slot_that_is_not_there(self, phone, attempt, slot):
        text(phone.get(f"/luot-thi/{attempt}/cau/{slot}"), 404)
        text(phone.post(f"/luot-thi/{attempt}/cau/{slot}", go="next"), 404)

    def test_going_on_leads_to_the_first_unanswered_question(self, app, phone, attempt, hands):
        assert phone.get(f"/luot-thi/{attempt}").location == f"/luot-thi/{attempt}/cau/1"
        page = text(phone.get(f"/luot-thi/{attempt}/cau/1"))
        phone.post(f"/luot-thi/{attempt}/cau/1", choice=tokens(page)[:1], nonce=nonce(page), go="check")
        assert phone.get(f"/luot-thi/{attempt}").location == f"/luot-thi/{attempt}/cau/2"
        assert f'href="/luot-thi/{attempt}/cau/2">Quay lại làm bài' in text(phone.get(f"/luot-thi/{attempt}/kiem-tra"))
        assert Browser(app, "others").get(f"/luot-thi/{attempt}").status_code == 404
        hands.set(LIMIT)
        assert phone.get(f"/luot-thi/{attempt}").location == f"/luot-thi/{attempt}/da-nop"

    def test_a_strangers_sitting_is_not_there(self, app, cast, attempt):
        stranger = Browser(app, "others")
        for path in ("cau/1", "kiem-tra", "da-nop"):
            text(stranger.get(f"/luot-thi/{attempt}/{path}"), 404)
        for path in ("cau/1", "nop-bai", "lam-tiep"):
            text(stranger.post(f"/luot-thi/{attempt}/{path}"), 404)

    @pytest.mark.parametrize(("step", "status"), [(-MS, 200), (timedelta(0), 302)], ids=["last", "over"])
    def test_the_deadline(self, phone, attempt, hands, step, status):
        hands.set(LIMIT + step)
        for path in ("cau/1", "kiem-tra"):
            answer = phone.get(f"/luot-thi/{attempt}/{path}")
            assert answer.status_code == status
            assert answer.location == (None if status == 200 else f"/luot-thi/{attempt}/da-nop")

    def test_a_choice_after_the_deadline_does_not_count(self, app, phone, attempt, hands):
        one, *_ = tokens(text(phone.get(f"/luot-thi/{attempt}/cau/2")))
        hands.set(LIMIT)
        answer = phone.post(f"/luot-thi/{attempt}/cau/2", choice=one, nonce="n", go="next")
        assert answer.location == f"/luot-thi/{attempt}/da-nop"
        assert chosen(app, attempt) == {}

    def test_another_browser_reads_and_takes_over(self, app, phone, attempt):
        laptop = Browser(app, "laptop")
        page = text(laptop.get(f"/luot-thi/{attempt}/cau/2"))
        assert "Bài thi đang mở trên thiết bị khác." in page
        assert "<fieldset disabled " in page
        one, *_ = tokens(page)
        laptop.post(f"/luot-thi/{attempt}/cau/2", choice=one, nonce="n", go="next")
        assert chosen(app, attempt) == {}
        answer = laptop.post(f"/luot-thi/{attempt}/lam-tiep", slot="2")
        assert answer.location == f"/luot-thi/{attempt}/cau/2"
        laptop.post(f"/luot-thi/{attempt}/cau/2", choice=one, nonce="n", go="next")
        assert chosen(app, attempt) == {2: (one,)}
        assert "<fieldset disabled " in text(phone.get(f"/luot-thi/{attempt}/cau/2"))


class TestReceipt:
    def test_submitting_twice_is_once(self, phone, attempt, hands):
        hands.advance(minutes=3, seconds=5)
        first = phone.post(f"/luot-thi/{attempt}/nop-bai")
        hands.advance(minutes=1)
        again = phone.post(f"/luot-thi/{attempt}/nop-bai")
        assert first.location == again.location == f"/luot-thi/{attempt}/da-nop"
        page = text(phone.get(first.location))
        assert "Hệ thống đã nhận bài lúc 12:03 với 0/4 câu đã trả lời." in page
        assert "03:05" in page

    def test_time_up(self, app, phone, attempt, hands):
        one, *_ = tokens(text(phone.get(f"/luot-thi/{attempt}/cau/2")))
        phone.post(f"/luot-thi/{attempt}/cau/2", choice=one, nonce="n", go="next")
        hands.set(LIMIT)
        page = receipt(phone, attempt)
        assert "Hệ thống đã nộp bài lúc 12:20 với 1/4 câu đã trả lời." in page
        assert phone.post(f"/luot-thi/{attempt}/nop-bai").location == f"/luot-thi/{attempt}/da-nop"
        with app.app_context():
            assert operations.close_overdue(LIMIT) == 1
            db.session.commit()
        assert receipt(phone, attempt) == page

    def test_a_running_sitting_has_none(self, phone, attempt):
        assert phone.get(f"/luot-thi/{attempt}/da-nop").location == f"/luot-thi/{attempt}/kiem-tra"

    def test_a_cancelled_round(self, app, phone, attempt, cast: Cast):
        with app.app_context():
            set_round(cast, state="cancelled")
        assert phone.get(f"/luot-thi/{attempt}/cau/1").location == f"/luot-thi/{attempt}/da-nop"
        page = text(phone.get(f"/luot-thi/{attempt}/da-nop"))
        assert "Bài thi không được tính" in page
        assert "vẫn được tính" not in page

    def test_a_cancelled_round_reads_the_same_before_and_after_the_sweep(self, app, phone, attempt, cast: Cast, hands):
        hands.advance(minutes=3, seconds=7)
        with app.app_context():
            cancel_round(cast.round, "Bão số 9", by=None, now=hands.now())
            db.session.commit()
        hands.advance(minutes=1)
        page = receipt(phone, attempt)
        assert "03:07" in page
        with app.app_context():
            assert operations.close_overdue(hands.now()) == 1
            db.session.commit()
        assert receipt(phone, attempt) == page


def receipt(phone, attempt):
    """The page without its CSRF token, which is signed anew each second."""
    return re.sub(r'name="csrf_token" value="[^"]+"', "", text(phone.get(f"/luot-thi/{attempt}/da-nop")))


class TestClockAndFlags:
    def call(self, phone, method, path, body=None):
        return phone.client.open(f"/api/v1/attempts/{path}", method=method, json=body,
                                 headers={"X-CSRF-Token": phone.csrf})

    def test_the_clock(self, app, phone, attempt, hands):
        hands.set(LIMIT - MS)
        assert self.call(phone, "GET", f"{attempt}/clock").json == {
            "state": "open", "generation": 1, "owned": True, "remaining_ms": 1,
            "server_now": "2026-12-01T05:19:59.999Z"}
        assert self.call(Browser(app, "laptop"), "GET", f"{attempt}/clock").json["owned"] is False
        hands.set(LIMIT)
        assert self.call(phone, "GET", f"{attempt}/clock").json["state"] == "expired"
        assert self.call(Browser(app, "others"), "GET", f"{attempt}/clock").status_code == 404

    def test_the_clock_costs_one_statement(self, app, phone, attempt):
        with counted(app) as statements:
            assert self.call(phone, "GET", f"{attempt}/clock").status_code == 200
        assert len(statements) == 1

    def test_a_clock_of_a_dead_sign_in_says_so(self, app, phone, attempt):
        with app.app_context():
            db.session.execute(update(SignIn).values(revoked_at=NOON))
            db.session.commit()
        refused = self.call(phone, "GET", f"{attempt}/clock")
        assert (refused.status_code, refused.json["code"]) == (401, "sign_in_required")

    def test_flags(self, phone, attempt):
        for _ in range(2):
            assert self.call(phone, "PUT", f"{attempt}/flags/3", {"on": True}).status_code == 204
        assert 'aria-label="Câu 3, chưa trả lời, đã đánh dấu"' in text(phone.get(f"/luot-thi/{attempt}/cau/1"))
        assert self.call(phone, "PUT", f"{attempt}/flags/3", {"on": False}).status_code == 204
        assert "đã đánh dấu\" " not in text(phone.get(f"/luot-thi/{attempt}/cau/1"))
        assert self.call(phone, "PUT", f"{attempt}/flags/9", {"on": True}).status_code == 404
        assert self.call(phone, "PUT", f"{attempt}/flags/3", {"on": 1}).status_code == 422


class TestASignInThatEndsBeforeTheSitting:
    """Signed in yesterday, or where SESSION_HOURS is short: nobody is signed out in mid-sitting."""

    @staticmethod
    def end_at(app, instant):
        with app.app_context():
            db.session.execute(update(SignIn).values(expires_at=instant))
            db.session.commit()

    def test_lasts_as_long_as_what_it_begins(self, app, phone, cast, hands):
        self.end_at(app, NOON + MS)
        answer = phone.post(f"/dot-thi/{cast.round}/bat-dau", consent="y")
        attempt = answer.location.split("/")[2]
        cookies = answer.headers.getlist("Set-Cookie")
        assert any(line.startswith("contest=") for line in cookies)  # for it has an age of its own
        hands.set(LIMIT - MS)
        question = text(phone.get(f"/luot-thi/{attempt}/cau/2"))
        chosen = tokens(question)[0]
        assert phone.post(f"/luot-thi/{attempt}/cau/2", choice=chosen, nonce=nonce(question)).status_code == 302
        assert phone.post(f"/luot-thi/{attempt}/nop-bai").location.endswith("/da-nop")
        with app.app_context():
            assert counted_choices([attempt]) == {attempt: {2: (chosen,)}}

    def test_lasts_as_long_as_what_it_takes_over(self, app, phone, attempt, hands):
        laptop = Browser(app, "laptop")
        self.end_at(app, NOON + MS)
        laptop.post(f"/luot-thi/{attempt}/lam-tiep")
        hands.set(LIMIT - MS)
        assert laptop.get(f"/luot-thi/{attempt}/cau/2").status_code == 200
        assert phone.get(f"/luot-thi/{attempt}/cau/2").location.startswith("/dang-nhap")

    def test_is_not_prolonged_where_it_lasts_anyway(self, app, phone, cast, hands):
        before = self.ends(app)
        phone.start(cast)
        assert self.ends(app) == before

    def test_that_was_revoked_stays_so(self, app, phone, attempt, hands):
        with app.app_context():
            operations_of_identity.prolong(digest("phone"), NOON + timedelta(days=9))
            operations_of_identity.sign_out(digest("phone"), NOON)
            operations_of_identity.prolong(digest("phone"), NOON + timedelta(days=10))
            db.session.commit()
            assert db.session.get(SignIn, digest("phone")).expires_at == NOON + timedelta(days=9)
        assert phone.get(f"/luot-thi/{attempt}/cau/2").location.startswith("/dang-nhap")

    @staticmethod
    def ends(app):
        with app.app_context():
            return {row.id: row.expires_at for row in db.session.query(SignIn)}


def test_a_page_that_another_device_took_the_sitting_from_does_not_hand_it_in(app, phone, attempt):
    laptop = Browser(app, "laptop")
    laptop.post(f"/luot-thi/{attempt}/lam-tiep")
    answer = phone.post(f"/luot-thi/{attempt}/nop-bai")
    assert answer.location == f"/luot-thi/{attempt}/kiem-tra"
    assert "Bài thi đang mở trên thiết bị khác." in text(phone.get(answer.location))
    assert laptop.get(f"/luot-thi/{attempt}/cau/2").status_code == 200
    assert laptop.post(f"/luot-thi/{attempt}/nop-bai").location.endswith("/da-nop")
    assert phone.post(f"/luot-thi/{attempt}/nop-bai").location.endswith("/da-nop")  # over: its receipt
