"""A round and sittings in it, written straight into the tables: what the save path leaves behind."""

import json
from datetime import datetime, timedelta
from itertools import count

from sqlalchemy import exists, select

from contest.delivery.models import Attempt, PaperItem, Response
from contest.extensions import db
from contest.questions.keys import AnswerKey
from contest.questions.models import Question, QuestionVersion
from contest.questions.paper import SHAPE_OF
from contest.rounds.models import ContestUnit, Entry
from contest.standings.board_models import Standing
from tests import factories
from tests.factories import NOON

_next = count(1)


def versions(bank):
    return db.session.query(QuestionVersion).join(Question).filter(Question.bank_id == bank.id).order_by(
        Question.position).all()


def entry_of(contest, account, unit=None):
    """The entry, counting for the participating unit of `unit` (a Unit)."""
    found = db.session.query(Entry).filter_by(contest_id=contest.id, account_id=account.id).one_or_none()
    counted = unit and db.session.query(ContestUnit).filter_by(contest_id=contest.id, unit_id=unit.id).one()
    return found or factories.entry(contest, account, counted)


def sit(round_, bank, account, *, unit=None, right=0, wrong=0, items=4, started=NOON, minutes=5, state="submitted",
        number=1) -> Attempt:
    """A sitting of `items` questions: the first `right` answered rightly, the next `wrong` wrongly."""
    entry = entry_of(round_.contest, account, unit)
    finished = started + timedelta(minutes=minutes)
    attempt = Attempt(round_id=round_.id, entry_id=entry.id, account_id=account.id, scope=f"round:{round_.id}",
                      number=number, rules_version=round_.rules_version, seed="0" * 32, owner="x" * 64, state=state,
                      started_at=started, time_limit_at=started + timedelta(milliseconds=round_.duration_ms),
                      finished_at=None if state == "open" else finished, receipt=f"R{next(_next)}")
    db.session.add(attempt)
    db.session.flush()
    for slot, version in enumerate(versions(bank)[:items], 1):
        key = db.session.get(AnswerKey, version.id)
        tokens = [o["id"] for o in version.options]
        db.session.add(PaperItem(attempt_id=attempt.id, slot=slot, version_id=version.id,
                                 options=" ".join(["", *tokens, ""]), shape=SHAPE_OF[version.type]))
        if slot <= right:
            save(attempt, slot, key.correct, started + timedelta(seconds=slot))
        elif slot <= right + wrong:
            save(attempt, slot, [t for t in tokens if t not in key.correct][:1], started + timedelta(seconds=slot))
    db.session.flush()
    return attempt


def save(attempt, slot, tokens, at: datetime, seq=1, generation=1) -> None:
    db.session.add(Response(attempt_id=attempt.id, slot=slot, generation=generation, seq=seq, received_at=at,
                            choice=json.dumps(sorted(tokens)) if tokens else None))
    db.session.flush()



def stage(*, units=("Sở Nội vụ",), headcount=10, questions=6, **columns):
    """(contest, bank, round, units): a round with its participating units."""
    rows = [factories.unit(name, headcount=headcount, bloc="Khối sở" if i % 2 == 0 else "Khối xã")
            for i, name in enumerate(units)]
    contest = factories.contest(units=tuple(rows))
    bank = factories.bank(questions)
    columns.setdefault("attempts_allowed", 3)
    round_ = factories.round_(contest, bank, **columns)
    db.session.flush()
    return contest, bank, round_, rows


def counts(row) -> bool:
    """Whether this result is the one that stands for its person."""
    return bool(db.session.scalar(select(exists().where(
        Standing.board_id == row.round_id, Standing.entry_id == row.entry_id, Standing.attempt_id == row.attempt_id))))


def version_at(attempt, slot):
    return db.session.get(PaperItem, (attempt.id, slot)).version_id
