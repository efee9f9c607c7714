"""Which drafts of a file a bank already has, and what importing them would do. Pure.

A question is known by its code where it has one, else by its folded content.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Literal

from contest.questions.content import MAX_CODE_CHARS, Content, of_draft
from contest.questions.formats.drafts import DEFAULT_POINTS, Draft, Reading
from contest.scoring.rules import fault

Kind = Literal["new", "unchanged", "update", "duplicate", "error", "skipped"]
OnDuplicate = Literal["skip", "update", "add"]
ON_DUPLICATE: tuple[OnDuplicate, ...] = ("skip", "update", "add")
NO_CLAIMS: Mapping[int, str] = MappingProxyType({})
NO_CHOICES: Mapping[int, OnDuplicate] = MappingProxyType({})
TOLD_EVERY = 200  # drafts
# What a file need not hold, by the name of its column: the field of `Content`, and what says nothing there.
_OPTIONAL: Mapping[str, tuple[str, object]] = MappingProxyType({
    "topic": ("topic", None), "level": ("level", None), "points": ("points", DEFAULT_POINTS),
    "explanation": ("explanation", None), "citation": ("citation", None), "tags": ("tags", ()),
    "scoring": ("settings", ()),
})


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
    repeats one of its own file); error (it can't be used); skipped (somebody left it out). `known`
    is the bank's question, `first_row` the row of the file that is repeated.
    """

    draft: Draft
    kind: Kind
    content: Content | None = None
    known: Known | None = None
    first_row: int | None = None


@dataclass(frozen=True, slots=True)
class Insert:
    """A question to add, with the code it gets; `ordinal` is the place of its draft."""

    code: str | None
    content: Content
    ordinal: int = -1


@dataclass(frozen=True, slots=True)
class Change:
    """A new version of a question that the bank has; `ordinal` is the place of its draft."""

    known: Known
    content: Content
    ordinal: int = -1


@dataclass(frozen=True, slots=True)
class Decision:
    """What an import writes. `duplicates` counts usable drafts that write nothing, but for those left out."""

    inserts: tuple[Insert, ...]
    changes: tuple[Change, ...]
    duplicates: int


def unsaid(reading: Reading, mended: Collection[int] = ()) -> frozenset[str]:
    """The fields that a file has no place for: it can't mean to empty them in the bank.

    A sheet has none for a column that it lacks; any other file for what none of its questions says,
    but for those at the places `mended`, whose words are no longer the file's.
    """
    if reading.letters:
        return frozenset(_OPTIONAL.keys() - reading.letters.keys())
    said = [of_draft(draft) for place, draft in enumerate(reading.drafts) if draft.usable and place not in mended]
    return frozenset(name for name, (field, empty) in _OPTIONAL.items()
                     if all(getattr(content, field) == empty for content in said))


def classify(drafts: Iterable[Draft], bank: Iterable[Known], *, claimed: Mapping[int, str] = NO_CLAIMS,
             left_out: Collection[int] = (), unsaid: Collection[str] = (),
             told: Callable[[int], None] | None = None) -> tuple[Match, ...]:
    """One match a draft, in the file's order.

    `claimed` names the question that a draft has made before, by the draft's 0-based place: it is
    known whatever it says now. `left_out` are places that nobody imports: they repeat nothing and
    nothing repeats them. Of the fields `unsaid` a draft that is empty there says what the bank's question says.
    `told` hears how many drafts are done, now and then.
    """
    return _Matching(bank, claimed, left_out, unsaid).all(drafts, told)


