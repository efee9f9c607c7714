from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contest.questions.models import TYPES
from contest.questions.paper import SHAPE_OF, Cell, Plan, PoolItem, Shortage, order
from contest.questions.paper import shortages as counted_shortages

PINNED_DRAW = ("v2", "v3", "v0")
PINNED_GROUPED = ("g2", "v3", "v2")
PINNED_ORDER = ("b", "a", "c", "d")
BANKS = st.sampled_from(["b1", "b2"])
TOPICS = st.sampled_from(["t1", "t2", None])
LEVELS = st.sampled_from(["NB", "TH"])


KINDS = st.sampled_from(["single", "essay"])
PAPERS = st.frozensets(st.sampled_from(["d1", "d2"]))
GROUPS = st.sampled_from([None, None, "g1", "g2"])
USES = st.sampled_from([0, 0, 1, 2, 3, 200, 207])


def draw(pool, cells, seed, seen=()):
    return Plan(pool, cells).draw(seed, seen)


def shortages(pool, cells):
    return Plan(pool, cells).shortages()


@st.composite
def pools(draw_, most=8):
    size = draw_(st.integers(0, most))
    return [PoolItem(f"v{i}", draw_(BANKS), draw_(TOPICS), draw_(LEVELS), draw_(KINDS), draw_(PAPERS), draw_(GROUPS),
                     draw_(USES), f"q{i}") for i in range(size)]


def any_or(values):
    return st.one_of(st.none(), values)


CELLS = st.lists(
    st.builds(
        Cell,
        st.integers(0, 3),
        any_or(BANKS),
        any_or(st.sampled_from(["t1", "t2"])),
        any_or(LEVELS),
        any_or(KINDS),
        any_or(st.sampled_from(["d1", "d2"])),
    ),
    max_size=4,
)


def served_by_brute_force(pool, cells):
    """Every choice of distinct items that serves all cells and takes no two of a group."""
    wants = [cell for cell in cells for _ in range(cell.count)]
    if len(wants) > len(pool):
        return
    for chosen in permutations(pool, len(wants)):
        groups = [item.group for item in chosen if item.group]
        if len(groups) == len(set(groups)) and all(
                cell.takes(item) for cell, item in zip(wants, chosen, strict=True)):
            yield chosen


def costs(pool, chosen, seen):
    """Per item chosen, sorted: was its unit seen before, and how many doublings was the unit used."""
    units = [[item for item in pool if item == one or (one.group and item.group == one.group)] for one in chosen]
    return sorted((any(item.question_id in seen for item in unit), sum(item.used for item in unit).bit_length())
                  for unit in units)


@settings(max_examples=150, deadline=None)
@given(pools(most=6), CELLS)
def test_a_blueprint_is_short_exactly_where_no_choice_serves_it(pool, cells):
    assert (shortages(pool, cells) == ()) == (next(served_by_brute_force(pool, cells), None) is not None)


@settings(max_examples=150, deadline=None)
@given(pools(most=6), CELLS, st.frozensets(st.integers(0, 5).map("q{}".format)), st.text(max_size=3))
def test_no_paper_has_fewer_questions_seen_before_or_used_more(pool, cells, seen, seed):
    if shortages(pool, cells):
        return
    known = {item.version_id: item for item in pool}
    mine = costs(pool, [known[version] for version in draw(pool, cells, seed, seen)], seen)
    for chosen in served_by_brute_force(pool, cells):
        assert all(ours <= theirs for ours, theirs in zip(mine, costs(pool, chosen, seen), strict=True))


@settings(max_examples=100, deadline=None)
@given(pools(most=9), CELLS)
def test_what_is_left_for_a_cell_is_what_could_still_be_served(pool, cells):
    """Cell by cell: the count of a short one is lowered to what it got, and one more is too much."""
    short = {found.index: found.available for found in shortages(pool, cells)}
    lowered = [replace(cell, count=short.get(index, cell.count)) for index, cell in enumerate(cells)]
    assert shortages(pool, lowered) == ()
    for index in short:
        more = [replace(cell, count=cell.count + (place == index)) for place, cell in enumerate(lowered[:index + 1])]
        assert shortages(pool, more)


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
    groups = [known[version].group for version in drawn if known[version].group]
    assert len(set(groups)) == len(groups)
    assert all(cell.takes(known[version]) for cell, version in zip(wants, drawn, strict=True))


