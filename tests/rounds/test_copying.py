from dataclasses import replace
from datetime import timedelta

from contest.extensions import db
from contest.rounds import copying, operations, publishing, queries
from tests.factories import NOON
from tests.rounds.cast import DAY, cast, fields

WEEK = 7 * DAY


def test_the_next_week_is_a_draft_with_its_own_dates(app):
    ids = cast(app)
    with app.app_context():
        values = fields(ids.bank, opens_at=NOON, closes_at=NOON + WEEK,
                        rules="Mở 12:00 ngày 01/12/2026, kết thúc 12:00 ngày 08/12/2026.")
        row = operations.create_round(ids.contest, values, by=None, now=NOON)
        publishing.publish_round(row.id, by=None, now=NOON)
        publishing.extend_round(row.id, NOON + WEEK + DAY, "Mưa bão", by=None, now=NOON)
        publishing.extend_round(row.id, NOON + WEEK + 2 * DAY, "Mưa nữa", by=None, now=NOON + DAY)
        copied = copying.copy_round(row.id, by=ids.organiser, now=NOON)
        db.session.commit()
        assert (copied.state, copied.rules_version, copied.position, copied.contest_id) == ("draft", 0, 2, ids.contest)
        assert copying.values_of(copied) == replace(
            values, title="Tuần 2", opens_at=NOON + WEEK, closes_at=NOON + 2 * WEEK,
            rules="Mở 12:00 ngày 08/12/2026, kết thúc 12:00 ngày 15/12/2026.")


def test_a_contest_is_copied_with_its_units_and_rounds(app):
    ids = cast(app)
    with app.app_context():
        for n in range(3):
            row = operations.create_round(ids.contest, fields(
                ids.bank, title=f"Tuần {n + 1}", opens_at=NOON + n * WEEK, closes_at=NOON + n * WEEK + DAY),
                by=None, now=NOON)
        publishing.publish_round(row.id, by=None, now=NOON)
        publishing.cancel_round(row.id, "Trùng lịch", by=None, now=NOON)
        later = NOON + 5 * WEEK + timedelta(hours=1)
        copied = copying.copy_contest(ids.contest, "Cuộc thi 2027", by=ids.organiser, now=later)
        db.session.commit()
        source, found = queries.get_contest(ids.contest), queries.get_contest(copied.id)
        assert (found.title, found.code, found.target_percent, found.agency_name) == (
            "Cuộc thi 2027", "cuoc-thi-2027", source.target_percent, source.agency_name)
        assert [(r.title, r.state, r.opens_at, r.closes_at) for r in found.rounds] == [
            ("Tuần 1", "draft", NOON + 6 * WEEK, NOON + 6 * WEEK + DAY),
            ("Tuần 2", "draft", NOON + 7 * WEEK, NOON + 7 * WEEK + DAY)]
        assert [(u.unit_id, u.headcount) for u in queries.contest_units(copied.id)] == [(ids.unit, 50)]
