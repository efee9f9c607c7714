from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contest.questions.paper import Cell, PoolItem, Shortage, draw, order, shortages

PINNED_DRAW = ("v5", "v4", "v0")
PINNED_ORDER = ("b", "a", "c", "d")
BANKS = st.sampled_from(["b1", "b2"])
TOPICS = st.sampled_from(["t1", "t2", None])
LEVELS = st.sampled_from(["NB", "TH"])


@st.composite
def pools(draw_, most=8):
    size = draw_(st.integers(0, most))
    return [PoolItem(f"v{i}", draw_(BANKS), draw_(TOPICS), draw_(LEVELS)) for i in range(size)]


def any_or(values):
    return st.one_of(st.none(), values)


CELLS = st.lists(
    st.builds(
        Cell,
        st.integers(0, 3),
        any_or(BANKS),
        any_or(st.sampled_from(["t1", "t2"])),
        any_or(LEVELS),
    ),
    max_size=4,
)


def served_by_brute_force(pool, cells):
    """Whether some choice of distinct items serves all cells: every choice is tried."""
    wants = [cell for cell in cells for _ in range(cell.count)]
    return len(wants) <= len(pool) and any(
        all(cell.takes(item) for cell, item in zip(wants, chosen, strict=True))
        for chosen in permutations(pool, len(wants))
    )


@settings(max_examples=150, deadline=None)
@given(pools(most=6), CELLS)
def test_a_blueprint_is_short_exactly_where_no_choice_serves_it(pool, cells):
    assert (shortages(pool, cells) == ()) == served_by_brute_force(pool, cells)


@settings(deadline=None)
@given(pools(most=12), CELLS, st.text(max_size=5))
def test_a_drawn_paper_serves_every_cell_with_distinct_questions(pool, cells, seed):
    if shortages(pool, cells):
        with pytest.raises(ValueError):
            draw(pool, cells, seed)
        return
    drawn = draw(pool, cells, seed)
    known = {item.version_id: item for item in pool}
    wants = [cell for cell in cells for _ in range(cell.count)]
    assert len(set(drawn)) == len(drawn) == len(wants)
    assert all(cell.takes(known[version]) for cell, version in zip(wants, drawn, strict=True))


@settings(deadline=None)
@given(pools(most=12), st.randoms(use_true_random=False))
def test_the_same_seed_draws_the_same_paper_from_a_pool_in_any_order(pool, random):
    shuffled = random.sample(pool, len(pool))
    cells = [Cell(len(pool) // 2)]
    assert draw(pool, cells, "seed") == draw(shuffled, cells, "seed")


def test_the_algorithm_is_the_one_that_papers_on_record_were_drawn_with():
    pool = [PoolItem(f"v{i}", "b") for i in range(6)]
    assert draw(pool, [Cell(3)], "2f" * 16) == PINNED_DRAW
    assert order(("a", "b", "c", "d"), (), "2f" * 16, 1) == PINNED_ORDER


def test_different_seeds_draw_different_papers():
    pool = [PoolItem(f"v{i}", "b") for i in range(40)]
    assert len({draw(pool, [Cell(10)], str(seed)) for seed in range(50)}) == 50


def test_overlapping_cells_are_served_whatever_is_drawn_first():
    """The open cell must leave the only two questions of topic t1 to the second cell."""
    pool = [PoolItem("x1", "b", "t1"), PoolItem("x2", "b", "t1"), PoolItem("y1", "b", "t2")]
    cells = [Cell(1), Cell(2, topic="t1")]
    assert {draw(pool, cells, str(seed))[0] for seed in range(30)} == {"y1"}


def test_a_chain_of_three_cells_is_untangled():
    pool = [
        PoolItem("a", "b1", "t1", "NB"),
        PoolItem("b", "b1", "t2", "NB"),
        PoolItem("c", "b2", "t2", "TH"),
    ]
    cells = [Cell(1, level="NB"), Cell(1, topic="t2"), Cell(1, topic="t1")]
    for seed in range(30):
        assert draw(pool, cells, str(seed)) == ("b", "c", "a")


def test_shortages_name_the_cell_and_what_is_left_for_it():
    pool = [PoolItem("x1", "b", "t1"), PoolItem("x2", "b", "t1"), PoolItem("y1", "b", "t2")]
    assert shortages(pool, [Cell(4, topic="t1"), Cell(1, topic="t2")]) == (Shortage(0, 4, 2),)
    assert shortages(pool, [Cell(2, topic="t1"), Cell(2)]) == (Shortage(1, 2, 1),)
    assert shortages([], [Cell(0)]) == ()


def test_every_question_is_drawn_about_equally_often():
    """1,000 draws of 5 out of 20: 250 each; ± 6 standard deviations (13.7) are allowed."""
    pool = [PoolItem(f"v{i}", "b") for i in range(20)]
    drawn = [version for seed in range(1000) for version in draw(pool, [Cell(5)], str(seed))]
    assert all(168 < drawn.count(item.version_id) < 332 for item in pool)


@given(
    st.lists(st.text(min_size=1, max_size=3), unique=True, max_size=6),
    st.text(max_size=4),
    st.data(),
)
def test_fixed_options_stay_and_the_others_are_only_moved(tokens, seed, data):
    fixed = set(data.draw(st.lists(st.sampled_from(tokens)))) if tokens else set()
    shown = order(tokens, fixed, seed, 3)
    assert sorted(shown) == sorted(tokens)
    assert all(shown[i] == token for i, token in enumerate(tokens) if token in fixed)


def test_each_slot_and_each_seed_has_an_order_of_its_own():
    tokens = ("a", "b", "c", "d", "e")
    assert order(tokens, (), "s", 1) == order(tokens, (), "s", 1)
    assert len({order(tokens, (), "s", slot) for slot in range(1, 40)}) > 20
    assert len({order(tokens, (), str(seed), 1) for seed in range(40)}) > 20
