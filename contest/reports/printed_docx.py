"""Printed papers and their keys as Word documents: Times New Roman 13, margins of Decree 30."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from contest.reports.printed_blocks import Block, Run
from contest.reports.printed_word_parts import (
    INDENT,
    borderless,
    box,
    centred,
    dotted,
    field,
    head,
    keep,
    new,
    options_table,
    put,
    put_blocks,
    put_runs,
    rule_table,
)

EPOCH = (1980, 1, 1, 0, 0, 0)  # of every part: the same paper is the same file


def paper(data: Mapping[str, Any], pictures: Mapping[str, bytes]) -> bytes:
    """The question paper of one variant; `data` as `typst/paper.typ` takes it."""
    words = data["words"]
    document = new(data["title"])
    foot = document.sections[0].footer.paragraphs[0]
    foot.alignment = centred()
    put(foot, f"{words['page']} ")
    field(foot, "PAGE")
    put(foot, "/")
    field(foot, "NUMPAGES")
    put(foot, f" – {words['code']} {data['code']}")
    head(document, data)
    _titles(document, data, words["time"])
    line = document.add_paragraph()
    line.alignment = centred()
    before, after = words["pages"].split("{n}")
    put(line, "(" + before, italic=True)
    field(line, "NUMPAGES", italic=True)
    put(line, after + ")", italic=True)
    table = borderless(document, (11.6, 4.2))
    for number, name in enumerate((words["name"], words["unit"])):
        cell = table.cell(0, 0)
        put(cell.paragraphs[0] if not number else cell.add_paragraph(), f"{name}: " + "." * 70)
    right = table.cell(0, 1).paragraphs[0]
    right.alignment = centred()
    put(right, f"{words['code']}: {data['code']}", bold=True)
    box(table.cell(0, 1))
    for asked in data["questions"]:
        _question(document, asked, words, pictures)
    end = document.add_paragraph()
    end.alignment = centred()
    put(end, words["end"], bold=True)
    return saved(document)


def keys(data: Mapping[str, Any]) -> bytes:
    """The key table of all variants; `data` as `typst/keys.typ` takes it."""
    words, found = data["words"], data["keys"]
    document = new(data["title"], landscape=len(found["codes"]) > 8)
    head(document, data)
    _titles(document, {**data, "title": words["keys"], "subtitle": data["title"]}, data["subtitle"])
    rows = [[words["question"], *found["codes"]], *([str(row["n"]), *row["cells"]] for row in found["rows"])]
    rule_table(document, rows, size=9 if len(found["codes"]) > 12 else 11)
    for note in found["notes"]:
        put(document.add_paragraph(), f"[{note['n']}] {note['s']}")
    return saved(document)


def _titles(document: Any, data: Mapping[str, Any], below: str) -> None:
    for number, text in enumerate((data["title"].upper(), data["subtitle"], below)):
        if text:
            line = document.add_paragraph()
            line.alignment = centred()
            put(line, text, bold=number < 2)


def _question(document: Any, asked: Mapping[str, Any], words: Mapping[str, str], pictures: Mapping[str, bytes]) -> None:
    """One question; its paragraphs hold together where it is to stay on one page."""
    start = len(document.element.body)
    put_blocks(document, asked["stem"], pictures, first=f"{words['question']} {asked['n']}. ")
    if asked["cost"]:
        told = words[f"cost-{asked['cost']['of']}"].replace("{n}", str(asked["cost"]["percent"]))
        put(document.add_paragraph(), told, italic=True)
    kind = asked["type"]
    if kind == "cluster":
        _cluster(document, asked, words, pictures)
    elif kind == "matching":
        table = borderless(document, (7.9, 7.9))
        _stacked(table.cell(0, 0), [(f"{part['n']}.", part["text"]) for part in asked["parts"]], pictures)
        _stacked(table.cell(0, 1), [(f"{option['k']}.", option["text"]) for option in asked["options"]], pictures)
        put(document.add_paragraph(), f"{words['answer']}: " + "     ".join(
            f"{part['n']} – ........" for part in asked["parts"]))
    elif kind == "ordering":
        for part in asked["parts"]:
            _marked(document.add_paragraph(), f"{part['k']})", part["text"], pictures)
        put(document.add_paragraph(), f"{words['order']}: " + " → ".join("........" for _ in asked["parts"]))
    elif kind == "gaps":
        for part in asked["parts"]:
            if part["options"]:
                line = document.add_paragraph()
                put(line, f"({part['n']}) {words['choose']}: ")
                for number, option in enumerate(part["options"]):
                    put(line, " / " if number else "")
                    put_runs(line, _runs(option), pictures)
    elif kind in ("short_text", "number"):
        dotted(document.add_paragraph(), f"{words['answer']}: ", 15.8)
    elif asked["lines"]:
        for _ in range(asked["lines"]):
            dotted(document.add_paragraph(), "", 15.8)
    else:
        options_table(document, asked["options"], asked["columns"], pictures)
    if asked["whole"]:
        keep(document, start)


def _cluster(document: Any, asked: Mapping[str, Any], words: Mapping[str, str], pictures: Mapping[str, bytes]) -> None:
    rows = [[words["statement"], *(_said(option["text"]) for option in asked["options"])]]
    rows += [["", *("☐" for _ in asked["options"])] for _part in asked["parts"]]
    table = rule_table(document, rows, size=13, first=11.8)
    for number, part in enumerate(asked["parts"], 1):
        cell = table.cell(number, 0).paragraphs[0]
        cell.alignment = None
        _marked(cell, f"{part['k']})", part["text"], pictures)


def _stacked(cell: Any, rows: Sequence[tuple[str, Sequence[Block]]], pictures: Mapping[str, bytes]) -> None:
    for number, (mark, text) in enumerate(rows):
        _marked(cell.add_paragraph() if number else cell.paragraphs[0], mark, text, pictures)


def _marked(paragraph: Any, mark: str, text: Sequence[Block], pictures: Mapping[str, bytes]) -> None:
    paragraph.paragraph_format.left_indent = INDENT
    paragraph.paragraph_format.first_line_indent = -INDENT
    put(paragraph, mark + "\t", bold=True)
    put_runs(paragraph, _runs(text), pictures)


def _runs(text: Sequence[Block]) -> list[Run]:
    """The runs of a text in one paragraph: its blocks one below the other."""
    runs: list[Run] = []
    for block in text:
        inner = block["runs"] if block["t"] == "p" else [
            run for part in block.get("items", ()) for run in (*_runs(part), {"t": "br"})] + [
            run for row in block.get("rows", ()) for cell in row for run in (*cell, {"t": "text", "s": " | "})]
        runs += ([{"t": "br"}] if runs else []) + inner
    return runs


def _said(text: Sequence[Block]) -> str:
    return "".join(str(run.get("s", "")) for run in _runs(text))


def saved(document: Any) -> bytes:
    """The file; the same bytes for the same document."""
    drawn, packed = io.BytesIO(), io.BytesIO()
    document.save(drawn)
    with zipfile.ZipFile(drawn) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            info = zipfile.ZipInfo(name, EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, source.read(name))
    return packed.getvalue()
