"""The grading runs of a round as they are on record: what each puts right, who made it, who decided."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from contest.delivery.models import Attempt
from contest.extensions import db
from contest.identity.models import Account, Grant
from contest.identity.permissions import ROLE_ACTIONS
from contest.questions.key_told import LETTERS, told
from contest.questions.models import Question as BankQuestion
from contest.questions.models import QuestionVersion
from contest.questions.shown import Version, laid_out, version_of
from contest.rounds.models import Contest, ContestUnit, Entry, Round
from contest.scoring import policy
from contest.scoring.judging import CHOICES, Question
from contest.scoring.policy import Policy
from contest.standings import proposals, run_sittings
from contest.standings.keys import Correction, corrections_of, ruled
from contest.standings.proposals import Line
from contest.standings.run_models import GradingRun, KeyCorrection

DECIDES = "contest.edit"  # who makes and decides runs
Answer = tuple[tuple[str, str], ...]  # (label, text) of each part, texts as they are stored


def runs(round_id: str) -> list[Line[GradingRun]]:
    """All runs of a round, the latest first. Three statements."""
    return proposals.lines(GradingRun, GradingRun.round_id == round_id)


def waiting(round_id: str) -> int:
    """How many runs of a round wait for somebody's decision."""
    return db.session.scalar(select(func.count()).select_from(GradingRun).where(
        GradingRun.round_id == round_id, GradingRun.state == "ready")) or 0


@dataclass(frozen=True)
class ToDecide:
    """A run whose preview stands and which waits for its second person."""

    run: GradingRun
    round: Round
    contest_title: str
    made_by: str


def to_decide(account_id: str) -> list[ToDecide]:
    """Runs that wait for this person's decision, or another's who did not make them; the longest waiting first."""
    return [ToDecide(*row) for row in db.session.execute(
        select(GradingRun, Round, Contest.title, Account.name).join(Round, Round.id == GradingRun.round_id)
        .join(Contest, Contest.id == Round.contest_id).join(Account, Account.id == GradingRun.made_by)
        .where(GradingRun.state == "ready", GradingRun.made_by != account_id)
        .order_by(GradingRun.built_at, GradingRun.id))]


def run(round_id: str, number: int) -> Line[GradingRun]:
    """One run of a round. Raises `Missing`."""
    return proposals.line(GradingRun, GradingRun.round_id == round_id, number)


@dataclass(frozen=True)
class Corrected:
    """A question that a run treats otherwise. `old` and `new`: its key in words, empty for the kinds full and out."""

    version: Version
    code: str | None
    old_kind: str
    old: Answer
    kind: str
    new: Answer


def corrected(row: GradingRun) -> list[Corrected]:
    """What a run puts right, question by question; of one that undoes another, that one's the other way round."""
    source = row if row.undoes_id is None else db.session.get_one(GradingRun, row.undoes_id)
    named = {one.version_id: Correction(one.kind, one.correct, one.credits) for one in db.session.scalars(
        select(KeyCorrection).where(KeyCorrection.run_id == source.id))}
    before = corrections_of(_in_force_before(source))
    old, new = ruled(named, before, {}), ruled(named, {**before, **named}, {})
    if row is not source:
        old, new = new, old
    rows = db.session.execute(
        select(QuestionVersion.id, QuestionVersion.type, QuestionVersion.stem, QuestionVersion.options,
               QuestionVersion.parts, QuestionVersion.markup, BankQuestion.code)
        .join(BankQuestion, BankQuestion.id == QuestionVersion.question_id)
        .where(QuestionVersion.id.in_(list(named))).order_by(QuestionVersion.id))
    found = []
    for id_, type_, stem, options, parts, markup, code in rows:
        version = version_of(id_, type_, stem, options, parts, markup=markup)
        found.append(Corrected(version, code, old[id_].kind, _answer(version, old[id_].question, old[id_].kind),
                               new[id_].kind, _answer(version, new[id_].question, new[id_].kind)))
    return found


def _answer(version: Version, question: Question, kind: str) -> Answer:
    return in_words(version, question) if kind == "key" else ()


def in_words(version: Version, question: Question) -> Answer:
    """The key of a question: the right options with the bank's letters, or the answer to each part."""
    if question.type in CHOICES:
        return tuple((letter, option.text) for letter, option in zip(LETTERS, version.options, strict=False)
                     if option.id in question.correct)
    return told(laid_out(version, "", 1, shuffle=False), question.correct).lines


