r"""GIFT's texts: escaped signs, format prefixes, and the texts of one question taken over. Pure."""

from __future__ import annotations

import base64
import binascii
import re
from collections import Counter
from collections.abc import Iterable

from contest.questions.formats.drafts import Media, Params, Problem
from contest.questions.formats.images import PictureRefused, take
from contest.questions.formats.markup import Marked, escape, from_html, picture_markup, plain
from contest.questions.formats.markup_languages import of_tags
from contest.questions.formats.text import repair

FORMATS = ("html", "moodle", "plain", "markdown")
MAX_SHOWN = 60

_EMPTY = Marked("", False)
_COVER = 0xDC00  # a lone surrogate for an escaped sign: no decoded file holds one
_ESCAPED = re.compile(r"\\([\\:#={}~n])")
_REVEALED = {_COVER + ord(sign): sign for sign in "\\:#={}~\n"}
_COVERED = {ord(sign): _COVER + ord(sign) for sign in "#=~"}
_PREFIX = re.compile(rf"\s*\[({'|'.join(FORMATS)})\]", re.IGNORECASE)
_ATTRIBUTES = r"""(?:\s{1,20}[\w:-]{1,50}\s{0,5}=\s{0,5}(?:"[^"<>]{0,4000}"|'[^'<>]{0,4000}'))"""
_TAG_OR_ENTITY = re.compile(rf"<[a-zA-Z][a-zA-Z0-9]{{0,15}}{_ATTRIBUTES}{{1,20}}\s{{0,20}}/?>"
                            r"|&#(?:\d{1,7}|x[0-9a-fA-F]{1,6});")
_HTML = re.compile(r"</?(?:p|br|b|i|u|em|strong|sub|sup|span|div|ul|ol|li|table|thead|tbody|tr|td|th|img|a|font|hr|pre"
                   rf"|code|blockquote|h[1-6]){_ATTRIBUTES}{{0,20}}\s{{0,20}}/?>"
                   r"|&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|nbsp|amp|lt|gt|quot);", re.IGNORECASE)
_INDENT = re.compile(r"\n[ \t]+")
_DATA = re.compile(r"data:image/[\w.+-]{1,30};base64,([A-Za-z0-9+/=\s]*)")
_DATA_PICTURE = re.compile(r"!\[((?:[^\[\]\\\n]|\\.){0,2000})\]\((data:image/[\w.+-]{1,30};base64,[A-Za-z0-9+/=]*)"
                           r'(?: "[^"\n]{0,40}")?\)')


def cover(text: str) -> str:
    """Return text whose escaped signs no longer are signs: `reveal` shows them again."""
    return _ESCAPED.sub(_covered, text) if "\\" in text else text


def _covered(found: re.Match[str]) -> str:
    return chr(_COVER + (10 if found[1] == "n" else ord(found[1])))


def cover_tags(text: str) -> str:
    """Return text without signs in the attributes of HTML tags and in "&#160;", which nobody escapes."""
    return _TAG_OR_ENTITY.sub(lambda found: found[0].translate(_COVERED), text) if "<" in text or "&#" in text else text


def reveal(text: str) -> str:
    """Return the text as its author meant it, without the backslashes."""
    return text.translate(_REVEALED)


def shown(text: str) -> str:
    """Return the beginning of a covered text for a message, on one line."""
    flat = " ".join(reveal(text[: 4 * MAX_SHOWN]).split())
    return flat if len(flat) <= MAX_SHOWN else flat[: MAX_SHOWN - 1] + "…"


def prefixed(text: str, default: str) -> tuple[str, str]:
    """Return the format that a text names before it, else the default, and the text without it."""
    found = _PREFIX.match(text)
    return (found[1].lower(), text[found.end() :]) if found else (default, text)


class Texts:
    """The texts of one question: taken over one by one, then `settled` to be all plain or all markup.

    `form` is the format of the stem, which the other texts share unless they name their own.
    """

    def __init__(self, form: str = "moodle") -> None:
        self.form = form
        self.markup = False
        self.kinds: Counter[str] = Counter()
        self.media: dict[str, Media] = {}
        self.lost: dict[tuple[str, str], Params] = {}

    def take(self, covered: str, *, prefix: bool = True) -> Marked:
        """Take over one text; the stem comes first."""
        if not covered:
            return _EMPTY
        form, text = prefixed(covered, self.form) if prefix else (self.form, covered)
        if form != "markdown":
            text = _INDENT.sub("\n", text)
        text, kinds = repair(reveal(text))
        self.kinds.update(kinds)
        if form in ("html", "moodle"):
            text, others = of_tags(text)
            if others:
                self.lost.setdefault(("other_languages", ""), {})
        if form == "markdown":
            marked = Marked(_DATA_PICTURE.sub(self._inline, text), True)
        elif form == "html" or (form == "moodle" and _HTML.search(text)):
            marked = self._html(text if form == "html" else text.replace("\n", "<br>"))
        else:
            marked = Marked(text, False)
        self.markup = self.markup or marked.markup
        return marked

    def typed(self, covered: str) -> str:
        """Return an answer that people type: plain in every format, as it is compared."""
        form, text = prefixed(covered, self.form)
        text, kinds = repair(reveal(_INDENT.sub("\n", text)))
        self.kinds.update(kinds)
        if form == "html" or (form == "moodle" and _HTML.search(text)):
            marked = self._html(text)
            return plain(marked.text) if marked.markup else marked.text
        return text

    def settled(self, texts: Iterable[Marked]) -> tuple[str, ...]:
        """Return the texts as one flag has them: escaped where another one needs markup."""
        return tuple(marked.text if marked.markup or not self.markup else escape(marked.text) for marked in texts)

    def problems(self, place: str) -> tuple[Problem, ...]:
        """What could not come along, each once."""
        return tuple(Problem("warning", code, place, None, params) for (code, _), params in self.lost.items())

    def _html(self, html: str) -> Marked:
        marked = from_html(html, self._picture)
        for code in marked.lost:
            if not (code == "picture_missing" and any(known == code for known, _ in self.lost)):
                self.lost.setdefault((code, ""), {})
        text, kinds = repair(marked.text)
        self.kinds.update(kinds)
        return Marked(text, marked.markup)

    def _picture(self, address: str) -> Media | None:
        found = _DATA.fullmatch(address)
        if found is None:
            name = shown(address)
            self.lost[("picture_missing", name)] = {"name": name}
            return None
        try:
            media = take(base64.b64decode(found[1]))
        except (PictureRefused, binascii.Error) as refused:
            code = refused.code if isinstance(refused, PictureRefused) else "picture_refused"
            self.lost[(code, "")] = {"name": "data:"}
            return None
        self.media[media.name] = media
        return media

    def _inline(self, found: re.Match[str]) -> str:
        media = self._picture(found[2])
        return found[1] if media is None else picture_markup(media).replace("![", f"![{found[1]}", 1)
