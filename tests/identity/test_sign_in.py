from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update

from contest.extensions import db
from contest.identity.models import Account, SignIn, SignInFailure
from tests.factories import PASSWORD, signed_in
from tests.identity.cast import enter, fetch, play, post
from tests.identity.test_addresses import TRICKS

WRONG = "Tên đăng nhập hoặc mật khẩu không đúng."


def try_in(client, login="an", password=PASSWORD, **more):
    return post(client, "/dang-nhap", login=login, password=password, **more)


def test_a_name_and_a_password(app, hands):
    play(app)
    client = app.test_client()
    assert client.get("/tai-khoan").location == "/dang-nhap?next=/tai-khoan"
    done = try_in(client, " AN ", next="/tai-khoan")
    assert (done.status_code, done.location) == (303, "/tai-khoan")
    assert "Nguyễn Văn An" in client.get("/tai-khoan").text
    assert client.get("/dang-nhap").location == "/"


@pytest.mark.parametrize(("login", "password"), [("an", "sai mat khau"), ("khongco", PASSWORD), ("ngung", PASSWORD)])
def test_every_wrong_try_gets_the_same_answer(app, hands, login, password):
    play(app)
    with app.app_context():
        db.session.execute(update(Account).where(Account.login == "be").values(login="ngung", active=False))
        db.session.commit()
    client = app.test_client()
    answer = try_in(client, login, password)
    assert answer.status_code == 401
    assert answer.text.count(WRONG) == 1
    assert f'value="{login}"' in answer.text
    assert password not in answer.text
    assert client.get("/tai-khoan").status_code == 303


@pytest.mark.parametrize("login", ["an", "khongco"])
def test_every_try_costs_one_check_outside_of_any_transaction(app, hands, monkeypatch, login):
    """The same 20 ms for every name, and nobody waits for the turn to write meanwhile."""
    from contest.identity import operations

    play(app)
    checks = []

    class Watched:
        def verify(self, *arguments):
            checks.append(db.session().in_transaction())
            return hasher.verify(*arguments)

    hasher = operations.HASHER
    monkeypatch.setattr(operations, "HASHER", Watched())
    assert try_in(app.test_client(), login, "sai mat khau").status_code == 401
    assert checks == [False]


@pytest.mark.parametrize("change", [{"active": False}, {"password_hash": None}, {"password_hash": "another"}])
def test_an_account_that_changes_while_its_password_is_checked_is_not_opened(app, hands, monkeypatch, change):
    from contest.identity import operations

    cast = play(app)
    hasher = operations.HASHER

    class Slow:
        def verify(self, *arguments):
            with db.engine.begin() as another:
                another.execute(update(Account).where(Account.id == cast.people["an"]).values(**change))
            return hasher.verify(*arguments)

    monkeypatch.setattr(operations, "HASHER", Slow())
    assert try_in(app.test_client()).status_code == 401
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(SignIn)) == 0


def test_empty_fields_are_named(app, hands):
    answer = try_in(app.test_client(), "", "")
    assert answer.status_code == 422
    assert "Nhập tên đăng nhập." in answer.text
    assert "Nhập mật khẩu." in answer.text


def test_the_session_is_a_new_one(app, hands):
    """Fixation: nothing that a browser carried before the sign-in is worth anything after it."""
    cast = play(app)
    client = enter(app, "be")
    with client.session_transaction() as session:
        before, session["planted"] = session["token"], "x"
    try_in(client)
    with client.session_transaction() as session:
        assert "planted" not in session
        assert session["token"] != before
        assert len(session["token"]) == 32  # 192 bits
    assert client.get_cookie("contest").max_age is None
    assert client.get_cookie("contest").expires is not None
    other = app.test_client()
    with other.session_transaction() as session:
        session["token"] = before
    assert other.get("/tai-khoan").status_code == 303
    assert fetch(app, select(SignIn.account_id).where(SignIn.revoked_at.is_(None))) == cast.people["an"]


