import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from contest.database import Busy
from contest.delivery.events import Told, forget_events, note
from contest.delivery.models import Attempt, Response
from contest.delivery.record_models import AttemptChange, SittingEvent, TimeGrant
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.rounds.models import Barred, Round
from contest.standings import monitor
from contest.standings.hints import Note, health, weigh
from contest.standings.models import Result
from contest.standings.operations import score_pending
from tests import factories as make
from tests.factories import NOON, signed_in
from tests.standings.cast import counts, sit, stage
from tests.statements import counted

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@pytest.fixture
def hall(app):
    """A round in which one sits, one has handed in, one ran out of time, one is void, one is missing."""
    with app.app_context():
        contest, bank, round_, (unit,) = stage(minutes=20)
        names = ("Lê Văn An", "Trần Thị Bình", "Phạm Chi", "Đỗ Dũng", "Hoàng Yến")
        people = [make.account(name=name, unit=unit) for name in names]
        sit(round_, bank, people[0], unit=unit, right=2, started=NOON - 5 * MINUTE, state="open")
        sit(round_, bank, people[1], unit=unit, right=3, started=NOON - 10 * MINUTE, minutes=10)
        sit(round_, bank, people[2], unit=unit, right=1, started=NOON - 60 * MINUTE, state="open")  # nobody closed it
        sit(round_, bank, people[3], unit=unit, started=NOON - 30 * MINUTE, state="void")
        organiser = make.account(roles=("organiser",))
        viewer = make.account(roles=("report_viewer",))
        db.session.commit()
        return {"round": round_.id, "people": [one.id for one in people], "organiser": organiser.id,
                "viewer": viewer.id, "contest": contest.id,
                "attempts": {a.account_id: a.id for a in db.session.scalars(select(Attempt))}}


def browser(app, account_id):
    with app.app_context():
        account = db.session.get(make.Account, account_id)
        db.session.expunge(account)
    return signed_in(app.test_client(), account)


def names(round_, state, text=""):
    page = monitor.page(round_, state, text, None, NOON)
    return [one.name for one in [*page.lines, *page.absent]]


def test_everybody_is_in_one_list(app, hall):
    with app.app_context():
        round_ = db.session.get(Round, hall["round"])
        assert names(round_, "sitting") == ["Lê Văn An"]
        assert names(round_, "finished") == ["Trần Thị Bình", "Phạm Chi"]
        assert names(round_, "void") == ["Đỗ Dũng"]
        assert names(round_, "missing") == ["Hoàng Yến"]
        db.session.get(Attempt, hall["attempts"][hall["people"][3]]).returned = True  # may sit again
        assert names(round_, "missing") == ["Đỗ Dũng", "Hoàng Yến"]
        assert names(round_, "trouble") == []
        found = monitor.counts(round_, NOON)
        assert (found.sitting, found.finished, found.void, found.missing, found.trouble) == (1, 2, 1, 2, 0)
        assert names(round_, "finished", "binh") == ["Trần Thị Bình"]
        assert names(round_, "missing", "so noi") == ["Đỗ Dũng", "Hoàng Yến"]


@pytest.mark.parametrize(("behind", "told"), [(timedelta(seconds=2), False), (timedelta(seconds=3), True)])
def test_a_clock_that_was_put_back_is_told(app, hall, hands, behind, told):
    """A sitting of the future: the clock was an hour ahead when it began, or has been put back since."""
    with app.app_context():
        latest = db.session.scalar(select(func.max(Attempt.started_at)).where(Attempt.round_id == hall["round"]))
        assert (monitor.counts(db.session.get(Round, hall["round"]), latest - behind).ahead == latest) is told
    hands.advance(seconds=(latest - behind - NOON).total_seconds())
    page = browser(app, hall["organiser"]).get(f"/to-chuc/dot-thi/{hall['round']}/theo-doi").text
    assert ("Giờ máy chủ đã bị lùi" in page) is told


