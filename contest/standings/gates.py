"""When a figure may be shown to whom, and when objections are taken: pure, by a round's rules and an instant."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from contest.rounds.eligibility import board_when


@dataclass(frozen=True)
class Rules:
    """What a round says about showing. `grace_ms`: how long an answer may still be on its way."""

    kind: str
    state: str
    opens_at: datetime
    closes_at: datetime
    grace_ms: int
    result_shown: str
    board_shown: str
    results_published_at: datetime | None
    prediction: str = "none"
    board_freezes_at: datetime | None = None
    appeal_days: int = 0


def closed(rules: Rules, now: datetime) -> bool:
    """True from the closing instant on."""
    return now >= rules.closes_at


def published(rules: Rules, now: datetime) -> bool:
    """True once the organiser has published the results."""
    return rules.results_published_at is not None and rules.results_published_at <= now


def provisional(rules: Rules, now: datetime) -> bool:
    """True until the round has closed and its results are published."""
    return not (closed(rules, now) and published(rules, now))


def frozen(rules: Rules, now: datetime) -> bool:
    """True where participants see the board as it was: from `board_freezes_at` until the results are published."""
    return rules.board_freezes_at is not None and rules.board_freezes_at <= now and not published(rules, now)


def score_shown(rules: Rules, now: datetime) -> bool:
    """May a person see what their own finished attempt came to?"""
    return rules.result_shown != "nothing" or published(rules, now)


def review_shown(rules: Rules, now: datetime) -> bool:
    """May a person see the right answers? Never while any answer of the round can still arrive."""
    return rules.result_shown == "review" and now >= rules.closes_at + timedelta(milliseconds=rules.grace_ms)


def board_shown(rules: Rules, now: datetime, *, privileged: bool) -> bool:
    """May this person see ranks, averages and other figures that depend on the keys?

    `privileged`: organisers and report viewers, who always may. Others: never for a practice round,
    a draft or a cancelled one; from the closing on with "after_close"; from the opening with "live", but
    where a number of people or papers is guessed.
    """
    if privileged:
        return True
    if rules.kind != "contest" or rules.state != "published":
        return False
    when = board_when(rules.board_shown, rules.prediction)
    if when == "live":
        return now >= rules.opens_at
    return when == "after_close" and closed(rules, now)


@dataclass(frozen=True)
class Period:
    """When objections are taken: from `opens_at` on, before `ends_at` (None: until the results are published, and
    then so many days)."""

    opens_at: datetime
    ends_at: datetime | None

    def holds(self, now: datetime) -> bool:
        return self.opens_at <= now and (self.ends_at is None or now < self.ends_at)


def appeal_period(rules: Rules) -> Period | None:
    """When objections are taken, None where the rules take none.

    From the closing on, so that no question is talked about while others still answer it; `appeal_days` times 24
    hours from the publication of the results.
    """
    if not rules.appeal_days or rules.state != "published":
        return None
    since = rules.results_published_at
    return Period(rules.closes_at, None if since is None else since + timedelta(days=rules.appeal_days))
