"""The own account: people put their name, position and telephone number right until results are published."""

from datetime import timedelta

import pytest

from contest.audit.models import AuditEvent
from contest.delivery.history import published_with
from contest.extensions import db
from contest.identity.models import Account
from contest.identity.names import is_name
from contest.rounds.models import Round
from tests import factories
from tests.factories import NOON, signed_in
from tests.rounds.cast import post
from tests.standings.cast import sit, stage

GOOD = {"name": "Trần Thị  An", "position": " Phó Trưởng phòng ", "phone": "0912 345 678"}


@pytest.fixture
def person(app, hands):
    """(id, round, client) of somebody who has sat a round whose results are not published."""
    with app.app_context():
        _contest, bank, round_, (unit,) = stage()
        account = factories.account("an", name="Trần Thi An", unit=unit)
        account.position = "Chuyên viên"
        sit(round_, bank, account, unit=unit, right=1)
        ids = account.id, round_.id
        db.session.commit()
        db.session.refresh(account)
        db.session.expunge(account)
    return (*ids, signed_in(app.test_client(), account))


def publish(app, round_id, **columns):
    with app.app_context():
        row = db.session.get(Round, round_id)
        row.results_published_at = NOON
        for name, value in columns.items():
            setattr(row, name, value)
        db.session.commit()


def values(app, account_id):
    with app.app_context():
        row = db.session.get(Account, account_id)
        return row.name, row.position, row.phone, row.search_text


def test_people_put_themselves_right_on_record(app, person):
    account_id, _round, client = person
    assert post(client, "/tai-khoan", **GOOD).status_code == 303
    assert values(app, account_id) == ("Trần Thị An", "Phó Trưởng phòng", "0912345678", "tran thi an")
    page = client.get("/tai-khoan").text
    assert "Đã lưu thông tin." in page
    assert 'value="Trần Thị An"' in page
    assert post(client, "/tai-khoan", **GOOD).status_code == 303
    assert "Không có gì thay đổi." in client.get("/tai-khoan").text
    with app.app_context():
        event = db.session.query(AuditEvent).filter_by(action="account.corrected").one()
        assert (event.account_id, event.object_id, event.at) == (account_id, account_id, NOON)
        assert event.details == {"fields": ["name", "position", "phone"],
                                 "before": {"name": "Trần Thi An", "position": "Chuyên viên"},
                                 "after": {"name": "Trần Thị An", "position": "Phó Trưởng phòng"}}
        assert db.session.query(Account).one().unit.name == "Sở Nội vụ"


def test_the_unit_is_not_theirs_to_change(app, person):
    account_id, _round, client = person
    with app.app_context():
        other = factories.unit("Sở Tài chính").id
        before = db.session.get(Account, account_id).unit_id
        db.session.commit()
    post(client, "/tai-khoan", **GOOD, unit_id=other, audience="citizen", login="khac")
    with app.app_context():
        row = db.session.get(Account, account_id)
        assert (row.unit_id, row.audience, row.login) == (before, "official", "an")


@pytest.mark.parametrize(("changed", "says"), [
    ({"name": " "}, "Nhập họ và tên."), ({"name": "x" * 121}, "Họ và tên dài quá 120 ký tự."),
    ({"name": "Trần An 2"}, "Họ và tên chỉ gồm chữ cái"), ({"name": "<b>An</b>"}, "Họ và tên chỉ gồm chữ cái"),
    ({"position": "x" * 121}, "Chức vụ dài quá 120 ký tự."), ({"phone": "12"}, "Số điện thoại cần 10 hoặc 11 chữ số")])
def test_what_is_wrong_is_named_and_nothing_saved(app, person, changed, says):
    account_id, _round, client = person
    before = values(app, account_id)
    answer = post(client, "/tai-khoan", **(GOOD | changed))
    assert answer.status_code == 422
    assert says in answer.text
    assert f'href="#{next(iter(changed))}"' in answer.text
    assert values(app, account_id) == before


def test_a_name_that_stands_already_is_no_obstacle(app, person):
    account_id, _round, client = person
    with app.app_context():
        db.session.get(Account, account_id).name = "Trần An (1)"
        db.session.commit()
    assert post(client, "/tai-khoan", **(GOOD | {"name": "Trần An (1)"})).status_code == 303
    assert values(app, account_id)[:3] == ("Trần An (1)", "Phó Trưởng phòng", "0912345678")


@pytest.mark.parametrize("name", ["H'Hen Niê", "K’ Brêm", "Ý", "Nguyễn T. An", "Lê-Anh Đỗ", "Tra\u0302\u0300n"])
def test_names(name):
    assert is_name(name)


@pytest.mark.parametrize("name", ["", " An", "An1", "An_B", "An@x", "=An", "-An", "An,", "An\nB"])
def test_no_names(name):
    assert not is_name(name)


def test_after_the_results_only_the_telephone_number_changes(app, person):
    account_id, round_id, client = person
    publish(app, round_id)
    page = client.get("/tai-khoan").text
    assert "Kết quả “Tìm hiểu cải cách hành chính năm 2026” đã công bố với họ tên này" in page
    assert "báo đầu mối của đơn vị hoặc gọi số hỗ trợ ở cuối trang." in page
    assert 'name="name"' not in page
    assert 'name="position"' not in page
    assert post(client, "/tai-khoan", phone="0987654321").status_code == 303
    assert values(app, account_id)[:3] == ("Trần Thi An", "Chuyên viên", "0987654321")


def test_a_page_from_before_the_results_changes_nothing(app, person):
    account_id, round_id, client = person
    before = values(app, account_id)
    publish(app, round_id)
    for form in (GOOD, {**GOOD, "name": before[0]}):
        answer = post(client, "/tai-khoan", **form)
        assert answer.status_code == 409
        assert "Chưa lưu thay đổi nào." in answer.text
        assert values(app, account_id) == before
    same = {"name": before[0], "position": before[1], "phone": "0987654321"}
    assert post(client, "/tai-khoan", **same).status_code == 303


def test_only_results_that_a_person_is_in_count(app, person):
    account_id, round_id, _client = person
    with app.app_context():
        stranger = factories.account("la").id
        assert published_with(account_id) is None
        db.session.commit()
    publish(app, round_id, kind="practice")
    with app.app_context():
        assert published_with(account_id) is None
    publish(app, round_id, kind="contest")
    with app.app_context():
        assert published_with(account_id, lock=True) == "Tìm hiểu cải cách hành chính năm 2026"
        assert published_with(stranger) is None
        _contest, bank, later, _units = stage()
        later.contest.title = "Cuộc thi sau"
        sit(later, bank, db.session.get(Account, account_id), state="void")
        later.results_published_at = NOON + timedelta(days=1)
        assert published_with(account_id) == "Tìm hiểu cải cách hành chính năm 2026"
        sit(later, bank, db.session.get(Account, account_id), number=2)
        assert published_with(account_id) == "Cuộc thi sau"


def test_organisers_see_what_somebody_changed(app, person):
    account_id, _round, client = person
    post(client, "/tai-khoan", **GOOD)
    with app.app_context():
        organiser = factories.account("totchuc", roles=("organiser",))
        db.session.commit()
        db.session.refresh(organiser)
        db.session.expunge(organiser)
    address = f"/to-chuc/nguoi-du-thi/{account_id}"
    page = signed_in(app.test_client(), organiser).get(address).text
    assert "Họ và tên: Trần Thi An → Trần Thị An; Chức vụ: Chuyên viên → Phó Trưởng phòng; Số điện thoại<br>" in page
    assert client.get(address).status_code == 403
