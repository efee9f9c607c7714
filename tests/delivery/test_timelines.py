"""Every act of a sitting at both sides of every boundary, in every state: what each of the five instants gives."""

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from contest.delivery import history, operations, overruling, queries
from contest.delivery.models import Attempt, Response
from contest.delivery.save import Answer, save_answers, save_form
from contest.errors import Refusal
from contest.extensions import db
from contest.rounds.publishing import cancel_round, extend_round
from tests.delivery.conftest import EDGES, MS, NOON, SECOND, set_attempt, set_round

pytestmark = pytest.mark.usefixtures("in_app")
LIMIT = NOON + timedelta(minutes=20)
CLOSES, LATER = NOON + 10 * SECOND, NOON + 70 * SECOND
DONE = NOON + SECOND  # when it was submitted, voided, called off
GRACE = 3 * SECOND


class Sitting:
    """An attempt, and what an act at an instant comes to, in one word. Nothing that is tried stays."""

    def __init__(self, cast):
        self.cast = cast
        started = cast.start()
        db.session.commit()
        self.id, self.options = started.attempt_id, [option.id for option in started.view.items[1].options]

    def timeline(self, act, boundary):
        """What `act` comes to at 1 s before, 1 ms before, at, 1 ms after, 1 s after the boundary."""
        return tuple(self.at(act, boundary + edge) for edge in EDGES)

    def at(self, act, now):
        rows = self.rows()
        try:
            return getattr(self, act)(now)
        except Refusal as refusal:
            assert self.rows() == rows  # what is refused leaves nothing
            return refusal.code
        finally:
            db.session.rollback()
            db.session.expire_all()

    def save(self, now):
        return self.kept(save_answers(db.session.connection(), self.id, self.cast.phone, 1,
                                      [Answer(2, 1, self.options[:1])], now))

    def form(self, now):
        return self.kept(save_form(db.session.connection(), self.id, self.cast.phone, 2, self.options[:1], "n", now))

    def kept(self, done):
        """An acknowledged answer counts."""
        assert (done.saved, done.refused) == (((2, 1),), ())
        assert queries.counted_choices([self.id]) == {self.id: {2: (self.options[0],)}}
        return "saved"

    def submit(self, now):
        first = self.row()
        done = operations.submit(self.id, self.cast.account, now)
        if first.state == "submitted":
            assert (done.receipt, done.submitted_at) == (first.receipt, first.finished_at)
            return "again"
        assert (self.row().state, self.row().finished_at, self.row().receipt) == ("submitted", now, done.receipt)
        return "submitted"

    def take_over(self, now):
        assert operations.take_over(self.id, self.cast.account, self.cast.laptop, now) == 2
        return "taken"

    def flag(self, now):
        operations.set_flag(self.id, self.cast.account, 2, True, now)
        return "set"

    def start(self, now):
        started = self.cast.start(now)
        assert started.created == (started.attempt_id != self.id)
        return "new" if started.created else "same"

    def sweep(self, now):
        operations.close_overdue(now)
        return self.row().state

    def read(self, now):
        """The state that a page, the list of sittings and the clock tell: one and the same."""
        view = queries.attempt_view(self.id, self.cast.account, now)
        [past] = history.sittings(self.cast.round, self.cast.account, now)
        pulse = history.pulse(self.id, self.cast.phone, now)
        assert view.state == past.state == pulse.state
        assert view.finished_at == past.finished_at
        left = (view.deadline - now) // MS if view.state == "open" else 0
        assert view.remaining_ms == pulse.remaining_ms == left
        return view.state

    def row(self):
        return db.session.execute(select(Attempt.state, Attempt.finished_at, Attempt.receipt)
                                  .where(Attempt.id == self.id)).one()

    @staticmethod
    def rows():
        return db.session.execute(select(Response.slot, Response.generation, Response.seq)).all()


def as_is(sitting):
    pass


def submitted(sitting):
    operations.submit(sitting.id, sitting.cast.account, DONE)
    db.session.commit()


def swept(sitting):
    """Closed by a sweeper that was far ahead."""
    operations.close_overdue(LIMIT + timedelta(hours=1))
    db.session.commit()


def void(sitting):
    set_attempt(sitting.id, state="void", finished_at=DONE, receipt=None)


def restored(sitting):
    """Handed in, annulled by mistake and brought back."""
    submitted(sitting)
    for act in (partial(overruling.annul, give_back=True), overruling.restore):
        act(sitting.id, "Nhầm tên", by=None, now=DONE + SECOND)
        db.session.commit()


STATES = {"open": as_is, "submitted": submitted, "expired": swept, "void": void, "restored": restored}


def limited(cast):
    return LIMIT


def closing(cast):
    set_round(cast, closes_at=CLOSES)
    return CLOSES


