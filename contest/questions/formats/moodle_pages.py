"""The texts of one question as Moodle holds them: plain text, or HTML with its pictures. Pure."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from html import escape as escape_html

from lxml import etree

from contest.questions.formats.drafts import FULL_CREDIT, Draft, GapKind, Media
from contest.questions.formats.markup import escape, pictures_in, plain, to_html, to_inline_html
from contest.questions.formats.moodle_cloze import written

_INVALID = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SHOWN = re.compile(r"<math\b.*?<annotation[^>]*>(?P<latex>.*?)</annotation>.*?</math>"
                    r"""|<[a-z/](?:[^">]|"[^"]*")*>|(?P<sign>\$(?=\$)|\\(?=[(\[]))""", re.DOTALL)
_MARKER = re.compile(r"\[\[(\d{1,3})\]\]")
_EXTENSIONS = {"image/webp": "webp", "image/png": "png", "image/jpeg": "jpg", "image/gif": "gif"}
_SMALL_DENOMINATOR = 20  # what Moodle offers as fractions has none above


def clean(text: str) -> str:
    """The text without what no XML can hold."""
    return _INVALID.sub("", text)


def add(parent: etree._Element, tag: str, text: str | None = None, /, **attributes: str) -> etree._Element:
    """Add an element with a text."""
    node = etree.SubElement(parent, tag, attributes)
    if text is not None:
        text = clean(text)
        node.text = etree.CDATA(text) if "<" in text and "]]>" not in text else text
    return node


class Page:
    """Writes the texts of one draft; `lost` names what was not there to be written."""

    def __init__(self, draft: Draft, pictures: Mapping[str, Media]) -> None:
        self.draft = draft
        self.pictures = pictures
        self.lost: list[str] = []

    def text(self, parent: etree._Element, name: str, text: str, **attributes: str) -> etree._Element:
        """Add an element with <text>, its format and its pictures."""
        node = etree.SubElement(parent, name, attributes)
        self._fill(node, text, self.html(text) if self.draft.markup else text)
        return node

    def _fill(self, node: etree._Element, text: str, shown: str) -> None:
        node.set("format", "html" if self.draft.markup else "plain_text")
        add(node, "text", shown)
        if not self.draft.markup:
            return
        for found in map(self.pictures.get, pictures_in(text)):
            if found is None:
                self.lost.append("media")
                continue
            file = add(node, "file", b64encode(found.data).decode(), name=_file(found), path="/", encoding="base64")
            file.tail = "\n"

    def html(self, text: str, *, inline: bool = False) -> str:
        r"""Markup as Moodle's HTML: formulas as \( \), pictures from the files beside."""
        show = to_inline_html if inline else to_html
        return _SHOWN.sub(_for_moodle, show(text, self._address)).strip()

    def _address(self, name: str) -> str | None:
        found = self.pictures.get(name)
        return f"@@PLUGINFILE@@/{_file(found)}" if found else None

    def target(self, parent: etree._Element, option: str) -> None:
        """Add what a prompt is matched with: plain in Moodle, so that HTML only stands where markup needs it."""
        node = etree.SubElement(parent, "answer")
        if self.draft.markup and not (escape(option) == option == plain(option)):
            self._fill(node, option, self.html(option))
        else:
            node.set("format", "plain_text")
            add(node, "text", option)

    def cloze(self, parent: etree._Element) -> None:
        """Add the stem with its gaps in Moodle's writing."""
        draft = self.draft
        whole, rest = divmod(draft.points or 0, 100 * max(len(draft.gaps), 1))
        codes = []
        for gap in draft.gaps:
            sources = [self._source(gap.kind, answer.text) for answer in gap.answers]
            codes.append(written(gap, sources, case_kept=draft.settings.get("case") == "kept",
                                 weight=whole if whole and not rest else 1))

        def filled(found: re.Match[str]) -> str:
            at = int(found[1]) - 1
            return codes[at] if 0 <= at < len(codes) else found[0]

        shown = self.html(draft.stem) if draft.markup else draft.stem
        self._fill(etree.SubElement(parent, "questiontext"), draft.stem, _MARKER.sub(filled, shown))

    def _source(self, kind: GapKind, text: str) -> str:
        if kind == "choice" and self.draft.markup:
            return self.html(text, inline=True)
        value, tolerance = self.typed(kind, text)
        return escape_html(f"{value}:{tolerance}" if kind == "number" and tolerance != "0" else value, quote=False)

    def typed(self, kind: GapKind, text: str) -> tuple[str, str]:
        """An answer and its tolerance: "23.5±0.1" gives "23.5" and "0.1"."""
        if kind != "number":
            return text, "0"
        low, dots, high = text.partition("..")
        if dots:
            try:
                ends = Decimal(low), Decimal(high)
            except InvalidOperation:
                return text, "0"
            return f"{(ends[0] + ends[1]) / 2:f}", f"{abs(ends[1] - ends[0]) / 2:f}"
        value, _, tolerance = text.partition("±")
        return value.strip(), tolerance.strip() or "0"

    def fraction(self, worth: int) -> str:
        """A credit in per cent; a third as Moodle's own 33.33333."""
        near = Fraction(worth, FULL_CREDIT).limit_denominator(_SMALL_DENOMINATOR)
        exact = near if abs(near * FULL_CREDIT - worth) < 1 else Fraction(worth, FULL_CREDIT)
        return f"{float(exact * 100):.5f}".rstrip("0").rstrip(".")


def _for_moodle(found: re.Match[str]) -> str:
    r"""A formula as \( \); signs that only look like one are broken by <wbr>, for MathJax as for our reader."""
    if found["latex"] is not None:
        return f"\\({found['latex']}\\)"
    return f"{found['sign']}<wbr>" if found["sign"] else found[0]


def _file(media: Media) -> str:
    return f"{media.name}.{_EXTENSIONS.get(media.mime, 'img')}"
