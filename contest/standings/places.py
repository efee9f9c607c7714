"""A standing as a run keeps it: plain JSON before and after, and back again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from contest.columns import from_ms, to_ms

INSTANTS = ("entered_at", "finished_at")
Row = Mapping[str, Any]  # a standing's columns


def place(run_id: str, entry_id: str, before: Row | None, after: Row | None) -> dict[str, Any]:
    """A person's row of a run, `run_models.RunPlace` or `RunTotal`; one of the two sides is there."""
    return {"run_id": run_id, "entry_id": entry_id, "audience": (before or after or {})["audience"],
            "before_key": before["rank_key"] if before else "", "after_key": after["rank_key"] if after else "",
            "before": plain(before), "after": plain(after)}


def plain(row: Row | None) -> dict[str, Any] | None:
    """A standing as JSON: instants in ms since 1970 UTC."""
    return None if row is None else {name: to_ms(value) if isinstance(value, datetime) else value
                                     for name, value in row.items()}


def row_of(told: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """A standing from its JSON: `plain` the other way round."""
    return None if told is None else {name: from_ms(value) if name in INSTANTS and value is not None else value
                                      for name, value in told.items()}
