"""The signs of the markup: how plain text hides from it, and how a picture is written. Pure.

The markup is a small Markdown: **bold**, *italic*, `~sub~` and `^sup^`, lists, pipe tables,
`$LaTeX$` and `![alternative text](media:NAME "640x480")`. A line break is a line break.
"""

from __future__ import annotations

import re

from contest.questions.formats.drafts import Media

PICTURE = re.compile(r'!\[(?P<alt>(?:[^\[\]\\]|\\.){0,2000})\]\(media:(?P<name>[0-9a-f]{64})'
                     r'(?: "(?P<width>\d{1,5})x(?P<height>\d{1,5})")?\)')
_SURE = re.compile(r"[\\`*_\[\]<|~^$&]")  # these count anywhere in a line
_LINE_START = re.compile(r"^([ \t]*)(?:([#>+=-])|(\d{1,9})([.)]))", re.MULTILINE)


def escape(text: str) -> str:
    """Return markup that shows exactly `text`, line breaks and all."""
    sure = _SURE.sub(r"\\\g<0>", text).replace("![", r"\![")
    return _LINE_START.sub(_hide_start, sure)


def _hide_start(found: re.Match[str]) -> str:
    blank, sign, digits, dot = found.groups()
    return f"{blank}\\{sign}" if sign else f"{blank}{digits}\\{dot}"


def picture_markup(media: Media, alt: str = "") -> str:
    """Return `![alt](media:NAME "640x480")`: the size rides along, so that a page asks nobody for it."""
    flat = escape(" ".join(alt.split()))
    return f'![{flat}](media:{media.name} "{media.width}x{media.height}")'
