"""Numbers of keys: decimal comma, decimal point, thousands."""

import pytest

from contest.questions.formats.gift_numbers import NumberUnreadable, accepted, number


@pytest.mark.parametrize(("text", "expected"), [
    ("3", "3"), ("-3", "-3"), ("−3", "-3"), ("+3", "3"), ("003", "3"), ("3.50", "3.50"), (".5", "0.5"), ("5.", "5"),
    ("3,5", "3.5"), (",5", "0.5"), ("0,125", "0.125"), ("1234,567", "1234.567"), ("1.234", "1.234"),
    ("1.234,5", "1234.5"), ("1,234.5", "1234.5"), ("1.234.567", "1234567"), ("1,234,567", "1234567"),
    ("1 234,5", "1234.5"), ("1\xa0234", "1234"), ("1.5e3", "1500"), ("2E-3", "0.002"),
])
def test_a_number_is_written_with_a_point(text, expected):
    assert number(text) == expected


@pytest.mark.parametrize(("text", "code"), [
    ("1,234", "number_ambiguous"), ("-12,345", "number_ambiguous"), ("", "format_error"), ("ba", "format_error"),
    ("1,2,3", "format_error"), ("1.2.3", "format_error"), ("1e99", "format_error"), ("٣", "format_error"),
    ("9" * 31, "format_error"), ("-", "format_error"), (",", "format_error"), ("5%", "format_error"),
])
def test_what_is_no_number_or_two_is_refused(text, code):
    with pytest.raises(NumberUnreadable) as refused:
        number(text)
    assert refused.value.code == code


@pytest.mark.parametrize(("text", "expected"), [
    ("3:0.5", "3±0.5"), ("3 : 0,5", "3±0.5"), ("3:0", "3"), ("3:", "3"), ("1..5", "1..5"), ("-1,5..-0,5", "-1.5..-0.5"),
    ("5..5", "5..5"), ("23.53±0.01", "23.53±0.01"),
])
def test_margins_and_ranges(text, expected):
    assert accepted(text) == expected


@pytest.mark.parametrize("text", ["5..1", "3:-1", "..", "1..", "3:x"])
def test_margins_and_ranges_that_make_no_sense(text):
    with pytest.raises(NumberUnreadable):
        accepted(text)