def test_answers_that_arrived_within_the_grace_are_marked_late(app, hall, hands):
    """Chosen before the deadline, under way beyond it: they count, and the record says so."""
    attempt = hall["attempts"][hall["people"][1]]  # over since its deadline, ten minutes after its start
    with app.app_context():
        row, round_ = db.session.get(Attempt, attempt), db.session.get(Round, hall["round"])
        round_.grace_ms = 5_000
        row.state, row.finished_at = "expired", row.time_limit_at
        saved = db.session.scalars(select(Response).where(Response.attempt_id == attempt).order_by(Response.slot)).all()
        for response, past in zip(saved, (-1, 0, 4_999), strict=False):
            response.received_at = row.time_limit_at + past * timedelta(milliseconds=1)
        late = [response.slot for response in saved[1:3]]
        db.session.commit()
    text = browser(app, hall["organiser"]).get(f"/to-chuc/luot-thi/{attempt}").text
    assert f"Câu {late[0]}, {late[1]}, vẫn được tính" in text
    other = hall["attempts"][hall["people"][0]]
    assert "vẫn được tính" not in browser(app, hall["organiser"]).get(f"/to-chuc/luot-thi/{other}").text


@pytest.mark.parametrize(("sitting", "trouble", "turned_away", "said"), [
    (0, 0, 0, "good"), (500, 0, 0, "good"), (500, 1, 0, "watch"), (500, 49, 0, "watch"), (500, 50, 0, "bad"),
    (4, 2, 0, "watch"), (4, 3, 0, "bad"), (0, 3, 0, "bad"), (500, 0, 1, "watch"), (500, 50, 1, "bad")])
def test_the_health_of_a_round(sitting, trouble, turned_away, said):
    assert health(sitting, trouble, turned_away) == said


def test_the_monitor_says_its_health_in_words(app, hall, hands):
    watching = browser(app, hall["organiser"])
    page = f"/to-chuc/dot-thi/{hall['round']}/theo-doi"
    assert "Bình thường: không ai gặp lỗi lưu" in watching.get(page).text
    with app.app_context():
        sitting = hall["attempts"][hall["people"][0]]
        db.session.add(SittingEvent(attempt_id=sitting, kind="unsaved", at=NOON, address="0" * 16))
        db.session.commit()
    assert "Cần theo dõi: có người chưa lưu được" in watching.get(page).text


def test_the_monitor_says_that_the_server_turns_people_away(app, hall, hands, monkeypatch):
    """Who cannot save then cannot say so either."""
    watching = browser(app, hall["organiser"])
    page = f"/to-chuc/dot-thi/{hall['round']}/theo-doi"
    assert "từ chối ít nhất" not in watching.get(page).text
    with monkeypatch.context() as patched:
        patched.setattr(monitor, "counts", lambda *_: (_ for _ in ()).throw(Busy))
        assert watching.get(page).status_code == 503
        patched.setattr(monitor, "counts", lambda *_: (_ for _ in ()).throw(OperationalError("", {}, Exception())))
        assert watching.get(page).status_code == 503
    text = watching.get(page).text
    assert "từ chối ít nhất 2 yêu cầu trong 5 phút qua" in text
    assert "Cần theo dõi. " in text


def test_a_line_tells_answers_time_and_end(app, hall):
    with app.app_context():
        round_ = db.session.get(Round, hall["round"])
        [line] = monitor.page(round_, "sitting", "", None, NOON).lines
        assert (line.answered, line.items, line.remaining_ms, line.state) == (2, 4, 15 * 60_000, "open")
        assert line.saved_at == NOON - 5 * MINUTE + timedelta(seconds=2)
        late = next(one for one in monitor.page(round_, "finished", "", None, NOON).lines if one.name == "Phạm Chi")
        assert (late.state, late.finished_at, late.remaining_ms) == ("expired", NOON - 40 * MINUTE, 0)


def test_who_may_not_sit_is_not_missing(app, hall):
    with app.app_context():
        round_ = db.session.get(Round, hall["round"])
        db.session.add(Barred(contest_id=hall["contest"], account_id=hall["people"][4], reason="Tổ thư ký", at=NOON))
        db.session.commit()
        assert names(round_, "missing") == []
        db.session.delete(db.session.get(Barred, (hall["contest"], hall["people"][4])))
        round_.barred_roles = ["contestant"]
        assert names(round_, "missing") == []
        round_.barred_roles = []
        assert names(round_, "missing") == ["Hoàng Yến"]
        round_.open_blocs = ["Khối khác"]
        assert names(round_, "missing") == []


