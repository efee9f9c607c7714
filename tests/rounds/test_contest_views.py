import re

import pytest

from contest.extensions import db
from contest.identity.models import Unit
from contest.rounds import operations, publishing, queries
from contest.rounds.models import Contest
from tests import factories
from tests.factories import NOON
from tests.rounds.cast import cast, client_of, counted, fields, post

PAGES = ["/to-chuc/cuoc-thi", "/to-chuc/cuoc-thi/moi", "/to-chuc/cuoc-thi/{0}", "/to-chuc/cuoc-thi/{0}/sua",
         "/to-chuc/cuoc-thi/{0}/don-vi", "/to-chuc/cuoc-thi/{0}/sao-chep", "/to-chuc/cuoc-thi/{0}/dot-thi/moi"]


@pytest.mark.parametrize("path", PAGES)
def test_organisers_only(app, hands, path):
    ids = cast(app)
    path = path.format(ids.contest)
    assert client_of(app, ids.organiser).get(path).status_code == 200
    assert client_of(app, ids.contestant).get(path).status_code == 403
    assert app.test_client().get(path).status_code == 303
    read = path in (PAGES[0], PAGES[2].format(ids.contest))
    assert client_of(app, ids.viewer).get(path).status_code == (200 if read else 403)


def test_a_reader_is_offered_no_page_that_is_closed_to_them(app, hands):
    ids = cast(app)
    page = f"/to-chuc/cuoc-thi/{ids.contest}"
    assert f"{page}/don-vi" in client_of(app, ids.organiser).get(page).get_data(as_text=True)
    reader = client_of(app, ids.viewer)
    links = re.findall(r'href="(/to-chuc/[^"#?]+)"', reader.get(page).get_data(as_text=True))
    assert {reader.get(one).status_code for one in links} == {200}


def test_an_empty_list_says_how_to_begin(app, hands):
    with app.app_context():
        account = factories.account(roles=("organiser",))
        db.session.commit()
        key = account.id
    text = client_of(app, key).get("/to-chuc/cuoc-thi").get_data(as_text=True)
    assert "Chưa có cuộc thi nào" in text
    assert "Tạo cuộc thi đầu tiên" in text


def test_a_contest_from_its_form_to_its_units(app, hands):
    ids = cast(app)
    client = client_of(app, ids.organiser)
    answer = post(client, "/to-chuc/cuoc-thi/moi", title="  Tìm hiểu   chuyển đổi số ", agency_name="Sở Nội vụ",
                  hotline_technical="0277 385 1234", hotline_zalo="zalo.me/sonoivu", target_percent="80")
    with app.app_context():
        made = queries.contest_by_code("tim-hieu-chuyen-doi-so")
        assert (made.title, made.target_percent, made.created_by) == ("Tìm hiểu chuyển đổi số", 80, ids.organiser)
        assert made.hotline_zalo == "zalo.me/sonoivu"
        assert [row.unit_id for row in queries.contest_units(made.id)] == [ids.unit]
        assert answer.headers["Location"] == f"/to-chuc/cuoc-thi/{made.id}/don-vi"


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"title": " "}, "Ghi tên cuộc thi."),
    ({"title": "x" * 201}, "Tối đa 200 ký tự."),
    ({"code": "Có dấu"}, "Mã chỉ gồm chữ thường không dấu"),
    ({"agency_name": ""}, "Ghi tên cơ quan tổ chức."),
    ({"hotline_technical": "gọi Lan"}, "Số điện thoại chỉ gồm chữ số"),
    ({"hotline_zalo": "https://x.example/zalo.me/a"}, "Ghi số điện thoại dùng Zalo hoặc địa chỉ"),
    ({"target_percent": "0"}, "Chỉ tiêu tham gia từ 1 đến 100 phần trăm."),
    ({"target_percent": "tám"}, "Ghi một số nguyên."),
])
def test_bad_input_is_named_and_kept(app, hands, changes, sentence):
    ids = cast(app)
    typed = {"title": "Cuộc thi mới", "agency_name": "Sở Nội vụ", "agency_parent": "Tỉnh Ổ Ẩ"} | changes
    answer = post(client_of(app, ids.organiser), "/to-chuc/cuoc-thi/moi", **typed)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert sentence in text
    assert 'value="Tỉnh Ổ Ẩ"' in text
    assert "<title>Lỗi:" in text
    with app.app_context():
        assert db.session.query(Contest).count() == 1


