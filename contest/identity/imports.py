"""Lists of units and people → what they would change, and the change itself.

A plan is made twice: once to be shown, once more inside the transaction that carries it out, so
that what is written always fits the database of that moment.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from contest.audit.operations import record
from contest.errors import Refusal
from contest.extensions import db
from contest.identity.coding import Placed, coded
from contest.identity.finder import UnitFinder
from contest.identity.gate import read_table
from contest.identity.kinds import kind_of
from contest.identity.models import Account, Unit
from contest.identity.names import fold
from contest.identity.people import PersonData, edit_person, move_person, new_account
from contest.identity.rosters import (
    PEOPLE_COLUMNS,
    PEOPLE_REQUIRED,
    UNIT_CODED,
    UNIT_COLUMNS,
    UNIT_REQUIRED,
    PersonRow,
    UnitRow,
    people_rows,
    unit_rows,
)
from contest.identity.sheets import Problem, Sheet, UnreadableSheet
from contest.identity.units import UnitData, create_unit, edit_unit

UNIT_TROUBLES = {"ambiguous": "unit_ambiguous", "near": "unit_near", "unknown": "unit_unknown"}
PARENT_TROUBLES = {"ambiguous": "parent_ambiguous", "near": "parent_near", "unknown": "parent_unknown"}


@dataclass(frozen=True)
class Change:
    """What one row does. `action`: "new", "updated" or "unchanged"; `key`: the code or the login;
    `place`: the unit that it comes to stand in; `steps`: (field, what stood there, what will), of one updated."""

    row: int
    action: str
    key: str
    name: str
    place: str | None = None
    steps: tuple[tuple[str, object, object], ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(field for field, _was, _becomes in self.steps)


@dataclass(frozen=True)
class Plan:
    """What a list would do. Rows with an error are not among `changes`."""

    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]

    def count(self, action: str) -> int:
        return sum(change.action == action for change in self.changes)

    @property
    def errors(self) -> int:
        """Rows left out."""
        return len({problem.row for problem in self.problems if problem.severity == "error"})

    @property
    def warnings(self) -> int:
        return sum(problem.severity == "warning" for problem in self.problems)

    @property
    def to_do(self) -> int:
        """Rows that change something."""
        return self.count("new") + self.count("updated")

    @property
    def digest(self) -> str:
        """Equal for plans that do the same."""
        return hashlib.sha256(repr((self.changes, self.problems)).encode()).hexdigest()


def read_units(data: bytes) -> tuple[Sheet, list[UnitRow], list[Problem]]:
    """A workbook of units, read in a child process. Raises `sheets.UnreadableSheet`. Asks no database.

    A header with codes goes before one without. Without codes the names have to be called those of units:
    "Tên" alone may be a column of given names.
    """
    try:
        sheet = read_table(data, UNIT_COLUMNS, UNIT_CODED)
    except UnreadableSheet as refusal:
        if refusal.code != "file_no_header":
            raise
        sheet = read_table(data, UNIT_COLUMNS, UNIT_REQUIRED)
        if fold(sheet.header["name"]) in ("ten", "name"):
            raise refusal from None
    return sheet, *unit_rows(sheet.rows)


def read_people(data: bytes) -> tuple[Sheet, list[PersonRow], list[Problem]]:
    """A workbook of people, read in a child process. Raises `sheets.UnreadableSheet`. Asks no database."""
    sheet = read_table(data, PEOPLE_COLUMNS, PEOPLE_REQUIRED)
    return sheet, *people_rows(sheet.rows)


def plan_units(rows: Sequence[UnitRow], problems: Iterable[Problem] = ()) -> Plan:
    """What `import_units` would do now. Writes nothing."""
    return _units(rows, problems)[0]


def import_units(rows: Sequence[UnitRow], problems: Iterable[Problem] = (), *, by: str | None, now: datetime,
                 ) -> Plan:
    """Add and change units as the rows say; parents before children, in whatever order they come."""
    plan, parents, rows = _units(rows, problems)
    known = {unit.code.casefold(): unit.id for unit in db.session.scalars(select(Unit))}
    waiting = {row.code.casefold(): row for row in rows if row.code.casefold() in parents}
    acting = {change.key for change in plan.changes if change.action != "unchanged"}
    while waiting:
        ready = [key for key in waiting if parents[key] is None or parents[key] not in waiting]
        for key in ready:
            row = waiting.pop(key)
            if row.code not in acting:
                continue
            parent = parents[key]
            data = _unit_data(row, db.session.get(Unit, known[key]) if key in known else None,
                              known[parent] if parent else None)
            if key in known:
                edit_unit(known[key], data, by=by, now=now)
            else:
                known[key] = create_unit(data, by=by, now=now).id
    record("units.imported", "unit", "-", by=by, now=now, new=plan.count("new"), updated=plan.count("updated"),
           errors=plan.errors)
    db.session.flush()
    return plan


def _units(rows: Sequence[UnitRow], problems: Iterable[Problem],
           ) -> tuple[Plan, dict[str, str | None], list[UnitRow]]:
    """The plan, the parent's folded code of every usable row, and the rows, each with its code."""
    units = list(db.session.scalars(select(Unit)))
    above = {unit.id: unit for unit in units}
    rows, doubts = coded(rows, [_placed(unit, above.get(unit.parent_id or "")) for unit in units])
    codes = {unit.id: unit.code.casefold() for unit in units}
    known = {unit.code.casefold(): unit for unit in units}
    tree = {codes[unit.id]: codes.get(unit.parent_id or "") for unit in units}
    usable, found = {row.code.casefold(): row for row in rows}, [*problems, *doubts]
    find = UnitFinder([(unit.code, unit.name) for unit in units] + [(row.code, row.name) for row in rows])
    meant = {key: find(row.parent) for key, row in usable.items() if row.parent}
    while True:
        wanted = {key: meant[key].code if key in meant else tree.get(key) for key in usable}
        bad = {key: code for key in usable
               if (code := PARENT_TROUBLES.get(meant[key].trouble or "" if key in meant else "")
                   or _misplaced(key, {**tree, **wanted}))}
        if not bad:
            break
        for key, code in bad.items():
            row = usable.pop(key)
            shown = meant[key].candidates if key in meant else ""
            found.append(Problem(row.number, "error", code, "parent",
                                 (("value", row.parent or ""), ("candidates", shown))))
    names = {key: one.name for key, one in (known | usable).items()}
    changes = []
    for key, row in usable.items():
        unit, parent = known.get(key), names.get(wanted[key] or "")
        steps = _unit_steps(unit, row) if unit else ()
        if unit and wanted[key] != tree.get(key):
            steps = (*steps, ("parent", names.get(tree.get(key) or ""), parent))
        changes.append(Change(row.number, _action(unit, steps), row.code, row.name, parent, steps))
    return Plan(tuple(changes), tuple(sorted(found, key=lambda p: (p.row, p.severity)))), wanted, rows