class _Matching:
    def __init__(self, bank: Iterable[Known], claimed: Mapping[int, str], left_out: Collection[int],
                 unsaid: Collection[str]) -> None:
        self.unsaid = [_OPTIONAL[name] for name in unsaid]
        self.codes: dict[str, Known] = {}
        self.contents: dict[str, list[Known]] = {}
        self.left_out = frozenset(left_out)
        wanted = {question_id: ordinal for ordinal, question_id in claimed.items()}
        self.claimed: dict[int, Known] = {}
        for known in bank:
            if known.code is not None:
                self.codes[known.code.casefold()] = known
            self.contents.setdefault(known.identity, []).append(known)
            if known.question_id in wanted:
                self.claimed[wanted[known.question_id]] = known
        self.rows: dict[str, int] = {}  # code, content or question → the row of the file that claims it

    def all(self, drafts: Iterable[Draft], told: Callable[[int], None] | None) -> tuple[Match, ...]:
        found = []
        for ordinal, draft in enumerate(drafts):
            if told and ordinal % TOLD_EVERY == 0:
                told(ordinal)
            found.append(self.any(ordinal, draft))
        return tuple(found)

    def any(self, ordinal: int, draft: Draft) -> Match:
        if ordinal in self.left_out:
            return Match(draft, "skipped", of_draft(draft) if draft.usable else None)
        return self.one(draft, self.claimed.get(ordinal)) if draft.usable else Match(draft, "error")

    def one(self, draft: Draft, claimed: Known | None) -> Match:
        content = of_draft(draft)
        identity = content.identity
        code = draft.code.casefold() if draft.code is not None else None
        kind, known = self.met(code, identity, content, claimed)
        content = self.filled(content, known) if known else content
        claims = [f"content {identity}", *([f"code {code}"] if code else []),
                  *([f"question {known.question_id}"] if known else [])]
        first = min((self.rows[claim] for claim in claims if claim in self.rows), default=None)
        for claim in claims:
            self.rows.setdefault(claim, draft.row)
        if first is not None:
            return Match(draft, "duplicate", content, known, first)
        return Match(draft, kind, content, known)

    def met(self, code: str | None, identity: str, content: Content,
            claimed: Known | None) -> tuple[Kind, Known | None]:
        """What the bank has of it."""
        own = claimed or (self.codes.get(code) if code else None)
        others = [known for known in self.contents.get(identity, ()) if known is not own]
        twin = next((known for known in others if self.alike(content, known)), None)
        if own is not None:
            if self.alike(content, own):
                return "unchanged", own
            return ("duplicate", twin) if twin else ("update", own)
        if not others:
            return "new", None
        if code is not None:
            return "duplicate", twin or others[0]
        return ("unchanged", twin) if twin else ("update", others[0])

    def alike(self, content: Content, known: Known) -> bool:
        return known.content.fingerprint == self.filled(content, known).fingerprint

    def filled(self, content: Content, known: Known) -> Content:
        """The content, with the bank's word where the file has no place for one."""
        kept: dict[str, Any] = {field: getattr(known.content, field) for field, empty in self.unsaid
                                if getattr(content, field) == empty}
        if fault(dict(kept.get("settings", ())), content.type) is not None:  # does not fit what it is by now
            del kept["settings"]
        return replace(content, **kept) if kept else content


def decide(matches: Sequence[Match], bank: Iterable[Known], on_duplicate: OnDuplicate,
           choices: Mapping[int, OnDuplicate] = NO_CHOICES) -> Decision:
    """What importing `matches` writes; `choices` are those of single drafts, by 0-based place.

    skip: new questions only. update: also a new version where the bank's question says something
    else. add: also a question of its own for each of those, under its code where that is free,
    else under the next free one. What is there word for word is never written again, so the
    same file twice adds nothing, whatever `on_duplicate` says.
    """
    held = list(bank)
    codes = {known.code.casefold() for known in held if known.code is not None}
    codes |= {m.draft.code.casefold() for m in matches if m.kind == "new" and m.draft.code is not None}
    present: set[tuple[object, ...]] = set()
    if any(m.kind in ("update", "duplicate") and choices.get(place, on_duplicate) == "add"
           for place, m in enumerate(matches)):
        present = {known.content.fingerprint for known in held}
        present |= {m.content.fingerprint for m in matches if m.kind == "new" and m.content}
    inserts: list[Insert] = []
    changes: list[Change] = []
    idle = 0
    for ordinal, match in enumerate(matches):
        content, way = match.content, choices.get(ordinal, on_duplicate)
        if content is None or match.kind == "skipped":
            continue
        if match.kind == "new":
            inserts.append(Insert(match.draft.code, content, ordinal))
        elif way == "update" and (change := _change(match, content, ordinal)):
            changes.append(change)
        elif way == "add" and _adds(match, codes, present):
            code = _free(match.draft.code, codes)
            if code is not None:
                codes.add(code.casefold())
            present.add(content.fingerprint)
            inserts.append(Insert(code, content, ordinal))
        else:
            idle += 1
    return Decision(tuple(inserts), tuple(changes), idle)


def _change(match: Match, content: Content, ordinal: int) -> Change | None:
    if match.known is None or match.first_row is not None or match.kind == "unchanged":
        return None
    same = match.known.content.fingerprint == content.fingerprint
    return None if same else Change(match.known, content, ordinal)


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
