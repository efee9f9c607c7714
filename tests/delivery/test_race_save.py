"""Saves at once: what was acknowledged stays, and the right one counts.

Each defence has a control without it, which must break.
"""

import random
import threading

import pytest
from sqlalchemy import delete, func, select, update

from contest import database
from contest.delivery import queries, save, statements
from contest.delivery.answers import read, stored
from contest.delivery.models import Response
from contest.delivery.save import Answer, save_answers, save_form
from contest.extensions import db
from tests.delivery.conftest import NOON
from tests.delivery.crowd import PEOPLE, Gate, at_once, pause_together

GUARD = "SET choice = response.choice\n    WHERE response.choice IS NOT DISTINCT FROM excluded.choice"


class Sitting:
    """A sitting whose slot 2 everybody answers; each race numbers on from the one before."""

    def __init__(self, app, cast):
        self.app, self.cast, self.first = app, cast, 1
        with app.app_context():
            started = cast.start()
            db.session.commit()
            self.id = started.attempt_id
            self.tokens = {item.slot: [option.id for option in item.options] for item in started.view.items}

    def save(self, *answers):
        """As a request does: one statement that commits by itself. Needs a context."""
        with database.at_once(db.engine) as connection:
            return save_answers(connection, self.id, self.cast.phone, 1, [Answer(*a) for a in answers], NOON)

    def form(self, choice, nonce):
        return save_form(db.session.connection(), self.id, self.cast.phone, 2, choice, nonce, NOON)

    def option(self, number, slot=2):
        return [self.tokens[slot][number % len(self.tokens[slot])]]

    def stored(self):
        """seq → choice of slot 2, of this race."""
        with self.app.app_context():
            return {row.seq: read(row.choice) for row in db.session.execute(
                select(Response.seq, Response.choice).where(Response.slot == 2, Response.seq >= self.first))}

    def counted(self):
        with self.app.app_context():
            return queries.counted_choices([self.id])[self.id]

    def next_race(self):
        self.first += 1_000

    def clear(self):
        with self.app.app_context():
            db.session.execute(delete(Response))
            db.session.commit()


@pytest.fixture
def sitting(app, cast):
    return Sitting(app, cast)


@pytest.fixture
def weakened(monkeypatch):
    """Write a saving statement without one of its defences, on both databases."""
    def replace(statement, defence, instead):
        template = getattr(statements, f"_{statement}")
        assert template.count(defence) == 1
        monkeypatch.setattr(save, statement, statements.filled(template.replace(defence, instead)))

    return replace


class TestTheSameNumber:
    def test_one_choice_wins_and_the_others_hear_of_the_conflict(self, sitting, race_rounds):
        for _ in race_rounds:
            got = self.race(sitting)
            [(seq, choice)] = sitting.stored().items()
            assert seq == sitting.first
            assert [done.saved == ((2, seq),) for done in got] == [
                sitting.option(n) == list(choice) for n in range(PEOPLE)]
            assert all(done.refused == ((2, seq, "conflict"),) for done in got if not done.saved)
            sitting.next_race()

    def test_without_the_guard_an_acknowledged_choice_is_overwritten(self, sitting, weakened):
        weakened("SAVE", GUARD, "SET choice = excluded.choice")
        got = self.race(sitting)
        [choice] = sitting.stored().values()
        lost = [n for n, done in enumerate(got) if done.saved and sitting.option(n) != list(choice)]
        assert lost != []

    @staticmethod
    def race(sitting):
        return at_once(sitting.app, lambda n: sitting.save((2, sitting.first, sitting.option(n))))

    def test_a_batch_that_everybody_repeats_is_stored_once(self, sitting, race_rounds):
        for _ in race_rounds:
            batch = [(slot, sitting.first, sitting.option(slot, slot)) for slot in (1, 2, 3, 4)]
            orders = [random.sample(batch, 4) for _ in range(PEOPLE)]
            got = at_once(sitting.app, lambda n, orders=orders: sitting.save(*orders[n]))
            assert {done.saved for done in got} == {tuple((slot, sitting.first) for slot in (1, 2, 3, 4))}
            assert sitting.stored() == {sitting.first: tuple(sitting.option(2))}
            sitting.next_race()


