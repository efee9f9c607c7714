"""The files of a published board: whole pages and the data behind them, which need no database to be served."""

import fcntl
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import current_app
from flask_babel import get_locale, gettext
from sqlalchemy import func, select

from contest.database import reading
from contest.extensions import db
from contest.rounds import scoring_words
from contest.rounds.models import Contest, Round
from contest.rounds.queries import owner_of
from contest.scoring import policy
from contest.standings import publications
from contest.standings.board_models import Board
from contest.standings.run_models import Publication

ROWS = 200  # lines a page
GROUPS = {"official": "cbccvc", "citizen": "nguoi-dan"}  # audience → its name in addresses
LATEST = "latest"  # a file that holds the number


def publish(round_id: str, note: str, *, by: str | None, now: datetime) -> Publication:
    """`publications.publish_board` with its files, which nobody is served before the caller has committed and called
    `let_hold`.
    """
    row, told = publications.publish_board(round_id, note, key=current_app.config["SECRET_KEY"], by=by, now=now)
    write_files(row, told, now)
    return row


def publish_overall(contest_id: str, note: str, *, by: str | None, now: datetime) -> Publication:
    """`publications.publish_overall` with its files; as `publish`."""
    key = current_app.config["SECRET_KEY"]
    row, told = publications.publish_overall(contest_id, note, key=key, by=by, now=now)
    write_files(row, told, now)
    return row


def write_files(row: Publication, told: dict[str, Any], now: datetime) -> None:
    """Write all files of a publication: whole or not at all, in a folder of its number."""
    kept = folder(row.board_id)
    made = kept / f".{row.number}.part"
    made.mkdir(parents=True, exist_ok=True)
    (made / "board.json").write_text(publications.canonical(told), encoding="utf-8")
    names = [name for group in told["lines"] for name in _pages(made, row, told, group, now)]
    (made / "first").write_text(names[0])
    for old in sorted((kept / str(row.number)).glob("*")):  # of a publication that was never committed
        old.unlink()
    made.replace(kept / str(row.number))


def let_hold(row: Publication) -> None:
    """From now on the address without a number shows this publication, unless it shows a later one already.

    Call it once the commit is done: until then nothing of the publication is served.
    """
    with _turn(row.board_id):
        _hold(row.board_id, max(row.number, held(row.board_id) or 0))


def held(board_id: str) -> int | None:
    """The number of the publication that the address without a number shows; None while there is none."""
    try:
        return int((folder(board_id) / LATEST).read_text())
    except (OSError, ValueError):
        return None


@dataclass(frozen=True)
class Behind:
    """A board whose address shows another publication than it should; None: none."""

    board_id: str
    held: int | None
    newest: int | None


def behind() -> list[Behind]:
    """The boards whose address does not show the latest committed publication: a server stopped before `let_hold`.

    Or shows one that nobody may read. One statement.
    """
    return [Behind(board_id, now, number) for board_id, number in sorted(publications.newest().items())
            if (now := held(board_id)) != number]


def board_titles(board_ids: Collection[str]) -> dict[str, str]:
    """Board → the title of its round, or of its contest. One statement."""
    rows = db.session.execute(
        select(Board.id, func.coalesce(Round.title, Contest.title)).join(Contest, Contest.id == Board.contest_id)
        .outerjoin(Round, Round.id == Board.round_id).where(Board.id.in_(board_ids)))
    return {row[0]: row[1] for row in rows}


def put_right() -> int:
    """Let each address show what it should, as far as the files are there; how many were put right.

    Call it outside a transaction: what is committed is asked again within the board's turn, so that no `let_hold`
    that comes meanwhile is undone.
    """
    count = 0
    with reading():
        for board_id in [one.board_id for one in behind() if _kept(one.board_id, one.newest)]:
            db.session.rollback()
            with _turn(board_id):
                _hold(board_id, publications.newest().get(board_id))
            count += 1
        db.session.rollback()
    return count


def _kept(board_id: str, number: int | None) -> bool:
    return number is None or (folder(board_id) / str(number) / "first").is_file()


@contextmanager
def _turn(board_id: str) -> Iterator[None]:
    """Nobody else, in no process, changes meanwhile which publication the board's address shows."""
    with (folder(board_id) / ".turn").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # closing it lets go
        yield


def _hold(board_id: str, number: int | None) -> None:
    if number is None:
        (folder(board_id) / LATEST).unlink(missing_ok=True)
        return
    draft = folder(board_id) / f".{LATEST}.part"
    draft.write_text(str(number))
    draft.replace(folder(board_id) / LATEST)


def _pages(into: Path, row: Publication, told: dict[str, Any], group: str, now: datetime) -> list[str]:
    lines = told["lines"][group]
    count = max(1, -(-len(lines) // ROWS))
    names = [f"{GROUPS[group]}-{number}.html" for number in range(1, count + 1)]
    template = current_app.jinja_env.get_template("standings/published.html")  # the usual context has a reader
    owner = owner_of(db.session.get_one(Contest, db.session.get_one(Board, row.board_id).contest_id))
    sums = scoring_words.sums(policy.read(told["rules"])) if "rules" in told else None
    for number, name in enumerate(names):
        (into / name).write_text(template.render(
            _=gettext, language=str(get_locale()), told=told, row=row, now=now, group=group,
            sums=sums, groups=[(one, f"{GROUPS[one]}-1.html", told["people"][one]) for one in told["lines"]],
            lines=lines[number * ROWS:(number + 1) * ROWS], page=number + 1, pages=count,
            before=names[number - 1] if number else None, after=names[number + 1] if number + 1 < count else None,
            agency={"parent": owner.agency_parent, "name": owner.agency_name, "seal": owner.seal},
            hotline=owner.hotline), encoding="utf-8")
    return names


def folder(board_id: str) -> Path:
    """Where the publications of a board are kept."""
    return Path(current_app.extensions["contest_config"].data_dir) / "published" / board_id


def forged() -> list[Publication]:
    """The publications whose data are gone, or are not what the server signed."""
    return [row for row in db.session.scalars(
        select(Publication).order_by(Publication.board_id, Publication.number)) if not _genuine(row)]


def _genuine(row: Publication) -> bool:
    try:
        text = (folder(row.board_id) / str(row.number) / "board.json").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    return publications.genuine(text, row.signature, current_app.config["SECRET_KEY"])
