"""Question files built for the tests: by openpyxl, or by hand where no library can."""

import io
import struct
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


def ods(rows: Sequence[Sequence[object]], sheet: str = "Câu hỏi") -> bytes:
    """A minimal .ods with one sheet of texts."""
    office = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
    body = "".join(
        "<table:table-row>" + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{"" if value is None else value}</text:p>'
            "</table:table-cell>" for value in row) + "</table:table-row>"
        for row in rows)
    content = (
        f'<office:document-content xmlns:office="{office}" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="{sheet}">{body}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>")
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("content.xml", content)
        packed.writestr("META-INF/manifest.xml", "<m/>")
    return target.getvalue()


def _record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def xls(rows: Sequence[Sequence[object]], sheet: str = "Bo de", locked: bool = False) -> bytes:
    """A BIFF8 workbook in its compound file: one sheet of texts and fractions, as Excel 97 to 2003 wrote them."""
    opening = struct.pack("<HHHHII", 0x600, 0, 0, 0, 0, 0)
    cells = b"".join(
        _record(0x203, struct.pack("<HHHd", row, column, 0, value)) if isinstance(value, float) else
        _record(0x204, struct.pack("<HHHHB", row, column, 0, len(str(value)), 1) + str(value).encode("utf-16-le"))
        for row, values in enumerate(rows) for column, value in enumerate(values) if value is not None)
    extent = _record(0x200, struct.pack("<IIHHH", 0, len(rows), 0, max(map(len, rows)), 0))
    page = _record(0x809, opening[:2] + b"\x10\0" + opening[4:]) + extent + cells + _record(0xA)
    name = struct.pack("<BB", len(sheet), 0) + sheet.encode("ascii")
    lock = _record(0x2F, struct.pack("<HHH", 1, 1, 1)) if locked else b""
    head = _record(0x809, opening[:2] + b"\x05\0" + opening[4:]) + lock
    start = len(head) + 4 + 6 + len(name) + 4
    book = head + _record(0x85, struct.pack("<IBB", start, 0, 0) + name) + _record(0xA) + page
    return _compound({"Workbook": book})


def _compound(streams: dict[str, bytes]) -> bytes:
    """An OLE compound file of streams of 4,096 bytes and more each."""
    sectors: list[bytes] = []
    chains: list[int] = []
    starts = []
    for data in streams.values():
        data = data.ljust(4096, b"\0")
        parts = [data[at : at + 512].ljust(512, b"\0") for at in range(0, len(data), 512)]
        starts.append((len(sectors), len(data)))
        chains += [len(sectors) + n + 1 for n in range(len(parts) - 1)] + [0xFFFFFFFE]
        sectors += parts
    entries = [_entry("Root Entry", 5, 1, 0xFFFFFFFE, 0)]
    entries += [_entry(name, 2, 0xFFFFFFFF, *found) for name, found in zip(streams, starts, strict=True)]
    directory = len(sectors)
    sectors.append(b"".join(entries).ljust(512, b"\0"))
    chains.append(0xFFFFFFFE)
    tables = -(-(len(chains) + 2) // 128)
    first = len(sectors)
    chains += [0xFFFFFFFD] * tables
    table = struct.pack(f"<{len(chains)}I", *chains).ljust(512 * tables, b"\xff")
    head = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
            + struct.pack("<IIIIIIIII", 0, tables, directory, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0))
    places = struct.pack(f"<{tables}I", *range(first, first + tables)).ljust(436, b"\xff")
    return head + places + b"".join(sectors) + table


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = (name + "\0").encode("utf-16-le")
    return (text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
            + b"\0" * 36 + struct.pack("<IQ", start, size))
