"""Reading an import's files: as their organiser read such files before; rows that come back are known again.

The files are parsed in a child process; no transaction is open meanwhile.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from contest.database import reading as only_reading
from contest.extensions import db
from contest.questions.formats.drafts import Draft, Reading, UnreadableFile
from contest.questions.formats.gate import read_bank_files, read_cells, read_columns
from contest.questions.formats.row_ids import id_column, row_key
from contest.questions.formats.whole import NO_WISH, Wish
from contest.questions.import_edits import edits_of
from contest.questions.import_models import BankImport
from contest.questions.matching import NO_CLAIMS
from contest.questions.remembered import recall, signature_of
from contest.questions.staged import KEPT
from contest.questions.staged import row_key as named
from contest.questions.uploads import Files

# Refusals of a table whose sheet, header row or columns somebody may choose otherwise.
MOST_IMPORTS = 100  # that one file of rows is taken to name
TO_MAP = frozenset({"no_header", "no_rows", "no_sheet", "bad_mapping"})


@dataclass(frozen=True)
class Read:
    """What files say, read with `wish`. `row_keys` are set where they hold rows that came back: place → key."""

    reading: Reading
    wish: Wish
    row_keys: Mapping[int, str] = field(default_factory=lambda: NO_CLAIMS)


def read_uploaded(files: Files, account_id: str | None) -> Read:
    """Read files that have just come, with the columns that the organiser chose for such headers before.

    Raises UnreadableFile.
    """
    try:
        reading = read_bank_files(files)
        headers = list(reading.headers.values())
    except UnreadableFile as refusal:
        if refusal.code not in TO_MAP or len(files) > 1:
            raise
        wish = _recalled(account_id, [one.header for one in read_columns(files).columns])
        if wish is None:
            raise
        return read_with(files, wish)
    wish = _recalled(account_id, headers) if headers and len(files) == 1 else None
    if wish is None:
        return Read(reading, NO_WISH, came_back(files, reading, NO_WISH))
    try:
        return read_with(files, wish)
    except UnreadableFile:
        return Read(reading, NO_WISH, came_back(files, reading, NO_WISH))


def read_with(files: Files, wish: Wish) -> Read:
    """Read files as somebody wishes. Raises UnreadableFile."""
    reading = read_bank_files(files, wish)
    return Read(reading, wish, came_back(files, reading, wish))


def came_back(files: Files, reading: Reading, wish: Wish) -> dict[int, str]:
    """The keys of rows that a file of faulty rows names: 0-based place → key."""
    letter = id_column(reading.headers)
    if letter is None:
        return {}
    cells = read_cells(files, wish, letter=letter)
    return {place: row[0].strip() for place, draft in enumerate(reading.drafts)
            if (row := cells.get(draft.place)) and row_key(row[0])}


@dataclass(frozen=True)
class Back:
    """A waiting import whose rows came back; `places` are theirs, by key."""

    import_id: str
    places: Mapping[str, int]
    rows: int

    def placed(self, read: Read) -> dict[int, Draft]:
        """The drafts at the places where they belong; rows that name none of them are new ones, at the end."""
        found: dict[int, Draft] = {}
        end = self.rows
        for number, draft in enumerate(read.reading.drafts):
            place = self.places.get(read.row_keys.get(number, ""), -1)
            if place < 0 or place in found:
                place, end = end, end + 1
            found[place] = draft
        return found


def waiting_for(row_keys: Mapping[int, str], bank_id: str, now: datetime) -> Back | None:
    """The waiting import of this bank that most of these rows came from; None where none waits."""
    if not row_keys:
        return None
    wanted = set(row_keys.values())
    best: tuple[int, Back] | None = None
    for row in db.session.scalars(select(BankImport).where(
            BankImport.bank_id == bank_id, BankImport.state == "staged", BankImport.created_at > now - KEPT)):
        rows = edits_of(row.id).rows_after(int(row.outcome.get("rows", 0)))
        places = {key: place for place in range(rows) if (key := named(row, place)) in wanted}
        if places and (best is None or len(places) > best[0]):
            best = len(places), Back(row.id, places, rows)
    return best[1] if best else None


def known_keys(row_keys: Mapping[int, str], bank_id: str) -> dict[int, str]:
    """The keys that name rows of imports of this bank, each once."""
    parts = {place: row_key(key) for place, key in row_keys.items()}
    named_imports = {found[0] for found in parts.values() if found}
    if not named_imports:
        return {}
    ours = set(db.session.scalars(select(BankImport.id).where(
        BankImport.bank_id == bank_id, BankImport.id.in_(sorted(named_imports)[:MOST_IMPORTS]))))
    first = {row_keys[place]: place for place, found in reversed(list(parts.items())) if found and found[0] in ours}
    return {place: key for key, place in first.items()}


def is_sure(reading: Reading) -> bool:
    """Whether the columns of a table were most likely understood; True for files without columns."""
    if not reading.letters:
        return True
    usable = len(reading.usable)
    return "stem" in reading.letters and 2 * usable >= len(reading.drafts) and usable > 0


def signature(files: Files) -> str | None:
    """What a table's headers are remembered by, as they show by themselves; None for what has no columns."""
    try:
        return signature_of(one.header for one in read_columns(files).columns)
    except UnreadableFile:
        return None


def _recalled(account_id: str | None, headers: list[str]) -> Wish | None:
    try:
        with only_reading():
            return recall(account_id, signature_of(headers))
    finally:
        db.session.rollback()
