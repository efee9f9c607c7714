"""Which drafts of a file a bank already has, and what importing them would do. Pure.

A question is known by its code where it has one, else by its folded content.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from contest.questions.content import MAX_CODE_CHARS, Content, of_draft
from contest.questions.formats.drafts import Draft

Kind = Literal["new", "unchanged", "update", "duplicate", "error"]
OnDuplicate = Literal["skip", "update", "add"]
ON_DUPLICATE: tuple[OnDuplicate, ...] = ("skip", "update", "add")


@dataclass(frozen=True, slots=True)
class Known:
    """A question of the bank: its current version."""

    question_id: str
    code: str | None
    identity: str
    content: Content


@dataclass(frozen=True, slots=True)
class Match:
    """A draft and what it meets.

    `kind`: new; unchanged (the bank has exactly this); update (the bank has the question, it
    says something else there); duplicate (the content is there under another code, or the draft
    repeats one of its own file); error (it can't be used). `known` is the bank's question,
    `first_row` the row of the file that is repeated.
    """

    draft: Draft
    kind: Kind
    content: Content | None = None
    known: Known | None = None
    first_row: int | None = None


@dataclass(frozen=True, slots=True)
class Insert:
    """A question to add, with the code it gets."""

    code: str | None
    content: Content


@dataclass(frozen=True, slots=True)
class Change:
    """A new version of a question that the bank has."""

    known: Known
    content: Content


@dataclass(frozen=True, slots=True)
class Decision:
    """What an import writes. `duplicates` counts usable drafts that write nothing."""

    inserts: tuple[Insert, ...]
    changes: tuple[Change, ...]
    duplicates: int


def classify(drafts: Iterable[Draft], bank: Iterable[Known]) -> tuple[Match, ...]:
    """One match a draft, in the file's order."""
    return _Matching(bank).all(drafts)


class _Matching:
    def __init__(self, bank: Iterable[Known]) -> None:
        self.codes: dict[str, Known] = {}
        self.contents: dict[str, list[Known]] = {}
        for known in bank:
            if known.code is not None:
                self.codes[known.code.casefold()] = known
            self.contents.setdefault(known.identity, []).append(known)
        self.rows: dict[str, int] = {}  # code, content or question → the row of the file that claims it

    def all(self, drafts: Iterable[Draft]) -> tuple[Match, ...]:
        return tuple(self.one(draft) if draft.usable else Match(draft, "error") for draft in drafts)

    def one(self, draft: Draft) -> Match:
        content = of_draft(draft)
        identity = content.identity
        code = draft.code.casefold() if draft.code is not None else None
        kind, known = self.met(code, identity, content)
        claims = [f"content {identity}", *([f"code {code}"] if code else []),
                  *([f"question {known.question_id}"] if known else [])]
        first = min((self.rows[claim] for claim in claims if claim in self.rows), default=None)
        for claim in claims:
            self.rows.setdefault(claim, draft.row)
        if first is not None:
            return Match(draft, "duplicate", content, known, first)
        return Match(draft, kind, content, known)

    def met(self, code: str | None, identity: str, content: Content) -> tuple[Kind, Known | None]:
        """What the bank has of it."""
        own = self.codes.get(code) if code else None
        others = [known for known in self.contents.get(identity, ()) if known is not own]
        twin = next((k for k in others if k.content.fingerprint == content.fingerprint), None)
        if own is not None:
            if own.content.fingerprint == content.fingerprint:
                return "unchanged", own
            return ("duplicate", twin) if twin else ("update", own)
        if not others:
            return "new", None
        if code is not None:
            return "duplicate", twin or others[0]
        return ("unchanged", twin) if twin else ("update", others[0])


def decide(matches: Sequence[Match], bank: Iterable[Known], on_duplicate: OnDuplicate) -> Decision:
    """What importing `matches` writes.

    skip: new questions only. update: also a new version where the bank's question says something
    else. add: also a question of its own for each of those, under its code where that is free,
    else under the next free one. What is there word for word is never written again, so the
    same file twice adds nothing, whatever `on_duplicate` says.
    """
    held = list(bank)
    codes = {known.code.casefold() for known in held if known.code is not None}
    codes |= {m.draft.code.casefold() for m in matches if m.kind == "new" and m.draft.code is not None}
    present = {known.content.fingerprint for known in held}
    present |= {m.content.fingerprint for m in matches if m.kind == "new" and m.content}
    inserts: list[Insert] = []
    changes: list[Change] = []
    idle = 0
    for match in matches:
        content = match.content
        if content is None:
            continue
        if match.kind == "new":
            inserts.append(Insert(match.draft.code, content))
        elif on_duplicate == "update" and (change := _change(match, content)):
            changes.append(change)
        elif on_duplicate == "add" and _adds(match, codes, present):
            code = _free(match.draft.code, codes)
            if code is not None:
                codes.add(code.casefold())
            present.add(content.fingerprint)
            inserts.append(Insert(code, content))
        else:
            idle += 1
    return Decision(tuple(inserts), tuple(changes), idle)


def _change(match: Match, content: Content) -> Change | None:
    if match.known is None or match.first_row is not None:
        return None
    same = match.known.content.fingerprint == content.fingerprint
    return None if same else Change(match.known, content)


def _adds(match: Match, codes: set[str], present: set[tuple[object, ...]]) -> bool:
    if match.kind == "unchanged" or match.content is None:
        return False
    code_free = match.draft.code is not None and match.draft.code.casefold() not in codes
    return code_free or match.content.fingerprint not in present


def _free(code: str | None, taken: set[str]) -> str | None:
    """The code itself, or with the first number that makes it free: "DT-01" → "DT-01-2"."""
    if code is None:
        return None
    free, number = code, 1
    while free.casefold() in taken:
        number += 1
        tail = f"-{number}"
        free = code[: MAX_CODE_CHARS - len(tail)] + tail
    return free