def grace(cast):
    set_round(cast, grace_ms=GRACE // MS)
    return LIMIT + GRACE


def moved(cast):
    set_round(cast, closes_at=CLOSES)
    extend_round(cast.round, LATER, "Mất điện", by=None, now=CLOSES - SECOND)
    db.session.commit()
    return LATER


def moved_away(cast):
    moved(cast)
    return CLOSES


def first(cast):
    """The submission itself; a grace does not reach beyond it."""
    set_round(cast, grace_ms=GRACE // MS)
    return DONE


ACTS = ("save", "form", "submit", "take_over", "flag", "start", "sweep", "read")


def until(word, after):
    """In time until the boundary, which is no longer in time."""
    return (word, word, after, after, after)


def always(word):
    return (word,) * 5


def table(*columns):
    return dict(zip(ACTS, columns, strict=True))


OPEN = table(until("saved", "closed"), until("saved", "closed"), until("submitted", "closed"),
             until("taken", "closed"), until("set", "closed"), until("same", "round_closed"),
             until("open", "expired"), until("open", "expired"))
SWEPT = table(until("saved", "closed"), until("saved", "closed"), until("submitted", "closed"),
              always("closed"), always("closed"), until("new", "round_closed"),
              always("expired"), always("expired"))
SUBMITTED = table(always("closed"), always("closed"), always("again"), always("closed"), always("closed"),
                  until("new", "round_closed"), always("submitted"), always("submitted"))
VOID = table(*(always("attempt_void"),) * 5, until("new", "round_closed"), always("void"), always("void"))
NEXT = {"start": always("new")}  # the round is open, and one attempt of the two is left
LATE = table(until("saved", "closed"), until("saved", "closed"), always("closed"), always("closed"),
             always("closed"), always("new"), always("expired"), always("expired"))
RUNNING = table(*map(always, ("saved", "saved", "submitted", "taken", "set", "same", "open", "open")))
TIMELINES = [
    (limited, "open", {**OPEN, "start": until("same", "new")}),
    (limited, "submitted", SUBMITTED | NEXT), (limited, "expired", SWEPT | NEXT), (limited, "void", VOID | NEXT),
    (limited, "restored", SUBMITTED | NEXT), (closing, "restored", SUBMITTED),
    (closing, "open", OPEN), (closing, "submitted", SUBMITTED), (closing, "expired", SWEPT), (closing, "void", VOID),
    (grace, "open", LATE), (grace, "submitted", SUBMITTED | NEXT), (grace, "expired", LATE),
    (grace, "void", VOID | NEXT),
    (moved, "open", OPEN), (moved, "submitted", SUBMITTED), (moved, "expired", SWEPT), (moved, "void", VOID),
    (moved_away, "open", RUNNING), (moved_away, "submitted", SUBMITTED | NEXT), (moved_away, "void", VOID | NEXT),
    *((first, state, {**SUBMITTED, **NEXT, "save": until("saved", "closed"), "form": until("saved", "closed")})
      for state in ("submitted", "restored")),
]


@pytest.mark.parametrize(("boundary", "state", "expected"), TIMELINES,
                         ids=[f"{boundary.__name__}-{state}" for boundary, state, _ in TIMELINES])
def test_what_is_in_time(cast, boundary, state, expected):
    sitting = Sitting(cast)
    at = boundary(cast)
    STATES[state](sitting)
    assert {act: sitting.timeline(act, at) for act in ACTS} == expected


def test_the_opening(cast):
    set_round(cast, opens_at=NOON)
    got = []
    for edge in EDGES:
        try:
            got.append(cast.start(NOON + edge).created)
        except Refusal as refusal:
            got.append(refusal.code)
        db.session.rollback()
    assert got == ["round_not_open", "round_not_open", True, True, True]


@pytest.mark.parametrize(("boundary", "at"), [(limited, LIMIT), (closing, CLOSES), (moved, LATER), (grace, LIMIT)])
@pytest.mark.parametrize("late", [timedelta(0), MS, SECOND, timedelta(hours=1)])
def test_a_sweeper_however_late_writes_the_deadline(cast, boundary, at, late):
    sitting = Sitting(cast)
    boundary(cast)
    assert operations.close_overdue(at + late) == 1
    assert sitting.row()[:2] == ("expired", at)


def test_a_take_over_divides_by_generation_and_not_by_time(cast):
    sitting = Sitting(cast)
    operations.take_over(sitting.id, cast.account, cast.laptop, DONE)
    db.session.commit()
    assert sitting.timeline("save", DONE) == sitting.timeline("form", DONE) == always("other_device")
    for edge in EDGES:
        done = save_answers(db.session.connection(), sitting.id, cast.laptop, 2, [Answer(2, 1, None)], DONE + edge)
        assert done.saved == ((2, 1),)
        db.session.rollback()


@pytest.mark.parametrize("state", STATES)
def test_a_round_called_off_takes_nothing_at_any_instant(cast, state):
    sitting = Sitting(cast)
    STATES[state](sitting)
    cancel_round(cast.round, "Bão số 9", by=None, now=DONE)
    db.session.commit()
    end = {"open": "void", "restored": "submitted"}.get(state, state)
    gone = always("closed" if end in ("submitted", "expired") else "attempt_void")
    assert {act: sitting.timeline(act, DONE) for act in ACTS} == table(
        always("attempt_void"), always("attempt_void"), always("again") if end == "submitted" else gone, gone, gone,
        always("round_cancelled"), always(end), always(end))


@pytest.mark.parametrize("late", [*EDGES, timedelta(hours=1)])
def test_what_a_cancellation_ends_is_void_as_of_it(cast, late):
    sitting = Sitting(cast)
    cancel_round(cast.round, "Bão số 9", by=None, now=DONE)
    operations.close_overdue(DONE + late)
    assert tuple(sitting.row()) == ("void", DONE, None)
