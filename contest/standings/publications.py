"""A board made public: its lines as they stand, numbered, hashed and signed. Nothing changes one afterwards."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from contest.audit import chain
from contest.audit.operations import record
from contest.clock import rfc3339
from contest.errors import Refusal
from contest.extensions import db
from contest.identity.models import Account, Unit
from contest.identity.names import mask
from contest.rounds.models import ContestUnit, Entry, Round
from contest.rounds.operations import locked
from contest.standings import keeping, outside, overall, ranks
from contest.standings.board_models import Standing
from contest.standings.keys import runs_in_force
from contest.standings.run_models import Publication

MOST = 50_000  # lines of an audience that are printed; the rest are counted
FETCH = 2_000
AUDIENCES = ("official", "citizen")


def publish_board(round_id: str, note: str, *, key: str, by: str | None, now: datetime
                  ) -> tuple[Publication, dict[str, Any]]:
    """The next publication of a round's board, and what it says (plain values, signed with `key`).

    The first one goes with the results; a later one says in `note` why the list is another, and takes out or brings
    back whom the contest's list of who may not take part names or names no more. Raises
    `Missing`; 409 `not_published` while the results are not official; 422 `reason_required`.
    """
    round_ = locked(round_id)
    if round_.results_published_at is None:
        raise Refusal("not_published", 409)
    last = db.session.scalar(select(func.max(Publication.number)).where(Publication.board_id == round_.id)) or 0
    if last and not note.strip():
        raise Refusal("reason_required", 422)
    if changed := outside.waiting(round_.id).all:
        keeping.keep(round_, changed, now)
        overall.keep(round_.contest_id, changed, now)
    runs = runs_in_force(round_.id)
    told = said(round_, last + 1, note.strip(), [run.number for run in runs], now)
    digest = sha256(told)
    row = Publication(board_id=round_.id, number=last + 1, run_id=runs[-1].id if runs else None,
                      masked=round_.mask_names, people=sum(told["people"].values()), sha256=digest,
                      signature=sign(digest, key), published_at=now, published_by=by, note=note.strip())
    db.session.add(row)
    record("board.publish", "round", round_.id, by=by, now=now, number=row.number, sha256=digest)
    db.session.flush()
    return row, told


def said(round_: Round, number: int, note: str, runs: list[int], now: datetime) -> dict[str, Any]:
    """Everything that a publication prints: no ids, no times but the time taken, names as the organiser set."""
    groups = AUDIENCES if round_.audience == "all" else (round_.audience,)
    return {
        "contest": round_.contest.title, "agency": round_.contest.agency_name,
        "agency_parent": round_.contest.agency_parent, "round": round_.title, "number": number, "note": note,
        "regraded_by_runs": runs, "published_at": rfc3339(now), "masked": round_.mask_names,
        "audit": str(chain.head()),  # whoever writes the trail anew can't make it end so
        "people": {group: ranks.people(round_.id, group) for group in groups},
        "lines": {group: list(_lines(round_, group)) for group in groups},
    }


def _lines(round_: Round, group: str) -> Iterator[list[Any]]:
    """[rank, name, unit, points in hundredths, time taken in ms], best first."""
    rank, held = 0, None
    for place, row in enumerate(db.session.execute(
        select(Standing.rank_key, Account.name, func.coalesce(ContestUnit.name, Unit.name), Standing.points,
               Standing.taken_ms)
        .join(Entry, Entry.id == Standing.entry_id).join(Account, Account.id == Entry.account_id)
        .outerjoin(ContestUnit, ContestUnit.id == Standing.unit_id).outerjoin(Unit, Unit.id == Entry.unit_id)
        .where(*ranks.of_group(round_.id, group)).order_by(Standing.rank_key, Standing.entry_id).limit(MOST)
        .execution_options(yield_per=FETCH)
    ), 1):
        if row[0] != held:
            rank, held = place, row[0]
        yield [rank, mask(row[1]) if round_.mask_names else row[1], row[2], row[3], row[4]]


def sha256(told: dict[str, Any]) -> str:
    """The digest of canonical JSON: sorted keys, no spaces, UTF-8."""
    return hashlib.sha256(canonical(told).encode()).hexdigest()


def canonical(told: dict[str, Any]) -> str:
    """The text that is hashed, and kept as `board.json`."""
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sign(digest: str, key: str) -> str:
    """HMAC-SHA-256 of a digest with the server's secret (RFC 2104), hexadecimal."""
    return hmac.new(key.encode(), b"board " + digest.encode(), hashlib.sha256).hexdigest()


def genuine(text: str, signature: str, key: str) -> bool:
    """Whether this JSON is what the server signed."""
    return hmac.compare_digest(sign(hashlib.sha256(text.encode()).hexdigest(), key), signature)


def publications_of(board_id: str) -> list[Publication]:
    """All publications of a board, the latest first."""
    return list(db.session.scalars(select(Publication).where(Publication.board_id == board_id)
                                   .order_by(Publication.number.desc())))


def outdated(round_id: str, latest: Publication | None) -> bool:
    """Whether the round was graded anew, or that was undone, since its latest publication. One statement."""
    if latest is None:
        return False
    runs = runs_in_force(round_id)
    return (runs[-1].id if runs else None) != latest.run_id
