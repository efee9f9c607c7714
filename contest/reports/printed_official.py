"""What official documents in Word have in common: page numbers, running text, tables, signatures. Decree 30."""

from collections.abc import Mapping, Sequence
from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from contest.reports.printed_word_parts import WIDTH_CM, borderless, centred, field, put, rule_table


def page_numbers(document: Any) -> None:
    """Centred in the top margin, from the second page on."""
    section = document.sections[0]
    section.different_first_page_header_footer = True
    line = section.header.paragraphs[0]
    line.alignment = centred()
    field(line, "PAGE")


def body(document: Any, text: str, *, italic: bool = False) -> None:
    """A paragraph of running text."""
    line = document.add_paragraph()
    line.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    line.paragraph_format.first_line_indent, line.paragraph_format.space_after = Cm(1), Pt(6)
    put(line, text, italic=italic)


def captioned(document: Any, found: Mapping[str, Any]) -> None:
    """A table with lines: `rows`, the first one its head; `widths` in parts; columns `centred`; `caption` or ""."""
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


def signs(document: Any, found: Sequence[Mapping[str, str]]) -> None:
    """Who signs, side by side: `role`, `how`, `name`. Never alone on a page: what was said last goes with them."""
    _keep_last(document)
    table = borderless(document, (WIDTH_CM / len(found),) * len(found))
    for cell, sign in zip(table.rows[0].cells, found, strict=True):
        line = cell.paragraphs[0]
        line.alignment = centred()
        put(line, sign["role"].upper(), bold=True)
        for text, bold in ((sign["how"], False), ("\n\n", False), (sign["name"], True)):
            line = cell.add_paragraph()
            line.alignment = centred()
            put(line, text, bold=bold, italic=not bold)


def _keep_last(document: Any) -> None:
    """Keep the last paragraph or row of a table, and the empty lines behind it, on the page of what comes next."""
    for element in reversed(document.element.body[:-1]):  # the last element is the section's
        last = list(element.iter(qn("w:tr")))[-1] if element.tag == qn("w:tbl") else element
        for paragraph in last.iter(qn("w:p")):
            paragraph.get_or_add_pPr().get_or_add_keepNext()
        if "".join(last.itertext()).strip():
            return
