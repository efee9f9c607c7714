"""A published round with one contestant in it, and what saves and starts are counted with."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from contest.delivery import operations
from contest.delivery.models import Attempt
from contest.extensions import db
from contest.identity.access import digest
from contest.rounds.models import Round
from tests import factories as make
from tests.statements import counted as counted

NOON = make.NOON
MS = timedelta(milliseconds=1)
SECOND = timedelta(seconds=1)
EDGES = (-SECOND, -MS, timedelta(0), MS, SECOND)


@dataclass(frozen=True)
class Cast:
    """Ids only: rows belong to the context that read them. `phone` is a live sign-in of the contestant."""

    contest: str
    round: str
    account: str
    other: str
    phone: str = digest("phone")
    laptop: str = digest("laptop")
    others: str = digest("others")

    def start(self, now=NOON, sign_in=None):
        return operations.start(self.round, self.account, sign_in or self.phone, True, now)


@pytest.fixture
def cast(app: Flask) -> Cast:
    """A round of 4 questions and 20 minutes, 2 attempts; two people with live sign-ins."""
    with app.app_context():
        unit = make.unit()
        contest = make.contest(units=(unit,))
        bank = make.bank(8)
        make.question(bank, stem="Những việc nào?", type="multiple", correct=(0, 1), topic="Nhiều đáp án")
        round_ = make.round_(contest, bank, attempts_allowed=2)
        any_ = {"bank_id": None, "topic": None, "level": None}
        round_.blueprint = [{**any_, "topic": "Nhiều đáp án", "count": 1}, {**any_, "count": 3}]
        round_.shuffle_questions = False  # slot 1 is the one with several right answers
        person, other = make.account(unit=unit), make.account(unit=unit)
        make.sign_in(person, "phone")
        make.sign_in(person, "laptop")
        make.sign_in(other, "others")
        cast = Cast(contest.id, round_.id, person.id, other.id)
        db.session.commit()
    return cast


def set_round(cast: Cast, **values: object) -> None:
    db.session.execute(update(Round).where(Round.id == cast.round).values(**values))
    db.session.commit()


def set_attempt(attempt_id: str, **values: object) -> None:
    db.session.execute(update(Attempt).where(Attempt.id == attempt_id).values(**values))
    db.session.commit()



@pytest.fixture
def in_app(app: Flask) -> Iterator[Flask]:
    """An application context around the whole test; not for tests that use the client."""
    with app.app_context():
        yield app


