"""QTI 1.2, 2.1, 2.2 and 3.0 in: items, tests, content packages and common cartridges. Pure."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

from lxml import etree

from contest.questions.formats import qti_exact
from contest.questions.formats.drafts import (
    MAX_ROWS,
    MAX_TEXT_CHARS,
    Draft,
    Problem,
    Reading,
    UnreadableFile,
)
from contest.questions.formats.qti_body import Body
from contest.questions.formats.qti_found import Desk, Found
from contest.questions.formats.qti_items import read_item, read_metadata
from contest.questions.formats.qti_media import Shelf
from contest.questions.formats.qti_old import read_old, sources_elsewhere
from contest.questions.formats.qti_package import MANIFEST, Document, contents, stimuli, take_in
from contest.questions.formats.qti_tree import Node, below, first, kids, name_of, open_tree, root_name
from contest.questions.formats.qti_zip import Package

_XML_ROOTS = frozenset({"questestinterop", "assessmentitem"})
_LISTS = frozenset({"assessmenttest", "assessmentsection", "manifest"})  # name items, and hold none
_OLD_PIECES = frozenset({"item", "section", "assessment", "objectbank"})  # of a questestinterop, alone


def looks_like_qti_xml(head: bytes) -> bool:
    """True where a file's first bytes start an item of QTI 2 or 3, or a questestinterop."""
    return root_name(head) in _XML_ROOTS


def looks_like_qti_package(names: Sequence[str]) -> bool:
    """True where a zip's names are of a content package: a manifest, or questions of Blackboard."""
    bases = {posixpath.basename(name.replace("\\", "/")).lower() for name in names}
    return MANIFEST in bases


def read_qti_xml(data: bytes) -> Reading:
    """Read one XML file: a questestinterop of many items, or one item. Raises UnreadableFile.

    Its pictures can only be embedded ones: others are named as missing.
    """
    root = open_tree(data)
    if name_of(root) in _OLD_PIECES:
        holder = etree.Element("questestinterop")
        holder.append(root)
        root = holder
    if name_of(root) not in _XML_ROOTS:
        inside = first(root, "questestinterop", "assessmentitem")
        if inside is None:
            raise UnreadableFile("items_elsewhere" if name_of(root) in _LISTS else "not_a_table")
        root = inside
    reader = _Reader(Shelf())
    reader.take(root, Document(""))
    return reader.reading()


def read_qti_package(data: bytes) -> Reading:
    """Read a zip with items, with or without a manifest. Raises UnreadableFile.

    A document that can't be read is a problem of the file; the others are read all the same.
    """
    package = Package(data)
    found = contents(package)
    if not found.documents:
        raise UnreadableFile("other_zip" if not found.problems else "broken_file")
    reader = _Reader(Shelf(package.names, package.read), package)
    reader.problems += found.problems
    for document in found.documents:
        reader.open(document)
    if not reader.drafts and reader.broken and len(reader.broken) == len(found.documents):
        raise reader.broken[0]
    return reader.reading()


class _Reader:
    """Reads the documents of one file, one after the other."""

    def __init__(self, shelf: Shelf, package: Package | None = None) -> None:
        self.desk = Desk(shelf)
        self.package = package
        self.drafts: list[Draft] = []
        self.problems: list[Problem] = []
        self.row = 0
        self.chars = 0
        self.broken: list[UnreadableFile] = []

    def reading(self) -> Reading:
        """What was read."""
        return Reading("qti", tuple(self.drafts), (*self.problems, *self.desk.problems()),
                       media=self.desk.shelf.media)

    def open(self, document: Document) -> None:
        """Read one document of the package."""
        data = self.package.read(document.name) if self.package else None
        try:
            if data is None:
                raise UnreadableFile("broken_file")
            self.take(open_tree(data), document)
        except UnreadableFile as refusal:
            if refusal.code in ("too_many_rows", "too_much_text"):
                raise
            self.broken.append(UnreadableFile(refusal.code, {**refusal.params, "name": document.name}))
            self.file_problem("format_error", document.name)

    def take(self, root: Node, document: Document) -> None:
        """Read the items of one document."""
        folder = posixpath.dirname(document.name)
        if name_of(root) == "questestinterop":
            elsewhere = sources_elsewhere(root)
            if elsewhere:
                self.file_problem("text_not_taken", f"sourcebank_ref × {elsewhere}")
            found: Iterator[Found] = read_old(root, folder=folder, row=self.row + 1, topic=document.topic)
        else:
            found = iter((self.item(root, document, folder),))
        for one in found:
            self.keep(one)

    def item(self, root: Node, document: Document, folder: str) -> Found:
        """One item of QTI 2 or 3, with its stimuli and what the manifest says of it."""
        metadata = document.metadata
        exact = qti_exact.read(first(metadata, "question")) if metadata is not None else None
        before, missing = "", take_in(root, self.package, folder)
        for address, stimulus in stimuli(root, self.package, folder) if self.package else ():
            if stimulus is None:
                missing.append(address)
            else:
                before += self.stimulus(stimulus)
        if not self.package:
            missing += [one.get("href", "") for one in kids(root, "assessmentstimulusref")]
        found = read_item(root, self.row + 1, folder=folder, exact=exact, before=before, topic=document.topic)
        for address in missing:
            found.warn("text_not_taken", value=address[:200])
        if metadata is not None:
            read_metadata(metadata, found)
        return found

    def stimulus(self, root: Node) -> str:
        """The HTML of a shared stimulus."""
        body = Body(lambda code, **params: self.problems.append(Problem("warning", code, "", None, params)),
                    lambda node: "", lambda node: None, lambda node: "")
        return "".join(f"<div>{body.inner(node)}</div>" for node in below(root, "stimulusbody"))

    def keep(self, found: Found) -> None:
        """Make an item a draft, or name it where it is of a kind that we don't hold."""
        self.row += 1
        if self.row > MAX_ROWS:
            raise UnreadableFile("too_many_rows", {"sheet": "QTI", "cell": found.place, "limit": MAX_ROWS})
        if found.unsupported == "passage":  # stands before the questions about it
            return
        if found.unsupported == "description":
            self.problems.append(Problem("warning", "item_unsupported", found.place, None,
                                         {"value": found.unsupported[:60]}))
            return
        self.chars += len(found.stem) + sum(map(len, found.options)) + sum(map(len, found.parts))
        if self.chars > MAX_TEXT_CHARS:
            raise UnreadableFile("too_much_text")
        self.drafts.append(self.desk.draft(found))

    def file_problem(self, code: str, value: str) -> None:
        self.problems.append(Problem("warning", code, "", None, {"value": value[:200]}))
