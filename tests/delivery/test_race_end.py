"""Ends at once: submissions, the sweeper, take-overs.

Each defence has a control without it, which must break.
"""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from contest.delivery import operations, overruling, save, statements
from contest.delivery.models import Attempt
from contest.extensions import db
from tests import factories as make
from tests.delivery.conftest import MS, NOON, SECOND
from tests.delivery.crowd import PEOPLE, Gate, Sitting, at_once, pause_together

MINUTE = timedelta(minutes=1)
LIMIT = NOON + 20 * MINUTE


@pytest.fixture
def sitting(app, cast):
    return Sitting(app, cast)


class TestSubmissions:
    def test_at_once_give_one_receipt_and_one_instant(self, sitting, race_rounds):
        for _ in race_rounds:
            got = at_once(sitting.app, lambda n: sitting.submit(NOON + n * SECOND))
            assert len(set(got)) == 1
            assert sitting.end() == ("submitted", got[0].submitted_at, got[0].receipt)
            sitting.reopen()

    def test_without_the_state_in_the_update_each_tells_another_end(self, sitting):
        """The control: everybody has read that it is open, then everybody ends it."""
        barrier = threading.Barrier(PEOPLE)

        def act(n):
            assert db.session.scalar(select(Attempt.state).where(Attempt.id == sitting.id)) == "open"
            pause_together(barrier)
            end = NOON + n * SECOND
            db.session.execute(update(Attempt).where(Attempt.id == sitting.id)
                               .values(state="submitted", finished_at=end, receipt=operations.draw_receipt()))
            return end

        got = at_once(sitting.app, act)
        assert len(set(got)) == PEOPLE

    def test_beat_every_sweeper_where_they_arrived_in_time(self, sitting, race_rounds):
        def act(n):
            if n % 2:
                return operations.close_overdue(LIMIT + n * SECOND)
            return sitting.submit(LIMIT - (n + 1) * MS)

        for _ in race_rounds:
            got = at_once(sitting.app, act)
            [told] = set(got[::2])
            assert sitting.end() == ("submitted", told.submitted_at, told.receipt)
            assert sum(got[1::2]) in (0, 1)
            sitting.reopen()

    def test_and_an_organiser_who_collects_it_end_it_once(self, sitting, race_rounds):
        def act(n):
            if n % 2:
                return overruling.collect(sitting.id, "Mất điện", by=None, now=NOON + n * SECOND).finished_at
            return sitting.submit(NOON + n * SECOND)

        for _ in race_rounds:
            got = at_once(sitting.app, act)
            [told] = set(got[::2])
            assert sitting.end() == ("submitted", told.submitted_at, told.receipt)
            assert set(got[1::2]) - {"not_running"} <= {told.submitted_at}
            sitting.reopen()

    def test_are_overwritten_by_a_sweeper_that_does_not_look_again(self, sitting):
        """The control: what is overdue is read, a submission in time comes between, then all of it is closed."""
        looked, submitted = Gate(), Gate()

        def act(n):
            if n:
                looked.wait()
                done = sitting.submit(LIMIT - MS)
                db.session.commit()
                submitted.open()
                return done
            found = db.session.scalars(select(Attempt.id).where(Attempt.time_limit_at <= LIMIT)).all()
            db.session.commit()
            looked.open()
            submitted.wait()
            db.session.execute(update(Attempt).where(Attempt.id.in_(found)).values(state="expired", finished_at=LIMIT))
            return None

        _swept, told = at_once(sitting.app, act, people=2)
        assert sitting.end()[:2] != ("submitted", told.submitted_at)


class TestSweepers:
    @pytest.fixture
    def ends(self, app, cast):
        """Six sittings, all over; attempt → its own end."""
        with app.app_context():
            for n in range(6):
                person = make.account()
                make.sign_in(person, f"person{n}")
                operations.start(cast.round, person.id, "0" * 64, True, NOON + n * SECOND)
            db.session.commit()
            return dict(db.session.execute(select(Attempt.id, Attempt.time_limit_at)).all())

    def test_close_each_sitting_once_as_of_its_own_end(self, app, ends, race_rounds):
        for _ in race_rounds:
            got = at_once(app, lambda n: operations.close_overdue(LIMIT + n * MINUTE))
            assert sum(got) == 6
            with app.app_context():
                assert dict(db.session.execute(select(Attempt.id, Attempt.finished_at)).all()) == ends
                db.session.execute(update(Attempt).values(state="open", finished_at=None))
                db.session.commit()

    def test_without_the_state_in_the_update_close_them_again(self, app, ends):
        """The control."""
        barrier = threading.Barrier(PEOPLE)

        def act(n):
            found = db.session.scalars(select(Attempt.id).where(Attempt.state == "open")).all()
            pause_together(barrier)
            for attempt in sorted(found):  # in one order, so that no two wait for one another
                db.session.execute(update(Attempt).where(Attempt.id == attempt)
                                   .values(state="expired", finished_at=LIMIT + n * SECOND))
            return len(found)

        assert sum(at_once(app, act)) > 6
        with app.app_context():
            assert dict(db.session.execute(select(Attempt.id, Attempt.finished_at)).all()) != ends


