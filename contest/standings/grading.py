"""What finished attempts come to, computed from their papers, answers and keys. Writes nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from contest.delivery import timing
from contest.delivery.models import PaperItem
from contest.delivery.queries import counted_choices
from contest.extensions import db
from contest.questions.keys import AnswerKey
from contest.questions.models import QuestionVersion
from contest.scoring import marks
from contest.scoring.judging import CHOICES, Question


@dataclass(frozen=True)
class Finished:
    """A finished attempt that is to be scored."""

    id: str
    round_id: str
    entry_id: str
    started_at: datetime
    finished_at: datetime
    paused_ms: int = 0

    @property
    def taken_ms(self) -> int:
        return timing.taken_ms(self.started_at, self.finished_at, self.paused_ms)


def keyed(version_ids: Iterable[str]) -> dict[str, Question]:
    """Version → the question with its key. A version without a key is missing from the answer."""
    rows = db.session.execute(
        select(QuestionVersion.id, QuestionVersion.type, QuestionVersion.points, QuestionVersion.parts,
               AnswerKey.correct, AnswerKey.credits, AnswerKey.settings)
        .join(AnswerKey, AnswerKey.version_id == QuestionVersion.id)
        .where(QuestionVersion.id.in_(sorted(set(version_ids))))
    )
    return {
        id_: Question(type_, points, frozenset(correct) if type_ in CHOICES else correct, worth, settings or {},
                      {part["id"]: part["kind"] for part in parts if "kind" in part})
        for id_, type_, points, parts, correct, worth, settings in rows
    }


def totals(attempt_ids: Sequence[str]) -> dict[str, marks.Total]:
    """Attempt → its total, by the answers that count and today's keys.

    Three statements whatever the number of attempts. Raises KeyError for a question without a key.
    """
    papers: dict[str, list[tuple[int, str]]] = {id_: [] for id_ in attempt_ids}
    for attempt_id, slot, version_id in db.session.execute(
        select(PaperItem.attempt_id, PaperItem.slot, PaperItem.version_id)
        .where(PaperItem.attempt_id.in_(attempt_ids))
    ):
        papers[attempt_id].append((slot, version_id))
    keys = keyed(version_id for paper in papers.values() for _slot, version_id in paper)
    chosen = counted_choices(attempt_ids)
    found: dict[str, marks.Total] = {}
    for attempt_id, paper in papers.items():
        choices = chosen.get(attempt_id, {})
        marked = [marks.mark(keys[version], choices.get(slot)) for slot, version in paper]
        found[attempt_id] = marks.total(marked, [keys[version].points for _slot, version in paper])
    return found
