"""`contest …`: the commands. Exit codes: 0 done, 1 done with problems in the data, 2 refused.

Whatever is refused is one line on stderr.
"""

import json
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click
from flask import Flask
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.exc import DBAPIError, StatementError
from xlsxwriter.exceptions import FileCreateError, XlsxWriterException

from contest import cli_banks, cli_roster, cli_verify, clock
from contest.config import TABLE, BadSetting, Config, load
from contest.database import Busy
from contest.errors import Missing, Refusal

if TYPE_CHECKING:
    from contest.rounds.models import Round

Command = TypeVar("Command", bound=Callable[..., Any])


class OneLine(click.Group):
    """A group whose usage errors are one line on stderr, as every refusal is."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().main(*args, **{**kwargs, "standalone_mode": False})
        except click.exceptions.NoArgsIsHelpError as error:
            refuse(f"Missing command. See `{error.ctx.command_path if error.ctx else 'contest'} --help`.")
        except click.ClickException as error:
            refuse(error.format_message())
        except click.Abort:
            refuse("Aborted.")


def refuse(message: str) -> NoReturn:
    """One line on stderr, exit code 2."""
    click.echo(" ".join(message.split()), err=True)
    sys.exit(2)


def make_app() -> Flask:
    """The application of this environment; refuses in one line where it cannot start."""
    from contest.app import create_app

    try:
        return create_app(load())
    except (BadSetting, RuntimeError, OSError) as error:
        refuse(str(error))


@contextmanager
def told() -> Iterator[None]:
    """What stops a command, as one line on stderr. Inside the application's context."""
    from contest.web.messages import sentence

    try:
        yield
    except Refusal as error:
        refuse(sentence(error.code, error.params))
    except Busy:
        refuse(_("Hệ thống đang bận. Chưa ghi gì; thử lại sau ít giây."))
    except DBAPIError as error:
        refuse(_database_trouble(error))
    except XlsxWriterException as error:
        cause = error.args[0] if isinstance(error, FileCreateError) and error.args else error
        refuse(_file_trouble(cause) if isinstance(cause, OSError) else str(error))
    except OSError as error:
        refuse(_file_trouble(error))


def _file_trouble(error: OSError) -> str:
    path, why = str(error.filename or ""), error.strerror or str(error)
    return str(_("Không mở hoặc không ghi được tệp %(path)s: %(why)s.", path=path, why=why))


def _database_trouble(error: DBAPIError) -> str:
    """What to do about the database; the driver's own first line where its tables are in order."""
    from contest.extensions import db
    from contest.health import schema_is_current

    try:
        db.session.rollback()
        ready = schema_is_current()
    except DBAPIError:
        return str(_("Không kết nối được cơ sở dữ liệu. Kiểm tra DATABASE_URL rồi thử lại."))
    if not ready:
        return str(_("Cơ sở dữ liệu chưa sẵn sàng. Chạy `contest migrate` rồi thử lại."))
    first = (str(error.orig).splitlines() or [""])[0]
    return str(_("Cơ sở dữ liệu báo lỗi: %(why)s.", why=first.rstrip(".")))


def in_app(command: Command) -> Command:
    """Run a command inside the application; a refusal becomes one line on stderr."""

    @wraps(command)
    def inner(*args: Any, **kwargs: Any) -> Any:
        app = make_app()
        with app.app_context(), app.test_request_context(), force_locale("vi"), told():
            return command(*args, **kwargs)

    return inner  # type: ignore[return-value]


@click.group(cls=OneLine, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Timed online contests on administrative reform."""


@main.command()
def settings() -> None:
    """Every setting with its unit, default and value; secrets masked."""
    try:
        shown = load().shown()
    except BadSetting as error:
        refuse(str(error))
    for row in TABLE:
        click.echo(f"{row.name}  [{row.unit}]  {row.about}\n    default: {row.default}\n    value:   "
                   f"{shown[row.name] or '-'}")


@main.command()
@in_app
def migrate() -> None:
    """Bring the database's tables up to date."""
    from flask_migrate import upgrade

    upgrade()


@main.command()
def serve() -> None:
    """Serve the pages and run the worker, until stopped."""
    from contest.serving import serve as run

    config = _config()
    run(config, lambda: click.echo(config.public_url))


@main.command()
def worker() -> None:
    """Close overdue attempts, score finished ones, do long work, until stopped (`serve` runs one by itself)."""
    import signal

    from contest.serving import work, work_jobs

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_args: stop.set())
    app = make_app()
    jobs = threading.Thread(target=work_jobs, args=(app, stop))
    jobs.start()
    work(app, stop)
    jobs.join()


def _config() -> Config:
    try:
        return load()
    except BadSetting as error:
        refuse(str(error))


@main.command()
@click.option("--stage", type=click.Choice(["before", "open", "closed", "published"]), default="open",
              show_default=True, help="How far the sample contest has come.")
def demo(stage: str) -> None:
    """Load the sample data into an empty database; an existing one is kept as it is."""
    from contest.demo import seed

    config, app = _config(), make_app()
    with app.app_context(), app.test_request_context(), force_locale("vi"), told():
        seed(config, app, stage, click.echo)


@main.group()
def bank() -> None:
    """Question banks."""


@main.group("round")
def round_() -> None:
    """Rounds: settle and score."""


@round_.command("close")
@click.argument("round_id")
@in_app
def round_close(round_id: str) -> None:
    """Settle a round whose time is over: close what is still open, score everything."""
    now = clock.now()
    row = _round_of(round_id)
    if row.closes_at > now and row.state != "cancelled":
        raise Refusal("round_still_open", 409, closes_at=row.closes_at)
    _score(row.id, now)


@round_.command("score")
@click.argument("round_id")
@in_app
def round_score(round_id: str) -> None:
    """Score what is finished and make the board anew; the same again changes nothing.

    An official board is only made what it should be: what waits for its next publication goes on waiting.
    """
    from contest.extensions import db
    from contest.standings.operations import counts
    from contest.standings.recount import mend

    now = clock.now()
    row = _round_of(round_id)
    official = row.results_published_at is not None
    mend(row.id, now)
    if not official:
        _score(row.id, now)
        return
    told = counts(row.id)
    db.session.commit()
    click.echo(json.dumps(asdict(told), ensure_ascii=False))


def _round_of(round_id: str) -> "Round":
    """The round of this id. Raises `Missing`, also for a word that is none."""
    from contest.rounds.queries import get_round

    try:
        return get_round(round_id)
    except StatementError as error:
        if isinstance(error, DBAPIError):
            raise
        raise Missing from error  # PostgreSQL's ids are UUIDs: such a word is not even sent


def _score(round_id: str, now: datetime) -> None:
    from contest.extensions import db
    from contest.standings.operations import score_round

    outcome = score_round(round_id, now)
    db.session.commit()
    click.echo(json.dumps(asdict(outcome), ensure_ascii=False))


@main.group()
def results() -> None:
    """Results of a round."""


@results.command("export")
@click.argument("round_id")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True)
@in_app
def results_export(round_id: str, output: Path) -> None:
    """Write a round's results as a workbook: people, attempts, units."""
    from contest.database import reading
    from contest.reports.exports import write_results

    with reading():
        row_id = _round_of(round_id).id
        output.open("ab").close()  # what can't be written is said before the work
        write_results(row_id, output, clock.now())
    click.echo(_("Đã ghi %(path)s.", path=str(output)))


cli_banks.add_to(bank, in_app)
cli_roster.add_to(main, in_app)
cli_verify.add_to(main, in_app)

if __name__ == "__main__":
    main()
