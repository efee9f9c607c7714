import io
import re

import openpyxl
import pytest
from sqlalchemy import event, func, select

from contest.audit.models import AuditEvent
from contest.extensions import db
from contest.identity.events import person_moved
from contest.identity.models import Account, Grant, SignIn
from contest.identity.people import draw_passwords
from tests.factories import account, unit
from tests.identity.cast import enter, fetch, play, post

LIST = "/to-chuc/nguoi-du-thi"


def names_on(page) -> list[str]:
    return re.findall(rf'<a href="{LIST}/[0-9a-f]{{32}}">([^<]+)</a>', page.text)


def test_a_coordinator_sees_the_own_subtree(app, hands):
    play(app)
    assert names_on(enter(app, "donvi").get(LIST)) == [
        "Nguyễn Văn An", "Đỗ Thị Bé", "Trần Đầu Mối", "Hồ Quản Trị"]
    assert names_on(enter(app, "quantri").get(LIST)) == [
        "Nguyễn Văn An", "Đỗ Thị Bé", "Võ Báo Cáo", "Lê Chi", "Phạm Tổ Chức", "Trần Đầu Mối", "Hồ Quản Trị"]
    assert enter(app, "baocao").get(LIST).status_code == 403
    assert enter(app, "an").get(LIST).status_code == 403


def test_an_organiser_reads_and_changes_nothing(app, hands):
    cast = play(app)
    client = enter(app, "totchuc")
    page = client.get(f"{LIST}/{cast.people['an']}")
    assert page.status_code == 200
    assert "/mat-khau" not in page.text
    assert client.get(f"{LIST}/{cast.people['an']}/mat-khau").status_code == 403


@pytest.mark.parametrize(("query", "found"), [
    ("q=do+be", ["Đỗ Thị Bé"]), ("q=ĐỖ+THỊ", ["Đỗ Thị Bé"]), ("q=quantri", ["Hồ Quản Trị"]), ("q=%25", []),
    ("q=_n", []), ("q=khong-co-ai", []), ("only=inactive", []), ("only=no_password", [])])
def test_search(app, hands, query, found):
    play(app)
    page = enter(app, "quantri").get(f"{LIST}?{query}")
    assert page.status_code == 200
    assert names_on(page) == found


def test_a_unit_narrows_the_list_to_its_subtree(app, hands):
    cast = play(app)
    admin = enter(app, "quantri")
    assert names_on(admin.get(f"{LIST}?unit={cast.units['vanphong']}")) == ["Đỗ Thị Bé"]
    assert names_on(admin.get(f"{LIST}?unit={cast.units['caolanh']}")) == ["Lê Chi"]
    own = enter(app, "donvi")
    assert len(names_on(own.get(f"{LIST}?unit={cast.units['caolanh']}"))) == 4  # not a filter of theirs


def test_a_unit_without_those_below_it(app, hands):
    cast = play(app)
    admin = enter(app, "quantri")
    own = f"{LIST}?unit={cast.units['mytho']}&own=1"
    page = admin.get(own)
    assert names_on(page) == ["Nguyễn Văn An", "Trần Đầu Mối", "Hồ Quản Trị"]
    assert "không gồm đơn vị trực thuộc" in page.text
    assert len(names_on(admin.get(own.removesuffix("&own=1")))) == 4
    tree = admin.get("/to-chuc/don-vi").text.replace("&amp;", "&")
    links = dict(re.findall(r'<a href="([^"]+unit=[^"]+)">(\d+) tài khoản', tree))
    assert (links[own], links[own.removesuffix("&own=1")]) == ("3", "4")
    assert f"{LIST}?unit={cast.units['caolanh']}" in links
    assert enter(app, "donvi").get(f"{LIST}?unit={cast.units['caolanh']}&own=1").status_code == 200
    assert len(names_on(admin.get(f"{LIST}?own=1"))) == 7  # of no unit


