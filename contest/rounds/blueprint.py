"""The blueprint of a paper as an organiser edits it: a matrix of topic x level, whole or per bank, and rows
with further conditions."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from typing import Any

from contest.questions.paper import SHAPE_OF, Cell, PoolItem, Shortage, shortages

LEVELS = ("NB", "TH", "VD", "VDC")
MOST = 200  # questions of one paper
MOST_ROWS = 60  # with further conditions
ASKED = ("bank_id", "topic", "level", "type", "document_id")  # what a row may ask, in the order of `Place`
_PREFIX, _ROW = "cell", "row"


@dataclass(frozen=True)
class Group:
    """How many usable questions there are of one bank, topic, level, type, set of documents; None: without one.

    `exclusion`: those of one key exclude each other and count once.
    """

    bank_id: str
    topic: str | None
    level: str | None
    count: int
    type: str | None = None
    documents: frozenset[str] = frozenset()
    exclusion: str | None = None


@dataclass(frozen=True)
class Place:
    """A place in the blueprint; None stands for any bank, topic, level, type or document."""

    bank_id: str | None = None
    topic: str | None = None
    level: str | None = None
    type: str | None = None
    document_id: str | None = None

    @property
    def name(self) -> str:
        """The form field of a place of the matrix; `place_of` reads it back. ASCII: it also stands in addresses."""
        return ".".join([_PREFIX, self.bank_id or "", _packed(self.level), _packed(self.topic)])

    @property
    def plain(self) -> bool:
        """Whether the matrix has such a place."""
        return self.type is None and self.document_id is None

    def holds(self, group: Group) -> bool:
        """True where the group's questions may fill this place."""
        return Cell(1, *astuple(self)).takes(_item(group))


@dataclass(frozen=True)
class Field:
    """One box of the matrix: what stands in it as typed, and how many questions could fill it."""

    place: Place
    typed: str
    available: int


@dataclass(frozen=True)
class Line:
    """One row of the matrix. `idle`: no chosen bank has the topic and nothing is asked of it."""

    topic: str | None
    fields: tuple[Field, ...]
    idle: bool


@dataclass(frozen=True)
class Matrix:
    """Topics down, levels across; the last row and column are "any" (None)."""

    bank_id: str | None
    levels: tuple[str | None, ...]
    lines: tuple[Line, ...]


def place_of(name: str) -> Place | None:
    """The place that a form field's name means; None for any other field."""
    parts = name.split(".")
    if len(parts) != 4 or parts[0] != _PREFIX:
        return None
    try:
        return Place(parts[1] or None, topic=_unpacked(parts[3]), level=_unpacked(parts[2]))
    except ValueError:
        return None


def _packed(text: str | None) -> str:
    return urlsafe_b64encode((text or "").encode()).decode().rstrip("=")


def _unpacked(text: str) -> str | None:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode() or None


def place_in(row: Mapping[str, Any]) -> Place:
    """The place that a row of a blueprint asks for; rows written before types and documents lack those."""
    return Place(*(row.get(name) for name in ASKED))


def read(pairs: Iterable[tuple[str, str]]) -> tuple[list[dict[str, Any]], list[str]]:
    """Blueprint rows of a form's fields, and the names of fields that hold no number 0..200.

    Empty boxes and zeros ask for nothing. Rows keep the order of the fields; those with further
    conditions stand last. An unknown type is as wrong as a number.
    """
    held = list(pairs)
    asked = [(name, place, typed) for name, typed in held if (place := place_of(name))]
    asked += [(field_name(number, "count"), *extra) for number, extra in extras(held).items()]
    rows: list[dict[str, Any]] = []
    wrong: list[str] = []
    for name, place, typed in asked:
        text = typed.strip()
        if not text:
            continue
        if not (text.isascii() and text.isdigit()) or int(text) > MOST or place.type not in (None, *SHAPE_OF):
            wrong.append(name)
        elif int(text):
            rows.append({**vars(place), "count": int(text)})
    return rows, wrong


def field_name(number: int, what: str) -> str:
    """The form field of a row with further conditions; `what` is one of `ASKED` or "count"."""
    return f"{_ROW}.{number}.{what}"


