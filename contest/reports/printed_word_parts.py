"""The pieces that printed papers in Word are put together from."""

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from contest.reports.printed_blocks import Block, Run
from contest.reports.printed_maths import Node

FONT = "Times New Roman"
INDENT = Cm(0.75)
WIDTH_CM = 15.8  # of the text on an upright page
DATED = datetime(2000, 1, 1)  # noqa: DTZ001 -- Word's property has no zone; a fixed one, so that files are equal


def new(title: str, *, landscape: bool = False) -> Any:
    """An empty A4 document in the manner of Decree 30."""
    document = Document()
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(13)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    style.paragraph_format.space_after, style.paragraph_format.space_before = Pt(3), Pt(0)
    section = document.sections[0]
    size = (Cm(29.7), Cm(21.0)) if landscape else (Cm(21.0), Cm(29.7))
    section.page_width, section.page_height = size
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.top_margin = section.bottom_margin = Cm(2)
    section.left_margin, section.right_margin = (Cm(2), Cm(2)) if landscape else (Cm(3), Cm(2))
    properties = document.core_properties
    properties.title, properties.author, properties.comments = title, "", ""
    properties.created = properties.modified = DATED
    return document


def centred() -> Any:
    """The alignment of a centred paragraph."""
    return WD_ALIGN_PARAGRAPH.CENTER


def put(paragraph: Any, text: str, *, bold: bool = False, italic: bool = False, size: float | None = None) -> Any:
    """Add a run of text."""
    run = paragraph.add_run(text)
    run.bold, run.italic = bold or None, italic or None
    if size:
        run.font.size = Pt(size)
    return run


def field(paragraph: Any, code: str, *, italic: bool = False) -> None:
    """Add a field that Word fills in: PAGE, NUMPAGES."""
    run = put(paragraph, "", italic=italic)
    for kind, text in (("begin", None), (None, code), ("separate", None), ("text", "1"), ("end", None)):
        if kind == "text":
            run.add_text(str(text))
            continue
        part = OxmlElement("w:instrText" if kind is None else "w:fldChar")
        if kind is None:
            part.set(qn("xml:space"), "preserve")
            part.text = f" {text} "
        else:
            part.set(qn("w:fldCharType"), kind)
        run._r.append(part)


def dotted(paragraph: Any, text: str, to_cm: float) -> None:
    """A line of dots after the text, up to so many centimetres."""
    paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(to_cm), leader=WD_TAB_LEADER.DOTS)
    put(paragraph, text + "\t")


def borderless(document: Any, widths_cm: Sequence[float], rows: int = 1) -> Any:
    """A table without lines, of fixed widths."""
    table = document.add_table(rows=rows, cols=len(widths_cm))
    _widths(table, widths_cm)
    for row in table.rows:
        _whole(row)
        for cell in row.cells:
            cell.paragraphs[0].paragraph_format.space_after = Pt(2)
    return table


def box(cell: Any) -> None:
    """A frame around the cell."""
    borders = OxmlElement("w:tcBorders")
    for side in ("top", "left", "bottom", "right"):
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "8"), ("color", "000000")):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    cell._tc.get_or_add_tcPr().append(borders)
    cell.vertical_alignment = 1


def head(document: Any, data: Mapping[str, Any]) -> None:
    """The agency at the left; Quốc hiệu and Tiêu ngữ at the right where they are wanted."""
    words = data["words"]
    lines = [[(data["parent"].upper(), False, 12), (data["agency"].upper(), True, 12)]]
    if data["motto"]:
        lines.append([(words["country"], True, 12), (words["motto"], True, 13)])
    table = borderless(document, (8.2, 9.4) if data["motto"] else (8.4, 8.4))
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for column, said in enumerate(lines):
        cell = table.cell(0, column)
        for number, (text, bold, size) in enumerate(said):
            paragraph = cell.add_paragraph() if number else cell.paragraphs[0]
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            paragraph.paragraph_format.space_after = Pt(0)
            put(paragraph, text, bold=bold, size=size)
        rule = cell.add_paragraph()
        rule.alignment = WD_ALIGN_PARAGRAPH.CENTER
        rule.paragraph_format.line_spacing = Pt(6)
        put(rule, "―" * (6 if column == 0 else 17), size=8)
    document.add_paragraph().paragraph_format.space_after = Pt(0)


def rule_table(document: Any, rows: Sequence[Sequence[str]], *, size: float, first: float | None = None) -> Any:
    """A table with lines, its first row repeated on each page, its first column so many centimetres wide."""
    table = document.add_table(rows=len(rows), cols=len(rows[0]))
    table.style, table.alignment = "Table Grid", WD_TABLE_ALIGNMENT.CENTER
    if first:
        rest = len(rows[0]) - 1
        _widths(table, (first, *((WIDTH_CM - first) / rest,) * rest))
    for number, values in enumerate(rows):
        row = table.rows[number]
        _whole(row)
        for column, (cell, text) in enumerate(zip(row.cells, values, strict=True)):
            paragraph = cell.paragraphs[0]
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            paragraph.paragraph_format.space_after = Pt(1)
            put(paragraph, text, bold=not number or (not column and not first), size=size)
    repeated = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)
    return table


def _whole(row: Any) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def keep(document: Any, start: int) -> None:
    """Keep what was added since the body had `start` elements on one page: each paragraph or row with the next."""
    added = document.element.body[max(0, start - 1):-1]  # the last element is the section's
    pieces = [piece for element in added
              for piece in (element.iter(qn("w:tr")) if element.tag == qn("w:tbl") else (element,))]
    for piece in pieces[:-1]:
        for paragraph in piece.iter(qn("w:p")):
            paragraph.get_or_add_pPr().get_or_add_keepNext()