def test_pages_follow_the_vietnamese_order(app, hands, monkeypatch):
    with app.app_context():
        office = unit()
        for number, given in enumerate(["Ân", "An", "Đào", "Dung", "Ơn", "Ôn", "Oanh"]):
            account(f"n{number}", name=f"Lê {given}", unit=office)
        account("quantri", name="Lê Zen", unit=office, roles=("administrator",))
        db.session.commit()
    from contest.identity import people_views, queries

    def in_threes(*args, **kwargs):
        return queries.people_page(*args, **kwargs, size=3)

    monkeypatch.setattr(people_views, "people_page", in_threes)
    client = enter(app, "quantri")
    pages, where = [], LIST
    while where:
        page = client.get(where)
        pages.append(names_on(page))
        following = re.search(r'rel="next" href="([^"]+)"', page.text)
        last, where = where, following[1].replace("&amp;", "&") if following else None
    assert pages == [["Lê An", "Lê Ân", "Lê Dung"], ["Lê Đào", "Lê Oanh", "Lê Ôn"], ["Lê Ơn", "Lê Zen"]]
    back = client.get(re.search(r'rel="prev" href="([^"]+)"', client.get(last).text)[1].replace("&amp;", "&"))
    assert names_on(back) == pages[1]
    first = client.get(re.search(r'rel="prev" href="([^"]+)"', back.text)[1].replace("&amp;", "&"))
    assert names_on(first) == pages[0]
    assert 'rel="prev"' not in first.text


def statements(app, client, path) -> int:
    """How many statements a page costs."""
    seen = []

    def count(*arguments):
        seen.append(arguments[2])

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", count)
    try:
        assert client.get(path).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", count)
    return len(seen)


def test_a_longer_list_asks_no_more(app, hands):
    cast = play(app)
    client, path = enter(app, "quantri"), f"{LIST}?unit={cast.units['vanphong']}"
    one = statements(app, client, path)
    with app.app_context():
        for login in ("them1", "them2"):
            account(login, roles=("contestant", "organiser")).unit_id = cast.units["vanphong"]
        db.session.commit()
    assert len(names_on(client.get(path))) == 3
    assert statements(app, client, path) == one


OWN = ["", "/sua", "/mat-khau", "/chuyen-don-vi", "/trang-thai"]


@pytest.mark.parametrize("path", OWN)
def test_another_units_person_does_not_exist(app, hands, path):
    cast = play(app)
    client = enter(app, "donvi")
    assert client.get(f"{LIST}/{cast.people['be']}{path}").status_code == 200
    assert client.get(f"{LIST}/{cast.people['chi']}{path}").status_code == 404
    assert client.get(f"{LIST}/{'0' * 32}{path}").status_code == 404


@pytest.mark.parametrize(("path", "form"), [
    ("/sua", {"name": "Kẻ Khác", "audience": "official"}), ("/mat-khau", {"stamp": "0"}),
    ("/chuyen-don-vi", {}), ("/trang-thai", {"active": "0"})])
@pytest.mark.parametrize("whom", ["chi", "quantri"])
def test_a_coordinator_changes_neither_strangers_nor_stronger_accounts(app, hands, path, form, whom):
    cast = play(app)
    client = enter(app, "donvi")
    with app.app_context():
        before = db.session.execute(select(Account.__table__).where(Account.login == whom)).one()
    assert post(client, f"{LIST}/{cast.people[whom]}{path}", **form,
                unit_id=cast.units["mytho"]).status_code == 404
    with app.app_context():
        assert db.session.execute(select(Account.__table__).where(Account.login == whom)).one() == before


