import re
from dataclasses import replace

import pytest
from sqlalchemy import select

from contest.errors import Refusal
from contest.extensions import db
from contest.identity.models import Unit
from contest.identity.units import DEEPEST, UnitData, create_unit, edit_unit, move_unit
from tests.factories import NOON
from tests.identity.cast import enter, fetch, play, post

TREE = "/to-chuc/don-vi"


def paths(app) -> dict[str, str]:
    """code → the codes from the root down, told by `path`."""
    with app.app_context():
        units = list(db.session.scalars(select(Unit)))
        codes = {unit.id: unit.code for unit in units}
        return {unit.code: "/".join(codes[key] for key in unit.path.rstrip("/").split("/")) for unit in units}


def refusal(function, *args, **kwargs) -> str:
    with pytest.raises(Refusal) as caught:
        function(*args, **kwargs)
    return caught.value.code


def test_a_moved_unit_takes_everything_below_along(app, hands):
    cast = play(app)
    with app.app_context():
        move_unit(cast.units["mytho"], cast.units["caolanh"], by=None, now=NOON)
        db.session.commit()
    assert paths(app) == {"UBND": "UBND", "XCL": "UBND/XCL", "XMT": "UBND/XCL/XMT", "XMT-VP": "UBND/XCL/XMT/XMT-VP"}
    with app.app_context():
        move_unit(cast.units["mytho"], None, by=None, now=NOON)
        db.session.commit()
    assert paths(app) == {"UBND": "UBND", "XCL": "UBND/XCL", "XMT": "XMT", "XMT-VP": "XMT/XMT-VP"}


def test_a_kind_that_is_none_of_ours_is_another(app, hands):
    cast = play(app)
    with app.app_context():
        db.session.get(Unit, cast.units["caolanh"]).kind = "castle"
        db.session.commit()
    for query in ("", "?q=cao+lanh"):
        page = enter(app, "quantri").get(TREE + query).text
        assert "castle" not in page
        assert "Khác" in page


def test_no_circles(app, hands):
    cast = play(app)
    with app.app_context():
        for below in ("mytho", "vanphong"):
            assert refusal(move_unit, cast.units["mytho"], cast.units[below], by=None, now=NOON) == "unit_below_itself"


def test_the_tree_has_a_bottom(app, hands):
    with app.app_context():
        parent = None
        for level in range(DEEPEST):
            parent = create_unit(UnitData(f"L{level}", "x", parent_id=parent), by=None, now=NOON).id
        other = create_unit(UnitData("M", "y"), by=None, now=NOON).id
        create_unit(UnitData("M1", "y", parent_id=other), by=None, now=NOON)
        assert refusal(create_unit, UnitData("L", "x", parent_id=parent), by=None, now=NOON) == "unit_too_deep"
        eighth = db.session.scalar(select(Unit.id).where(Unit.code == "L7"))
        ninth = db.session.scalar(select(Unit.id).where(Unit.code == "L8"))
        assert refusal(move_unit, other, ninth, by=None, now=NOON) == "unit_too_deep"
        move_unit(other, eighth, by=None, now=NOON)


def test_editing_tells_what_changed(app, hands):
    cast = play(app)
    with app.app_context():
        data = UnitData("XMT", "Phường Mỹ Tho", "commune", "Khối xã, phường", cast.units["tinh"], 58, NOON.date())
        assert edit_unit(cast.units["mytho"], data, by=None, now=NOON) == ()
        edit_unit(cast.units["mytho"], replace(data, headcount=60), by=None, now=NOON)
        assert db.session.get(Unit, cast.units["mytho"]).headcount == 60
        taken = UnitData("XCL", "Phường Mỹ Tho", "commune")
        assert refusal(edit_unit, cast.units["mytho"], taken, by=None, now=NOON) == "code_taken"
        assert refusal(create_unit, taken, by=None, now=NOON) == "code_taken"
        assert refusal(create_unit, UnitData("N", "N", "castle"), by=None, now=NOON) == "bad_unit"
        db.session.commit()
    assert fetch(app, select(Unit.code).where(Unit.id == cast.units["mytho"])) == "XMT"


@pytest.mark.parametrize(("login", "seen"), [
    ("quantri", ["UBND", "XCL", "XMT", "XMT-VP"]), ("totchuc", ["UBND", "XCL", "XMT", "XMT-VP"]),
    ("baocao", ["UBND", "XCL", "XMT", "XMT-VP"]), ("donvi", ["XMT", "XMT-VP"])])
def test_who_sees_which_units(app, hands, login, seen):
    play(app)
    page = enter(app, login).get(TREE)
    assert page.status_code == 200
    assert sorted(re.findall(r'<span class="code">([^<]+)</span>', page.text)) == seen
    assert (f'href="{TREE}/moi"' in page.text) is (login == "quantri")


def test_searching_units(app, hands):
    play(app)
    client = enter(app, "totchuc")
    page = client.get(f"{TREE}?q=van+phong")
    assert "Văn phòng phường Mỹ Tho" in page.text
    assert "UBND tỉnh Đồng Tháp › Phường Mỹ Tho" in page.text
    assert "Phường Cao Lãnh" not in page.text
    assert "Không có đơn vị nào khớp" in client.get(f"{TREE}?q=xyz").text
    assert "Phường Cao Lãnh" in client.get(f"{TREE}?q=xcl").text


def test_the_form_of_a_unit(app, hands):
    cast = play(app)
    admin = enter(app, "quantri")
    form = {"code": "XCL", "name": "Phường Cao Lãnh mới", "kind": "commune", "bloc": "",
            "parent_id": cast.units["mytho"], "headcount": "1.234", "headcount_on": "31/12/2025"}
    path = f"{TREE}/{cast.units['caolanh']}"
    assert post(admin, path, **form, path="x/", sort_key="x", id="0" * 32).status_code == 303
    with app.app_context():
        row = db.session.get(Unit, cast.units["caolanh"])
        assert (row.name, row.bloc, row.headcount, str(row.headcount_on), row.search_text) == (
            "Phường Cao Lãnh mới", None, 1234, "2025-12-31", "phuong cao lanh moi")
    assert paths(app)["XCL"] == "UBND/XMT/XCL"
    for wrong, text in [({"code": "XMT"}, "Mã đơn vị XMT đã có"), ({"headcount": "-1"}, "số nguyên không âm"),
                        ({"headcount_on": "hôm qua"}, "31/12/2025"), ({"name": ""}, "Nhập tên đơn vị."),
                        ({"parent_id": cast.units["caolanh"]}, "Không đặt được đơn vị dưới chính nó")]:
        answer = post(admin, path, **{**form, **wrong})
        assert answer.status_code == 422
        assert text in answer.text
    assert post(enter(app, "totchuc"), path, **form).status_code == 403


def test_a_new_unit(app, hands):
    cast = play(app)
    admin = enter(app, "quantri")
    form = {"code": "SNV", "name": "Sở Nội vụ", "kind": "department", "parent_id": cast.units["tinh"]}
    assert post(admin, f"{TREE}/moi", **form).status_code == 303
    assert paths(app)["SNV"] == "UBND/SNV"
    assert post(admin, f"{TREE}/moi", **form).status_code == 422


def test_no_units_at_all(app, hands):
    from tests.factories import account

    with app.app_context():
        account("quantri", roles=("administrator",))
        account("totchuc", roles=("organiser",))
        db.session.commit()
    assert "Nhập danh sách đơn vị từ Excel, hoặc thêm từng đơn vị." in enter(app, "quantri").get(TREE).text
    assert "Người quản trị nhập danh sách đơn vị từ Excel" in enter(app, "totchuc").get(TREE).text
