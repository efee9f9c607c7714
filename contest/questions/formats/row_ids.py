"""The columns that a file of faulty rows has beside its own: the reason, and what names each row. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

ID_HEADER = "Mã dòng (giữ nguyên)"
REASON_HEADER = "Lý do"
SOURCE_HEADER = "Dòng trong tệp gốc"
OWN_HEADERS = frozenset({ID_HEADER, REASON_HEADER, SOURCE_HEADER})
_KEY = re.compile(r"([0-9a-f]{32}):(\d{1,6})")


def id_column(headers: Mapping[str, str]) -> str | None:
    """The letters of the column that names the rows, None for a file that is no file of faulty rows."""
    return next((letter for letter, header in headers.items() if header == ID_HEADER), None)


def row_key(cell: str) -> tuple[str, int] | None:
    """The import and the 0-based place that a cell names; None where it names none."""
    found = _KEY.fullmatch(cell.strip())
    return (found[1], int(found[2])) if found else None
