from datetime import timedelta

import pytest

from contest.extensions import db
from contest.rounds import operations, publishing, queries
from contest.rounds.models import Contest, ContestUnit, Round
from tests.factories import NOON
from tests.rounds.cast import DAY, cast, client_of, fields, post


@pytest.fixture
def scene(app, hands):
    """(ids, the organiser's browser, the address of a draft that is ready)."""
    ids = cast(app)
    with app.app_context():
        row = operations.create_round(ids.contest, fields(ids.bank), by=ids.organiser, now=NOON)
        db.session.commit()
        path = f"/to-chuc/dot-thi/{row.id}"
    return ids, client_of(app, ids.organiser), path


def text(answer, status=200):
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def row_of(app, path):
    with app.app_context():
        return queries.get_round(path.rsplit("/", 1)[1])


def test_publishing_by_the_page(app, scene):
    _ids, client, path = scene
    assert "Bản nháp đã đủ điều kiện công bố." in text(client.get(path))
    asked = text(client.get(f"{path}/cong-bo"))
    assert "1 đơn vị, 50 CBCCVC" in asked
    assert "Thể lệ chưa nhắc đến: ngày mở 02/12/2026; ngày kết thúc 08/12/2026; thời gian làm bài 20 phút" in asked
    assert post(client, f"{path}/cong-bo").headers["Location"] == path
    page = text(client.get(path))
    assert "Sắp diễn ra" in page
    assert "Thể lệ chưa nhắc đến" not in page
    assert "SHA-256" in page
    assert (row_of(app, path).state, row_of(app, path).rules_version) == ("published", 1)
    assert "không còn là bản nháp" in text(post(client, f"{path}/cong-bo"), 409)


def test_all_that_is_missing_is_listed(app, scene):
    ids, client, path = scene
    with app.app_context():
        db.session.get(Contest, ids.contest).hotline_technical = ""
        db.session.get(Contest, ids.contest).hotline_content = ""
        db.session.get(Contest, ids.contest).hotline_zalo = ""
        operations.edit_round(path.rsplit("/", 1)[1], fields(
            ids.bank, rules="", blueprint=({"bank_id": ids.bank, "topic": None, "level": "NB", "count": 50},)),
            by=None, now=NOON)
        db.session.commit()
    pages = client.get(path), client.get(f"{path}/cong-bo")
    for page in (*map(text, pages), text(post(client, f"{path}/cong-bo"), 422)):
        assert "Chưa có số điện thoại hỗ trợ." in page
        assert "Chưa có thể lệ." in page
        assert "Bất kỳ lĩnh vực, Nhận biết, ngân hàng Ngân hàng" in page
        assert "cần 50 câu, chỉ có 6." in page
    assert row_of(app, path).state == "draft"


def close_after(app, path, window, **columns):
    with app.app_context():
        row = queries.get_round(path.rsplit("/", 1)[1])
        row.closes_at = row.opens_at + window
        for name, value in columns.items():
            setattr(row, name, value)
        db.session.commit()


TIGHT = "Thời gian mở đợt sát thời gian làm bài"


def test_a_window_without_room_for_the_queue_is_told_and_no_obstacle(app, scene):
    _ids, client, path = scene
    for window, told in ((20, True), (21, False), (19, False)):  # 19: it cannot be published at all
        close_after(app, path, timedelta(minutes=window))
        for page in (path, f"{path}/cong-bo"):
            assert (TIGHT in text(client.get(page))) == told
    close_after(app, path, timedelta(minutes=20))
    assert ("Thời gian mở đợt chỉ dư 0 phút so với thời gian làm bài. Khoảng 50 người cùng vào lúc mở cần đến 1 phút "
            "để vào hết, nên người vào sau thiếu giờ làm bài. Lùi giờ kết thúc đến 12:21 ngày 02/12/2026 hoặc muộn hơn"
            ) in text(client.get(f"{path}/cong-bo"))
    assert post(client, f"{path}/cong-bo").status_code == 303
    assert TIGHT not in text(client.get(path))  # nothing to be done about it any more


def test_points_between_attempts_are_told_to_help_against_the_keys(app, scene):
    _ids, client, path = scene
    for shown, attempts, told in (("score", 2, True), ("review", 3, True), ("score", 1, False), ("nothing", 2, False)):
        close_after(app, path, timedelta(days=1), result_shown=shown, attempts_allowed=attempts)
        assert ("Điểm có thể làm lộ đáp án" in text(client.get(f"{path}/cong-bo"))) is told
    assert post(client, f"{path}/cong-bo").status_code == 303  # no obstacle


