"""A bank as a QTI 2.1 content package. Pure.

What QTI says in its own words stands there; the rest, and the source of texts that HTML would not
give back alike, stands in the manifest in a namespace of ours.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any, cast

from lxml import etree

from contest.questions.formats import qti_exact
from contest.questions.formats.checks import complete
from contest.questions.formats.drafts import Accepted, Draft, Gap, Media, Problem, Written
from contest.questions.formats.qti_exact import Exact, print_of
from contest.questions.formats.qti_found import Desk, Found
from contest.questions.formats.qti_item_xml import ItemXml
from contest.questions.formats.qti_items import LOM_LEVELS, read_item, read_metadata
from contest.questions.formats.qti_media import Shelf
from contest.questions.formats.qti_tree import open_tree
from contest.questions.formats.qti_xhtml import element, legal

PACKAGE = "http://www.imsglobal.org/xsd/imscp_v1p1"
LOM = "http://ltsc.ieee.org/xsd/LOM"
_NCNAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,59}")
_RESERVED = re.compile(r"(?:question|resource|section|test|media)-", re.IGNORECASE)
_DATE = (1980, 1, 1, 0, 0, 0)  # the same drafts give the same bytes
_FIELDS = ("code", "topic", "level", "citation", "points", "key", "credits", "pinned", "settings", "tags")
Node = etree._Element


def write_qti(drafts: Sequence[Draft], media: Sequence[Media] = ()) -> Written:
    """Write a package of one file an item, a test that holds them in order, and their pictures.

    `left_out` has a `not_written` for each field that reading back would not give as it is.
    """
    return _Writer(drafts, media).written()


class _Writer:
    """Writes one package."""

    def __init__(self, drafts: Sequence[Draft], media: Sequence[Media]) -> None:
        self.media = {one.name: one for one in media}
        self.names = frozenset(self.media)
        self.left_out: list[Problem] = []
        self.drafts = [self.legal(draft) for draft in drafts]
        self.files: dict[str, bytes] = {}
        self.desk = Desk(Shelf([f"media/{name}.webp" for name in self.names],
                               lambda file: self.media[file[len("media/"):-len(".webp")]].data))
        self.used: set[str] = set()
        self.pictures: set[str] = set()  # those that the items show

    def written(self) -> Written:
        resources = []
        identifiers = []
        for number, draft in enumerate(self.drafts, 1):
            identifier = self.identifier(draft, number)
            identifiers.append((draft, identifier, f"items/q{number:05d}.xml"))
            resources.append(self.item(draft, number, identifier))
        self.files["test.xml"] = _test(identifiers)
        manifest = _manifest(resources, sorted(self.pictures))
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
            for name, data in {"imsmanifest.xml": manifest, **self.files}.items():
                package.writestr(zipfile.ZipInfo(name, _DATE), data, zipfile.ZIP_DEFLATED)
            for name in sorted(self.pictures):
                package.writestr(zipfile.ZipInfo(f"media/{name}.webp", _DATE), self.media[name].data)
        return Written(packed.getvalue(), "zip", tuple(self.left_out))

    def identifier(self, draft: Draft, number: int) -> str:
        """The code where it can be an identifier of XML and is free, else one made up."""
        code = draft.code or ""
        good = _NCNAME.fullmatch(code) and not _RESERVED.match(code) and code.lower() not in self.used
        identifier = code if good else f"question-{number:05d}"
        self.used.add(identifier.lower())
        return identifier

    def item(self, draft: Draft, number: int, identifier: str) -> Node:
        """Write an item's file; return its resource."""
        writer = ItemXml(draft, identifier, self.names)
        data = writer.xml()
        name = f"items/q{number:05d}.xml"
        self.files[name] = data
        self.pictures |= set(writer.texts.shown)
        if writer.texts.missing:
            self.leave(draft, "picture")
        lom = _lom(draft)
        exact = self.exact(draft, data, lom)
        resource = _node(None, PACKAGE, "resource", identifier=f"resource-{number:05d}",
                         type="imsqti_item_xmlv2p1", href=name)
        metadata = _node(resource, PACKAGE, "metadata")
        if len(lom):
            metadata.append(lom)
        metadata.append(qti_exact.written(exact))
        _node(resource, PACKAGE, "file", href=name)
        for picture in dict.fromkeys(writer.texts.shown):
            _node(resource, PACKAGE, "dependency", identifierref=f"media-{picture}")
        return resource

    def exact(self, draft: Draft, data: bytes, lom: Node) -> Exact:
        """What reading the item alone would not give back."""
        exact = Exact(draft.type, draft.markup)
        found = read_item(open_tree(data), draft.row, folder="items", exact=exact, topic=draft.topic)
        read_metadata(open_tree(etree.tostring(lom)), found)
        draft = complete(draft)
        back = self.desk.draft(found)
        for name in _FIELDS:
            if getattr(back, name) != getattr(draft, name):
                exact.fields[name] = getattr(draft, name)
        if (draft.explanation or None) != draft.explanation:
            exact.fields["explanation"] = draft.explanation
        for slot, html, before, after in _slots(found, draft, back):
            if before != after:
                exact.sources[slot] = (print_of(html), before)
        for what in _different(draft, back):
            self.leave(draft, what)
        return exact

    def leave(self, draft: Draft, what: str) -> None:
        self.left_out.append(Problem("warning", "not_written", draft.place, None, {"what": what}))

    def legal(self, draft: Draft) -> Draft:
        """The draft without characters that XML can't hold."""
        clean = replace(
            draft, stem=legal(draft.stem), options=tuple(map(legal, draft.options)), code=_legal(draft.code),
            parts=tuple(map(legal, draft.parts)), topic=_legal(draft.topic), level=_legal(draft.level),
            explanation=_legal(draft.explanation), citation=_legal(draft.citation),
            tags=tuple(map(legal, draft.tags)),
            settings={legal(key): legal(value) for key, value in draft.settings.items()},
            gaps=tuple(Gap(gap.kind, tuple(Accepted(legal(one.text), one.credit) for one in gap.answers))
                       for gap in draft.gaps))
        if clean != draft:
            self.leave(draft, "control")
        return clean