def _placed(unit: Unit, above: Unit | None) -> Placed:
    return Placed(unit.code, unit.name, above.code, above.name) if above else Placed(unit.code, unit.name)


def _misplaced(key: str, parents: dict[str, str | None]) -> str | None:
    """Why a unit cannot stand where the list puts it: its parent is unknown, or the way up never ends."""
    seen, here = {key}, parents[key]
    while here is not None:
        if here not in parents:
            return "parent_unknown"
        if here in seen:
            return "parent_circle"
        seen.add(here)
        here = parents[here]
    return None


def _unit_data(row: UnitRow, unit: Unit | None, parent_id: str | None) -> UnitData:
    if unit is None:
        return UnitData(row.code, row.name, row.kind or kind_of(row.name) or "other", row.bloc, parent_id,
                        row.headcount, row.headcount_on)
    given = {name: value for name in ("kind", "bloc", "headcount", "headcount_on")
             if (value := getattr(row, name)) is not None}
    return replace(UnitData(unit.code, row.name, unit.kind, unit.bloc, parent_id, unit.headcount,
                            unit.headcount_on), **given)


def _unit_steps(unit: Unit, row: UnitRow) -> tuple[tuple[str, object, object], ...]:
    data = _unit_data(row, unit, None)
    return tuple((name, was, becomes) for name in ("name", "kind", "bloc", "headcount", "headcount_on")
                 if (was := getattr(unit, name)) != (becomes := getattr(data, name)))


