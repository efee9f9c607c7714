"""A list as rows of text with the row numbers that Excel shows, and how it is kept. Pure, standard library only.

Refusals are codes: `UnreadableSheet.code`. Nothing here knows what a unit or a person is.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from contest.errors import Refusal


class UnreadableSheet(Refusal):
    """A file that cannot be read at all."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code, 413 if code == "file_too_big" else 422, **params)


@dataclass(frozen=True)
class Problem:
    """A finding about one cell. `severity` is "error" (the row is left out) or "warning"."""

    row: int
    severity: str
    code: str
    column: str = ""
    params: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Row:
    """A row that holds something: its number as Excel shows it, its cells by field name.

    `numbers` are the fields whose cell was a number, not text: a leading zero may be lost there.
    """

    number: int
    cells: Mapping[str, str]
    numbers: frozenset[str] = frozenset()

    def get(self, field: str) -> str:
        return self.cells.get(field, "")


@dataclass(frozen=True)
class Sheet:
    """The table of a workbook: the header as the file has it (field → its words), and the rows below."""

    name: str
    header_row: int
    header: Mapping[str, str]
    rows: tuple[Row, ...]


def dump_sheet(sheet: Sheet) -> bytes:
    """The sheet as JSON, for `load_sheet`."""
    rows = [[row.number, list(row.cells.values()), [field in row.numbers for field in row.cells]] for row in sheet.rows]
    return _encode({"name": sheet.name, "header_row": sheet.header_row, "header": dict(sheet.header), "rows": rows})


def dump_refusal(refusal: UnreadableSheet) -> bytes:
    """The refusal as JSON, for `load_sheet` to raise."""
    return _encode({"refusal": refusal.code, "params": refusal.params})


def load_sheet(data: bytes) -> Sheet:
    """What `dump_sheet` took apart; raises the `UnreadableSheet` of `dump_refusal`, ValueError for what is neither."""
    document = json.loads(data)
    try:
        if "refusal" in document:
            raise UnreadableSheet(document["refusal"], **document["params"])
        fields = tuple(document["header"])
        rows = tuple(Row(number, dict(zip(fields, cells, strict=True)),
                         frozenset(field for field, is_number in zip(fields, numbers, strict=True) if is_number))
                     for number, cells, numbers in document["rows"])
        return Sheet(document["name"], document["header_row"], document["header"], rows)
    except (KeyError, TypeError) as error:
        raise ValueError("no sheet") from error


def _encode(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
