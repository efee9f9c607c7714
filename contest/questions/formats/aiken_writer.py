"""Questions → Aiken, as Moodle imports it. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from contest.questions.formats.aiken import ANSWER, OPTION
from contest.questions.formats.checks import complete
from contest.questions.formats.drafts import (
    DEFAULT_POINTS,
    Draft,
    Media,
    Problem,
    Written,
    column_letter,
)
from contest.questions.formats.markup import pictures_in, plain


def write_aiken(drafts: Sequence[Draft], media: Sequence[Media] = ()) -> Written:
    """Return the single-choice questions as UTF-8 text.

    Every other question is named in `left_out`, and once for the whole file each field that Aiken
    has no place for: code, topic, level, explanation, citation, points, tags, credits, pinned,
    settings, markup, media, line_breaks (a text of several lines becomes one line).
    """
    written: list[str] = []
    left_out: list[Problem] = []
    lost: dict[str, None] = {}
    for draft in drafts:
        what = _unwritable(draft)
        if what:
            left_out.append(Problem("warning", "not_written", draft.place, None, {"what": what}))
            continue
        lost |= dict.fromkeys(_lost(draft))
        stem, *options = _lines(draft)
        lines = [f"{column_letter(at)}. {option}" for at, option in enumerate(options)]
        written.append("\n".join([stem, *lines, f"ANSWER: {column_letter(draft.key[0])}"]) + "\n")
    left_out += [Problem("warning", "not_written", "", None, {"what": what}) for what in lost]
    return Written("\n".join(written).encode("utf-8", "replace"), "aiken.txt", tuple(left_out))


def _lines(draft: Draft) -> list[str]:
    """Stem and options, each on one line."""
    return [" ".join((plain(text) if draft.markup else text).split()) for text in (draft.stem, *draft.options)]


def _unwritable(draft: Draft) -> str | None:
    if draft.type != "single":
        return draft.type
    if not draft.usable:
        return "unusable"
    stem, *options = _lines(draft)
    if not stem or ANSWER.fullmatch(stem) or OPTION.fullmatch(stem):
        return "stem"  # it would be read as an option or an answer
    return None if all(options) else "options"


def _lost(draft: Draft) -> list[str]:
    texts = (draft.stem, *draft.options)
    found = {
        "code": draft.code, "topic": draft.topic, "level": draft.level, "explanation": draft.explanation,
        "citation": draft.citation, "points": draft.points != DEFAULT_POINTS, "tags": draft.tags,
        "credits": draft.credits, "settings": draft.settings, "markup": draft.markup,
        "pinned": draft.pinned != complete(_bare(draft)).pinned,
        "media": draft.markup and any(pictures_in(text) for text in texts),
        "line_breaks": any("\n" in text for text in texts),
    }
    return [name for name, there in found.items() if there]


def _bare(draft: Draft) -> Draft:
    """The draft as it comes back from the file."""
    return Draft(draft.place, draft.row, None, "single", draft.stem, draft.options, draft.key)
