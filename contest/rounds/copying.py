"""The next week's round, next year's contest: copies are drafts."""

from dataclasses import replace
from datetime import datetime, timedelta

from contest.rounds import operations, queries
from contest.rounds.models import Contest, Round
from contest.rounds.operations import RULE_FIELDS, ContestFields, RoundFields
from contest.rounds.participation import choose_units
from contest.rounds.window import WEEK, moved_text, next_title, weeks_ahead


def values_of(row: Round) -> RoundFields:
    """The rules of a round as `create_round` takes them."""
    return RoundFields(
        **{name: tuple(value) if isinstance(value := getattr(row, name), list) else value for name in RULE_FIELDS},
        bank_ids=tuple(bank.bank_id for bank in row.banks),
        blueprint=tuple(dict(cell) for cell in row.blueprint),
    )


def copy_round(round_id: str, *, by: str | None, now: datetime) -> Round:
    """A draft one week later in the same contest: "Tuần 1" → "Tuần 2"; dates in its rules move along."""
    source = queries.get_round(round_id)
    values = replace(_moved(_planned(source), WEEK), title=next_title(source.title)[:200])
    return operations.create_round(source.contest_id, values, by=by, now=now)


def copy_contest(contest_id: str, title: str, *, by: str | None, now: datetime) -> Contest:
    """A contest of this title with the same units and rounds, all drafts.

    The rounds keep their distances; whole weeks are added until the first of them opens after `now`.
    Cancelled rounds are left out. Raises `Missing`.
    """
    source = queries.get_contest(contest_id)
    copied = operations.create_contest(
        ContestFields(title=title, summary=source.summary, agency_parent=source.agency_parent,
                      agency_name=source.agency_name, hotline_technical=source.hotline_technical,
                      hotline_content=source.hotline_content, target_percent=source.target_percent),
        by=by, now=now)
    choose_units(copied.id, [row.unit_id for row in queries.contest_units(source.id)], by=by, now=now)
    rounds = [row for row in source.rounds if row.state != "cancelled"]
    later = weeks_ahead(min((row.opens_at for row in rounds), default=now), now)
    for row in rounds:
        operations.create_round(copied.id, _moved(_planned(row), later), by=by, now=now)
    return copied


def _planned(row: Round) -> RoundFields:
    """The rules as first published: an extension was for once, and its rules still name the first closing."""
    recorded = queries.changes([row.id])[row.id]
    return replace(values_of(row), closes_at=recorded[-1].row.closes_before if recorded else row.closes_at)


def _moved(values: RoundFields, by: timedelta) -> RoundFields:
    return replace(values, opens_at=values.opens_at + by, closes_at=values.closes_at + by,
                   rules=moved_text(values.rules, values.opens_at, values.closes_at, by))
