"""How the cells of an xlsx look: number formats, fonts, bold, colour, fill. Pure, standard library only.

Nothing is read before somebody asks: most banks need none of it.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree  # parts with a DTD are refused before

from contest.questions.formats.drafts import UnreadableFile, column_index
from contest.questions.formats.legacy_fonts import Encoding, encoding_of_font
from contest.questions.formats.package import part_tree, pieces
from contest.zips import BROKEN

MAX_PART_BYTES = 64 * 1024 * 1024
ASPECTS = ("bold", "underline", "colour", "fill")
_PERCENTS = {9: "0%", 10: "0.00%"}
_DAY_MONTH = {16: "d-mmm"}
_DATES = {14: "d/m/yyyy", 15: "d-mmm-yy", 17: "mmm-yy", 22: "d/m/yyyy h:mm"}
_BUILT_IN = {**_PERCENTS, **_DAY_MONTH, **_DATES}
_CELL = re.compile(rb"<(?:\w+:)?c(?=\s)([^<>]*?)(/?)>(?:(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?v>(\d+)</(?:\w+:)?v>)?",
                   re.DOTALL)
_INLINE = re.compile(rb"<c(\s[^<>]*)><is>(<r>(?:(?!</is>).)*)</is></c>", re.DOTALL)
_REF = re.compile(rb"""\sr=["']([A-Z]{1,3})([0-9]{1,7})["']""")
_STYLE = re.compile(rb"""\ss=["']([0-9]{1,6})["']""")
_SHARED = re.compile(rb"""\st=["']s["']""")
_DARK = frozenset({"FF000000", "00000000", "000000"})
_DEFAULT_THEMES = frozenset({"0", "1"})  # window text and background

Aspects = frozenset[str]
Runs = tuple[tuple[str, Aspects], ...]


@dataclass(frozen=True, slots=True)
class Look:
    """One cell format of the workbook."""

    number_format: str
    aspects: Aspects
    encoding: Encoding | None

    @property
    def special(self) -> bool:
        """True where a number in such a cell reads otherwise than its digits: 80 %, 007."""
        return "%" in self.number_format or re.fullmatch("0{2,}", self.number_format) is not None


class Looks:
    """The cell formats of a workbook, and which cell of a sheet bears which."""

    def __init__(self, package: zipfile.ZipFile) -> None:
        self._package = package
        self._looks: list[Look] | None = None
        self._rich: dict[int, Runs] | None = None
        self._inline: dict[tuple[str, int, int], Runs] = {}
        self._cells: dict[str, dict[tuple[int, int], tuple[int, int | None]]] = {}

    @property
    def looks(self) -> list[Look]:
        """The formats in the order in which cells name them."""
        if self._looks is None:
            self._looks = _read_styles(self._package)
        return self._looks

    @property
    def matter(self) -> bool:
        """True where some format changes what a number or a text says."""
        return any(look.special or look.encoding for look in self.looks)

    def look(self, part: str, row: int, column: int) -> Look | None:
        """The format of a cell; rows from 1, columns from 0."""
        found = self._of(part).get((row, column))
        return self.looks[found[0]] if found and found[0] < len(self.looks) else None

    def aspects(self, part: str, row: int, column: int) -> Aspects:
        """What stands out in the whole cell: bold, underline, colour, fill."""
        found = self._of(part).get((row, column))
        if found is None:
            return frozenset()
        look = self.looks[found[0]].aspects if found[0] < len(self.looks) else frozenset()
        runs = self.runs(part, row, column)
        shared = frozenset.intersection(*(aspects for text, aspects in runs if text.strip())) if any(
            text.strip() for text, _ in runs) else frozenset()
        return look | shared

    def runs(self, part: str, row: int, column: int) -> Runs:
        """The pieces of a rich text cell with what stands out in each; () for plain text."""
        found = self._of(part).get((row, column))
        if found is None:
            return ()
        if found[1] is None:
            return self._inline.get((part, row, column), ())
        if self._rich is None:
            self._rich = _read_rich(self._package)
        return self._rich.get(found[1], ())

    def _of(self, part: str) -> dict[tuple[int, int], tuple[int, int | None]]:
        if part not in self._cells:
            cells: dict[tuple[int, int], tuple[int, int | None]] = {}
            for xml in pieces(self._package, part):
                cells.update(_cells(xml))
                for row, column, runs in _inline_runs(xml):
                    self._inline[part, row, column] = runs
                    cells.setdefault((row, column), (0, None))
            self._cells[part] = cells
        return self._cells[part]


def _cells(xml: bytes) -> Iterator[tuple[tuple[int, int], tuple[int, int | None]]]:
    for match in _CELL.finditer(xml):
        ref, style = _REF.search(match[1]), _STYLE.search(match[1])
        shared = int(match[3]) if match[3] and _SHARED.search(match[1]) else None
        if ref and (style or shared is not None):
            yield (int(ref[2]), column_index(ref[1].decode())), (int(style[1]) if style else 0, shared)


def _inline_runs(xml: bytes) -> Iterator[tuple[int, int, Runs]]:
    """The rich texts that stand in the cells themselves."""
    if b"<is><r>" not in xml:
        return
    for match in _INLINE.finditer(xml):
        ref = _REF.search(match[1])
        if ref:
            try:
                node = ElementTree.fromstring(b'<is xmlns="m">' + match[2] + b"</is>")  # noqa: S314 - no DTD
            except ElementTree.ParseError:
                continue
            runs = tuple(_run(child) for child in node if child.tag.endswith("}r"))
            yield int(ref[2]), column_index(ref[1].decode()), runs


def _read_styles(package: zipfile.ZipFile) -> list[Look]:
    try:
        root = part_tree(package, "xl/styles.xml")
    except (KeyError, ElementTree.ParseError, UnreadableFile):
        return []
    codes = dict(_BUILT_IN)
    for node in _children(root, "numFmts"):
        codes[_index(node, "numFmtId")] = _bare_code(node.get("formatCode", ""))
    fonts = [_font(node) for node in _children(root, "fonts")]
    fills = [_is_filled(node) for node in _children(root, "fills")]
    looks = []
    for node in _children(root, "cellXfs"):
        font, fill = _index(node, "fontId"), _index(node, "fillId")
        aspects, encoding = fonts[font] if font < len(fonts) else (frozenset(), None)
        if fill < len(fills) and fills[fill]:
            aspects = aspects | {"fill"}
        looks.append(Look(codes.get(_index(node, "numFmtId"), ""), aspects, encoding))
    return looks


def _index(node: ElementTree.Element, name: str) -> int:
    """A number of a list; 0 where something else stands there."""
    text = node.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 8 else 0


def _children(root: ElementTree.Element, name: str) -> Sequence[ElementTree.Element]:
    return next((list(node) for node in root if node.tag.endswith("}" + name)), [])


def _bare_code(code: str) -> str:
    """A format's first section without locale, colour and quoted text."""
    return re.sub(r'\[[^\]]*\]|"[^"]*"|\\|_.|@', "", code.split(";")[0]).strip().lower()


def _font(node: ElementTree.Element) -> tuple[Aspects, Encoding | None]:
    name = next((child.get("val", "") for child in node if child.tag.endswith(("}name", "}rFont"))), "")
    return _font_aspects(node), encoding_of_font(name)


def _font_aspects(node: ElementTree.Element) -> Aspects:
    found = set()
    for child in node:
        tag, value = child.tag.rpartition("}")[2], child.get("val")
        if tag == "b" and value not in ("0", "false"):
            found.add("bold")
        elif tag == "u" and value != "none":
            found.add("underline")
        elif tag == "color" and _is_coloured(child):
            found.add("colour")
    return frozenset(found)


def _is_coloured(node: ElementTree.Element) -> bool:
    if node.get("rgb"):
        return str(node.get("rgb")).upper() not in _DARK
    if node.get("theme"):
        return node.get("theme") not in _DEFAULT_THEMES
    return node.get("indexed") not in (None, "8", "64")


def _is_filled(node: ElementTree.Element) -> bool:
    pattern = next(iter(node), None)
    if pattern is None or pattern.get("patternType", "none") in ("none", "gray125"):
        return False
    colour = next((child for child in pattern if child.tag.endswith("}fgColor")), None)
    return colour is None or str(colour.get("rgb", "")).upper() not in ("FFFFFFFF", "00FFFFFF")


def _read_rich(package: zipfile.ZipFile) -> dict[int, Runs]:
    """The shared strings that are made of runs, by their number."""
    found: dict[int, Runs] = {}
    try:
        with package.open("xl/sharedStrings.xml") as part:
            number = 0
            for _, node in ElementTree.iterparse(part):  # noqa: S314 - no DTD, size known
                if not node.tag.endswith("}si"):
                    continue
                runs = [child for child in node if child.tag.endswith("}r")]
                if runs:
                    found[number] = tuple(_run(run) for run in runs)
                number += 1
                node.clear()
    except (KeyError, ElementTree.ParseError, *BROKEN):
        return {}
    return found


def _run(node: ElementTree.Element) -> tuple[str, Aspects]:
    text = "".join(child.text or "" for child in node if child.tag.endswith("}t"))
    style = next((child for child in node if child.tag.endswith("}rPr")), None)
    return text, _font_aspects(style) if style is not None else frozenset()


def standing_out(aspects: Sequence[Aspects]) -> tuple[int, ...]:
    """The places that stand out among the others by one aspect; () where none or all do."""
    for aspect in ASPECTS:
        found = tuple(place for place, has in enumerate(aspects) if aspect in has)
        if 0 < len(found) < len(aspects):
            return found
    return ()


def marked_options(runs: Runs, options: Sequence[str]) -> tuple[int, ...]:
    """The options of one cell whose letters mostly stand out."""
    text = "".join(piece for piece, _ in runs)
    flags: list[Aspects] = [aspects for piece, aspects in runs for _ in piece]
    found: list[Aspects] = []
    at = 0
    for option in options:
        start = text.find(option, at)
        if start < 0:
            found.append(frozenset())
            continue
        at = start + len(option)
        inside = [flags[place] for place in range(start, at) if not text[place].isspace()]
        found.append(frozenset(a for a in ASPECTS if 2 * sum(a in has for has in inside) > len(inside)))
    return standing_out(found)