def test_leaving_ends_a_copy_of_the_cookie_too(app, hands):
    play(app)
    client = enter(app, "an")
    with client.session_transaction() as session:
        token = session["token"]
    left = post(client, "/dang-xuat")
    assert (left.status_code, left.headers["Clear-Site-Data"]) == (303, '"storage"')
    copy = app.test_client()
    with copy.session_transaction() as session:
        session["token"] = token
    assert copy.get("/tai-khoan").status_code == 303


def test_a_sign_in_ends_by_itself(app, hands):
    play(app)
    client = app.test_client()
    try_in(client)
    hands.advance(hours=24, milliseconds=-1)
    assert client.get("/tai-khoan").status_code == 200
    hands.advance(milliseconds=1)
    assert client.get("/tai-khoan").status_code == 303


def test_a_session_that_ended_is_said_and_gone_back_from(app, hands):
    play(app)
    client = enter(app, "an")
    token = client.get("/api/v1/session").json["csrf_token"]
    with app.app_context():
        db.session.execute(delete(SignIn))
        db.session.commit()
    shown = client.get("/tai-khoan")
    assert shown.location == "/dang-nhap?next=/tai-khoan"
    assert "Phiên đăng nhập đã hết. Đăng nhập lại để tiếp tục." in client.get(shown.location).text
    sent = client.post("/tai-khoan", data={"csrf_token": token, "phone": "0912345678"})
    assert sent.location == "/dang-nhap?next=/tai-khoan"
    assert "việc vừa làm chưa được ghi" in client.get(sent.location).text
    nowhere = client.post("/to-chuc/ngan-hang/cau-trung/giu-ca-hai", data={"csrf_token": token})
    assert nowhere.location == "/dang-nhap"
    assert "Phiên đăng nhập đã hết" not in app.test_client().get("/tai-khoan", follow_redirects=True).text


def test_leaving_needs_the_token(app, hands):
    play(app)
    client = enter(app, "an")
    assert client.post("/dang-xuat").status_code == 403
    assert client.get("/tai-khoan").status_code == 200


@pytest.mark.parametrize("text", TRICKS)
def test_nobody_is_sent_elsewhere(app, hands, text):
    cast = play(app)
    client = app.test_client()
    with app.app_context():
        row = db.session.get(Account, cast.people["an"])
        db.session.expunge(row)
    signed_in(client, row)
    assert client.get("/dang-nhap", query_string={"next": text}).location == "/"


def test_only_pages_that_exist_are_gone_back_to(app, hands):
    play(app)
    client = enter(app, "an")
    goals = {"/khong-co": "/", "/dang-xuat": "/", "/dang-nhap": "/", "/tai-khoan?a=1": "/tai-khoan?a=1"}
    for text, goal in goals.items():
        assert client.get("/dang-nhap", query_string={"next": text}).location == goal


def test_ten_wrong_tries_lock_unknown_devices_only(app, hands):
    play(app)
    known = app.test_client()
    try_in(known)
    post(known, "/dang-xuat")
    stranger = app.test_client()
    for _ in range(10):
        assert try_in(stranger, password="sai mat khau").status_code == 401
        hands.advance(seconds=1)
    locked = try_in(stranger)
    assert locked.status_code == 429
    assert "15 phút" in locked.text
    assert try_in(app.test_client()).status_code == 429
    assert try_in(stranger, "be").status_code == 303
    assert try_in(known).status_code == 303
    # The first try is 15 minutes old: one more is let through.
    hands.advance(minutes=14, seconds=49)
    assert try_in(app.test_client()).status_code == 429
    hands.advance(seconds=1)
    assert try_in(app.test_client()).status_code == 303


def test_a_known_device_has_a_limit_of_its_own(app, hands):
    play(app)
    known = app.test_client()
    try_in(known)
    post(known, "/dang-xuat")
    for _ in range(10):
        try_in(known, password="sai mat khau")
    assert try_in(known).status_code == 429
    assert try_in(app.test_client()).status_code == 303


