import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest.scoring.buckets import bucket, fences
from contest.scoring.ranking import keys, packed

KEYS = st.lists(st.text("01f", min_size=6, max_size=6), max_size=60)


def place(key, rows, beginnings):
    """1 + the counts of the buckets before + the rows of this bucket that stand before, and how many rows that read."""
    mine = bucket(key, beginnings)
    inside = [other for other in rows if bucket(other, beginnings) == mine and other < key]
    return 1 + sum(bucket(other, beginnings) < mine for other in rows) + len(inside), len(inside)


def test_an_example():
    rows = ["aa00", "aa01", "aa01", "ab00", "ab77", "b000"]
    assert fences(rows, 3) == ["", "ab"]
    assert fences(rows, 2) == ["", "aa01", "ab", "b"]
    assert fences(rows, 1) == ["", "aa01", "ab", "ab7", "b"]
    assert [bucket(key, ["", "aa01", "ab", "b"]) for key in ("aa00", "aa01", "aa99", "ab00", "ffff", "0")] == [
        "", "aa01", "aa01", "ab", "b", ""]
    assert fences([]) == fences(["aa00"] * 3, 2) == [""]


@given(KEYS, st.integers(1, 9))
def test_few_buckets_of_few_rows(rows, size):
    beginnings = fences(sorted(rows), size)
    held = [[key for key in rows if bucket(key, beginnings) == beginning] for beginning in beginnings]
    assert beginnings == sorted(set(beginnings))
    assert beginnings[0] == ""
    assert sum(map(len, held)) == len(rows)
    assert all(len(one) <= size or len(set(one)) == 1 for one in held)
    assert all(len(one) + len(two) > size for one, two in pairwise(held))
    assert (len(beginnings) - 1) * size <= 2 * len(rows)


@given(KEYS, KEYS, st.integers(1, 9))
def test_a_rank_is_read_from_the_counts_and_one_bucket(rows, later, size):
    """Also of keys that came after the fences were set."""
    beginnings, rows = fences(sorted(rows), size), rows + later
    for key in rows:
        assert place(key, rows, beginnings)[0] == 1 + sum(other < key for other in rows)


@given(KEYS, st.integers(1, 5))
def test_a_bucket_that_grew_is_split_by_its_own_keys(rows, size):
    beginnings = fences(sorted(rows), 4 * size)
    for beginning in list(beginnings):
        inside = sorted(key for key in rows if bucket(key, beginnings) == beginning)
        beginnings += fences(inside, size)[1:]
        beginnings.sort()
    held = [[key for key in rows if bucket(key, beginnings) == beginning] for beginning in beginnings]
    assert all(len(one) <= size or len(set(one)) == 1 for one in held)


def test_keys_must_ascend():
    with pytest.raises(ValueError, match="ascend"):
        fences(["b", "a"])


def perfect(dice, *, known):
    """A row as in week 4 of Nghệ An 2023, where 126,810 of 427,277 had everything right."""
    right = dice.random() < 0.2968
    return {"points": 1_500 if right else 100 * dice.randint(0, 14), "taken_ms": dice.randint(20_000, 120_000),
            "distance": dice.choice([None, 810, 1_810, dice.randint(0, 400_000)]) if known else None,
            "finished_at": 1_687_000_000_000 + dice.randint(0, 604_800_000)}


@pytest.mark.parametrize("known", [False, True], ids=["no guess is settled", "guesses settled"])
@pytest.mark.parametrize("names", [
    ["points", "distance", "finished_at"], ["points", "distance", "taken_ms"], ["points", "taken_ms", "finished_at"]])
def test_a_third_of_the_papers_may_be_perfect(names, known):
    """Whatever the chain, and also while every distance is missing: no bucket is larger than it should be."""
    dice = random.Random(4)
    rows = sorted(packed(perfect(dice, known=known), keys(names)) for _ in range(6_000))
    beginnings = fences(rows, 50)
    assert len(beginnings) <= 241
    counts = dict.fromkeys(beginnings, 0)
    for key in rows:
        counts[bucket(key, beginnings)] += 1
    assert max(counts.values()) <= 50

