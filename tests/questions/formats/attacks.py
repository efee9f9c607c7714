"""Files made to hurt: each with the outcomes that are right for it.

A maker returns the file's bytes; the names of the outcomes are refusal codes, or "read" where the
file holds a question that may be read with the attack beside it left alone.
"""

import io
import random
import struct
import zipfile
import zlib
from base64 import b64encode
from collections.abc import Callable

from tests.questions.formats import built, built_docx
from tests.questions.formats.built import HEADER, cells_of, question, sheet_xml

Attack = tuple[Callable[[], bytes], set[str]]
SHEET = sheet_xml(cells_of([HEADER, question(1)]))
MOODLE = ('<?xml version="1.0"?>{dtd}<quiz><question type="truefalse"><questiontext format="html"><text>{stem}</text>'
          '{more}</questiontext><answer fraction="100"><text>true</text></answer><answer fraction="0"><text>false'
          "</text></answer></question></quiz>")
QTI = ('<?xml version="1.0"?>{dtd}<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="a">'
       '<responseDeclaration identifier="RESPONSE" cardinality="single" baseType="identifier"><correctResponse>'
       "<value>A</value></correctResponse></responseDeclaration><itemBody><p>{stem}</p>"
       '<choiceInteraction responseIdentifier="RESPONSE" maxChoices="1"><simpleChoice identifier="A">a</simpleChoice>'
       '<simpleChoice identifier="B">b</simpleChoice></choiceInteraction></itemBody></assessmentItem>')
GIF = b"GIF89a" + struct.pack("<HH", 65_535, 65_535) + b"\x00\x00\x00,\x00\x00\x00\x00\xff\xff\xff\xff\x00\x02\x00;"


