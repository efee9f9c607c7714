"""Pictures laid over the cells of a workbook: which stand at which cell, and rows with them in their texts. Pure."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from xml.etree import ElementTree  # parts with a DTD are refused before

from contest.questions.formats.drafts import (
    NO_PARAMS,
    Draft,
    Media,
    Params,
    Problem,
    UnreadableFile,
    column_letter,
    place_of,
)
from contest.questions.formats.images import PictureRefused, take
from contest.questions.formats.markup import escape
from contest.questions.formats.markup_signs import picture_markup
from contest.questions.formats.package import part_tree
from contest.zips import BROKEN

MAX_DRAWN = 2_000  # pictures of one sheet that are looked at
_TEXTS = ("stem", "options", "explanation", "citation")
_NOT_READ = (KeyError, ElementTree.ParseError, UnreadableFile, ValueError)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture whose upper left corner lies in a cell: row 1-based, column 0-based; `part` is its file."""

    row: int
    column: int
    part: str
    alt: str

    @property
    def cell(self) -> str:
        """C12."""
        return f"{column_letter(self.column)}{self.row}"


def drawn_in(package: zipfile.ZipFile, part: str) -> tuple[list[Drawn], bool]:
    """The pictures of a sheet's part, and whether there are others: at no cell, too many, in a drawing too large."""
    found: list[Drawn] = []
    others = False
    for drawing in _linked(package, part, "/drawing").values():
        files = _linked(package, drawing, "/image")
        try:
            tree = part_tree(package, drawing)
        except _NOT_READ:
            others = True
            continue
        for anchor in tree:
            here = list(_anchored(anchor, files))
            others = others or (not here and _has_picture(anchor))
            found += here
    others = others or len(found) > MAX_DRAWN
    return sorted(found[:MAX_DRAWN], key=lambda one: (one.row, one.column)), others


def _has_picture(anchor: ElementTree.Element) -> bool:
    return any(node.tag.endswith("}pic") for node in anchor.iter())


def _linked(package: zipfile.ZipFile, part: str, kind: str) -> dict[str, str]:
    """The parts that one refers to by this kind of relation: id → name."""
    folder, name = posixpath.split(part)
    try:
        relations = part_tree(package, f"{folder}/_rels/{name}.rels")
    except _NOT_READ:
        return {}
    return {node.get("Id", ""): posixpath.normpath(posixpath.join("/", folder, node.get("Target", "")))[1:]
            for node in relations if node.get("Type", "").endswith(kind) and node.get("TargetMode") != "External"}


def _anchored(anchor: ElementTree.Element, files: Mapping[str, str]) -> Iterator[Drawn]:
    at = {node.tag.rpartition("}")[2]: (node.text or "").strip()
          for corner in anchor if corner.tag.endswith("}from") for node in corner}
    if not (at.get("row", "").isdecimal() and at.get("col", "").isdecimal()):
        return
    for picture in (node for node in anchor.iter() if node.tag.endswith("}pic")):
        alt = next((node.get("descr", "") for node in picture.iter() if node.tag.endswith("}cNvPr")), "")
        link = next((value for node in picture.iter() if node.tag.endswith("}blip")
                     for name, value in node.attrib.items() if name.endswith("}embed")), "")
        yield Drawn(int(at["row"]) + 1, int(at["col"]), files.get(link, ""), alt)


class Pictures:
    """The pictures of one sheet on their way into its questions; `left` are those that no question has taken."""

    def __init__(self, package: zipfile.ZipFile, sheet: str, drawn: tuple[list[Drawn], bool],
                 fields: Mapping[str, int], media: dict[str, Media]) -> None:
        self._others = drawn[1]
        self._package, self._sheet, self._media = package, sheet, media
        self._columns = {column for name, column in fields.items()
                         if name in ("stem", "options") or name.startswith("option_")}
        self._texts = self._columns | {column for name, column in fields.items() if name in _TEXTS}
        self._taken: dict[str, Media | str] = {}
        self.left: dict[int, list[Drawn]] = {}
        for one in drawn[0]:
            self.left.setdefault(one.row, []).append(one)

    def into(self, number: int, cells: tuple[str, ...], markup: bool) -> tuple[tuple[str, ...], list[Problem], bool]:
        """The cells of a row with its pictures in them as markup, what is to be told, and whether there is one."""
        here = self.left.pop(number, [])
        told: list[Problem] = []
        shown: dict[int, list[str]] = {}
        for one in here:
            if one.column not in self._columns:
                told.append(self._problem("cell_picture", number, {"cell": one.cell}))
                continue
            made = self._take(one.part)
            if isinstance(made, str):
                told.append(self._problem(made, number, {"cell": one.cell, "value": one.cell}))
                continue
            if not one.alt.strip():
                told.append(self._problem("picture_no_alt", number))
            self._media[made.name] = made
            shown.setdefault(one.column, []).append(picture_markup(made, one.alt))
        if not shown:
            return cells, told, False
        texts = [escape(text) if column in self._texts and not markup else text for column, text in enumerate(cells)]
        for column, pictures in shown.items():
            texts += [""] * (column + 1 - len(texts))
            texts[column] = "\n".join(filter(None, (texts[column], *pictures)))
        return tuple(texts), told, True

    def _take(self, part: str) -> Media | str:
        """The picture of a part, or the code of why it isn't taken."""
        if part not in self._taken:
            self._taken[part] = self._taken_anew(part)
        return self._taken[part]

    def _taken_anew(self, part: str) -> Media | str:
        try:
            data = self._package.read(part)
        except (KeyError, *BROKEN):
            return "picture_missing"
        try:
            return take(data)
        except PictureRefused as refused:
            return refused.code

    def unused(self) -> list[Problem]:
        """The pictures that stand beside no question: one problem each, with its cell."""
        others = [Problem("warning", "picture_missing", self._sheet)] if self._others else []
        return others + [self._problem("cell_picture", row, {"cell": one.cell})
                         for row, found in sorted(self.left.items()) for one in found]

    def _problem(self, code: str, row: int, params: Params = NO_PARAMS) -> Problem:
        return Problem("warning", code, place_of(self._sheet, row), None, params)


def with_pictures(draft: Draft, told: list[Problem], shown: bool) -> Draft:
    """The draft of a row that got pictures: its texts are markup."""
    if not told and not shown:
        return draft
    gaps = draft.gaps if not shown or draft.markup else tuple(
        replace(gap, answers=tuple(replace(one, text=escape(one.text)) for one in gap.answers))
        if gap.kind == "choice" else gap for gap in draft.gaps)
    return replace(draft, problems=(*draft.problems, *told), markup=draft.markup or shown, gaps=gaps)