def test_a_code_in_use_is_said_at_its_field(app, hands):
    ids = cast(app)
    answer = post(client_of(app, ids.organiser), "/to-chuc/cuoc-thi/moi", title="Khác", agency_name="Sở", code=ids.code)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f"Mã “{ids.code}” đã có cuộc thi khác dùng" in text
    assert 'value="Khác"' in text
    answer = post(client_of(app, ids.organiser), f"/to-chuc/cuoc-thi/{ids.contest}/sua", title="Đổi tên",
                  agency_name="Sở", code=ids.code)
    assert answer.status_code == 303


def test_units_are_ticked_bloc_by_bloc_and_saved_at_the_end(app, hands):
    ids = cast(app)
    with app.app_context():
        wards = [factories.unit(name, bloc="Khối xã, phường", headcount=count).id
                 for name, count in (("Phường Hồng Ngự", 58), ("Xã Ẩm Thực", 30), ("Xã không số", None))]
        db.session.commit()
    client = client_of(app, ids.organiser)
    path = f"/to-chuc/cuoc-thi/{ids.contest}/don-vi"

    def total(**form):
        text = post(client, path, **form).get_data(as_text=True)
        return re.search(r'role="status"><b class="num">([0-9.]+)</b>[^<]+<b class="num">([0-9.]+)</b>', text).groups()

    assert total(unit=[ids.unit], action="all:Khối xã, phường") == ("3", "138")
    assert total(unit=[ids.unit, *wards], action="none:Khối xã, phường") == ("1", "50")
    found = post(client, path, unit=[ids.unit, wards[0]], action="find", q="hong ngu").get_data(as_text=True)
    assert f'type="hidden" name="unit" value="{ids.unit}"' in found
    assert "Phường Hồng Ngự" in found
    assert "Xã Ẩm Thực" not in found
    assert "Không có đơn vị nào tên như vậy" in post(client, path, action="find", q="zzz").get_data(as_text=True)
    with app.app_context():
        assert [row.unit_id for row in queries.contest_units(ids.contest)] == [ids.unit]
    post(client, path, unit=wards[:2], action="save")
    with app.app_context():
        assert {(row.unit_id, row.headcount) for row in queries.contest_units(ids.contest)} == {
            (wards[0], 58), (wards[1], 30)}


def test_units_stand_still_after_publishing(app, hands):
    ids = cast(app)
    with app.app_context():
        row = operations.create_round(ids.contest, fields(ids.bank), by=None, now=NOON)
        publishing.publish_round(row.id, by=None, now=NOON)
        db.session.get(Unit, ids.unit).headcount = 99
        db.session.commit()
    client = client_of(app, ids.organiser)
    path = f"/to-chuc/cuoc-thi/{ids.contest}/don-vi"
    text = client.get(path).get_data(as_text=True)
    assert "Danh sách đã chốt" in text
    assert '<td class="n">50</td>' in text
    answer = post(client, path, action="save")
    assert answer.status_code == 409
    assert "không sửa được nữa" in answer.get_data(as_text=True)


def test_copy_and_archive(app, hands):
    ids = cast(app)
    client = client_of(app, ids.organiser)
    path = f"/to-chuc/cuoc-thi/{ids.contest}"
    assert post(client, f"{path}/sao-chep", title="").status_code == 422
    assert post(client, f"{path}/sao-chep", title="Bản mới").status_code == 303
    assert post(client, f"{path}/luu-tru", action="archive").status_code == 303
    listed = client.get("/to-chuc/cuoc-thi").get_data(as_text=True)
    assert "Bản mới" in listed
    assert "Kho lưu" in listed
    assert ids.code in client.get("/to-chuc/cuoc-thi?kho=luu-tru").get_data(as_text=True)
    assert post(client, f"{path}/luu-tru", action="restore").status_code == 303
    with app.app_context():
        assert queries.contest_counts() == (2, 0)


def test_the_list_costs_the_same_for_one_and_three(app, hands):
    ids = cast(app)
    client = client_of(app, ids.organiser)
    counts = []
    for more in (0, 2):
        with app.app_context():
            for _ in range(more):
                factories.contest(units=(db.session.get(Unit, ids.unit),))
            db.session.commit()
        with counted(app) as statements:
            client.get("/to-chuc/cuoc-thi")
        counts.append(len(statements))
    assert counts[0] == counts[1]
