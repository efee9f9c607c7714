"""A paper: drawn from a seed as the round's rules say, and frozen."""

import json
from collections.abc import Collection, Sequence
from typing import Any

from contest.database import fetch
from contest.delivery import queries
from contest.delivery.answers import offer
from contest.delivery.facts import RoundRow
from contest.extensions import db
from contest.questions.shown import laid_out
from contest.rounds.models import Round
from contest.rounds.pools import cells

FREEZE = {
    "sqlite":
        "INSERT INTO paper_item (attempt_id, slot, version_id, options, shape)"
        " SELECT :attempt, value ->> 'slot', value ->> 'version_id', value ->> 'options', value ->> 'shape'"
        " FROM json_each(:items)",
    "postgresql":
        "INSERT INTO paper_item (attempt_id, slot, version_id, options, shape)"
        " SELECT CAST(%(attempt)s AS uuid), slot, version_id, options, shape"
        " FROM jsonb_to_recordset(CAST(%(items)s AS jsonb))"
        " AS item (slot int, version_id uuid, options text, shape text)",
}


def warm(round_: Round) -> None:
    """Make this process ready to draw papers of a published round, so that its opening has to read nothing."""
    queries.pool(round_.id, round_.rules_version).plan(cells(round_.blueprint))


def draw(round_: Round | RoundRow, seed: str, seen: Collection[str]) -> list[queries.Item]:
    """The paper of this seed for a person who has seen these questions (ids), as the round's rules draw it."""
    pool = queries.pool(round_.id, round_.rules_version)
    drawn = pool.plan(cells(round_.blueprint)).questions(seed, seen, shuffle=round_.shuffle_questions)
    return [laid_out(pool.versions[version_id], seed, slot, shuffle=round_.shuffle_options)
            for slot, version_id in enumerate(drawn, start=1)]


def frozen(items: Sequence[queries.Item]) -> list[dict[str, Any]]:
    """The columns of the paper's rows, but for the attempt's id."""
    return [{"slot": item.slot, "version_id": item.version_id, "shape": item.shape, "options": offer(
        (option.id for option in item.options),
        ((part.id, part.kind, [option.id for option in part.options]) for part in item.parts))} for item in items]


def freeze(attempt_id: str, items: Sequence[queries.Item]) -> None:
    """Write the paper of a new attempt, in one statement."""
    connection = db.session.connection()
    fetch(connection, FREEZE[connection.dialect.name], {"attempt": attempt_id, "items": json.dumps(frozen(items))})
