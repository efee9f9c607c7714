"""What only the whole application shows."""

import re

import pytest

from contest.awards import operations as awards
from contest.awards import parts
from contest.awards.planned import PlanFields, PrizeFields
from contest.extensions import db
from contest.identity import people
from contest.identity.models import SignIn
from contest.rounds.models import ContestUnit, Entry
from tests import factories as make


def test_a_person_who_moves_takes_the_entry_along(app, hands):
    with app.app_context():
        wrong, right = make.unit("Sở Nội vụ"), make.unit("Sở Tư pháp")
        account = make.account(unit=wrong)
        contest = make.contest(units=(wrong, right))
        counted = {cu.unit_id: cu for cu in db.session.scalars(db.select(ContestUnit))}
        entry = make.entry(contest, account, counted[wrong.id])
        db.session.commit()
        ids = account.id, right.id, entry.id, counted[right.id].id
    with app.app_context():
        people.move_person(ids[0], ids[1], by=None, now=hands.now())
        db.session.commit()
    with app.app_context():
        moved = db.session.get_one(Entry, ids[2])
        assert (moved.unit_id, moved.counted_unit_id) == (ids[1], ids[3])


@pytest.mark.parametrize(("path", "label", "how"), [
    ("/", "Cuộc thi", "page"), ("/cuoc-thi/{code}", "Cuộc thi", "true"),
    ("/ket-qua-cua-toi", "Kết quả của tôi", "page"),
    ("/to-chuc/cuoc-thi", "Tổ chức thi", "page"), ("/to-chuc/cuoc-thi/{contest}/don-vi", "Tổ chức thi", "true"),
    ("/to-chuc/phan-thi/{part}", "Tổ chức thi", "true"), ("/to-chuc/giai/{prize}/chon", "Tổ chức thi", "true"),
    ("/to-chuc/dot-thi/{round}/theo-doi", "Tổ chức thi", "true"), ("/thong-ke/{round}", "Thống kê", "true"),
    ("/to-chuc/van-ban", "Ngân hàng câu hỏi", "true"), ("/to-chuc/bao-phu", "Ngân hàng câu hỏi", "true"),
    ("/to-chuc/ngan-hang/moi", "Ngân hàng câu hỏi", "true"), ("/to-chuc/don-vi/moi", "Đơn vị", "true"),
    ("/to-chuc/nguoi-du-thi/nhap", "Người dự thi", "true"), ("/tai-khoan/mat-khau", "Tài khoản", "true")])
def test_the_menu_marks_where_one_is(app, client, hands, path, label, how):
    with app.app_context():
        contest = make.contest()
        round_ = make.round_(contest, make.bank())
        part = parts.add_part(contest.id, "Sáng kiến", by=None, now=hands.now())
        plan = awards.plan_for(contest.id, round_.id, hands.now())
        awards.change_plan(plan, PlanFields((PrizeFields("Giải Sáng kiến", "collective", 1, measure="named"),)),
                           by=None, now=hands.now())
        ids = {"contest": contest.id, "code": contest.code, "round": round_.id, "part": part.id,
               "prize": plan.prizes[0].id}
        account = make.account(roles=("organiser", "administrator"))
        db.session.commit()
        db.session.refresh(account)
        db.session.expunge(account)
    make.signed_in(client, account)
    answer = client.get(path.format(**ids))
    assert answer.status_code == 200
    marked = set(re.findall(r'<li><a href="[^"]+" aria-current="(\w+)">([^<]+)</a>', answer.text))
    assert marked == {(how, label)}


def test_an_api_write_without_a_sign_in_is_told_so_before_csrf(client):
    answer = client.put(f"/api/v1/attempts/{'0' * 32}/answers", json={"generation": 1, "answers": []})
    assert (answer.status_code, answer.json["code"]) == (401, "sign_in_required")
    assert answer.content_type == "application/problem+json"


def test_an_api_write_without_a_token_is_refused(app, client):
    with app.app_context():
        make.sign_in(make.account(), "a token")
        db.session.commit()
    with client.session_transaction() as session:
        session["token"] = "a token"
    answer = client.post(f"/api/v1/rounds/{'0' * 32}/attempts", json={"consent": True})
    assert (answer.status_code, answer.json["code"]) == (403, "csrf")


def test_pages_carry_their_headers(client):
    answer = client.get("/dang-nhap")
    assert "script-src 'self';" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_page_that_is_not_there_says_so_in_vietnamese(client):
    answer = client.get("/khong-co-trang-nay")
    assert answer.status_code == 404
    assert "Không tìm thấy" in answer.get_data(as_text=True)


def test_static_files_carry_their_version_and_are_kept(app, client):
    page = client.get("/dang-nhap").get_data(as_text=True)
    address = page.split('<link rel="stylesheet" href="')[1].split('"')[0]
    answer = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Encoding"] == "gzip"
    with client.get(address.split("?")[0]) as bare:
        assert bare.headers["Cache-Control"] == "no-cache"


def test_a_bundle_is_its_files_one_after_the_other(client):
    parts = [client.get(f"/static/{name}") for name in ("vendor/bootstrap-reboot.css", "css/site.css")]
    whole = client.get("/static/css/pages.css")
    assert whole.mimetype == "text/css"
    assert whole.data == b"\n".join(part.data for part in parts)
    for part in parts:
        part.close()


def test_health(client):
    assert client.get("/healthz").json == {"status": "ok"}
    assert client.get("/readyz").status_code == 200
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 404
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "203.0.113.9"}).status_code == 404


def test_the_worker_forgets_ended_sign_ins(app, hands):
    from contest.serving import sweep

    with app.app_context():
        account = make.account()
        make.sign_in(account, "an old one")
        db.session.commit()
    hands.advance(days=40)
    with app.app_context():
        sweep()
        assert db.session.scalar(db.select(db.func.count()).select_from(SignIn)) == 0


def test_json_carries_a_short_policy(client):
    answer = client.get("/api/v1/session")
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_connection_that_dies_after_the_work_spoils_no_answer(app, client, monkeypatch):
    with app.app_context():
        dialect = db.engine.dialect

    def die(_connection):
        raise dialect.dbapi.OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(dialect, "do_rollback", die)
    assert client.get("/").status_code == 200
    monkeypatch.undo()
    assert client.get("/").status_code == 200
