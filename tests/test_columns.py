from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest.columns import from_ms, is_id, new_id, to_ms


@given(st.integers(min_value=0, max_value=4_102_444_800_000))
def test_an_instant_comes_back_as_it_went(milliseconds):
    assert to_ms(from_ms(milliseconds)) == milliseconds


def test_zones_name_the_same_instant():
    utc = datetime(2026, 12, 1, 5, tzinfo=UTC)
    assert to_ms(utc) == to_ms(utc.astimezone(timezone(timedelta(hours=7))))


def test_a_naive_instant_is_refused():
    with pytest.raises(ValueError):
        to_ms(datetime(2026, 12, 1))  # noqa: DTZ001 -- the point of the test


def test_ids_are_32_digits_and_grow():
    first, second = new_id(), new_id()
    assert len(first) == 32
    assert first < second


@pytest.mark.parametrize("text", ["", "0" * 31, "0" * 33, "0" * 32 + "\n", "A" * 32, "g" * 32, "٠" * 32,
                                  "00000000-0000-0000-0000-000000000000"])
def test_what_is_no_id(text):
    assert not is_id(text)
    assert is_id(new_id())
