"""The next week's round, next year's contest: copies are drafts."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from contest.rounds import operations, queries
from contest.rounds.models import Contest, Round
from contest.rounds.operations import RULE_FIELDS, ContestFields, RoundFields
from contest.rounds.participation import choose_units
from contest.rounds.window import WEEK, moved_text, next_title, weekly, weeks_ahead
from contest.scoring.policy import SEED_MOST


def values_of(row: Round) -> RoundFields:
    """The rules of a round as `create_round` takes them."""
    rules: dict[str, Any] = {name: getattr(row, name) for name in RULE_FIELDS}
    lists = {name: tuple(value) for name, value in rules.items() if isinstance(value, list)}
    return RoundFields(
        **{**rules, **lists},
        bank_ids=tuple(bank.bank_id for bank in row.banks),
        blueprint=tuple(dict(cell) for cell in row.blueprint),
    )


def copy_round(round_id: str, *, by: str | None, now: datetime) -> Round:
    """A draft one week later in the same contest: "Tuần 1" → "Tuần 2"; dates in its rules move along."""
    source = queries.get_round(round_id)
    values = _titled(_moved(_planned(source), WEEK), next_title(source.title)[:200])
    return operations.create_round(source.contest_id, values, by=by, now=now)


def series_of(row: Round, weeks: int, gap: timedelta, suffixes: Mapping[str, str] | None = None,
              ) -> list[RoundFields]:
    """The rules of the `weeks` rounds that follow week by week on this one, `gap` between any two.

    Titles are counted on, dates in the rules move along. `suffixes`: one round a week for each
    audience that it names, with what its title ends in.
    """
    first = _planned(row)
    title, made = first.title, list[RoundFields]()
    for suffix in (suffixes or {}).values():
        title = title.removesuffix(suffix)
    for opens_at, closes_at in weekly(first.opens_at, weeks, gap):
        title = next_title(title)
        rules = moved_text(first.rules, first.opens_at, first.closes_at, opens_at - first.opens_at,
                           closes_at - first.closes_at)
        freezes_at = _later(first.board_freezes_at, closes_at - first.closes_at)
        one = _titled(replace(first, opens_at=opens_at, closes_at=closes_at, board_freezes_at=freezes_at, rules=rules),
                      title[:200])
        made += [replace(_titled(one, title[:180] + suffix), audience=audience)
                 for audience, suffix in suffixes.items()] if suffixes else [one]
    return made


def overlapping(values: RoundFields, others: Iterable[Round | RoundFields]) -> list[str]:
    """The titles of those among `others` that are open at the same time for some of the same people."""
    return [other.title for other in others
            if values.opens_at < other.closes_at and other.opens_at < values.closes_at and other.kind == values.kind
            and (values.audience == other.audience or "all" in (values.audience, other.audience))]


def copy_contest(contest_id: str, title: str, *, by: str | None, now: datetime) -> Contest:
    """A contest of this title with the same units and rounds, all drafts.

    The rounds keep their distances; whole weeks are added until the first of them opens after `now`.
    Cancelled rounds are left out. Raises `Missing`.
    """
    source = queries.get_contest(contest_id)
    copied = operations.create_contest(
        ContestFields(title=title, summary=source.summary, agency_parent=source.agency_parent,
                      agency_name=source.agency_name, hotline_technical=source.hotline_technical,
                      hotline_content=source.hotline_content, hotline_zalo=source.hotline_zalo,
                      target_percent=source.target_percent, registration=source.registration),
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
                   board_freezes_at=_later(values.board_freezes_at, by),
                   rules=moved_text(values.rules, values.opens_at, values.closes_at, by))


def _later(at: datetime | None, by: timedelta) -> datetime | None:
    return at + by if at is not None else None


def _titled(values: RoundFields, title: str) -> RoundFields:
    """The round under another title; lots are drawn from another text, or the same people would win again."""
    seed = values.scoring.get("seed", "")
    if not seed:
        return replace(values, title=title)
    new = seed.replace(values.title, title) if values.title in seed else f"{seed}, {title}"
    return replace(values, title=title, scoring={**values.scoring, "seed": new[-SEED_MOST:].strip()})
