"""What one attempt came to, for the person whose it is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from contest.delivery import timing
from contest.delivery.queries import AttemptView, Item, attempt_in_round
from contest.errors import Refusal
from contest.extensions import db
from contest.marking import queries as marking
from contest.marking import records
from contest.questions.keys import AnswerKey
from contest.rounds.models import Round
from contest.scoring import counting, marks, predictions
from contest.scoring.judging import CHOICES
from contest.scoring.policy import Policy
from contest.standings import gates
from contest.standings.board import actual
from contest.standings.explained import Explained, explain
from contest.standings.grading import grader_of
from contest.standings.keys import Ruled
from contest.standings.outside import is_outside
from contest.standings.queries import rules_of, visible
from contest.standings.recorded import Notice, notice
from contest.standings.review import Line, lines, outcome


@dataclass(frozen=True)
class ReviewOption:
    """An option as it was shown, with its letter."""

    letter: str
    text: str
    chosen: bool
    right: bool


@dataclass(frozen=True)
class ReviewItem:
    """One question with the answer given and the right one.

    `outcome`: right, partial, wrong, blank, pending where a person has still to mark it, or out where it
    counts for nobody. Where the answer is not options, `lines` hold it part by part and `options` are
    empty. `kind`: "full" where everybody has its points, "out" as above, else "key".
    """

    slot: int
    type: str
    stem: str
    markup: bool  # stem, options and labels are Markdown, else plain; what was written never is
    options: tuple[ReviewOption, ...]
    lines: tuple[Line, ...]
    outcome: str
    points: int  # hundredths; below 0 where a rule takes some off
    max_points: int
    explanation: str | None
    citation: str | None
    kind: str = "key"
    corrected: bool = False  # a grading run put its key right: what explained the old one is left out
    essay: records.Line | None = None  # its marks by criterion, where the organiser tells them


@dataclass(frozen=True)
class Lacking:
    """What a paper lacks that had to be complete: how many questions, and the guess."""

    questions: int
    guess: bool


@dataclass(frozen=True)
class AttemptResult:
    """An attempt's own result. `rank` is (rank, of how many) where the board is shown and it counts.

    `lacking`: what makes it not valid, None where it is. `regraded`: what is told of the round's grading anew, None
    where it was not.
    """

    view: AttemptView
    round: Round
    total: marks.Total
    taken_ms: int
    finished_at: datetime
    provisional: bool
    passed: bool | None  # the pass mark, None where there is none or essays may still bring it
    rank: tuple[int, int] | None
    place: Explained | None  # why that rank
    outside: bool  # the person is on the contest's list of who may not take part
    review: tuple[ReviewItem, ...] | None
    review_later: bool  # the right answers will be shown once the round has closed
    regraded: Notice | None = None
    actual: int | None = None  # what predictions are compared with, where the board is shown and it is known
    lacking: Lacking | None = None

    @property
    def distance(self) -> int | None:
        """How far the prediction is from what is true; None where either is not there."""
        return predictions.distance(self.view.prediction, self.actual)


def attempt_result(attempt_id: str, account_id: str, now: datetime) -> AttemptResult:
    """The result, computed from the answers that count and the keys, so that nobody waits for the worker.

    Raises `Missing` for another person's attempt, 403 `not_yet` while the attempt is open or its
    score may not be shown, 403 `attempt_void` for one that was annulled.
    """
    view, round_ = attempt_in_round(attempt_id, account_id, now)
    rules = rules_of(round_)
    if view.state == "void":
        raise Refusal("attempt_void", 403)
    if view.finished_at is None or not gates.score_shown(rules, now):
        raise Refusal("not_yet", 403)
    grader = grader_of(round_)
    grader.learn({item.version_id for item in view.items})
    given = grader.finals([view.id])
    paper = grader.paper([(item.version_id, item.choice, given.get((view.id, item.slot))) for item in view.items])
    review = _review(view, paper, grader.corrections) if gates.review_shown(rules, now) else None
    seen = visible(round_, now)
    place = explain(seen.board_id, account_id) if seen else None
    outside = is_outside(round_.contest_id, account_id)
    place = place if place and place.attempt_id in (None, attempt_id) and not outside else None
    total = grader.total(paper)
    return AttemptResult(
        view=view, round=round_,
        total=total, passed=_passed(total, grader.rules.pass_percent),
        taken_ms=timing.taken_ms(view.started_at, view.finished_at, view.paused_ms),
        finished_at=view.finished_at, provisional=gates.provisional(rules, now),
        rank=(place.rank, place.of) if place else None, place=place,
        outside=outside,
        review=review, review_later=round_.result_shown == "review" and review is None,
        regraded=notice(round_.id) if grader.regraded else None,
        lacking=_lacking(view, total, grader.rules),
        actual=actual(seen.board_id) if seen and round_.prediction != "none" else None,
    )


def _lacking(view: AttemptView, total: marks.Total, rules: Policy) -> Lacking | None:
    if counting.valid(total.answered, total.items, guessed=not view.guess_missing, policy=rules):
        return None
    return Lacking(total.items - total.answered, view.guess_missing)


def _passed(total: marks.Total, pass_percent: int | None) -> bool | None:
    """Whether the pass mark is reached; None, too, while essays that wait could still bring it."""
    found = marks.passed(total.points, total.max_points, pass_percent)
    return None if total.pending and not found else found


def _review(view: AttemptView, paper: Sequence[tuple[Ruled, marks.Marked | None]],
            corrected: Collection[str]) -> tuple[ReviewItem, ...]:
    why = {version_id: (explanation, citation) for version_id, explanation, citation in db.session.execute(
        select(AnswerKey.version_id, AnswerKey.explanation, AnswerKey.citation)
        .where(AnswerKey.version_id.in_([item.version_id for item in view.items])))}
    why |= dict.fromkeys(corrected, (None, None))
    essays = _told(view)
    return tuple(replace(_review_item(item, ruled, one, *why[item.version_id]), corrected=item.version_id in corrected,
                         essay=essays.get(item.slot))
                 for item, (ruled, one) in zip(view.items, paper, strict=True))


def _told(view: AttemptView) -> dict[int, records.Line]:
    """Slot → the marks of the essay there, once marking is closed and where the organiser tells them."""
    if all(item.type != "essay" for item in view.items):
        return {}
    held = marking.marking_of(view.round_id)
    return records.of_attempt(view.id) if held.told and held.closed_at is not None else {}


def _review_item(item: Item, ruled: Ruled, marked: marks.Marked | None, explanation: str | None,
                 citation: str | None) -> ReviewItem:
    question, known = ruled.question, ruled.kind == "key"  # where there is no key, no answer is called right
    options: tuple[ReviewOption, ...] = ()
    if question.type in CHOICES:
        chosen = item.choice or ()
        right = question.correct if known else ()
        options = tuple(ReviewOption(chr(ord("A") + i), option.text, option.id in chosen, option.id in right)
                        for i, option in enumerate(item.options))
    shown = {option.id: option.text for option in item.options}
    parts = [(part.id, part.text, {o.id: o.text for o in part.options} or shown) for part in item.parts]
    said = lines(question, parts, item.choice)
    if not known:
        said = tuple(replace(line, expected=(), right=None) for line in said)
    return ReviewItem(item.slot, item.type, item.stem, item.markup, options, said,
                      outcome(marked) if marked else "out", marked.points if marked else 0,
                      question.points if marked else 0, explanation, citation, ruled.kind)
