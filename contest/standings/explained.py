"""Why somebody stands where they stand: what puts them behind the one ahead and before the next."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping, literal, select, union_all

from contest.columns import to_ms
from contest.extensions import db
from contest.scoring import policy, ranking
from contest.scoring.policy import Policy
from contest.standings import ranks
from contest.standings.board import rules_of
from contest.standings.board_models import Standing

FIGURES = ("points", "correct", "distance", "taken_ms", "finished_at", "entered_at", "earlier")


@dataclass(frozen=True)
class Neighbour:
    """Whoever stands next, by rank alone, and what decided: a criterion of `ranking` with both values.

    Instants are milliseconds since 1970; a value is None where there is none.
    """

    rank: int
    criterion: str
    mine: int | None
    other: int | None


@dataclass(frozen=True)
class Explained:
    """A person's place among their audience. `shared`: how many others have the same rank."""

    rank: int
    of: int
    shared: int
    behind: Neighbour | None  # the next one ahead, who put the person behind; None at the top
    ahead: Neighbour | None  # the next one after; None at the end
    lot: str | None  # what the person's lot is drawn with, where lots are drawn
    attempt_id: str | None  # the sitting that counts; None for several


def explain(board_id: str, account_id: str) -> Explained | None:
    """A person's place with its reasons; None where they are not ranked.

    Of the others nothing but the figure that decided. Seven statements at most, whatever the number of people.
    """
    mine = db.session.execute(
        select(*figures(), Standing.rank_key, Standing.audience, Standing.attempt_id)
        .where(*ranks.of_group(board_id, ranks.ALL), ranks.of_account(board_id, account_id))).mappings().one_or_none()
    if mine is None:
        return None
    rules, group, key = rules_of(board_id), mine["audience"], mine["rank_key"]
    before, total = ranks.ahead(board_id, key, group), ranks.people(board_id, group)
    near = _neighbours(board_id, group, key)
    first, last = near.get("first"), near.get("last")
    after = ranks.ahead(board_id, last["rank_key"], group) if last else total
    return Explained(
        before + 1, total, after - before - 1,
        _neighbour(mine, first, rules, ranks.ahead(board_id, first["rank_key"], group) + 1) if first else None,
        _neighbour(mine, last, rules, after + 1) if last else None,
        str(mine["entry_id"]) if policy.asks(rules, "draw") else None, mine["attempt_id"])


def figures() -> list[Any]:
    """The columns that `values` reads."""
    return [Standing.entry_id, *(getattr(Standing, name) for name in FIGURES)]


def _neighbours(board_id: str, group: str, key: str) -> dict[str, Any]:
    """"first": the last one whose key is smaller; "last": the first one whose key is greater. One statement."""
    def one(name: str, where: Any, order: Any) -> Any:
        found = (select(literal(name).label("side"), *figures(), Standing.rank_key)
                 .where(*ranks.of_group(board_id, group), where).order_by(order).limit(1).subquery())
        return select(found)

    rows = db.session.execute(union_all(
        one("first", Standing.rank_key < key, Standing.rank_key.desc()),
        one("last", Standing.rank_key > key, Standing.rank_key))).mappings()
    return {row["side"]: row for row in rows}


def _neighbour(mine: Any, other: Any, rules: Policy, rank: int) -> Neighbour | None:
    found = ranking.decided(values(mine, rules), values(other, rules), rules.chain)
    return Neighbour(rank, found.criterion, found.mine, found.other) if found else None


def values(row: RowMapping, rules: Policy) -> Mapping[str, int | None]:
    """What decides about a standing, by criterion: a row of the columns `figures`, and its lot where lots are drawn."""
    found = {name: row[name] for name in FIGURES}
    found |= {name: to_ms(found[name]) for name in ("finished_at", "entered_at")}
    return found | ({"draw": ranking.draw(rules.seed, row["entry_id"])} if policy.asks(rules, "draw") else {})
