"""Drafts → Moodle XML that Moodle imports and `moodle_xml` reads back. Pure.

Plain texts go out as Moodle's plain text, so that nothing of them can change; texts with markup as
HTML with their pictures beside them. A cluster becomes matching with a tag of its own, gaps become
Moodle's cloze; the level is a tag, the citation the last line of the general feedback.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from lxml import etree

from contest.questions.formats.drafts import (
    DEFAULT_POINTS,
    FULL_CREDIT,
    Draft,
    Media,
    Problem,
    QuestionType,
    Written,
)
from contest.questions.formats.markup import plain
from contest.questions.formats.moodle_options import CLUSTER_TAG
from contest.questions.formats.moodle_pages import Page, add, clean
from contest.questions.formats.moodle_xml import CITATION, LEVEL_TAG
from contest.questions.formats.pinning import pinned

_TYPES: Mapping[QuestionType, str] = {
    "single": "multichoice", "multiple": "multichoice", "true_false": "truefalse", "cluster": "match",
    "matching": "match", "ordering": "ordering", "short_text": "shortanswer", "number": "numerical", "gaps": "cloze",
    "essay": "essay",
}
_NAME_CHARS = 80
_TYPED_CASE = frozenset({"short_text", "gaps"})


def write_moodle_xml(drafts: Sequence[Draft], media: Sequence[Media] = ()) -> Written:
    """A file that Moodle imports.

    A range "1.5..2.5" goes out as "2±0.5", which is the same. Left out and named: settings but the
    case of typed answers, options of which only some keep their place (those that speak of others
    are found again), pictures that `media` lacks.
    """
    root = etree.Element("quiz")
    pictures = {one.name: one for one in media}
    left_out: list[Problem] = []
    topic: str | None = None
    for draft in drafts:
        if draft.topic != topic:
            topic = draft.topic
            _category(root, topic)
        page = Page(draft, pictures)
        _question(root, draft, page)
        left_out += [Problem("warning", "not_written", draft.place, None, {"what": what})
                     for what in dict.fromkeys((*_left_out(draft), *page.lost))]
    etree.indent(root)
    data = etree.tostring(root, encoding="utf-8", xml_declaration=True)
    return Written(data, "xml", tuple(left_out))


def _left_out(draft: Draft) -> list[str]:
    known = {"case"} if draft.type in _TYPED_CASE else set()
    lost = ["settings"] if set(draft.settings) - known else []
    every = tuple(range(len(draft.options)))
    kept = {every, pinned(draft.type, draft.options)} if draft.type in ("single", "multiple", "true_false") else {()}
    return lost if not draft.pinned or draft.pinned in kept else [*lost, "pinned"]


def _category(root: etree._Element, topic: str | None) -> None:
    """A category for the questions that follow. Moodle trims names, and a doubled slash is one of the name."""
    name = clean(topic or "").replace("/", "//")
    path = f"$course$/top/{' ' if name.startswith('/') else ''}{name}" if name else "$course$/top"
    node = etree.SubElement(root, "question", type="category")
    add(add(node, "category"), "text", path)


def _question(root: etree._Element, draft: Draft, page: Page) -> None:
    node = etree.SubElement(root, "question", type=_TYPES[draft.type])
    stem = plain(draft.stem) if draft.markup else draft.stem
    add(add(node, "name"), "text", draft.code or " ".join(stem.split())[:_NAME_CHARS])
    if draft.type == "gaps":
        page.cloze(node)
    else:
        page.text(node, "questiontext", draft.stem)
    page.text(node, "generalfeedback", _feedback(draft))
    points = DEFAULT_POINTS if draft.points is None else draft.points
    add(node, "defaultgrade", f"{points // 100}.{points % 100:02d}00000")
    add(node, "penalty", "0")
    add(node, "hidden", "0")
    add(node, "idnumber", draft.code or "")
    _WRITERS[draft.type](node, draft, page)
    tags = [f"{LEVEL_TAG} {draft.level}"] if draft.level else []
    tags += [CLUSTER_TAG] if draft.type == "cluster" else []
    holder = add(node, "tags") if tags or draft.tags else node
    for tag in (*tags, *draft.tags):
        add(add(holder, "tag"), "text", tag)


def _feedback(draft: Draft) -> str:
    """Explanation and citation; markup needs an empty line wherever a list or a table may stand."""
    citation = draft.citation or ""
    between = "\n\n" if draft.markup and "\n" in citation else " "
    lines = (draft.explanation, f"{CITATION}{between}{citation}" if citation else "")
    return ("\n\n" if draft.markup else "\n").join(filter(None, lines))


def _choices(node: etree._Element, draft: Draft, page: Page) -> None:
    add(node, "single", "false" if draft.type == "multiple" else "true")
    every = tuple(range(len(draft.options)))
    add(node, "shuffleanswers", "false" if draft.pinned == every and every else "true")
    add(node, "answernumbering", "ABCD")
    share = FULL_CREDIT // len(draft.key) if draft.type == "multiple" and draft.key else FULL_CREDIT
    for place, option in enumerate(draft.options):
        worth = draft.credits[place] if draft.credits else share if place in draft.key else 0
        page.text(node, "answer", option, fraction=page.fraction(worth))


def _true_false(node: etree._Element, draft: Draft, page: Page) -> None:
    for place, name in enumerate(("true", "false")):
        answer = add(node, "answer", fraction="100" if place in draft.key else "0", format="moodle_auto_format")
        add(answer, "text", name)


def _matching(node: etree._Element, draft: Draft, page: Page) -> None:
    add(node, "shuffleanswers", "true")
    for part, place in zip(draft.parts, draft.key, strict=False):
        page.target(page.text(node, "subquestion", part), draft.options[place])
    for place, option in enumerate(draft.options):
        if place not in draft.key:
            page.target(page.text(node, "subquestion", ""), option)


def _ordering(node: etree._Element, draft: Draft, page: Page) -> None:
    for name, value in (("layouttype", "VERTICAL"), ("selecttype", "ALL"), ("selectcount", "0"),
                        ("gradingtype", "ABSOLUTE_POSITION"), ("showgrading", "SHOW"), ("numberingstyle", "none")):
        add(node, name, value)
    for place, option in enumerate(draft.options, start=1):
        page.text(node, "answer", option, fraction=f"{place}.0000000")


def _short_text(node: etree._Element, draft: Draft, page: Page) -> None:
    add(node, "usecase", "1" if draft.settings.get("case") == "kept" else "0")
    for gap in draft.gaps:
        for answer in gap.answers:
            made = add(node, "answer", fraction=page.fraction(answer.credit), format="moodle_auto_format")
            add(made, "text", page.typed(gap.kind, answer.text)[0])


def _number(node: etree._Element, draft: Draft, page: Page) -> None:
    for gap in draft.gaps:
        for answer in gap.answers:
            made = add(node, "answer", fraction=page.fraction(answer.credit), format="moodle_auto_format")
            value, tolerance = page.typed(gap.kind, answer.text)
            add(made, "text", value)
            add(made, "tolerance", tolerance)


def _gaps(node: etree._Element, draft: Draft, page: Page) -> None:
    """All of a cloze stands in its text."""


def _essay(node: etree._Element, draft: Draft, page: Page) -> None:
    for name, value in (("responseformat", "editor"), ("responserequired", "1"), ("responsefieldlines", "15"),
                        ("attachments", "0"), ("attachmentsrequired", "0")):
        add(node, name, value)


_WRITERS: Mapping[QuestionType, Callable[[etree._Element, Draft, Page], None]] = {
    "single": _choices, "multiple": _choices, "true_false": _true_false, "cluster": _matching, "matching": _matching,
    "ordering": _ordering, "short_text": _short_text, "number": _number, "gaps": _gaps, "essay": _essay,
}
