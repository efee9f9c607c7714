"""Whoever reads questions of sealed banks on a page about results is put on record."""

from collections.abc import Sequence
from datetime import datetime

from contest.database import reading
from contest.extensions import db
from contest.identity.access import person
from contest.questions import seals
from contest.rounds.models import Round


def note(round_: Round, bank_ids: Sequence[str], what: str, now: datetime) -> None:
    """Put on record that somebody reads questions of these banks; `what` is a word of `seals.Entry`.

    No transaction that writes may be open. Raises `bank_sealed_reading` (403).
    """
    db.session.rollback()
    with reading():
        seals.note_reading_of(bank_ids, what, actor=person().actor, now=now, round_id=round_.id)
