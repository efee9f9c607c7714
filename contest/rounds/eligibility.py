"""May this person sit this round now? And what state does a round show?"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contest.clock import LOCAL

STAFF = ("organiser", "reviewer", "report_viewer", "administrator")  # who sees questions or figures before others
NONE_LEFT = {"round": "no_attempts_left", "week": "no_attempts_left_week", "contest": "no_attempts_left_contest"}


@dataclass(frozen=True)
class Terms:
    """What a round says about who may sit it when. `state` is the stored one.

    `audience` "official", "citizen" or "all". With `units` (ids) or `blocs` only those may sit; with
    neither everybody. `barred_roles`: whoever holds one of them may not.
    """

    state: str
    opens_at: datetime
    closes_at: datetime
    audience: str = "all"
    units: Collection[str] = ()
    blocs: Collection[str] = ()
    barred_roles: Collection[str] = ()


@dataclass(frozen=True)
class Who:
    """What is asked of a person. `unit_path`: ids from the root to their unit, each followed by "/".

    `bloc` is that of the unit they count for; `barred`: on the contest's list of who may not take part.
    """

    audience: str
    unit_path: str | None = None
    bloc: str | None = None
    roles: Collection[str] = ()
    barred: bool = False


def state_of(state: str, opens_at: datetime, closes_at: datetime,
             results_published_at: datetime | None, now: datetime) -> str:
    """"draft", "cancelled", "upcoming", "open", "closed" or "published" (its results are).

    `state` is the stored one: "draft", "published" (the rules are) or "cancelled". The window is
    half-open: open at `opens_at`, closed at `closes_at`. A round that is still open is "open"
    whatever has been published.
    """
    if state in ("draft", "cancelled"):
        return state
    if now < opens_at:
        return "upcoming"
    if now < closes_at:
        return "open"
    return "published" if results_published_at is not None and results_published_at <= now else "closed"


def board_when(board_shown: str, prediction: str) -> str:
    """When participants see ranks and figures: "never", "after_close" or "live".

    Where they guess a number of people or papers, no figure is shown while the round is open.
    """
    return "after_close" if board_shown == "live" and prediction != "none" else board_shown


def listed(kind: str, board_shown: str) -> bool:
    """Whether official results are also written as a list that anybody may read: not where the board is for nobody."""
    return kind == "contest" and board_shown != "never"


def refusal(terms: Terms, who: Who, now: datetime) -> tuple[str, dict[str, Any]] | None:
    """Why this person may not start an attempt now, as a code and its parameters; None: they may.

    The attempts already used are not asked here: they are counted where an attempt is numbered.
    """
    shown = state_of(terms.state, terms.opens_at, terms.closes_at, None, now)
    if shown == "draft":
        return "not_found", {}
    if shown == "cancelled":
        return "round_cancelled", {}
    if terms.audience not in ("all", who.audience):
        return f"{terms.audience}s_only", {}
    if who.barred or set(terms.barred_roles) & set(who.roles):
        return "barred", {}
    if not _reached(terms, who):
        return "other_units_only", {}
    if shown == "upcoming":
        return "round_not_open", {"at": terms.opens_at}
    if shown == "closed":
        return "round_closed", {"at": terms.closes_at}
    return None


def _reached(terms: Terms, who: Who) -> bool:
    if not terms.units and not terms.blocs:
        return True
    chain = (who.unit_path or "").split("/")
    return who.bloc in terms.blocs or any(unit in chain for unit in terms.units)


def audiences(audience: str) -> frozenset[str]:
    """Whose round it is: "official", "citizen", or both of them for "all"."""
    return frozenset(("official", "citizen") if audience == "all" else (audience,))


def takes_in(terms: Terms, other: Terms) -> bool:
    """True where whoever the units and blocs of `other` let in those of `terms` let in too, whatever the audience.

    Where a list holds units above or below those of the other one it can say False: then the people are asked.
    """
    if not terms.units and not terms.blocs:
        return True
    return bool(other.units or other.blocs) and set(other.units) <= set(terms.units) \
        and set(other.blocs) <= set(terms.blocs)


def alike(terms: Terms, other: Terms) -> bool:
    """True where figures of both can be compared: the same audience, of everybody or of some of the same units."""
    lists = [(set(one.units), set(one.blocs)) for one in (terms, other)]
    open_to_all = [not units and not blocs for units, blocs in lists]
    return terms.audience == other.audience and (
        all(open_to_all) if any(open_to_all) else any(one & two for one, two in zip(*lists, strict=True)))


def quota(quota_scope: str, round_id: str, at: datetime) -> str:
    """What an attempt started at `at` is numbered within, for its entry: at most 60 characters.

    "round:<id>", "week:2026-W49" (Monday to Sunday in Vietnam, ISO 8601) or "contest".
    """
    if quota_scope == "week":
        year, week, _day = at.astimezone(LOCAL).isocalendar()
        return f"week:{year}-W{week:02}"
    return "contest" if quota_scope == "contest" else f"round:{round_id}"
