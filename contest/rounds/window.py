"""The window of a round in words and in weeks. Windows are half-open: opens_at <= t < closes_at."""

import re
from datetime import datetime, timedelta

from contest.clock import LOCAL

WEEK = timedelta(days=7)
MILLISECOND = timedelta(milliseconds=1)
SPREAD_MS = 20_000  # over which the pages that wait for an opening load again
_NUMBERED = re.compile(r"\b([^\W\d]+\s+)(\d{1,2})\b")
# A time and a day with a word or two between them, in whatever language the rules are written.
_DATED = re.compile(r"(\d\d:\d\d)(\D{1,12})(\d\d/\d\d/\d{4})")


def spoken(instant: datetime) -> tuple[str, str]:
    """("08:00", "16/11/2026"), local time."""
    local = instant.astimezone(LOCAL)
    return f"{local:%H:%M}", f"{local:%d/%m/%Y}"


def spoken_closing(instant: datetime) -> tuple[str, str]:
    """As `spoken`; midnight is the end of the day before it: ("24:00", "22/11/2026")."""
    local = instant.astimezone(LOCAL)
    if (local.hour, local.minute) == (0, 0):
        return "24:00", f"{local - timedelta(days=1):%d/%m/%Y}"
    return spoken(instant)


def room_ms(at: datetime, closes_at: datetime, duration_ms: int) -> int:
    """How much later than `at` a sitting of `duration_ms` may start and lose nothing; 0 where it has lost some."""
    return max(0, (closes_at - at) // MILLISECOND - duration_ms)


def spread_ms(room_ms: int, most: int = SPREAD_MS) -> int:
    """Over how much time the starts may be spread, at most `most`, so that nobody loses any."""
    return min(most, room_ms)


def needed_ms(people: int, rate: int) -> int:
    """The room that a window needs for `people` who all come at its opening; `rate` starts a second are let in.

    The spread of the opening and the whole queue, one after the other: the most that somebody can wait.
    """
    return SPREAD_MS - (-people * 1000 // rate)


def next_title(title: str) -> str:
    """The title of the round after this one: "Tuần 1: Thể chế" → "Tuần 2: Thể chế", "Thi thử" → "Thi thử (2)"."""
    new, found = _NUMBERED.subn(lambda m: f"{m[1]}{int(m[2]) + 1}", title, count=1)
    if found:
        return new
    ending = re.search(r" \((\d+)\)$", title)
    return f"{title[:ending.start()]} ({int(ending[1]) + 1})" if ending else f"{title} (2)"


def moved_text(text: str, opens_at: datetime, closes_at: datetime, by: timedelta,
               closes_by: timedelta | None = None) -> str:
    """Rules whose dates follow a window that moved: its two instants, wherever the text names them.

    `closes_by`: where the closing moves otherwise than the opening. All in one pass: the new opening
    may read like the old closing.
    """
    closing = closes_at + (by if closes_by is None else closes_by)
    new = {spoken(closes_at): spoken(closing), spoken_closing(closes_at): spoken_closing(closing),
           spoken(opens_at): spoken(opens_at + by)}

    def move(found: re.Match[str]) -> str:
        time, day = new.get((found[1], found[3]), (found[1], found[3]))
        return f"{time}{found[2]}{day}"

    return _DATED.sub(move, text)


def usual_gap(opens_at: datetime, closes_at: datetime) -> timedelta:
    """How long nothing is open between this window and the same one a week later; 0 where they would overlap."""
    return max(timedelta(0), WEEK - (closes_at - opens_at))


def weekly(opens_at: datetime, count: int, gap: timedelta) -> list[tuple[datetime, datetime]]:
    """The `count` windows that follow week by week on one that opens at `opens_at`, `gap` between any two."""
    opens = [opens_at + WEEK * number for number in range(1, count + 1)]
    return [(at, at + WEEK - gap) for at in opens]


def weeks_ahead(opens_at: datetime, now: datetime) -> timedelta:
    """The fewest whole weeks, at least one, that put `opens_at` after `now`."""
    late = (now - opens_at) // WEEK + 1
    return WEEK * max(1, late)
