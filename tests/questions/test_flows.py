from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from contest.questions.flows import Flow


@st.composite
def shapes(draw):
    """Which cells take each class, how many units each class has, how many each cell wants."""
    cells = draw(st.integers(1, 3))
    takers = draw(st.lists(st.sets(st.integers(0, cells - 1), min_size=1).map(sorted), min_size=1, max_size=4))
    units = [draw(st.integers(1, 3)) for _ in takers]
    return takers, units, [draw(st.integers(0, 4)) for _ in range(cells)]


def most(takers, units, counts):
    """How many units can be placed at all, by trying every way to share them out."""
    ways = [[share for share in product(range(unit + 1), repeat=len(taking)) if sum(share) <= unit]
            for taking, unit in zip(takers, units, strict=True)]
    best = 0
    for way in product(*ways):
        filled = [0] * len(counts)
        for taking, share in zip(takers, way, strict=True):
            for cell, number in zip(taking, share, strict=True):
                filled[cell] += number
        if all(number <= count for number, count in zip(filled, counts, strict=True)):
            best = max(best, sum(filled))
    return best


@settings(max_examples=150, deadline=None)
@given(shapes(), st.randoms(use_true_random=False))
def test_placing_in_any_order_fills_as_much_as_can_be_filled(shape, random):
    takers, units, counts = shape
    flow = Flow(takers, len(counts))
    placed, blocked = [0] * len(units), set()
    waiting = [k for k, unit in enumerate(units) for _ in range(unit)]
    random.shuffle(waiting)
    for k in waiting:
        stuck = flow.place(k, counts)
        assert not (stuck == set() and k in blocked)  # what is blocked stays blocked
        blocked |= stuck
        placed[k] += not stuck
        held = [flow.held(cell) for cell in range(len(counts))]
        assert [sum(cell.get(k, 0) for cell in held) for k in range(len(units))] == placed
        assert all(set(cell) <= {k for k, taking in enumerate(takers) if index in taking}
                   for index, cell in enumerate(held))
        assert all(flow.size(cell) <= count for cell, count in enumerate(counts))
    assert sum(placed) == most(takers, units, counts)


@settings(max_examples=150, deadline=None)
@given(shapes())
def test_a_cell_served_later_never_costs_an_earlier_one(shape):
    takers, units, counts = shape
    flow = Flow(takers, len(counts))
    for cell, count in enumerate(counts):
        before = [flow.size(other) for other in range(cell)]
        while flow.size(cell) < count and flow.serve(cell, units):
            pass
        assert [flow.size(other) for other in range(cell)] == before
        assert flow.size(cell) == min(count, most(takers, units, [*before, 99][:cell + 1] + [0] * (
            len(counts) - cell - 1)) - sum(before))
