"""What finished attempts come to, computed from their papers, answers and keys. Writes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, exists, select

from contest.bulk import one_of
from contest.columns import Id
from contest.delivery import timing
from contest.delivery.answers import Choice
from contest.delivery.models import PaperItem
from contest.delivery.queries import counted_choices
from contest.extensions import db
from contest.marking.queries import Finals, finals
from contest.prepared import Statement, prepared
from contest.rounds.models import Round
from contest.scoring import marks, policy
from contest.scoring.policy import Policy
from contest.standings.board_models import Board
from contest.standings.keys import Correction, Ruled, corrections_of, ruled, runs_in_force
from contest.standings.run_models import GradingRun

Marking = dict[tuple[str, object], marks.Marked | None]
Asked = tuple[str, Choice | None, int | None]  # a question, its answer, the mark of an essay


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


class Grader:
    """Marks papers of one round by one set of rules and keys; the same answer to the same question once only.

    `regraded`: a run was applied to the round, be it undone since.
    """

    def __init__(self, rules: Policy, corrections: Mapping[str, Correction], *, regraded: bool = False) -> None:
        self.rules, self.corrections, self.regraded = rules, corrections, regraded
        self._keys: dict[str, Ruled] = {}
        self._marked: Marking = {}

    def mark(self, version_id: str, choice: Choice | None, given: int | None = None) -> marks.Marked | None:
        """The mark of one response, `given` where it is an essay's; None where the question counts for nobody.

        Raises KeyError without a key.
        """
        if self._keys[version_id].question.type == "essay":
            return self._keys[version_id].mark(choice, given)
        known = version_id, _hashable(choice)
        if known not in self._marked:
            self._marked[known] = self._keys[version_id].mark(choice)
        return self._marked[known]

    def learn(self, version_ids: set[str]) -> None:
        """Read the keys of these questions, where they are not known yet."""
        if new := version_ids - self._keys.keys():
            self._keys |= ruled(new, self.corrections, self.rules.marking)

    def totals(self, attempt_ids: Sequence[str]) -> dict[str, marks.Total]:
        """Attempt → its total, by the answers that count. Three statements whatever the number of attempts, one more
        where there are essays.

        Raises KeyError for a question without a key.
        """
        papers: dict[str, list[tuple[int, str]]] = {id_: [] for id_ in attempt_ids}
        for attempt_id, slot, version_id in db.session.execute(
            select(PaperItem.attempt_id, PaperItem.slot, PaperItem.version_id)
            .where(one_of(PaperItem.attempt_id, attempt_ids))
        ):
            papers[attempt_id].append((slot, version_id))
        self.learn({version_id for paper in papers.values() for _slot, version_id in paper})
        chosen, given = counted_choices(attempt_ids), self.finals(attempt_ids)
        return {attempt_id: self.total(self.paper([
                    (version, chosen[attempt_id].get(slot), given.get((attempt_id, slot))) for slot, version in paper]))
                for attempt_id, paper in papers.items()}

    def finals(self, attempt_ids: Sequence[str]) -> Finals:
        """The marks of essays in these sittings; asks nothing where no question known so far is one."""
        essays = any(one.question.type == "essay" for one in self._keys.values())
        return finals(attempt_ids) if essays else {}

    def paper(self, items: Sequence[Asked]) -> list[tuple[Ruled, marks.Marked | None]]:
        """Each question with its mark, None where it counts for nobody. Raises KeyError without a key."""
        self.learn({version_id for version_id, _choice, _given in items})
        return [(self._keys[version_id], self.mark(version_id, choice, given)) for version_id, choice, given in items]

    def total(self, paper: Sequence[tuple[Ruled, marks.Marked | None]]) -> marks.Total:
        """What a marked paper comes to."""
        kept = [(one, ruled.question.points) for ruled, one in paper if one is not None]
        return marks.total([one for one, _worth in kept], [worth for _one, worth in kept], floor=self.rules.floor)


def grader_of(round_: Round) -> Grader:
    """The grader by which the round stands graded now: its board's rules, and what applied runs put right."""
    [(kept, regraded)] = _graded.here(round=round_.id)
    rules = policy.read(round_.scoring if kept is None else kept)
    return Grader(rules, corrections_of(runs_in_force(round_.id)) if regraded else {}, regraded=regraded)


@prepared
def _graded(_database: str) -> Statement:
    applied = exists().where(GradingRun.round_id == Round.id, GradingRun.state == "applied")
    return (
        select(Board.policy, applied).select_from(Round).outerjoin(Board, Board.id == Round.id)
        .where(Round.id == bindparam("round", type_=Id))
    )


def _hashable(choice: Choice | None) -> object:
    return tuple(sorted(choice.items())) if isinstance(choice, Mapping) else choice
