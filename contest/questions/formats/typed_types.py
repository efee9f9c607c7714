"""Typed questions of the types beyond a choice, by "Loại:" or by a key that can mean nothing else. Pure.

The notation of keys and pairs is that of a sheet: `row_types` reads it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from contest.questions.formats.drafts import LETTERS, NO_PARAMS, Gap, Params, QuestionType, Severity
from contest.questions.formats.lines import Line, needs_markup, text_of
from contest.questions.formats.markup import escape, plain
from contest.questions.formats.notation import is_numbered, with_markers
from contest.questions.formats.pairs import sides, write_pairs
from contest.questions.formats.row import RowParts
from contest.questions.formats.row_types import CHOICES, READERS, Shape, inferred
from contest.questions.formats.typed_fields import Fields
from contest.questions.formats.typed_lists import Lists, bound, lists_of_table, table_pairs, two_lists
from contest.questions.formats.typed_options import Options

MAX_SHOWN_CHARS = 60  # of a value inside a problem
_WITHOUT_OPTIONS = frozenset({"essay", "short_text", "number", "gaps"})
_TRUTH_END = re.compile(r"\s*[(\[–—:-]\s*(?:đúng|sai|đ|s|true|false)\s*[)\]]?\s*[.;]?\s*$", re.IGNORECASE)

Find = Callable[[Severity, str, Params], None]


@dataclass(frozen=True, slots=True)
class Told:
    """The shape with its stem, whether its texts are markup, and the lines below that belong to no part of it."""

    shape: Shape
    markup: bool
    tail: tuple[Line, ...] = ()


def told_shape(named: QuestionType | None, stem: Sequence[Line], options: Options, fields: Fields,
               find: Find) -> Told | None:
    """The question as a type beyond a choice, where "Loại:" or its key says so; None for `typed_drafts` to decide."""
    lines = [line for name in ("key", "answer") for line in fields.values.get(name, ())]
    key = "\n".join(filter(None, (line.text.strip() for line in lines)))
    whole = [*stem, *(line for line in fields.body if not stem or line.number > stem[-1].number)]
    others = [line for name, values in fields.values.items() if name not in ("key", "answer", "type")
              for line in values]
    rich = needs_markup([*whole, *others])
    if named in _WITHOUT_OPTIONS or (named is None and not options.options):
        asked = Asked(text_of(whole, rich), (), key, find)
    else:
        asked = Asked(text_of(stem, rich), _texts(options, rich, named), key, find,
                      [option.truth for option in options.options],
                      [at for at, option in enumerate(options.options) if option.starred])
    pairs = None
    if named == "matching" or (named is None and key):
        pairs = _paired(asked, whole, others, rich)
    kind = kind_beyond_choice(named, asked)
    if kind is None:
        return None
    rich = rich if pairs is None else pairs
    if kind == "essay":
        if key:
            fields.values.setdefault("explanation", lines)
        return Told(Shape("essay", stem=asked.stem), rich)
    shape = shape_of(kind, asked)
    gaps = tuple(_as_markup(gap) for gap in shape.gaps) if rich else shape.gaps
    tail = () if kind in _WITHOUT_OPTIONS or asked.lists else tuple(options.tail)
    return Told(replace(shape, gaps=gaps, stem=asked.stem if shape.stem is None else shape.stem), rich, tail)


def _texts(options: Options, rich: bool, named: QuestionType | None) -> list[str]:
    texts = [text_of(option.lines, rich) for option in options.options]
    if named == "cluster" and all(option.truth is not None for option in options.options):
        return [_TRUTH_END.sub("", text) for text in texts]
    return texts


def _as_markup(gap: Gap) -> Gap:
    """What a choice offers is shown, what is typed is plain."""
    if gap.kind != "choice":
        return gap
    return replace(gap, answers=tuple(replace(answer, text=escape(answer.text)) for answer in gap.answers))


def _paired(asked: Asked, whole: Sequence[Line], others: Sequence[Line], rich: bool) -> bool | None:
    """Look for a table of two columns, else for two lists; where there is one, whether the texts are markup."""
    if asked.options and all(sides(option) for option in asked.options):
        return None
    tables = [(at, piece.markup) for at, line in enumerate(whole) for piece in line.pieces
              if piece.markup.startswith("| ")]
    rows = table_pairs(tables[0][1]) if len(tables) == 1 else None
    if rows:
        rest = [line for at, line in enumerate(whole) if at != tables[0][0]]
        cells = [cell for row in rows for cell in row]
        still = needs_markup([*rest, *others]) or any(escape(plain(cell)) != cell for cell in cells)
        if not still:
            rows = [(plain(left), plain(right)) for left, right in rows]
        asked.stem = text_of(rest, still)
        asked.lists = lists_of_table(asked.stem, rows)
        asked.options = write_pairs([row[0] for row in rows], [row[1] for row in rows], range(len(rows)))[0]
        return still
    found = two_lists(text_of(whole, False))
    if found is None or any(piece.markup for line in whole for piece in line.pieces):
        return None
    asked.lists = found if not rich else Lists(escape(found.stem), tuple(map(escape, found.first)),
                                               tuple(map(escape, found.second)), found.digits)
    return rich


@dataclass(frozen=True, slots=True)
class _Reader:
    from_zero: bool = False


@dataclass(slots=True)
class Asked:
    """What a typed question offers: `truths` and `marked` are what verdicts and stars at its options say.

    It stands in for the row of a sheet, of which `row_types` asks no more than this.
    """

    stem: str
    options: Sequence[str]
    key: str
    tell: Find
    truths: Sequence[bool | None] = ()
    marked: Sequence[int] = ()
    lists: Lists | None = None
    reader: _Reader = field(default_factory=_Reader)

    def items(self) -> list[str]:
        """The options."""
        return list(self.options)

    def show(self, text: str) -> str:
        """A value as a problem quotes it."""
        return text[:MAX_SHOWN_CHARS]

    def find(self, severity: Severity, code: str, _field: str | None = None, params: Params = NO_PARAMS) -> None:
        """Note a problem."""
        self.tell(severity, code, params)

    def not_taken(self, _field: str, text: str) -> None:
        """Note a text that the type has no place for."""
        self.tell("warning", "text_not_taken", {"value": self.show(text)})


def kind_beyond_choice(named: QuestionType | None, asked: Asked) -> QuestionType | None:
    """The type where it is named or the key tells it, None for a choice and for what `typed_drafts` tells apart."""
    if named in READERS:
        return named
    if named in CHOICES:
        return None
    if asked.lists and bound(asked.lists, asked.key):
        return "matching"
    if not asked.options and is_numbered(asked.key) and "[[2]]" in with_markers(asked.stem):
        return "gaps"
    kind = inferred(asked.stem, asked.options, asked.key)
    return kind if kind in ("matching", "gaps") else None


def shape_of(kind: QuestionType, asked: Asked) -> Shape:
    """What the question comes to as `kind`, one of those beyond a choice; what can't be read so is told."""
    if kind == "cluster" and not asked.key:
        asked.key = _verdicts(asked)
    if kind == "matching" and asked.lists:
        return _from_lists(asked, asked.lists)
    return READERS[kind](cast(RowParts, asked), asked.stem, asked.key)


def _verdicts(asked: Asked) -> str:
    """The key of statements that say themselves whether they are true."""
    if asked.truths and None not in asked.truths:
        return ", ".join("Đ" if truth else "S" for truth in asked.truths)
    return ", ".join(LETTERS[place] for place in asked.marked) if 0 < len(asked.marked) < len(asked.options) else ""


def _from_lists(asked: Asked, lists: Lists) -> Shape:
    """Two lists, which only a key binds."""
    found = bound(lists, asked.key) if asked.key else None
    if found is None:
        if asked.key:
            asked.find("error", "key_unreadable", None, {"value": asked.show(asked.key)})
        return Shape("matching", lists.second, (), lists.first, stem=lists.stem)
    return Shape("matching", found.targets, found.key, found.prompts, stem=lists.stem)
