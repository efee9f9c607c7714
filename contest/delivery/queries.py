"""What a sitting looks like: its paper, its saved answers, its time. Nothing here knows a key."""

import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Select, and_, bindparam, case, select, type_coerce

from contest.bulk import one_of
from contest.columns import Id
from contest.delivery import timing
from contest.delivery.answers import Choice, order, read
from contest.delivery.facts import ContestRow, RoundRow
from contest.delivery.models import Attempt, Flag, PaperItem, Response
from contest.delivery.prediction import written
from contest.errors import Missing
from contest.extensions import db
from contest.prepared import Statement, prepared
from contest.questions.models import QuestionVersion
from contest.questions.paper import Cell, Plan, PoolItem
from contest.questions.shown import Item, Option, Part, Version, item_of, version_of
from contest.rounds.models import Contest, Round, RoundQuestion
from contest.rounds.pools import COLUMNS, item_of_row, penalty_in

__all__ = ["Item", "Option", "Part", "Version"]

POOLS_KEPT = 16  # rounds; each some 300 kB
ATTEMPTS_READ = 500  # per statement


@dataclass(frozen=True)
class Pool:
    """What a published round draws from. It never changes once the round is published."""

    items: tuple[PoolItem, ...]
    versions: Mapping[str, Version]
    _plans: dict[tuple[Cell, ...], Plan] = field(default_factory=dict, compare=False, repr=False)

    def plan(self, cells: tuple[Cell, ...]) -> Plan:
        """The pool made ready for this blueprint, once a process: it takes 7 µs a question, a draw then 2 ms."""
        found = self._plans.get(cells)
        if found is None:
            found = self._plans[cells] = Plan(self.items, cells)
        return found


@dataclass(frozen=True)
class AttemptView:
    """A sitting as its own contestant may see it."""

    id: str
    round_id: str
    round_title: str
    contest: Contest | ContestRow
    number: int
    attempts_allowed: int
    generation: int
    owner: str  # the sign-in that saves; another one reads, and may take over
    state: str  # open, submitted, expired, void: as of `now`, whatever has been swept
    started_at: datetime
    deadline: datetime
    finished_at: datetime | None
    paused_ms: int  # between an end and a reopening
    receipt: str | None  # None while it is open
    rules_version: int
    asks: str  # the round's kind of prediction, "none" for none
    asks_text: str  # of a "number": what is asked for
    prediction: int | None
    opinion: str  # the round's question of opinion, "" for none
    remaining_ms: int
    now: datetime
    items: tuple[Item, ...]

    @property
    def answered(self) -> int:
        return sum(item.choice is not None for item in self.items)

    def taken_ms(self, until: datetime) -> int:
        """How long it took, where it ended at `until`."""
        return timing.taken_ms(self.started_at, until, self.paused_ms)

    @property
    def guess(self) -> str:
        """The prediction as a reader writes it, "" for none."""
        return written(self.asks, self.prediction)

    @property
    def guess_missing(self) -> bool:
        """True where the round asks for a prediction and none was given yet."""
        return self.asks != "none" and self.prediction is None

    @property
    def saved_at(self) -> datetime | None:
        """When the latest answer that counts arrived."""
        return max((item.saved_at for item in self.items if item.saved_at), default=None)


_pools: OrderedDict[tuple[str, int], Pool] = OrderedDict()
_pools_guard = threading.Lock()


def pool(round_id: str, rules_version: int) -> Pool:
    """The pool of a published round, read once a process."""
    key = (round_id, rules_version)
    with _pools_guard:
        if key in _pools:
            _pools.move_to_end(key)
            return _pools[key]
    loaded = _load_pool(round_id)
    with _pools_guard:
        _pools[key] = loaded
        while len(_pools) > POOLS_KEPT:
            _pools.popitem(last=False)
    return loaded


