"""What a contestant may still say once a sitting is over: an answer to the round's question of opinion."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from contest.delivery import queries
from contest.delivery.models import Attempt
from contest.delivery.record_models import Opinion
from contest.errors import Refusal
from contest.extensions import db
from contest.rounds.models import Entry, Round

MOST = 2_000  # characters
ROWS = 50


def opinion_of(attempt_id: str) -> str | None:
    """What was answered to the question of opinion, None where nothing was yet."""
    return db.session.scalar(select(Opinion.text).where(Opinion.attempt_id == attempt_id))


def say(attempt_id: str, account_id: str, text: str, now: datetime) -> None:
    """Keep an opinion, or put it in the place of an earlier one. It bears on nothing.

    Raises `Missing` for another's attempt; 409 `not_over` while it is open, `no_opinion_asked` where
    the round has no such question or its results are published; 422 `opinion_empty`, `opinion_long`.
    """
    view = queries.attempt_view(attempt_id, account_id, now)
    if view.state not in ("submitted", "expired"):
        raise Refusal("not_over", 409)
    published = db.session.scalar(select(Round.results_published_at).where(Round.id == view.round_id))
    if not view.opinion or published is not None:
        raise Refusal("no_opinion_asked", 409)
    text = text.strip()
    if not text:
        raise Refusal("opinion_empty", 422)
    if len(text) > MOST:
        raise Refusal("opinion_long", 422, most=MOST)
    insert: Any = postgresql.insert if db.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(Opinion).values(attempt_id=attempt_id, text=text, at=now)
    db.session.execute(statement.on_conflict_do_update(
        index_elements=[Opinion.attempt_id], set_={"text": statement.excluded.text, "at": statement.excluded.at}))


def opinions(round_id: str, after: str | None) -> tuple[Sequence[Any], str | None]:
    """Fifty opinions of a round, (attempt id, text, at, audience) each, and what asks for the next ones.

    Without names: an opinion is the round's, not its author's. By attempt, which is the order of starting.
    """
    statement = (
        select(Opinion.attempt_id, Opinion.text, Opinion.at, Entry.audience)
        .join(Attempt, Attempt.id == Opinion.attempt_id).join(Entry, Entry.id == Attempt.entry_id)
        .where(Attempt.round_id == round_id).order_by(Opinion.attempt_id).limit(ROWS + 1))
    if after:
        statement = statement.where(Opinion.attempt_id > after)
    rows = db.session.execute(statement).all()
    return rows[:ROWS], rows[ROWS - 1].attempt_id if len(rows) > ROWS else None
