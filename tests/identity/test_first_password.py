import re

from sqlalchemy import select

from contest.identity.models import Account
from tests.factories import PASSWORD
from tests.identity.cast import enter, fetch, play, post


def issue(app, cast, login="an"):
    """An administrator gives a one-time password; what the next page shows."""
    admin = enter(app, "quantri")
    path = f"/to-chuc/nguoi-du-thi/{cast.people[login]}/mat-khau"
    stamp = re.search(r'name="stamp" value="(\w+)"', admin.get(path).text)[1]
    return admin, path, stamp, post(admin, path, stamp=stamp)


def shown(answer) -> str:
    return re.search(r'<p class="score code">([a-z2-9]{10})</p>', answer.text)[1]


def test_shown_once_and_changed_before_anything_else(app, hands):
    cast = play(app)
    before = enter(app, "an")
    admin, path, _stamp, answer = issue(app, cast)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    password = shown(answer)
    assert before.get("/tai-khoan").status_code == 303  # the person's sign-ins have ended
    assert password not in admin.get(path).text + admin.get("/to-chuc/nguoi-du-thi").text

    client = app.test_client()
    assert post(client, "/dang-nhap", login="an", password=PASSWORD).status_code == 401
    assert post(client, "/dang-nhap", login="an", password=password, next="/tai-khoan").location == \
        "/doi-mat-khau-lan-dau?next=/tai-khoan"
    assert client.get("/dang-nhap").location == "/doi-mat-khau-lan-dau"
    gate = client.get("/tai-khoan")
    assert (gate.status_code, gate.location) == (303, "/doi-mat-khau-lan-dau?next=/tai-khoan")
    assert post(client, "/tai-khoan", phone="0912345678").location == "/doi-mat-khau-lan-dau?next=/tai-khoan"
    program = client.get("/api/v1/session")
    assert program.json["account"]["login"] == "an"

    page = client.get(gate.location)
    assert page.status_code == 200
    refused = post(client, "/doi-mat-khau-lan-dau", new=password, again=password)
    assert refused.status_code == 422
    done = post(client, "/doi-mat-khau-lan-dau", new="mat khau rieng", again="mat khau rieng", next="/tai-khoan")
    assert (done.status_code, done.location) == (303, "/tai-khoan")
    assert client.get("/tai-khoan").status_code == 200
    assert client.get("/doi-mat-khau-lan-dau").location == "/tai-khoan"
    assert post(app.test_client(), "/dang-nhap", login="an", password=password).status_code == 401


def test_leaving_is_always_open(app, hands):
    cast = play(app)
    password = shown(issue(app, cast)[3])
    client = app.test_client()
    post(client, "/dang-nhap", login="an", password=password)
    assert post(client, "/dang-xuat").location == "/dang-nhap"


def test_the_gate_of_the_api(app, hands):
    """Every API route that needs a person refuses with a code; the saving path is left alone."""
    cast = play(app)
    password = shown(issue(app, cast)[3])
    client = app.test_client()
    post(client, "/dang-nhap", login="an", password=password)
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if rule.rule.startswith("/api/") and "GET" in rule.methods and not rule.arguments \
                and view.__dict__["policy"] != "public.read":
            answer = client.get(rule.rule)
            code = (answer.json or {}).get("code")
            assert code in ("password_change_required", "not_allowed"), rule.rule


def test_pressed_twice_the_first_password_stands(app, hands):
    cast = play(app)
    admin, path, stamp, answer = issue(app, cast)
    again = post(admin, path, stamp=stamp)
    assert again.status_code == 409
    assert post(app.test_client(), "/dang-nhap", login="an", password=shown(answer)).status_code == 303


def test_nothing_of_the_password_is_kept_in_the_open(app, hands):
    from contest.audit.models import AuditEvent

    cast = play(app)
    admin, _path, _stamp, answer = issue(app, cast)
    password = shown(answer)
    with admin.session_transaction() as session:
        assert password not in repr(dict(session))
    event = fetch(app, select(AuditEvent.details).where(AuditEvent.action == "account.password_set"))
    assert event == {"one_time": True}
    assert fetch(app, select(Account.password_hash).where(Account.login == "an")).startswith("$argon2id$")
