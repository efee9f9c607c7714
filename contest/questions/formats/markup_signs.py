"""The signs of the markup: how plain text hides from it, and how a picture is written. Pure.

The markup is a small Markdown: **bold**, *italic*, ~sub~ and ^sup^, lists, pipe tables, $LaTeX$
and ![alternative text](media:NAME "640x480"). A line break is a line break, an empty line a new
paragraph. Underscores, backquotes, brackets, < and & are ordinary signs: a stem's "____" and
"[[1]]" need no care.
"""

from __future__ import annotations

import re

from contest.questions.formats.drafts import Media

PICTURE = re.compile(r'!\[(?P<alt>(?:[^\[\]\\\n]|\\.){0,2000})\]\(media:(?P<name>[0-9a-f]{64})'
                     r'(?: "(?P<width>\d{1,5})x(?P<height>\d{1,5})")?\)')
MATHS = re.compile(r"\$(?=[^\s$])((?:\\.|[^$\\\n]){1,2000}?)(?<!\s)\$")
SMALL = re.compile(r"([\^~])((?:\\.|[^\s^~\\]){1,2000})\1")  # superscript, subscript

_SIGN = re.compile(r"[\\*$^~]|!(?=\[)")
_LINE_START = re.compile(r"^(?:([-+])(?=[ \t]|$)|([-:|])(?=[-:| \t]*$)|(\d{1,9})([.)])(?=[ \t]|$))", re.MULTILINE)
_LINE_ENDS = re.compile(r"[ \t]*\n[ \t]*")
_EMPTY_LINES = re.compile(r"\n{3,}")
_PUNCTUATION = re.compile(r"""[!-/:-@\[-`{-~]""")
_HIDDEN = re.compile(r"\\([!-/:-@\[-`{-~ ])")

_RAISED = dict(zip("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ", strict=True)) | {"−": "⁻", "–": "⁻"}
_LOWERED = dict(zip("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎", strict=True)) | {"−": "₋", "–": "₋"}
_SMALL_SIGNS = {"^": _RAISED, "~": _LOWERED}


def escape(text: str) -> str:
    """Return markup that shows exactly `text`, line breaks and all.

    Spaces at the ends of lines go, and of several empty lines one stays, as on a page.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    lines = _EMPTY_LINES.sub("\n\n", _LINE_ENDS.sub("\n", text))
    return hide_line_starts(hide_signs(lines))


def hide_signs(text: str) -> str:
    """Return text whose signs count for themselves wherever they stand in a line."""
    return _SIGN.sub(r"\\\g<0>", text)


def hide_line_starts(markup: str) -> str:
    """Return markup none of whose lines starts a list or rules a table."""
    return _LINE_START.sub(_hide_start, markup)


def _hide_start(found: re.Match[str]) -> str:
    bullet, rule, digits, stop = found.groups()
    return f"{digits}\\{stop}" if digits else f"\\{bullet or rule}"


def uncover(markup: str) -> str:
    """Return markup without the backslashes before punctuation and spaces."""
    return _HIDDEN.sub(r"\1", markup)


def small(text: str, sign: str) -> str | None:
    """Return `text` in Unicode's small figures and signs, raised for "^", lowered for "~"; None where one lacks."""
    table = _SMALL_SIGNS[sign]
    return "".join(table[char] for char in text) if all(char in table for char in text) else None


def small_markup(text: str, sign: str) -> str:
    """Return markup of a superscript ("^") or subscript ("~")."""
    return sign + _PUNCTUATION.sub(r"\\\g<0>", text).replace(" ", r"\ ") + sign


def picture_markup(media: Media, alt: str = "") -> str:
    """Return `![alt](media:NAME "640x480")`: the size rides along, so that a page asks nobody for it."""
    flat = _PUNCTUATION.sub(r"\\\g<0>", " ".join(alt.split())[:900])
    return f'![{flat}](media:{media.name} "{media.width}x{media.height}")'
