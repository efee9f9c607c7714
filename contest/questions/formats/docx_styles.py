"""Word's styles and automatic numbers: how a run looks, and what stands before a paragraph. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
VAL = f"{W}val"
MAX_CHAIN = 20  # styles based on styles; a circle ends here
_OFF = frozenset({"0", "false", "off", "none"})
_NEAR_BLACK = 0x48
_BULLETS = frozenset({"bullet", "none"})
_PLAIN_FILLS = frozenset({"auto", "FFFFFF", "000000", ""})


def on(node: etree._Element | None) -> bool | None:
    """What a switch such as w:b says; None where it is absent."""
    if node is None:
        return None
    return str(node.get(VAL, "1")).lower() not in _OFF


def marks_of(properties: etree._Element) -> dict[str, str | None]:
    """What a w:rPr sets: mark → its value, None for "off"; a mark that it doesn't mention is missing."""
    found: dict[str, str | None] = {}
    for tag, mark in (("b", "bold"), ("i", "italic"), ("strike", "strike"), ("dstrike", "strike"),
                       ("vanish", "vanish"), ("caps", "caps")):
        switch = on(properties.find(W + tag))
        if switch is not None:
            found[mark] = "" if switch else None
    underline = properties.find(f"{W}u")
    if underline is not None and underline.get(VAL) is not None:
        found["underline"] = None if underline.get(VAL) == "none" else ""
    colour = properties.find(f"{W}color")
    if colour is not None:
        found["colour"] = _seen(str(colour.get(VAL, "auto")).upper())
    highlight = properties.find(f"{W}highlight")
    if highlight is not None:
        pen = str(highlight.get(VAL, "none"))
        found["highlight"] = None if pen in ("none", "white") else pen
    shade = properties.find(f"{W}shd")
    if shade is not None and str(shade.get(f"{W}fill", "")).upper() not in _PLAIN_FILLS and "highlight" not in found:
        found["highlight"] = str(shade.get(f"{W}fill")).upper()
    raised = properties.find(f"{W}vertAlign")
    if raised is not None:
        found["height"] = {"superscript": "sup", "subscript": "sub"}.get(str(raised.get(VAL)))
    fonts = properties.find(f"{W}rFonts")
    if fonts is not None:
        name = fonts.get(f"{W}ascii") or fonts.get(f"{W}hAnsi") or fonts.get(f"{W}cs")
        if name:
            found["font"] = str(name)
    return found


def _seen(colour: str) -> str | None:
    """A colour that differs from the page's ink, else None."""
    if len(colour) != 6:
        return None
    try:
        parts = [int(colour[at:at + 2], 16) for at in (0, 2, 4)]
    except ValueError:
        return None
    return None if max(parts) <= _NEAR_BLACK or min(parts) == 255 else colour


def piece_marks(look: dict[str, str | None]) -> frozenset[str]:
    """A run's look as the marks of `lines.Piece`."""
    marks = {mark for mark in ("bold", "italic", "underline", "strike") if look.get(mark) is not None}
    marks |= {f"{mark}:{look[mark]}" for mark in ("colour", "highlight") if look.get(mark)}
    if look.get("height"):
        marks.add(str(look["height"]))
    return frozenset(marks)


@dataclass(slots=True)
class _Style:
    name: str
    base: str
    look: dict[str, str | None]
    number: tuple[str, int] | None
    heading: bool


class Styles:
    """The styles of a document: looks and numbers inherited along their chains."""

    def __init__(self, root: etree._Element | None) -> None:
        self._styles: dict[str, _Style] = {}
        self._looks: dict[str, dict[str, str | None]] = {}
        self._default: dict[str, str | None] = {}
        self.default_paragraph = ""
        if root is None:
            return
        default = root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")
        if default is not None:
            self._default = marks_of(default)
        for node in root.iterfind(f"{W}style"):
            self._take(node)

    def _take(self, node: etree._Element) -> None:
        key = str(node.get(f"{W}styleId", ""))
        name = str(_attribute(node.find(f"{W}name")) or key)
        look = node.find(f"{W}rPr")
        outline = node.find(f"{W}pPr/{W}outlineLvl")
        self._styles[key] = _Style(name, str(_attribute(node.find(f"{W}basedOn")) or ""),
                                   {} if look is None else marks_of(look), number_of(node.find(f"{W}pPr")),
                                   outline is not None or name.lower().startswith(("heading", "title")))
        if node.get(f"{W}type") == "paragraph" and str(node.get(f"{W}default", "0")) not in _OFF:
            self.default_paragraph = key

    def _chain(self, key: str) -> Iterator[_Style]:
        for _step in range(MAX_CHAIN):
            style = self._styles.get(key)
            if style is None:
                return
            yield style
            key = style.base

    def name(self, key: str) -> str:
        """The style's own name, as Word's list shows it."""
        style = self._styles.get(key)
        return style.name if style else key

    def heading(self, key: str) -> bool:
        """True for a style of headings and titles."""
        return any(style.heading for style in self._chain(key))

    def number(self, key: str) -> tuple[str, int] | None:
        """The list and level that the style stands in."""
        return next((style.number for style in self._chain(key) if style.number), None)

    def look(self, paragraph: str, run: str = "") -> dict[str, str | None]:
        """What the defaults, a paragraph style and a character style make of a run."""
        known = self._looks.get(f"{paragraph}\n{run}")
        if known is None:
            known = dict(self._default)
            for key in (paragraph, run):
                for style in reversed(list(self._chain(key))):
                    known.update(style.look)
            self._looks[f"{paragraph}\n{run}"] = known
        return known


