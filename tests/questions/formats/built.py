"""Question files built for the tests: by openpyxl, or by hand where no library can."""

import io
import zipfile
from collections.abc import Iterable, Sequence

import openpyxl

HEADER = ["STT", "Nội dung câu hỏi", "Đáp án A", "Đáp án B", "Đáp án C", "Đáp án D", "Đáp án đúng"]
ONE_CELL = ["STT", "Câu hỏi", "Phương án trả lời", "Đáp án"]


def question(number: int, key: object = "A") -> list[object]:
    """One row of HEADER."""
    return [number, f"Câu hỏi số {number}?", "một", "hai", "ba", "bốn", key]


def workbook(rows: Iterable[Sequence[object]], sheet: str = "Câu hỏi") -> bytes:
    """An xlsx with one sheet whose first row is row 1."""
    return workbooks({sheet: rows})


def workbooks(sheets: dict[str, Iterable[Sequence[object]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def package(sheet_xml: str | bytes, extra: dict[str, str | bytes] | None = None) -> bytes:
    """A minimal xlsx around the XML of its only sheet."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    kinds = "http://schemas.openxmlformats.org/package/2006/content-types"
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{kinds}"/>',
        "_rels/.rels": f'<Relationships xmlns="{relations}"><Relationship Id="rId1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        '<sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{relations}"><Relationship Id="rId1" '
        f'Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet_xml,
        **(extra or {}),
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return target.getvalue()


def sheet_xml(cells: dict[str, str], dimension: str = "A1") -> str:
    """The XML of a sheet of inline strings; the cells come row by row, in order."""
    rows: dict[str, list[str]] = {}
    for ref, text in cells.items():
        number = ref.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        rows.setdefault(number, []).append(f'<c r="{ref}" t="inlineStr"><is><t>{text}</t></is></c>')
    body = "".join(f'<row r="{number}">{"".join(found)}</row>' for number, found in rows.items())
    return (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f'<dimension ref="{dimension}"/><sheetData>{body}</sheetData></worksheet>'
    )


def cells_of(rows: Sequence[Sequence[object]]) -> dict[str, str]:
    """Rows of values as cell → text, from A1 on."""
    return {
        f"{chr(65 + column)}{number}": str(value)
        for number, row in enumerate(rows, 1)
        for column, value in enumerate(row)
    }