def test_handing_a_person_over(app, hands):
    cast = play(app)
    client, moved = enter(app, "donvi"), enter(app, "an")
    heard = []

    def hear(_sender, **news):
        heard.append(news)

    path = f"{LIST}/{cast.people['an']}/chuyen-don-vi"
    look = client.get(path, query_string={"unit_id": cast.units["caolanh"]})
    assert "Phường Cao Lãnh" in look.text
    assert "sẽ không còn thấy người này" in look.text
    assert fetch(app, select(Account.unit_id).where(Account.login == "an")) == cast.units["mytho"]
    with person_moved.connected_to(hear):
        done = post(client, path, unit_id=cast.units["caolanh"])
    assert (done.status_code, done.location) == (303, LIST)
    assert heard == [{"account_id": cast.people["an"], "unit_id": cast.units["caolanh"], "now": hands.now()}]
    assert fetch(app, select(Account.unit_id).where(Account.login == "an")) == cast.units["caolanh"]
    assert fetch(app, select(AuditEvent.details).where(AuditEvent.action == "account.moved")) == {
        "before": cast.units["mytho"], "after": cast.units["caolanh"]}
    assert client.get(f"{LIST}/{cast.people['an']}").status_code == 404
    assert "Phường Cao Lãnh" in moved.get("/tai-khoan").text  # the sign-in goes on
    assert post(client, f"{LIST}/{cast.people['be']}/chuyen-don-vi", unit_id="0" * 32).status_code == 422


def test_moving_within_the_subtree_keeps_the_person_in_sight(app, hands):
    cast = play(app)
    client = enter(app, "donvi")
    done = post(client, f"{LIST}/{cast.people['an']}/chuyen-don-vi", unit_id=cast.units["vanphong"])
    assert done.location == f"{LIST}/{cast.people['an']}"
    assert "Văn phòng phường Mỹ Tho" in client.get(done.location).text


def test_adding_a_person(app, hands):
    cast = play(app)
    client = enter(app, "donvi")
    form = {"name": " Lê  Mới ", "login": "LeMoi", "unit_id": cast.units["vanphong"], "phone": "912345678",
            "position": "", "audience": "official"}
    answer = post(client, f"{LIST}/moi", **form, role="administrator", active="0", must_change_password="0")
    assert answer.status_code == 200
    password = re.search(r'<p class="score code">([a-z2-9]{10})</p>', answer.text)[1]
    with app.app_context():
        row = db.session.scalar(select(Account).where(Account.login == "lemoi"))
        assert (row.name, row.phone, row.position, row.unit_id, row.active, row.must_change_password,
                [grant.role for grant in row.grants]) == (
            "Lê Mới", "0912345678", None, cast.units["vanphong"], True, True, ["contestant"])
    assert post(app.test_client(), "/dang-nhap", login="lemoi", password=password).status_code == 303
    again = post(client, f"{LIST}/moi", **form)
    assert again.status_code == 422
    assert "đã có người dùng" in again.text
    outside = post(client, f"{LIST}/moi", **{**form, "login": "khac", "unit_id": cast.units["caolanh"]})
    assert outside.status_code == 422
    assert fetch(app, select(Account.id).where(Account.login == "khac")) is None


@pytest.mark.parametrize(("field", "value"), [("login", "có dấu"), ("login", "a"), ("login", "-a"), ("name", " "),
                                              ("phone", "123"), ("audience", "robot"), ("unit_id", "")])
def test_a_wrong_field_adds_nobody(app, hands, field, value):
    cast = play(app)
    form = {"name": "Lê Mới", "login": "lemoi", "unit_id": cast.units["vanphong"], "audience": "official"}
    answer = post(enter(app, "donvi"), f"{LIST}/moi", **{**form, field: value})
    assert answer.status_code == 422
    assert "<title>Lỗi:" in answer.text
    assert fetch(app, select(func.count()).select_from(Account)) == 7


def test_stopping_an_account_and_letting_it_in_again(app, hands):
    cast = play(app)
    client, stopped = enter(app, "donvi"), enter(app, "an")
    path = f"{LIST}/{cast.people['an']}/trang-thai"
    assert post(client, path, active="0").status_code == 303
    assert stopped.get("/tai-khoan").status_code == 303
    assert names_on(client.get(f"{LIST}?only=inactive")) == ["Nguyễn Văn An"]
    post(client, path, active="1")
    assert stopped.get("/tai-khoan").status_code == 303  # the old sign-in stays ended
    assert post(client, f"{LIST}/{cast.people['donvi']}/trang-thai", active="0").status_code == 422


