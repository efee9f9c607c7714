from datetime import timedelta

from contest.delivery.proof import proof
from tests.factories import NOON

KEY = "k" * 32
MS = timedelta(milliseconds=1)
ANSWERS = [(1, ("a",), NOON), (2, {"p": "q", "r": "s"}, NOON), (3, None, None), (4, "chữ", NOON + MS)]


def test_the_order_of_the_answers_and_blank_ones_make_no_difference():
    code = proof("x", ANSWERS, KEY)
    assert proof("x", [*reversed(ANSWERS), (9, None, NOON)], KEY) == code
    assert len(code) == 19


def test_any_change_makes_another_code():
    code = proof("x", ANSWERS, KEY)
    others = [
        proof("y", ANSWERS, KEY), proof("x", ANSWERS, "l" * 32), proof("x", ANSWERS[1:], KEY),
        proof("x", [(1, ("b",), NOON), *ANSWERS[1:]], KEY), proof("x", [(1, ("a",), NOON + MS), *ANSWERS[1:]], KEY),
        proof("x", [(5, ("a",), NOON), *ANSWERS[1:]], KEY)]
    assert len({code, *others}) == 7
