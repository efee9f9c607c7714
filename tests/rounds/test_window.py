from datetime import UTC, datetime, timedelta

import pytest

from contest.rounds.window import (
    WEEK,
    moved_text,
    needed_ms,
    next_title,
    room_ms,
    spoken,
    spoken_closing,
    spread_ms,
    weeks_ahead,
)
from tests.factories import NOON

MIDNIGHT = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)  # 00:00 on 23 November in Vietnam


def test_instants_are_said_in_local_time():
    assert spoken(NOON) == ("12:00", "01/12/2026")
    assert spoken(MIDNIGHT) == ("00:00", "23/11/2026")
    assert spoken_closing(MIDNIGHT) == ("24:00", "22/11/2026")
    assert spoken_closing(MIDNIGHT + timedelta(minutes=1)) == ("00:01", "23/11/2026")


@pytest.mark.parametrize(("title", "following"), [
    ("Tuần 1", "Tuần 2"), ("Tuần 9: Thể chế", "Tuần 10: Thể chế"), ("ĐỢT 2", "ĐỢT 3"), ("Thi thử", "Thi thử (2)"),
    ("Thi thử (2)", "Thi thử (3)"), ("Cải cách 2026", "Cải cách 2026 (2)")])
def test_next_title(title, following):
    assert next_title(title) == following


def test_dates_in_rules_follow_the_window_even_where_it_is_a_full_week():
    text = "Mở 12:00 ngày 01/12/2026, kết thúc 12:00 ngày 08/12/2026; phản ánh đến 12:00 ngày 31/12/2026."
    assert moved_text(text, NOON, NOON + WEEK, WEEK) == (
        "Mở 12:00 ngày 08/12/2026, kết thúc 12:00 ngày 15/12/2026; phản ánh đến 12:00 ngày 31/12/2026.")
    assert moved_text("Opens 12:00 on 01/12/2026.", NOON, NOON + WEEK, WEEK) == "Opens 12:00 on 08/12/2026."
    assert moved_text("Hết 24:00 ngày 22/11/2026.", NOON, MIDNIGHT, WEEK) == "Hết 24:00 ngày 29/11/2026."


def test_weeks_ahead_is_the_fewest_whole_weeks():
    assert weeks_ahead(NOON + timedelta(days=3), NOON) == WEEK
    assert weeks_ahead(NOON - WEEK + timedelta(milliseconds=1), NOON) == WEEK
    assert weeks_ahead(NOON - WEEK, NOON) == 2 * WEEK


@pytest.mark.parametrize(("window_ms", "duration_ms", "spread"), [
    (1_200_000, 1_200_000, 0), (1_200_000, 1_200_001, 0), (1_200_001, 1_200_000, 1), (1_219_999, 1_200_000, 19_999),
    (1_220_000, 1_200_000, 20_000), (86_400_000, 1_200_000, 20_000)])
def test_a_spread_opening_costs_nobody_time(window_ms, duration_ms, spread):
    closes_at = NOON + timedelta(milliseconds=window_ms)
    assert spread_ms(room_ms(NOON, closes_at, duration_ms)) == spread
    latest = NOON + timedelta(milliseconds=spread)
    assert spread == 0 or latest + timedelta(milliseconds=duration_ms) <= closes_at


def test_a_spread_is_never_longer_than_asked():
    assert [spread_ms(room, 1_000) for room in (0, 999, 1_000, 50_000)] == [0, 999, 1_000, 1_000]


@pytest.mark.parametrize(("people", "rate", "needed"), [(0, 300, 20_000), (1, 300, 20_004), (30_965, 300, 123_217),
                                                        (300, 1, 320_000)])
def test_the_room_for_the_queue(people, rate, needed):
    assert needed_ms(people, rate) == needed
