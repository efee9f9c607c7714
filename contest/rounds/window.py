"""The window of a round in words and in weeks. Windows are half-open: opens_at <= t < closes_at."""

import re
from datetime import datetime, timedelta

from contest.clock import LOCAL

WEEK = timedelta(days=7)
_NUMBERED = re.compile(r"\b(tuần|đợt|vòng|kỳ)(\s+)(\d+)", re.IGNORECASE)


def said(instant: datetime) -> str:
    """"08:00 ngày 16/11/2026", local time."""
    return instant.astimezone(LOCAL).strftime("%H:%M ngày %d/%m/%Y")


def said_closing(instant: datetime) -> str:
    """As `said`; midnight is the end of the day before it: "24:00 ngày 22/11/2026"."""
    local = instant.astimezone(LOCAL)
    if (local.hour, local.minute) == (0, 0):
        return (local - timedelta(days=1)).strftime("24:00 ngày %d/%m/%Y")
    return said(instant)


def next_title(title: str) -> str:
    """The title of the round after this one: "Tuần 1: Thể chế" → "Tuần 2: Thể chế", "Thi thử" → "Thi thử (2)"."""
    new, found = _NUMBERED.subn(lambda m: f"{m[1]}{m[2]}{int(m[3]) + 1}", title, count=1)
    if found:
        return new
    ending = re.search(r" \((\d+)\)$", title)
    return f"{title[:ending.start()]} ({int(ending[1]) + 1})" if ending else f"{title} (2)"


def moved_text(text: str, opens_at: datetime, closes_at: datetime, by: timedelta) -> str:
    """Rules whose dates follow a window that moved: its two instants, as `said` writes them.

    All in one pass: the new opening may read like the old closing.
    """
    new = {said(opens_at): said(opens_at + by), said_closing(closes_at): said_closing(closes_at + by),
           said(closes_at): said(closes_at + by)}
    return re.sub("|".join(map(re.escape, new)), lambda match: new[match[0]], text)


def weeks_ahead(opens_at: datetime, now: datetime) -> timedelta:
    """The fewest whole weeks, at least one, that put `opens_at` after `now`."""
    late = (now - opens_at) // WEEK + 1
    return WEEK * max(1, late)
