import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest.scoring.ranking import DEFAULT, BadKeys, Key, Ranked, best, keys, order, rank


def row(points, taken_ms=600_000, finished_at=1_000, answered=5):
    return {"points": points, "taken_ms": taken_ms, "finished_at": finished_at, "answered": answered}


ROWS = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=4),
    st.builds(row, st.integers(0, 5), st.integers(0, 3), st.integers(0, 2), st.integers(0, 2)),
    max_size=30,
)


def test_the_worked_example():
    rows = {"an": row(950, 480_000, 5), "binh": row(950, 480_000, 5), "chi": row(950, 550_000, 4),
            "dung": row(900, 120_000, 1)}
    assert rank(rows) == [Ranked(1, "an"), Ranked(1, "binh"), Ranked(3, "chi"), Ranked(4, "dung")]


@pytest.mark.parametrize(("better", "worse"), [
    (row(101, 9, 9), row(100, 1, 1)),
    (row(100, 1, 9), row(100, 2, 1)),
    (row(100, 1, 1), row(100, 1, 2)),
])
def test_points_then_time_then_the_earlier_finish(better, worse):
    assert [r.id for r in rank({"a": worse, "b": better})] == ["b", "a"]


def test_keys_are_data():
    assert keys(["points desc", "finished_at"]) == (Key("points", descending=True), Key("finished_at"))
    assert keys(["points desc", "taken_ms asc", "finished_at asc"]) == DEFAULT
    late_first = keys(["finished_at desc"])
    assert [r.id for r in rank({"a": row(1, finished_at=1), "b": row(1, finished_at=2)}, late_first)] == ["b", "a"]


@pytest.mark.parametrize("names", [[], ["id"], ["points down"], ["points desc", "points asc"]])
def test_bad_keys(names):
    with pytest.raises(BadKeys):
        keys(names)


@given(ROWS, st.randoms())
def test_ranks_are_total_stable_and_blind_to_the_order_of_processing(rows, random):
    ranked = rank(rows)
    shuffled = list(rows.items())
    random.shuffle(shuffled)
    assert rank(dict(shuffled)) == ranked
    assert sorted(r.id for r in ranked) == sorted(rows)
    for one in ranked:
        better = sum(order(other) < order(rows[one.id]) for other in rows.values())
        assert one.rank == better + 1


def test_a_blank_attempt_is_nobodys_best():
    assert best({"a": row(0, 1, 1, answered=0)}) is None
    assert best({}) is None
    assert best({"blank": row(0, 1, 1, answered=0), "wrong": row(0, 900, 9)}) == "wrong"


@given(ROWS, st.randoms())
def test_the_best_has_the_first_rank_among_the_real_ones(rows, random):
    real = {id_: r for id_, r in rows.items() if r["answered"]}
    shuffled = list(rows.items())
    random.shuffle(shuffled)
    found = best(dict(shuffled))
    assert found == (rank(real)[0].id if real else None)