def _attribute(node: etree._Element | None) -> str | None:
    return None if node is None else node.get(VAL)


def number_of(properties: etree._Element | None) -> tuple[str, int] | None:
    """The list and level that a w:pPr names; the list "0" takes a paragraph out of its style's."""
    numbering = None if properties is None else properties.find(f"{W}numPr")
    if numbering is None:
        return None
    level = _whole(_attribute(numbering.find(f"{W}ilvl")), 0)
    return str(_attribute(numbering.find(f"{W}numId")) or ""), level


def _whole(text: str | None, otherwise: int) -> int:
    try:
        return int(text or "")
    except ValueError:
        return otherwise


@dataclass(slots=True)
class _Level:
    start: int = 1
    kind: str = "decimal"
    shown: str = ""


@dataclass(slots=True)
class _List:
    abstract: str
    levels: dict[int, _Level]
    starts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """Counts the automatic numbers of a document, paragraph by paragraph in its order."""

    def __init__(self, root: etree._Element | None, styles: Styles) -> None:
        self._abstracts: dict[str, dict[int, _Level]] = {}
        self._lists: dict[str, _List] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._started: set[str] = set()
        self._linked: dict[str, str] = {}
        if root is not None:
            for node in root.iterfind(f"{W}abstractNum"):
                self._take_abstract(node)
            for node in root.iterfind(f"{W}num"):
                self._take_list(node)
            self._resolve_links(styles)

    def _take_abstract(self, node: etree._Element) -> None:
        key = str(node.get(f"{W}abstractNumId", ""))
        self._abstracts[key] = {_whole(level.get(f"{W}ilvl"), 0): _level(level) for level in node.iterfind(f"{W}lvl")}
        link = _attribute(node.find(f"{W}numStyleLink"))
        if link:
            self._linked[key] = link

    def _take_list(self, node: etree._Element) -> None:
        abstract = str(_attribute(node.find(f"{W}abstractNumId")) or "")
        made = _List(abstract, dict(self._abstracts.get(abstract, {})))
        for override in node.iterfind(f"{W}lvlOverride"):
            level = _whole(override.get(f"{W}ilvl"), 0)
            whole = override.find(f"{W}lvl")
            if whole is not None:
                made.levels[level] = _level(whole)
            start = _attribute(override.find(f"{W}startOverride"))
            if start is not None:
                made.starts[level] = _whole(start, 1)
        self._lists[str(node.get(f"{W}numId", ""))] = made

    def _resolve_links(self, styles: Styles) -> None:
        for made in self._lists.values():
            found = styles.number(self._linked.get(made.abstract, ""))
            other = self._lists.get(found[0]) if found else None
            if other is not None and other is not made:
                made.levels = {**other.levels, **made.levels}

    def label(self, number: tuple[str, int]) -> tuple[str, str]:
        """The number of the next paragraph of this list and level as Word shows it, and the list's name.

        Both are "" outside of lists. Bullets are "•".
        """
        key, level = number
        made = self._lists.get(key)
        if made is None or level not in made.levels:
            return "", ""
        counts = self._counts.setdefault(made.abstract, {})
        if key not in self._started:
            self._started.add(key)
            for at, start in made.starts.items():
                counts[at] = start - 1
        shape = made.levels[level]
        counts[level] = counts.get(level, shape.start - 1) + 1
        for deeper in [at for at in counts if at > level]:
            del counts[deeper]
        name = f"{made.abstract}:{level}"
        if shape.kind in _BULLETS:
            return ("•" if shape.kind == "bullet" else shape.shown), name
        shown = shape.shown
        for at in range(level + 1):
            if f"%{at + 1}" in shown:
                there = made.levels.get(at, _Level())
                shown = shown.replace(f"%{at + 1}", written(counts.get(at, there.start), there.kind))
        return shown, name


def _level(node: etree._Element) -> _Level:
    return _Level(_whole(_attribute(node.find(f"{W}start")), 1), str(_attribute(node.find(f"{W}numFmt")) or "decimal"),
                  str(_attribute(node.find(f"{W}lvlText")) or ""))


def written(number: int, kind: str) -> str:
    """A number in one of Word's kinds: decimal, upperLetter, lowerRoman …; unknown ones are decimal."""
    if kind in ("upperLetter", "lowerLetter") and 0 < number <= 780:
        letter = chr(65 + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter if kind == "upperLetter" else letter.lower()
    if kind in ("upperRoman", "lowerRoman") and 0 < number < 4000:
        roman = _roman(number)
        return roman if kind == "upperRoman" else roman.lower()
    return f"{number:02d}" if kind == "decimalZero" else str(number)


def _roman(number: int) -> str:
    text = ""
    for value, sign in ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"),
                        (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        count, number = divmod(number, value)
        text += sign * count
    return text
