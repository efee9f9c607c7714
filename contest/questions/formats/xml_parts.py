"""XML of other systems, parsed so that it can reach nothing but itself. Pure.

The bytes become text first, by one rule, and the parser gets that text as UTF-8: there is no second
opinion about an encoding behind which a DTD could hide.
"""

from __future__ import annotations

import codecs
import re
from functools import lru_cache
from html.entities import html5

from lxml import etree

from contest.questions.formats.drafts import UnreadableFile

_DECLARATION = re.compile(r"""\s*<\?xml\s[^<>]{0,200}?\?>""")
_ENCODING = re.compile(rb"""^\s*<\?xml\s[^<>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_ENCODINGS = frozenset({"utf-8", "utf-16", "utf-16-le", "utf-16-be", "ascii", "cp1258", "cp1252", "iso8859-1",
                        "iso8859-15"})
_WIDE = frozenset({"utf-16", "utf-16-le", "utf-16-be"})
_XINCLUDE = ("{http://www.w3.org/2001/XInclude}*", "{http://www.w3.org/2003/XInclude}*")
_NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31});")
_PREDEFINED = frozenset({"amp", "lt", "gt", "quot", "apos"})
_BEYOND_LIMITS = re.compile(r"XML_PARSE_HUGE|too long|too large|huge text|Excessive|limit|amplification|depth",
                            re.IGNORECASE)


def parse(data: bytes, *, includes: bool = False) -> etree._Element:
    """The root of an XML document. Comments and processing instructions are left out of it.

    HTML's names of characters (`&nbsp;`), which programs forget that XML doesn't know, are those
    characters. With `includes` elements of XInclude stay, for a reader that resolves them itself.

    Raises UnreadableFile: "unsafe_xml" for a DTD, an entity, XInclude, nesting beyond 256 or one
    text or attribute beyond 10 MB; "broken_xml" with `line` and `column`, both from 1, for what is
    not well-formed. Encodings: UTF-8, UTF-16, ASCII, windows-1258, windows-1252, ISO 8859-1 and -15.
    """
    text = decode(data)
    if _has_doctype(text):
        raise UnreadableFile("unsafe_xml", {"why": "entity"})
    try:
        root = _parsed(text)
    except etree.XMLSyntaxError as error:
        named = _NAMED.sub(_character, text) if "Entity '" in str(error) else text
        if named == text:
            raise _refusal(error) from error
        try:
            root = _parsed(named)
        except etree.XMLSyntaxError as another:
            raise _refusal(another) from another
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnreadableFile("unsafe_xml", {"why": "entity"})
    if not includes and next(root.iter(*_XINCLUDE), None) is not None:
        raise UnreadableFile("unsafe_xml", {"why": "entity"})
    return root


def _parsed(text: str) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
                             huge_tree=False, recover=False, remove_comments=True, remove_pis=True, encoding="utf-8")
    return etree.fromstring(text.encode("utf-8", "surrogatepass"), parser)


def _character(found: re.Match[str]) -> str:
    return found[0] if found[1] in _PREDEFINED else html5.get(f"{found[1]};", found[0])


def _refusal(error: etree.XMLSyntaxError) -> UnreadableFile:
    if _BEYOND_LIMITS.search(str(error)):
        return UnreadableFile("unsafe_xml", {"why": "size"})
    line, column = error.position
    return UnreadableFile("broken_xml", {"line": max(line or 1, 1), "column": max(column or 1, 1)})


def decode(data: bytes) -> str:
    """The document's text without its XML declaration, whose lines stay: line numbers hold.

    A byte order mark counts before the declaration; a declared UTF-16 whose bytes are single ones is
    taken for UTF-8, as programs that convert a file forget to say so.
    """
    encoding = _encoding(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        before = data[: error.start].rpartition(b"\n")
        raise UnreadableFile("broken_xml", {"line": before[0].count(b"\n") + len(before[1]) + 1,
                                            "column": len(before[2]) + 1}) from error
    text = text.removeprefix("\ufeff")
    found = _DECLARATION.match(text)
    return "\n" * found[0].count("\n") + text[found.end():] if found else text


def _encoding(data: bytes) -> str:
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if data[:4].count(0) == 2:
        return "utf-16-le" if data[1:2] == b"\0" else "utf-16-be"
    found = _ENCODING.match(data[:400])
    if not found:
        return "utf-8"
    try:
        name = codecs.lookup(found[1].decode()).name
    except LookupError:
        name = ""
    if name not in _ENCODINGS:
        raise UnreadableFile("unsafe_xml", {"why": "encoding"})
    return "utf-8" if name in _WIDE else name


def _has_doctype(text: str) -> bool:
    """True where a declaration stands before the root element, the only place for a DTD."""
    at = 0
    while True:
        while text[at:at + 1].isspace():
            at += 1
        closing = "-->" if text.startswith("<!--", at) else "?>" if text.startswith("<?", at) else ""
        if not closing:
            return text.startswith("<!", at)
        end = text.find(closing, at + 2)
        if end < 0:
            return False
        at = end + len(closing)


def local(node: etree._Element) -> str:
    """The tag in lower case without its namespace."""
    return _without_namespace(node.tag)


@lru_cache(maxsize=512)
def _without_namespace(tag: str) -> str:
    return tag.rpartition("}")[2].lower()


def child(node: etree._Element, name: str) -> etree._Element | None:
    """The first child of that local name, in lower case."""
    return next((inner for inner in node if local(inner) == name), None)


def children(node: etree._Element, *names: str) -> list[etree._Element]:
    """The children of these local names, in lower case, in their order."""
    return [inner for inner in node if local(inner) in names]


def text_of(node: etree._Element | None) -> str:
    """All text inside a node as it stands, "" where there is no node."""
    return "" if node is None else "".join(str(piece) for piece in node.itertext())


def child_text(node: etree._Element, name: str) -> str:
    """The text of the first child of that name, without blanks around it; "" where there is none."""
    return text_of(child(node, name)).strip()
