"""`contest units import`, `contest people import`: the lists that a province keeps in Excel; `contest people add`:
the first administrator of an installation, and whoever else is added by hand."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from flask_babel import gettext as _

from contest import clock
from contest.errors import Refusal
from contest.extensions import db
from contest.identity import imports
from contest.identity.forms import COLUMN_WORDS
from contest.identity.models import ROLES, Account, Unit
from contest.identity.people import (
    Issued,
    PersonData,
    add_person,
    draw_passwords,
    grant_role,
    issue_password,
    issue_passwords,
)
from contest.identity.sheets import Problem
from contest.identity.workbooks import workbook
from contest.web.messages import sentence

Wrapper = Callable[[Callable[..., Any]], Callable[..., Any]]
File = click.Path(exists=True, dir_okay=False, path_type=Path)
NewFile = click.Path(exists=False, dir_okay=False, path_type=Path)


def add_to(main: click.Group, in_app: Wrapper) -> None:
    """Give the command line its groups `units` and `people`."""
    units, people = click.Group("units", help="The tree of units."), click.Group("people", help="Accounts.")
    units.add_command(click.command("import")(click.argument("file", type=File)(in_app(_units))))
    passwords = click.option("--passwords", type=NewFile,
                             help="Give new people one-time passwords and write them to this workbook.")
    people.add_command(click.command("import")(click.argument("file", type=File)(passwords(in_app(_people)))))
    added = in_app(_add)
    for option in (click.option("--role", "roles", multiple=True, type=click.Choice(ROLES), help="May be repeated."),
                   click.option("--unit", help="The code of the unit they work in, and coordinate."),
                   click.option("--name", required=True), click.argument("login")):
        added = option(added)
    people.add_command(click.command("add")(added))
    main.add_command(units)
    main.add_command(people)


def _units(file: Path) -> None:
    """Add and change units from a workbook; rows with an error are named and left out."""
    _sheet, rows, problems = imports.read_units(file.read_bytes())
    plan = imports.import_units(rows, problems, by=None, now=clock.now())
    db.session.commit()
    _tell(plan)


def _people(file: Path, passwords: Path | None) -> None:
    """Add and change people from a workbook; rows with an error are named and left out."""
    if passwords and passwords.exists():
        raise Refusal("file_exists", 409, path=str(passwords))
    now = clock.now()
    _sheet, rows, problems = imports.read_people(file.read_bytes())
    plan = imports.import_people(rows, problems, by=None, now=now)
    db.session.commit()
    if passwords:
        new = [change.key for change in plan.changes if change.action == "new"]
        ids = list(db.session.scalars(db.select(Account.id).where(Account.login.in_(new)).order_by(Account.login)))
        db.session.rollback()  # drawing takes 20 ms each: no transaction waits for it
        with click.progressbar(length=len(ids), label=_("Cấp mật khẩu"), file=sys.stderr) as bar:
            drawn = draw_passwords(len(ids), lambda _done: bar.update(1))
        _hand_out(passwords, issue_passwords(ids, drawn, by=None, now=now))
        db.session.commit()
        click.echo(_("Đã ghi mật khẩu dùng một lần vào %(path)s.", path=str(passwords)))
    _tell(plan)


def _add(login: str, name: str, unit: str | None, roles: tuple[str, ...]) -> None:
    """Add one person and print a one-time password. A new installation begins with an administrator."""
    now, drawn = clock.now(), draw_passwords(1)[0]
    unit_id = db.session.scalar(db.select(Unit.id).where(db.func.lower(Unit.code) == unit.lower())) if unit else None
    if unit and unit_id is None:
        raise Refusal("unit_unknown", 422, value=unit)
    account = add_person(PersonData(login, name, unit_id), by=None, now=now)
    for role in roles:
        grant_role(account.id, role, unit_id if role == "coordinator" else None, by=None, now=now)
    issue_password(account.id, drawn, by=None, now=now)
    db.session.commit()
    click.echo(_("Tên đăng nhập: %(login)s. Mật khẩu dùng một lần: %(password)s", login=account.login,
                 password=drawn.password))


def _hand_out(path: Path, issued: list[Issued]) -> None:
    """Write the passwords where only the owner of the file can read them."""
    path.touch(mode=0o600)
    path.write_bytes(workbook(_("Mật khẩu"), [_("Tên đăng nhập"), _("Họ và tên"), _("Đơn vị"), _("Mật khẩu")],
                              [[one.login, one.name, one.unit, one.password] for one in issued]))


def _tell(plan: imports.Plan) -> None:
    """The counts, every problem with its row, and exit code 1 where a row was left out."""
    for problem in plan.problems:
        click.echo(_say(problem), err=True)
    click.echo(_("Thêm mới %(new)s, cập nhật %(updated)s, giữ nguyên %(same)s, lỗi %(errors)s.",
                 new=plan.count("new"), updated=plan.count("updated"), same=plan.count("unchanged"),
                 errors=plan.errors))
    if plan.errors:
        sys.exit(1)


def _say(problem: Problem) -> str:
    words = sentence(problem.code, dict(problem.params))
    column = COLUMN_WORDS.get(problem.column)
    return str(_("Dòng %(row)s: %(words)s", row=problem.row, words=f"{column}: {words}" if column else words))
