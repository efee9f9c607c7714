"""The judge of the fault rigs sees each kind of loss; the rigs themselves are played by `make faults`."""

from dataclasses import replace

import pytest

from faults.ledger import Ledger
from faults.report import Scene
from faults.verdict import LOST, RECEIPTS, Attempt, Stored, judge

KEY, LATER = ("a", 1, 1, 1), ("a", 1, 1, 2)
SITTING = Attempt("anna", 1, "submitted", "K7", finished_ms=500, deadline_ms=1_000, grace_ms=0)
NOT_COUNTED = "counted answers that are not the model's"
NOT_SENT = "stored answers that were not sent so"
TWICE = "two open attempts or one number twice"


@pytest.fixture
def ledger():
    """A start, two answers to one question, a submission: all acknowledged, and two tries more on the way."""
    ledger = Ledger()
    ledger.started("a", "anna", 1, created=True)
    ledger.send([(KEY, ("t1x0",)), (LATER, None)], now_ms=100)
    ledger.saved(KEY, 101)
    ledger.saved(LATER, 101)
    ledger.send([(("a", 2, 1, 1), ("t2x0",)), (("a", 3, 1, 1), ("t3x1",))], now_ms=200)
    ledger.submitted("a", "K7")
    return ledger


@pytest.fixture
def stored():
    """All of it, and one of the two that nobody heard of."""
    return Stored({"a": SITTING}, {KEY: (("t1x0",), 101), LATER: (None, 101), ("a", 2, 1, 1): (("t2x0",), 201)},
                  counted={"a": {2: ("t2x0",)}}, results={"a": (1, 1)})


def without(rows, key):
    return {one: row for one, row in rows.items() if one != key}


def test_what_is_stored_and_counts_as_told_is_good(ledger, stored):
    assert judge(ledger, stored) == {}


@pytest.mark.parametrize(("change", "kinds"), [
    (lambda s: replace(s, answers=without(s.answers, KEY)), {LOST}),
    (lambda s: replace(s, answers=s.answers | {KEY: (("t1x1",), 101)}), {NOT_SENT}),
    (lambda s: replace(s, answers=s.answers | {("a", 9, 1, 1): (None, 101)}), {NOT_SENT}),
    (lambda s: replace(s, answers=s.answers | {KEY: (("t1x0",), 501)}), {"acknowledged answers that do not count"}),
    (lambda s: replace(s, answers=s.answers | {("a", 3, 1, 1): (("t3x1",), 1_000)}), {"answers that counted too late"}),
    (lambda s: replace(s, counted={"a": {1: ("t1x0",), 2: ("t2x0",)}}), {NOT_COUNTED}),
    (lambda s: replace(s, counted={}), {NOT_COUNTED}),
    (lambda s: replace(s, results={"a": (1, 0)}), {"results that are not the answers'"}),
    (lambda s: replace(s, attempts={"a": replace(SITTING, receipt="K8")}), {RECEIPTS}),
    (lambda s: replace(s, attempts={"a": replace(SITTING, person="ben")}), {"acknowledged starts lost"}),
    (lambda s: replace(s, attempts=s.attempts | {"b": SITTING}), {TWICE}),
    (lambda s: replace(s, damage=["row missing from index"]), {"damage that the database reports"}),
])
def test_each_loss_is_seen(ledger, stored, change, kinds):
    assert judge(ledger, change(stored)).keys() == kinds


def test_two_open_attempts_of_one_person_are_seen(ledger, stored):
    opened = replace(SITTING, state="open", place=2, finished_ms=None)
    assert judge(ledger, replace(stored, attempts=stored.attempts | {"b": opened})) == {}
    more = {"b": opened, "c": replace(opened, place=3)}
    assert judge(ledger, replace(stored, attempts=stored.attempts | more)).keys() == {TWICE}


def test_a_database_as_of_a_moment_owes_what_was_acknowledged_by_then(ledger):
    moment = ledger.starts["a"].number
    opened = Stored({"a": replace(SITTING, state="open", finished_ms=None)}, {}, {"a": {}})
    assert judge(ledger, opened, until=moment) == {}
    assert judge(ledger, opened, until=moment + 1).keys() == {LOST}
    assert judge(ledger, opened).keys() == {LOST, RECEIPTS}
    assert judge(ledger, Stored({}, {}, {}), until=moment).keys() == {"acknowledged starts lost"}


def test_an_answer_sent_after_the_end_must_not_be_acknowledged(ledger, stored):
    ledger.send([(("a", 2, 1, 1), ("t2x0",))], now_ms=1_000)
    ledger.saved(("a", 2, 1, 1), 999)
    assert judge(ledger, stored).keys() == {"answers that counted too late"}


def test_receipts_and_starts_that_change_are_noted(ledger, stored):
    ledger.submitted("a", "K8")
    ledger.started("a", "anna", 2, created=False)
    ledger.started("a", "anna", 1, created=True)
    assert judge(ledger, stored).keys() == {RECEIPTS, "starts that changed"}
    assert len(ledger.findings["starts that changed"]) == 2


def test_a_control_has_to_lose_and_anything_else_must_not(ledger, stored):
    lost = judge(ledger, replace(stored, answers=without(stored.answers, KEY)))
    for findings, control, good in (({}, False, True), ({}, True, False), (lost, False, False), (lost, True, True)):
        scene = Scene("kills", "sqlite", control=control)
        scene.take(ledger, findings)
        assert scene.good is good
        assert scene.acknowledged == 2
