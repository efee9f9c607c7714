from datetime import date

from contest.rounds.headcounts import Counted, Figure, roll_up

TREE = [
    Figure("province", "province/", None, None),
    Figure("office", "province/office/", 50, date(2026, 1, 1)),
    Figure("centre", "province/office/centre/", 20, date(2026, 6, 1)),
    Figure("desk", "province/office/centre/desk/", 3, None),
    Figure("ward", "province/ward/", None, None),
]


def test_a_unit_counts_its_sub_units_that_do_not_take_part_on_their_own():
    assert roll_up(TREE, {"office"}) == {"office": Counted(73, date(2026, 6, 1))}
    assert roll_up(TREE, {"office", "centre"}) == {
        "office": Counted(50, date(2026, 1, 1)), "centre": Counted(23, date(2026, 6, 1))}
    assert roll_up(TREE, {"province", "desk"}) == {
        "province": Counted(70, date(2026, 6, 1)), "desk": Counted(3, None)}


def test_no_headcount_is_not_zero():
    assert roll_up(TREE, {"ward"}) == {"ward": Counted(None, None)}
    assert roll_up(TREE, set()) == {}
