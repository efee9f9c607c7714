from datetime import date

import pytest

from contest.questions.validity import Terms, standing

ISSUED, FROM, GONE = date(2020, 1, 1), date(2020, 3, 1), date(2025, 7, 1)


@pytest.mark.parametrize(("terms", "on", "found"), [
    (Terms("in_force", ISSUED), date(2019, 12, 31), "not_yet"),
    (Terms("in_force", ISSUED), ISSUED, "in_force"),
    (Terms("in_force", ISSUED, FROM), date(2020, 2, 29), "not_yet"),
    (Terms("in_force", ISSUED, FROM), FROM, "in_force"),
    (Terms("in_force"), date(1900, 1, 1), "in_force"),
    (Terms("expired", ISSUED, None, GONE), date(2025, 6, 30), "in_force"),
    (Terms("expired", ISSUED, None, GONE), GONE, "expired"),
    (Terms("expired", ISSUED), GONE, "expired"),
    (Terms("replaced", ISSUED, None, None, (GONE,)), date(2025, 6, 30), "in_force"),
    (Terms("replaced", ISSUED, None, None, (GONE,)), GONE, "replaced"),
    (Terms("replaced", ISSUED, None, None, (None,)), GONE, "replaced"),
    (Terms("replaced", ISSUED, None, None, (None, GONE)), date(2025, 6, 30), "in_force"),
    (Terms("replaced", ISSUED, None, date(2025, 1, 1), (GONE,)), date(2025, 2, 1), "replaced"),
    (Terms("partly_replaced", ISSUED, None, None, (GONE,)), GONE, "partly_replaced"),
    (Terms("partly_replaced", ISSUED, None, None, (GONE,)), date(2025, 6, 30), "in_force"),
])
def test_whether_a_document_holds_on_a_day(terms, on, found):
    assert standing(terms, on) == found
