"""`contest …`: the commands. Exit codes: 0 done, 1 done with problems in the data, 2 refused."""

import json
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click
from flask import Flask
from flask_babel import force_locale
from flask_babel import gettext as _

from contest import cli_banks, cli_roster, clock
from contest.config import TABLE, BadSetting, Config, load
from contest.errors import Refusal

Command = TypeVar("Command", bound=Callable[..., Any])


def refuse(message: str) -> None:
    """One line on stderr, exit code 2."""
    click.echo(message, err=True)
    sys.exit(2)


def make_app() -> Flask:
    """The application of this environment; refuses in one line where it cannot start."""
    from contest.app import create_app

    try:
        return create_app(load())
    except (BadSetting, RuntimeError) as error:
        refuse(str(error))
        raise


def in_app(command: Command) -> Command:
    """Run a command inside the application; a refusal becomes one line on stderr."""

    @wraps(command)
    def inner(*args: Any, **kwargs: Any) -> Any:
        from contest.web.messages import sentence

        app = make_app()
        with app.app_context(), app.test_request_context(), force_locale("vi"):
            try:
                return command(*args, **kwargs)
            except Refusal as error:
                refuse(sentence(error.code, error.params))

    return inner  # type: ignore[return-value]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
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
    """Close overdue attempts and score finished ones, until stopped (`serve` runs one by itself)."""
    import signal

    from contest.serving import work

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_args: stop.set())
    work(make_app(), stop)


def _config() -> Config:
    try:
        return load()
    except BadSetting as error:
        refuse(str(error))
        raise


@main.command()
@click.option("--stage", type=click.Choice(["before", "open", "closed", "published"]), default="open",
              show_default=True, help="How far the sample contest has come.")
def demo(stage: str) -> None:
    """Load the sample data into an empty database; an existing one is kept as it is."""
    from contest.demo import seed

    seed(_config(), make_app(), stage, click.echo)


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
    from contest.rounds.queries import get_round

    now = clock.now()
    row = get_round(round_id)
    if row.closes_at > now and row.state != "cancelled":
        raise Refusal("round_still_open", 409, closes_at=row.closes_at)
    _score(row.id, now)


@round_.command("score")
@click.argument("round_id")
@in_app
def round_score(round_id: str) -> None:
    """Score what is finished; the same again changes nothing."""
    from contest.rounds.queries import get_round

    _score(get_round(round_id).id, clock.now())


def _score(round_id: str, now: datetime) -> None:
    from contest.extensions import db
    from contest.standings.operations import score_round

    outcome = score_round(round_id, now)
    db.session.commit()
    click.echo(json.dumps(outcome, default=str, ensure_ascii=False))


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
    from contest.rounds.queries import get_round

    with reading():
        write_results(get_round(round_id).id, output, clock.now())
    click.echo(_("Đã ghi %(path)s.", path=str(output)))


cli_banks.add_to(bank, in_app)
cli_roster.add_to(main, in_app)

if __name__ == "__main__":
    main()