def _action(known: Unit | Account | None, steps: tuple[tuple[str, object, object], ...]) -> str:
    return "new" if known is None else "updated" if steps else "unchanged"


def plan_people(rows: Sequence[PersonRow], problems: Iterable[Problem] = ()) -> Plan:
    """What `import_people` would do now. Writes nothing."""
    return _people(rows, problems)[0]


def import_people(rows: Sequence[PersonRow], problems: Iterable[Problem] = (), *, by: str | None, now: datetime,
                  ) -> Plan:
    """Add and change people as the rows say. New ones have no password yet: see `people.issue_passwords`.

    Raises `Refusal` `list_changed` (409) where somebody else added one of them meanwhile.
    """
    plan, units, accounts = _people(rows, problems)
    acting = {change.row for change in plan.changes if change.action != "unchanged"}
    new = [new_account(_person_data(row, units[row.number]), now)
           for row in rows if row.number in acting and row.login not in accounts]
    try:
        with db.session.begin_nested():
            db.session.add_all(new)
            db.session.flush()
    except IntegrityError as error:
        raise Refusal("list_changed", 409) from error
    for row in rows:
        account = accounts.get(row.login)
        if account is not None and row.number in acting:
            edit_person(account.id, name=row.name, position=row.position or account.position,
                        phone=row.phone or account.phone, audience=row.audience or account.audience, by=by, now=now)
            move_person(account.id, units[row.number], by=by, now=now)
    record("people.imported", "account", "-", by=by, now=now, new=plan.count("new"), updated=plan.count("updated"),
           errors=plan.errors)
    db.session.flush()
    return plan


def _people(rows: Sequence[PersonRow], problems: Iterable[Problem],
            ) -> tuple[Plan, dict[int, str], dict[str, Account]]:
    """The plan, the unit's id by row number, the accounts that exist by login."""
    tree = list(db.session.scalars(select(Unit)))
    ids, find = {unit.code.casefold(): unit.id for unit in tree}, UnitFinder((unit.code, unit.name) for unit in tree)
    accounts, found, names = _accounts(row.login for row in rows), list(problems), {unit.id: unit.name for unit in tree}
    changes, units = [], dict[int, str]()
    for row in rows:
        meant = find(row.unit)
        if meant.code is None:
            found.append(Problem(row.number, "error", UNIT_TROUBLES[meant.trouble or "unknown"], "unit",
                                 (("value", row.unit), ("candidates", meant.candidates))))
            continue
        unit_id = units[row.number] = ids[meant.code]
        account = accounts.get(row.login)
        steps = _person_steps(account, row) if account else ()
        if account and account.unit_id != unit_id:
            steps = (*steps, ("unit", names.get(account.unit_id or ""), names[unit_id]))
        found += _doubts(account, row) if account else []
        changes.append(Change(row.number, _action(account, steps), row.login, row.name, names[unit_id], steps))
    return Plan(tuple(changes), tuple(sorted(found, key=lambda p: (p.row, p.severity)))), units, accounts


def _accounts(logins: Iterable[str]) -> dict[str, Account]:
    wanted, found = list(logins), dict[str, Account]()
    for start in range(0, len(wanted), 500):
        batch = wanted[start : start + 500]
        found.update((account.login, account)
                     for account in db.session.scalars(select(Account).where(Account.login.in_(batch))))
    return found


def _person_data(row: PersonRow, unit_id: str) -> PersonData:
    return PersonData(row.login, row.name, unit_id, row.position, row.phone, row.audience or "official")


def _person_steps(account: Account, row: PersonRow) -> tuple[tuple[str, object, object], ...]:
    return tuple((name, was, becomes) for name in ("name", "position", "phone", "audience")
                 if (becomes := getattr(row, name)) is not None and becomes != (was := getattr(account, name)))


def _doubts(account: Account, row: PersonRow) -> list[Problem]:
    """What somebody should look at before an account that exists is changed."""
    found = []
    if not account.active:
        found.append(Problem(row.number, "warning", "person_inactive", "login", (("value", row.login),)))
    if fold(account.name) != fold(row.name):
        found.append(Problem(row.number, "warning", "login_of_another", "login",
                             (("value", row.login), ("name", account.name))))
    return found
