"""The way in for lists from Excel: read in a child process with limits, see `sandbox`."""

from collections.abc import Mapping

from contest.identity.sheets import Sheet, UnreadableSheet, load_sheet
from contest.sandbox import ChildEnded, ask

CHILD = "contest.identity.child"


def read_table(data: bytes, synonyms: Mapping[str, tuple[str, ...]],
               required: Mapping[str, tuple[str, ...]]) -> Sheet:
    """`reader.read_table` in a child process. Raises its refusals, `file_too_heavy` beyond the limits."""
    try:
        return load_sheet(ask(CHILD, {"synonyms": synonyms, "required": required}, [data]))
    except ChildEnded as end:
        raise UnreadableSheet("file_too_heavy" if end.code == "too_heavy" else "file_broken") from end
    except ValueError as error:
        raise UnreadableSheet("file_broken") from error
