"""Questions that resemble each other, within a bank and across banks.

Candidates share a band of their signatures, which is an indexed join; each is then compared as a
whole, so what is called alike is. Retired questions have no twins; questions of a sealed bank are
compared only by those who read that bank.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from sqlalchemy import Select, and_, exists, func, literal, or_, select, tuple_
from sqlalchemy.orm import aliased

from contest.columns import Id
from contest.extensions import db
from contest.questions import similarity
from contest.questions.cards import Card, cards_of
from contest.questions.content import Content
from contest.questions.models import Bank, Question, SimilarityBand, TwinVerdict
from contest.questions.similarity import Likeness, Traits

PAGE = 10  # pairs
BATCH = 1_500  # candidates looked at at once
SHARED = 60_000  # bands shared by the questions of a batch, about: a bank may be written by one pattern
BATCHES = 2  # batches a page may take: it shows what it has found, and where it stopped
CHUNK = 60  # contents whose bands are looked up by one statement
LIKELY = 8  # candidates that a content is compared with, those that share most bands
_LAST = "f" * 32  # no id is greater


@dataclass(frozen=True)
class Pair:
    """Two questions and how they resemble each other; the banks' ids and titles beside them."""

    one: Card
    other: Card
    likeness: Likeness
    one_bank: tuple[str, str]
    other_bank: tuple[str, str]


@dataclass(frozen=True)
class PairPage:
    """Pairs in the order of their first questions' making. `after` goes on from there; None: that was all."""

    pairs: list[Pair]
    after: tuple[str, str] | None


def pairs(bank_id: str | None, *, after: tuple[str, str] | None = None, size: int = PAGE) -> PairPage:
    """Pairs of which one question is in this bank (None: of any bank), without those that both stay.

    Four statements for a batch, `BATCHES` at most, whatever the size of the banks.
    """
    found: list[Pair] = []
    for _ in range(BATCHES):
        wanted, last = _candidates(bank_id, after)
        held = cards_of({key for pair in wanted for key in pair})
        titles = _banks(held) if wanted else {}
        traits = _Traits(held)
        for one, other in wanted:
            alike = similarity.likeness(traits[one], traits[other])
            if alike is not None:
                found.append(Pair(held[one], held[other], alike, titles[one], titles[other]))
                if len(found) == size:
                    return PairPage(found, (one, other))
        after = last
        if after is None:
            break
    return PairPage(found, after)


def near(contents: Sequence[Content], bank_id: str, *, anywhere: bool = False) -> list[list[tuple[str, Likeness]]]:
    """For each content the questions in use that it resembles, the most alike first: [(question, likeness)].

    Of this bank, or with `anywhere` of every bank that is not sealed too. A few statements for every
    60 contents. Exact twins are among them, as likeness "same".
    """
    found: list[list[tuple[str, Likeness]]] = []
    for start in range(0, len(contents), CHUNK):
        chunk = [similarity.traits(content) for content in contents[start:start + CHUNK]]
        likely = _likely(chunk, bank_id, anywhere=anywhere)
        held = _Traits(cards_of({key for row in likely for key in row}))
        for one, row in zip(chunk, likely, strict=True):
            alike = [(key, likeness) for key in row if (likeness := similarity.likeness(one, held[key]))]
            found.append(sorted(alike, key=lambda pair: (pair[1].kind != "same", -pair[1].percent, pair[0])))
    return found


class _Traits(dict[str, Traits]):
    """The traits of questions, each found out when it is first asked for."""

    def __init__(self, held: Mapping[str, Card]) -> None:
        super().__init__()
        self.held = held

    def __missing__(self, key: str) -> Traits:
        self[key] = similarity.traits(self.held[key].content)
        return self[key]


