"""Moodle XML, the export of a question bank → drafts. Pure.

A question's identity is its idnumber, never its name: names are labels such as "Câu 1" that repeat
from file to file. The topic is the last part of the category's path. Penalties, numbering and the
number of tries are a quiz's business and are not taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from contest.questions.formats.checks import complete
from contest.questions.formats.drafts import (
    DEFAULT_POINTS,
    MAX_ROWS,
    MAX_TEXT_CHARS,
    Draft,
    Problem,
    Reading,
    UnreadableFile,
)
from contest.questions.formats.markup import Marked
from contest.questions.formats.markup_signs import hide_line_starts
from contest.questions.formats.moodle_gaps import choices_in_text, cloze, numerical, shortanswer
from contest.questions.formats.moodle_item import Item, Node, is_boilerplate, tags_of
from contest.questions.formats.moodle_options import essay, match, multichoice, ordering, truefalse
from contest.questions.formats.moodle_texts import Shelf, Texts, unified
from contest.questions.formats.text import squeeze
from contest.questions.formats.words import level_of, points_of
from contest.questions.formats.xml_parts import child, child_text, children, local, parse

FORMAT = "moodle-xml"
READERS: Mapping[str, Callable[[Node, Texts, Item], None]] = {
    "multichoice": multichoice, "truefalse": truefalse, "shortanswer": shortanswer, "numerical": numerical,
    "match": match, "matching": match, "ddmatch": match, "ordering": ordering, "essay": essay,
    "cloze": cloze, "multianswer": cloze, "ddwtos": choices_in_text, "gapselect": choices_in_text,
}
LEVEL_TAG = "Mức độ:"
CITATION = "Căn cứ:"
_ROOT = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*+(?:(?:(?><\?.*?\?>)|(?><!--.*?-->))\s*+)*+<quiz[\s/>]",
                   re.DOTALL | re.IGNORECASE)
_LEVEL = re.compile(r"(?:mức độ|mức|độ khó|level)\s*:\s*(?P<level>\S.*)", re.IGNORECASE)
_LEVEL_WORDS = frozenset({"nhanbiet", "thonghieu", "vandung", "vandungthap", "vandungcao"})
_LEVELS = frozenset({"NB", "TH", "VD", "VDC"})
_SLASH = re.compile(r"(?<!/)/(?!/)")
_CITATION = re.compile(r"(?:\A|(?<=\n))Căn cứ:\s*(?=\S)")
_COMBINED = ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback")
_PICTURES = frozenset({"file", "image_base64"})
_DATA_ADDRESS = re.compile(r"data:image/[a-z.+-]{1,20};base64,[A-Za-z0-9+/=\s]*+")
_ZEROS = re.compile(r"\.?0+$")


def looks_like_moodle_xml(head: bytes) -> bool:
    """True where the root element is <quiz>; the first 4,000 bytes are enough."""
    return _ROOT.match(head[:4_000].replace(b"\0", b"")) is not None


def read_moodle_xml(data: bytes) -> Reading:
    """The questions of a file; `place` is "@" and the ordinal of the question, categories not counted.

    Raises UnreadableFile: what `xml_parts.parse` raises, "broken_file" for another root, too_many_rows and
    too_much_text.
    """
    root = parse(data)
    if local(root) != "quiz":
        raise UnreadableFile("broken_file")
    _check_size(root)
    shelf = Shelf()
    drafts: list[Draft] = []
    problems: list[Problem] = []
    topic: str | None = None
    row = 0
    for node in root:
        kind = node.get("type", "").strip().lower()
        if local(node) == "question" and kind == "category":
            topic = _topic(node, Texts("", shelf))
            continue
        row += 1
        if local(node) == "question" and kind != "description":
            drafts.append(_draft(node, kind, row, topic, shelf))
        else:
            problems.append(Problem("warning", "item_unsupported", f"@{row}", None,
                                    {"value": kind[:80] or local(node)[:80]}))
    return Reading(FORMAT, tuple(drafts), (*problems, *shelf.repairs()), media=tuple(shelf.media.values()))


def _check_size(root: Node) -> None:
    """Refuse too many questions, or too much text in them; the bytes of pictures are none."""
    rows = chars = 0
    for node in root:
        rows += not (local(node) == "question" and node.get("type", "").strip().lower() == "category")
        if rows > MAX_ROWS:
            raise UnreadableFile("too_many_rows", {"sheet": "Moodle XML", "cell": f"@{rows}", "limit": MAX_ROWS})
        for inner in node.iter():
            if local(inner) not in _PICTURES:
                chars += len(_DATA_ADDRESS.sub("", inner.text or ""))
                if chars > MAX_TEXT_CHARS:
                    raise UnreadableFile("too_much_text", {"limit": MAX_TEXT_CHARS})


def _topic(node: Node, texts: Texts) -> str | None:
    """The last part of "$course$/top/Hành chính/Một cửa"; a doubled slash is one of the name."""
    holder = child(node, "category")
    path = child_text(holder, "text") if holder is not None else ""
    parts = [texts.line(part.replace("//", "/")) for part in _SLASH.split(path)]
    if parts and re.fullmatch(r"\$\w+\$", parts[0]):
        del parts[0]
    if parts and parts[0] == "top":
        del parts[0]
    return parts[-1] or None if parts else None


def _draft(node: Node, kind: str, row: int, topic: str | None, shelf: Shelf) -> Draft:
    texts = Texts(f"@{row}", shelf)
    reader = READERS.get(kind)
    cloze = kind in ("cloze", "multianswer")  # reads its stem itself
    item = Item("essay", Marked("", False) if cloze else _stem(node, texts))
    _general(node, texts, item)
    if reader is None:
        texts.fail("item_unsupported", value=kind[:80])
        if not item.stem.text:
            item.stem = texts.plain(_name(node))
    else:
        reader(node, texts, item)
    if child_text(node, "hidden") == "1":
        texts.warn("hidden_row")
    for hint in children(node, "hint"):
        said = texts.rich(hint).text
        if said:
            texts.warn("text_not_taken", value=said[:80])
    level, tags = _level(item.tags if item.tags is not None else tags_of(node, texts))
    return complete(_made(item, texts, (row, topic, level, tags, texts.line(child_text(node, "idnumber")) or None,
                                        _points(node, item, texts))))


def _made(item: Item, texts: Texts, facts: tuple[int, str | None, str | None, tuple[str, ...], str | None, int | None],
          ) -> Draft:
    row, topic, level, tags, code, points = facts
    markup = any(text.markup for text in item.texts)
    explanation, citation = _explained(item, markup)
    return Draft(
        texts.place, row, code, item.type, unified(item.stem, markup),
        tuple(unified(option, markup) for option in item.options), item.key, topic, level, explanation, citation,
        points, tuple(texts.problems), tuple(unified(part, markup) for part in item.parts),
        tuple(gap.gap(markup) for gap in item.gaps), item.credits, item.pinned, item.settings, tags, markup,
    )


def _name(node: Node) -> str:
    name = child(node, "name")
    return "" if name is None else child_text(name, "text")


def _stem(node: Node, texts: Texts) -> Marked:
    """The question's text; before Moodle 2 its picture stood beside it."""
    question = child(node, "questiontext")
    old = child_text(node, "image_base64")
    if question is None or not old:
        return texts.rich(question)
    picture = texts.html(f'<img src="data:image/png;base64,{"".join(old.split())}">')
    stem = texts.rich(question)
    return Marked(f"{unified(stem, True)}\n\n{picture.text}", True) if picture.markup else stem


