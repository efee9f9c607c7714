"""The questions of a round as organisers look for a wrong key: how many had them, how many had them right."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select, true

from contest.delivery.models import PaperItem
from contest.delivery.queries import counted_choices
from contest.extensions import db
from contest.identity.names import fold
from contest.questions.keys import AnswerKey
from contest.questions.models import Question as BankQuestion
from contest.questions.models import QuestionVersion
from contest.questions.shown import Version, version_of
from contest.rounds.models import Round, RoundQuestion
from contest.scoring.judging import Question
from contest.standings.grading import grader_of
from contest.standings.keys import Ruled, corrections_of, ruled, runs_in_force
from contest.standings.models import Result

SAMPLE = 1_000  # the latest sittings that shares are told from
PAGE = 25


@dataclass(frozen=True)
class Asked:
    """A question of the round. `right` of the `asked` sittings of the sample had it wholly right."""

    version_id: str
    code: str | None
    stem: str
    markup: bool
    type: str
    asked: int
    right: int


@dataclass(frozen=True)
class Questions:
    """A page of questions, those with the smallest share of right answers first; `chosen` ones apart, in full."""

    chosen: list[Asked]
    rows: list[Asked]
    sample: int  # how many sittings the shares are told from
    whole: bool  # that these are all
    total: int
    page: int
    pages: int


def questions(round_: Round, text: str, chosen: Collection[str], page: int) -> Questions:
    """The questions of a round's pool whose stem or code holds `text`; versions that are none of its are left out."""
    wanted = fold(text)
    pool = set(db.session.scalars(
        select(RoundQuestion.version_id).join(QuestionVersion, QuestionVersion.id == RoundQuestion.version_id)
        .join(BankQuestion, BankQuestion.id == QuestionVersion.question_id)
        .where(RoundQuestion.round_id == round_.id,
               QuestionVersion.search_text.contains(wanted, autoescape=True)
               | (BankQuestion.code == text.strip()) if wanted else true())))
    asked, right, sample = shares(round_)
    order = sorted(pool - set(chosen), key=lambda one: (
        right[one] / asked[one] if asked[one] else 2, -asked[one], one))
    pages = max(1, -(-len(order) // PAGE))
    page = min(max(1, page), pages)
    shown = order[(page - 1) * PAGE:page * PAGE]
    rows = {row[0]: Asked(*row, asked[row[0]], right[row[0]]) for row in db.session.execute(
        select(QuestionVersion.id, BankQuestion.code, QuestionVersion.stem, QuestionVersion.markup,
               QuestionVersion.type)
        .join(BankQuestion, BankQuestion.id == QuestionVersion.question_id)
        .join(RoundQuestion, RoundQuestion.version_id == QuestionVersion.id)
        .where(RoundQuestion.round_id == round_.id, QuestionVersion.id.in_([*shown, *chosen])))}
    return Questions([rows[one] for one in dict.fromkeys(chosen) if one in rows], [rows[one] for one in shown], sample,
                     sample < SAMPLE, len(order), page, pages)


def shares(round_: Round) -> tuple[Counter[str], Counter[str], int]:
    """(version → sittings that had it, version → that had it right, how many sittings): of the latest `SAMPLE`."""
    attempts = list(db.session.scalars(select(Result.attempt_id).where(
        Result.round_id == round_.id).order_by(Result.attempt_id.desc()).limit(SAMPLE)))
    papers: dict[str, list[tuple[int, str]]] = {id_: [] for id_ in attempts}
    for attempt_id, slot, version_id in db.session.execute(
        select(PaperItem.attempt_id, PaperItem.slot, PaperItem.version_id).where(PaperItem.attempt_id.in_(attempts))
    ):
        papers[attempt_id].append((slot, version_id))
    grader, chosen = grader_of(round_), counted_choices(attempts)
    grader.learn({version_id for paper in papers.values() for _slot, version_id in paper})
    given = grader.finals(attempts)
    asked, right = Counter[str](), Counter[str]()
    for attempt_id, paper in papers.items():
        for slot, version_id in paper:
            marked = grader.mark(version_id, chosen[attempt_id].get(slot), given.get((attempt_id, slot)))
            asked[version_id] += 1
            right[version_id] += marked is not None and marked.correct
    return asked, right, len(attempts)


@dataclass(frozen=True)
class Open:
    """A question whose key may be put right: as it is shown, with what holds now. `banks`: whose question it is."""

    version: Version
    code: str | None
    bank_id: str
    question: Question
    kind: str  # of what holds now: "key", "full" or "out"


def to_correct(round_: Round, version_ids: Collection[str]) -> list[Open]:
    """These questions of the round with their keys, in the order asked for; others are left out.

    Who reads it is to be on record where a bank is sealed: `banks_of` comes first.
    """
    rows = {row.id: row for row in db.session.execute(
        select(QuestionVersion.id, QuestionVersion.type, QuestionVersion.stem, QuestionVersion.options,
               QuestionVersion.parts, QuestionVersion.markup, BankQuestion.code, RoundQuestion.bank_id)
        .join(BankQuestion, BankQuestion.id == QuestionVersion.question_id)
        .join(RoundQuestion, RoundQuestion.version_id == QuestionVersion.id)
        .join(AnswerKey, AnswerKey.version_id == QuestionVersion.id)
        .where(RoundQuestion.round_id == round_.id, QuestionVersion.id.in_(list(version_ids))))}
    keys = held(round_, rows)
    return [Open(version_of(row.id, row.type, row.stem, row.options, row.parts, markup=row.markup), row.code,
                 row.bank_id, keys[row.id].question, keys[row.id].kind)
            for row in (rows[one] for one in dict.fromkeys(version_ids) if one in rows)]


def held(round_: Round, version_ids: Collection[str]) -> dict[str, Ruled]:
    """Version → the key that holds now."""
    return ruled(version_ids, corrections_of(runs_in_force(round_.id)), {})


def banks_of(round_id: str, version_ids: Collection[str]) -> list[str]:
    """The banks that these questions of a round come from."""
    return list(db.session.scalars(select(RoundQuestion.bank_id).distinct().where(
        RoundQuestion.round_id == round_id, RoundQuestion.version_id.in_(list(version_ids)))))
