"""The parts of a Word file: its XML and pictures, nothing from outside of it. Pure."""

from __future__ import annotations

import posixpath
import zipfile

from lxml import etree

from contest.questions.formats.drafts import UnreadableFile
from contest.questions.formats.package import open_zip
from contest.questions.formats.xml_parts import parse
from contest.zips import BROKEN

MAX_PART_BYTES = 48 * 1024 * 1024
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_DOCUMENT = "/officeDocument"


def _check_kind(package: zipfile.ZipFile, names: set[str]) -> None:
    if "word/document.xml" not in names and not any(name.startswith("word/document") for name in names):
        raise UnreadableFile("other_zip")


class DocxPackage:
    """An opened Word file. Raises UnreadableFile where it is unsafe, broken or something else."""

    def __init__(self, data: bytes) -> None:
        self._zip = open_zip(data, _check_kind)
        self._names = {name.lstrip("/"): name for name in self._zip.namelist()}
        self.main = self._main()
        found = self._tree(self.main)
        if found is None:
            raise UnreadableFile("broken_file")
        self.document = found
        self.relations = self._relations(self.main)

    def _main(self) -> str:
        for kind, target, _outside in self._relations("").values():
            if kind.endswith(_DOCUMENT) and target in self._names:
                return target
        return "word/document.xml"

    def _relations(self, part: str) -> dict[str, tuple[str, str, bool]]:
        """Relation id → its kind, the part it leads to, and True where that is outside of the file."""
        folder, name = posixpath.split(part)
        root = self._tree(posixpath.join(folder, "_rels", f"{name}.rels"))
        found = {}
        for node in [] if root is None else root.iter(_RELATION):
            target = str(node.get("Target", ""))
            outside = str(node.get("TargetMode", "")).lower() == "external"
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            found[str(node.get("Id", ""))] = (str(node.get("Type", "")), "" if outside else path, outside)
        return found

    def part(self, kind: str) -> etree._Element | None:
        """The first part of a kind: "styles", "numbering", "footnotes" …; None where there is none."""
        return next(iter(self.parts(kind)), None)

    def parts(self, kind: str) -> list[etree._Element]:
        """All parts of a kind; one that is broken counts as missing."""
        trees = []
        for found, target, outside in self.relations.values():
            if not outside and found.endswith(f"/{kind}"):
                try:
                    tree = self._tree(target)
                except UnreadableFile as refusal:
                    if refusal.code == "unsafe_xml":
                        raise
                    continue
                if tree is not None:
                    trees.append(tree)
        return trees

    def picture(self, relation: str) -> bytes | None:
        """The bytes of the picture that a relation of the document leads to, None where it is not in the file."""
        _kind, target, outside = self.relations.get(relation, ("", "", True))
        return None if outside else self._bytes(target)

    def _bytes(self, name: str) -> bytes | None:
        if name not in self._names:
            return None
        try:
            if self._zip.getinfo(self._names[name]).file_size > MAX_PART_BYTES:
                raise UnreadableFile("unsafe_xml", {"why": "size"})
            return self._zip.read(self._names[name])
        except BROKEN as error:
            raise UnreadableFile("broken_file") from error

    def _tree(self, name: str) -> etree._Element | None:
        data = self._bytes(name)
        if data is None:
            return None
        try:
            return parse(data)
        except UnreadableFile as refusal:
            if refusal.code == "unsafe_xml":
                raise
            raise UnreadableFile("broken_file") from refusal