class TestNumbersOfTheirOwn:
    def test_every_acknowledged_answer_is_kept_and_the_highest_counts(self, sitting, race_rounds):
        for _ in race_rounds:
            got = at_once(sitting.app, lambda n: sitting.save((2, sitting.first + n, sitting.option(n))))
            assert all((done.saved or done.stale) and not done.refused for done in got)
            assert sitting.stored() == {sitting.first + n: tuple(sitting.option(n)) for n in range(PEOPLE)}
            assert got[-1].saved == ((2, sitting.first + PEOPLE - 1),)
            assert sitting.counted()[2] == tuple(sitting.option(PEOPLE - 1))
            sitting.next_race()

    def test_batches_over_several_slots_are_kept_whole(self, sitting, race_rounds):
        """Each in an order of its own: no two of them may wait for one another."""
        for _ in race_rounds:
            def act(n):
                slots = random.sample((1, 2, 3, 4), 4)
                return sitting.save(*((slot, sitting.first + n // 2, sitting.option(n // 2, slot)) for slot in slots))

            got = at_once(sitting.app, act)
            assert all(len(done.saved) + len(done.stale) == 4 for done in got)
            assert sitting.counted() == {slot: tuple(sitting.option(PEOPLE // 2 - 1, slot)) for slot in (1, 2, 3, 4)}
            sitting.next_race()

    def test_where_the_last_to_arrive_wins_the_newest_answer_is_lost(self, sitting):
        """The control: one row a slot, overwritten without asking for the number. The newest comes first."""
        newest, gate = PEOPLE - 1, Gate()
        with sitting.app.app_context():
            sitting.save((2, 1, sitting.option(0)))

        def overwrite(n):
            if n != newest:
                gate.wait()
            db.session.execute(update(Response).where(Response.slot == 2)
                               .values(choice=stored(tuple(sitting.option(3 if n == newest else n % 3)))))
            db.session.commit()
            if n == newest:
                gate.open()

        at_once(sitting.app, overwrite)
        assert sitting.counted()[2] != tuple(sitting.option(3))


class TestForms:
    def test_no_number_is_given_twice(self, sitting, race_rounds):
        """"busy": two others were faster twice, and the page says so; nothing is acknowledged then."""
        for _ in race_rounds:
            got = at_once(sitting.app, lambda n: sitting.form(sitting.option(n), f"n{n}"))
            kept = {done.saved[0][1]: tuple(sitting.option(n)) for n, done in enumerate(got) if done != "busy"}
            assert len(kept) == sum(done != "busy" for done in got)
            assert sitting.stored() == kept
            assert sorted(kept) == list(range(1, len(kept) + 1))
            sitting.clear()

    def test_with_numbers_read_before_acknowledged_answers_are_lost(self, sitting, weakened):
        """The control: the number is read, everybody waits, then everybody writes."""
        weakened("SAVE", GUARD, "SET choice = excluded.choice")
        barrier = threading.Barrier(PEOPLE)

        def act(n):
            seq = 1 + (db.session.scalar(select(func.max(Response.seq)).where(Response.slot == 2)) or 0)
            pause_together(barrier)
            return sitting.save((2, seq, sitting.option(n)))

        got = at_once(sitting.app, act)
        assert sum(bool(done.saved) for done in got) > len(sitting.stored())

    def test_a_form_sent_many_times_is_stored_once(self, sitting, race_rounds):
        for _ in race_rounds:
            got = at_once(sitting.app, lambda _n: sitting.form(sitting.option(0), "n1"))
            assert {done.saved for done in got} == {((2, 1),)}
            assert sitting.stored() == {1: tuple(sitting.option(0))}
            sitting.clear()

    def test_without_the_nonce_it_is_stored_again_and_again(self, sitting, weakened):
        weakened("SAVE_FORM", "AND e.choice IS NOT DISTINCT FROM x.choice", "AND 1 = 0")
        at_once(sitting.app, lambda _n: sitting.form(sitting.option(0), "n1"))
        with sitting.app.app_context():
            sitting.form(sitting.option(0), "n1")
            db.session.commit()
        assert len(sitting.stored()) > 1
