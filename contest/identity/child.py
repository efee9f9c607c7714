"""Reads one list in a process of its own: see `sandbox` for the way in and out.

The request also holds {"synonyms", "required"}, as `reader.read_table` takes them.
"""

from collections.abc import Iterator
from typing import Any

from contest import sandbox
from contest.identity.reader import read_table
from contest.identity.sheets import UnreadableSheet, dump_refusal, dump_sheet


def answer(request: dict[str, Any], contents: list[bytes]) -> Iterator[bytes]:
    """Yield the sheet, or why there is none."""
    try:
        yield dump_sheet(read_table(contents[0], request["synonyms"], request["required"]))
    except UnreadableSheet as refusal:
        yield dump_refusal(refusal)


def refused(_code: str) -> bytes:
    """A refusal that the reader did not make."""
    return dump_refusal(UnreadableSheet("file_too_heavy"))


if __name__ == "__main__":
    sandbox.serve(answer, refused)
