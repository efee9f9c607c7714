"""What organisers decide about the rows of a staged import: words, choices, and back. Nothing is ever overwritten."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import insert

from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.questions import alike
from contest.questions.alike import Offer
from contest.questions.content import checked
from contest.questions.formats.drafts import Draft, Reading
from contest.questions.formats.one_row import cells_to_mend, mended, too_long
from contest.questions.formats.wire import dump_draft
from contest.questions.import_edits import edits_of, last_step
from contest.questions.import_models import CHOICES, BankImport, ImportEdit
from contest.questions.operations import CHUNK, unsealed
from contest.questions.staged import edited, reading_of
from contest.questions.staging import check_staged, open_import

State = tuple[Draft | None, str | None]  # of a row: its words where they are not the file's, its choice


def edit_row(import_id: str, ordinal: int, cells: Mapping[str, str], *, by: str | None, now: datetime) -> Draft:
    """Give a row other words, checked as every row is; what it says now.

    The same words are a step only where they settle what was doubtful in the file: somebody has looked.

    Raises `Missing` for a row that is none, `row_not_editable`, `row_too_long` (422), and as `open_import`.
    """
    row = _open(import_id, now)
    reading, edits = edited(row)
    draft = _row(reading, ordinal)
    if cells_to_mend(draft) is None:
        raise Refusal("row_not_editable", 422)
    if too_long(cells):
        raise Refusal("row_too_long", 422)
    new = _checked(mended(draft, cells), reading)
    if cells_to_mend(new) != cells_to_mend(draft) or _settled(draft, new):
        _write(row, {ordinal: (new, edits.choices.get(ordinal))}, by=by, now=now)
        return new
    return draft


def choose(import_id: str, ordinals: Sequence[int], choice: str | None, *, by: str | None, now: datetime) -> None:
    """Decide what becomes of single rows: skip, update, add, or None: what becomes of all.

    Raises `Missing` for a row or a choice that is none, and as `open_import`.
    """
    row = _open(import_id, now)
    reading, edits = edited(row)
    if choice is not None and choice not in CHOICES:
        raise Missing
    changed: dict[int, State] = {}
    for ordinal in ordinals:
        _row(reading, ordinal)
        if edits.choices.get(ordinal) != choice:
            changed[ordinal] = (edits.drafts.get(ordinal), choice)
    _write(row, changed, by=by, now=now)


def offers_after(reading: Reading, before: Sequence[Draft], ordinal: int) -> tuple[Offer, ...]:
    """What was done to a row and could be done to others; `before` are the drafts without that row's last step."""
    new, old = cells_to_mend(reading.drafts[ordinal]), cells_to_mend(before[ordinal])
    if new is None or old is None or new == old:
        return ()
    others = {place: cells for place, draft in enumerate(reading.drafts)
              if place != ordinal and (cells := cells_to_mend(draft)) is not None}
    faulty = frozenset(place for place in others if any(
        one.code.startswith("key_") and one.severity == "error" for one in reading.drafts[place].problems))
    return alike.offers(old, new, others, faulty)


def apply_alike(import_id: str, ordinal: int, field: str, *, by: str | None, now: datetime) -> int:
    """Do to all rows alike what the last step did to a field of this row; how many those are.

    Raises `Missing` where there is nothing to do any more, and as `open_import`.
    """
    row = _open(import_id, now)
    reading, edits = edited(row)
    _row(reading, ordinal)
    offer = next((one for one in offers_after(reading, drafts_before(row), ordinal) if one.field == field), None)
    if offer is None:
        raise Missing
    changed: dict[int, State] = {}
    for place in offer.ordinals:
        draft = reading.drafts[place]
        new = mended(draft, alike.applied(offer, cells_to_mend(draft) or {}))
        changed[place] = (_checked(new, reading), edits.choices.get(place))
    _write(row, changed, by=by, now=now)
    return len(changed)


def drafts_before(row: BankImport) -> tuple[Draft, ...]:
    """The drafts as they were before the last step that counts."""
    return edits_of(row.id, without_last=True).laid_over(reading_of(row).drafts)


def undo_last(import_id: str, *, by: str | None, now: datetime) -> int:
    """Take the last step back that counts; how many rows it had changed, 0 where there is none."""
    row = _open(import_id, now)
    _reading, edits = edited(row)
    step = last_step(import_id) + 1
    if edits.rows:
        _insert([{"import_id": row.id, "step": step, "ordinal": place, "draft": None, "choice": None,
                  "undoes": edits.last, "by": by, "at": now} for place in edits.rows])
    return len(edits.rows)


def merge_rows(import_id: str, drafts: Mapping[int, Draft], *, by: str | None, now: datetime) -> int:
    """Give rows the words of a file that came back, by their place; places beyond the last are new rows.

    How many rows say something else now.
    """
    row = _open(import_id, now)
    reading, edits = edited(row)
    known = dict(enumerate(reading.drafts))
    changed: dict[int, State] = {}
    for place, draft in drafts.items():
        old = known.get(place)
        new = draft if old is None else _at_its_place(draft, old)
        if new != old:
            changed[place] = (_checked(new, reading), edits.choices.get(place))
    _write(row, changed, by=by, now=now)
    return len(changed)


def _settled(before: Draft, after: Draft) -> bool:
    """Whether of what was wrong or doubtful only some is left."""
    return {one.code for one in after.problems} < {one.code for one in before.problems}


def _checked(draft: Draft, reading: Reading) -> Draft:
    """With what tables can't hold, and each problem at the header of its column where the file has headers."""
    problems = tuple(replace(one, column=reading.columns.get(one.column, one.column) if one.column else None)
                     for one in draft.problems)
    return checked(replace(reading, drafts=(replace(draft, problems=problems),))).drafts[0]


def _at_its_place(draft: Draft, old: Draft) -> Draft:
    problems = tuple(replace(one, place=old.place) for one in draft.problems)
    return replace(draft, place=old.place, row=old.row, problems=problems)


def _open(import_id: str, now: datetime) -> BankImport:
    row = open_import(import_id, now)
    check_staged(row, now)
    unsealed(row.bank_id)
    return row


def _row(reading: Reading, ordinal: int) -> Draft:
    if not 0 <= ordinal < len(reading.drafts):
        raise Missing
    return reading.drafts[ordinal]


def _write(row: BankImport, states: Mapping[int, State], *, by: str | None, now: datetime) -> None:
    """One step."""
    step = last_step(row.id) + 1
    _insert([{"import_id": row.id, "step": step, "ordinal": place, "draft": dump_draft(draft) if draft else None,
              "choice": choice, "undoes": None, "by": by, "at": now} for place, (draft, choice) in states.items()])


def _insert(rows: list[dict[str, object]]) -> None:
    for start in range(0, len(rows), CHUNK):
        db.session.execute(insert(ImportEdit), rows[start:start + CHUNK])
    db.session.flush()
