"""The counters beside the standings: people by buckets of rank keys, what units came to, people and sittings by score.

They move with each standing by the difference between before and after, and equal a recount at any
time (`differences`). A rank is then the sum of the buckets ahead and a count within one of them, a
unit's figure one row, whatever the number of people.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Text, bindparam, case, cast, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from contest.columns import Id
from contest.extensions import db
from contest.scoring import buckets
from contest.standings.board_models import COUNTERS, RankStep, ScoreTally, Standing, UnitTally
from contest.standings.ranks import ALL, GROUPS, of_group

Row = Mapping[str, Any]  # a standing's columns
Score = tuple[str, int, int]  # audience, right answers, questions
FIGURES = ("people", "attempts", "blank", "points", "max_points", "perfect", "passed", "invalid")


def move(board_id: str, before: Iterable[Row], after: Iterable[Row]) -> None:
    """Take these standings out of the counters and put those in. The standings are written already."""
    keys: dict[str, Counter[str]] = {}
    tallies: dict[tuple[str, str], Counter[str]] = {}
    scores: dict[Score, list[int]] = {}
    for sign, rows in ((-1, before), (1, after)):
        for row in rows:
            for group in (ALL, row["audience"]) if row["ranked"] else ():
                keys.setdefault(group, Counter())[row["rank_key"]] += sign
            figures = tallies.setdefault((row["unit_id"] or board_id, row["audience"]), Counter())
            for name, value in zip(FIGURES, contribution(row), strict=True):
                figures[name] += sign * value
            add_scores(scores, row, sign)
    _move_ranks(board_id, keys)
    _add(UnitTally, board_id, ("unit_key", "audience"), FIGURES,
         {key: tuple(figures[name] for name in FIGURES) for key, figures in tallies.items() if any(figures.values())})
    _add(ScoreTally, board_id, ("audience", "correct", "items"), ("people", "attempts"),
         {key: counts for key, counts in scores.items() if any(counts)})


def add_scores(scores: dict[Score, list[int]], row: Row, times: int) -> None:
    """Put so many such standings into (people, sittings) by audience, right answers and questions; -1 takes one out."""
    if row["outside"]:
        return
    if row["ranked"]:
        scores.setdefault((row["audience"], row["correct"], row["items"]), [0, 0])[0] += times
    for correct, items, number in row["papers"]:
        scores.setdefault((row["audience"], correct, items), [0, 0])[1] += times * number


def contribution(row: Row) -> tuple[int, ...]:
    """What a standing adds to its unit, in the order of `FIGURES`: nothing where the person is outside."""
    if row["outside"]:
        return (0,) * len(FIGURES)
    ranked, took_part = bool(row["ranked"]), row["attempts"] > 0
    perfect = ranked and row["items"] > 0 and row["correct"] == row["items"]
    points = (row["points"], row["max_points"]) if ranked else (0, 0)
    return (int(took_part), row["attempts"], row["blank"], *points, int(perfect), int(ranked and row["passed"]),
            int(took_part and not ranked))


def recount(board_id: str) -> None:
    """Make all counters of a board anew from its standings."""
    for table in COUNTERS:
        db.session.execute(delete(table).where(table.board_id == board_id))
    for group in GROUPS:
        _bucket(board_id, group, "", None)
    s = Standing
    key = func.coalesce(s.unit_id, s.board_id)
    perfect = case((s.ranked & (s.items > 0) & (s.correct == s.items), 1), else_=0)
    db.session.execute(insert(UnitTally).from_select(
        ["board_id", "unit_key", "audience", *FIGURES],
        select(s.board_id, key, s.audience, func.sum(case((s.attempts > 0, 1), else_=0)), func.sum(s.attempts),
               func.sum(s.blank), func.sum(case((s.ranked, s.points), else_=0)),
               func.sum(case((s.ranked, s.max_points), else_=0)), func.sum(perfect),
               func.sum(case((s.ranked & s.passed, 1), else_=0)),
               func.sum(case(((s.attempts > 0) & ~s.ranked, 1), else_=0)))
        .where(s.board_id == board_id, ~s.outside).group_by(s.board_id, key, s.audience)))
    _recount_scores(board_id)


def _recount_scores(board_id: str) -> None:
    """As the database groups them: a million standings are a few hundred rows."""
    s, papers = Standing, cast(Standing.papers, Text)
    scores: dict[Score, list[int]] = {}
    for number, audience, ranked, correct, items, told in db.session.execute(
            select(func.count(), s.audience, s.ranked, s.correct, s.items, papers)
            .where(s.board_id == board_id, ~s.outside)
            .group_by(s.audience, s.ranked, s.correct, s.items, papers)):
        add_scores(scores, {"audience": audience, "ranked": ranked, "outside": False, "correct": correct,
                            "items": items, "papers": json.loads(told)}, number)
    if scores:
        db.session.execute(insert(ScoreTally), [
            {"board_id": board_id, "audience": audience, "correct": correct, "items": items, "people": people,
             "attempts": attempts} for (audience, correct, items), (people, attempts) in sorted(scores.items())])


def _standings(board_id: str) -> Iterator[Row]:
    for row in db.session.execute(select(Standing.__table__).where(Standing.board_id == board_id)
                                  .execution_options(yield_per=2_000)).mappings():
        yield dict(row)


def differences(board_id: str) -> list[str]:
    """Where the counters differ from a recount of the standings; [] where they are right. Writes nothing."""
    held: dict[tuple[str, str], int] = Counter()
    tallies: dict[tuple[str, str], list[int]] = {}
    starts = {group: _starts(board_id, group) or [""] for group in GROUPS}
    scores: dict[Score, list[int]] = {}
    for row in _standings(board_id):
        add_scores(scores, row, 1)
        for group in (ALL, row["audience"]) if row["ranked"] else ():
            held[group, buckets.bucket(row["rank_key"], starts[group])] += 1
        place = row["unit_id"] or board_id, row["audience"]
        sums = tallies.setdefault(place, [0] * len(FIGURES))
        tallies[place] = [a + b for a, b in zip(sums, contribution(row), strict=True)]
    kept = {(row.audience, row.step): row.people for row in db.session.scalars(
        select(RankStep).where(RankStep.board_id == board_id))}
    told = {(row.unit_key, row.audience): [getattr(row, name) for name in FIGURES] for row in db.session.scalars(
        select(UnitTally).where(UnitTally.board_id == board_id))}
    said = {(row.audience, row.correct, row.items): [row.people, row.attempts] for row in db.session.scalars(
        select(ScoreTally).where(ScoreTally.board_id == board_id)) if row.people or row.attempts}
    nothing = [0] * len(FIGURES)
    wrong = [f"bucket {key}: {kept.get(key, 0)} for {held.get(key, 0)}" for key in sorted({*kept, *held})
             if kept.get(key, 0) != held.get(key, 0)]
    wrong += [f"score {key}: {said.get(key)} for {scores.get(key)}" for key in sorted({*said, *scores})
              if said.get(key) != scores.get(key)]
    return wrong + [f"unit {key}: {told.get(key, nothing)} for {tallies.get(key, nothing)}"
                    for key in sorted({*told, *tallies}) if told.get(key, nothing) != tallies.get(key, nothing)]


def _starts(board_id: str, group: str) -> list[str]:
    return list(db.session.scalars(select(RankStep.step).where(
        RankStep.board_id == board_id, RankStep.audience == group).order_by(RankStep.step)))


def _move_ranks(board_id: str, changes: Mapping[str, Counter[str]]) -> None:
    for group, keys in changes.items():
        starts = _starts(board_id, group) or [""]
        found: Counter[str] = Counter()
        for key, change in keys.items():
            found[buckets.bucket(key, starts)] += change
        _add(RankStep, board_id, ("audience", "step"), ("people",),
             {(group, step): (change,) for step, change in found.items() if change})
        for step in db.session.scalars(select(RankStep.step).where(
                RankStep.board_id == board_id, RankStep.audience == group, RankStep.step.in_(sorted(found)),
                RankStep.people > 2 * buckets.SIZE)).all():
            after = starts.index(step) + 1 if step in starts else len(starts)
            _bucket(board_id, group, step, starts[after] if after < len(starts) else None)


def _bucket(board_id: str, group: str, start: str, end: str | None) -> None:
    """Cut the standings from `start` up to `end` into buckets; those that were there before go."""
    counted = [*of_group(board_id, group), Standing.rank_key >= start]
    of = [RankStep.board_id == board_id, RankStep.audience == group, RankStep.step >= start]
    if end is not None:
        counted.append(Standing.rank_key < end)
        of.append(RankStep.step < end)
    keys = list(db.session.scalars(select(Standing.rank_key).where(*counted).order_by(Standing.rank_key)))
    starts = [start, *buckets.fences(keys)[1:]]
    if len(starts) == 1 and start:  # one key alone, however many have it
        return
    found = Counter(buckets.bucket(key, starts) for key in keys)
    db.session.execute(delete(RankStep).where(*of))
    db.session.execute(insert(RankStep), [
        {"board_id": board_id, "audience": group, "step": one, "people": found[one]} for one in starts])


def _add(table: Any, board_id: str, keys: Sequence[str], names: Sequence[str],
         changes: Mapping[Any, Sequence[int]]) -> None:
    """Add to the counters of these keys, which are made where they don't exist yet."""
    if not changes:
        return
    ordered = sorted(changes)
    made = postgresql.insert if db.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    db.session.execute(made(table.__table__).on_conflict_do_nothing(), [
        {"board_id": board_id, **dict(zip(keys, key, strict=True)), **dict.fromkeys(names, 0)} for key in ordered])
    of = [getattr(table, name) == bindparam(f"its_{name}", type_=getattr(table, name).type) for name in keys]
    db.session.connection().execute(
        update(table.__table__).where(table.board_id == bindparam("of_board", type_=Id), *of)
        .values({name: getattr(table, name) + bindparam(f"more_{name}") for name in names}),
        [{"of_board": board_id, **{f"its_{name}": part for name, part in zip(keys, key, strict=True)},
          **{f"more_{name}": part for name, part in zip(names, changes[key], strict=True)}} for key in ordered])