class TestTakeOvers:
    def test_at_once_give_each_a_generation_of_its_own(self, sitting, cast, race_rounds):
        for _ in race_rounds:
            got = at_once(sitting.app, lambda n: operations.take_over(
                sitting.id, cast.account, (cast.phone, cast.laptop)[n % 2], NOON))
            assert sorted(got) == list(range(2, PEOPLE + 2))
            sitting.reopen()

    def test_that_read_first_share_a_generation(self, sitting):
        """The control: the number is read, everybody waits, then everybody writes the next."""
        barrier = threading.Barrier(PEOPLE)

        def act(_n):
            generation = db.session.scalar(select(Attempt.generation).where(Attempt.id == sitting.id))
            pause_together(barrier)
            db.session.execute(update(Attempt).where(Attempt.id == sitting.id).values(generation=generation + 1))
            return generation + 1

        assert len(set(at_once(sitting.app, act))) < PEOPLE

    def test_beside_saves_the_new_device_s_answer_counts(self, sitting, cast, race_rounds):
        for _ in race_rounds:
            got = self.race(sitting, cast)
            phone = {n: done for n, done in enumerate(got) if n}
            acknowledged = {n for n, done in phone.items() if done != "other_device"}
            assert all(phone[n].saved or phone[n].stale for n in acknowledged)
            assert sitting.rows() == {(1, n) for n in acknowledged} | {(2, 1)}
            assert phone[PEOPLE - 1] == "other_device"  # sent after the take-over was on record
            assert sitting.counted() == {2: (sitting.tokens[0],)}
            sitting.reopen()

    def test_without_the_owner_in_the_statement_the_old_device_overwrites_it(self, sitting, cast, monkeypatch):
        """The control: whoever saves is taken for the device that holds the sitting."""
        weak = statements._SAVE
        for defence, instead in (("a.owner = :sign_in AND", ""), ("ON s.id = a.owner", "ON s.id = :sign_in"),
                                 ("x.slot, :generation, x.seq", "x.slot, a.generation, x.seq")):
            assert weak.count(defence) == 1
            weak = weak.replace(defence, instead)
        monkeypatch.setattr(save, "SAVE", statements.filled(weak))
        self.race(sitting, cast)
        assert sitting.counted() == {2: (sitting.tokens[1],)}

    @staticmethod
    def race(sitting, cast):
        """0 takes over with the laptop and chooses option 0; the others save option 1 with the phone, one after it."""
        taken = Gate()

        def act(n):
            if n == 0:
                generation = operations.take_over(sitting.id, cast.account, cast.laptop, NOON)
                db.session.commit()
                done = sitting.save(1, 0, sign_in=cast.laptop, generation=generation)
                db.session.commit()
                taken.open()
                return done
            if n == PEOPLE - 1:
                taken.wait()
            return sitting.save(n, 1)

        return at_once(sitting.app, act)


class TestTakeOversBesideSavesAndASubmission:
    """0 takes over with the laptop and chooses option 0, 1 hands in half a second later.

    The others save option 1 with the phone, one every 20 ms; the last of them once it has been handed in.
    """

    HANDED_IN = NOON + 500 * MS

    def test_end_it_once_and_keep_what_was_acknowledged(self, sitting, cast, race_rounds):
        for _ in race_rounds:
            taken, told, *phone = self.race(sitting, cast)
            assert sitting.end() == ("submitted", self.HANDED_IN, told.receipt)
            kept = {n for n, done in enumerate(phone, 2) if done not in ("other_device", "closed")}
            assert sitting.rows() == {(1, n) for n in kept} | ({(2, 1)} if taken != "closed" else set())
            assert phone[-1] == "closed"
            counting = {n for n in kept if self.stamp(n) <= self.HANDED_IN}
            assert sitting.counted() == ({2: (sitting.tokens[0],)} if taken != "closed" else
                                         {2: (sitting.tokens[1],)} if counting else {})
            sitting.reopen()

    def test_without_the_end_in_the_statement_acknowledge_an_answer_that_never_counts(self, sitting, cast, monkeypatch):
        """The control: a sitting takes answers until its time is over, handed in or not, from whoever asks."""
        weak = statements._SAVE
        for defence, instead in (("a.owner = :sign_in AND", ""), ("ON s.id = a.owner", "ON s.id = :sign_in"),
                                 ("a.finished_at IS NULL OR", "1 = 1 OR")):
            assert weak.count(defence) == 1
            weak = weak.replace(defence, instead)
        monkeypatch.setattr(save, "SAVE", statements.filled(weak))
        late = self.race(sitting, cast)[-1]
        assert late.saved or late.stale
        assert (1, PEOPLE - 1) in sitting.rows()
        assert sitting.end()[1] < self.stamp(PEOPLE - 1)

    @staticmethod
    def stamp(n):
        return NOON + n * 20 * MS

    def race(self, sitting, cast):
        handed_in = Gate()

        def act(n):
            if n == 0:
                generation = operations.take_over(sitting.id, cast.account, cast.laptop, NOON)
                db.session.commit()
                return sitting.save(1, 0, sign_in=cast.laptop, generation=generation)
            if n == 1:
                done = sitting.submit(self.HANDED_IN)
                db.session.commit()
                handed_in.open()
                return done
            if n == PEOPLE - 1:
                handed_in.wait()
            return sitting.save(n, 1, now=self.stamp(n))

        return at_once(sitting.app, act)
