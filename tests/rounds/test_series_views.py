import re
from datetime import timedelta

from contest.extensions import db
from contest.rounds import copying, operations, publishing
from contest.rounds.models import Round
from contest.rounds.window import usual_gap, weekly
from tests.factories import NOON
from tests.rounds.cast import DAY, cast, client_of, fields, form, post

SUFFIXES = {"official": " – CBCCVC", "citizen": " – Người dân"}
MINUTE = timedelta(minutes=1)
RULES = "Mở 12:00 ngày 02/12/2026, đóng 11:30 ngày 09/12/2026."


def followed(app, **changes):
    ids = cast(app)
    with app.app_context():
        row = operations.create_round(ids.contest, fields(
            ids.bank, rules=RULES, closes_at=NOON + 8 * DAY - 30 * MINUTE, **changes), by=None, now=NOON)
        db.session.commit()
        return ids, row.id


def test_windows_follow_week_by_week_with_a_gap():
    assert usual_gap(NOON, NOON + 7 * DAY - 30 * MINUTE) == 30 * MINUTE
    assert usual_gap(NOON, NOON + 9 * DAY) == timedelta(0)
    assert weekly(NOON, 2, 30 * MINUTE) == [
        (NOON + 7 * DAY, NOON + 14 * DAY - 30 * MINUTE), (NOON + 14 * DAY, NOON + 21 * DAY - 30 * MINUTE)]
    assert weekly(NOON, 1, timedelta(0)) == [(NOON + 7 * DAY, NOON + 14 * DAY)]


def test_titles_and_dates_are_counted_on(app):
    _ids, round_id = followed(app)
    with app.app_context():
        row = db.session.get(Round, round_id)
        made = copying.series_of(row, 2, 60 * MINUTE)
        assert [values.title for values in made] == ["Tuần 2", "Tuần 3"]
        assert made[1].rules == "Mở 12:00 ngày 16/12/2026, đóng 11:00 ngày 23/12/2026."
        split = copying.series_of(row, 2, 60 * MINUTE, SUFFIXES)
        assert [(values.title, values.audience) for values in split] == [
            ("Tuần 2 – CBCCVC", "official"), ("Tuần 2 – Người dân", "citizen"),
            ("Tuần 3 – CBCCVC", "official"), ("Tuần 3 – Người dân", "citizen")]
        row.title = "Tuần 1 – Người dân"
        assert copying.series_of(row, 1, 60 * MINUTE, SUFFIXES)[0].title == "Tuần 2 – CBCCVC"


def test_windows_that_meet_are_named(app):
    ids = cast(app)
    week = fields(ids.bank, title="Tuần 2", opens_at=NOON, closes_at=NOON + DAY, audience="official")
    near = fields(ids.bank, title="Sát", opens_at=NOON + DAY, closes_at=NOON + 2 * DAY)
    over = fields(ids.bank, title="Chồng", opens_at=NOON + DAY - MINUTE, closes_at=NOON + 2 * DAY)
    citizens = fields(ids.bank, title="Dân", opens_at=NOON, closes_at=NOON + DAY, audience="citizen")
    practice = fields(ids.bank, title="Thử", opens_at=NOON, closes_at=NOON + DAY, kind="practice")
    assert copying.overlapping(week, [near, over, citizens, practice]) == ["Chồng"]


def test_what_is_written_is_what_the_page_has_shown(app, hands):
    ids, round_id = followed(app)
    with app.app_context():
        publishing.publish_round(round_id, by=None, now=NOON)
        db.session.commit()
    client = client_of(app, ids.organiser)
    path = f"/to-chuc/dot-thi/{round_id}/cac-tuan"
    first = client.get(path).get_data(as_text=True)
    assert 'value="30"' in first
    assert "Sẽ tạo 3 bản nháp" in first
    seen = re.search(r'name="seen"[^>]*value="([^"]+)"', first)[1]
    other = post(client, path, weeks="2", gap="30", seen=seen, action="create")
    assert other.status_code == 200
    assert "Sẽ tạo 2 bản nháp" in other.get_data(as_text=True)
    with app.app_context():
        assert db.session.query(Round).count() == 1
    seen = re.search(r'name="seen"[^>]*value="([^"]+)"', other.get_data(as_text=True))[1]
    assert post(client, path, weeks="2", gap="30", seen=seen, action="create").status_code == 303
    with app.app_context():
        made = db.session.query(Round).filter(Round.state == "draft").order_by(Round.position).all()
        assert [(row.title, row.opens_at, row.closes_at, row.created_by) for row in made] == [
            ("Tuần 2", NOON + 8 * DAY, NOON + 15 * DAY - 30 * MINUTE, ids.organiser),
            ("Tuần 3", NOON + 15 * DAY, NOON + 22 * DAY - 30 * MINUTE, ids.organiser)]
    again = post(client, path, weeks="1", gap="30").get_data(as_text=True)
    assert "Trùng thời gian với Tuần 2" in again


def test_wrong_numbers_and_other_people_are_refused(app, hands):
    ids, round_id = followed(app)
    path = f"/to-chuc/dot-thi/{round_id}/cac-tuan"
    answer = post(client_of(app, ids.organiser), path, weeks="31", gap="-1", action="create")
    assert answer.status_code == 422
    assert "Số tuần từ 1 đến 30." in answer.get_data(as_text=True)
    assert "Thời gian nghỉ từ 0 đến 10.000 phút." in answer.get_data(as_text=True)
    assert client_of(app, ids.viewer).get(path).status_code == 403


def test_rules_that_the_platform_wrote_are_written_for_each_audience(app, hands):
    ids = cast(app)
    client = client_of(app, ids.organiser)
    post(client, f"/to-chuc/cuoc-thi/{ids.contest}/dot-thi/moi", **form(ids.bank, rules=""))
    with app.app_context():
        round_id = db.session.query(Round).one().id
    path = f"/to-chuc/dot-thi/{round_id}/cac-tuan"
    text = post(client, path, weeks="1", gap="0", split="y").get_data(as_text=True)
    seen = re.search(r'name="seen"[^>]*value="([^"]+)"', text)[1]
    post(client, path, weeks="1", gap="0", split="y", seen=seen, action="create")
    with app.app_context():
        citizen = db.session.query(Round).filter_by(audience="citizen").one()
        assert "Người dân có tài khoản dự thi." in citizen.rules
        assert "mở lúc 12:00 ngày 09/12/2026" in citizen.rules