def _widths(table: Any, widths_cm: Sequence[float]) -> None:
    table.autofit = False
    for column, width in zip(table.columns, widths_cm, strict=True):
        column.width = Cm(width)
    for row in table.rows:
        for cell, width in zip(row.cells, widths_cm, strict=True):
            cell.width = Cm(width)


def options_table(document: Any, options: Sequence[Mapping[str, Any]], columns: int,
                  pictures: Mapping[str, bytes]) -> None:
    """The options, so many in a line."""
    rows = -(-len(options) // columns)
    table = borderless(document, (WIDTH_CM / columns,) * columns, rows)
    for number, option in enumerate(options):
        cell = table.cell(number // columns, number % columns)
        put_blocks(cell, option["text"], pictures, first=f"{option['k']}. ", hanging=True)


def put_blocks(place: Any, found: Sequence[Block], pictures: Mapping[str, bytes], *, first: str = "",
               hanging: bool = False) -> None:
    """Blocks one below the other in a document or a cell; `first` stands bold before the first paragraph."""
    fresh = [place.paragraphs[0]] if hanging else []
    for number, block in enumerate(found):
        mark = first if not number else ""
        if block["t"] == "p":
            paragraph = fresh.pop() if fresh else place.add_paragraph()
            if hanging:
                paragraph.paragraph_format.left_indent = INDENT
                paragraph.paragraph_format.first_line_indent = -INDENT
            elif mark:
                paragraph.paragraph_format.space_before = Pt(6)
            put(paragraph, mark.rstrip() + "\t" if hanging and mark else mark, bold=True)
            put_runs(paragraph, block["runs"], pictures)
            continue
        if mark:
            put(fresh.pop() if fresh else place.add_paragraph(), mark, bold=True)
        if block["t"] == "list":
            for place_in, item in enumerate(block["items"]):
                sign = "– " if block["start"] is None else f"{block['start'] + place_in}. "
                put_blocks(place, item, pictures, first=sign)
        else:
            _table(place, block["rows"], pictures)


def _table(place: Any, rows: Sequence[Sequence[Sequence[Run]]], pictures: Mapping[str, bytes]) -> None:
    across = max(map(len, rows))
    table = place.add_table(rows=len(rows), cols=across)
    table.style, table.alignment = "Table Grid", WD_TABLE_ALIGNMENT.CENTER
    for row, cells in zip(table.rows, rows, strict=True):
        _whole(row)
        for cell, runs in zip(row.cells, cells, strict=False):
            put_runs(cell.paragraphs[0], runs, pictures)


def put_runs(paragraph: Any, runs: Sequence[Run], pictures: Mapping[str, bytes]) -> None:
    """Runs of one paragraph: words, formulas as Word's own, pictures."""
    for run in runs:
        kind = run["t"]
        if kind == "text":
            put(paragraph, run["s"], bold=run.get("b", False), italic=run.get("i", False))
        elif kind == "small":
            small = put(paragraph, run["s"])
            small.font.superscript, small.font.subscript = run["up"] or None, not run["up"] or None
        elif kind == "br":
            paragraph.add_run().add_break()
        elif kind == "gap":
            put(paragraph, f"({run['n']}) ..............................")
        elif kind == "source":
            put(paragraph, run["s"]).font.name = "Courier New"
        elif kind == "maths":
            outer = OxmlElement("m:oMath")
            outer.extend(maths(run["tree"]))
            paragraph._p.append(outer)
        elif run["name"] in pictures:
            _picture(paragraph, run, pictures[run["name"]])
        else:
            put(paragraph, f"[{run['alt']}]")


def _picture(paragraph: Any, run: Run, webp: bytes) -> None:
    from PIL import Image

    drawn = io.BytesIO()
    with Image.open(io.BytesIO(webp)) as image:
        image.save(drawn, "PNG")  # Word reads no WebP
        width, height = image.size
    scale = min(1.0, 14 / (width * 2.54 / 96), 9 / (height * 2.54 / 96))
    shape = paragraph.add_run().add_picture(drawn, width=Cm(width * 2.54 / 96 * scale))
    shape._inline.docPr.set("descr", run["alt"])


def maths(node: Node) -> list[Any]:
    """The formula as elements of Office Math."""
    if "s" in node:
        run, text = OxmlElement("m:r"), OxmlElement("m:t")
        text.set(qn("xml:space"), "preserve")
        text.text = node["s"]
        run.append(text)
        return [run]
    if node["k"] == "row":
        return [element for child in node["c"] for element in maths(child)]
    name, places = {"frac": ("f", ("num", "den")), "sqrt": ("rad", ("e",)), "root": ("rad", ("e", "deg")),
                    "sup": ("sSup", ("e", "sup")), "sub": ("sSub", ("e", "sub")),
                    "both": ("sSubSup", ("e", "sub", "sup"))}[node["k"]]
    whole = OxmlElement(f"m:{name}")
    if node["k"] == "sqrt":
        properties, hidden = OxmlElement("m:radPr"), OxmlElement("m:degHide")
        hidden.set(qn("m:val"), "1")
        properties.append(hidden)
        whole.append(properties)
        whole.append(OxmlElement("m:deg"))
    parts = list(zip(places, node["c"], strict=True))
    for place, child in reversed(parts) if node["k"] == "root" else parts:  # Word wants the degree first
        part = OxmlElement(f"m:{place}")
        part.extend(maths(child))
        whole.append(part)
    return [whole]
