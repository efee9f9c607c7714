"""What a grading run would change: sittings first, then people, in steps. Writes the run's own rows only."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, case, delete, func, literal, select

from contest import bulk
from contest.columns import to_ms
from contest.database import looked
from contest.delivery import overruling, timing
from contest.delivery.models import Attempt, PaperItem
from contest.delivery.queries import counted_choices
from contest.extensions import db
from contest.rounds.models import Round
from contest.scoring import marks, policy, predictions
from contest.scoring.policy import Policy
from contest.standings import counters, earlier, keeping, run_sittings, run_totals
from contest.standings.board_models import Board, Standing
from contest.standings.grading import Grader
from contest.standings.keys import Correction, corrections_of, runs_in_force
from contest.standings.models import Result
from contest.standings.places import place
from contest.standings.regrading import run_of
from contest.standings.run_models import GradingRun, KeyCorrection, RunMark, RunPlace

CHUNK = 1_000  # attempts, or people, at a time
MARK = ("points", "raw_points", "max_points", "correct", "answered", "items", "pending")


def digest(round_id: str) -> str:
    """SHA-256 over the round's results, by attempt: equal exactly where every figure of every result is.

    The database puts the lines together: a million rows one by one would take Python many seconds.
    """
    columns = [Result.attempt_id, *(getattr(Result, name) for name in MARK)]
    end = literal("\n").op("ORDER BY")(Result.attempt_id)  # string_agg(line, end ORDER BY attempt), of both databases
    lines: ColumnElement[str] = func.coalesce(func.string_agg(func.concat_ws(",", *columns), end), "")
    if db.engine.dialect.name == "postgresql":  # nor need they travel
        lines = func.encode(func.sha256(func.convert_to(lines, "UTF8")), "hex")
    found = str(db.session.scalar(select(lines).where(Result.round_id == round_id)))
    return found if db.engine.dialect.name == "postgresql" else hashlib.sha256(found.encode()).hexdigest()


def building(run_id: str, now: datetime) -> Iterator[tuple[int, int]]:
    """Build the preview in steps; yields (done, total) between them, for the caller to commit.

    Begins anew where it was interrupted. Reads results, answers and keys; writes the run's own rows only. What takes
    long to find holds nobody up where the caller has no transaction open.
    """
    run = run_of(run_id)
    round_, round_id = db.session.get_one(Round, run.round_id), run.round_id
    for table in (RunMark, RunPlace):
        db.session.execute(delete(table).where(table.run_id == run.id))
    total = db.session.scalar(select(func.count()).select_from(Result).where(Result.round_id == round_.id)) or 0
    yield 0, 2 * total
    run.basis = looked(partial(digest, round_id))
    done = 0
    touched: set[str] = set()
    for count, entries in _marks(run, round_, now):
        done, touched = done + count, touched | entries
        yield done, 2 * total
    board, rules = db.session.get_one(Board, round_.id), rules_of(run, round_)
    if run.policy is not None and rules != policy.read(board.policy):
        touched |= everybody(round_.id)
    touched |= earlier.overtaken(round_, rules)
    tally = Counter[str]()
    for some in keeping.chunks(sorted(touched), CHUNK):
        _places(run, round_, rules, board.actual, some, tally)
        yield done, 2 * total
    actual = _actual(run, round_, tally)
    if actual != board.actual:
        db.session.execute(delete(RunPlace).where(RunPlace.run_id == run.id))
        everyone = sorted(touched | everybody(round_.id))  # who comes back has no standing yet
        for number, some in enumerate(keeping.chunks(everyone, CHUNK), 1):
            _places(run, round_, rules, actual, some, Counter())
            yield total + min(total, number * CHUNK), 2 * total
    totals_of = run_totals.revision(run)
    for _people in run_totals.writing(run):
        yield 2 * total, 2 * total
    run.summary = {**summary_of(run), "actual_before": board.actual, "actual_after": actual, "totals_of": totals_of,
                   "policy_before": board.policy, "given_before": round_.prediction_given}
    run.state, run.built_at = "ready", now
    yield 2 * total, 2 * total


def rules_of(run: GradingRun, round_: Round) -> Policy:
    """The rules of scoring under a run."""
    board = db.session.get_one(Board, round_.id)
    return policy.read(board.policy if run.policy is None else run.policy)


def everybody(round_id: str) -> set[str]:
    """Every entry with a standing in the round."""
    return set(db.session.scalars(select(Standing.entry_id).where(Standing.board_id == round_id)))


def _marks(run: GradingRun, round_: Round, now: datetime) -> Iterator[tuple[int, set[str]]]:
    """Write what sittings are marked differently; (how many were looked at, whose) in steps."""
    board = db.session.get_one(Board, round_.id)
    in_force = runs_in_force(round_.id)
    held = corrections_of(in_force)
    new = {**corrections_of([one for one in in_force if one.id != run.undoes_id]),
           **{row.version_id: Correction(row.kind, row.correct, row.credits) for row in db.session.scalars(
               select(KeyCorrection).where(KeyCorrection.run_id == run.id))}}
    old_grader = Grader(policy.read(board.policy), held)
    grader = Grader(rules_of(run, round_), new)
    all_of_them = (grader.rules.marking, grader.rules.floor) != (old_grader.rules.marking, old_grader.rules.floor)
    affected = None if all_of_them else {key for key in {*held, *new} if held.get(key) != new.get(key)}
    gone = run_sittings.out_of(run)
    look = partial(_sittings, round_.id, affected, gone)
    yield 0, set()
    for some in keeping.chunks(looked(look), CHUNK):
        rows = _results(round_.id, some)
        after = (grader.totals([row.attempt_id for row in rows]) if affected is None
                 else _moved(rows, affected, old_grader, grader))
        changed = {row.attempt_id: row.entry_id for row in rows
                   if row.attempt_id in gone or _mark(row) != _figures(after[row.attempt_id])}
        if changed:
            bulk.add(RunMark, [
                {"run_id": run.id, "attempt_id": row.attempt_id, "before": _mark(row) | _rest(row, gone),
                 "after": None if row.attempt_id in gone else _figures(after[row.attempt_id])}
                for row in rows if row.attempt_id in changed])
        yield len(rows), set(changed.values())
    if back := run_sittings.back_of(run):
        yield 0, _put_back(run, grader, back, now)


def _put_back(run: GradingRun, grader: Grader, back: Collection[str], now: datetime) -> set[str]:
    """Write the results of sittings that count again, where they are void still; whose they are.

    What an undone run took out comes back with the rest of its result as it was.
    """
    rows = db.session.scalars(
        select(Attempt).where(Attempt.id.in_(list(back)), Attempt.state == "void").order_by(Attempt.id)).all()
    held: dict[str, Any] = {row.attempt_id: row.before for row in db.session.scalars(select(RunMark).where(
        RunMark.run_id == run.undoes_id, RunMark.attempt_id.in_([one.id for one in rows])))}
    after = grader.totals([one.id for one in rows])
    bulk.add(RunMark, [{"run_id": run.id, "attempt_id": one.id, "before": None,
                        "after": (held.get(one.id) or _as_ended(one, now)) | _figures(after[one.id])} for one in rows])
    return {one.entry_id for one in rows}


def _as_ended(row: Attempt, now: datetime) -> dict[str, Any]:
    """The rest of the result of a sitting that has none yet."""
    ended = row.finished_at or now  # a constraint says that it has one
    return _kept(row.entry_id, timing.taken_ms(row.started_at, ended, row.paused_ms), ended, now,
                 overruling.ended_as(row) or "submitted")


def _restored(run: GradingRun) -> dict[str, Any]:
    """Attempt → its result, of the sittings that count again under a run."""
    back = list(run_sittings.back_of(run))
    return {row.attempt_id: row.after for row in db.session.scalars(
        select(RunMark).where(RunMark.run_id == run.id, RunMark.attempt_id.in_(back)))} if back else {}


def _sittings(round_id: str, affected: Collection[str] | None, gone: Collection[str]) -> list[str]:
    """The sittings whose results may change: with these questions, or that go; all where None is given.

    Found in one pass over the papers, which no index has by question: that would cost every start something.
    """
    if affected is None:
        return sorted(db.session.scalars(select(Result.attempt_id).where(Result.round_id == round_id)))
    asked = (select(PaperItem.attempt_id).join(Attempt, Attempt.id == PaperItem.attempt_id)
             .where(Attempt.round_id == round_id, PaperItem.version_id.in_(sorted(affected))))
    return sorted({*db.session.scalars(asked), *gone})


def _results(round_id: str, sittings: Sequence[str]) -> Sequence[Any]:
    """The results of these sittings that have one."""
    return db.session.execute(
        select(Result.attempt_id, Result.entry_id, Result.taken_ms, Result.finished_at, Result.graded_at, Attempt.state,
               *(getattr(Result, name) for name in MARK))
        .join(Attempt, Attempt.id == Result.attempt_id)
        .where(Result.round_id == round_id, bulk.one_of(Result.attempt_id, sittings))).all()


def _moved(rows: Sequence[Any], affected: Collection[str], old: Grader, new: Grader) -> dict[str, marks.Total]:
    """Attempt → its total under the new keys, by the difference that the affected questions make alone."""
    ids = [row.attempt_id for row in rows]
    papers: dict[str, list[tuple[int, str]]] = {id_: [] for id_ in ids}
    for attempt_id, slot, version_id in db.session.execute(
        select(PaperItem.attempt_id, PaperItem.slot, PaperItem.version_id)
        .where(bulk.one_of(PaperItem.attempt_id, ids), PaperItem.version_id.in_(sorted(affected)))
    ):
        papers[attempt_id].append((slot, version_id))
    chosen = counted_choices(ids, affected)
    old.learn(set(affected))
    given = old.finals(ids)
    found = {}
    for row in rows:
        items = [(version, chosen[row.attempt_id].get(slot), given.get((row.attempt_id, slot)))
                 for slot, version in papers[row.attempt_id]]
        before, after = (one.total(one.paper(items)) for one in (old, new))
        raw = row.raw_points + after.raw_points - before.raw_points
        found[row.attempt_id] = marks.Total(
            points=max(0, raw) if new.rules.floor else raw, raw_points=raw,
            **{name: getattr(row, name) + getattr(after, name) - getattr(before, name)
               for name in MARK if name not in ("points", "raw_points")})
    return found


def _places(run: GradingRun, round_: Round, rules: Policy, actual: int | None, entries: Sequence[str],
            tally: Counter[str]) -> None:
    """Write whose standing changes, with all of it before and after; adds the differences of the figures to `tally`."""
    marked: dict[str, Any] = {row.attempt_id: row.after for row in db.session.execute(
        select(RunMark.attempt_id, RunMark.after).join(Result, Result.attempt_id == RunMark.attempt_id)
        .where(RunMark.run_id == run.id, bulk.one_of(Result.entry_id, entries)))}
    before = keeping.standings_of(round_.id, entries)
    known = earlier.points(round_, rules, entries)
    rows = []
    results = keeping.results_of(round_.id, entries)
    for back in keeping.taken_back(_restored(run), entries):
        results.setdefault(back.entry_id, []).append(back)
    for entry_id, taken in results.items():
        kept = [replace(one, **{name: marked[one.attempt_id][name] for name in MARK
                                if name not in ("raw_points", "pending")}) if one.attempt_id in marked else one
                for one in taken if marked.get(one.attempt_id, ()) is not None]
        held = before.get(entry_id)
        new = keeping.standing(round_.id, rules, kept, actual, known.get(entry_id)) if kept else None
        if held != new:
            rows.append(place(run.id, entry_id, held, new))
        for sign, one in ((-1, held), (1, new)):
            if one is not None:
                for name, value in zip(counters.FIGURES, counters.contribution(one), strict=True):
                    tally[name] += sign * value
    bulk.add(RunPlace, rows)


def _actual(run: GradingRun, round_: Round, tally: Counter[str]) -> int | None:
    """The true value of predictions under a run, once the differences of the figures are added."""
    if round_.prediction == "none":
        return None
    held = keeping.figures(round_.id, round_.prediction_given if run.given is None else run.given)
    return predictions.settle(round_.prediction, replace(
        held, participants=held.participants + tally["people"], perfect=held.perfect + tally["perfect"]))


def summary_of(run: GradingRun) -> dict[str, Any]:
    """The counts of the preview: sittings and people whose figures change, up, down, out, back in."""
    before, after = (column["points"].as_integer() for column in (RunMark.before, RunMark.after))
    up, down, same, out, back = db.session.execute(
        select(_number(after > before), _number(after < before), _number(after == before), _number(after.is_(None)),
               _number(before.is_(None))).where(RunMark.run_id == run.id)).one()
    held, new = RunPlace.before_key, RunPlace.after_key
    changed, gone = db.session.execute(
        select(_number(held != new), _number((held != "") & (new == ""))).where(RunPlace.run_id == run.id)).one()
    return {"sittings": {"up": up, "down": down, "same": same, "out": out, "back": back},
            "people": {"changed": changed, "out": gone}}


def _number(which: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((which, 1)))


def _mark(row: Any) -> dict[str, int]:
    return {name: getattr(row, name) for name in MARK}


def _rest(row: Any, gone: Collection[str]) -> dict[str, Any]:
    """The rest of a result that goes, so that it can be put back as it was."""
    if row.attempt_id not in gone:
        return {}
    return _kept(row.entry_id, row.taken_ms, row.finished_at, row.graded_at, row.state)


def _kept(entry_id: str, taken_ms: int, finished_at: datetime, graded_at: datetime, state: str) -> dict[str, Any]:
    """What is kept of a result besides its figures, as JSON."""
    return {"entry_id": entry_id, "taken_ms": taken_ms, "finished_at": to_ms(finished_at),
            "graded_at": to_ms(graded_at), "state": state}


def _figures(total: marks.Total) -> dict[str, int]:
    return {name: getattr(total, name) for name in MARK}
