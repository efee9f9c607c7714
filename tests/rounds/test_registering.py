"""People register themselves: their unit from the list, their telephone as their login, once."""

from datetime import timedelta

import pytest

from contest.audit.models import AuditEvent
from contest.errors import Refusal
from contest.extensions import db
from contest.identity.models import Account, SignInFailure, Unit
from contest.identity.operations import LIMITS, matches
from contest.rounds import copying, registering
from contest.rounds.models import Contest, Round
from tests import factories
from tests.factories import NOON
from tests.rounds.cast import cast, client_of, post

FORM = {"name": " Lê  Văn An ", "audience": "official", "phone": "+84 912 345 678", "password": "mat khau 123",
        "again": "mat khau 123", "consent": "y"}


def opened(app, **columns):
    ids = cast(app)
    with app.app_context():
        contest = db.session.get(Contest, ids.contest)
        contest.registration = True
        factories.round_(contest, db.session.get(factories.Bank, ids.bank), **columns)
        db.session.commit()
    return ids, f"/cuoc-thi/{ids.code}/dang-ky"


def people(app):
    with app.app_context():
        return db.session.query(Account).filter_by(login="0912345678").all()


def test_a_person_registers_and_is_signed_in(app, hands):
    ids, path = opened(app)
    client = app.test_client()
    assert path in client.get(f"/cuoc-thi/{ids.code}").get_data(as_text=True)
    page = client.get(path).get_data(as_text=True)
    assert '<optgroup label="Khối sở, ban, ngành">' in page
    assert "Dữ liệu được ghi" in page
    answer = post(client, path, **FORM, unit_id=ids.unit)
    assert answer.headers["Location"] == f"/cuoc-thi/{ids.code}"
    [account] = people(app)
    assert (account.name, account.phone, account.audience, account.unit_id, account.must_change_password) == (
        "Lê Văn An", "0912345678", "official", ids.unit, False)
    assert matches(account.password_hash, "mat khau 123")
    assert client.get("/api/v1/session").json["account"]["roles"] == ["contestant"]
    assert client.get(path).status_code == 303
    with app.app_context():
        event = db.session.query(AuditEvent).filter_by(action="account.registered").one()
        assert event.details == {"contest": ids.contest, "consent": registering.CONSENT}
    signed = app.test_client().post("/api/v1/session", json={"login": "0912345678", "password": "mat khau 123"})
    assert signed.status_code == 200


def test_a_unit_below_one_that_takes_part_is_picked_from_the_tree(app, hands):
    """With the one above it, for the same name recurs; one that lies elsewhere is not there."""
    ids, path = opened(app)
    with app.app_context():
        top = db.session.get(Unit, ids.unit)
        office = factories.unit(name="Văn phòng", parent=top)
        school = factories.unit(name="Tổ Hành chính", parent=office)
        elsewhere = factories.unit(name="Văn phòng", parent=factories.unit(name="Sở Tài chính"))
        db.session.commit()
        below, far = (office.id, school.id), elsewhere.id
        found = [(one.unit_id, one.depth, one.above) for one in registering.workplaces(ids.contest)]
        assert found == [(ids.unit, 0, None), (below[0], 1, top.name), (below[1], 2, "Văn phòng")]
        name = top.name
    page = app.test_client().get(path).get_data(as_text=True)
    assert f'<option value="{below[0]}">– Văn phòng ({name})</option>' in page
    assert far not in page
    assert post(app.test_client(), path, **FORM, unit_id=far).status_code == 422
    assert post(app.test_client(), path, **FORM, unit_id=below[1]).status_code == 303
    [account] = people(app)
    assert account.unit_id == below[1]
    with app.app_context(), pytest.raises(Refusal, match="bad_person"):
        registering.register(db.session.get(Contest, ids.contest), registering.Registration(
            "Lê Văn An", "official", far, "0912345679"), "x", NOON)


