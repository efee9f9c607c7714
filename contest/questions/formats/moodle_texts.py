"""The texts, pictures and numbers of a Moodle question. Pure."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from html import escape as escape_html
from html import unescape
from urllib.parse import unquote

from lxml import etree
from markdown_it import MarkdownIt

from contest.questions.formats.drafts import FULL_CREDIT, Media, Problem
from contest.questions.formats.images import PictureRefused, take
from contest.questions.formats.markup import Marked, escape, from_html, plain
from contest.questions.formats.markup_languages import of_tags
from contest.questions.formats.text import repair
from contest.questions.formats.xml_parts import child, children, text_of

_FILE = re.compile(r"@@PLUGINFILE@@(/[^?#]*)")
_DATA = re.compile(r"data:image/[a-z+.-]{1,20};base64,", re.IGNORECASE)
_HTML = re.compile(r"<[a-zA-Z/!]|&(?:[a-zA-Z]{2,8}|#\d{1,7}|#x[0-9a-fA-F]{1,6});")
_PICTURE_NAME = re.compile(r"\.(?:png|jpe?g|gif|webp|bmp|tiff?|svg|wmf|emf)$", re.IGNORECASE)
_DECIMAL = re.compile(r"[+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})(?:[eE][+-]?\d{1,2})?", re.ASCII)
_TYPED = re.compile(r"-?\d{1,60}(?:\.\d{1,60})?", re.ASCII)
_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table")
_SIMPLE = re.compile(r"[ \t\n]*+(?:<p>)?+([^<>&$\\]*+)(?:</p>)?[ \t\n]*+")  # needs no HTML parser
_CONTROL = re.compile(r"&#(?:0{0,9}(?:[0-8]|1[124-9]|2\d|3[01])(?!\d)|x0{0,9}(?:[0-8bcef]|1[\da-f])(?![\da-f]));?",
                      re.IGNORECASE | re.ASCII)  # control characters, which lxml's tree refuses
_BROKEN = {"$": "\uf8f0", "\\": "\uf8f1"}  # signs that <wbr> keeps from starting a formula
MAX_WARNINGS = 50
MAX_MARKDOWN = 20_000  # characters; a longer one is read as HTML, and is too long for a question
_NAMED = frozenset({"picture_missing", "picture_refused"})  # said where it happens, with the name


@dataclass(slots=True)
class Shelf:
    """What all questions of a file share: pictures by name, and what was mended in texts."""

    media: dict[str, Media] = field(default_factory=dict)
    taken: dict[bytes, Media | str] = field(default_factory=dict)  # SHA-256 of a file → picture, or why not
    mended: dict[str, list[str]] = field(default_factory=dict)  # kind → places

    def picture(self, data: bytes) -> Media | str:
        """The picture, or the code of why it is not taken over."""
        digest = hashlib.sha256(data).digest()
        if digest not in self.taken:
            try:
                found: Media | str = take(data)
            except PictureRefused as refused:
                found = refused.code
            self.taken[digest] = found
        found = self.taken[digest]
        if isinstance(found, Media):
            self.media[found.name] = found
        return found

    def repairs(self) -> list[Problem]:
        """One warning for each kind of what was mended, at its first place."""
        return [Problem("warning", "text_repaired", places[0], None, {"cells": len(places), "kind": kind})
                for kind, places in sorted(self.mended.items())]


@dataclass(slots=True)
class Texts:
    """Takes over the texts of one question and keeps what is wrong with it."""

    place: str
    shelf: Shelf
    problems: list[Problem] = field(default_factory=list)
    said: set[tuple[str, str]] = field(default_factory=set)

    def warn(self, code: str, **params: str | int) -> None:
        """Add a warning, each once and at most MAX_WARNINGS of them."""
        said = (code, str(sorted(params.items())))
        if said not in self.said and len(self.said) < MAX_WARNINGS:
            self.said.add(said)
            self.problems.append(Problem("warning", code, self.place, None, params))

    def fail(self, code: str, **params: str | int) -> None:
        """Add an error: the question can't be used."""
        self.problems.append(Problem("error", code, self.place, None, params))

    def mended(self, kinds: frozenset[str]) -> None:
        """Note what was mended in one text."""
        for kind in kinds:
            self.shelf.mended.setdefault(kind, []).append(self.place)

    def line(self, text: str) -> str:
        """Plain text in one line."""
        text, kinds = repair(text)
        self.mended(kinds)
        return " ".join(text.split())

    def plain(self, text: str) -> Marked:
        """Plain text with its line breaks."""
        text, kinds = repair(text)
        self.mended(kinds)
        return Marked(text, False)

    def html(self, html: str, files: Files | None = None) -> Marked:
        """A text from HTML; what it loses is warned of."""
        html, others = of_tags(html)
        if others:
            self.warn("other_languages")
        simple = _SIMPLE.fullmatch(html)
        if simple and not simple[1].isspace():
            return Marked(self.line(simple[1]), False)
        for sign, stand_in in _BROKEN.items():
            html = html.replace(f"{sign}<wbr>", stand_in)
        html = _CONTROL.sub("", html)
        marked = from_html(html, (files or Files(self)).picture)
        for code in marked.lost:
            if code not in _NAMED:
                self.warn(code)
        self.mended(marked.mended)
        text = marked.text
        for sign, stand_in in _BROKEN.items():
            text = text.replace(stand_in, f"\\{sign}" if marked.markup else sign)
        return Marked(text, marked.markup)

    def rich(self, node: etree._Element | None, form: str = "html", source: str | None = None) -> Marked:
        """A node with <text> and <file>; `form` counts where it has no format of its own.

        `source` stands in for its text.
        """
        if node is None:
            return Marked("", False)
        text = text_of(child(node, "text")) if source is None else source
        form = node.get("format", form).strip()
        files = Files(self, children(node, "file"))
        if form == "plain_text":
            marked = self.plain(text)
        elif form == "markdown" and len(text) <= MAX_MARKDOWN:
            marked = self.html(str(_MARKDOWN.render(text)), files)
        elif form in ("moodle_auto_format", "wiki_like"):
            lines = text.strip().replace("\r\n", "\n")
            marked = self.html((lines if _HTML.search(lines) else escape_html(lines)).replace("\n", "<br>"), files)
        else:
            marked = self.html(text, files)
        files.leave()
        return marked

    def either(self, text: str) -> Marked:
        """A text that Moodle shows as plain, where people write HTML all the same."""
        return self.html(text) if _HTML.search(text) else self.plain(text)

    def bare(self, text: str) -> str:
        """An answer that is typed: one line without any markup."""
        if not _HTML.search(text):
            return self.line(text)
        if "<" not in text:  # entities alone: what looks like a formula is typed as it stands
            return self.line(unescape(text))
        marked = self.html(text)
        return self.line(plain(marked.text) if marked.markup else marked.text)


