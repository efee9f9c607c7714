"""Word files built for the tests, part by part: python-docx can write few of the traps."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape, quoteattr

from PIL import Image

MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
NAMES = (f'xmlns:w="{MAIN}" xmlns:r="{OFFICE}/relationships" xmlns:m="{OFFICE}/math" '
         'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
         'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
         'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
         'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
         'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
         'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"')
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def run(text: str, marks: str = "", inside: str = "") -> str:
    """A w:r: `marks` are words such as "b u color=FF0000 highlight=yellow font=.VnTime sup"."""
    return f"<w:r>{_properties(marks)}{inside or _text(text)}</w:r>"


def _text(text: str) -> str:
    parts = []
    for at, line in enumerate(text.split("\n")):
        parts += ["<w:br/>"] * bool(at)
        for count, piece in enumerate(line.split("\t")):
            parts += ["<w:tab/>"] * bool(count)
            if piece:
                parts.append(f'<w:t xml:space="preserve">{escape(piece)}</w:t>')
    return "".join(parts)


def _properties(marks: str) -> str:
    found = []
    for mark in marks.split():
        name, _, value = mark.partition("=")
        value = value.replace("+", " ")
        found.append({
            "u": '<w:u w:val="single"/>', "sup": '<w:vertAlign w:val="superscript"/>',
            "sub": '<w:vertAlign w:val="subscript"/>', "font": f"<w:rFonts w:ascii={quoteattr(value)}/>",
            "style": f"<w:rStyle w:val={quoteattr(value)}/>", "shd": f'<w:shd w:val="clear" w:fill="{value}"/>',
        }.get(name) or (f"<w:{name} w:val={quoteattr(value)}/>" if value else f"<w:{name}/>"))
    return f"<w:rPr>{''.join(found)}</w:rPr>" if found else ""


def p(*runs: str, style: str = "", number: tuple[int, int] | None = None) -> str:
    """A paragraph of runs; a string that is no XML becomes a plain run."""
    inside = "".join(each if each.startswith("<") else run(each) for each in runs)
    properties = (f'<w:pStyle w:val="{style}"/>' if style else "") + (
        f'<w:numPr><w:ilvl w:val="{number[1]}"/><w:numId w:val="{number[0]}"/></w:numPr>' if number else "")
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{inside}</w:p>"


def lines(text: str) -> str:
    """A paragraph for each line; **bold** words are bold."""
    made = []
    for line in text.strip().split("\n"):
        pieces = line.strip().split("**")
        made.append(p(*(run(piece, "b" if at % 2 else "") for at, piece in enumerate(pieces) if piece)))
    return "".join(made)


def cell(*blocks: str, merge: str = "", span: int = 0) -> str:
    """A w:tc; `merge` is "restart" or "continue"."""
    properties = (f'<w:gridSpan w:val="{span}"/>' if span else "") + (f'<w:vMerge w:val="{merge}"/>' if merge else "")
    inside = "".join(block if block.startswith("<w:p") else p(block) for block in blocks) or "<w:p/>"
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inside}</w:tc>"


def table(*rows: Sequence[str]) -> str:
    """A w:tbl; a string that is no cell becomes a plain one."""
    made = ("".join(each if each.startswith("<w:tc>") else cell(each) for each in row) for row in rows)
    return "<w:tbl><w:tblPr/>" + "".join(f"<w:tr>{row}</w:tr>" for row in made) + "</w:tbl>"


def level(at: int, kind: str, shown: str, start: int = 1) -> str:
    return (f'<w:lvl w:ilvl="{at}"><w:start w:val="{start}"/><w:numFmt w:val="{kind}"/>'
            f"<w:lvlText w:val={quoteattr(shown)}/></w:lvl>")


def numbering(abstracts: Sequence[str], lists: Iterable[tuple[int, int, str]]) -> str:
    """numbering.xml: the levels of each abstract list, and (numId, abstract, overrides)."""
    made = "".join(f'<w:abstractNum w:abstractNumId="{at}">{levels}</w:abstractNum>'
                   for at, levels in enumerate(abstracts))
    made += "".join(f'<w:num w:numId="{key}"><w:abstractNumId w:val="{abstract}"/>{more}</w:num>'
                    for key, abstract, more in lists)
    return f"<w:numbering {NAMES}>{made}</w:numbering>"


QUESTIONS_AND_LETTERS = numbering(
    [level(0, "decimal", "Câu %1:") + level(1, "upperLetter", "%2."), level(0, "upperLetter", "%1.")],
    [(1, 0, ""), *((key, 1, '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>')
                   for key in range(2, 60))])


def picture(relation: str = "rIdP1", alt: str = "") -> str:
    """A run with a picture."""
    return (f'<w:r><w:drawing><wp:inline><wp:docPr id="1" name="Picture 1" descr={quoteattr(alt)}/><a:graphic>'
            f'<a:graphicData><pic:pic><pic:blipFill><a:blip r:embed="{relation}"/></pic:blipFill></pic:pic>'
            "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>")


def box(*blocks: str) -> str:
    """A run with a text box, its fallback for old programs beside it."""
    inside = f"<w:txbxContent>{''.join(blocks)}</w:txbxContent>"
    return (f'<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:inline><wps:wsp><wps:txbx>{inside}'
            f"</wps:txbx></wps:wsp></wp:inline></w:drawing></mc:Choice><mc:Fallback><w:pict><v:shape><v:textbox>{inside}"
            "</v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>")


def png(colour: str = "red", size: tuple[int, int] = (8, 6)) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, colour).save(target, "PNG")
    return target.getvalue()


def docx(*blocks: str, parts: dict[str, str | bytes] | None = None, relations: str = "") -> bytes:
    """A .docx around the blocks of its body; `parts` are further ones: "numbering.xml", "media/1.png" …"""
    return package(f"<w:document {NAMES}><w:body>{''.join(blocks)}<w:sectPr/></w:body></w:document>", parts, relations)


def package(document: str | bytes, parts: dict[str, str | bytes] | None = None, relations: str = "") -> bytes:
    parts = parts or {}
    linked = "".join(f'<Relationship Id="rId{at}" Type="{OFFICE}/relationships/{name.removesuffix(".xml")}" '
                     f'Target="{name}"/>' for at, name in enumerate(parts) if name.endswith(".xml"))
    linked += "".join(f'<Relationship Id="rIdP{at}" Type="{OFFICE}/relationships/image" Target="{name}"/>'
                      for at, name in enumerate((name for name in parts if name.startswith("media/")), 1))
    files: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{OFFICE}/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": document,
        "word/_rels/document.xml.rels":
            f'<Relationships xmlns="{PACKAGE}/relationships">{linked}{relations}</Relationships>',
        **{f"word/{name}": content for name, content in parts.items()},
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return target.getvalue()