def test_a_device_that_only_says_so_is_unknown(app, hands):
    play(app)
    known = app.test_client()
    try_in(known, "be")
    mark = known.get_cookie("device").value
    for number in range(10):
        liar = app.test_client()
        liar.set_cookie("device", f"{number:032x}")
        try_in(liar, password="sai mat khau")
    for cookie in ("f" * 32, mark, "f" * 32 + "." + mark.partition(".")[2]):
        liar = app.test_client()
        liar.set_cookie("device", cookie)
        assert try_in(liar).status_code == 429


def test_at_most_twenty_guesses_an_hour(app, hands):
    play(app)
    client = app.test_client()
    guesses = 0
    for _ in range(59):
        guesses += try_in(client, password="sai mat khau").status_code == 401
        hands.advance(minutes=1)
    assert guesses == 20
    assert fetch(app, select(func.count()).select_from(SignInFailure)) == 20


def test_a_right_try_forgets_the_wrong_ones(app, hands):
    play(app)
    client = app.test_client()
    for _ in range(9):
        try_in(client, password="sai mat khau")
    assert try_in(client).status_code == 303
    assert fetch(app, select(func.count()).select_from(SignInFailure)) == 0


def test_the_own_password(app, hands):
    play(app)
    client, elsewhere = enter(app, "an"), enter(app, "an")
    for old, new, again, text in [
        ("sai", "mat khau moi", "mat khau moi", "Mật khẩu đang dùng không đúng."),
        (PASSWORD, "ngan", "ngan", "Mật khẩu cần từ 8 đến 200 ký tự."),
        (PASSWORD, "mat khau moi", "mat khau khac", "Hai lần nhập mật khẩu mới chưa giống nhau."),
        (PASSWORD, PASSWORD, PASSWORD, "Mật khẩu mới trùng mật khẩu đang dùng."),
        (PASSWORD, "aaaaaaaa", "aaaaaaaa", "Mật khẩu này quá dễ đoán"),
    ]:
        answer = post(client, "/tai-khoan/mat-khau", old=old, new=new, again=again)
        assert answer.status_code == 422
        assert text in answer.text
        assert elsewhere.get("/tai-khoan").status_code == 200
    done = post(client, "/tai-khoan/mat-khau", old=PASSWORD, new="mat khau moi", again="mat khau moi")
    assert done.status_code == 303
    assert client.get("/tai-khoan").status_code == 200
    assert elsewhere.get("/tai-khoan").status_code == 303
    assert try_in(app.test_client(), password=PASSWORD).status_code == 401
    assert try_in(app.test_client(), password="mat khau moi").status_code == 303


def test_the_own_name_position_and_telephone_number_and_nothing_else(app, hands):
    cast = play(app)
    client = enter(app, "an")
    assert post(client, "/tai-khoan", name="Nguyễn Văn Ân", phone="khong phai").status_code == 422
    done = post(client, "/tai-khoan", phone="+84 912 345 678", name="Nguyễn Văn Ân", login="quantri2",
                role="administrator", unit_id=cast.units["caolanh"], audience="citizen", active="0")
    assert done.status_code == 303
    with app.app_context():
        row = db.session.get(Account, cast.people["an"])
        assert (row.phone, row.name, row.login, row.unit_id, row.audience, row.active,
                [grant.role for grant in row.grants]) == (
            "0912345678", "Nguyễn Văn Ân", "an", cast.units["mytho"], "official", True, ["contestant"])


def test_the_language_of_the_pages(app, hands):
    client = app.test_client()
    done = post(client, "/ngon-ngu", language="en", next="/dang-nhap?x")
    assert done.status_code == 303
    assert 'lang="en"' in client.get("/dang-nhap").text
    assert post(client, "/ngon-ngu", language="xx").status_code == 400


def test_old_rows_are_forgotten(app, hands):
    from contest.identity.operations import forget_past

    play(app)
    client = app.test_client()
    try_in(client, password="sai mat khau")
    try_in(client)
    with app.app_context():
        assert forget_past(hands.now() + timedelta(minutes=59)) == 0
        assert forget_past(hands.now() + timedelta(days=31)) == 1
        db.session.rollback()
