from itertools import product

import pytest

from contest.identity.permissions import ACTIONS, Actor, Role, Target, can, reach

ROLES = ("contestant", "coordinator", "organiser", "reviewer", "marker", "report_viewer", "administrator")
# action → the roles that may carry it out somewhere; "anyone" and "signed in" stand for themselves
TABLE = {
    "public.read": {"anyone"},
    "own.read": {"signed in"},
    "own.edit": {"signed in"},
    "round.sit": {"signed in"},
    "report.read": {"organiser", "report_viewer", "administrator"},
    "report.export": {"organiser", "report_viewer", "administrator"},
    "unit.report": {"coordinator", "organiser", "report_viewer", "administrator"},
    "contest.read": {"organiser", "report_viewer", "administrator"},
    "contest.edit": {"organiser", "administrator"},
    "bank.read": {"organiser", "reviewer", "administrator"},
    "bank.review": {"organiser", "reviewer", "administrator"},
    "bank.approve": {"organiser", "administrator"},
    "bank.seal": {"organiser", "administrator"},
    "bank.loosen": {"administrator"},
    "bank.edit": {"organiser", "administrator"},
    "essay.mark": {"marker"},
    "people.read": {"coordinator", "organiser", "administrator"},
    "people.edit": {"coordinator", "administrator"},
    "people.grant": {"administrator"},
    "people.import": {"administrator"},
    "unit.edit": {"administrator"},
    "system.read": {"administrator"},
}


def actor(role: str | None) -> Actor | None:
    if role is None:
        return None
    return Actor("me", (Role(role, "a/b/" if role == "coordinator" else None),))


def test_the_whole_matrix():
    expected = {(role, action): "anyone" in who or (role is not None and ("signed in" in who or role in who))
                for role in (None, *ROLES) for action, who in TABLE.items()}
    assert {(role, action): can(actor(role), action)
            for role, action in product((None, *ROLES), ACTIONS)} == expected


def test_an_unknown_action_is_no_refusal():
    with pytest.raises(ValueError):
        can(actor("administrator"), "people.reed")
    with pytest.raises(ValueError):
        reach(actor("administrator"), "people.reed")


def test_own_things_are_the_owners_even_against_an_administrator():
    assert can(actor("contestant"), "own.read", Target(account_id="me"))
    assert not can(actor("contestant"), "own.read", Target(account_id="other"))
    assert not can(actor("administrator"), "round.sit", Target(account_id="other"))


@pytest.mark.parametrize(("path", "reached"), [
    ("a/b/", True), ("a/b/c/", True), ("a/", False), ("a/bb/", False), ("x/a/b/", False), (None, False)])
def test_a_coordinator_reaches_the_own_subtree(path, reached):
    assert can(actor("coordinator"), "people.edit", Target("someone", path)) is reached
    assert can(actor("administrator"), "people.edit", Target("someone", path))


@pytest.mark.parametrize(("held", "reached"), [
    (Role("contestant"), True), (Role("coordinator", "a/b/"), True), (Role("coordinator", "a/b/c/"), True),
    (Role("coordinator", "a/"), False), (Role("organiser"), False), (Role("report_viewer"), False),
    (Role("administrator"), False)])
def test_a_coordinator_cannot_take_over_a_stronger_account(held, reached):
    target = Target("someone", "a/b/", (Role("contestant"), held))
    assert can(actor("coordinator"), "people.edit", target) is reached
    assert can(actor("administrator"), "people.edit", target)


def test_reach():
    both = Actor("me", (Role("coordinator", "a/b/"), Role("coordinator", "a/c/"), Role("organiser")))
    assert reach(None, "people.read") == ()
    assert reach(actor("contestant"), "people.read") == ()
    assert reach(actor("coordinator"), "people.read") == ("a/b/",)
    assert reach(both, "people.edit") == ("a/b/", "a/c/")
    assert reach(both, "people.read") is None
