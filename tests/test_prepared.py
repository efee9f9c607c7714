"""`prepared`: statements put together once, asked of the driver directly, in a transaction or by themselves."""

from contextlib import ExitStack
from datetime import timedelta

import pytest
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from contest.columns import Id, Instant, new_id
from contest.database import STACK_MOST, fetch, looking
from contest.extensions import db
from contest.identity.models import Account, Unit
from contest.prepared import among, prepared
from contest.rounds.models import Contest, Round
from tests import factories as make
from tests.factories import NOON


@prepared
def _account(_database):
    return select(Account.id, Account.created_at, Account.active, Account.unit_id).where(
        Account.id == bindparam("account", type_=Id), Account.created_at <= bindparam("now", type_=Instant))


@prepared
def _rename(_database):
    return update(Unit).where(Unit.id == bindparam("unit", type_=Id)).values(name=bindparam("new_name"))


@prepared
def _new_unit(_database):
    columns = Unit.__table__.c
    return insert(Unit.__table__).values({column.name: bindparam(column.name, type_=column.type) for column in columns})


@pytest.fixture
def account_id(app):
    with app.app_context():
        row = make.account()
        db.session.commit()
        return row.id


def test_values_and_rows_are_converted_by_the_columns_types(app, account_id):
    with app.app_context():
        assert [tuple(row) for row in _account.here(account=account_id, now=NOON)] == [(account_id, NOON, True, None)]
        assert not _account.here(account=account_id, now=NOON - timedelta(milliseconds=1))
        assert not _account.here(account=new_id(), now=NOON)


def test_json_goes_there_and_back(app):
    @prepared
    def blueprint(_database):
        return select(Round.blueprint, Round.shuffle_options).where(Round.id == bindparam("round", type_=Id))

    with app.app_context():
        row = make.round_(make.contest(), make.bank(4))
        assert [list(found) for found in blueprint.here(round=row.id)] == [[row.blueprint, True]]


def test_a_list_of_any_length_is_one_value(app):
    @prepared
    def named(database):
        return select(Unit.name).where(among(Unit.id, "units", database)).order_by(Unit.name)

    with app.app_context():
        units = [make.unit(name) for name in "ABC"]
        for chosen in ([], units[:1], units[1:], [*units, units[0]]):
            found = named.here(units=[unit.id for unit in chosen])
            assert [name for [name] in found] == sorted({unit.name for unit in chosen})
        assert not named.here(units=[new_id()])


def test_a_value_that_is_missing_is_told(app, account_id):
    with app.app_context(), pytest.raises(KeyError, match="now"):
        _account.here(account=account_id)


@pytest.mark.parametrize("statement", [
    select(Account.id).where(Account.id.in_(bindparam("ids", expanding=True))),
    insert(Contest.__table__).values(id=bindparam("id")),  # `summary` is made by Python
], ids=["a list", "a default"])
def test_what_has_no_fixed_text_is_refused(app, statement):
    with app.app_context(), pytest.raises(ValueError, match="fixed text"):
        prepared(lambda _database: statement).here(id=new_id(), ids=["a"])


def test_here_it_is_part_of_the_sessions_transaction(app):
    with app.app_context():
        unit = make.unit("Sở Nội vụ")
        db.session.commit()
        unit.kind = "office"  # not written yet
        assert not _rename.here(unit=unit.id, new_name="Sở Tài chính")
        assert db.session.scalar(select(Unit.kind).where(Unit.name == "Sở Tài chính")) == "office"
        db.session.rollback()
        assert db.session.scalars(select(Unit.name)).all() == ["Sở Nội vụ"]


def test_a_constraint_is_told_as_ever(app):
    with app.app_context():
        unit = make.unit()
        values = {column.name: getattr(unit, column.name) for column in Unit.__table__.c}
        with pytest.raises(DBAPIError) as told:
            _new_unit.here(**values | {"id": new_id()})
        assert isinstance(told.value, IntegrityError)


def test_a_look_sees_what_is_committed_and_waits_for_no_writer(app, account_id):
    with app.app_context():
        db.session.execute(update(Account).values(active=False))  # holds the turn, and the row
        assert [row[2] for row in _account.look(account=account_id, now=NOON)] == [True]
        db.session.commit()
        assert [row[2] for row in _account.look(account=account_id, now=NOON)] == [False]


def test_a_look_keeps_its_connection_and_one_that_dies_takes_the_idle_ones_along(app, account_id):
    with app.app_context():
        with looking(db.engine) as first, looking(db.engine) as second:
            pass
        with looking(db.engine) as kept:
            assert kept in (first, second)
        with looking(db.engine) as lost:
            lost.connection.driver_connection.close()
            with pytest.raises(DBAPIError):
                _account.rows(lost, account=account_id, now=NOON)
        with looking(db.engine) as fresh:
            assert fresh not in (first, second)
        assert _account.look(account=account_id, now=NOON)


def test_looks_inside_one_another_have_connections_of_their_own(app):
    with app.app_context(), ExitStack() as stack:
        connections = [stack.enter_context(looking(db.engine)) for _ in range(STACK_MOST + 2)]
        assert len(set(map(id, connections))) == STACK_MOST + 2
        stack.close()
        assert sum(connection.closed for connection in connections) == 2  # the others are kept
        with ExitStack() as again:
            kept = [again.enter_context(looking(db.engine)) for _ in range(STACK_MOST)]
            assert {id(connection) for connection in kept} < set(map(id, connections))
            assert len(set(map(id, kept))) == STACK_MOST


def test_postgresql_has_it_prepared_from_its_second_time_on(app, account_id):
    with app.app_context():
        if db.engine.dialect.name != "postgresql":
            return
        with looking(db.engine) as connection:
            held = "SELECT count(*) FROM pg_prepared_statements WHERE starts_with(statement, 'SELECT account.id')"
            for known in (0, 0, 1):
                assert fetch(connection, held, {}) == [(known,)]
                _account.rows(connection, account=account_id, now=NOON)