def test_the_room_is_for_those_who_may_come(app, scene):
    ids, client, path = scene
    with app.app_context():
        unit = db.session.query(ContestUnit).one()
        unit.headcount, unit.bloc = 30_000, "Khối sở, ban, ngành"
        db.session.commit()
    two_minutes = timedelta(minutes=22)
    for columns, told in (({}, True), ({"open_units": ["0" * 32]}, False), ({"open_units": [ids.unit]}, True),
                          ({"open_units": [], "open_blocs": ["Khối khác"]}, False),
                          ({"open_blocs": ["Khối sở, ban, ngành"]}, True)):
        close_after(app, path, two_minutes - timedelta(milliseconds=1), **columns)
        assert (TIGHT in text(client.get(path))) == told
    close_after(app, path, two_minutes)
    assert TIGHT not in text(client.get(path))


def test_extending_by_the_page(app, scene):
    ids, client, path = scene
    post(client, f"{path}/cong-bo")
    page = text(post(client, f"{path}/gia-han", closes_at="2026-12-08T12:00", reason="Mưa bão"), 422)
    assert "Giờ kết thúc mới phải sau giờ kết thúc hiện nay (12:00 ngày 08/12/2026)" in page
    assert "Mưa bão" in page
    page = text(post(client, f"{path}/gia-han", closes_at="2026-12-10T00:00", reason=" "), 422)
    assert "Ghi lý do." in page
    assert page.count("2026-12-10T00:00") == 1
    assert post(client, f"{path}/gia-han", closes_at="2026-12-10T00:00", reason="Mưa bão").status_code == 303
    page = text(client.get(path))
    assert "Gia hạn từ 12:00 ngày 08/12/2026 đến 24:00 ngày 09/12/2026." in page
    assert "Trần Văn Bình" in page
    assert post(client_of(app, ids.contestant), f"{path}/gia-han", closes_at="2026-12-11T00:00",
                reason="x").status_code == 403


def test_cancelling_by_the_page(app, scene):
    _ids, client, path = scene
    post(client, f"{path}/cong-bo")
    assert "Ghi lý do." in text(post(client, f"{path}/huy", reason=""), 422)
    assert post(client, f"{path}/huy", reason="Lộ đề").status_code == 303
    page = text(client.get(path))
    assert "Đã hủy" in page
    assert "Lộ đề" in page
    assert "Không hủy được đợt thi này" in text(post(client, f"{path}/huy", reason="nữa"), 409)


def test_results_by_the_page(app, scene, hands):
    _ids, client, path = scene
    post(client, f"{path}/cong-bo")
    assert "Chỉ công bố kết quả của đợt thi đã kết thúc" in text(post(client, f"{path}/cong-bo-ket-qua"), 409)
    hands.set(NOON + 7 * DAY)
    assert "Công bố kết quả" in text(client.get(path))
    assert "Chờ một phút" in text(post(client, f"{path}/cong-bo-ket-qua"), 409)  # a start may still be on its way
    hands.advance(minutes=1)
    post(client, f"{path}/cong-bo-ket-qua")
    assert row_of(app, path).results_published_at == NOON + 7 * DAY + timedelta(minutes=1)
    assert "Đã công bố" in text(client.get(path))


def test_copying_and_removing_drafts(app, scene):
    ids, client, path = scene
    copied = post(client, f"{path}/sao-chep").headers["Location"]
    assert (row_of(app, copied).title, row_of(app, copied).opens_at) == ("Tuần 2", NOON + 8 * DAY)
    assert "không khôi phục lại được" in text(client.get(f"{copied}/xoa"))
    assert post(client, f"{copied}/xoa").headers["Location"] == f"/to-chuc/cuoc-thi/{ids.contest}"
    with app.app_context():
        assert db.session.query(Round).count() == 1
    post(client, f"{path}/cong-bo")
    assert client.get(f"{path}/xoa").status_code == 409
    assert post(client, f"{path}/xoa").status_code == 409


def test_readers_see_the_round_and_change_nothing(app, scene):
    ids, client, path = scene
    publishing_page = client_of(app, ids.viewer)
    page = text(publishing_page.get(path))
    for word in ("/cong-bo", "/sua", "/xoa", "/sao-chep"):
        assert f'{path}{word}"' not in page
        assert f'{path}{word}"' in text(client.get(path))
    for page in ("cong-bo", "gia-han", "huy", "xoa", "sua", "cong-bo-ket-qua"):
        assert publishing_page.get(f"{path}/{page}").status_code == 403
    assert client.get("/to-chuc/dot-thi/" + "0" * 32).status_code == 404


def test_a_form_without_its_token_changes_nothing(app, scene):
    _ids, client, path = scene
    for page in ("cong-bo", "xoa", "sao-chep"):
        assert client.post(f"{path}/{page}").status_code == 403
    with app.app_context():
        assert [row.state for row in db.session.query(Round)] == ["draft"]
        assert publishing.problems(queries.get_round(path.rsplit("/", 1)[1]), [], NOON) != []
