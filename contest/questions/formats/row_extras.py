"""The small columns that few banks have: tags, scoring, credits, fixed options, format; both ways. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from contest.questions.formats.drafts import Draft, column_letter
from contest.questions.formats.keys import in_order
from contest.questions.formats.notation import credit_of, percent
from contest.questions.formats.pinning import pinned
from contest.questions.formats.text import squeeze

if TYPE_CHECKING:
    from contest.questions.formats.columns import Layout
    from contest.questions.formats.row import RowParts

MARKUP = "markup"
_MARKUP_WORDS = frozenset({"markup", "markdown", "md"})
_SETTINGS: Mapping[str, tuple[str, str]] = {
    "Phân biệt hoa thường": ("case", "kept"),
    "Đúng dấu": ("diacritics", "needed"),
}
_SETTING_OF = {squeeze(words): setting for words, setting in _SETTINGS.items()}
_WORDS_OF = {setting: words for words, setting in _SETTINGS.items()}


def read_extras(row: RowParts, draft: Draft) -> Draft:
    """The draft with what the small columns say; what they don't say in our words is noted."""
    tags = tuple(dict.fromkeys(tag.strip() for tag in re.split(r"[;\n]", row.cell("tags")) if tag.strip()))
    markup = squeeze(row.cell("format")) in _MARKUP_WORDS
    fixed = row.cell("fixed")
    places = in_order(fixed) if fixed else ()
    if places is None or any(not 0 <= place < len(draft.options) for place in places):
        row.not_taken("fixed", fixed)
        places = ()
    return replace(draft, tags=tags, markup=markup, pinned=tuple(sorted({*places})),
                   settings=_settings(row), credits=_credits(row, len(draft.options)))


def is_markup(cells: Sequence[str], layout: Layout) -> bool:
    """True where a row's small column says that its texts are markup."""
    column = layout.fields.get("format")
    return column is not None and squeeze(cells[column]) in _MARKUP_WORDS


def _settings(row: RowParts) -> dict[str, str]:
    found: dict[str, str] = {}
    for words in re.split(r"[;\n]", row.cell("scoring")):
        if not words.strip():
            continue
        name, sign, value = words.partition("=")
        known = _SETTING_OF.get(squeeze(words))
        if known:
            found[known[0]] = known[1]
        elif sign and name.strip() and value.strip():
            found[name.strip()] = value.strip()
        else:
            row.not_taken("scoring", words.strip())
    return found


def _credits(row: RowParts, options: int) -> tuple[int, ...]:
    cell = row.cell("credits")
    if not cell:
        return ()
    found = [credit_of(part) for part in re.split(r"[;|\n]", cell) if part.strip()]
    worth = tuple(credit for credit in found if credit is not None)
    if len(worth) != len(found) or len(worth) != options:
        row.not_taken("credits", cell)
        return ()
    return worth


def extras_of(draft: Draft) -> dict[str, str]:
    """Field → the cell that `read_extras` reads back; only what the question has."""
    cells: dict[str, str] = {}
    if draft.tags:
        cells["tags"] = "; ".join(draft.tags)
    if draft.settings:
        cells["scoring"] = "; ".join(
            _WORDS_OF.get((name, value), f"{name}={value}") for name, value in draft.settings.items())
    if draft.credits:
        cells["credits"] = "; ".join(map(percent, draft.credits))
    own = set(draft.pinned) - set(pinned(draft.type, draft.options))
    if own:
        cells["fixed"] = ", ".join(map(column_letter, sorted(own)))
    if draft.markup:
        cells["format"] = MARKUP
    return cells


def unwritable(draft: Draft) -> str | None:
    """Which of the small columns can't hold what the draft has: tags, settings, None."""
    if any(sign in tag for tag in draft.tags for sign in ";\n"):
        return "tags"
    if any(sign in word for setting in draft.settings.items() for word in setting for sign in ";=\n"):
        return "settings"
    return None