def _load_pool(round_id: str) -> Pool:
    rows = db.session.execute(
        select(*COLUMNS, QuestionVersion.stem, QuestionVersion.options, QuestionVersion.parts, QuestionVersion.markup,
               QuestionVersion.penalty, Round.scoring)
        .join(QuestionVersion, QuestionVersion.id == RoundQuestion.version_id)
        .join(Round, Round.id == RoundQuestion.round_id)
        .where(RoundQuestion.round_id == round_id)
    ).all()
    return Pool(
        items=tuple(map(item_of_row, rows)),
        versions={r.version_id: version_of(r.version_id, r.type, r.stem, r.options, r.parts, markup=r.markup,
                                           penalty=penalty_in(r.scoring, r.type, r.penalty)) for r in rows},
    )


def paper(attempt: Attempt) -> tuple[Item, ...]:
    """The questions of an attempt, in their order, without answers or flags."""
    versions = pool(attempt.round_id, attempt.rules_version).versions
    rows = db.session.scalars(
        select(PaperItem).where(PaperItem.attempt_id == attempt.id).order_by(PaperItem.slot))
    return tuple(item_of(versions[row.version_id], row.slot, *order(row.options)) for row in rows)


class AttemptRow(NamedTuple):
    """The columns of an attempt that its contestant's view is made of."""

    id: str
    round_id: str
    number: int
    rules_version: int
    generation: int
    owner: str
    state: str
    started_at: datetime
    time_limit_at: datetime
    finished_at: datetime | None
    paused_ms: int
    receipt: str | None
    prediction: int | None


def attempt_view(attempt_id: str, account_id: str, now: datetime) -> AttemptView:
    """The sitting with its answers, for the person whose it is. Raises `Missing` for anyone else."""
    rows = _own_columns.here(attempt=attempt_id, account=account_id)
    if not rows:
        raise Missing
    *cells, grace_ms = rows[0]
    attempt, cells = AttemptRow(*cells[:len(AttemptRow._fields)]), cells[len(AttemptRow._fields):]
    round_, contest = RoundRow(*cells[:len(RoundRow._fields)]), ContestRow(*cells[len(RoundRow._fields):])
    return view_of(attempt, round_, contest, _answered_items(attempt, round_.closes_at, grace_ms), now)


def attempt_in_round(attempt_id: str, account_id: str, now: datetime) -> tuple[AttemptView, Round]:
    """As `attempt_view`, with the whole round that was read beside it."""
    found = db.session.execute(_own_attempt(), {"attempt": attempt_id, "account": account_id}).one_or_none()
    if found is None:
        raise Missing
    attempt, round_, contest = found
    items = _answered_items(attempt, round_.closes_at, round_.grace_ms)
    return view_of(attempt, round_, contest, items, now), round_


@prepared
def _own_columns(_database: str) -> Statement:
    columns = [getattr(table, name) for table, kind in (
        (Attempt, AttemptRow), (Round, RoundRow), (Contest, ContestRow)) for name in kind._fields]
    return _own(select(*columns, Round.grace_ms))


@cache
def _own_attempt() -> Select[*tuple[Any, ...]]:
    """Made once: putting it together costs as much as running it."""
    return _own(select(Attempt, Round, Contest))


