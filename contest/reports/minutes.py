"""The minutes of a round graded anew: what was put right, what that changed, who stood behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Cm, Pt

from contest.reports import printed_pdf
from contest.reports.printed_docx import saved
from contest.reports.printed_word_parts import WIDTH_CM, borderless, centred, field, head, new, put, rule_table
from contest.rounds.models import Round
from contest.standings import previewing, recorded
from contest.standings.previewing import Change
from contest.standings.recorded import Corrected, Line, Sitting


@dataclass(frozen=True)
class Facts:
    """What the minutes of one run tell. `first`: the first places of each audience that anybody is ranked in."""

    round: Round
    line: Line
    corrected: list[Corrected]
    sittings: list[Sitting]
    first: dict[str, list[Change]]

    @property
    def draft(self) -> bool:
        return self.line.run.state == "ready"


def of(round_: Round, line: Line) -> Facts:
    """The facts of a run whose preview was built."""
    first = {group: previewing.kept_first(line.run, group) for group in previewing.AUDIENCES}
    return Facts(round_, line, recorded.corrected(line.run), recorded.taken_out(line.run),
                 {group: rows for group, rows in first.items() if rows})


def pdf(data: Mapping[str, Any]) -> bytes:
    """The minutes as `typst/minutes.typ` sets them; the same bytes for the same values."""
    return printed_pdf.pdf("minutes", data, {})


def docx(data: Mapping[str, Any]) -> bytes:
    """The same document for Word, to be signed or finished by hand."""
    document = new(data["title"])
    _page_numbers(document)
    head(document, data)
    table = borderless(document, (8.2, 9.4))
    for cell, text, slanted in zip(table.rows[0].cells, (data["number"], data["place"]), (False, True), strict=True):
        cell.paragraphs[0].alignment = centred()
        put(cell.paragraphs[0], text, italic=slanted)
    for text, size in ((data["draft"], 13), (data["title"], 14), (data["about"], 13)):
        if text:
            line = document.add_paragraph()
            line.alignment = centred()
            put(line, text, bold=True, size=size)
    for text in data["basis"]:
        _body(document, text, italic=True)
    for section in data["sections"]:
        heading = document.add_paragraph()
        heading.paragraph_format.keep_with_next = True
        put(heading, section["heading"], bold=True)
        for text in section["lines"]:
            _body(document, text)
        for found in section["tables"]:
            _table(document, found)
    _signs(document, data["signs"])
    put(document.add_paragraph(), data["sent"], bold=True, italic=True, size=12)
    for text in data["receivers"]:
        put(document.add_paragraph(), text, size=11)
    return saved(document)


def _page_numbers(document: Any) -> None:
    """Centred in the top margin, from the second page on."""
    section = document.sections[0]
    section.different_first_page_header_footer = True
    line = section.header.paragraphs[0]
    line.alignment = centred()
    field(line, "PAGE")


def _body(document: Any, text: str, *, italic: bool = False) -> None:
    line = document.add_paragraph()
    line.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    line.paragraph_format.first_line_indent, line.paragraph_format.space_after = Cm(1), Pt(6)
    put(line, text, italic=italic)


def _table(document: Any, found: Mapping[str, Any]) -> None:
    if found["caption"]:
        caption = document.add_paragraph()
        caption.alignment, caption.paragraph_format.keep_with_next = centred(), True
        put(caption, found["caption"], italic=True)
    table = rule_table(document, found["rows"], size=11, first=1)
    table.autofit = False
    whole = sum(found["widths"])
    for column, part in zip(table.columns, found["widths"], strict=True):
        column.width = Cm(WIDTH_CM * part / whole)
    for row in table.rows:
        for number, (cell, part) in enumerate(zip(row.cells, found["widths"], strict=True)):
            cell.width = Cm(WIDTH_CM * part / whole)
            if row is not table.rows[0] and number not in found["centred"]:
                cell.paragraphs[0].alignment = None
    document.add_paragraph()


def _signs(document: Any, signs: Sequence[Mapping[str, str]]) -> None:
    table = borderless(document, (WIDTH_CM / len(signs),) * len(signs))
    for cell, sign in zip(table.rows[0].cells, signs, strict=True):
        line = cell.paragraphs[0]
        line.alignment = centred()
        put(line, sign["role"].upper(), bold=True)
        for text, bold in ((sign["how"], False), ("\n\n", False), (sign["name"], True)):
            line = cell.add_paragraph()
            line.alignment = centred()
            put(line, text, bold=bold, italic=not bold)
