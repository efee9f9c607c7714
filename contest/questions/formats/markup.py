"""Rich texts of questions: a small Markdown, its HTML and its plain text. Pure.

`from_html` takes over what other programs write, `to_html` shows it; everything shown has passed
`clean`. The canonical form of a picture is `![alternative text](media:NAME "640x480")`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape as escape_html

import lxml.html
import nh3
from markdown_it import MarkdownIt

from contest.questions.formats.drafts import Media
from contest.questions.formats.markup_signs import PICTURE, escape, picture_markup

__all__ = ["Marked", "clean", "escape", "from_html", "media_address", "picture_markup", "pictures_in", "plain",
           "plain_html", "to_html", "to_inline_html"]

Address = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Marked:
    """A text taken over from HTML; `lost` are the codes of what could not come along, each once."""

    text: str
    markup: bool
    lost: tuple[str, ...] = ()


def media_address(name: str) -> str:
    """The address under which the platform shows a picture."""
    return f"/hinh/{name}"


def from_html(html: str, pictures: Callable[[str], Media | None]) -> Marked:
    """Take over a fragment of HTML: plain where nothing needs markup, else our Markdown."""
    if not html.strip():
        return Marked("", False)
    root = lxml.html.fragment_fromstring(html, create_parent="div")
    return Marked(" ".join(root.text_content().split()), False)


def plain(text: str) -> str:
    """Return the plain text of markup: for search, comparison and cells of a sheet."""
    root = lxml.html.fragment_fromstring(to_html(text), create_parent="div")
    return str(root.text_content()).strip()


def to_html(text: str, address: Address = media_address) -> str:
    """Return sanitised HTML of markup; `address` gives the address of a picture's name, None where it is gone."""
    return clean(MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table").render(text))


def to_inline_html(text: str, address: Address = media_address) -> str:
    """Like `to_html`, without block tags where the text is a single paragraph: for options."""
    html = to_html(text, address).strip()
    return html[3:-4] if html.count("<p>") == 1 and html.startswith("<p>") and html.endswith("</p>") else html


def plain_html(text: str) -> str:
    """Return HTML of plain text: line breaks as <br>."""
    return escape_html(text).replace("\n", "<br>")


def pictures_in(text: str) -> tuple[str, ...]:
    """Return the names of the pictures that a markup text shows, in order, each once."""
    return tuple(dict.fromkeys(found["name"] for found in PICTURE.finditer(text)))


def clean(html: str) -> str:
    """Return HTML with nothing but the tags and attributes that our markup needs."""
    return nh3.clean(html, tags={"p", "br", "strong", "em", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th",
                                 "td", "sub", "sup"}, attributes={})