def extras(pairs: Iterable[tuple[str, str]]) -> dict[int, tuple[Place, str]]:
    """The rows with further conditions of a form's fields: number → (place, the count as typed)."""
    found: dict[int, dict[str, str]] = {}
    for name, typed in pairs:
        parts = name.split(".")
        if len(parts) == 3 and parts[0] == _ROW and parts[1].isascii() and parts[1].isdigit() and len(parts[1]) < 4:
            found.setdefault(int(parts[1]), {})[parts[2]] = typed.strip()
    return {number: (Place(*(row.get(name) or None for name in ASKED)), row.get("count", ""))
            for number, row in sorted(found.items())[:MOST_ROWS]}


def fields_of(rows: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Field name → text, as the form shows stored rows; two rows of one place of the matrix are added up."""
    counts: dict[str, int] = {}
    fields: dict[str, str] = {}
    number = 0
    for row in rows:
        place = place_in(row)
        if place.plain:
            counts[place.name] = counts.get(place.name, 0) + row["count"]
            continue
        fields |= {field_name(number, name): str(value) for name, value in vars(place).items() if value}
        fields[field_name(number, "count")] = str(row["count"])
        number += 1
    return {name: str(count) for name, count in counts.items()} | fields


def total(rows: Sequence[dict[str, Any]]) -> int:
    """How many questions one paper has."""
    return sum(row["count"] for row in rows)


def lacking(groups: Sequence[Group], rows: Sequence[dict[str, Any]]) -> tuple[tuple[Place, Shortage], ...]:
    """The places that the pool cannot serve together; empty where every paper can be drawn."""
    places = [place_in(row) for row in rows]
    cells = [Cell(row["count"], *astuple(place)) for row, place in zip(rows, places, strict=True)]
    pool = [(replace(_item(group), version_id=str(number)), group.count) for number, group in enumerate(groups)]
    return tuple((places[short.index], short) for short in shortages(pool, cells))


def _item(group: Group) -> PoolItem:
    return PoolItem("", group.bank_id, group.topic, group.level, group.type, group.documents, group.exclusion)


def matrix(known: Sequence[Group], chosen: Sequence[str], typed: dict[str, str], topics: Sequence[str],
           bank_id: str | None = None) -> Matrix:
    """The matrix over the chosen banks, or over one of them.

    `known`: groups of every bank, so that a bank chosen later finds its rows; `typed`: field name →
    text; `topics`: the usual order, others follow by name.
    """
    asked = [place for name, text in typed.items()
             if text.strip() not in ("", "0") and (place := place_of(name)) and place.bank_id == bank_id]
    mine = [group for group in known if bank_id in (None, group.bank_id)]
    counts = availability([group for group in mine if group.bank_id in chosen])
    levels = (*_ordered({g.level for g in mine} | {p.level for p in asked}, LEVELS), None)
    lines = []
    for topic in (*_ordered({g.topic for g in mine} | {p.topic for p in asked}, topics), None):
        places = [Place(bank_id, topic, level) for level in levels]
        fields = tuple(Field(place, typed.get(place.name, ""), counts.get(place.name, 0)) for place in places)
        idle = topic is not None and not any(field.available or field.place in asked for field in fields)
        lines.append(Line(topic, fields, idle))
    return Matrix(bank_id, levels, tuple(lines))


def availability(groups: Sequence[Group]) -> dict[str, int]:
    """Field name → how many questions of these groups could fill it, for every field of the matrix that any could.

    Of those that exclude each other one could.
    """
    counts: dict[str, int] = {}
    taken: set[tuple[str, str]] = set()
    for group in groups:
        for name in {Place(bank_id, topic, level).name for bank_id in (None, group.bank_id)
                     for topic in (None, group.topic) for level in (None, group.level)}:
            if group.exclusion is None:
                counts[name] = counts.get(name, 0) + group.count
            elif (name, group.exclusion) not in taken:
                taken.add((name, group.exclusion))
                counts[name] = counts.get(name, 0) + 1
    return counts


def available(groups: Sequence[Group], place: Place) -> int:
    """How many questions of these groups could fill the place; of those that exclude each other one could."""
    fitting = [group for group in groups if place.holds(group)]
    return sum(group.count for group in fitting if group.exclusion is None) + len(
        {group.exclusion for group in fitting} - {None})


def _ordered(found: set[str | None], first: Sequence[str]) -> list[str]:
    names = {name for name in found if name}
    return [*(n for n in first if n in names), *sorted(names - set(first))]