def test_a_long_list_comes_in_pages_for_as_many_statements(app, hall):
    with app.app_context():
        round_ = db.session.get(Round, hall["round"])
        unit = db.session.get(make.Account, hall["people"][0]).unit
        for n in range(60):
            make.account(name=f"Người {n:02}", unit=unit)
        db.session.commit()
        first = monitor.page(round_, "missing", "", None, NOON)
        second = monitor.page(round_, "missing", "", first.after, NOON)
        assert (len(first.absent), len(second.absent), second.after) == (50, 11, None)
        assert len({one.id for one in [*first.absent, *second.absent]}) == 61
    with counted(app) as statements, app.app_context():
        monitor.page(db.session.get(Round, hall["round"]), "finished", "", None, NOON)
    assert len(statements) == 6  # the round, the page, answers, last saves, papers, hints


def test_events_are_hints_kept_thirty_days_and_bounded(app, hall):
    with app.app_context():
        sign_in = make.sign_in(db.session.get(make.Account, hall["people"][0]), "phone").id
        mine, other = (hall["attempts"][hall["people"][n]] for n in (0, 1))
        assert note(mine, sign_in, [Told("unsaved", 2), Told("hidden", 3, 4_000)], "ab" * 8, NOON) == 2
        with pytest.raises(Missing):
            note(other, sign_in, [Told("hidden")], "ab" * 8, NOON)
        with pytest.raises(Refusal, match="sign_in_required"):
            note(mine, "nobody", [Told("hidden")], "ab" * 8, NOON)
        note(mine, sign_in, [Told("opened")], "ab" * 8, NOON - 40 * DAY)
        round_ = db.session.get(Round, hall["round"])
        assert names(round_, "trouble") == ["Lê Văn An"]
        assert [line.hints for line in monitor.page(round_, "trouble", "", None, NOON).lines] == [2]
        assert forget_events(NOON) == 1
        assert monitor.page(round_, "trouble", "", None, NOON + 5 * MINUTE).lines == []
        assert note(mine, sign_in, [Told("hidden")] * 400, "ab" * 8, NOON + MINUTE) == 298
        assert forget_events(NOON + 30 * DAY) == 2
        assert len(db.session.scalars(select(SittingEvent)).all()) == 298


def test_hints_are_figures():
    at = [NOON + timedelta(seconds=s) for s in (0, 1, 2.5, 10, 11.9)]
    notes = [Note(kind, NOON, 1, ms, address) for kind, ms, address in (
        ("hidden", 4_000, "a"), ("hidden", None, "b"), ("pasted", None, "a"))]
    found = weigh(notes, reversed(at), 3)
    assert (found.hidden, found.hidden_ms, found.pasted, found.addresses, found.take_overs, found.quick) == (
        2, 4_000, 1, 2, 2, 3)
    assert weigh([], [], 1).quick == 0
    assert weigh([], [NOON] * 20, 1).quick == 0  # sent together after a time without a line


def test_hints_change_no_score(app, hall):
    with app.app_context():
        score_pending(NOON + MINUTE)
        before = db.session.execute(select(Result.attempt_id, Result.points, Result.taken_ms)).all()
        sign_in = make.sign_in(db.session.get(make.Account, hall["people"][1]), "phone").id
        note(hall["attempts"][hall["people"][1]], sign_in, [Told("hidden")] * 50, "ab" * 8, NOON)
        db.session.execute(Attempt.__table__.update().values(settled=False))
        score_pending(NOON + 2 * MINUTE)
        assert db.session.execute(select(Result.attempt_id, Result.points, Result.taken_ms)).all() == before


