"""A started attempt and what is saved in it: what the tests of saving share."""

import pytest
from sqlalchemy import select

from contest.delivery import queries
from contest.delivery.models import Response
from contest.delivery.save import Answer, save_answers, save_form
from contest.errors import Refusal
from contest.extensions import db
from tests.delivery.conftest import NOON


class Sitting:
    """Slot 1 takes several options, slots 2 to 4 one."""

    def __init__(self, cast):
        self.cast = cast
        started = cast.start()
        db.session.commit()
        self.id = started.attempt_id
        self.tokens = {item.slot: [option.id for option in item.options] for item in started.view.items}

    def save(self, *answers, sign_in=None, generation=1, now=NOON, attempt=None):
        try:
            return save_answers(db.session.connection(), attempt or self.id, sign_in or self.cast.phone, generation,
                                [Answer(*answer) for answer in answers], now)
        finally:
            db.session.commit()

    def form(self, choice, nonce, *, slot=2, sign_in=None, now=NOON):
        try:
            return save_form(db.session.connection(), self.id, sign_in or self.cast.phone, slot, choice, nonce, now)
        finally:
            db.session.commit()

    def refused(self, *answers, **how):
        with pytest.raises(Refusal) as caught:
            self.save(*answers, **how)
        return caught.value

    def choose(self, slot, *options):
        return [self.tokens[slot][i] for i in options]

    @property
    def rows(self):
        return [tuple(row) for row in db.session.execute(
            select(Response.slot, Response.generation, Response.seq, Response.choice, Response.received_at)
            .where(Response.attempt_id == self.id)
            .order_by(Response.slot, Response.generation, Response.seq))]

    @property
    def counted(self):
        return queries.counted_choices([self.id])[self.id]