def _own(chosen: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return (
        chosen.join(Round, Round.id == Attempt.round_id)
        .join(Contest, Contest.id == Round.contest_id)
        .where(Attempt.id == bindparam("attempt", type_=Id), Attempt.account_id == bindparam("account", type_=Id))
    )


@prepared
def _answered(_database: str) -> Statement:
    return (
        select(PaperItem.slot, PaperItem.version_id, PaperItem.options,
               Flag.slot.label("flag"), Response.seq, Response.choice, Response.received_at)
        .outerjoin(Flag, and_(Flag.attempt_id == PaperItem.attempt_id, Flag.slot == PaperItem.slot))
        .outerjoin(Response, and_(Response.attempt_id == PaperItem.attempt_id, Response.slot == PaperItem.slot))
        .where(PaperItem.attempt_id == bindparam("attempt", type_=Id))
        .order_by(PaperItem.slot, Response.generation, Response.seq)
    )


def asked(attempt_id: str) -> str:
    """What the attempt's round asks to predict; "none" also for an unknown attempt."""
    return db.session.scalar(
        select(Round.prediction).join(Attempt, Attempt.round_id == Round.id).where(Attempt.id == attempt_id)) or "none"


def view_of(attempt: Attempt | AttemptRow, round_: Round | RoundRow, contest: Contest | ContestRow,
            items: Iterable[Item], now: datetime) -> AttemptView:
    """The view of rows that are at hand; asks nothing."""
    deadline = timing.deadline(attempt.time_limit_at, round_.closes_at)
    state, finished_at = timing.as_of(now, attempt.state, attempt.finished_at, deadline,
                                      cancelled=round_.state == "cancelled")
    return AttemptView(
        id=attempt.id, round_id=round_.id, round_title=round_.title, contest=contest,
        number=attempt.number, attempts_allowed=round_.attempts_allowed,
        generation=attempt.generation, owner=attempt.owner, state=state,
        started_at=attempt.started_at, deadline=deadline, finished_at=finished_at, paused_ms=attempt.paused_ms,
        receipt=attempt.receipt if state in ("submitted", "expired") else None,
        rules_version=attempt.rules_version, asks=round_.prediction,
        asks_text=round_.prediction_text, prediction=attempt.prediction,
        opinion=round_.opinion,
        remaining_ms=timing.remaining_ms(now, deadline, finished_at) if state == "open" else 0,
        now=now, items=tuple(items),
    )


def _answered_items(attempt: Attempt | AttemptRow, closes_at: datetime, grace_ms: int) -> list[Item]:
    rows = _answered.here(attempt=attempt.id)
    versions = pool(attempt.round_id, attempt.rules_version).versions
    deadline = timing.deadline(attempt.time_limit_at, closes_at)
    items: dict[int, tuple[str, str, bool]] = {}
    saved: dict[int, dict[str, Any]] = {}
    for slot, version_id, offered, flag, seq, choice, received_at in rows:
        items[slot] = version_id, offered, flag is not None
        if seq and timing.counts(received_at, deadline, attempt.finished_at, grace_ms):
            saved[slot] = {"choice": choice, "seq": seq, "saved_at": received_at}
    for answer in saved.values():
        answer["choice"] = read(answer["choice"])
    return [item_of(versions[version_id], slot, *order(offered), flagged=flagged, **saved.get(slot, {}))
            for slot, (version_id, offered, flagged) in items.items()]


def counted_choices(attempt_ids: Sequence[str],
                    versions: Collection[str] | None = None) -> dict[str, dict[int, Choice]]:
    """Attempt → slot → the answer that counts; a slot without an answer or cleared is absent.

    Per slot the highest (generation, seq) among the answers that `timing.counts`, which the statement says
    in its own words. Every attempt asked for is a key; one statement for each 500. `versions`: only of
    these questions.
    """
    limit, closes, finished = (type_coerce(column, BigInteger) for column in (
        Attempt.time_limit_at, Round.closes_at, Attempt.finished_at))
    deadline = case((limit < closes, limit), else_=closes)
    in_time = type_coerce(Response.received_at, BigInteger) < case(
        (finished < deadline, finished + 1), else_=deadline + Round.grace_ms)
    answers = (select(Response.attempt_id, Response.slot, Response.choice)
               .join(Attempt, Attempt.id == Response.attempt_id).join(Round, Round.id == Attempt.round_id)
               .order_by(Response.attempt_id, Response.slot, Response.generation, Response.seq).where(in_time))
    if versions is not None:
        answers = answers.join(PaperItem, and_(
            PaperItem.attempt_id == Response.attempt_id, PaperItem.slot == Response.slot,
            PaperItem.version_id.in_(sorted(versions))))
    asked = Response.attempt_id if versions is None else PaperItem.attempt_id
    chosen: dict[str, dict[int, Choice]] = {attempt_id: {} for attempt_id in attempt_ids}
    for start in range(0, len(attempt_ids), ATTEMPTS_READ):
        rows = db.session.execute(answers.where(one_of(asked, attempt_ids[start:start + ATTEMPTS_READ])))
        for attempt_id, slot, text in rows:
            choice = read(text)
            if choice is None:
                chosen[attempt_id].pop(slot, None)
            else:
                chosen[attempt_id][slot] = choice
    return chosen
