"""Pictures inside the texts of a question: which there are, what describes them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from contest.questions.formats.drafts import Media
from contest.questions.formats.markup_signs import PICTURE, picture_markup, uncover

ALT_PLACES = 12


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as the texts show it first; `alt` is plain text."""

    name: str
    alt: str


def pictures_of(texts: Iterable[str]) -> list[Picture]:
    """The pictures that texts with markup show, each once, at most `ALT_PLACES`; with a description if one has it."""
    found: dict[str, str] = {}
    for text in texts:
        for picture in PICTURE.finditer(text):
            found[picture["name"]] = found.get(picture["name"]) or uncover(picture["alt"]).strip()
    return [Picture(name, alt) for name, alt in found.items()][:ALT_PLACES]


def described(text: str, alts: Mapping[str, str]) -> str:
    """The text with other descriptions of its pictures; `alts` are plain, by name."""
    return PICTURE.sub(lambda found: _described(found, alts), text)


def _described(found: re.Match[str], alts: Mapping[str, str]) -> str:
    alt = alts.get(found["name"])
    if alt is None or alt == uncover(found["alt"]).strip():
        return found[0]
    return picture_markup(Media(found["name"], "", int(found["width"] or 0), int(found["height"] or 0), b""), alt) \
        if found["width"] else picture_markup(Media(found["name"], "", 0, 0, b""), alt).replace(' "0x0"', "")
