"""Rich texts of questions: a small Markdown, its HTML and its plain text. Pure.

`markup_signs` tells the dialect. `from_html` takes over what other programs write, `to_html` shows
it; everything shown has passed `clean`. The canonical form of a picture is
`![alternative text](media:NAME "640x480")`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html import escape as escape_html

import nh3
from markdown_it.token import Token

from contest.questions.formats.markup_html import Marked, from_html
from contest.questions.formats.markup_maths import to_mathml
from contest.questions.formats.markup_rules import MAX_CHARS, MAX_COLUMNS, parse
from contest.questions.formats.markup_signs import PICTURE, escape, picture_markup, small

__all__ = ["MAX_CHARS", "MAX_COLUMNS", "Marked", "clean", "escape", "from_html", "media_address", "picture_markup",
           "pictures_in", "plain", "plain_html", "to_html", "to_inline_html"]

Address = Callable[[str], str | None]

_MATHS_TAGS = {"math", "semantics", "annotation", "mrow", "mi", "mn", "mo", "mtext", "mspace", "msup", "msub",
               "msubsup", "mfrac", "msqrt", "mroot", "mover", "munder", "munderover", "mtable", "mtr", "mtd",
               "mstyle", "mpadded"}
# Pictures and formulas of questions, which rules of a round may not have; no links, which would lead contestants out
# of a sitting: `web.filters` has the list of rules and introductions, and this room imports nothing of `web`.
_TAGS = {"p", "br", "strong", "em", "sub", "sup", "ul", "ol", "li", "div", "table", "thead", "tbody", "tr", "th", "td",
         "img"} | _MATHS_TAGS
_BOOLEAN = {"true", "false"}
_VALUES = {
    "div": {"class": {"scroll"}, "tabindex": {"0"}},
    "th": {"scope": {"col"}},
    "img": {"loading": {"lazy"}, "decoding": {"async"}},
    "math": {"display": {"inline", "block"}},
    "annotation": {"encoding": {"application/x-tex"}},
    "mo": {"stretchy": _BOOLEAN, "fence": _BOOLEAN, "accent": _BOOLEAN, "largeop": _BOOLEAN, "movablelimits": _BOOLEAN,
           "form": {"prefix", "infix", "postfix"}},
    "mi": {"mathvariant": {"normal"}},
    "mfrac": {"linethickness": {"0"}},
    "mstyle": {"displaystyle": _BOOLEAN, "scriptlevel": {"0", "1", "2"}},
    "mtd": {"columnalign": {"left", "center", "right"}},
}
_ATTRIBUTES = {"*": set[str](), "img": {"src", "alt", "width", "height"}, "ol": {"start"}, "mspace": {"width"}}
_NUMBER = re.compile(r"\d{1,9}")
_LENGTH = re.compile(r"-?[0-2](\.\d{1,4})?em")


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name in ("width", "height", "start"):
        return value if (_LENGTH if tag == "mspace" else _NUMBER).fullmatch(value) else None
    return value


_CLEANER = nh3.Cleaner(
    tags=_TAGS, clean_content_tags={"script", "style", "title", "textarea", "iframe", "noscript", "xmp", "noembed",
                                    "noframes", "template", "svg"},
    attributes=_ATTRIBUTES, tag_attribute_values=_VALUES, attribute_filter=_attribute,
    url_schemes={"https"}, generic_attribute_prefixes=set(), link_rel=None,
)


def clean(html: str) -> str:
    """Return HTML with nothing but the tags and attributes that our markup needs: the one sanitiser of questions."""
    return _CLEANER.clean(html)


def media_address(name: str) -> str:
    """The address under which the platform shows a picture."""
    return f"/hinh/{name}"


def plain_html(text: str) -> str:
    """Return HTML of plain text: line breaks as <br>."""
    return "<br>".join(escape_html(text.replace("\0", ""), quote=False).split("\n"))


def to_html(text: str, address: Address = media_address, *, tex: bool = False) -> str:
    r"""Return sanitised HTML of markup; a text over `MAX_CHARS` is shown as it stands.

    `address` gives the address of a picture's name: a path or https; None where it is gone, and the
    alternative text stands in. With `tex` formulas are \(LaTeX\), as Moodle wants them, not MathML.
    """
    if len(text) > MAX_CHARS:
        return clean(plain_html(text))
    return clean(_html(parse(text), address, tex)).strip()


def to_inline_html(text: str, address: Address = media_address, *, tex: bool = False) -> str:
    """Like `to_html`, without block tags where the text is a single paragraph: for options."""
    if len(text) > MAX_CHARS:
        return clean(plain_html(text))
    tokens = parse(text)
    if [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]:
        tokens = tokens[1:2]
    return clean(_html(tokens, address, tex)).strip()


def pictures_in(text: str) -> tuple[str, ...]:
    """Return the names of the pictures that a markup text shows, in order, each once."""
    return tuple(dict.fromkeys(found["name"] for found in PICTURE.finditer(text)))


# Without line breaks between the blocks: where lines are kept (`white-space: pre-line`) they would show.
_DRAWN = {
    "hardbreak": "<br>", "softbreak": "<br>", "paragraph_open": "<p>", "paragraph_close": "</p>",
    "table_open": '<div class="scroll" tabindex="0"><table>', "table_close": "</table></div>",
    "th_open": '<th scope="col">', "bullet_list_close": "</ul>", "ordered_list_close": "</ol>",
}


def _html(tokens: Sequence[Token], address: Address, tex: bool) -> str:
    out: list[str] = []
    for token in tokens:
        if token.type == "inline":
            out.append(_html(token.children or (), address, tex))
        elif token.hidden:  # the paragraph of a tight list
            continue
        elif token.type in _DRAWN:
            out.append(_DRAWN[token.type])
        elif token.type == "picture":
            out.append(_picture(token, address))
        elif token.type == "maths":
            out.append((None if tex else to_mathml(token.content)) or escape_html(rf"\({token.content}\)", quote=False))
        elif token.type == "small":
            tag = "sup" if token.markup == "^" else "sub"
            out.append(f"<{tag}>{escape_html(token.content, quote=False)}</{tag}>")
        elif token.nesting < 0:
            out.append(f"</{token.tag}>")
        elif token.nesting > 0:
            start = f' start="{token.attrs["start"]}"' if "start" in token.attrs else ""
            out.append(f"<{token.tag}{start}>")
        else:
            out.append(escape_html(token.content, quote=False))
    return "".join(out)


def _picture(token: Token, address: Address) -> str:
    url = address(token.meta["name"])
    if url is None:
        return escape_html(_named(token), quote=False)
    size = "".join(f' {side}="{token.meta[side]}"' for side in ("width", "height") if token.meta[side])
    return (f'<img src="{escape_html(url)}" alt="{escape_html(token.content)}"{size} loading="lazy" decoding="async">')


def _named(token: Token) -> str:
    return f"[hình: {token.content}]" if token.content else "[hình]"


def plain(text: str) -> str:
    """Return the plain text of markup: for search, comparison and cells of a sheet.

    A picture is "[hình: alternative text]", a formula its LaTeX, a row of a table "a | b", an item
    of a list "- a" or "1. a".
    """
    if len(text) > MAX_CHARS:
        return text
    lines = _Lines()
    for token in parse(text):
        lines.take(token)
    return re.sub(r"\n{3,}", "\n\n", "".join(lines.out)).strip()


class _Lines:
    """The plain lines of a text, token by token."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.numbers: list[int | None] = []  # the next number of each open list; None: bullets

    def take(self, token: Token) -> None:
        kind = token.type
        if kind == "inline":
            self.out += map(_plain_inline, token.children or ())
        elif kind in ("bullet_list_open", "ordered_list_open"):
            self.numbers.append(int(token.attrs.get("start", 1)) if kind[0] == "o" else None)
        elif kind in ("bullet_list_close", "ordered_list_close"):
            self.numbers.pop()
            self.out += [] if self.numbers else ["\n"]
        elif kind == "list_item_open":
            number = self.numbers[-1]
            self.out += ["\n"] if self.out and not self.out[-1].endswith(("\n", ". ", "- ")) else []
            self.out.append("  " * (len(self.numbers) - 1) + ("- " if number is None else f"{number}. "))
            self.numbers[-1] = None if number is None else number + 1
        elif kind == "paragraph_close":
            self.out.append("\n" if token.hidden or self.numbers else "\n\n")
        elif kind in ("th_close", "td_close"):
            self.out.append(" | ")
        elif kind == "tr_close":
            self.out[-1] = "\n"
        elif kind == "table_close":
            self.out.append("\n")


def _plain_inline(token: Token) -> str:
    if token.type == "picture":
        return _named(token)
    if token.type in ("softbreak", "hardbreak"):
        return "\n"
    if token.type == "small":
        return small(token.content, token.markup) or token.content
    return token.content
