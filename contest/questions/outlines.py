"""Putting an outline right: each change is a new list of entries. Pure.

`at` is an entry's place from 0. A section takes all that stands below it along. What cannot be done
leaves the entries as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from contest.questions.formats.outline import MAX_LOCATOR, MAX_TITLE, Entry, keys

Entries = tuple[Entry, ...]


def end_of(entries: Sequence[Entry], at: int) -> int:
    """Where the entries below `at` end."""
    end = at + 1
    while end < len(entries) and entries[end].depth > entries[at].depth:
        end += 1
    return end


def rename(entries: Entries, at: int, locator: str, title: str, text: str) -> Entries:
    """Give an entry other words."""
    changed = replace(entries[at], locator=" ".join(locator.split())[:MAX_LOCATOR],
                      title=" ".join(title.split())[:MAX_TITLE], text=text.strip())
    return (*entries[:at], changed, *entries[at + 1:])


def merge(entries: Entries, at: int) -> Entries:
    """Put an entry into the one before it, with its questions; what stands below it comes up to it."""
    if not 0 < at < len(entries):
        return entries
    into, one = entries[at - 1], entries[at]
    merged = replace(into, text=_joined(into, one), took=(*into.took, *([one.section_id] if one.section_id else []),
                                                          *one.took))
    below = [replace(entry, depth=max(entry.depth - 1, into.depth + 1) if one.depth > into.depth else entry.depth)
             for entry in entries[at + 1:end_of(entries, at)]]
    return settled((*entries[:at - 1], merged, *below, *entries[end_of(entries, at):]))


def split(entries: Entries, at: int, line: int) -> Entries:
    """Make the text from line `line` (from 1) on an entry of its own, beside it where it has none below."""
    one = entries[at]
    lines = one.text.split("\n")
    if not 1 <= line <= len(lines) or not lines[line - 1].strip():
        return entries
    first = lines[line - 1].strip().lstrip("-+ ")
    rest = Entry(f"{one.locator} ({line})"[:MAX_LOCATOR], first[:MAX_TITLE], "\n".join(lines[line - 1:]).strip(),
                 one.depth + 1)
    kept = replace(one, text="\n".join(lines[:line - 1]).strip())
    return (*entries[:at], kept, rest, *entries[at + 1:])


def move(entries: Entries, at: int, up: bool) -> Entries:
    """Change places with the neighbour of the same level."""
    depth, end = entries[at].depth, end_of(entries, at)
    if up:
        start = next((n for n in range(at - 1, -1, -1) if entries[n].depth <= depth), -1)
        if start < 0 or entries[start].depth != depth:
            return entries
        return (*entries[:start], *entries[at:end], *entries[start:at], *entries[end:])
    if end >= len(entries) or entries[end].depth != depth:
        return entries
    after = end_of(entries, end)
    return (*entries[:at], *entries[end:after], *entries[at:end], *entries[after:])


def indent(entries: Entries, at: int, deeper: bool) -> Entries:
    """Put an entry one level below the one before it, or one level up."""
    depth, end = entries[at].depth, end_of(entries, at)
    if deeper and (at == 0 or entries[at - 1].depth < depth):
        return entries
    if not deeper and depth == 0:
        return entries
    step = 1 if deeper else -1
    return settled((*entries[:at], *(replace(one, depth=one.depth + step) for one in entries[at:end]), *entries[end:]))


def remove(entries: Entries, at: int) -> Entries:
    """Leave an entry out, with its text; what stands below it comes up."""
    return settled((*entries[:at], *(replace(one, depth=one.depth - 1) for one in entries[at + 1:end_of(entries, at)]),
                    *entries[end_of(entries, at):]))


def add(entries: Entries, after: int | None, locator: str, title: str) -> Entries:
    """A new entry behind another and what stands below it; at the end for None."""
    depth = entries[after].depth if after is not None else 0
    at = end_of(entries, after) if after is not None else len(entries)
    return (*entries[:at], Entry(" ".join(locator.split())[:MAX_LOCATOR], " ".join(title.split())[:MAX_TITLE], "",
                                 depth), *entries[at:])


def collapse(entries: Entries, levels: int) -> Entries:
    """Put everything deeper than so many levels into the section above it; no word is lost."""
    found: list[Entry] = []
    for one in entries:
        if one.depth < levels or not found:
            found.append(one)
        else:
            held = found[-1]
            took = (*held.took, *([one.section_id] if one.section_id else []), *one.took)
            found[-1] = replace(held, text=_joined(held, one), took=took)
    return tuple(found)


def settled(entries: Entries) -> Entries:
    """No entry more than one level below the one before it."""
    found: list[Entry] = []
    for one in entries:
        most = found[-1].depth + 1 if found else 0
        found.append(one if 0 <= one.depth <= most else replace(one, depth=min(max(one.depth, 0), most)))
    return tuple(found)


def carried(entries: Entries, held: Mapping[str, str]) -> Entries:
    """The entries of a corrected text, each standing for the stored section of its key: {key: id}."""
    taken = {one.section_id for one in entries if one.section_id}
    found = []
    for one, key in zip(entries, keys(entries), strict=True):
        section = held.get(key)
        if not one.section_id and section and section not in taken:
            one = replace(one, section_id=section)
            taken.add(section)
        found.append(one)
    return tuple(found)


def _joined(into: Entry, one: Entry) -> str:
    """The text of an entry with another below it; a heading stands as a line of its own."""
    short = one.locator.rpartition(" ")[2]
    heading = "" if one.text.startswith(one.title.rstrip("…")) else f"{short}. {one.title}".strip(" .")
    return "\n".join(text for text in (into.text, heading, one.text) if text)
