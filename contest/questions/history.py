"""A question through its versions: who wrote each, when, and what it changed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from contest.extensions import db
from contest.identity.models import Account
from contest.questions.cards import Card, earlier
from contest.questions.content import Choice, Content
from contest.questions.differences import Pair, align, compare
from contest.questions.models import QuestionVersion


@dataclass(frozen=True)
class Row:
    """Something of a question beside what it was; `right` and `was_right` are of options, None elsewhere.

    `field`: stem, option, part, gap, scoring, topic, level, explanation, citation.
    """

    field: str
    pair: Pair
    right: bool | None = None
    was_right: bool | None = None

    @property
    def changed(self) -> bool:
        return self.pair.changed or self.right != self.was_right


@dataclass(frozen=True)
class Step:
    """A version and what it changed; the first has no rows."""

    version: int
    by: str | None  # a name; None: the command line
    at: datetime
    rows: list[Row]


Terms = Callable[[Content], str]  # how a question is marked, in words


def steps(card: Card, terms: Terms) -> list[Step]:
    """The versions of a question, the latest first. Two statements."""
    cards = [card, *earlier(card.question_id, card.version)]
    people: dict[int, str | None] = {row.number: row.name for row in db.session.execute(
        select(QuestionVersion.number, Account.name).outerjoin(Account, Account.id == QuestionVersion.created_by)
        .where(QuestionVersion.question_id == card.question_id))}
    before = [*(one.content for one in cards[1:]), None]
    return [Step(one.version, people.get(one.version), one.created_at,
                 [row for row in differences(old, one.content, terms) if row.changed] if old else [])
            for one, old in zip(cards, before, strict=True)]


def differences(old: Content, new: Content, terms: Terms) -> list[Row]:
    """Every text of two contents side by side, options by their likeness, and how they are marked."""
    found = [Row("stem", compare(old.stem, new.stem)), *_choices(old.choices, new.choices)]
    found += _listed("part", [_said(old, n) for n in range(len(old.parts))],
                     [_said(new, n) for n in range(len(new.parts))])
    found += _listed("gap", _gaps(old), _gaps(new))
    found.append(Row("scoring", compare(terms(old), terms(new))))
    for name in ("topic", "level", "explanation", "citation"):
        found.append(Row(name, compare(getattr(old, name) or "", getattr(new, name) or "")))
    return found


def _choices(old: Sequence[Choice], new: Sequence[Choice]) -> list[Row]:
    return [Row("option", compare(old[i].text if i is not None else "", new[k].text if k is not None else ""),
                new[k].right if k is not None else None, old[i].right if i is not None else None)
            for i, k in align([choice.text for choice in old], [choice.text for choice in new])]


def _listed(name: str, old: Sequence[str], new: Sequence[str]) -> list[Row]:
    return [Row(name, compare(old[i] if i is not None else "", new[k] if k is not None else ""))
            for i, k in align(old, new)]


def _said(content: Content, number: int) -> str:
    part = content.parts[number]
    return f"{part.text} → {content.choices[part.option].text}"


def _gaps(content: Content) -> list[str]:
    return [" / ".join(answer.text for answer in gap.answers) for gap in content.gaps]
