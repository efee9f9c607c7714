import threading

import pytest
from sqlalchemy import func, select

from contest.audit.models import AuditEvent
from contest.extensions import db
from contest.identity.models import Account
from contest.rounds.entries import ensure_entry, insert_entry, move_entries
from contest.rounds.models import ContestUnit, Entry
from tests import factories as make

NOON = make.NOON


def counted_unit(row):
    return db.session.scalar(select(ContestUnit.unit_id).where(ContestUnit.id == row.counted_unit_id))


@pytest.fixture
def tree(app):
    """department > office > team; the department takes part, and in one contest the office too."""
    with app.app_context():
        department = make.unit("Sở Nội vụ")
        office = make.unit("Văn phòng Sở", parent=department)
        team = make.unit("Tổ một cửa", parent=office)
        yield department, office, team


@pytest.mark.parametrize(("takes_part", "works_in", "counts_for"), [
    ((0,), 0, 0), ((0,), 1, 0), ((0,), 2, 0),
    ((0, 1), 2, 1), ((0, 1), 1, 1), ((0, 1), 0, 0),
    ((2,), 1, None), ((1,), 0, None), ((), 2, None),
])
def test_a_person_counts_for_the_nearest_participating_unit_upwards(tree, takes_part, works_in, counts_for):
    contest = make.contest(units=tuple(tree[i] for i in takes_part))
    make.contest(units=tree)  # another contest's units are none of this one's
    person = make.account(unit=tree[works_in])
    row = ensure_entry(contest.id, person, NOON)
    assert counted_unit(row) == (None if counts_for is None else tree[counts_for].id)
    assert (row.contest_id, row.account_id, row.unit_id) == (contest.id, person.id, tree[works_in].id)
    assert (row.audience, row.created_at) == ("official", NOON)


def test_a_person_without_a_unit_has_an_entry_that_counts_for_none(tree):
    contest = make.contest(units=tree)
    row = ensure_entry(contest.id, make.account(audience="citizen"), NOON)
    assert (row.unit_id, row.counted_unit_id, row.audience) == (None, None, "citizen")


def test_asking_again_gives_the_same_entry(tree):
    contest = make.contest(units=tree)
    person = make.account(unit=tree[0])
    assert ensure_entry(contest.id, person, NOON).id == ensure_entry(contest.id, person, NOON).id
    assert insert_entry(contest.id, person, NOON) == ensure_entry(contest.id, person, NOON).id
    assert db.session.scalar(select(func.count()).select_from(Entry)) == 1


def race(app, contest_id, account_id, people=12):
    """The entry ids that `people` threads got, each having seen that there was none."""
    barrier = threading.Barrier(people)
    got = []

    def ask():
        with app.app_context():
            person = db.session.get(Account, account_id)
            db.session.rollback()  # gives SQLite's turn back: all threads have looked before one writes
            barrier.wait(10)
            try:
                got.append(insert_entry(contest_id, db.session.get(Account, account_id), NOON))
                db.session.commit()
            finally:
                db.session.remove()
            assert person is not None

    threads = [threading.Thread(target=ask) for _ in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return got


def test_threads_that_enter_at_once_get_one_entry(app):
    with app.app_context():
        contest, person = make.contest().id, make.account().id
        db.session.commit()
    got = race(app, contest, person)
    assert len(got) == 12
    assert len(set(got)) == 1


def test_entries_follow_a_person_until_results_are_published(tree):
    department, _office, team = tree
    other = make.unit("Sở Tài chính")
    running, published = (make.contest(units=(department, other)) for _ in range(2))
    make.round_(running, make.bank(4))
    make.round_(published, make.bank(4), results_published_at=NOON)
    person, bystander = make.account(unit=team), make.account(unit=team)
    moved, kept = (ensure_entry(c.id, person, NOON) for c in (running, published))
    stranger = ensure_entry(running.id, bystander, NOON)

    move_entries(person.id, other.id, NOON)
    db.session.expire_all()

    assert (moved.unit_id, counted_unit(moved)) == (other.id, other.id)
    assert (kept.unit_id, counted_unit(kept)) == (team.id, department.id)
    assert (stranger.unit_id, counted_unit(stranger)) == (team.id, department.id)
    event = db.session.scalars(select(AuditEvent)).one()
    assert (event.action, event.object_id, event.at) == ("entry.moved", moved.id, NOON)
    assert event.details["before"]["unit_id"] == team.id

    move_entries(person.id, other.id, NOON)  # where they are already: nothing to record
    move_entries(person.id, None, NOON)
    assert (moved.unit_id, moved.counted_unit_id) == (None, None)
    assert db.session.scalar(select(func.count()).select_from(AuditEvent)) == 2
