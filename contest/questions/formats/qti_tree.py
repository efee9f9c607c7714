"""QTI documents of every version as one kind of tree. Pure.

QTI 3.0 writes qti-choice-interaction max-choices where 2.x writes choiceInteraction maxChoices:
here both are choiceinteraction maxchoices, without namespaces.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from lxml import etree

from contest.questions.formats.drafts import UnreadableFile
from contest.questions.formats.xml_parts import decode, parse

Node = etree._Element
ROOTS = frozenset({"questestinterop", "assessmentitem", "assessmenttest", "assessmentsection", "assessmentstimulus",
                   "manifest"})
MATHML = "http://www.w3.org/1998/Math/MathML"
# Files of QTI 1.2 name the DTD of their format; it is left out, not fetched.
_DOCTYPE = re.compile(r"""<!DOCTYPE\s[^\[\]<>"']{0,200}(?:"[^"<>]{0,300}"|'[^'<>]{0,300}'|[^\[\]<>"']){0,6}>""")

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,200}")
_ELEMENT = re.compile(r"<(?:[\w.-]{1,60}:)?([\w.-]{1,60})")


def open_tree(data: bytes) -> Node:
    """The root of a QTI document or manifest, names normalised. Raises UnreadableFile.

    A DOCTYPE that only points at a DTD is passed over; one with declarations of its own is refused.
    """
    text = decode(data)
    start = _start(text)
    found = _DOCTYPE.match(text, start)
    if found:
        data = (text[:start] + "\n" * found[0].count("\n") + text[found.end():]).encode("utf-8", "surrogatepass")
    root = parse(data, includes=True)  # items of TAO include their passages: `qti_package` takes them in
    for node in root.iter(etree.Element):
        _normalise(node)
    return root


def _start(text: str) -> int:
    """Where the text's first declaration or element starts."""
    at = 0
    while True:
        while text[at:at + 1].isspace():
            at += 1
        closing = "-->" if text.startswith("<!--", at) else "?>" if text.startswith("<?", at) else ""
        end = text.find(closing, at + 2) if closing else -1
        if end < 0:
            return at
        at = end + len(closing)


def _normalise(node: Node) -> None:
    space, _, name = str(node.tag).rpartition("}")
    ours = name.startswith("qti-")
    node.tag = name if space == "{" + MATHML and name.isascii() else _plain(name, ours)
    attributes: dict[str, str] = {}
    for key, value in node.attrib.items():
        attributes.setdefault(_attribute(str(key).rpartition("}")[2], ours), str(value))
    if attributes.keys() == set(node.keys()):
        return
    node.attrib.clear()
    for key, value in attributes.items():
        node.set(key, value)


@lru_cache(4096)
def _plain(name: str, ours: bool) -> str:
    plain = name[4:].replace("-", "") if ours else name
    return plain.lower() if _NAME.fullmatch(plain) else "unknown"


@lru_cache(4096)
def _attribute(name: str, ours: bool) -> str:
    plain = name.replace("-", "") if ours and not name.startswith(("data-", "aria-")) else name
    return plain.lower() if _NAME.fullmatch(plain) else "unknown"


def name_of(node: Node) -> str:
    """The normalised tag."""
    return str(node.tag)


def below(node: Node | None, *names: str) -> Iterator[Node]:
    """All nodes of these names below a node, in document order, the node itself not."""
    if node is not None:
        yield from (found for found in node.iter(*names) if found is not node)


def first(node: Node | None, *names: str) -> Node | None:
    """The first node of these names below a node, None where there is none."""
    return next(below(node, *names), None)


def kids(node: Node | None, *names: str) -> list[Node]:
    """The children, of these names where any are given."""
    if node is None:
        return []
    return [child for child in node if not names or child.tag in names]


def words(node: Node | None) -> str:
    """All text of a node with single spaces, "" where there is no node."""
    return "" if node is None else " ".join("".join(str(piece) for piece in node.itertext()).split())


def number(text: str | None) -> Decimal | None:
    """The finite number that a text is, up to a billion either way; None for anything else."""
    shown = (text or "").strip().replace(",", ".")
    if len(shown) > 40:
        return None
    try:
        value = Decimal(shown)
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value) <= 10**9 and abs(value.adjusted()) < 30 else None


def shown(value: Decimal) -> str:
    """A number as drafts hold it: "4", "0.5", never "4E+2"."""
    text = format(abs(value) if value == 0 else value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def is_true(text: str | None) -> bool:
    """True for "true", "1", "yes"."""
    return (text or "").strip().lower() in ("true", "1", "yes")


def root_name(head: bytes) -> str:
    """The normalised name of the root element, "" where the beginning of the file doesn't show one."""
    try:
        text = decode(head[:4096])
    except UnreadableFile:
        try:
            text = head[:4096].decode("utf-8", "ignore")
        except ValueError:
            return ""
    at = _start(text)
    found = _DOCTYPE.match(text, at)
    if found:
        at = _start(text[found.end():]) + found.end()
    element = _ELEMENT.match(text, at)
    name = element[1] if element else ""
    return name[4:].replace("-", "").lower() if name.startswith("qti-") else name.lower()
