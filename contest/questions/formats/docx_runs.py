"""What stands in a Word paragraph: its runs, fields, pictures, formulas and boxes as pieces. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from contest.questions.formats import images
from contest.questions.formats.docx_labels import RAW_STYLE
from contest.questions.formats.docx_package import DocxPackage
from contest.questions.formats.docx_styles import VAL, Styles, W, marks_of, piece_marks
from contest.questions.formats.drafts import Media
from contest.questions.formats.legacy_fonts import VNI_SECOND, Encoding, convert, encoding_of_font, is_unicode
from contest.questions.formats.lines import HOLE, Note, Piece
from contest.questions.formats.markup_signs import picture_markup
from contest.questions.formats.omml import M, latex

_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_A_BLIP = "{http://schemas.openxmlformats.org/drawingml/2006/main}blip"
_DOC_PR = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
_V = "{urn:schemas-microsoft-com:vml}"
_V_IMAGE = f"{_V}imagedata"
_OLE = "{urn:schemas-microsoft-com:office:office}OLEObject"
_CHOICE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_BOX = f"{W}txbxContent"
_EQUATION = re.compile(r"Equation|MathType|DSMT", re.IGNORECASE)
_LOST = frozenset({f"{W}del", f"{W}moveFrom"})
_TAKEN_CHANGE = frozenset({f"{W}ins", f"{W}moveTo"})
_THROUGH = frozenset({f"{W}hyperlink", f"{W}smartTag", f"{W}fldSimple", f"{W}sdt", f"{W}sdtContent", f"{W}customXml",
                      f"{W}dir", f"{W}bdo", f"{W}ruby", f"{W}rubyBase", *_TAKEN_CHANGE})
_SYMBOL = dict(zip(
    "abgdezhqiklmnxoprstufcywABGDEZHQIKLMNXOPRSTUFCYW",
    "αβγδεζηθικλμνξοπρστυφχψωΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ", strict=True)) | {
    "\xb0": "°", "\xb1": "±", "\xb3": "≥", "\xa3": "≤", "\xb9": "≠", "\xa5": "∞", "\xae": "→", "\xde": "⇒", "\xdb": "⇔",
    "\xb4": "×", "\xb8": "÷", "\xd6": "√", "\xce": "∈", "\xcf": "∉", "\xcc": "⊂", "\xc8": "∪", "\xc7": "∩", "\xc6": "∅",
    "\xb6": "∂", "\xd1": "∇", "\xbb": "≈", "\xd0": "∠", "\xb7": "•", "\xe5": "∑", "\xf2": "∫", "\xba": "≡", "\xd7": "·",
    "\x22": "∀", "\x24": "∃"}
_WINGDINGS = {"\xfc": "✓", "\xfb": "✗", "\xfe": "☑", "\xfd": "☒", "\xa8": "☐", "o": "☐", "\xe0": "→", "\xdf": "←",
              "\xd8": "➢", "\xa7": "▪", "n": "■", "l": "●", "v": "❖", "q": "❑", "\xf0": "⇨", "\xe8": "➔"}
_PRIVATE = re.compile("[\uf020-\uf0ff]")


@dataclass(slots=True)
class Take:
    """What one paragraph gave: pieces, with "\\n" at line ends, what to tell of it, and the boxes inside."""

    pieces: list[Piece] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    boxes: list[etree._Element] = field(default_factory=list)
    fonts: list[tuple[int, Encoding]] = field(default_factory=list)  # piece → its old encoding

    def note(self, note: Note) -> None:
        """Keep a note, once."""
        if note not in self.notes:
            self.notes.append(note)


class Runs:
    """Reads paragraphs one after the other: a field may begin in one and end in a later one."""

    def __init__(self, package: DocxPackage, styles: Styles, notes: Callable[[str, str], str]) -> None:
        self._package = package
        self._styles = styles
        self._note_text = notes  # ("footnote", id) → its text
        self.encoding: Encoding | None = None  # of a document whose fonts don't tell that its letters are old
        self._fields: list[bool] = []  # for each open field: True while its instruction runs
        self._taken: dict[str, Media | str] = {}
        self.media: dict[str, Media] = {}

    def take(self, paragraph: etree._Element, style: str) -> Take:
        """The pieces of a w:p in the named paragraph style."""
        take = Take()
        self._children(paragraph, style, take)
        _convert_fonts(take)
        return take

    def _children(self, node: etree._Element, style: str, take: Take) -> None:
        for child in _unfolded(node):
            if child.tag == f"{W}r":
                self._run(child, style, take)
            elif child.tag in _LOST:
                take.note(Note("warning", "tracked_change"))
            elif child.tag in _THROUGH:
                if child.tag in _TAKEN_CHANGE and child.find(f".//{W}r") is not None:
                    take.note(Note("warning", "tracked_change"))
                self._children(child, style, take)
            elif child.tag in (f"{M}oMath", f"{M}oMathPara"):
                self._formula(child, take)

    def _formula(self, node: etree._Element, take: Take) -> None:
        for formula in [node] if node.tag == f"{M}oMath" else node.iter(f"{M}oMath"):
            source = latex(formula)
            if source:
                take.pieces.append(Piece(HOLE, markup=f"${source}$"))

    def _run(self, run: etree._Element, style: str, take: Take) -> None:
        properties = run.find(f"{W}rPr")
        look = self._styles.look(style)
        if properties is not None:
            named = properties.find(f"{W}rStyle")
            key = "" if named is None else str(named.get(VAL, ""))
            look = {**(self._styles.look(style, key) if key else look), **marks_of(properties)}
            if key == RAW_STYLE:
                take.pieces.append(Piece(HOLE, markup="".join(text.text or "" for text in run.iter(f"{W}t"))))
                return
        if look.get("vanish") is not None:
            if run.find(f"{W}t") is not None:
                take.note(Note("warning", "hidden_row"))
            return
        marks = piece_marks(look)
        for child in _unfolded(run):
            self._content(child, look, marks, take)

    def _encoding(self, text: str, look: dict[str, str | None]) -> Encoding | None:
        own = encoding_of_font(look.get("font") or "")
        return own or (None if is_unicode(text) else self.encoding)

    def _content(self, child: etree._Element, look: dict[str, str | None], marks: frozenset[str], take: Take) -> None:
        name = str(child.tag).removeprefix(W)
        if name == "fldChar":
            self._field(str(child.get(f"{W}fldCharType", "")))
            return
        if self._fields and any(self._fields):
            return
        if name in ("t", "tab", "ptab", "br", "cr", "noBreakHyphen", "sym", "softHyphen"):
            text = _text(child, name, look, take)
            font = self._encoding(text, look) if name in ("t", "softHyphen") else None
            if font:
                take.fonts.append((len(take.pieces), font))
            if look.get("caps") is not None:
                text = text.upper()
            if text:
                take.pieces.append(Piece(text, marks))
        elif name in ("drawing", "pict", "object"):
            self._drawing(child, take)
        elif name in ("footnoteReference", "endnoteReference"):
            text = self._note_text(name.removesuffix("Reference"), str(child.get(f"{W}id", "")))
            take.note(Note("warning", "text_not_taken", {"what": name.removesuffix("Reference"), "value": text[:80]}))
        elif name == "commentReference":
            text = self._note_text("comment", str(child.get(f"{W}id", "")))
            take.note(Note("warning", "text_not_taken", {"what": "comment", "value": text[:80]}))

    def _field(self, kind: str) -> None:
        if kind == "begin":
            self._fields.append(True)
        elif self._fields and kind == "separate":
            self._fields[-1] = False
        elif self._fields and kind == "end":
            self._fields.pop()

    def _drawing(self, node: etree._Element, take: Take) -> None:
        boxes = [box for box in node.iter(_BOX) if not any(above.tag == _BOX for above in box.iterancestors()
                                                           if node in above.iterancestors())]
        take.boxes += boxes
        ole = next(node.iter(_OLE), None)
        if ole is not None:
            known = _EQUATION.search(str(ole.get("ProgID", "")))
            take.note(Note("error", "formula_lost") if known else Note("warning", "text_not_taken", {
                "what": "object", "value": str(ole.get("ProgID", ""))}))
            if known:
                take.pieces.append(Piece(" … "))
            return
        for blip in node.iter(_A_BLIP, _V_IMAGE):
            if boxes and any(blip in box.iter() for box in boxes):
                continue  # comes with its box
            relation = str(blip.get(f"{_R}embed") or blip.get(f"{_R}id") or "")
            self._picture(relation, _alternative(node, blip), take)

    def _picture(self, relation: str, alt: str, take: Take) -> None:
        made = self._taken.get(relation)
        if made is None:
            data = self._package.picture(relation)
            made = "picture_missing"
            if data is not None:
                try:
                    made = images.take(data)
                except images.PictureRefused as refusal:
                    made = refusal.code
            self._taken[relation] = made
        if isinstance(made, str):
            take.note(Note("warning", made))
            return
        if not alt:
            take.note(Note("warning", "picture_no_alt"))
        self.media[made.name] = made
        take.pieces.append(Piece(HOLE, markup=picture_markup(made, alt)))





def _unfolded(node: etree._Element) -> Iterator[etree._Element]:
    """The children; of alternatives the first, where it has anything, else the fallback."""
    for child in node:
        if child.tag != f"{_CHOICE}AlternateContent":
            yield child
            continue
        for name in ("Choice", "Fallback"):
            chosen = child.find(_CHOICE + name)
            if chosen is not None and len(chosen):
                yield from chosen
                break


def _text(child: etree._Element, name: str, look: dict[str, str | None], take: Take) -> str:
    if name == "t":
        text = child.text or ""
        font = (look.get("font") or "").lower()
        if _PRIVATE.search(text) and not encoding_of_font(look.get("font") or ""):
            text = _PRIVATE.sub(lambda found: _symbol(chr(ord(found[0]) - 0xF000), font) or found[0], text)
        return text
    if name == "softHyphen":  # the letter ư of TCVN3; elsewhere nothing to be seen
        return "\xad" if (encoding_of_font(look.get("font") or "") or "").startswith("tcvn3") else ""
    if name == "sym":
        try:
            code = int(str(child.get(f"{W}char", "")), 16)
        except ValueError:
            return ""
        shown = _symbol(chr(code & 0xFF), str(child.get(f"{W}font", "")).lower())
        if not shown:
            take.note(Note("warning", "text_not_taken", {"what": "symbol", "value": f"{code:04X}"}))
        return shown
    return {"tab": "\t", "ptab": "\t", "noBreakHyphen": "-"}.get(name, "\n")


def _symbol(char: str, font: str) -> str:
    if font.startswith("wingdings"):
        return _WINGDINGS.get(char, "")
    return _SYMBOL.get(char, char if char.isascii() else "")


def _alternative(node: etree._Element, blip: etree._Element) -> str:
    """The alternative text of the picture around a blip: what its author wrote, not the file's name."""
    for above in blip.iterancestors():
        for named in above.iterchildren(_DOC_PR):
            return str(named.get("descr") or named.get("title") or "").strip()
        if above.tag == f"{_V}shape":
            return str(above.get("alt") or "").strip()
        if above is node:
            break
    return ""


def _convert_fonts(take: Take) -> None:
    """Convert runs of old fonts; a second letter of VNI's that a run boundary cut off goes to its first."""
    fonts = dict(take.fonts)
    for at, encoding in take.fonts:
        if encoding == "vni" and fonts.get(at - 1) == "vni":
            text, before = take.pieces[at].text, take.pieces[at - 1]
            if text and text[0] in VNI_SECOND and before.text:
                take.pieces[at - 1] = Piece(before.text + text[0], before.marks)
                take.pieces[at] = Piece(text[1:], take.pieces[at].marks)
    for at, encoding in take.fonts:
        piece = take.pieces[at]
        became = convert(piece.text, encoding)
        if became != piece.text:
            take.pieces[at] = Piece(became, piece.marks)
            take.note(Note("warning", "font_converted", {"encoding": encoding}))