def test_a_citizen_may_have_no_unit_an_official_must(app, hands):
    _ids, path = opened(app)
    answer = post(app.test_client(), path, **FORM, unit_id="")
    assert answer.status_code == 422
    assert "Chọn đơn vị công tác." in answer.get_data(as_text=True)
    assert post(app.test_client(), path, **FORM | {"audience": "citizen"}, unit_id="").status_code == 303
    assert people(app)[0].unit_id is None


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"name": " "}, "Ghi họ và tên."), ({"name": "x" * 121}, "Tối đa 120 ký tự."),
    ({"audience": "organiser"}, "Chọn một mục trong danh sách."),
    ({"unit_id": "0" * 32}, "Chọn một mục trong danh sách."),
    ({"unit_id": "Sở Nội vụ"}, "Chọn một mục trong danh sách."),
    ({"phone": ""}, "Ghi số điện thoại."), ({"phone": "12"}, "Số điện thoại cần 10 hoặc 11 chữ số"),
    ({"password": "ngan", "again": "ngan"}, "8"), ({"again": "khac"}, "Hai lần nhập mật khẩu chưa giống nhau."),
    ({"password": "0912345678", "again": "0912345678"}, "Mật khẩu"),
    ({"consent": ""}, "Đọc phần dữ liệu cá nhân"),
])
def test_what_is_wrong_is_named(app, hands, changes, sentence):
    ids, path = opened(app)
    sent = {**FORM, "unit_id": ids.unit, **changes}
    answer = post(app.test_client(), path, **{name: value for name, value in sent.items() if value != ""})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert sentence in text
    assert 'class="errors"' in text
    assert people(app) == []


def test_nothing_beside_the_form_is_taken(app, hands):
    ids, path = opened(app)
    post(app.test_client(), path, **FORM, unit_id=ids.unit, roles="administrator", role="administrator", login="admin",
         must_change_password="y", active="", id="0" * 32)
    with app.app_context():
        account = db.session.query(Account).filter_by(phone="0912345678").one()
        assert (account.login, [grant.role for grant in account.grants]) == ("0912345678", ["contestant"])


@pytest.mark.parametrize("column", ["login", "phone"])
def test_a_telephone_registers_once_and_nobody_is_named(app, hands, column):
    ids, path = opened(app)
    with app.app_context():
        account = db.session.get(Account, ids.contestant)
        setattr(account, column, "0912345678")
        db.session.commit()
    answer = post(app.test_client(), path, **FORM, unit_id=ids.unit)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Số điện thoại này đã được dùng." in text
    assert "Hồng Hạnh" not in text
    with app.app_context():
        assert db.session.query(AuditEvent).filter_by(action="account.registered").count() == 0
        assert db.session.query(SignInFailure).filter_by(login="register").count() == 1


def test_one_device_registers_so_many_and_no_more(app, hands):
    ids, path = opened(app)
    client = app.test_client()
    for number in range(LIMITS[0][0]):
        assert post(client, path, **FORM | {"phone": f"09123456{number:02}"}, unit_id=ids.unit).status_code == 303
        client.delete("/api/v1/session", headers={"X-CSRF-Token": client.get("/api/v1/session").json["csrf_token"]})
    assert post(client, path, **FORM | {"phone": "0912345699"}, unit_id=ids.unit).status_code == 429
    assert post(app.test_client(), path, **FORM | {"phone": "0912345699"}, unit_id=ids.unit).status_code == 303


def test_it_closes_with_the_last_round(app, hands):
    ids, path = opened(app)
    closes = NOON + timedelta(hours=6)
    hands.set(closes - timedelta(milliseconds=1))
    assert app.test_client().get(path).status_code == 200
    hands.set(closes)
    assert app.test_client().get(path).status_code == 409
    assert post(app.test_client(), path, **FORM, unit_id=ids.unit).status_code == 409
    assert path not in app.test_client().get(f"/cuoc-thi/{ids.code}").get_data(as_text=True)
    assert people(app) == []


@pytest.mark.parametrize(("change", "status"), [("off", 404), ("archived", 409), ("draft", 409), ("cancelled", 409)])
def test_it_is_open_only_where_the_contest_says_so(app, hands, change, status):
    ids, path = opened(app)
    with app.app_context():
        contest = db.session.get(Contest, ids.contest)
        if change == "off":
            contest.registration = False
        elif change == "archived":
            contest.archived_at = NOON
        else:
            db.session.query(Round).update({Round.state: change})
        db.session.commit()
    assert app.test_client().get(path).status_code == status
    assert post(app.test_client(), path, **FORM, unit_id=ids.unit).status_code == status


def test_the_contests_form_opens_it_and_a_copy_keeps_it(app, hands):
    ids = cast(app)
    client = client_of(app, ids.organiser)
    post(client, f"/to-chuc/cuoc-thi/{ids.contest}/sua", title="Tìm hiểu", agency_name="Sở Nội vụ", registration="y")
    with app.app_context():
        assert db.session.get(Contest, ids.contest).registration
        assert copying.copy_contest(ids.contest, "Năm sau", by=None, now=NOON).registration
    post(client, f"/to-chuc/cuoc-thi/{ids.contest}/sua", title="Tìm hiểu", agency_name="Sở Nội vụ")
    with app.app_context():
        assert not db.session.get(Contest, ids.contest).registration
