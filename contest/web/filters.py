"""How numbers, instants and rich text look to a person: Vietnamese conventions."""

import re
from datetime import date, datetime, timedelta

import nh3
from flask import Flask
from flask_babel import gettext as _
from markdown_it import MarkdownIt
from markupsafe import Markup

from contest.clock import LOCAL

_MARKDOWN = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"])
_SCHEMES = {"http", "https", "mailto", "tel"}
_GAP = re.compile(r"<[^>]*>|\[\[(\d{1,3})\]\]")
# Headings, links and quotations of rules and introductions, which questions may not have; no pictures, no formulas,
# which questions may: `questions.formats.markup` has the list of those.
_TAGS = {"p", "br", "strong", "em", "s", "ul", "ol", "li", "h2", "h3", "h4", "blockquote", "code", "pre",
         "table", "thead", "tbody", "tr", "th", "td", "a", "hr"}


def num(value: int | None) -> str:
    """25980 → "25.980"; None → "–"."""
    return "–" if value is None else f"{value:,}".replace(",", ".")


def decimal(value: float, places: int = 2) -> str:
    """1234.5 → "1.234,50"."""
    return f"{value:,.{places}f}".translate(str.maketrans(",.", ".,"))


def points(hundredths: int | None) -> str:
    """Points as people write them, without idle zeros: 1950 → "19,5", -50 → "-0,5"; None → "–"."""
    if hundredths is None:
        return "–"
    whole, rest = divmod(abs(hundredths), 100)
    return "-" * (hundredths < 0) + num(whole) + (f",{rest:02d}".rstrip("0") if rest else "")


def pct(part: int, whole: int | None, places: int = 2) -> str:
    """The share of `part` in `whole`, rounded half up in whole numbers: (5945, 25980) → "22,88 %".

    "–" where there is no whole. Never capped: 105 of 100 is "105,00 %".
    """
    if not whole:
        return "–"
    scale: int = 10**places
    value = (part * 100 * scale * 2 + whole) // (whole * 2)
    text = f"{value // scale:,}".replace(",", ".")
    return (f"{text},{value % scale:0{places}d}" if places else text) + "\u00a0%"


def gapped(html: Markup) -> list[tuple[Markup, int | None]]:
    """A stem cut at its markers: each piece of HTML with the number of the gap after it, None at the end."""
    pieces: list[tuple[Markup, int | None]] = []
    start = 0
    text = str(html)
    for found in _GAP.finditer(text):
        if found[1]:  # not inside a tag: a picture's description may speak of a marker
            pieces.append((Markup(text[start:found.start()]), int(found[1])))  # noqa: S704 -- a part of what was safe
            start = found.end()
    return [*pieces, (Markup(text[start:]), None)]  # noqa: S704


def when(instant: datetime | None) -> str:
    """"09:41 ngày 21/11/2026", local time; None → "–"."""
    if instant is None:
        return "–"
    local = instant.astimezone(LOCAL)
    return str(_("%(time)s ngày %(day)s", time=local.strftime("%H:%M"), day=local.strftime("%d/%m/%Y")))


def at(instant: datetime | None) -> str:
    """"09:41:20", local time."""
    return "–" if instant is None else instant.astimezone(LOCAL).strftime("%H:%M:%S")


def short_when(instant: datetime | None) -> str:
    """"09:41 21/11", local time."""
    return "–" if instant is None else instant.astimezone(LOCAL).strftime("%H:%M %d/%m")


def day(value: date | datetime | None) -> str:
    """"21/11/2026"."""
    if value is None:
        return "–"
    if isinstance(value, datetime):
        value = value.astimezone(LOCAL)
    return value.strftime("%d/%m/%Y")


def clock(milliseconds: int | timedelta | None) -> str:
    """A length of time as "17:25", or "1:02:03" from an hour on; part seconds are dropped."""
    if milliseconds is None:
        return "–"
    if isinstance(milliseconds, timedelta):
        milliseconds = milliseconds // timedelta(milliseconds=1)
    seconds = max(0, milliseconds) // 1000
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes:02d}:{seconds:02d}"


def zalo_help(text: str) -> str:
    """The address of help over Zalo: of a number as it is printed, or of a page ("zalo.me/…")."""
    if "zalo.me/" in text:
        return f"https://{text.removeprefix('https://')}"
    return f"https://zalo.me/{re.sub('[^0-9]', '', text)}"


def markdown(text: str) -> Markup:
    """Rich text as safe HTML: Markdown without HTML, then an allowlist of tags."""
    html = _MARKDOWN.render(text or "")
    clean = nh3.clean(html, tags=_TAGS, attributes={"a": {"href"}}, url_schemes=_SCHEMES)
    return Markup(clean)  # noqa: S704 -- cleaned on the line above


def install(app: Flask) -> None:
    """Make the filters known to the templates."""
    for function in (num, decimal, points, pct, when, at, short_when, day, clock, gapped, markdown, zalo_help):
        app.add_template_filter(function)
