"""A board made public: its lines as they stand, numbered, hashed and signed. Nothing changes one afterwards."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select

from contest.audit import chain
from contest.audit.operations import record
from contest.clock import rfc3339
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.identity.models import Account, Unit
from contest.identity.names import mask
from contest.rounds.eligibility import listed
from contest.rounds.models import Contest, ContestUnit, Entry, Round
from contest.rounds.operations import locked
from contest.standings import board, keeping, outside, overall, ranks
from contest.standings.board_models import Board, Standing
from contest.standings.keys import runs_in_force
from contest.standings.run_models import Publication

MOST = 50_000  # lines of an audience that are printed; the rest are counted
FETCH = 2_000
AUDIENCES = ("official", "citizen")


@dataclass(frozen=True)
class Listed:
    """A board that is made public, and what its kind of board says of itself beside the lines; `run_id` as kept."""

    board_id: str
    contest: Contest
    audiences: list[str]
    masked: bool
    said: dict[str, Any]
    run_id: str | None = None


def publish_board(round_id: str, note: str, *, key: str, by: str | None, now: datetime
                  ) -> tuple[Publication, dict[str, Any]]:
    """The next publication of a round's board, and what it says (plain values, signed with `key`).

    The first one goes with the results; a later one says in `note` why the list is another, and takes out or brings
    back whom the contest's list of who may not take part names or names no more. Raises
    `Missing`; 409 `not_published` while the results are not official, `no_public_list` where the round's board is
    shown to nobody; 422 `reason_required`.
    """
    round_ = locked(round_id)
    if round_.results_published_at is None:
        raise Refusal("not_published", 409)
    if not listed(round_.kind, round_.board_shown):
        raise Refusal("no_public_list", 409)
    number = _next_number(round_.id, note)
    if changed := outside.waiting(round_.id).all:
        keeping.keep(round_, changed, now)
        overall.keep(round_.contest_id, changed, now)
    runs = runs_in_force(round_.id)
    return _publish(Listed(
        round_.id, round_.contest, _audiences([round_]), round_.mask_names,
        {"round": round_.title, "regraded_by_runs": [run.number for run in runs], **_guessed(round_)},
        runs[-1].id if runs else None), number, note.strip(), key, by, now)


def publish_overall(contest_id: str, note: str, *, key: str, by: str | None, now: datetime
                    ) -> tuple[Publication, dict[str, Any]]:
    """The next publication of the board over a contest's rounds with official results; it says which count, and by
    which lists of theirs. Names are masked where any of these rounds masks them.

    Raises `Missing` without such a board; 409 `no_official_round`, `hidden_round` where the board of one of them is
    shown to nobody; 422 `reason_required` from the second one on.
    """
    contest = overall.held(contest_id)
    if contest is None or contest.overall is None:
        raise Missing
    rounds = list(overall.official(contest_id).values())
    if not rounds:
        raise Refusal("no_official_round", 409)
    if hidden := hidden_of(rounds):
        raise Refusal("hidden_round", 409, rounds="; ".join(one.title for one in hidden))
    number = _next_number(contest_id, note)
    lists = {row[0]: row[1] for row in db.session.execute(
        select(Publication.board_id, func.max(Publication.number))
        .where(Publication.board_id.in_([one.id for one in rounds])).group_by(Publication.board_id))}
    runs = runs_in_force(*(one.id for one in rounds))
    return _publish(Listed(
        contest_id, contest, _audiences(rounds), overall.masked(rounds), {
            "rules": db.session.get_one(Board, contest_id).policy,
            "rounds": [{"round": one.title, "publication": lists.get(one.id),
                        "regraded_by_runs": [run.number for run in runs if run.round_id == one.id], **_guessed(one)}
                       for one in rounds],
        }), number, note.strip(), key, by, now)


def _guessed(round_: Round) -> dict[str, Any]:
    """What the round's predictions were of, and compared with: people, hundred-thousandths of a per cent, a number."""
    actual = None if round_.prediction == "none" else board.actual(round_.id)
    return {} if actual is None else {"prediction": {"kind": round_.prediction, "actual": actual}}


def hidden_of(rounds: Iterable[Round]) -> list[Round]:
    """Those of the rounds whose results no public list may tell."""
    return [one for one in rounds if not listed(one.kind, one.board_shown)]


