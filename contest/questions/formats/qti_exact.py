"""What QTI has no place for: our own data of a question in the manifest, and its reading back. Pure.

A text whose HTML would not give back the same source is kept as the source, together with a print
of the HTML that stands for it: where another program has changed the text, its text counts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import cast, get_args

from lxml import etree

from contest.questions.formats.drafts import MAX_CELL_CHARS, Draft, QuestionType
from contest.questions.formats.qti_tree import Node, kids

NAMESPACE = "urn:contest:question:1"
_TEXTS = ("code", "topic", "level", "explanation", "citation")
_NUMBERS = ("key", "credits", "pinned")
_TYPES = frozenset(get_args(QuestionType))


def print_of(html: str) -> str:
    """A print of a text's HTML that survives another way of writing the same elements."""
    return hashlib.sha256(html.encode("utf-8", "surrogatepass")).hexdigest()[:32]


@dataclass(slots=True)
class Exact:
    """Our own data of one question. `fields` are those that the item alone would not give back."""

    type: str = ""
    markup: bool = False
    fields: dict[str, object] = field(default_factory=dict)
    sources: dict[str, tuple[str, str]] = field(default_factory=dict)  # slot → print, source

    def source(self, slot: str, html: str) -> str | None:
        """Our source of a slot's text, None where there is none or its HTML has changed."""
        kept = self.sources.get(slot)
        return kept[1] if kept and kept[0] == print_of(html) else None

    def onto(self, draft: Draft) -> Draft:
        """The draft with the fields of ours that fit its type and its options."""
        fields = dict(self.fields)
        for name in _NUMBERS:
            if name in fields and not _fits(draft, name, cast(tuple[int, ...], fields[name])):
                del fields[name]
        return replace(draft, **fields)  # type: ignore[arg-type]


def _fits(draft: Draft, name: str, values: tuple[int, ...]) -> bool:
    if name == "credits":
        return len(values) in (0, len(draft.options))
    return all(0 <= value < len(draft.options) for value in values)


def written(exact: Exact) -> etree._Element:
    """Our element of the manifest."""
    root = etree.Element(f"{{{NAMESPACE}}}question", nsmap={"contest": NAMESPACE})
    root.set("type", exact.type)
    if exact.markup:
        root.set("markup", "true")
    for name, value in exact.fields.items():
        for text, more in _values(name, value):
            etree.SubElement(root, f"{{{NAMESPACE}}}field", {"name": name, **more}).text = text
    for slot, (mark, source) in exact.sources.items():
        etree.SubElement(root, f"{{{NAMESPACE}}}source", {"slot": slot, "print": mark}).text = source
    return root


def _values(name: str, value: object) -> Iterator[tuple[str | None, dict[str, str]]]:
    if value is None:
        yield None, {"none": "true"}
    elif name == "settings":
        yield None, {"none": "true"}
        for key, text in sorted(cast(dict[str, str], value).items()):
            yield text, {"key": key}
    elif name == "tags":
        yield None, {"none": "true"}
        for tag in cast(tuple[str, ...], value):
            yield tag, {}
    elif name in _NUMBERS:
        yield " ".join(map(str, cast(tuple[int, ...], value))), {}
    else:
        yield str(value), {}


def read(root: Node | None) -> Exact | None:
    """Our data from the normalised tree of a manifest; None where there is none."""
    if root is None:
        return None
    exact = Exact(root.get("type", ""), root.get("markup") == "true")
    if exact.type not in _TYPES:
        exact.type = ""
    settings: dict[str, str] = {}
    tags: list[str] = []
    for node in kids(root, "field"):
        name, text, none = node.get("name", ""), (node.text or "")[:MAX_CELL_CHARS], node.get("none") == "true"
        if name in _TEXTS:
            exact.fields[name] = None if none else text
        elif name == "points":
            exact.fields[name] = None if none or not _whole(text) else int(text)
        elif name in _NUMBERS:
            values = text.split()
            if len(values) <= 100 and all(map(_whole, values)):
                exact.fields[name] = tuple(map(int, values))
        elif name == "settings":
            if not none:
                settings[node.get("key", "")] = text
            exact.fields[name] = settings
        elif name == "tags":
            tags += [] if none else [text]
    if any(node.get("name") == "tags" for node in kids(root, "field")):
        exact.fields["tags"] = tuple(tags)
    for node in kids(root, "source"):
        exact.sources[node.get("slot", "")] = (node.get("print", ""), node.text or "")
    return exact


def _whole(text: str) -> bool:
    return text.removeprefix("-").isdecimal() and len(text) <= 9 and text.isascii()
