"""Two lists below a stem, 1. 2. 3. and a. b. c., or the columns of a table: what a matching question pairs. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from contest.questions.formats.pairs import Pairs
from contest.questions.formats.text import fold

MAX_ITEMS = 20
_ITEM = re.compile(r"\s*[(\[]?(?:(?P<digit>\d{1,2})|(?P<letter>[A-Ta-t]))\s?[.):/\]](?!\d)\s*(?=\S)")
_LINK = re.compile(r"(\d{1,2}|[A-Ta-t])\s*(?:[-–:=.)]+>?|→)\s*(\d{1,2}|[A-Ta-t])")
_BETWEEN = re.compile(r"[,;\n]|\s+(?=(?:\d{1,2}|[A-Ta-t])\s*(?:[-–:=.)]|→))")
_CELL = re.compile(r"(?<!\\)\|")
_COLUMN_HEAD = re.compile(r"(?:cot|column|ve|nhom) (?:a|b|i|ii|1|2|trai|phai)\b.*")


@dataclass(frozen=True, slots=True)
class Lists:
    """The stem and both lists without their signs; `digits` is True where the first one is 1, 2, 3."""

    stem: str
    first: tuple[str, ...]
    second: tuple[str, ...]
    digits: bool = True


def two_lists(text: str) -> Lists | None:
    """The lists at the end of a text, one item a line; None for another text."""
    stem: list[str] = []
    lists: list[list[str]] = []
    digits: list[bool] = []
    for line in text.split("\n"):
        found = _ITEM.match(line)
        place = _place(found["digit"] or found["letter"]) if found else -1
        if found and place == 0 and (not digits or digits[-1] != bool(found["digit"])):
            if len(lists) == 2:
                return None
            lists.append([])
            digits.append(bool(found["digit"]))
        if found and lists and place == len(lists[-1]) and bool(found["digit"]) == digits[-1]:
            lists[-1].append(line[found.end():].strip())
        elif lists and line.strip():
            if found or _COLUMN_HEAD.fullmatch(fold(line)):
                if found:
                    return None
                continue
            lists[-1][-1] += "\n" + line.strip()
        elif not _COLUMN_HEAD.fullmatch(fold(line)):
            stem.append(line)
    if len(lists) != 2 or min(map(len, lists)) < 2 or max(map(len, lists)) > MAX_ITEMS:
        return None
    return Lists("\n".join(stem).strip(), tuple(lists[0]), tuple(lists[1]), digits[0])


def table_pairs(source: str) -> list[tuple[str, str]] | None:
    """The rows of a pipe table of two columns, its header left out where it only names them; None for another."""
    rows = [[cell.strip() for cell in _CELL.split(line.strip().removeprefix("|").removesuffix("|"))]
            for line in source.split("\n") if line.strip()]
    rows = [row for row in rows if not all(set(cell) <= {"-", ":"} and cell for cell in row)]
    if not rows or any(len(row) != 2 for row in rows):
        return None
    head = [fold(cell) for cell in rows[0]]
    signed = [all(not cell or _ITEM.match(cell) for cell in row) for row in rows]
    if all(_COLUMN_HEAD.fullmatch(cell) for cell in head) or (len(rows) > 1 and not signed[0] and all(signed[1:])):
        del rows[0]
    return [(row[0].replace("\\|", "|"), row[1].replace("\\|", "|")) for row in rows] or None


def lists_of_table(stem: str, rows: Sequence[tuple[str, str]]) -> Lists | None:
    """The lists of a table whose cells bear the signs 1. and a.; None where they bear none."""
    columns = [[row[side] for row in rows if row[side]] for side in (0, 1)]
    found = two_lists("\n".join(cell.replace("\n", " ") for column in columns for cell in column))
    return Lists(stem, found.first, found.second, found.digits) if found and not found.stem else None


def bound(lists: Lists, key: str) -> Pairs | None:
    """The pairs that "1-b, 2-a" makes of two lists; None for another key."""
    links: dict[int, int] = {}
    for part in _BETWEEN.split(key.strip().rstrip(".")):
        if not part.strip():
            continue
        found = _LINK.fullmatch(part.strip())
        if not found or found[1].isdigit() == found[2].isdigit():
            return None
        left, right = (found[1], found[2]) if found[1].isdigit() == lists.digits else (found[2], found[1])
        if _place(left) in links:
            return None
        links[_place(left)] = _place(right)
    if set(links) != set(range(len(lists.first))) or not all(0 <= to < len(lists.second) for to in links.values()):
        return None
    return Pairs(lists.first, lists.second, tuple(links[place] for place in range(len(lists.first))))


def _place(sign: str) -> int:
    return int(sign) - 1 if sign.isdigit() else ord(sign.lower()) - 97