def _next_number(board_id: str, note: str) -> int:
    last = db.session.scalar(select(func.max(Publication.number)).where(Publication.board_id == board_id)) or 0
    if last and not note.strip():
        raise Refusal("reason_required", 422)
    return last + 1


def _audiences(rounds: Sequence[Round]) -> list[str]:
    return [one for one in AUDIENCES if any(round_.audience in ("all", one) for round_ in rounds)]


def _publish(listed: Listed, number: int, note: str, key: str, by: str | None, now: datetime
             ) -> tuple[Publication, dict[str, Any]]:
    told = _told(listed, number, note, now)
    digest = sha256(told)
    row = Publication(board_id=listed.board_id, number=number, run_id=listed.run_id, masked=listed.masked,
                      revision=db.session.get_one(Board, listed.board_id).revision,
                      people=sum(told["people"].values()), sha256=digest, signature=sign(digest, key),
                      published_at=now, published_by=by, note=note)
    db.session.add(row)
    record("board.publish", "contest" if listed.board_id == listed.contest.id else "round", listed.board_id, by=by,
           now=now, number=number, sha256=digest)
    db.session.flush()
    return row, told


def _told(listed: Listed, number: int, note: str, now: datetime) -> dict[str, Any]:
    """Everything that a publication prints: no ids, no times but the time taken, names as the organiser set."""
    return {
        "contest": listed.contest.title, "agency": listed.contest.agency_name,
        "agency_parent": listed.contest.agency_parent, "number": number, "note": note,
        "published_at": rfc3339(now), "masked": listed.masked,
        "audit": str(chain.head()),  # whoever writes the trail anew can't make it end so
        "people": {group: ranks.people(listed.board_id, group) for group in listed.audiences},
        "lines": {group: list(_lines(listed, group)) for group in listed.audiences},
        **listed.said,
    }


def _lines(listed: Listed, group: str) -> Iterator[list[Any]]:
    """[rank, name, unit, points in hundredths, time taken in ms], best first."""
    rank, held = 0, None
    for place, row in enumerate(db.session.execute(
        select(Standing.rank_key, Account.name, func.coalesce(ContestUnit.name, Unit.name), Standing.points,
               Standing.taken_ms)
        .join(Entry, Entry.id == Standing.entry_id).join(Account, Account.id == Entry.account_id)
        .outerjoin(ContestUnit, ContestUnit.id == Standing.unit_id).outerjoin(Unit, Unit.id == Entry.unit_id)
        .where(*ranks.of_group(listed.board_id, group)).order_by(Standing.rank_key, Standing.entry_id).limit(MOST)
        .execution_options(yield_per=FETCH)
    ), 1):
        if row[0] != held:
            rank, held = place, row[0]
        yield [rank, mask(row[1]) if listed.masked else row[1], row[2], row[3], row[4]]


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
    """All publications of a board that anybody may read, the latest first."""
    return list(db.session.scalars(select(Publication).where(Publication.board_id == board_id, _public())
                                   .order_by(Publication.number.desc())))


def newest() -> dict[str, int | None]:
    """Board → the number of its latest publication that anybody may read; None for none. One statement."""
    return {row[0]: row[1] for row in db.session.execute(
        select(Publication.board_id, func.max(case((_public(), Publication.number)))).group_by(Publication.board_id))}


def _public() -> ColumnElement[bool]:
    """Of a publication: no board that is shown to nobody was part of it. None is made since; older servers made some.
    """
    never = Round.board_shown == "never"
    return ~exists().where(Round.results_published_at <= Publication.published_at, or_(
        and_(Round.id == Publication.board_id, or_(Round.kind != "contest", never)),
        and_(Round.contest_id == Publication.board_id, Round.kind == "contest", never)))


def outdated(round_id: str, latest: Publication | None) -> bool:
    """Whether the round was graded anew, or that was undone, since its latest publication. One statement."""
    if latest is None:
        return False
    runs = runs_in_force(round_id)
    return (runs[-1].id if runs else None) != latest.run_id


def overtaken(contest_id: str, latest: Publication | None) -> bool:
    """Whether the board over a contest's rounds changed since its latest publication. One statement."""
    if latest is None:
        return False
    return db.session.scalar(select(Board.revision).where(Board.id == contest_id)) != latest.revision
