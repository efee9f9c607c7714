"""Pairs and statements as a sheet holds them: matching and cluster, both ways. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from contest.questions.formats.drafts import column_letter

_ARROW = re.compile(r"(?<!\\)\s*(?:->|→|=>)\s*")
_EQUALS = re.compile(r"(?:^|\s)=\s|=$|^=")
_TO_ESCAPE = re.compile(r"->|→|=>")
_LINK = re.compile(r"([A-Ha-h])\s*[-–:=.]+>?\s*(\d{1,2}|[A-Ha-h])")
_TRUTH = re.compile(
    r"(?:\(?([A-Ha-h]|[1-8])\s?[-–.):=]\s?)?(đúng|sai|true|false|đ|s|t|f)(?=[\s,;./|)\]-]|$|[đs])", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s,;./|&-]*|\s+và\s+")
_TRUE = frozenset({"đúng", "đ", "true", "t"})


@dataclass(frozen=True, slots=True)
class Pairs:
    """A matching question; `key` holds one 0-based target a prompt, () where none could be told."""

    prompts: tuple[str, ...]
    targets: tuple[str, ...]
    key: tuple[int, ...]


def sides(cell: str) -> tuple[str, str] | None:
    """The two sides of "prompt -> target" or "prompt = target", None where no sign parts them."""
    found = _ARROW.search(cell) or _EQUALS.search(cell)
    if not found and cell.count("=") == 1:
        found = re.search("=", cell)
    if not found:
        return None
    left, right = cell[: found.start()], cell[found.end() :]
    return _plain(left), _plain(right)


def _plain(text: str) -> str:
    return re.sub(r"\\(?=->|→|=>)", "", text).strip()


def read_pairs(cells: Sequence[str], key: str) -> Pairs | None:
    """The pairs of the option cells; None where a cell has no sign or the key names no pair.

    Without a key each prompt belongs to the target beside it; "A-2, B-1" (or "A-B") binds the prompt
    in column A to the target in the second column.
    """
    found = [sides(cell) for cell in cells]
    prompts: list[tuple[int, str]] = []
    targets: dict[str, int] = {}
    key_of: dict[int, int] = {}
    columns: dict[int, int] = {}
    for column, pair in enumerate(found):
        if pair is None:
            return None
        prompt, target = pair
        if target:
            columns[column] = targets.setdefault(target, len(targets))
        if prompt:
            prompts.append((column, prompt))
            key_of[column] = columns.get(column, -1)
    if key:
        linked = _links(key)
        if linked is None or set(linked) != {column for column, _ in prompts}:
            return None
        key_of = {column: columns.get(to, -1) for column, to in linked.items()}
    bound = tuple(key_of[column] for column, _ in prompts)
    if -1 in bound:
        return None
    return Pairs(tuple(text for _, text in prompts), tuple(targets), bound)


def is_linked(key: str) -> bool:
    """True for a key such as "A-2, B-1"."""
    return len(_links(key) or ()) > 1


def _links(key: str) -> dict[int, int] | None:
    linked: dict[int, int] = {}
    for part in re.split(r"[,;\n]|\s+(?=[A-Ha-h]\s?[-–:=])", key):
        if not part.strip():
            continue
        found = _LINK.fullmatch(part.strip())
        if not found:
            return None
        to = int(found[2]) - 1 if found[2].isdigit() else ord(found[2].upper()) - 65
        linked[ord(found[1].upper()) - 65] = to
    return linked or None


def write_pairs(prompts: Sequence[str], targets: Sequence[str], key: Sequence[int]) -> tuple[list[str], str]:
    """The option cells and the key cell that `read_pairs` reads back; the key is "" where pairs stand side by side."""
    rows = max(len(prompts), len(targets))
    left = [*prompts, *[""] * (rows - len(prompts))]
    right = [*targets, *[""] * (rows - len(targets))]
    cells = [f"{_escape(a)} -> {_escape(b)}".strip() for a, b in zip(left, right, strict=True)]
    side_by_side = list(key) == list(range(len(prompts)))
    links = ", ".join(f"{column_letter(row)}-{to + 1}" for row, to in enumerate(key))
    return cells, "" if side_by_side else links


def _escape(text: str) -> str:
    return _TO_ESCAPE.sub(lambda found: "\\" + found[0], text)


def read_truths(cell: str, statements: int) -> tuple[int, ...] | None:
    """0 (true) or 1 a statement for "Đ, S, Đ", "ĐSĐ", "1-Đ 2-S", "a) Đúng b) Sai"; None for anything else."""
    found: list[tuple[str | None, bool]] = []
    at = 0
    text = cell.strip()
    for match in _TRUTH.finditer(text):
        if not _BETWEEN.fullmatch(text[at : match.start()]):
            return None
        found.append((match[1], match[2].lower() in _TRUE))
        at = match.end()
    if len(found) != statements or text[at:].strip(" \n.,;)") or not found:
        return None
    if all(name is None for name, _ in found):
        return tuple(0 if true else 1 for _, true in found)
    places = {_place(name): 0 if true else 1 for name, true in found if name is not None}
    if set(places) != set(range(statements)):
        return None
    return tuple(places[place] for place in range(statements))


def _place(name: str) -> int:
    return int(name) - 1 if name.isdigit() else ord(name.upper()) - 65


def write_truths(key: Sequence[int]) -> str:
    """The key cell of a cluster: "Đ, S, Đ"."""
    return ", ".join("Đ" if option == 0 else "S" for option in key)
