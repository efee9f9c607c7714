"""The lines of a round's board as its results give them, with what may differ from what they would be today.

Such is: who is on the list of who may not take part but was put there, or taken off it, since the board was last made
public; the points of the round before, where those have changed since; a distance that no rule asks for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import exists, func, or_, select

from contest.audit.models import AuditEvent
from contest.delivery.models import Attempt
from contest.delivery.record_models import AttemptChange
from contest.extensions import db
from contest.rounds.models import Round
from contest.scoring import policy, predictions
from contest.standings import counters, earlier, keeping
from contest.standings.board_models import Board
from contest.standings.outside import History
from contest.standings.run_models import GradingRun, Publication

Row = keeping.Row
SLACK = timedelta(minutes=5)  # an act and a publication that met may have been stamped in the other order


def rules_in_force(round_: Round) -> dict[str, Any]:
    """The rules of scoring that a round's board goes by: of the latest run that changed them, else the round's own."""
    changed = (run.policy for run in db.session.scalars(_applied(round_.id)))
    return dict(next((rules for rules in changed if rules is not None), round_.scoring) or {})


class Lines:
    """What the standings of a round's people have to be, some people at a time; each of them once."""

    def __init__(self, round_: Round, board: Board | None) -> None:
        self.people = 0
        self._round, self._board = round_, board
        self._rules = policy.read(rules_in_force(round_))
        self._barred = History(round_.contest_id)
        self._published = _last_publication(round_)
        self._distance_is_asked = _distance_is_asked(round_, board, self._rules)
        self._participants = self._perfect = 0  # as they were when the board was settled

    def due(self, entries: Sequence[str], held: Mapping[str, Row]) -> dict[str, Row]:
        """Entry → its standing; none without a result. `held`: what is kept of them."""
        before, possible = self._earlier(entries)
        found = {}
        for entry_id, rows in keeping.results_of(self._round.id, entries).items():
            kept = held.get(entry_id)
            points = before.get(entry_id)
            if kept is not None and (possible is None or kept["earlier"] in possible[entry_id]):
                points = kept["earlier"]
            found[entry_id] = self._row(rows, kept, points)
        self.people += len(entries)
        return found

    def _row(self, rows: Sequence[keeping.Taken], kept: Row | None, before: int | None) -> Row:
        entry_id = rows[0].entry_id
        outside = self._barred.now(entry_id)
        if kept is not None and self._published and self._barred.changed(entry_id, self._published - SLACK):
            outside = kept["outside"]
        row = self._standing(rows, before, outside=outside)
        settled = self._board.settled_at if self._board else None
        if settled:
            was = self._barred.at(entry_id, settled)
            then = row if was == outside else self._standing(rows, before, outside=was)
            figures = dict(zip(counters.FIGURES, counters.contribution(then), strict=True))
            self._participants, self._perfect = (
                self._participants + figures["people"], self._perfect + figures["perfect"])
        if kept is not None and kept["distance"] is None and not self._distance_is_asked:
            row["distance"] = None
        return row

    def _standing(self, rows: Sequence[keeping.Taken], before: int | None, *, outside: bool) -> Row:
        return keeping.standing(self._round.id, self._rules, [replace(one, outside=outside) for one in rows],
                                self._board.actual if self._board else None, before)

    def _earlier(self, entries: Sequence[str]) -> tuple[dict[str, int], Mapping[str, set[int | None]] | None]:
        """Points in the round before as they are, and all that they may have been; None where that can't be told."""
        if not policy.asks(self._rules, "earlier"):
            return {}, {entry_id: {None} for entry_id in entries}
        return (earlier.points(self._round, self._rules, entries),
                earlier.possible(self._round, self._rules, entries, self._barred.known))

    def actual_holds(self) -> bool:
        """Whether predictions are compared with what was to be guessed, once everybody is `due`.

        True, too, where sittings changed after it was fixed: it stays, and what was counted then is not known.
        """
        board, round_ = self._board, self._round
        if board is None:
            return True
        if round_.prediction == "none" or board.settled_at is None:
            return board.actual is None
        run = db.session.scalar(_applied(round_.id).limit(1))
        if run is not None and run.decided_at is not None and run.decided_at >= board.settled_at:
            return bool(board.actual == run.summary.get("actual_after", board.actual))
        if round_.prediction != "number" and (self._barred.acts_at(board.settled_at) or _moved_since(board)):
            return True
        return board.actual == predictions.settle(round_.prediction, predictions.Figures(
            self._participants, self._perfect, round_.prediction_given))


def _applied(round_id: str) -> Any:
    """Its applied runs, the latest first."""
    return (select(GradingRun).where(GradingRun.round_id == round_id, GradingRun.state == "applied")
            .order_by(GradingRun.decided_at.desc(), GradingRun.number.desc()))


def _last_publication(round_: Round) -> Any:
    """When the round's list was last made public; None where it follows the list of the barred at once."""
    if round_.board_shown == "never":
        return None
    return db.session.scalar(select(func.max(Publication.published_at)).where(Publication.board_id == round_.id))


def _distance_is_asked(round_: Round, board: Board | None, rules: policy.Policy) -> bool:
    """Whether everybody got a distance when the board was settled: see `keeping.settle`."""
    if policy.asks(rules, "distance"):
        return True
    overall = round_.contest.overall
    if overall is None or board is None or board.settled_at is None:
        return False
    chosen = db.session.scalar(select(func.max(AuditEvent.at)).where(
        AuditEvent.object_type == "contest", AuditEvent.object_id == round_.contest_id,
        AuditEvent.action.in_(("contest.overall", "overall.applied"))))
    return policy.asks(policy.read(overall), "distance") and (chosen is None or chosen < board.settled_at)


def _moved_since(board: Board) -> bool:
    """Whether a sitting of the round began or was changed since its board was settled."""
    changed = exists().where(AttemptChange.attempt_id == Attempt.id, AttemptChange.at >= board.settled_at)
    return db.session.scalar(select(Attempt.id).where(
        Attempt.round_id == board.round_id, or_(Attempt.started_at >= board.settled_at, changed)).limit(1)) is not None
