"""The sentence of every refusal code. One module a room; the rooms know codes only."""

from datetime import datetime, timedelta
from typing import Any

from contest.web.filters import clock, num, when
from contest.web.messages import (
    awards,
    delivery,
    general,
    identity,
    marking,
    questions,
    reports,
    rounds,
    sources,
    standings,
)

MESSAGES = {
    **general.MESSAGES,
    **identity.MESSAGES,
    **questions.MESSAGES,
    **sources.MESSAGES,
    **rounds.MESSAGES,
    **delivery.MESSAGES,
    **marking.MESSAGES,
    **standings.MESSAGES,
    **awards.MESSAGES,
    **reports.MESSAGES,
}


def _shown(value: Any) -> Any:
    if isinstance(value, datetime):
        return when(value)
    if isinstance(value, timedelta):
        return clock(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return num(value)
    return value


def sentence(code: str, params: dict[str, Any]) -> str:
    """What a person reads for `code`. Raises KeyError for a code without a sentence."""
    return str(MESSAGES[code]) % {name: _shown(value) for name, value in params.items()}
