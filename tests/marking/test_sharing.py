"""Essays shared out among markers."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from contest.marking.sharing import share

MARKERS = tuple("ABCDE")


def test_whoever_has_least_is_next():
    assert share([("1", ()), ("2", ()), ("3", ())], {"A": 2, "B": 0}) == {"1": "B", "2": "B", "3": "A"}


def test_an_essay_that_few_may_mark_comes_first():
    assert share([("1", ()), ("2", ("B",))], {"A": 0, "B": 0}) == {"1": "B", "2": "A"}


def test_an_essay_moves_on_where_that_evens_loads_out():
    found = share([("1", ("A",)), ("2", ("B",)), ("3", ("C",))], {"A": 1, "B": 1, "C": 1})
    assert sorted(found.values()) == ["A", "B", "C"]


def test_nobody_may_mark_it():
    assert share([("1", ("A",)), ("2", ())], {"A": 0}) == {"1": None, "2": "A"}
    assert share([("1", ())], {}) == {"1": None}


@given(st.lists(st.sets(st.sampled_from(MARKERS), max_size=4), max_size=40))
def test_nobody_gets_what_they_may_not_mark(barred):
    essays = [(str(n), one) for n, one in enumerate(barred)]
    found = share(essays, dict.fromkeys(MARKERS, 0))
    assert all(found[essay] not in one and found[essay] is not None for essay, one in essays)


@given(st.integers(0, 60), st.dictionaries(st.sampled_from(MARKERS), st.integers(0, 5), min_size=1))
def test_loads_end_even(count, load):
    found = share([(str(n), ()) for n in range(count)], load)
    after = Counter(load) + Counter(one for one in found.values() if one)
    given_to = set(found.values())
    if given_to:
        assert max(after[one] for one in given_to) - min(after[one] for one in load) <= 1
