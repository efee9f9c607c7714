"""What one attempt came to, for the person whose it is."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from contest.columns import MILLISECOND
from contest.delivery.models import Attempt
from contest.delivery.queries import AttemptView, Item, attempt_view
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.questions.keys import AnswerKey
from contest.rounds.models import Round
from contest.scoring import marks
from contest.standings import gates
from contest.standings.board import rank_of
from contest.standings.grading import keyed
from contest.standings.queries import own_attempts, round_by_id, rules_of


@dataclass(frozen=True)
class ReviewOption:
    """An option as it was shown, with its letter."""

    letter: str
    text: str
    chosen: bool
    right: bool


@dataclass(frozen=True)
class ReviewItem:
    """One question with the answer given and the right one. `outcome`: right, wrong or blank."""

    slot: int
    type: str
    stem: str
    options: tuple[ReviewOption, ...]
    outcome: str
    explanation: str | None
    citation: str | None


@dataclass(frozen=True)
class AttemptResult:
    """An attempt's own result. `rank` is (rank, of how many) where the board is shown and it counts."""

    view: AttemptView
    round: Round
    total: marks.Total
    taken_ms: int
    finished_at: datetime
    provisional: bool
    rank: tuple[int, int] | None
    attempts_used: int
    review: tuple[ReviewItem, ...] | None
    review_later: bool  # the right answers will be shown once the round has closed


def attempt_result(attempt_id: str, account_id: str, now: datetime) -> AttemptResult:
    """The result, computed from the answers that count and the keys, so that nobody waits for the worker.

    Raises `Missing` for another person's attempt, 403 `not_yet` while the attempt is open or its
    score may not be shown, 403 `attempt_void` for one that was annulled.
    """
    view = attempt_view(attempt_id, account_id, now)
    round_ = round_by_id(view.round_id, privileged=False)
    rules = rules_of(round_)
    if view.state == "void":
        raise Refusal("attempt_void", 403)
    if view.finished_at is None or not gates.score_shown(rules, now):
        raise Refusal("not_yet", 403)
    review = _review(view) if gates.review_shown(rules, now) else None
    board = gates.board_shown(rules, now, privileged=False)
    return AttemptResult(
        view=view, round=round_, total=_total(view), taken_ms=(view.finished_at - view.started_at) // MILLISECOND,
        finished_at=view.finished_at, provisional=gates.provisional(rules, now),
        rank=rank_of(round_.id, attempt_id) if board else None,
        attempts_used=len(own_attempts(account_id, now, round_id=round_.id)),
        review=review, review_later=round_.result_shown == "review" and review is None,
    )


def owner_of(attempt_id: str) -> str:
    """The account whose attempt it is. Raises `Missing`."""
    owner = db.session.scalar(select(Attempt.account_id).where(Attempt.id == attempt_id))
    if owner is None:
        raise Missing
    return owner


def _total(view: AttemptView) -> marks.Total:
    keys = keyed(item.version_id for item in view.items)
    marker = marks.marker()
    worth = [keys[item.version_id].points for item in view.items]
    return marks.total([
        marker.mark(item.choice or (), keys[item.version_id].correct, points)
        for item, points in zip(view.items, worth, strict=True)
    ], worth)


def _review(view: AttemptView) -> tuple[ReviewItem, ...]:
    keys = {key.version_id: key for key in db.session.scalars(
        select(AnswerKey).where(AnswerKey.version_id.in_([item.version_id for item in view.items])))}
    return tuple(_review_item(item, keys[item.version_id]) for item in view.items)


def _review_item(item: Item, key: AnswerKey) -> ReviewItem:
    chosen, right = set(item.choice or ()), set(key.correct)
    outcome = "blank" if not chosen else "right" if chosen == right else "wrong"
    options = tuple(ReviewOption(chr(ord("A") + i), option.text, option.id in chosen, option.id in right)
                    for i, option in enumerate(item.options))
    return ReviewItem(item.slot, item.type, item.stem, options, outcome, key.explanation, key.citation)
