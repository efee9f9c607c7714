import re
from datetime import timedelta

import pytest

from contest.extensions import db
from contest.identity.models import Account
from contest.questions.models import Bank
from contest.rounds.models import ContestUnit, Round
from contest.standings.models import Result
from contest.standings.operations import score_round
from tests import factories
from tests.factories import NOON, signed_in
from tests.standings.cast import sit, stage
from tests.statements import counted

CLOSES = NOON + timedelta(hours=6)
MS = timedelta(milliseconds=1)


def text(response):
    """What stands on the page, tags left out."""
    plain = re.sub(r"<(script|style).*?</\1>", " ", response.get_data(as_text=True), flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", plain)).replace("\u00a0", " ")


@pytest.fixture
def scene(app, hands):
    """Names → ids of a contestant with a finished attempt, a stranger, an organiser, a report viewer, a round."""
    hands.set(NOON + timedelta(minutes=30))

    def make(score=True, sittings=1, **columns):
        with app.app_context():
            _contest, bank, round_, (unit,) = stage(**columns)
            people = [factories.account(name=f"Trần Thị {word}", unit=unit) for word in ("An", "Bình", "Chi", "Dung")]
            attempts = [sit(round_, bank, who, unit=unit, right=3, wrong=1) for who in people[:sittings]]
            if score:
                score_round(round_.id, NOON + timedelta(minutes=20))
            staff = {role: factories.account(roles=(role,)).id for role in ("organiser", "report_viewer")}
            ids = {"round": round_.id, "attempt": attempts[0].id if attempts else "0" * 32, "contestant": people[0].id,
                   "stranger": people[3].id, **staff}
            db.session.commit()
        return ids

    return make


def as_(app, account_id):
    with app.app_context():
        account = db.session.get(Account, account_id)
        db.session.expunge(account)
    return signed_in(app.test_client(), account)


def test_the_result_does_not_wait_for_the_worker(app, scene):
    ids = scene(score=False)
    page = as_(app, ids["contestant"]).get(f"/luot-thi/{ids['attempt']}/ket-qua")
    assert page.status_code == 200
    said = text(page)
    assert "3/4 câu đúng" in said
    assert "3 trên 4 điểm" in said
    assert "05:00" in said
    assert "Lượt 1 trong 3 lượt" in said
    assert "Kết quả chính thức do Ban Tổ chức công bố sau khi kết thúc đợt thi." in said
    with app.app_context():
        assert db.session.query(Result).count() == 0  # a GET writes nothing


def test_the_result_computed_equals_the_result_stored(app, scene):
    ids = scene(score=False)
    client = as_(app, ids["contestant"])
    before = client.get(f"/api/v1/attempts/{ids['attempt']}/result").get_json()
    with app.app_context():
        score_round(ids["round"], NOON + timedelta(minutes=20))
        db.session.commit()
        stored = db.session.get(Result, ids["attempt"])
        assert {key: before[key] for key in ("points", "max_points", "correct", "answered", "items", "taken_ms")} == {
            "points": stored.points, "max_points": stored.max_points, "correct": stored.correct,
            "answered": stored.answered, "items": stored.items, "taken_ms": stored.taken_ms}


def test_anothers_attempt_is_nobodys_business(app, scene):
    ids = scene(result_shown="review")
    for who in ("stranger", "organiser", "report_viewer"):
        client = as_(app, ids[who])
        assert client.get(f"/luot-thi/{ids['attempt']}/ket-qua").status_code == 404
        assert client.get(f"/api/v1/attempts/{ids['attempt']}/result").status_code == 404
    assert app.test_client().get(f"/api/v1/attempts/{ids['attempt']}/result").status_code == 401


@pytest.mark.parametrize(("shown", "published_after", "timeline"), [
    ("nothing", timedelta(hours=1), [(CLOSES, 403), (CLOSES + timedelta(hours=1) - MS, 403),
                                     (CLOSES + timedelta(hours=1), 200)]),
    ("score", None, [(NOON + timedelta(minutes=5), 200)]),
])
def test_when_the_result_may_be_seen(app, hands, scene, shown, published_after, timeline):
    ids = scene(result_shown=shown, results_published_at=published_after and CLOSES + published_after)
    client = as_(app, ids["contestant"])
    for at, status in timeline:
        hands.set(at)
        found = client.get(f"/api/v1/attempts/{ids['attempt']}/result")
        assert found.status_code == status
        assert found.get_json().get("code") == ("not_yet" if status == 403 else None)
        assert client.get(f"/luot-thi/{ids['attempt']}/ket-qua").status_code == status


def test_an_open_attempt_has_no_result(app, hands, scene):
    ids = scene()
    with app.app_context():
        who = db.session.get(Account, ids["stranger"])
        from contest.questions.models import Bank
        from contest.rounds.models import Round

        attempt = sit(db.session.get(Round, ids["round"]), db.session.query(Bank).one(), who, right=2, state="open")
        key = attempt.id
        db.session.commit()
    client = as_(app, ids["stranger"])
    for at, status in [(NOON + timedelta(minutes=20) - MS, 403), (NOON + timedelta(minutes=20), 200)]:
        hands.set(at)
        assert client.get(f"/api/v1/attempts/{key}/result").status_code == status
    assert client.get(f"/api/v1/attempts/{key}/result").get_json()["correct"] == 2


def test_the_review_opens_with_the_closing(app, hands, scene):
    ids = scene(result_shown="review", grace_ms=1_000)
    client = as_(app, ids["contestant"])
    address = f"/luot-thi/{ids['attempt']}/ket-qua"
    hands.set(CLOSES + timedelta(seconds=1) - MS)
    assert "Xem lại bài làm" not in text(client.get(address))
    hands.set(CLOSES + timedelta(seconds=1))
    page = text(client.get(address))
    assert page.count("Đáp án đúng, đã chọn") == 3
    assert page.count("Đã chọn") == 1
    assert page.count("Vì kế hoạch ghi như vậy.") == 4
    assert page.count("Căn cứ: Kế hoạch 01, mục I.1") == 4
    wrong = text(client.get(address + "?cau=sai"))
    assert wrong.count("Vì kế hoạch ghi như vậy.") == 1
    review = client.get(f"/api/v1/attempts/{ids['attempt']}/result").get_json()["review"]
    assert [item["outcome"] for item in review] == ["right", "right", "right", "wrong"]


@pytest.mark.parametrize("path", ["/dot-thi/{round}/xep-hang", "/dot-thi/{round}/don-vi",
                                  "/api/v1/rounds/{round}/leaderboard", "/api/v1/rounds/{round}/units"])
@pytest.mark.parametrize(("shown", "statuses"), [
    ("never", [403, 403]), ("after_close", [403, 200]), ("live", [200, 200])])
def test_when_the_board_may_be_seen(app, hands, scene, path, shown, statuses):
    ids = scene(board_shown=shown)
    for who in ("contestant", "organiser", "report_viewer"):
        client = as_(app, ids[who])
        for at, status in zip((CLOSES - MS, CLOSES), statuses, strict=True):
            hands.set(at)
            assert client.get(path.format(**ids)).status_code == (status if who == "contestant" else 200)
    assert app.test_client().get(path.format(**ids)).status_code in (303, 401)


@pytest.mark.parametrize("role", ["organiser", "report_viewer"])
def test_reports_are_for_those_who_report(app, scene, role):
    ids = scene()
    for path in ("/thong-ke", f"/thong-ke/{ids['round']}"):
        assert as_(app, ids[role]).get(path).status_code == 200
        assert as_(app, ids["contestant"]).get(path).status_code == 403


def test_the_overview(app, hands, scene):
    ids = scene(sittings=2)
    said = text(as_(app, ids["report_viewer"]).get(f"/thong-ke/{ids['round']}"))
    assert "2 người dự thi, 2 lượt thi" in said
    assert "2/10 CBCCVC" in said
    assert "20,00 %" in said
    assert "Số liệu đến 12:30 ngày 01/12/2026" in said
    assert "Tạm tính" in said
    assert "Chấm lại ngay" not in said
    assert "Chấm lại ngay" in text(as_(app, ids["organiser"]).get(f"/thong-ke/{ids['round']}"))


@pytest.mark.parametrize(("blank", "said"), [(0, "1,00 lượt mỗi người Tỷ lệ"), (
    1, "1,00 lượt mỗi người; ngoài ra 1 lượt không trả lời Tỷ lệ")])
def test_blank_attempts_are_told_apart_where_there_are_any(app, scene, blank, said):
    ids = scene()
    if blank:
        with app.app_context():
            round_, who = db.session.get_one(Round, ids["round"]), db.session.get_one(Account, ids["stranger"])
            sit(round_, db.session.scalars(db.select(Bank)).one(), who, unit=who.unit)
            score_round(round_.id, NOON + timedelta(minutes=20))
            db.session.commit()
    assert said in text(as_(app, ids["organiser"]).get(f"/thong-ke/{ids['round']}"))


def test_scoring_by_hand(app, scene):
    ids = scene(score=False)
    client = as_(app, ids["organiser"])
    answer = client.post(f"/thong-ke/{ids['round']}/cham-lai", data={"csrf_token": token(client)})
    assert answer.status_code == 302
    assert "Đã chấm 1 bài." in text(client.get(answer.location))
    viewer = as_(app, ids["report_viewer"])
    assert viewer.post(f"/thong-ke/{ids['round']}/cham-lai", data={"csrf_token": token(viewer)}).status_code == 403


def token(client):
    return re.search(r'name="csrf_token" value="([^"]+)"', client.get("/tai-khoan").get_data(as_text=True))[1]


def test_a_rate_above_100_percent_is_shown_with_a_remark(app, scene):
    ids = scene(sittings=3, headcount=2)
    said = text(as_(app, ids["organiser"]).get(f"/dot-thi/{ids['round']}/don-vi"))
    assert "3/2 · 150,00 %" in said
    assert "cao hơn mẫu số, cần đối chiếu" in said


def test_the_units_page_speaks_first_of_the_finding(app, scene):
    ids = scene(sittings=3, headcount=4, units=("Sở Nội vụ",))
    with app.app_context():
        from contest.rounds.models import Round

        contest_id = db.session.get(Round, ids["round"]).contest_id
        other = factories.unit("Phường Ổ Ẩm Thực", bloc="Khối xã", headcount=8)
        db.session.add(ContestUnit(contest_id=contest_id, unit_id=other.id, name=other.name, bloc=other.bloc,
                                   headcount=8, sort_key=other.sort_key))
        db.session.commit()
    client = as_(app, ids["organiser"])
    said = text(client.get(f"/dot-thi/{ids['round']}/don-vi"))
    assert "0/2 đơn vị đạt chỉ tiêu 80 %" in said
    assert "3/4 · 75,00 % dưới chỉ tiêu" in said
    assert "1 đơn vị chưa có người dự thi Phường Ổ Ẩm Thực." in said
    bloc = text(client.get(f"/dot-thi/{ids['round']}/don-vi?khoi=Khối+xã"))
    assert "0/8 · 0,00 %" in bloc
    assert "3/4 · 75,00 %" not in bloc
    assert client.get(f"/dot-thi/{ids['round']}/don-vi?khoi=Khối+lạ").status_code == 404
    assert client.get(f"/dot-thi/{ids['round']}/don-vi?trang=2").status_code == 404


def test_empty_pages_say_so(app, scene):
    ids = scene(sittings=0, board_shown="live")
    client = as_(app, ids["organiser"])
    assert "Chưa có ai trên bảng xếp hạng" in text(client.get(f"/dot-thi/{ids['round']}/xep-hang"))
    assert "Chưa có người dự thi" in text(client.get(f"/thong-ke/{ids['round']}"))
    assert "0/1 đơn vị đạt chỉ tiêu 80 %" in text(client.get(f"/dot-thi/{ids['round']}/don-vi"))
    assert "Chưa có lượt thi nào" in text(client.get("/ket-qua-cua-toi"))


def test_ones_own_history(app, scene):
    ids = scene()
    said = text(as_(app, ids["contestant"]).get("/ket-qua-cua-toi"))
    assert "Tuần 1" in said
    assert "3/4" in said


def test_history_hides_what_may_not_be_seen(app, scene):
    ids = scene(result_shown="nothing")
    said = text(as_(app, ids["contestant"]).get("/ket-qua-cua-toi"))
    assert "Ban Tổ chức chưa công bố" in said
    assert "3/4" not in said
    me = as_(app, ids["contestant"]).get(f"/api/v1/rounds/{ids['round']}/me").get_json()
    assert [one["points"] for one in me["attempts"]] == [None]
    assert me["rank"] is None


@pytest.mark.parametrize("sittings", [1, 3])
@pytest.mark.parametrize(("path", "exactly"), [
    ("/dot-thi/{round}/xep-hang", 9), ("/dot-thi/{round}/don-vi", 8), ("/thong-ke/{round}", 13),
    ("/api/v1/rounds/{round}/units", 5), ("/ket-qua-cua-toi", 5)])
def test_as_many_statements_for_one_as_for_many(app, scene, sittings, path, exactly):
    ids = scene(sittings=sittings, board_shown="live")
    client = as_(app, ids["organiser"])
    client.get(path.format(**ids))
    with counted(app) as seen:
        assert client.get(path.format(**ids)).status_code == 200
    assert len(seen) == exactly


def test_results_are_published_once_settled_and_then_stand_still(app, scene, hands):
    ids = scene()
    client = as_(app, ids["organiser"])
    csrf = {"csrf_token": token(client)}
    address, again = f"/to-chuc/dot-thi/{ids['round']}/cong-bo-ket-qua", f"/thong-ke/{ids['round']}/cham-lai"
    with app.app_context():
        row = db.session.get(Round, ids["round"])
        sit(row, db.session.query(Bank).one(), db.session.get(Account, ids["stranger"]), started=CLOSES - MS,
            state="open")
        db.session.commit()
    hands.set(CLOSES)
    page = client.post(address, data=csrf)
    assert page.status_code == 409
    assert "Chờ một phút rồi làm lại." in text(page)
    assert "Chấm lại ngay" in text(client.get(f"/thong-ke/{ids['round']}"))
    hands.advance(minutes=1)
    answer = client.post(address, data=csrf)
    assert (answer.status_code, answer.location) == (303, f"/to-chuc/dot-thi/{ids['round']}")
    assert "Đã công bố kết quả." in text(client.get(answer.location))
    assert "Chấm lại ngay" not in text(client.get(f"/thong-ke/{ids['round']}"))
    page = client.post(again, data=csrf)
    assert page.status_code == 409
    assert "Kết quả đã công bố" in text(page)
    assert as_(app, ids["contestant"]).get(address).status_code == 403
