"""The finished sittings of a round as statistics need them: papers, answers and marks, read in bites."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select

from contest.delivery.answers import Choice
from contest.delivery.models import PaperItem
from contest.delivery.queries import counted_choices
from contest.extensions import db
from contest.rounds.models import Entry, Round
from contest.scoring import marks
from contest.standings.grading import grader_of
from contest.standings.keys import Ruled
from contest.standings.models import Result
from contest.standings.queries import of_round
from contest.standings.run_models import GradingRun

BITE = 500  # sittings


@dataclass(frozen=True)
class Asked:
    """A question on a paper, by the key that holds; `marked` is None where it counts for nobody."""

    version_id: str
    ruled: Ruled
    choice: Choice | None
    marked: marks.Marked | None


@dataclass(frozen=True)
class Sheet:
    """A finished sitting. `unit_id`: the participating unit that its person counts for."""

    attempt_id: str
    entry_id: str
    unit_id: str | None
    items: tuple[Asked, ...]


def count(round_: Round) -> int:
    """The sittings that `sheets` reads."""
    return db.session.scalar(select(func.count()).select_from(Result).where(*_counting(round_))) or 0


def sheets(round_: Round) -> Iterator[list[Sheet]]:
    """The sittings with an answer, of people who may take part, some hundred at a time. Three statements a bite, four
    where there are essays."""
    grader, last = grader_of(round_), ""
    while rows := db.session.execute(
        select(Result.attempt_id, Result.entry_id, Entry.counted_unit_id).join(Entry, Entry.id == Result.entry_id)
        .where(*_counting(round_), *([Result.attempt_id > last] if last else []))
        .order_by(Result.attempt_id).limit(BITE)
    ).all():
        last = rows[-1].attempt_id
        ids = [row.attempt_id for row in rows]
        papers: dict[str, list[tuple[int, str]]] = {id_: [] for id_ in ids}
        for attempt_id, slot, version_id in db.session.execute(
            select(PaperItem.attempt_id, PaperItem.slot, PaperItem.version_id).where(PaperItem.attempt_id.in_(ids))
        ):
            papers[attempt_id].append((slot, version_id))
        grader.learn({version_id for paper in papers.values() for _slot, version_id in paper})
        chosen, given = counted_choices(ids), grader.finals(ids)
        found = []
        for row in rows:
            items = [(version, chosen[row.attempt_id].get(slot), given.get((row.attempt_id, slot)))
                     for slot, version in papers[row.attempt_id]]
            found.append(Sheet(row.attempt_id, row.entry_id, row.counted_unit_id, tuple(
                Asked(version, ruled, choice, marked)
                for (version, choice, _given), (ruled, marked) in zip(items, grader.paper(items), strict=True))))
        yield found


def runs_until_now(round_id: str) -> int:
    """The number of the last grading run that was applied to a round, 0 for none."""
    return db.session.scalar(select(func.max(GradingRun.number)).where(
        GradingRun.round_id == round_id, GradingRun.state == "applied")) or 0


def _counting(round_: Round) -> list[ColumnElement[bool]]:
    return [of_round(round_.id), Result.answered > 0]
