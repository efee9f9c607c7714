"""What pages of figures and boards are asked for: a bloc, the lowest or highest ten, a page of a table, a part."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from contest.errors import Missing
from contest.scoring import units
from contest.scoring.units import Tally
from contest.standings.figures import Participation, UnitLine, sort_lines
from contest.standings.parts import Part, part_of

TOP = 10  # bars of "lowest" and "highest"
ALL_AS_BARS = 20  # so few units are drawn together
ROWS = 100  # of the table, a page
SORTS = {"ten": "name", "ty-le": "rate", "nguoi": "people", "diem": "average"}
BLOC = "khoi:"
VIEWS = ("thap", "cao", "tat-ca")


@dataclass(frozen=True)
class Column:
    """One day of the chart: place and height in per cent of the drawing."""

    day: date
    count: int
    x: float
    width: float
    height: float
    label: bool


@dataclass(frozen=True)
class UnitsPage:
    """The chosen part of a round's units."""

    participation: Participation
    blocs: list[tuple[str, int]]
    bloc: str | None
    lines: list[UnitLine]  # of the bloc, by name
    tally: Tally  # of the bloc
    view: str | None  # None: few enough to draw all
    league: list[UnitLine]
    unrated: list[UnitLine]  # without a headcount: no rate
    table: list[UnitLine]
    sort: str
    descending: bool
    page: int
    pages: int

    @property
    def average(self) -> int | None:
        """Of the chosen units together, hundredths."""
        return units.average(self.tally)


def chosen_part(contest_id: str, args: Mapping[str, str]) -> Part | None:
    """The part of a board that a page's address names: `thuoc`, a unit's id or "khoi:" with a bloc's name.

    Raises `Missing` for an unknown one.
    """
    chosen = args.get("thuoc", "")
    if chosen.startswith(BLOC):
        return part_of(contest_id, bloc=chosen.removeprefix(BLOC))
    return part_of(contest_id, unit_id=chosen)


def units_page(participation: Participation, args: Mapping[str, str]) -> UnitsPage:
    """The part that a page's address asks for; `khoi`, `xem`, `sap`, `chieu`, `trang`.

    Raises `Missing` for an unknown bloc or a page that does not exist; other odd values fall back.
    """
    blocs = [(name, sum(line.bloc == name for line in participation.lines))
             for name in participation.blocs if name]
    bloc = args.get("khoi") or None
    if bloc is not None and bloc not in dict(blocs):
        raise Missing
    lines = [line for line in participation.lines if bloc in (None, line.bloc)]
    rated = [line for line in lines if units.rate(line.tally) is not None]
    view = args.get("xem") if args.get("xem") in VIEWS else VIEWS[0]
    sort = args.get("sap", "") if args.get("sap") in SORTS else "ten"
    descending = args.get("chieu") == "giam"
    table = sort_lines(lines, SORTS[sort], descending=descending)
    pages = max(1, -(-len(table) // ROWS))
    number = args.get("trang", "1")
    page = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 0
    if not 1 <= page <= pages:
        raise Missing
    few = len(rated) <= ALL_AS_BARS
    return UnitsPage(
        participation, blocs, bloc, lines, units.total(line.tally for line in lines), None if few else view,
        _league(rated, None if few else view), [line for line in lines if units.rate(line.tally) is None],
        table[(page - 1) * ROWS:page * ROWS], sort, descending, page, pages)


def _league(rated: list[UnitLine], view: str | None) -> list[UnitLine]:
    if view == "thap":
        return sort_lines(rated, "rate", descending=False)[:TOP]
    return sort_lines(rated, "rate", descending=True)[:TOP if view == "cao" else None]


def columns(days: list[tuple[date, int]]) -> list[Column]:
    """The days as columns; about seven of them carry their date, the first and the last always."""
    highest = max((count for _day, count in days), default=0) or 1
    pitch = 100 / max(len(days), 1)
    step = max(1, -(-len(days) // 7))
    last = len(days) - 1
    return [
        Column(day, count, i * pitch + pitch * 0.12, pitch * 0.76, count * 100 / highest,
               i == last or (i % step == 0 and last - i >= step))
        for i, (day, count) in enumerate(days)
    ]
