"""Whatever happens to a sitting, in whatever order, it ends where a plain model of it ends.

`--sequences` histories on the database; `make model` tries 10,000 on each.
"""

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import select

from contest.delivery import operations, queries
from contest.delivery.models import Attempt, Response
from contest.delivery.save import Answer, save_answers, save_form
from contest.errors import Refusal
from contest.extensions import db
from tests.delivery.conftest import MS, NOON, set_round
from tests.delivery.histories import GRACE, histories
from tests.delivery.plain import LIMIT, Plain, Refused


class Kept:
    """The same acts on the database. Options are told by their place, instants in ms from the start."""

    def __init__(self, cast, attempt, tokens):
        self.cast, self.attempt, self.tokens = cast, attempt, tokens
        self.sign_ins = {"phone": cast.phone, "laptop": cast.laptop}

    def choice(self, slot, option):
        return None if option is None else [self.tokens.get(slot, self.tokens[2])[option]]

    def save(self, device, generation, answers, at):
        sent = [Answer(slot, seq, self.choice(slot, option)) for slot, seq, option in answers]
        return self.told(save_answers(db.session.connection(), self.attempt, self.sign_ins[device], generation, sent,
                                      NOON + at * MS))

    def form(self, device, slot, option, nonce, at):
        return self.told(save_form(db.session.connection(), self.attempt, self.sign_ins[device], slot,
                                   self.choice(slot, option), nonce, NOON + at * MS))

    @staticmethod
    def told(done):
        return (dict.fromkeys(done.saved, "saved") | dict.fromkeys(done.stale, "stale")
                | {(slot, seq): code for slot, seq, code in done.refused})

    def take_over(self, device, at):
        return operations.take_over(self.attempt, self.cast.account, self.sign_ins[device], NOON + at * MS)

    def submit(self, at):
        return (operations.submit(self.attempt, self.cast.account, NOON + at * MS).submitted_at - NOON) // MS

    def sweep(self, at):
        return operations.close_overdue(NOON + at * MS)

    def end(self):
        """(state, finished, generation, owner) as stored."""
        row = db.session.execute(select(Attempt.state, Attempt.finished_at, Attempt.generation, Attempt.owner)
                                 .where(Attempt.id == self.attempt)).one()
        owner = next(name for name, sign_in in self.sign_ins.items() if sign_in == row.owner)
        return row.state, row.finished_at and (row.finished_at - NOON) // MS, row.generation, owner

    def rows(self):
        return {(row.slot, row.generation, row.seq): row.received_at for row in db.session.scalars(select(Response))}


def outcome(sitting, name, arguments):
    """What the act tells, or the code of its refusal."""
    try:
        return getattr(sitting, name)(*arguments)
    except Refusal as why:
        return why.code
    except Refused as why:
        return str(why)


@pytest.fixture
def kept(app, cast):
    with app.app_context():
        set_round(cast, grace_ms=GRACE)
        started = cast.start()
        db.session.commit()
        yield Kept(cast, started.attempt_id,
                   {item.slot: [option.id for option in item.options] for item in started.view.items})


def test_a_sitting_ends_where_the_model_ends(kept, sequences):
    @settings(max_examples=sequences, deadline=None, database=None,
              suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
    @given(histories())
    def try_out(acts):
        try:
            compare(kept, Plain(GRACE), acts)
        finally:
            db.session.rollback()
            db.session.expire_all()

    try_out()


def compare(kept, plain, acts):
    """After each act both have told the same; at the end both hold the same."""
    for name, *arguments in acts:
        assert outcome(kept, name, arguments) == outcome(plain, name, arguments), (name, arguments)
    assert kept.end() == (plain.state, plain.finished, plain.generation, plain.owner)
    assert kept.rows() == {(slot, *key): NOON + row.at * MS for slot, rows in plain.rows.items()
                           for key, row in rows.items()}
    counted = plain.counted()
    assert queries.counted_choices([kept.attempt])[kept.attempt] == {
        slot: tuple(kept.choice(slot, option)) for slot, (_seq, option) in counted.items() if option is not None}
    view = queries.attempt_view(kept.attempt, kept.cast.account, NOON + LIMIT * MS)
    assert {item.slot: item.seq for item in view.items if item.seq} == {
        slot: seq for slot, (seq, _option) in counted.items()}
