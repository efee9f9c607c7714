"""Texts of drafts as the XHTML of QTI 2.1. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

import lxml.html
from lxml import etree

from contest.questions.formats.markup import pictures_in, plain_html, to_html
from contest.questions.formats.qti_tree import MATHML

QTI = "http://www.imsglobal.org/xsd/imsqti_v2p1"
_TAGS = frozenset({"p", "br", "strong", "em", "sub", "sup", "ul", "ol", "li", "div", "table", "thead", "tbody", "tr",
                   "th", "td", "img", "span"})
_KEPT = {"img": ("src", "alt", "width", "height"), "td": ("colspan", "rowspan"), "th": ("colspan", "rowspan")}
_GAP = re.compile(r"\[\[(\d{1,3})\]\]")
_MARKER = re.compile("\ue000(\\d{1,3})\ue001")
_ILLEGAL = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Node = etree._Element


def legal(text: str) -> str:
    """The text without what XML can't hold."""
    return _ILLEGAL.sub("", text)


def _own(space: str) -> Any:
    """A namespace without a prefix."""
    return {None: space}


def element(parent: Node | None, name: str, text: str | None = None, **attributes: str) -> Node:
    """A QTI element, added to a parent where there is one."""
    tag = f"{{{QTI}}}{name}"
    node = etree.Element(tag, nsmap=_own(QTI)) if parent is None else etree.SubElement(parent, tag)
    for key, value in attributes.items():
        node.set(key, value)
    if text is not None:
        node.text = text
    return node


@dataclass(slots=True)
class Texts:
    """Writes the texts of one question.

    `names` are the pictures at hand; `gap` puts the 0-based gap into its place. `shown` are the
    pictures written, `missing` those that are not at hand.
    """

    markup: bool
    names: Collection[str] = ()
    gap: Callable[[Node, int], None] | None = None
    shown: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def put(self, parent: Node, text: str, *, gaps: bool = False) -> None:
        """Write a text into a node that holds blocks and text alike."""
        if self.markup:
            self.shown += [name for name in pictures_in(text) if name in self.names]
            self.missing += [name for name in pictures_in(text) if name not in self.names]
        if gaps:
            text = _GAP.sub("\ue000\\1\ue001", text)
        html = to_html(text, self.address) if self.markup else plain_html(text)
        if html.strip():
            self.copy(lxml.html.fragment_fromstring(html, create_parent="div"), parent)

    def address(self, name: str) -> str | None:
        """Where a picture lies, as seen from an item."""
        return f"../media/{name}.webp" if name in self.names else None

    def copy(self, source: Node, target: Node) -> None:
        """Copy what a node of HTML holds."""
        self.text(target, source.text or "")
        for child in source:
            name = str(child.tag)
            if name == "math":
                target.append(_maths(child))
            elif name in _TAGS:
                kept = {key: child.get(key, "") for key in _KEPT.get(name, ()) if child.get(key) is not None}
                self.copy(child, element(target, name, **kept))
            else:
                self.copy(child, target)
            self.text(target, child.tail or "")

    def text(self, parent: Node, text: str) -> None:
        """Add text behind what the parent holds, gaps in their places."""
        pieces = _MARKER.split(text) if self.gap else [text]
        for position, piece in enumerate(pieces):
            if position % 2 and self.gap:
                self.gap(parent, int(piece) - 1)
            elif piece:
                _append(parent, piece)


def _append(parent: Node, text: str) -> None:
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text


def _maths(source: Node) -> Node:
    """A formula in the namespace of MathML."""
    node = etree.Element(f"{{{MATHML}}}{source.tag}", nsmap=_own(MATHML))
    for key, value in source.attrib.items():
        node.set(key, value)
    node.text = source.text
    for child in source:
        copied = _maths(child)
        copied.tail = child.tail
        node.append(copied)
    return node