def zipped(parts: dict[str, bytes | str], *, pack: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", pack) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return target.getvalue()


def huge_png(width: int = 50_000, height: int = 50_000) -> bytes:
    """A picture of 2.5 thousand million points in a few kilobytes."""
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(b"\0" * (width // 8 + 1) * 400, 9)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
            + chunk(b"IDAT", rows) + chunk(b"IEND", b""))


def sheet_bomb() -> bytes:
    head = SHEET[: SHEET.index("</sheetData>")]
    return built.package(head + " " * 60_000_000 + "</sheetData></worksheet>")


def repeated_ods() -> bytes:
    data = built.ods([["Nội dung câu hỏi", "Đáp án A", "Đáp án B", "Đáp án đúng"], ["x", "a", "b", "A"]])
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    name = "content.xml"
    often = b'<table:table-row table:number-rows-repeated="1048576">'
    parts[name] = parts[name].replace(b"<table:table-row>", often, 1)
    return zipped(parts)


def symlink() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        package.writestr("imsmanifest.xml", "<manifest/>")
        link = zipfile.ZipInfo("item.xml")
        link.external_attr = 0o120777 << 16
        package.writestr(link, "/etc/passwd")
    return target.getvalue()


def deep(tag: str, depth: int, inside: str = "x") -> str:
    return f"<{tag}>" * depth + inside + f"</{tag}>" * depth


def docx(body: str, parts: dict[str, str | bytes] | None = None, relations: str = "") -> bytes:
    plain = "".join(built_docx.p(built_docx.run(text)) for text in ("Câu 1: Hỏi gì?", "A. a", "*B. b"))
    return built_docx.docx(plain + body, parts=parts, relations=relations)


OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
# What a Word file may say lies elsewhere.
KINDS = ("attachedTemplate", "image", "hyperlink", "oleObject", "frame", "subDocument", "video", "audio", "aFChunk",
         "mailMergeSource", "footnotes", "styles")


def external(target: str, kind: str = "image", name: str = "rIdX") -> str:
    return f'<Relationship Id="{name}" Type="{OFFICE}/{kind}" Target="{target}" TargetMode="External"/>'


def from_outside(web: str, file: str) -> dict[str, Attack]:
    """Attacks that ask for `web`, an http:// address, or for `file`, a path of this machine."""
    path = f"file://{file}"
    twelve = "".join(external(f"{web}/{number}" if number % 2 else path, kind, f"rIdE{number}")
                     for number, kind in enumerate(KINDS))
    pictures = "".join(built_docx.p(built_docx.picture(f"rIdE{number}")) for number in range(len(KINDS)))
    links = (f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
             f'{external(f"{web}/book.xlsx", "externalLinkPath", "rId1")}</Relationships>')
    image = f'&lt;img src="{web}/a.png"&gt;&lt;img src="{path}"&gt; Hỏi gì?'
    return {
        "docx: 12 references to elsewhere": (lambda: docx(pictures, relations=twelve), {"read"}),
        "docx: a template from elsewhere": (
            lambda: docx("", relations=external(f"{web}/x.dotm", "attachedTemplate")), {"read"}),
        "docx: a file of the server as a picture": (
            lambda: docx(built_docx.p(built_docx.picture("rIdX")), relations=external(path)), {"read"}),
        "xlsx: another workbook": (lambda: built.package(SHEET, {
            "xl/externalLinks/externalLink1.xml": "<externalLink/>",
            "xl/externalLinks/_rels/externalLink1.xml.rels": links}), {"read"}),
        "xlsx: a formula that asks": (lambda: built.package(SHEET.replace(
            "</sheetData>", f'<row r="3"><c r="B3"><f>WEBSERVICE("{web}")</f></c></row></sheetData>')), {"read"}),
        "moodle: a parameter entity": (
            lambda: moodle(dtd=f'<!DOCTYPE quiz [<!ENTITY % x SYSTEM "{web}/x.dtd"> %x;]>'), REFUSED_XML),
        "moodle: an external DTD": (lambda: moodle(dtd=f'<!DOCTYPE quiz SYSTEM "{web}/x.dtd">'), REFUSED_XML),
        "moodle: an external entity": (
            lambda: moodle("&x;", dtd=f'<!DOCTYPE quiz [<!ENTITY x SYSTEM "{path}">]>'), REFUSED_XML),
        "moodle: a stylesheet": (lambda: moodle(dtd=f'<?xml-stylesheet type="text/xsl" href="{web}/x.xsl"?>'),
                                 {"read", *REFUSED_XML}),
        "moodle: pictures from elsewhere": (lambda: moodle(image), {"read"}),
        "qti: an external DTD": (lambda: qti(dtd=f'<!DOCTYPE assessmentItem SYSTEM "{web}/x.dtd">'),
                                 {"read"}),  # old QTI names its DTD so; it is not fetched
        "qti: a schema elsewhere": (lambda: qti().replace(b' identifier="a">', (
            ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
            f'xsi:schemaLocation="http://x {web}/x.xsd" identifier="a">').encode()), {"read"}),
        "qti: pictures from elsewhere": (lambda: qti(f'<img src="{web}/a.png"/><img src="{path}"/>'), {"read"}),
        "gift: pictures from elsewhere": (
            lambda: f'::a:: [html]<img src\\="{web.replace(":", chr(92) + ":")}/a.png"> x {{\\=a ~b}}\n\n'
                    "::b:: Hỏi? {=a ~b}\n".encode(), {"read"}),
    }


def moodle(stem: str = "Hỏi gì?", dtd: str = "", more: str = "") -> bytes:
    return MOODLE.format(stem=stem, dtd=dtd, more=more).encode()


def qti(stem: str = "Hỏi gì?", dtd: str = "") -> bytes:
    return QTI.format(stem=stem, dtd=dtd).encode()


def embedded(name: str, data: bytes) -> bytes:
    return moodle(f'&lt;img src="@@PLUGINFILE@@/{name}"&gt; Hỏi gì?',
                  more=f'<file name="{name}" path="/" encoding="base64">{b64encode(data).decode()}</file>')


LAUGHS = ("<!DOCTYPE quiz [" + '<!ENTITY a0 "ha">' + "".join(
    f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)) + "]>")
OUTSIDE = '<!DOCTYPE quiz [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
REFUSED_XML = {"unsafe_xml"}
HEAVY = {"too_heavy", "too_much_text", "too_many_rows", "too_many_columns", "unsafe_zip", "too_deep", "cell_too_long"}

ATTACKS: dict[str, Attack] = {
    # spreadsheets
    "xlsx: 60 MB of blanks in 60 kB": (sheet_bomb, {"unsafe_zip"}),
    "xlsx: a cell at XFD200000": (lambda: built.package(sheet_xml({**cells_of([HEADER, question(1)]),
                                                                   "XFD200000": "x"})), HEAVY),
    "xlsx: a dimension that lies": (lambda: built.package(sheet_xml(cells_of([HEADER, question(1)]), "A1:XFD1048576")),
                                    {"read"}),
    "xlsx: 10,000 columns": (lambda: built.package(sheet_xml({**cells_of([HEADER, question(1)]), **{
        f"{letters(n)}2": "x" for n in range(8, 10_000)}})), HEAVY),
    "xlsx: entities in the sheet": (lambda: built.package(LAUGHS.replace("quiz", "worksheet") + SHEET), REFUSED_XML),
    "xlsx: an external entity in the texts": (
        lambda: built.package(SHEET, {"xl/sharedStrings.xml": OUTSIDE + "<sst/>"}), REFUSED_XML),
    "xlsx: 20,000 parts": (lambda: built.package(SHEET, {f"xl/x{n}.xml": "" for n in range(20_000)}), {"unsafe_zip"}),
    "xlsx: 300,000 merged cells": (lambda: built.package(SHEET.replace(
        "</sheetData>", f"</sheetData><mergeCells>{merged(300_000)}</mergeCells>")), {"read", *HEAVY}),
    "xlsx: a cell of 9 million letters": (lambda: built.package(sheet_xml({**cells_of([HEADER, question(1)]),
                                                                          "B3": "x" * 9_000_000})),
                                          HEAVY),
    "xlsx: a part given twice": (lambda: doubled(built.package(SHEET), "xl/workbook.xml"), {"unsafe_zip"}),
    "xlsx: a torn checksum": (lambda: torn(built.package(SHEET)), {"broken_file"}),
    "xlsx: UTF-16 that hides a DTD": (lambda: built.package((OUTSIDE + SHEET).encode("utf-16")), REFUSED_XML),
    "ods: a row repeated a million times": (repeated_ods, {"read", *HEAVY}),
    "xls: an OLE head and noise": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + random.Random(1).randbytes(200_000),
                                   {"broken_file", "old_doc", "old_xls", "not_a_table"}),
    "csv: a line of 20 MB": (lambda: b"Noi dung,A,B,Dap an\n" + b"x" * 20_000_000, HEAVY),
    "csv: a million columns": (lambda: b"Noi dung,A,B,Dap an\n" + b"x," * 1_000_000, HEAVY),
    "csv: a quote that never ends": (lambda: b'Noi dung,A,B,Dap an\n"' + b"x,a,b,A\n" * 300_000, HEAVY),
    "csv: 5 million empty lines": (lambda: b"Noi dung,A,B,Dap an\n" + b"\n" * 5_000_000 + b"x,a,b,A\n",
                                   {"read", *HEAVY}),
    # Word
    "docx: 20,000 tables in each other": (lambda: docx(nested(20_000)), REFUSED_XML),
    "docx: entities": (lambda: built_docx.package(LAUGHS.replace("quiz", "w:document") + "<w:document/>"), REFUSED_XML),
    "docx: 50,000 x 50,000 points": (lambda: docx(built_docx.p(built_docx.picture()),
                                                  parts={"media/1.png": huge_png()}), {"read"}),
    "docx: styles based on each other": (lambda: docx("", parts={"styles.xml": circular_styles()}), {"read"}),
    "docx: names that lead out": (lambda: docx("", parts={"../../../../tmp/evil.xml": "<x/>"}), {"read", "unsafe_zip"}),
    "docx: 200,000 paragraphs": (lambda: docx(built_docx.p(built_docx.run("A. B. C. Câu 1:")) * 200_000),
                                 {"read", "no_questions", *HEAVY}),
    # Moodle XML
    "moodle: a thousand million laughs": (lambda: moodle("&a9;", LAUGHS), REFUSED_XML),
    "moodle: a file of the server": (lambda: moodle("&x;", OUTSIDE), REFUSED_XML),
    "moodle: XInclude": (lambda: moodle('<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd"/>'),
                         REFUSED_XML),
    "moodle: 100,000 elements in each other": (lambda: b"<quiz>" + deep("question", 100_000).encode() + b"</quiz>",
                                               REFUSED_XML),
    "moodle: an attribute of 15 MB": (lambda: moodle(more=f'<x a="{"y" * 15_000_000}"/>'), REFUSED_XML),
    "moodle: 50,000 x 50,000 points": (lambda: embedded("a.png", huge_png()), {"read"}),
    "moodle: a GIF that says it is huge": (lambda: embedded("a.gif", GIF), {"read"}),
    "moodle: a drawing with a script": (lambda: embedded("a.svg", b"<svg onload='alert(1)'/>"), {"read"}),
    "moodle: cloze in cloze in cloze": (lambda: moodle("{1:SA:=" * 50_000), {"read", *HEAVY}),
    # QTI
    "qti: laughs": (lambda: qti("&a9;", LAUGHS.replace("quiz", "assessmentItem")), REFUSED_XML),
    "qti: a file of the server": (lambda: qti("&x;", OUTSIDE.replace("quiz", "assessmentItem")), REFUSED_XML),
    "qti: a link that leads out": (symlink, {"other_zip"}),
    "qti: names that lead out": (lambda: zipped({"imsmanifest.xml": manifest("../../etc/passwd"),
                                                 "../../evil.xml": qti()}), {"other_zip"}),
    "qti: a zip in a zip in a zip": (lambda: zipped({"imsmanifest.xml": manifest("a.zip"), "a.zip": zipped({
        "b.zip": zipped({"c.txt": b"0" * 90_000_000})})}), {"other_zip"}),
    "qti: tests that name each other": (lambda: zipped({"imsmanifest.xml": manifest("a.xml"), "a.xml": section("b.xml"),
                                                        "b.xml": section("a.xml")}), {"other_zip"}),
    # texts
    "gift: 5 MB of {": (lambda: b"::a:: x {=a ~b}\n\n" + b"{" * 5_000_000, {"read", "no_questions", *HEAVY}),
    "gift: a million ::": (lambda: b"::a:: x {=a ~b}\n\n" + b"::" * 1_000_000, {"read", "no_questions", *HEAVY}),
    "gift: 100,000 answers": (lambda: b"::a:: x {=a " + b"~b " * 100_000 + b"}", {"read", *HEAVY}),
    "aiken: 300,000 options": (lambda: b"Hoi?\n" + b"A. x\n" * 300_000 + b"ANSWER: A\n",
                               {"read", "no_questions", "no_header", *HEAVY}),
    "text: 2 million A.": (lambda: "Câu 1: x\n".encode() + b"A. " * 2_000_000 + b"\nB. y\n*C. z\n",
                           {"read", "no_questions", "no_header", *HEAVY}),
    "text: 400,000 questions in one line": (lambda: ("Câu 1: x A. a B. b " * 400_000).encode(),
                                            {"read", "no_questions", "no_header", *HEAVY}),
    # what is no question file at all
    "a PDF": (lambda: b"%PDF-1.7\n" + b"x" * 1000, {"pdf"}),
    "a picture": (lambda: built_docx.png(), {"not_a_table"}),
    "noise": (lambda: random.Random(2).randbytes(1_000_000), {"not_a_table", "no_header", *HEAVY}),
    "RTF": (lambda: b"{\\rtf1 x}", {"rtf"}),
    "a backup of a course": (lambda: b"\x1f\x8b\x08\0" + b"x" * 100, {"moodle_backup"}),
}