def _likely(chunk: Sequence[Traits], bank_id: str, *, anywhere: bool) -> list[list[str]]:
    """For each the questions to compare it with: those of its identity, and `LIKELY` that share most bands."""
    keys = [similarity.bands(one.shingles) for one in chunk]
    owners: dict[int, list[str]] = {}
    twins: dict[str, set[str]] = {}
    for value, key, identity in db.session.execute(
            select(SimilarityBand.value, SimilarityBand.question_id, Question.content_hash)
            .join(Question, Question.id == SimilarityBand.question_id).join(Bank, Bank.id == Question.bank_id)
            .where(SimilarityBand.value.in_({value for row in keys for value in row}), Question.retired_at.is_(None),
                   or_(Question.bank_id == bank_id, Bank.sealed_at.is_(None)) if anywhere
                   else Question.bank_id == bank_id)):
        owners.setdefault(value, []).append(key)
        twins.setdefault(identity, set()).add(key)
    most = {row: [key for key, _ in Counter(key for value in row for key in owners.get(value, ())).most_common(LIKELY)]
            for row in set(keys)}
    return [list(dict.fromkeys([*twins.get(one.identity, ()), *most[row]]))
            for one, row in zip(chunk, keys, strict=True)]


def _candidates(bank_id: str | None, after: tuple[str, str] | None) -> tuple[list[tuple[str, str]],
                                                                             tuple[str, str] | None]:
    """Pairs that share a band, in order, after a pair; and the pair to go on from, None at the end."""
    unsealed = select(Bank.id).where(Bank.sealed_at.is_(None))
    last, end = _window(bank_id, unsealed, after)
    if last is None:
        return [], None
    first, second = aliased(SimilarityBand), aliased(SimilarityBand)
    one, other = aliased(Question), aliased(Question)
    statement = (
        select(one.id, other.id).select_from(first)
        .join(one, one.id == first.question_id)
        .join(second, and_(second.value == first.value, second.question_id != first.question_id))
        .join(other, other.id == second.question_id)
        .where(first.question_id <= last, one.retired_at.is_(None), other.retired_at.is_(None), ~exists().where(or_(*(
            and_(TwinVerdict.first_id == left.id, TwinVerdict.second_id == right.id,
                 TwinVerdict.first_version == left.version, TwinVerdict.second_version == right.version)
            for left, right in ((one, other), (other, one))))))
    )
    if bank_id is None:
        statement = statement.where(other.id > one.id, one.bank_id.in_(unsealed), other.bank_id.in_(unsealed))
    else:
        statement = statement.where(one.bank_id == bank_id, or_(
            and_(other.bank_id == bank_id, other.id > one.id),
            and_(other.bank_id != bank_id, other.bank_id.in_(unsealed))))
    if after is not None:
        mark = tuple_(literal(after[0], Id()), literal(after[1], Id()))
        statement = statement.where(first.question_id >= after[0], tuple_(one.id, other.id) > mark)
    rows = [(left, right) for left, right in db.session.execute(
        statement.order_by(first.question_id, second.question_id).limit(BATCH))]
    following = rows[-1] if len(rows) == BATCH else None if end else (last, _LAST)
    return list(dict.fromkeys(rows)), following


def _window(bank_id: str | None, unsealed: Select[str], after: tuple[str, str] | None) -> tuple[str | None, bool]:
    """The last of the questions to look at together, None where there are none; whether it is the last of all.

    They share `SHARED` bands with others, or it is one question. Few values are shared: one run
    through an index finds them.
    """
    shared = (select(SimilarityBand.value, (func.count() - 1).label("others")).group_by(SimilarityBand.value)
              .having(func.count() > 1).subquery())
    statement = (select(SimilarityBand.question_id, func.sum(shared.c.others))
                 .join(shared, shared.c.value == SimilarityBand.value)
                 .join(Question, Question.id == SimilarityBand.question_id)
                 .where(Question.retired_at.is_(None),
                        Question.bank_id == bank_id if bank_id else Question.bank_id.in_(unsealed))
                 .group_by(SimilarityBand.question_id).order_by(SimilarityBand.question_id).limit(BATCH + 1))
    if after is not None:
        key = SimilarityBand.question_id
        statement = statement.where(key > after[0] if after[1] == _LAST else key >= after[0])
    rows = [(key, int(others)) for key, others in db.session.execute(statement)]
    sums = list(accumulate(others for _, others in rows))
    taken = max(1, bisect_right(sums, SHARED))
    return (rows[min(taken, BATCH, len(rows)) - 1][0], taken >= len(rows) <= BATCH) if rows else (None, True)


def _banks(held: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Question → (id, title) of its bank."""
    return {key: (bank_id, title) for key, bank_id, title in db.session.execute(
        select(Question.id, Bank.id, Bank.title).join(Bank, Bank.id == Question.bank_id)
        .where(Question.id.in_(held)))}
