"""A bank as a Word file: clean on paper, and read back equal by `docx_lines`. Pure."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from html import escape as escape_html

from contest.questions.formats import docx_labels as labels
from contest.questions.formats.docx_exact import part_letter
from contest.questions.formats.docx_parts import (
    CONTENT_TYPES,
    DOCUMENT,
    PICTURE_RUN,
    RELATIONS,
    ROOT_RELATIONS,
    styles_xml,
)
from contest.questions.formats.drafts import FULL_CREDIT, Draft, Media, Problem, Written, column_letter
from contest.questions.formats.lines import Line, Piece, exact_text
from contest.questions.formats.markup_signs import PICTURE, uncover
from contest.questions.formats.stars import has_wildcards, spelled

_EMU_PER_PIXEL = 9_525
_MAX_WIDTH = 5_400_000  # EMU of the text's width on A4
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MOMENT = (2000, 1, 1, 0, 0, 0)  # the same bank gives the same bytes


def write_docx(drafts: Sequence[Draft], media: Sequence[Media] = ()) -> Written:
    """The bank as a .docx in Times New Roman 13. Pictures go out as PNG; one that is not among `media` is named."""
    book = _Book({picture.name: picture for picture in media})
    body = "".join(book.question(number, draft) for number, draft in enumerate(drafts, 1))
    return Written(book.package(body), "docx", tuple(book.left_out))


class _Book:
    def __init__(self, media: Mapping[str, Media]) -> None:
        self.media = media
        self.used: dict[str, int] = {}
        self.left_out: list[Problem] = []
        self.shown = 0

    def question(self, number: int, draft: Draft) -> str:
        self.place = draft.place
        self.markup = draft.markup
        self.raw_needed = draft.markup
        if has_wildcards(draft):
            self.left_out.append(Problem("warning", "not_written", draft.place, None, {"what": "wildcard"}))
        made = [self._paragraph("QuestionText", f"Câu {number}. ", draft.stem, True)]
        made += [self._paragraph("PartText", f"{part_letter(at)}) ", text, True) for at, text in enumerate(draft.parts)]
        if draft.type != "cluster":
            made += [self._paragraph("OptionText", f"{column_letter(at)}. ", text, True)
                     for at, text in enumerate(draft.options)]
        made += [self._paragraph("FieldText", f"{label}: ", text, rich) for label, text, rich in _fields(draft)]
        return "".join(made)

    def _paragraph(self, style: str, lead: str, text: str, rich: bool) -> str:
        runs = [_run(lead, bold=style != "OptionText" and style != "PartText")]
        for at, line in enumerate(text.split("\n")):
            runs += ["<w:r><w:br/></w:r>"] * bool(at)
            runs.append(self._line(line) if self.markup and rich else _run(line))
        return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{"".join(runs)}</w:p>'

    def _line(self, source: str) -> str:
        """A line of markup: pictures as pictures, plain words as words, the rest as its source."""
        runs = []
        at = 0
        for found in PICTURE.finditer(source):
            runs += [self._words(source[at:found.start()]), self._picture(found)]
            at = found.end()
        return "".join([*runs, self._words(source[at:], whole=at == 0)])

    def _words(self, source: str, whole: bool = False) -> str:
        if not source:
            return ""
        plain = uncover(source)
        back = exact_text([Line(1, plain, (Piece(plain),), role="more")], True)
        if whole and back == source and not self.raw_needed:
            return _run(plain)
        self.raw_needed = False
        return _run(source, style=labels.RAW_STYLE)

    def _picture(self, found: re.Match[str]) -> str:
        media = self.media.get(found["name"])
        if media is None:
            self.left_out.append(Problem("warning", "not_written", self.place, None, {"what": "picture"}))
            return _run(found[0], style=labels.RAW_STYLE)
        number = self.used.setdefault(media.name, len(self.used) + 1)
        self.shown += 1
        self.raw_needed = False
        width = min(media.width * _EMU_PER_PIXEL, _MAX_WIDTH)
        height = max(width * media.height // max(media.width, 1), 1)
        return PICTURE_RUN.format(width=width, height=height, ordinal=self.shown, number=number,
                                  alt=escape_html(uncover(found["alt"])))

    def package(self, body: str) -> bytes:
        pictures = {number: _png(self.media[name]) for name, number in self.used.items()}
        linked = "".join(
            f'<Relationship Id="rIdP{number}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
            f'image" Target="media/image{number}.png"/>' for number in pictures)
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
            parts: list[tuple[str, str | bytes]] = [
                ("[Content_Types].xml", CONTENT_TYPES), ("_rels/.rels", ROOT_RELATIONS),
                ("word/document.xml", DOCUMENT.format(body=body)), ("word/styles.xml", styles_xml()),
                ("word/_rels/document.xml.rels", RELATIONS.format(pictures=linked)),
                *((f"word/media/image{number}.png", data) for number, data in pictures.items())]
            for name, content in parts:
                packed.writestr(zipfile.ZipInfo(name, _MOMENT), content, zipfile.ZIP_DEFLATED)
        return target.getvalue()


def _run(text: str, bold: bool = False, style: str = "") -> str:
    if not text:
        return ""
    properties = (f'<w:rStyle w:val="{style}"/>' if style else "") + ("<w:b/>" if bold else "")
    shown = escape_html(_FORBIDDEN.sub("", text), quote=False)
    inside = f'<w:t xml:space="preserve">{shown}</w:t>'
    if not style:
        inside = inside.replace("\t", '</w:t><w:tab/><w:t xml:space="preserve">')
    return f"<w:r>{f'<w:rPr>{properties}</w:rPr>' if properties else ''}{inside}</w:r>"


def _fields(draft: Draft) -> Iterator[tuple[str, str, bool]]:
    """The label, the words, and whether these are markup where the draft is."""
    if draft.type != "single":
        yield labels.TYPE, labels.TYPES[draft.type], False
    yield from _answers(draft)
    if draft.credits:
        yield labels.CREDITS, "; ".join(f"{labels.percent(credit)}%" for credit in draft.credits), False
    if draft.pinned:
        yield labels.PINNED, ", ".join(map(column_letter, draft.pinned)), False
    for label, words, rich in ((labels.TOPIC, draft.topic, False), (labels.LEVEL, draft.level, False),
                               (labels.EXPLANATION, draft.explanation, True), (labels.CITATION, draft.citation, True),
                               (labels.CODE, draft.code, False), (labels.POINTS, _points(draft.points), False)):
        if words:
            yield label, words, rich
    for tag in draft.tags:
        yield labels.TAG, tag, False
    for name, value in draft.settings.items():
        yield labels.SETTING, f"{name}: {value}", False


def _answers(draft: Draft) -> Iterator[tuple[str, str, bool]]:
    if draft.type in ("single", "multiple", "true_false") and draft.key:
        yield labels.KEY, ", ".join(map(column_letter, draft.key)), False
    elif draft.type in ("cluster", "matching") and draft.key:
        names = ("Đúng", "Sai") if draft.type == "cluster" else tuple(map(column_letter, range(len(draft.options))))
        yield labels.KEY, "; ".join(f"{part_letter(at)}) {names[option]}" for at, option in enumerate(draft.key)), False
    for number, gap in enumerate(draft.gaps, 1):
        label = labels.KEY if draft.type != "gaps" else f"{labels.GAP} {number} ({labels.GAP_KINDS[gap.kind]})"
        for answer in gap.answers:
            credit = f" ({labels.percent(answer.credit)}%)" if answer.credit != FULL_CREDIT else ""
            text = spelled(answer.text) if gap.kind == "text" else answer.text
            yield label + credit, text, gap.kind == "choice"


def _points(points: int | None) -> str:
    if points is None:
        return labels.NO_POINTS
    whole, rest = divmod(points, 100)
    return f"{whole},{rest:02d}".rstrip("0").rstrip(",")


def _png(media: Media) -> bytes:
    from PIL import Image

    target = io.BytesIO()
    with Image.open(io.BytesIO(media.data)) as image:
        image.save(target, "PNG")
    return target.getvalue()