ATTACKS |= from_outside("http://127.0.0.1:9", "/etc/passwd")


def letters(index: int) -> str:
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def doubled(data: bytes, name: str) -> bytes:
    """The package with a second part of the same name."""
    target = io.BytesIO(data)
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(target, "a") as package:
            package.writestr(name, "<x/>")
    return target.getvalue()


def torn(data: bytes) -> bytes:
    """A byte of the sheet's packed content turned."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        entry = package.getinfo("xl/worksheets/sheet1.xml")
        start = entry.header_offset + 30 + len(entry.filename) + entry.compress_size // 2
    return data[:start] + bytes([data[start] ^ 0xFF]) + data[start + 1:]


def merged(count: int) -> str:
    return "".join(f'<mergeCell ref="A{n}:B{n}"/>' for n in range(3, count))


def nested(depth: int) -> str:
    return "<w:tbl><w:tr><w:tc>" * depth + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * depth


def circular_styles() -> str:
    return (f"<w:styles {built_docx.NAMES}>" + "".join(
        f'<w:style w:type="paragraph" w:styleId="S{n}"><w:basedOn w:val="S{(n + 1) % 3}"/></w:style>' for n in range(3))
        + "</w:styles>")


def manifest(href: str) -> str:
    return ('<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"><resources><resource identifier="r" '
            f'type="imsqti_item_xmlv2p1" href="{href}"><file href="{href}"/></resource></resources></manifest>')


def section(href: str) -> str:
    return ('<assessmentTest xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="t"><testPart identifier="p">'
            f'<assessmentSection identifier="s"><assessmentSectionRef identifier="x" href="{href}"/>'
            f'<assessmentItemRef identifier="i" href="{href}"/></assessmentSection></testPart></assessmentTest>')