@settings(deadline=None)
@given(pools(most=12), CELLS, st.randoms(use_true_random=False), st.frozensets(st.integers(0, 11).map("q{}".format)))
def test_the_same_seed_draws_the_same_paper_from_a_pool_in_any_order(pool, cells, random, seen):
    if shortages(pool, cells):
        return
    shuffled = random.sample(pool, len(pool))
    assert draw(pool, cells, "seed", seen) == draw(shuffled, cells, "seed", sorted(seen, reverse=True))


def test_the_algorithm_is_the_one_that_papers_on_record_were_drawn_with():
    pool = [PoolItem(f"v{i}", "b") for i in range(6)]
    assert draw(pool, [Cell(3)], "2f" * 16) == PINNED_DRAW
    pool += [PoolItem(f"g{i}", "b", level="NB", group="g", question_id=f"q{i}") for i in range(3)]
    assert draw(pool, [Cell(1, level="NB"), Cell(2)], "2f" * 16, {"q0"}) == PINNED_GROUPED
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


def test_questions_that_exclude_each_other_count_once():
    pool = [PoolItem(f"v{i}", "b", level="NB" if i else "TH", group="g") for i in range(5)] + [PoolItem("w", "b")]
    assert shortages(pool, [Cell(3)]) == (Shortage(0, 3, 2),)
    assert shortages(pool, [Cell(1, level="NB"), Cell(1, level="TH")]) == (Shortage(1, 1, 0),)
    assert {draw(pool, [Cell(1, level="NB"), Cell(1)], str(seed))[1] for seed in range(9)} == {"w"}
    members = {draw(pool, [Cell(1, level="NB")], str(seed))[0] for seed in range(60)}
    assert members == {"v1", "v2", "v3", "v4"}


def test_what_was_not_seen_comes_first_then_what_was_used_least():
    pool = [PoolItem(f"v{i}", "b", used=(0, 0, 1, 2, 3, 4, 9, 9)[i], question_id=f"q{i}") for i in range(8)]
    for seed in map(str, range(40)):
        assert set(draw(pool, [Cell(5)], seed)) == {"v0", "v1", "v2", "v3", "v4"}  # 2 and 3 are one step
        assert set(draw(pool, [Cell(2)], seed, {"q0", "q1", "q2"})) == {"v3", "v4"}
        assert set(draw(pool, [Cell(6)], seed, {"q0", "q1", "q2"})) >= {"v3", "v4", "v5", "v6", "v7"}
        assert set(draw(pool, [Cell(7)], seed, {"q0", "q1", "q2"})) >= {"v0", "v1"}
    twice = [draw(pool, [Cell(1)], str(seed), {"q0", "q1", "q2"})[0] for seed in range(60)]
    assert 10 < twice.count("v3") < 50


def test_who_has_seen_one_of_a_group_has_seen_them_all():
    pool = [PoolItem("a", "b", group="g", question_id="qa"), PoolItem("b", "b", group="g", question_id="qb"),
            PoolItem("c", "b", question_id="qc")]
    for seed in map(str, range(20)):
        assert draw(pool, [Cell(1)], seed, {"qa"}) == ("c",)
        assert set(draw(pool, [Cell(2)], seed, {"qa"})) == {"b", "c"}


def test_counted_pools_fall_short_where_real_ones_do():
    kinds = [(PoolItem("a", "b", "t1"), 5), (PoolItem("c", "b", "t2", group="g"), 1),
             (PoolItem("d", "b", "t1", group="g"), 1)]
    cells = [Cell(1, topic="t2"), Cell(6, topic="t1"), Cell(1)]
    assert counted_shortages(kinds, cells) == (Shortage(1, 6, 5), Shortage(2, 1, 0))
    assert counted_shortages([(PoolItem("a", "b"), 10**9)], [Cell(200)]) == ()


def test_every_type_of_question_has_a_shape_of_answer():
    assert set(SHAPE_OF) == set(TYPES)


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
