"""The order of a content package: its manifest, its tests, its items and what belongs to them. Pure."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from contest.questions.formats.drafts import Problem, UnreadableFile
from contest.questions.formats.qti_media import tidy
from contest.questions.formats.qti_tree import Node, below, kids, name_of, open_tree, root_name
from contest.questions.formats.qti_zip import Package

MANIFEST = "imsmanifest.xml"
_DOCUMENTS = (".xml", ".dat", ".qti")
_ITEM_ROOTS = frozenset({"assessmentitem", "questestinterop"})
MAX_DEPTH = 20
MAX_INCLUDES = 20  # of one item


@dataclass(slots=True)
class Document:
    """A file with items: `metadata` is the manifest's of its resource, `topic` its section's title."""

    name: str
    metadata: Node | None = None
    topic: str | None = None


@dataclass(slots=True)
class Contents:
    """What a package holds, in the order in which it is to be read."""

    documents: list[Document] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def contents(package: Package) -> Contents:
    """The documents of a package: those of its tests first, then those of the manifest, then others."""
    return _Finder(package).contents()


class _Finder:
    """Goes through one package."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.found = Contents()
        self.base = ""
        self.metadata: dict[str, Node] = {}
        self.seen: set[str] = set()
        self.titles: dict[str, str | None] = {}

    def contents(self) -> Contents:
        listed = self.listed()
        known = set(listed)
        others = [name for name in self.package.names if name not in known and name.lower().endswith(_DOCUMENTS)
                  and posixpath.basename(name).lower() != MANIFEST and not _is_litter(name)]
        names = [*listed, *others]
        roots = {name: root_name(self.package.head(name)) for name in names if name.lower().endswith(_DOCUMENTS)}
        for name in names:
            if roots.get(name) == "" and name.lower().endswith((".xml", ".qti")) and self.package.has(name):
                self.found.problems.append(Problem("warning", "format_error", "", None, {"value": name[:200]}))
        items = [name for name in names if roots.get(name) in _ITEM_ROOTS and not self.is_poorer(name, roots)]
        for name in names:
            if roots.get(name) in ("assessmenttest", "assessmentsection"):
                self.test(name, None, 0)
        known = set(items)
        ordered = [name for name in self.titles if name in known]
        ordered += [name for name in items if name not in self.titles]
        for name in ordered:
            self.found.documents.append(Document(name, self.metadata.get(name), self.titles.get(name)))
        named = (name for name in (*self.titles, *listed) if name.lower().endswith(_DOCUMENTS) or name in self.titles)
        for name in dict.fromkeys(named):
            if not self.package.has(name):
                self.found.problems.append(Problem("warning", "text_not_taken", "", None, {"value": name[:200]}))
        return self.found

    def listed(self) -> list[str]:
        """The files that the manifest names, in its order."""
        manifests = [name for name in self.package.names if posixpath.basename(name).lower() == MANIFEST]
        if not manifests:
            return []
        name = min(manifests, key=lambda one: one.count("/"))
        self.base = posixpath.dirname(name)
        root = self.tree(name)
        listed: dict[str, None] = {}
        for resource in below(root, "resource"):
            holders = (root, resource.getparent(), resource)
            base = posixpath.join(self.base, *(holder.get("base", "") for holder in holders if holder is not None))
            metadata = next(iter(kids(resource, "metadata")), None)
            addresses = [resource.get("href"), resource.get("file")]
            addresses += [one.get("href") for one in kids(resource, "file")]
            for position, address in enumerate(one for one in addresses if one):
                inside = self.place(address, base)
                if not self.package.has(inside) and self.package.has(plain := self.place(address, self.base)):
                    inside = plain  # Blackboard's base is that of something else
                listed.setdefault(inside)
                if position == 0 and metadata is not None:
                    self.metadata[inside] = metadata
        return [one for one in listed if one]

    def tree(self, name: str) -> Node | None:
        """The root of a file; a problem of the file where it can't be read."""
        data = self.package.read(name)
        if data is None:
            return None
        try:
            return open_tree(data)
        except UnreadableFile as refusal:
            self.found.problems.append(Problem("warning", "format_error", "", None, {
                "value": name[:200], **{key: value for key, value in refusal.params.items() if key == "line"}}))
            return None

    @staticmethod
    def place(address: str, folder: str) -> str:
        """The tidy name of an address of the manifest or a test."""
        return tidy(posixpath.join(folder, unquote(address.partition("#")[0]).replace("\\", "/")))

    def is_poorer(self, name: str, roots: dict[str, str]) -> bool:
        """True for the common-cartridge copy of a quiz that Canvas also wrote in full."""
        if posixpath.basename(name) != "assessment_qti.xml":
            return False
        folder = posixpath.dirname(name)
        rich = posixpath.join(posixpath.dirname(folder), "non_cc_assessments", f"{posixpath.basename(folder)}.xml.qti")
        return rich in roots

    def test(self, name: str, topic: str | None, depth: int) -> None:
        """Take the items of a test or a section file in their order, under their section's title."""
        if name in self.seen or depth > MAX_DEPTH:
            return
        self.seen.add(name)
        root = self.tree(name)
        if root is not None:
            title = root.get("title") if name_of(root) == "assessmentsection" else None
            self.section(root, title or topic, posixpath.dirname(name), depth)

    def section(self, node: Node, topic: str | None, folder: str, depth: int) -> None:
        for child in kids(node) if depth <= MAX_DEPTH else ():
            name = name_of(child)
            if name == "assessmentitemref":
                address = child.get("href", "")
                self.titles.setdefault(self.place(address, folder) or address, topic)
            elif name == "assessmentsectionref":
                self.test(self.place(child.get("href", ""), folder), topic, depth + 1)
            elif name in ("testpart", "assessmentsection"):
                own = " ".join((child.get("title") or "").split()) if name == "assessmentsection" else ""
                self.section(child, own or topic, folder, depth + 1)


def _is_litter(name: str) -> bool:
    """True for what macOS and editors leave behind."""
    return name.startswith("__MACOSX/") or posixpath.basename(name).startswith("._")


def stimuli(item: Node, package: Package, folder: str) -> Iterator[tuple[str, Node | None]]:
    """The shared stimuli that an item refers to: address and root, None where it is not in the package."""
    for reference in kids(item, "assessmentstimulusref"):
        address = reference.get("href", "")
        yield address, _opened(package, address, folder)


def take_in(item: Node, package: Package | None, folder: str) -> list[str]:
    """Put what an item includes from its package (XInclude) where it is included; return what is not there."""
    missing = []
    for count, node in enumerate(list(item.iter("include"))):
        address = node.get("href", "")
        root = _opened(package, address, folder) if package and count < MAX_INCLUDES else None
        del node[:]
        node.tag, node.text = "div", None
        if root is None:
            missing.append(address)
            continue
        for inner in root.iter("include"):  # one in another: nobody writes it
            missing.append(inner.get("href", ""))
        node.append(root)
    return missing


def _opened(package: Package, address: str, folder: str) -> Node | None:
    """The root of a file that an item names, its pictures named from the root of the package."""
    name = _Finder.place(address, folder)
    data = package.read(name)
    if data is None:
        return None
    try:
        root = open_tree(data)
    except UnreadableFile:
        return None
    for node in root.iter("img", "object"):
        for key in ("src", "data"):
            inside = _Finder.place(node.get(key, ""), posixpath.dirname(name))
            if inside and package.has(inside):
                node.set(key, "/" + quote(inside))
    return root
