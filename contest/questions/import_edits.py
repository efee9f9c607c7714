"""What somebody made of a staged import's rows: the steps that count, laid over what the file says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from sqlalchemy import func, select

from contest.extensions import db
from contest.questions.formats.drafts import Draft, Problem
from contest.questions.formats.wire import load_draft
from contest.questions.import_models import ImportEdit
from contest.questions.matching import OnDuplicate

_ABOUT_TWINS = frozenset({"duplicate_in_file", "duplicate_other_key", "duplicate_code", "item_repeated",
                          "item_other_key"})


@dataclass(frozen=True)
class Edits:
    """By 0-based place: rows in other words, and what becomes of single rows.

    `last` is the latest step that counts, 0 without one; `rows` the places that it changed.
    """

    drafts: Mapping[int, Draft]
    choices: Mapping[int, OnDuplicate]
    last: int = 0
    rows: tuple[int, ...] = ()

    def rows_after(self, count: int) -> int:
        """How many rows there are where the file had so many."""
        return max([count, *(place + 1 for place in self.drafts)])

    def laid_over(self, drafts: Sequence[Draft]) -> tuple[Draft, ...]:
        """The drafts as edited; places beyond the last are new rows.

        A warning that a row repeats one which has been edited is dropped: what repeats what is told
        anew wherever drafts are compared.
        """
        if not self.drafts:
            return tuple(drafts)
        changed = {drafts[place].row for place in self.drafts if place < len(drafts)}
        found = [self.drafts.get(place) or _untold(draft, changed) for place, draft in enumerate(drafts)]
        return (*found, *(self.drafts[place] for place in sorted(self.drafts) if place >= len(drafts)))


NO_EDITS = Edits({}, {})


def edits_of(import_id: str, *, without_last: bool = False) -> Edits:
    """The edits of an import, or those before the last step that counts. One statement."""
    rows = db.session.execute(
        select(ImportEdit.step, ImportEdit.ordinal, ImportEdit.draft, ImportEdit.choice, ImportEdit.undoes)
        .where(ImportEdit.import_id == import_id).order_by(ImportEdit.step, ImportEdit.ordinal)).all()
    undone = {row.undoes for row in rows}
    counted = [row for row in rows if row.undoes is None and row.step not in undone]
    if without_last and counted:
        counted = [row for row in counted if row.step < counted[-1].step]
    latest = {row.ordinal: row for row in counted}
    last = counted[-1].step if counted else 0
    return Edits(
        {place: load_draft(row.draft) for place, row in latest.items() if row.draft is not None},
        {place: cast("OnDuplicate", row.choice) for place, row in latest.items() if row.choice is not None},
        last, tuple(row.ordinal for row in counted if row.step == last))


def last_step(import_id: str) -> int:
    """The number of the latest step, undone ones and undoing ones too; 0 before the first."""
    return db.session.scalar(select(func.max(ImportEdit.step)).where(ImportEdit.import_id == import_id)) or 0


def _untold(draft: Draft, rows: set[int]) -> Draft:
    if not any(_speaks_of(problem, rows) for problem in draft.problems):
        return draft
    return replace(draft, problems=tuple(one for one in draft.problems if not _speaks_of(one, rows)))


def _speaks_of(problem: Problem, rows: set[int]) -> bool:
    return problem.code in _ABOUT_TWINS and problem.params.get("first_row") in rows
