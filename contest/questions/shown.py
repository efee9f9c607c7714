"""A question as people see it, without its key: on a sitting's page, in a preview, in print. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from contest.questions.paper import SHAPE_OF, layout, places


@dataclass(frozen=True)
class Option:
    """An option as it is shown; `id` is a random token that tells nothing."""

    id: str
    text: str
    fixed: bool = False


@dataclass(frozen=True)
class Part:
    """A statement, a prompt, an item to place or a gap: what one piece of an answer is put into.

    `kind` is "option" where it takes one of the item's options, "choice" where it takes one of its
    own, "text" or "number" where it is written into. The text of a gap is empty: its place is the
    marker [[1]], [[2]], … of the stem.
    """

    id: str
    text: str
    kind: str = "option"
    options: tuple[Option, ...] = ()


@dataclass(frozen=True)
class Version:
    """A question version as its contestants see it, options and parts as they are stored.

    The options of an ordering are the places "1", "2", …
    """

    id: str
    type: str
    stem: str
    options: tuple[Option, ...]
    parts: tuple[Part, ...] = ()
    markup: bool = False  # the texts are Markdown, else plain
    penalty: str = ""  # what a wrong answer costs, as `QuestionVersion.penalty` says it

    @property
    def shape(self) -> str:
        return SHAPE_OF[self.type]

    # What every paper asks of the version again, made once.

    @cached_property
    def option_of(self) -> Mapping[str, Option]:
        return {option.id: option for option in self.options}

    @cached_property
    def part_of(self) -> Mapping[str, Part]:
        return {part.id: part for part in self.parts}

    @cached_property
    def fixed(self) -> frozenset[str]:
        return frozenset(option.id for option in self.options if option.fixed)


@dataclass(frozen=True)
class Item:
    """One question of a paper, options and parts in the order shown, with the saved answer that counts."""

    slot: int
    version_id: str
    type: str
    shape: str  # "one" or "many" options, "pairs" of part and value, "text", "essay"
    stem: str
    options: tuple[Option, ...]
    parts: tuple[Part, ...] = ()
    markup: bool = False
    penalty: str = ""
    choice: tuple[str, ...] | Mapping[str, str] | str | None = None  # tokens, sorted; part → value; None: no answer
    seq: int = 0  # of the answer that counts; 0: nothing saved
    saved_at: datetime | None = None
    flagged: bool = False

    @property
    def cost(self) -> dict[str, str | int | None] | None:
        """`penalty` as programs are told it: {"of": "whole", "part" or "options", "percent": int or None}."""
        of, _space, percent = self.penalty.partition(" ")
        return {"of": of, "percent": int(percent) if percent else None} if of else None


def version_of(id_: str, type_: str, stem: str, options: Iterable[Mapping[str, Any]],
               parts: Sequence[Mapping[str, Any]], *, markup: bool, penalty: str = "") -> Version:
    """The version from the columns of its row."""
    shown = tuple(Option(o["id"], o["text"], bool(o.get("fixed"))) for o in options)
    if type_ == "ordering":
        shown = tuple(Option(place, place) for place in places(len(parts)))
    return Version(id_, type_, stem, shown, tuple(
        Part(p["id"], p.get("text", ""), p.get("kind", "option"),
             tuple(Option(o["id"], o["text"]) for o in p.get("options", ()))) for p in parts), markup, penalty)


def item_of(version: Version, slot: int, tokens: Iterable[str], into: Iterable[str], **saved: Any) -> Item:
    """The item of a paper that shows `version`, its options in the order of `tokens`, its parts of `into`.

    `saved` are the fields of the answer that counts.
    """
    return Item(slot, version.id, version.type, version.shape, version.stem,
                tuple(version.option_of[token] for token in tokens), tuple(version.part_of[token] for token in into),
                version.markup, version.penalty, **saved)


def laid_out(version: Version, seed: str, slot: int, *, shuffle: bool) -> Item:
    """The item as `paper.layout` orders it for this seed and slot."""
    tokens, into = layout(version.type, tuple(version.option_of), version.fixed, tuple(version.part_of), seed, slot,
                          shuffle=shuffle)
    return item_of(version, slot, tokens, into)