def test_roles_are_given_and_taken_by_administrators(app, hands):
    cast = play(app)
    admin, person = enter(app, "quantri"), enter(app, "an")
    path = f"{LIST}/{cast.people['an']}/vai-tro"
    assert enter(app, "donvi").get(path).status_code == 403
    assert enter(app, "totchuc").get(path).status_code == 403
    assert post(admin, path, role="coordinator", unit_id="").status_code == 422
    assert post(admin, path, role="emperor", unit_id="").status_code == 422
    assert post(admin, path, role="organiser", unit_id=cast.units["tinh"]).status_code == 303
    assert post(admin, path, role="organiser", unit_id="").status_code == 303  # held already
    with app.app_context():
        grants = db.session.scalars(select(Grant).where(Grant.account_id == cast.people["an"])).all()
        assert sorted((grant.role, grant.unit_id) for grant in grants) == [("contestant", None), ("organiser", None)]
        given = next(grant.id for grant in grants if grant.role == "organiser")
    assert person.get("/tai-khoan").status_code == 303  # a change of rights ends the sign-ins
    assert enter(app, "an").get(LIST).status_code == 200
    assert post(admin, f"{path}/{given}/thu-hoi").status_code == 303
    assert enter(app, "an").get(LIST).status_code == 403
    assert post(admin, f"{path}/{given}/thu-hoi").status_code == 404
    own = fetch(app, select(Grant.id).where(Grant.account_id == cast.people["quantri"]))
    assert post(admin, f"{LIST}/{cast.people['quantri']}/vai-tro/{own}/thu-hoi").status_code == 422
    assert post(admin, f"{path}/{own}/thu-hoi").status_code == 404  # another's grant under this address


def test_passwords_for_those_without(app, hands):
    cast = play(app)
    with app.app_context():
        for login in ("an", "be", "chi", "quantri"):
            db.session.scalar(select(Account).where(Account.login == login)).password_hash = None
        db.session.commit()
    client = enter(app, "donvi")
    answer = post(client, f"{LIST}/cap-mat-khau")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert [row[:3] for row in rows] == [
        ["Tên đăng nhập", "Họ và tên", "Đơn vị"],
        ["an", "Nguyễn Văn An", "Phường Mỹ Tho"], ["be", "Đỗ Thị Bé", "Văn phòng phường Mỹ Tho"]]
    assert post(app.test_client(), "/dang-nhap", login="be", password=rows[2][3]).status_code == 303
    assert post(client, f"{LIST}/cap-mat-khau").status_code == 404  # handed out once
    assert fetch(app, select(Account.password_hash).where(Account.login == "quantri")) is None
    assert client.get(f"{LIST}/cap-mat-khau?unit={cast.units['caolanh']}").status_code == 404


def test_drawn_passwords_are_told_one_by_one():
    told = []
    drawn = draw_passwords(3, told.append)
    assert told == [1, 2, 3]
    assert len({one.password for one in drawn}) == 3


def test_a_get_writes_nothing(app, hands):
    cast = play(app)
    admin = enter(app, "quantri")
    before = fetch(app, select(func.count()).select_from(AuditEvent)), fetch(
        app, select(func.count()).select_from(SignIn))
    for path in OWN:
        admin.get(f"{LIST}/{cast.people['an']}{path}?active=0&unit_id={cast.units['caolanh']}")
    assert (fetch(app, select(func.count()).select_from(AuditEvent)),
            fetch(app, select(func.count()).select_from(SignIn))) == before
    assert fetch(app, select(Account.unit_id).where(Account.login == "an")) == cast.units["mytho"]
