from datetime import UTC, date, datetime, timedelta

import pytest

from contest.web import filters


@pytest.mark.parametrize(("value", "shown"), [(25980, "25.980"), (0, "0"), (1234567, "1.234.567"), (None, "–")])
def test_numbers(value, shown):
    assert filters.num(value) == shown


@pytest.mark.parametrize(("value", "shown"), [(1950, "19,5"), (2000, "20"), (333, "3,33"), (5, "0,05"),
                                              (100000, "1.000"), (-50, "-0,5"), (-150, "-1,5")])
def test_points(value, shown):
    assert filters.points(value) == shown


@pytest.mark.parametrize(("part", "whole", "places", "shown"), [
    (5945, 25980, 2, "22,88\u00a0%"),  # the figure that a province printed as 23,53 %
    (812, 1004, 1, "80,9\u00a0%"),
    (1, 8, 2, "12,50\u00a0%"),
    (1, 3, 0, "33\u00a0%"),
    (1, 2, 0, "50\u00a0%"),
    (1, 200, 0, "1\u00a0%"),  # a half is rounded up
    (105, 100, 2, "105,00\u00a0%"),
    (3, 0, 2, "–"),
    (3, None, 2, "–"),
])
def test_rates(part, whole, places, shown):
    assert filters.pct(part, whole, places) == shown


def test_instants_are_shown_in_vietnam():
    instant = datetime(2026, 11, 21, 2, 41, 20, tzinfo=UTC)
    assert filters.when(instant) == "09:41 ngày 21/11/2026"
    assert filters.at(instant) == "09:41:20"
    assert filters.day(datetime(2026, 11, 21, 18, tzinfo=UTC)) == "22/11/2026"
    assert filters.day(date(2026, 1, 5)) == "05/01/2026"


@pytest.mark.parametrize(("length", "shown"), [
    (1_045_999, "17:25"), (timedelta(hours=1, minutes=2, seconds=3), "1:02:03"), (0, "00:00"), (-5, "00:00"),
    (3_599_999, "59:59"), (3_600_000, "1:00:00"), (None, "–"),
])
def test_lengths_of_time(length, shown):
    assert filters.clock(length) == shown


@pytest.mark.parametrize("hostile", [
    "<script>alert(1)</script>", "[x](javascript:alert(1))", "<img src=x onerror=alert(1)>", "![x](http://x/y.png)",
    "<a href='data:text/html,x'>x</a>", "[x](data:text/html;base64,x)",
])
def test_rich_text_lets_nothing_run(hostile):
    html = str(filters.markdown(hostile))
    assert "<script" not in html
    assert "<img" not in html
    assert "href=\"javascript" not in html
    assert "href=\"data" not in html
    assert "<a href='" not in html


@pytest.mark.parametrize(("written", "address"), [
    ("0912 345 678", "https://zalo.me/0912345678"), ("+84 (912) 345-678", "https://zalo.me/84912345678"),
    ("zalo.me/sonoivu", "https://zalo.me/sonoivu"), ("https://zalo.me/pc/1.2", "https://zalo.me/pc/1.2")])
def test_help_over_zalo_has_an_address(written, address):
    assert filters.zalo_help(written) == address


def test_rich_text_keeps_what_rules_need():
    html = str(filters.markdown("## Thể lệ\n\n- **Một** lượt\n\n| a | b |\n|---|---|\n| 1 | 2 |"))
    assert "<h2>Thể lệ</h2>" in html
    assert "<strong>Một</strong>" in html
    assert "<td>1</td>" in html