class Files:
    """The files beside one text."""

    def __init__(self, texts: Texts, nodes: list[etree._Element] | None = None) -> None:
        self.texts = texts
        self.nodes: dict[str, etree._Element] = {}
        for node in nodes or []:
            path = "/" + node.get("path", "/").strip("/") + "/"
            self.nodes.setdefault(_tidy(path.replace("//", "/") + node.get("name", "")), node)
        self.used: set[str] = set()

    def picture(self, src: str) -> Media | None:
        """The picture of an address; nothing outside the file is ever looked up."""
        src = src.strip()
        inline = _DATA.match(src)
        if inline:
            return self._take(src[inline.end():], "data:")
        found = _FILE.match(src)
        name = _tidy(unquote(found[1])) if found else ""
        if name not in self.nodes:
            self.texts.warn("picture_missing", name=unquote(src.removeprefix("@@PLUGINFILE@@/"))[:200])
            return None
        self.used.add(name)
        return self._take(text_of(self.nodes[name]), name.rpartition("/")[2])

    def _take(self, coded: str, name: str) -> Media | None:
        try:
            found = self.texts.shelf.picture(base64.b64decode(coded))
        except (binascii.Error, ValueError):
            found = "picture_refused"
        if isinstance(found, Media):
            return found
        self.texts.warn(found, name=name)
        return None

    def leave(self) -> None:
        """Name the files that the text did not take."""
        for name in self.nodes:
            if name not in self.used:
                short = name.rpartition("/")[2]
                code = "text_not_taken" if _PICTURE_NAME.search(short) else "audio_lost"
                self.texts.warn(code, **{"value" if code == "text_not_taken" else "name": short})


def _tidy(path: str) -> str:
    return unicodedata.normalize("NFC", path)


def unified(marked: Marked, markup: bool) -> str:
    """The text as a draft holds it: where the draft has markup, plain text hides from it."""
    return escape(marked.text) if markup and not marked.markup else marked.text


def number(text: str) -> str | None:
    """A decimal number as `scoring.numbers` reads it, None for anything else: "3,5" gives "3.5"."""
    text = text.strip().replace(",", ".").replace("−", "-")
    if _TYPED.fullmatch(text):
        return text
    if not _DECIMAL.fullmatch(text):
        return None
    return f"{Decimal(text):f}"


def credit(fraction: str | None) -> int:
    """A fraction in per cent as credit: "33.33333" gives 33,333; 0 for what is no number of -100 to 100."""
    try:
        percent = Decimal((fraction or "0").strip().replace(",", "."))
        whole = int((percent * (FULL_CREDIT // 100)).to_integral_value())
    except (InvalidOperation, ValueError, OverflowError):
        return 0
    return whole if -FULL_CREDIT <= whole <= FULL_CREDIT else 0
