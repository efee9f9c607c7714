"""The only place that reads the wall clock.

A view or a command calls `now()` once, on its first line, and hands the instant down; everything
else takes instants as arguments, so that rules can be tested as timelines.
"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")


def now() -> datetime:
    """The present instant: aware, UTC, cut down to the millisecond that the database keeps."""
    instant = datetime.now(UTC)
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


def rfc3339(instant: datetime) -> str:
    """The aware instant as programs are told it: UTC, milliseconds, "Z"; what is finer is cut off."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
