"""The materials of a QTI 1.2 item as HTML. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import escape

from contest.questions.formats.qti_tree import Node, kids, name_of, words

MAX_DEPTH = 60
_OPENED = re.compile(r"<(p|div|span|b|i|u|strong|em|sub|sup|table|tr|td|ul|ol|li|font|a|h\d)\b[^<>]*>", re.IGNORECASE)
_CLOSED = re.compile(r"</(\w{1,10})\s{0,20}>")
_ALONE = re.compile(r"<(?:br|img|hr|p)\b[^<>]*>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:nbsp|amp|lt|gt|quot|#\d{1,6}|#x[0-9a-fA-F]{1,5});")
_HOLDERS = frozenset({"material", "flow_mat", "flow", "altmaterial", "mat_extension", "presentation_material",
                      "solution", "solutionmaterial", "hint", "hintmaterial", "itemfeedback", "flow_label",
                      "material_ref", "emphasis"})
RESPONSES = frozenset({"response_lid", "response_str", "response_num", "response_xy", "response_grp",
                       "response_extension"})


class OldText:
    """Renders materials; `placed` says what stands in a response's place, `warn` is told of losses."""

    def __init__(self, warn: Callable[..., None], placed: Callable[[Node], str]) -> None:
        self.warn = warn
        self.placed = placed

    def html(self, node: Node, depth: int = 0) -> str:
        """The HTML of what a node of the presentation holds, in document order."""
        pieces: list[str] = []
        before = ""
        for child in node if depth < MAX_DEPTH else ():
            name, after = name_of(child), before
            before = name
            if name == "material" == after and any(pieces):
                pieces.append("<br>")  # programs show each on a line of its own
            if name in RESPONSES:
                pieces.append(self.placed(child))
            elif name in ("flow", "flow_mat", "material", "mat_extension"):
                inside = self.html(child, depth + 1)
                block = name in ("flow", "flow_mat") and inside.strip()
                pieces.append(f"<div>{inside}</div>" if block else inside)
            elif name in _HOLDERS:
                pieces.append(self.html(child, depth + 1))
            else:
                pieces.append(self.piece(child))
        return "".join(pieces)

    def piece(self, node: Node) -> str:
        """The HTML of one mat… element; "" for what holds no text."""
        name = name_of(node)
        if name in ("mattext", "matemtext", "mat_formattedtext"):
            return _text(node)
        if name == "matbreak":
            return "<br>"
        if name == "matimage":
            return self._picture(node)
        if name in ("mataudio", "matvideo"):
            self.warn("audio_lost", value=node.get("uri", "")[:200])
        elif name in ("matapplet", "matapplication"):
            self.warn("html_lost", value=name)
        return ""

    def _picture(self, node: Node) -> str:
        alt = escape(node.get("label", ""))
        embedded = (node.get("embedded") or "").lower() == "base64"
        kind = node.get("imagtype") or node.get("imagetype") or "image/png"
        uri = f"data:{kind};base64,{''.join(words(node).split())}" if embedded else node.get("uri", "")
        return f' <img alt="{alt}" src="{escape(uri)}">' if uri else ""


def _text(node: Node) -> str:
    """The HTML of a text: as it stands where it is HTML, said or seen; escaped where it is plain."""
    inside = "".join(_raw(node))
    kind = (node.get("texttype") or node.get("type") or "text/plain").lower()
    if len(node):
        return inside
    if "html" in kind or "smart" in kind or "xhtml" in kind or _seems_html(inside):
        return inside
    lines = [line.strip() for line in inside.strip().splitlines()]
    text = escape("\n".join(lines), quote=False).replace("\n", "<br>")
    if name_of(node) == "matemtext":
        return f"<em>{text}</em>"
    return " " * inside[:1].isspace() + text + " " * inside[-1:].isspace()


def _seems_html(text: str) -> bool:
    """True where a text said to be plain is HTML: programs forget to say so. A lone "<b>" is a text about HTML."""
    if _ALONE.search(text) or _ENTITY.search(text):
        return True
    opened = {name.lower() for name in _OPENED.findall(text)}
    return bool(opened) and not opened.isdisjoint(name.lower() for name in _CLOSED.findall(text))


def _raw(node: Node, depth: int = 0) -> Iterator[str]:
    """What a text holds; elements inside, as QTI doesn't foresee them, as HTML."""
    yield (node.text or "") if not len(node) and not depth else escape(node.text or "", quote=False)
    for child in node if depth < MAX_DEPTH else ():
        name = name_of(child)
        source = "".join(f' {key}="{escape(child.get(key, ""))}"' for key in ("alt", "src") if child.get(key))
        yield f"<{name}{source}>"
        if name not in ("br", "img", "hr"):
            yield from _raw(child, depth + 1)
            yield f"</{name}>"
        yield escape(child.tail or "", quote=False)


def own_material(node: Node) -> list[Node]:
    """The materials directly inside a response: what it asks."""
    return kids(node, "material", "flow_mat")
