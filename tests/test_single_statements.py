"""`database.at_once` and `fetch`: statements that commit by themselves, from any number of threads."""

import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from contest.database import at_once, fetch
from contest.extensions import db

CREATE = "CREATE TABLE single_statement (number int PRIMARY KEY)"


@pytest.fixture
def engine(app):
    with app.app_context():
        engine = db.engine
        db.session.execute(text(CREATE))
        db.session.commit()
    yield engine
    with app.app_context():
        db.session.execute(text("DROP TABLE single_statement"))
        db.session.commit()


def insert(engine, number):
    with at_once(engine) as connection:
        return fetch(connection, f"INSERT INTO single_statement VALUES ({number}) RETURNING number", {})


def numbers(engine):
    with engine.begin() as connection:
        return [row[0] for row in connection.execute(text("SELECT number FROM single_statement ORDER BY number"))]


def test_a_statement_is_committed_when_its_rows_are_there(engine):
    with at_once(engine) as connection:
        assert fetch(connection, "INSERT INTO single_statement VALUES (1) RETURNING number", {}) == [(1,)]
        with engine.connect().execution_options(single_statements=True) as another:  # reads; takes no turn
            assert another.execute(text("SELECT number FROM single_statement")).all() == [(1,)]


def test_a_failing_statement_leaves_nothing_and_the_turn_to_the_next(engine):
    insert(engine, 1)
    with pytest.raises(DBAPIError):
        insert(engine, 1)
    insert(engine, 2)
    assert numbers(engine) == [1, 2]


def test_inside_a_transaction_it_waits_for_the_commit(engine):
    with engine.connect() as connection:
        fetch(connection, "INSERT INTO single_statement VALUES (1) RETURNING number", {})
        connection.rollback()
    assert numbers(engine) == []


def test_a_connection_that_died_is_told_and_replaced(engine):
    insert(engine, 1)
    with at_once(engine) as connection:
        connection.connection.driver_connection.close()
        with pytest.raises(DBAPIError) as told:
            fetch(connection, "SELECT number FROM single_statement", {})
    assert told.value.connection_invalidated
    assert insert(engine, 2) == [(2,)]


def test_it_sees_what_others_committed_meanwhile(engine):
    insert(engine, 1)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM single_statement"))
    insert(engine, 1)
    assert numbers(engine) == [1]


def test_the_connection_is_kept_for_the_next(engine):
    with at_once(engine) as first:
        pass
    with at_once(engine) as second:
        assert second is first


def test_threads_and_transactions_share_the_turn(engine):
    def work(number):
        for step in range(5):
            if number % 2:
                insert(engine, number * 10 + step)
            else:
                with engine.begin() as connection:
                    connection.execute(text(f"INSERT INTO single_statement VALUES ({number * 10 + step})"))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert numbers(engine) == sorted(number * 10 + step for number in range(12) for step in range(5))
