"""Reading what a database at rest holds, by the product's own rows and its own reckoning."""

from sqlalchemy import select, text

from contest import clock
from contest.app import create_app
from contest.columns import to_ms
from contest.config import load
from contest.database import reading
from contest.delivery import timing
from contest.delivery.answers import read
from contest.delivery.models import Attempt, Response
from contest.delivery.queries import counted_choices
from contest.extensions import db
from contest.rounds.models import Round
from contest.standings.models import Result
from contest.standings.operations import score_round
from faults.ledger import Choice, Key
from faults.verdict import Attempt as Row
from faults.verdict import Stored


def stored(database: str, settings: dict[str, str], round_id: str, *, score: bool = False) -> Stored:
    """What stands in this database; `score` lets what is finished be scored first. Blocks."""
    app = create_app(load(settings))
    with app.app_context():
        try:
            results = _scored(round_id) if score else {}
            with reading():
                attempts = _attempts()
                return Stored(attempts, _answers(), counted_choices(sorted(attempts)),  # type: ignore[arg-type]
                              results, _damage(database))
        finally:
            db.session.remove()
            db.engine.dispose()


def _scored(round_id: str) -> dict[str, tuple[int, int]]:
    score_round(round_id, clock.now())
    db.session.commit()
    results = {row.attempt_id: (row.answered, row.correct) for row in db.session.scalars(select(Result))}
    db.session.rollback()
    return results


def _attempts() -> dict[str, Row]:
    return {attempt.id: Row(
        attempt.account_id, attempt.number, attempt.state, attempt.receipt,
        None if attempt.finished_at is None else to_ms(attempt.finished_at),
        to_ms(timing.deadline(attempt.time_limit_at, round_.closes_at)), round_.grace_ms)
        for attempt, round_ in db.session.execute(select(Attempt, Round).join(Attempt.round))}


def _answers() -> dict[Key, tuple[Choice, int]]:
    rows = db.session.execute(select(Response.attempt_id, Response.slot, Response.generation, Response.seq,
                                     Response.choice, Response.received_at))
    return {tuple(row[:4]): (read(row.choice), to_ms(row.received_at)) for row in rows}  # type: ignore[misc]


def _damage(database: str) -> list[str]:
    """What the database's own check finds wrong with its files."""
    if database == "sqlite":
        rows = [row[0] for row in db.session.execute(text("PRAGMA integrity_check"))]
        return [*(row for row in rows if row != "ok"),
                *(str(row) for row in db.session.execute(text("PRAGMA foreign_key_check")))]
    wrong = []
    for table in ("attempt", "response"):  # read whole, by its pages (with checksums) and by its primary key
        counts = []
        for way in ("enable_seqscan", "enable_indexscan", "enable_indexonlyscan", "enable_bitmapscan"):
            db.session.execute(text(f"SET LOCAL {way} = {'on' if way == 'enable_seqscan' else 'off'}"))
        counts.append(db.session.scalar(text(f"SELECT count(*) FROM {table}")))
        for way in ("enable_seqscan", "enable_indexonlyscan", "enable_indexscan"):
            db.session.execute(text(f"SET LOCAL {way} = {'off' if way == 'enable_seqscan' else 'on'}"))
        counts.append(db.session.scalar(text(f"SELECT count(*) FROM {table}")))
        if counts[0] != counts[1]:
            wrong.append(f"{table}: {counts[0]} rows, {counts[1]} by an index")
    return wrong