def _general(node: Node, texts: Texts, item: Item) -> None:
    item.remark("", texts.rich(child(node, "generalfeedback")))
    for name in _COMBINED:
        said = texts.rich(child(node, name))
        if not is_boilerplate(said.text):
            item.remark("", said)


def _explained(item: Item, markup: bool) -> tuple[str | None, str | None]:
    """The remarks, a line each, and the citation that may end the first."""
    lines = []
    citation = None
    for place, (label, text) in enumerate(item.remarks):
        if label:
            lines.append(_labelled(label, text, markup))
            continue
        said = unified(text, markup)
        if not place:
            said, citation = _cited(said, markup)
        if said:
            lines.append(said)
    return "\n".join(lines) or None, citation


def _labelled(label: str, text: Marked, markup: bool) -> str:
    if not text.markup:
        return unified(Marked(f"{label}: {' '.join(text.text.split())}", False), markup)
    between = ":\n\n" if "\n" in text.text else ": "
    return unified(Marked(label, False), markup) + between + text.text


def _cited(said: str, markup: bool) -> tuple[str, str | None]:
    """A remark without its last lines, and what they say after "Căn cứ:"."""
    found = list(_CITATION.finditer(said))
    if not found:
        return said, None
    cut = found[-1]
    citation = said[cut.end():].strip()
    if markup and "\n" not in cut[0]:  # it stood inside a line
        first, *rest = citation.split("\n", 1)
        citation = "\n".join([hide_line_starts(first), *rest])
    return said[:cut.start()].strip(), citation


def _points(node: Node, item: Item, texts: Texts) -> int | None:
    words = child_text(node, "defaultgrade")
    if not words:
        return item.points or DEFAULT_POINTS
    plain = words.replace(",", ".")
    points = points_of(_ZEROS.sub("", plain) if "." in plain else plain)
    if not points:
        texts.warn("points_unreadable", value=words[:40])
    return points or None


def _level(tags: tuple[str, ...]) -> tuple[str | None, tuple[str, ...]]:
    """The level that a tag names ("Mức độ: NB", "VDC", "vận dụng cao"), and the other tags."""
    for place, tag in enumerate(tags):
        found = _LEVEL.fullmatch(tag)
        if found:
            words = found["level"].strip()
            return level_of(words) or words, tags[:place] + tags[place + 1:]
    for place, tag in enumerate(tags):
        if tag in _LEVELS or squeeze(tag) in _LEVEL_WORDS:
            return level_of(tag), tags[:place] + tags[place + 1:]
    return None, tags
