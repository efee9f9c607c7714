"""HTML of other programs, taken over as markup. Pure.

What a browser would show is kept: blocks, emphasis, lists, tables, pictures, formulas. Style is
dropped in silence, whatever else can't be held is named.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import lxml.html
from lxml import etree

from contest.questions.formats.drafts import Media
from contest.questions.formats.markup_blocks import Flow, List, Paragraph, Style, Table
from contest.questions.formats.markup_languages import of_spans
from contest.questions.formats.markup_maths import to_latex
from contest.questions.formats.markup_signs import picture_markup
from contest.questions.formats.markup_write import write
from contest.questions.formats.text import repair

Pictures = Callable[[str], Media | None]

_MAX_DEPTH = 100  # three frames of Python a level; libxml2 itself stops at 254
_MAX_LISTS = 6
_MAX_COLUMNS = 30
_PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre"})
_LINES = frozenset({"div", "section", "article", "center", "address", "dl", "dt", "dd", "figure", "figcaption", "hr",
                    "header", "footer", "main", "nav", "aside", "fieldset", "legend", "form", "caption", "details",
                    "summary", "tr", "li"})
_BOLD = frozenset({"b", "strong", "h1", "h2", "h3", "h4", "h5", "h6"})
_ITALIC = frozenset({"i", "em", "u", "ins", "cite", "dfn", "var"})
_SILENT = frozenset({"style", "head", "title", "meta", "link", "base", "xml", "colgroup", "col", "template", "source",
                     "track", "param"})
_SOUND = frozenset({"audio", "video", "bgsound"})
_FOREIGN = frozenset({"script", "object", "embed", "iframe", "applet", "frame", "frameset", "noframes", "svg", "canvas",
                      "input", "button", "select", "textarea", "noembed", "xmp", "plaintext", "listing", "noscript"})
_SOUND_FILE = re.compile(r"\.(mp3|mp4|m4a|m4v|ogg|oga|ogv|wav|webm|flac|aac|mov|avi)(\?|#|$)", re.IGNORECASE)
_ADDRESS = re.compile(r"(https?://|mailto:)\S+", re.IGNORECASE)
_STYLE_BOLD = re.compile(r"font-weight\s*:\s*(bold|[6-9]00)", re.IGNORECASE)
_STYLE_NOT_BOLD = re.compile(r"font-weight\s*:\s*(normal|[1-4]00)", re.IGNORECASE)
_STYLE_ITALIC = re.compile(r"font-style\s*:\s*(italic|oblique)|text-decoration[^;]*underline", re.IGNORECASE)
_STYLE_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\n\r\f]+")
_BLANKS = re.compile(r"[ \t\r\f]+")
_CONTROL = re.compile(r"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01])|x0*(?:[0-8bcef]|1[\da-f]))(?:;|(?![\da-f]))", re.IGNORECASE)
_UNENCODED = re.compile("[\x00-\x08\x0b\x0e-\x1f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Marked:
    """A text taken over from HTML.

    `lost` are the codes of what could not come along, each once; `mended` the kinds that
    `text.repair` found in it.
    """

    text: str
    markup: bool
    lost: tuple[str, ...] = ()
    mended: frozenset[str] = frozenset()


def from_html(html: str, pictures: Pictures) -> Marked:
    """Take over a fragment of HTML: plain where nothing needs markup, else our Markdown.

    `pictures` is asked for each <img> by its src; None where there is no such picture.
    Losses: picture_missing, picture_no_alt, formula_lost, audio_lost, html_lost, other_languages.
    """
    html = _CONTROL.sub("", _UNENCODED.sub("", html))
    if not html.strip():
        return Marked("", False)
    taker = _Taker(pictures)
    flow = Flow()
    if "<" in html or "&" in html:
        root = lxml.html.fragment_fromstring(html, create_parent="div")
        if "lang" in html and of_spans(root):
            taker.lose("other_languages")
        taker.children(root, flow, Style(), 0, 0)
    else:  # most texts have no tag, and the parser would take most of the time
        taker.text(html, flow, Style())
    flow.end(0)
    text, markup = write(flow.blocks)
    return Marked(text, markup, tuple(taker.lost), frozenset(taker.mended))


@dataclass(slots=True)
class _Taker:
    """Walks the tree of one text. Every method adds to the flow that it is given."""

    pictures: Pictures
    lost: dict[str, None] = field(default_factory=dict)
    mended: set[str] = field(default_factory=set)
    typed: int = 0  # how many <pre> are open

    def lose(self, code: str) -> None:
        self.lost[code] = None

    def text(self, text: str | None, flow: Flow, style: Style) -> None:
        if text:
            flow.add((_BLANKS if self.typed else _SPACES).sub(" ", self.repaired(text)), style)

    def repaired(self, text: str) -> str:
        whole, kinds = repair(f"|{text}|")  # the ends keep their spaces
        self.mended |= kinds
        return whole[1:-1]

    def children(self, node: etree._Element, flow: Flow, style: Style, depth: int, lists: int) -> None:
        if depth > _MAX_DEPTH:
            self.lose("html_lost")
            self.text(_words(node), flow, style)
            return
        self.text(node.text, flow, style)
        for child in node:
            if isinstance(child.tag, str):
                self.element(child, flow, style, depth + 1, lists)
            self.text(child.tail, flow, style)

    def element(self, node: etree._Element, flow: Flow, style: Style, depth: int, lists: int) -> None:
        tag = str(node.tag).rpartition(":")[2].lower()
        if tag in _SILENT or _STYLE_HIDDEN.search(node.get("style", "")):
            return
        if tag in _SOUND or tag in _FOREIGN:
            self.lose("audio_lost" if tag in _SOUND else "html_lost")
        elif tag == "br":
            flow.add("\n", style)
        elif tag == "img":
            self.picture(node, flow, style)
        elif tag == "math":
            self.maths(node, flow, style)
        elif tag in ("ul", "ol", "menu", "dir"):
            self.items(node, flow, style, depth, lists)
        elif tag == "table":
            self.table(node, flow, style, depth, lists)
        else:
            self.rest(tag, node, flow, _styled(style, tag, node.get("style", "")), depth, lists)

    def rest(self, tag: str, node: etree._Element, flow: Flow, style: Style, depth: int, lists: int) -> None:
        """Blocks, links, and what only dresses its text."""
        gap = 2 if tag in _PARAGRAPHS else 1 if tag in _LINES else 0
        if tag == "omath":
            self.lose("formula_lost")
        if gap:
            flow.end(gap)
        self.typed += tag == "pre"
        self.children(node, flow, style, depth, lists)
        self.typed -= tag == "pre"
        if tag == "a":
            self.link(node, flow, style)
        if gap:
            flow.end(gap)

    def link(self, node: etree._Element, flow: Flow, style: Style) -> None:
        address = node.get("href", "").strip()
        if _SOUND_FILE.search(address):
            self.lose("audio_lost")
        elif _ADDRESS.fullmatch(address) and address not in _words(node):
            flow.add(f" ({self.repaired(address)})", style)

    def picture(self, node: etree._Element, flow: Flow, style: Style) -> None:
        alt = " ".join(self.repaired(node.get("alt", "")).split())
        latex = _latex_of_picture(node)
        if latex and flow.add_maths(self.repaired(latex)):
            return
        media = self.pictures(node.get("src", ""))
        if media is None:
            self.lose("picture_missing")
            flow.add(f"[hình: {alt}]" if alt else "[hình]", style)
            return
        if not alt:
            self.lose("picture_no_alt")
        flow.add_raw(picture_markup(media, alt))

    def maths(self, node: etree._Element, flow: Flow, style: Style) -> None:
        latex = to_latex(node)
        if latex is None or not flow.add_maths(self.repaired(latex)):
            self.lose("formula_lost")
            flow.add(" ".join(_words(node).split()), style)

    def items(self, node: etree._Element, flow: Flow, style: Style, depth: int, lists: int) -> None:
        if lists >= _MAX_LISTS:
            self.lose("html_lost")
            flow.end(1)
            self.children(node, flow, style, depth, lists)
            flow.end(1)
            return
        ordered = node.tag == "ol"
        start = node.get("start", "1").strip()
        found = List(ordered, int(start) if ordered and start.isascii() and start.isdigit() and len(start) < 9 else 1)
        item = Flow()
        self.text(node.text, item, style)
        for child in node:
            if child.tag == "li":
                item = found.next(item)
                self.children(child, item, style, depth + 1, lists + 1)
            elif isinstance(child.tag, str):  # lists that Word and old editors put between the items
                self.element(child, item, style, depth + 1, lists + 1)
            self.text(child.tail, item, style)
        found.next(item)
        flow.add_block(found)

    def table(self, node: etree._Element, flow: Flow, style: Style, depth: int, lists: int) -> None:
        rows: list[list[Flow]] = []
        held: dict[int, int] = {}  # columns that cells from above still cover, and for how many rows
        cells = [cell for cell in node.iter("td", "th") if next(cell.iterancestors("table"), None) is node]
        for caption in node.findall("caption"):
            self.rest("caption", caption, flow, style, depth, lists)
        last = None
        for cell in cells:
            row = cell.getparent()
            if row is not last:
                last, held = row, {column: left - 1 for column, left in held.items() if left > 1}
                rows.append([])
            while len(rows[-1]) in held:
                rows[-1].append(Flow())
            inside = Flow()
            self.children(cell, inside, style, depth + 3, lists)
            inside.end(0)
            wide, high = _span(cell, "colspan"), _span(cell, "rowspan")
            if wide > 1 or high > 1:
                self.lose("html_lost")
            for column in range(len(rows[-1]), len(rows[-1]) + wide):
                held[column] = high
            rows[-1] += [inside, *(Flow() for _ in range(wide - 1))]
        self.place(rows, flow)

    def place(self, rows: list[list[Flow]], flow: Flow) -> None:
        """Add a table; what only lays out its page, or is too wide, as paragraphs."""
        width = max(map(len, rows), default=0)
        simple = all(isinstance(block, Paragraph) for row in rows for cell in row for block in cell.blocks)
        if 1 < width <= _MAX_COLUMNS and simple:
            flow.add_block(Table([row + [Flow() for _ in range(width - len(row))] for row in rows]))
            return
        if width > 1:
            self.lose("html_lost")
        for row in rows:
            for cell in row:
                flow.take_over(cell)


def _latex_of_picture(node: etree._Element) -> str:
    """The formula that a picture of Canvas shows, "" where it is no such picture."""
    latex = node.get("data-equation-content", "")
    if not latex and "equation_image" in node.get("class", "").split():
        latex = node.get("alt", "").removeprefix("LaTeX:") or node.get("title", "")
    return latex.strip()


def _words(node: etree._Element) -> str:
    return "".join(map(str, node.itertext()))


def _span(cell: etree._Element, name: str) -> int:
    value = cell.get(name, "1").strip()
    return min(max(int(value), 1), _MAX_COLUMNS + 1) if value.isascii() and value.isdigit() and len(value) < 6 else 1


def _styled(style: Style, tag: str, css: str) -> Style:
    bold = (style.bold or tag in _BOLD or bool(_STYLE_BOLD.search(css))) and not _STYLE_NOT_BOLD.search(css)
    italic = style.italic or tag in _ITALIC or bool(_STYLE_ITALIC.search(css))
    return Style(bold, italic, {"sup": "^", "sub": "~"}.get(tag, style.small))