class TestPages:
    def post(self, client, hall, act, *people, **form):
        token = client.get("/api/v1/session").json["csrf_token"]
        return client.post(f"/to-chuc/dot-thi/{hall['round']}/theo-doi/{act}", data={
            "csrf_token": token, "attempt": [hall["attempts"][hall["people"][n]] for n in people], **form})

    def test_the_page_and_its_part(self, app, hall, hands):
        client = browser(app, hall["organiser"])
        page = client.get(f"/to-chuc/dot-thi/{hall['round']}/theo-doi").text
        assert "Lê Văn An" in page
        assert "Cập nhật 12:00:00" in page
        part = client.get(f"/to-chuc/dot-thi/{hall['round']}/theo-doi?xem=da-nop&manh=1").text
        assert "Trần Thị Bình" in part
        assert "<html" not in part
        assert "Hoàng Yến" in client.get(f"/to-chuc/dot-thi/{hall['round']}/theo-doi?xem=chua-vao").text

    def test_names_are_shown_before_anything_is_done(self, app, hall, hands):
        client = browser(app, hall["organiser"])
        asked = self.post(client, hall, "thu-bai", 0)
        assert asked.status_code == 200
        assert "Lê Văn An" in asked.text
        with app.app_context():
            assert db.session.get(Attempt, hall["attempts"][hall["people"][0]]).state == "open"
        assert self.post(client, hall, "thu-bai", 0, reason=" ").status_code == 422
        assert self.post(client, hall, "thu-bai", 0, reason="Rời phòng thi").status_code == 303
        with app.app_context():
            assert db.session.get(Attempt, hall["attempts"][hall["people"][0]]).state == "submitted"

    def test_time_is_added_to_whom_was_chosen(self, app, hall, hands):
        client = browser(app, hall["organiser"])
        assert self.post(client, hall, "cong-gio", 0, minutes="7", reason="Mất điện").status_code == 303
        with app.app_context():
            assert db.session.scalar(select(TimeGrant.account_id)) == hall["people"][0]
            assert monitor.page(db.session.get(Round, hall["round"]), "sitting", "", None,
                                NOON).lines[0].remaining_ms == 22 * 60_000

    def test_a_second_press_of_the_button_adds_no_more_time(self, app, hall, hands):
        client = browser(app, hall["organiser"])
        nonce = re.search(r'name="nonce" value="([^"]+)"', self.post(client, hall, "cong-gio", 0).text)[1]
        sent = {"minutes": "7", "reason": "Mất điện", "nonce": nonce}
        for _ in range(2):
            assert self.post(client, hall, "cong-gio", 0, **sent).status_code == 303
        with app.app_context():
            assert len(db.session.scalars(select(TimeGrant)).all()) == 1

    def test_a_unit_or_everybody_gets_time(self, app, hall, hands):
        client = browser(app, hall["organiser"])
        address = f"/to-chuc/dot-thi/{hall['round']}/cong-gio"
        token = client.get("/api/v1/session").json["csrf_token"]
        missing = client.post(address, data={"csrf_token": token, "reach": "unit", "minutes": "5", "reason": "x"})
        assert missing.status_code == 422
        assert "Chọn đơn vị được cộng thêm thời gian." in missing.text
        assert client.post(address, data={"csrf_token": token, "reach": "all", "minutes": "5",
                                          "reason": "Hệ thống chậm"}).status_code == 303
        assert "Hệ thống chậm" in client.get(address).text

    def test_all_of_it_or_nothing_and_the_rest_is_offered(self, app, hall, hands):
        client = browser(app, hall["organiser"])
        one, other = (hall["attempts"][hall["people"][n]] for n in (0, 1))
        refused = self.post(client, hall, "thu-bai", 0, 1, reason="Hết buổi", xem="da-nop")
        assert refused.status_code == 422
        assert re.search(rf'id="why-{other}">.*?Lượt thi này đã kết thúc', refused.text)
        assert "Bấm nút ở dưới để xử lý các mục còn lại." in refused.text
        assert "các mục còn lại" not in self.post(client, hall, "thu-bai", 1, reason="Hết buổi").text
        assert re.search(rf'name="attempt" value="{one}" checked>', refused.text)
        assert re.search(rf'name="attempt" value="{other}" aria-describedby="why-{other}">', refused.text)
        assert "1 mục không xử lý được" in refused.text
        with app.app_context():
            assert db.session.get(Attempt, one).state == "open"
        done = self.post(client, hall, "thu-bai", 0, reason="Hết buổi", xem="da-nop")
        assert done.location.endswith("/theo-doi?xem=da-nop")

    def test_who_has_not_begun_gets_time_beforehand(self, app, hall, hands):
        client = browser(app, hall["organiser"])
        late, elsewhere = hall["people"][4], hall["organiser"]
        page = client.get(f"/to-chuc/dot-thi/{hall['round']}/theo-doi?xem=chua-vao&manh=1").text
        assert f'name="account" value="{late}"' in page
        asked = self.post(client, hall, "cong-gio", account=[late, elsewhere, "x" * 32])
        assert f'name="account" value="{late}" checked' in asked.text
        assert "Hoàng Yến" in asked.text
        assert elsewhere not in asked.text.partition("<fieldset>")[2].partition("</fieldset>")[0]
        done = self.post(client, hall, "cong-gio", account=[late], minutes="15", reason="Khuyết tật", xem="chua-vao")
        assert done.location.endswith("?xem=chua-vao")
        with app.app_context():
            assert db.session.execute(select(TimeGrant.account_id, TimeGrant.ms)).all() == [(late, 15 * 60_000)]
        assert self.post(client, hall, "thu-bai", account=[late], reason="x").status_code == 303  # nothing

    def test_who_began_meanwhile_gets_it_too_and_only_once(self, app, hall, hands):
        client = browser(app, hall["organiser"])
        begun = hall["people"][0]
        self.post(client, hall, "cong-gio", 0, account=[begun], minutes="5", reason="Mất điện")
        with app.app_context():
            assert db.session.scalars(select(TimeGrant.account_id)).all() == [begun]

    def test_an_annulled_attempt_loses_its_result(self, app, hall, hands):
        with app.app_context():
            score_pending(NOON)
            db.session.commit()
            assert counts(db.session.get(Result, hall["attempts"][hall["people"][1]]))
        client = browser(app, hall["organiser"])
        assert self.post(client, hall, "huy-bai", 1, reason="Thi hộ", give_back="y").status_code == 303
        with app.app_context():
            assert db.session.get(Result, hall["attempts"][hall["people"][1]]) is None
            assert db.session.get(Attempt, hall["attempts"][hall["people"][1]]).returned
            assert db.session.scalar(select(AttemptChange.by)) == hall["organiser"]
        record = client.get(f"/to-chuc/luot-thi/{hall['attempts'][hall['people'][1]]}").text
        assert "Thi hộ" in record

    def test_report_viewers_look_and_do_nothing(self, app, hall, hands):
        client = browser(app, hall["viewer"])
        page = client.get(f"/to-chuc/dot-thi/{hall['round']}/theo-doi")
        assert page.status_code == 200
        assert not re.search(r'name="attempt"', page.text)
        assert self.post(client, hall, "thu-bai", 0, reason="x").status_code == 403

    @pytest.mark.parametrize("act", ["xoa", "thu_bai", "mo-lai-het"])
    def test_an_unknown_act_is_missing(self, app, hall, hands, act):
        assert self.post(browser(app, hall["organiser"]), hall, act, 0, reason="x").status_code == 404

    def test_other_rounds_attempts_are_left_out(self, app, hall, hands):
        with app.app_context():
            _contest, _bank, other, _units = stage()
            db.session.commit()
            elsewhere = other.id
        client = browser(app, hall["organiser"])
        token = client.get("/api/v1/session").json["csrf_token"]
        sent = client.post(f"/to-chuc/dot-thi/{elsewhere}/theo-doi/thu-bai", data={
            "csrf_token": token, "attempt": hall["attempts"][hall["people"][0]], "reason": "x"})
        assert sent.status_code == 303
        with app.app_context():
            assert db.session.get(Attempt, hall["attempts"][hall["people"][0]]).state == "open"
