"""The blueprint of a paper as an organiser edits it: a matrix of topic x level, whole or per bank."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from contest.questions.paper import Cell, PoolItem, Shortage, shortages

LEVELS = ("NB", "TH", "VD", "VDC")
MOST = 200  # questions of one paper
_PREFIX = "cell"


@dataclass(frozen=True)
class Group:
    """How many usable questions one bank has of one topic and level; None: without one."""

    bank_id: str
    topic: str | None
    level: str | None
    count: int


@dataclass(frozen=True)
class Place:
    """A place in the blueprint; None stands for any bank, topic or level."""

    bank_id: str | None = None
    topic: str | None = None
    level: str | None = None

    @property
    def name(self) -> str:
        """The form field of this place; `place_of` reads it back. ASCII: it also stands in addresses."""
        return ".".join([_PREFIX, self.bank_id or "", _packed(self.level), _packed(self.topic)])

    def holds(self, group: Group) -> bool:
        """True where the group's questions may fill this place."""
        return (self.bank_id in (None, group.bank_id) and self.topic in (None, group.topic)
                and self.level in (None, group.level))


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


def read(pairs: Iterable[tuple[str, str]]) -> tuple[list[dict[str, Any]], list[str]]:
    """Blueprint rows of a form's fields, and the names of fields that hold no number 0..200.

    Empty boxes and zeros ask for nothing. Rows keep the order of the fields.
    """
    rows: list[dict[str, Any]] = []
    wrong: list[str] = []
    for name, typed in pairs:
        place = place_of(name)
        text = typed.strip()
        if place is None or not text:
            continue
        if not (text.isascii() and text.isdigit()) or int(text) > MOST:
            wrong.append(name)
        elif int(text):
            rows.append({"bank_id": place.bank_id, "topic": place.topic, "level": place.level, "count": int(text)})
    return rows, wrong


def fields_of(rows: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Field name → text, as the form shows stored rows; two rows of one place are added up."""
    counts: dict[str, int] = {}
    for row in rows:
        name = Place(row["bank_id"], row["topic"], row["level"]).name
        counts[name] = counts.get(name, 0) + row["count"]
    return {name: str(count) for name, count in counts.items()}


def total(rows: Sequence[dict[str, Any]]) -> int:
    """How many questions one paper has."""
    return sum(row["count"] for row in rows)


def lacking(groups: Sequence[Group], rows: Sequence[dict[str, Any]]) -> tuple[tuple[Place, Shortage], ...]:
    """The places that the pool cannot serve together; empty where every paper can be drawn."""
    pool = [PoolItem(version_id=f"{i}.{n}", bank_id=group.bank_id, topic=group.topic, level=group.level)
            for i, group in enumerate(groups) for n in range(group.count)]
    cells = [Cell(count=row["count"], bank_id=row["bank_id"], topic=row["topic"], level=row["level"])
             for row in rows]
    return tuple((Place(rows[s.index]["bank_id"], rows[s.index]["topic"], rows[s.index]["level"]), s)
                 for s in shortages(pool, cells))


def matrix(known: Sequence[Group], chosen: Sequence[str], typed: dict[str, str], topics: Sequence[str],
           bank_id: str | None = None) -> Matrix:
    """The matrix over the chosen banks, or over one of them.

    `known`: groups of every bank, so that a bank chosen later finds its rows; `typed`: field name →
    text; `topics`: the usual order, others follow by name.
    """
    asked = [place for name, text in typed.items()
             if text.strip() not in ("", "0") and (place := place_of(name)) and place.bank_id == bank_id]
    mine = [group for group in known if bank_id in (None, group.bank_id)]
    usable = [group for group in mine if group.bank_id in chosen]
    levels = (*_ordered({g.level for g in mine} | {p.level for p in asked}, LEVELS), None)
    lines = []
    for topic in (*_ordered({g.topic for g in mine} | {p.topic for p in asked}, topics), None):
        places = [Place(bank_id, topic, level) for level in levels]
        fields = tuple(Field(place, typed.get(place.name, ""), _available(usable, place)) for place in places)
        idle = topic is not None and not any(field.available or field.place in asked for field in fields)
        lines.append(Line(topic, fields, idle))
    return Matrix(bank_id, levels, tuple(lines))


def availability(groups: Sequence[Group]) -> dict[str, int]:
    """Field name → how many questions of these groups could fill it, for every field that any could."""
    places = {Place(bank_id, topic, level) for group in groups for bank_id in (None, group.bank_id)
              for topic in (None, group.topic) for level in (None, group.level)}
    return {place.name: _available(groups, place) for place in places}


def _available(groups: Sequence[Group], place: Place) -> int:
    return sum(group.count for group in groups if place.holds(group))


def _ordered(found: set[str | None], first: Sequence[str]) -> list[str]:
    names = {name for name in found if name}
    return [*(n for n in first if n in names), *sorted(names - set(first))]