def _legal(text: str | None) -> str | None:
    return None if text is None else legal(text)


def _slots(found: Found, draft: Draft, back: Draft) -> Iterator[tuple[str, str, str, str]]:
    """Slot, its HTML, the text of the draft and the text as read back."""
    yield "stem", found.stem, draft.stem, back.stem
    for n, (html, before, after) in enumerate(zip(found.options, draft.options, back.options, strict=False)):
        yield f"option{n}", html, before, after
    for n, (html, before, after) in enumerate(zip(found.parts, draft.parts, back.parts, strict=False)):
        yield f"part{n}", html, before, after
    for g, (hollow, old, new) in enumerate(zip(found.gaps, draft.gaps, back.gaps, strict=False)):
        for n, ((html, _), before_one, after_one) in enumerate(zip(hollow.answers, old.answers, new.answers,
                                                                    strict=False)):
            if hollow.kind == "choice":
                yield f"gap{g}.{n}", html, before_one.text, after_one.text
    if found.notes and draft.explanation:
        yield "note0", found.notes[0][1], draft.explanation, back.explanation or ""


def _different(draft: Draft, back: Draft) -> Iterator[str]:
    """The fields that our own data can't put right."""
    if back.type != draft.type:
        yield "type"
    if len(back.options) != len(draft.options):
        yield "options"
    if len(back.parts) != len(draft.parts):
        yield "parts"
    if [_bones(gap) for gap in back.gaps] != [_bones(gap) for gap in draft.gaps]:
        yield "gaps"


def _bones(gap: Gap) -> tuple[object, ...]:
    """A gap but for the texts of a choice, whose sources are kept."""
    if gap.kind == "choice":
        return gap.kind, *(answer.credit for answer in gap.answers)
    return gap.kind, gap.answers


def _node(parent: Node | None, space: str, name: str, text: str | None = None, **attributes: str) -> Node:
    tag = f"{{{space}}}{name}"
    node = etree.Element(tag, nsmap=cast(Any, {None: space})) if parent is None else etree.SubElement(parent, tag)
    for key, value in attributes.items():
        node.set(key, value)
    node.text = text
    return node


def _lom(draft: Draft) -> Node:
    """Tags, level and topic in the words of LOM."""
    lom = _node(None, LOM, "lom")
    if draft.tags:
        general = _node(lom, LOM, "general")
        for tag in draft.tags:
            _node(_node(general, LOM, "keyword"), LOM, "string", tag, language="vi")
    value = next((value for value, level in LOM_LEVELS.items() if level == draft.level), None)
    if value:
        difficulty = _node(_node(lom, LOM, "educational"), LOM, "difficulty")
        _node(difficulty, LOM, "source", "LOMv1.0")
        _node(difficulty, LOM, "value", value)
    if draft.topic:
        classification = _node(lom, LOM, "classification")
        purpose = _node(classification, LOM, "purpose")
        _node(purpose, LOM, "source", "LOMv1.0")
        _node(purpose, LOM, "value", "discipline")
        taxon = _node(_node(classification, LOM, "taxonPath"), LOM, "taxon")
        _node(_node(taxon, LOM, "entry"), LOM, "string", draft.topic, language="vi")
    return lom


def _test(items: Sequence[tuple[Draft, str, str]]) -> bytes:
    """The test: a section for each run of one topic."""
    test = element(None, "assessmentTest", identifier="test-1", title="")
    part = element(test, "testPart", identifier="part-1", navigationMode="nonlinear", submissionMode="simultaneous")
    for number, (topic, run) in enumerate(groupby(items, key=lambda item: item[0].topic or ""), 1):
        section = element(part, "assessmentSection", identifier=f"section-{number}", title=topic, visible="true")
        for _, identifier, href in run:
            element(section, "assessmentItemRef", identifier=identifier, href=href)
    if not items:
        element(part, "assessmentSection", identifier="section-1", title="", visible="true")
    data: bytes = etree.tostring(test, encoding="UTF-8", xml_declaration=True)
    return data


def _manifest(resources: Sequence[Node], pictures: Sequence[str]) -> bytes:
    root = _node(None, PACKAGE, "manifest", identifier="manifest-1")
    metadata = _node(root, PACKAGE, "metadata")
    _node(metadata, PACKAGE, "schema", "QTIv2.1 Package")
    _node(metadata, PACKAGE, "schemaversion", "1.0.0")
    _node(root, PACKAGE, "organizations")
    holder = _node(root, PACKAGE, "resources")
    test = _node(holder, PACKAGE, "resource", identifier="test-1", type="imsqti_test_xmlv2p1", href="test.xml")
    _node(test, PACKAGE, "file", href="test.xml")
    for resource in resources:
        _node(test, PACKAGE, "dependency", identifierref=resource.get("identifier", ""))
        holder.append(resource)
    for name in pictures:
        picture = _node(holder, PACKAGE, "resource", identifier=f"media-{name}", type="webcontent",
                        href=f"media/{name}.webp")
        _node(picture, PACKAGE, "file", href=f"media/{name}.webp")
    data: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return data
