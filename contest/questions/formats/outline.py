"""A document as its sections, before anything is stored; the form in which it passes between processes. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from contest.questions.formats.drafts import Problem, UnreadableFile
from contest.questions.formats.law_numbers import Named
from contest.questions.formats.locators import key_of

# Codes of problems and refusals; their sentences are those of `problem_words`.
SECTION_JUMP = "section_jump"
SECTION_REPEATED = "section_repeated"
TOO_MANY_SECTIONS = "too_many_sections"
NOT_A_DOCUMENT = "not_a_document"
NO_TEXT = "no_text"
MAX_SECTIONS = 5_000
MAX_TITLE = 300
MAX_LOCATOR = 120


@dataclass(frozen=True, slots=True)
class Entry:
    """A section. `depth` counts from 0; `section_id` is that of the stored section it stands for, "" for a new one.

    `took` are stored sections whose text and questions went into this one.
    """

    locator: str
    title: str
    text: str
    depth: int = 0
    section_id: str = ""
    took: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Left:
    """A line that went into no section. `why`: nation, head, tail, rule."""

    number: int
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Outline:
    """All that a document's file says: who made it, its sections in order, what was left out."""

    head: Named
    entries: tuple[Entry, ...]
    left: tuple[Left, ...] = ()
    problems: tuple[Problem, ...] = ()


def keys(entries: Sequence[Entry]) -> list[str]:
    """The keys of the entries, in order; a key that comes again is told apart by "#2", "#3", …"""
    seen: dict[str, int] = {}
    found = []
    for entry in entries:
        key = key_of(entry.locator)[:110]
        seen[key] = seen.get(key, 0) + 1
        found.append(key if seen[key] == 1 else f"{key}#{seen[key]}")
    return found


def parents(entries: Sequence[Entry]) -> list[int | None]:
    """The index of each entry's parent; None for those at the top."""
    found: list[int | None] = []
    path: list[int] = []
    for at, entry in enumerate(entries):
        while path and entries[path[-1]].depth >= entry.depth:
            path.pop()
        found.append(path[-1] if path else None)
        path.append(at)
    return found


def dump_entries(entries: Sequence[Entry]) -> list[list[Any]]:
    """The entries as plain JSON values."""
    return [[one.locator, one.title, one.text, one.depth, one.section_id, list(one.took)] for one in entries]


def load_entries(rows: Sequence[Sequence[Any]]) -> tuple[Entry, ...]:
    """What `dump_entries` wrote."""
    return tuple(Entry(locator, title, text, depth, section_id, tuple(took))
                 for locator, title, text, depth, section_id, took in rows)


def dump_head(head: Named) -> dict[str, str | None]:
    """A head as plain JSON values."""
    return {**asdict(head), "issued_on": head.issued_on.isoformat() if head.issued_on else None}


def load_head(values: dict[str, str | None]) -> Named:
    """What `dump_head` wrote."""
    issued_on = values.get("issued_on")
    return Named(values.get("kind") or "", values.get("number") or "",
                 date.fromisoformat(issued_on) if issued_on else None, values.get("issuer") or "",
                 values.get("title") or "")


def dump_outline(outline: Outline) -> bytes:
    """The outline as the child process sends it."""
    return json.dumps({
        "head": dump_head(outline.head), "entries": dump_entries(outline.entries),
        "left": [[one.number, one.text, one.why] for one in outline.left],
        "problems": [[one.severity, one.code, one.place, one.column, dict(one.params)] for one in outline.problems],
    }, ensure_ascii=False).encode("utf-8", "surrogatepass")


def load_outline(data: bytes) -> Outline:
    """What `dump_outline` or `wire.dump_refusal` wrote. Raises UnreadableFile, ValueError."""
    document = json.loads(data)
    if "refusal" in document:
        raise UnreadableFile(document["refusal"], document["params"])
    return Outline(load_head(document["head"]), load_entries(document["entries"]),
                   tuple(Left(*one) for one in document["left"]), tuple(Problem(*one) for one in document["problems"]))
