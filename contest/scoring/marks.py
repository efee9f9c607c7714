"""What one response is worth, and what a paper comes to."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from contest.scoring.judging import Answer, Question, judge
from contest.scoring.rounding import half_up
from contest.scoring.rules import OWN, Prepared, rule_of


@dataclass(frozen=True)
class Marked:
    """One response, marked. `points` in hundredths; `correct` means the full points.

    `pending`: it was answered and waits for a person to mark it; worth 0 until then.
    """

    points: int
    correct: bool
    answered: bool
    pending: bool = False


@dataclass(frozen=True)
class Total:
    """A paper, marked. Points in hundredths, the rest counts of items.

    `max_points` is the whole paper's; `pending` items are not in `points` yet.
    """

    points: int
    max_points: int
    correct: int
    answered: int
    items: int
    pending: int = 0
    raw_points: int = 0  # before the floor


def mark(question: Question, answer: Answer | None, rule: Prepared | None = None,
         marking: Mapping[str, Prepared] = OWN, given: int | None = None) -> Marked:
    """The mark of one response, by `rule`, else by what a policy says of its type, else by its own (`rules.rule_of`).

    Nothing answered is worth 0; an essay waits for a person, until its mark is `given` (hundredths).
    Raises ValueError for a question without a key or without points: it can't be marked, and must not pass
    for a wrong answer.
    """
    if question.points <= 0:
        raise ValueError("an item without points")
    if question.type == "essay":
        return _essay(question.points, bool(answer), given)
    if not question.correct:
        raise ValueError("an item without a key")
    if not answer:
        return Marked(0, correct=False, answered=False)
    top, bottom = (rule or rule_of(question, marking)).worth(judge(question, answer))
    return Marked(half_up(question.points * top, bottom), correct=top >= bottom, answered=True)


def _essay(points: int, answered: bool, given: int | None) -> Marked:
    if given is not None and not 0 <= given <= points:
        raise ValueError("a mark beyond the question's points")
    worth = given or 0 if answered else 0
    return Marked(worth, correct=worth == points, answered=answered, pending=answered and given is None)


def total(marked: Collection[Marked], worth: Collection[int], *, floor: bool = True) -> Total:
    """The sum over a paper: its items' marks and what each was worth, in the same order.

    A negative sum is floored at 0 unless `floor` is False. Raises ValueError where the two differ in length.
    """
    if len(marked) != len(worth):
        raise ValueError("as many marks as items")
    points = sum(m.points for m in marked)
    return Total(
        points=max(0, points) if floor else points,
        max_points=sum(worth),
        correct=sum(m.correct for m in marked),
        answered=sum(m.answered for m in marked),
        items=len(marked),
        pending=sum(m.pending for m in marked),
        raw_points=points,
    )


def passed(points: int, max_points: int, pass_percent: int | None) -> bool | None:
    """True where the points are at least `pass_percent` of the whole paper's; None where no mark is set."""
    return None if pass_percent is None else points * 100 >= max_points * pass_percent