def _in_force_before(source: GradingRun) -> list[GradingRun]:
    earlier = db.session.scalars(select(GradingRun).where(
        GradingRun.round_id == source.round_id, GradingRun.state == "applied", GradingRun.number < source.number)
        .order_by(GradingRun.number)).all()
    undone = {one.undoes_id for one in earlier if one.undoes_id}
    return [one for one in earlier if one.id not in undone and one.undoes_id is None]


def versions_of(row: GradingRun) -> list[str]:
    """The questions (versions) that a run, or the one that it undoes, names."""
    return list(db.session.scalars(select(KeyCorrection.version_id).where(
        KeyCorrection.run_id == (row.undoes_id or row.id)).order_by(KeyCorrection.version_id)))


def rules(row: GradingRun) -> tuple[Policy, Policy] | None:
    """The rules of scoring before and after a run whose preview was built; None where they stay."""
    if row.policy is None or "policy_before" not in row.summary:
        return None
    return policy.read(row.summary["policy_before"]), policy.read(row.policy)


def number(row: GradingRun) -> tuple[int, int] | None:
    """The true number of the prediction before and after a run whose preview was built; None where it stays."""
    if row.given is None or "given_before" not in row.summary:
        return None
    return row.summary["given_before"], row.given


@dataclass(frozen=True)
class Sitting:
    """A finished sitting that may go, or an annulled one that may count again."""

    attempt_id: str
    name: str
    unit: str | None
    number: int
    receipt: str | None
    void: bool
    reason: str = ""


@dataclass(frozen=True)
class Moves:
    """Whose sittings a run takes out of the competition, and which annulled ones it lets count again; by name."""

    out: list[Sitting]
    back: list[Sitting]


def moves(row: GradingRun) -> Moves:
    """The sittings that a run moves, each with the reason; all that it asks for where no preview stands."""
    moved = run_sittings.moved(row) if row.summary else None
    return Moves(*(_with(row, {id_: why for id_, why in asked.items() if moved is None or id_ in moved})
                   for asked in (run_sittings.out_of(row), run_sittings.back_of(row))))


def _with(row: GradingRun, reasons: Mapping[str, str]) -> list[Sitting]:
    rows = _sittings(row.round_id, Attempt.id.in_(list(reasons))) if reasons else ()
    return [replace(Sitting(*one), reason=reasons[one.id]) for one in rows]


def sittings(round_id: str, out: Collection[str], back: Collection[str], receipts: Collection[str]) -> list[Sitting]:
    """Sittings of a round, by name: finished ones by their ids in `out`, annulled ones by theirs in `back`, and both
    by the codes of their receipts.
    """
    void = Attempt.state == "void"
    which = or_(Attempt.id.in_(list(out)) & ~void, Attempt.id.in_(list(back)) & void,
                Attempt.receipt.in_(list(receipts)))
    return [Sitting(*one) for one in _sittings(round_id, which & (Attempt.state != "open"))]


def _sittings(round_id: str, which: ColumnElement[bool]) -> Sequence[Any]:
    return db.session.execute(
        select(Attempt.id, Account.name, ContestUnit.name.label("unit"), Attempt.number, Attempt.receipt,
               Attempt.state == "void")
        .join(Account, Account.id == Attempt.account_id).join(Entry, Entry.id == Attempt.entry_id)
        .outerjoin(ContestUnit, ContestUnit.id == Entry.counted_unit_id)
        .where(Attempt.round_id == round_id, which).order_by(Account.sort_key, Attempt.id)).all()


def deciders(but: str, limit: int = 6) -> list[str]:
    """The names of people who may decide a run that this account made."""
    roles = [role for role, actions in ROLE_ACTIONS.items() if DECIDES in actions]
    holders = select(Grant.account_id).where(Grant.role.in_(roles))
    return list(db.session.scalars(
        select(Account.name).where(Account.active, Account.id != but, Account.id.in_(holders))
        .order_by(Account.sort_key, Account.id).limit(limit)))


@dataclass(frozen=True)
class Notice:
    """The latest run that holds, as everybody may know it. `undoes`: the number of the run that it takes back."""

    number: int
    reason: str
    at: datetime | None
    undoes: int | None


def notice(round_id: str) -> Notice | None:
    """What everybody is told of a round that was graded anew; None where it was not. Two statements at most."""
    row = db.session.scalar(select(GradingRun).where(GradingRun.round_id == round_id, GradingRun.state == "applied")
                            .order_by(GradingRun.number.desc()).limit(1))
    if row is None:
        return None
    undoes = db.session.get_one(GradingRun, row.undoes_id).number if row.undoes_id else None
    return Notice(row.number, row.reason, row.decided_at, undoes)
