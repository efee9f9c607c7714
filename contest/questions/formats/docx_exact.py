"""A question of our own Word files → its draft: the styles tell its parts, nothing is guessed. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from contest.questions.formats import docx_labels as labels
from contest.questions.formats.checks import complete
from contest.questions.formats.drafts import (
    DEFAULT_POINTS,
    FULL_CREDIT,
    TRUE_FALSE_OPTIONS,
    Accepted,
    Draft,
    Gap,
    GapKind,
    Problem,
    QuestionType,
    column_index,
)
from contest.questions.formats.lines import Line, exact_text, part
from contest.questions.formats.stars import literal
from contest.questions.formats.typed_split import Raw
from contest.questions.formats.words import level_of, points_of

_KIND_OF: dict[str, GapKind] = {"chữ": "text", "số": "number", "chọn": "choice"}
_RICH = frozenset({labels.EXPLANATION, labels.CITATION})
_CREDIT = re.compile(r"-?\d{1,3}(?:,\d{1,3})?")


@dataclass(slots=True)
class _Field:
    name: str
    lines: list[Line]
    number: int = 0
    kind: str = ""
    credit: int = FULL_CREDIT


@dataclass(slots=True)
class _Parts:
    stem: list[Line] = field(default_factory=list)
    options: list[list[Line]] = field(default_factory=list)
    parts: list[list[Line]] = field(default_factory=list)
    fields: list[_Field] = field(default_factory=list)


def exact_draft(raw: Raw) -> Draft:
    """The draft of a question whose lines have the writer's roles."""
    parts = _parts(raw.lines)
    markup = any(piece.markup for line in raw.lines for piece in line.pieces)
    kind = _kind(parts)

    def text(lines: Sequence[Line]) -> str:
        return exact_text(lines, markup)

    def value(name: str) -> str | None:
        rich = markup and name in _RICH
        return next((exact_text(each.lines, rich) for each in parts.fields if each.name == name), None) or None

    options = tuple(text(lines) for lines in parts.options)
    level = value(labels.LEVEL)
    place = str(raw.place)
    problems = tuple(Problem(note.severity, note.code, place, None, note.params) for note in raw.notes)
    points = value(labels.POINTS)
    settings = (exact_text(each.lines, False).split(": ", 1) for each in parts.fields if each.name == labels.SETTING)
    return complete(Draft(
        place, raw.place, value(labels.CODE), kind, text(parts.stem),
        TRUE_FALSE_OPTIONS if kind == "cluster" else options, _key(kind, parts), value(labels.TOPIC),
        (level_of(level) or level) if level else None, value(labels.EXPLANATION), value(labels.CITATION),
        DEFAULT_POINTS if points is None else points_of(points), problems,
        parts=tuple(text(lines) for lines in parts.parts), gaps=_gaps(kind, parts, markup),
        credits=tuple(map(labels.credit_of, _CREDIT.findall(value(labels.CREDITS) or ""))),
        pinned=_letters(value(labels.PINNED) or ""), markup=markup,
        settings={pair[0]: pair[1] for pair in settings if len(pair) == 2},
        tags=tuple(exact_text(each.lines, False) for each in parts.fields if each.name == labels.TAG)))


def _parts(lines: Sequence[Line]) -> _Parts:
    found = _Parts()
    current = found.stem
    for at, line in enumerate(lines):
        if not at or line.role not in ("option", "part", "field"):
            current.append(line)
            continue
        if line.role == "field":
            label = labels.LABEL.match(line.text)
            current = [part(line, label.end() if label else 0)]
            name = label["name"] if label else labels.EXPLANATION
            made = _Field(name, current)
            if label and label["number"]:
                made.number, made.kind = int(label["number"]), label["kind"]
            if label and label["credit"]:
                made.credit = labels.credit_of(label["credit"])
            found.fields.append(made)
            continue
        marker = labels.MARKER.match(line.text)
        current = [part(line, marker.end() if marker else 0)]
        (found.options if line.role == "option" else found.parts).append(current)
    return found


def _kind(parts: _Parts) -> QuestionType:
    """The type that is named, else the one that the parts allow."""
    words = next((each.lines[0].text for each in parts.fields if each.name == labels.TYPE), "")
    kind = labels.TYPE_OF.get(words.strip())
    if kind:
        return kind
    key = _letters(_key_words(parts))
    return "multiple" if len(key) > 1 else "single"


def _key_words(parts: _Parts) -> str:
    return next((each.lines[0].text for each in parts.fields if each.name == labels.KEY), "")


def _letters(words: str) -> tuple[int, ...]:
    return tuple(sorted({column_index(letters) for letters in re.findall(r"[A-Z]{1,2}", words)}))


def _key(kind: QuestionType, parts: _Parts) -> tuple[int, ...]:
    if kind == "ordering":
        return tuple(range(len(parts.options)))
    if kind in ("cluster", "matching"):
        words = {"Đúng": 0, "Sai": 1}
        pairs = {match["part"]: words.get(match["option"], -1) if match["option"] in words
                 else column_index(match["option"]) for match in labels.EACH.finditer(_key_words(parts))}
        return tuple(pairs[letter] for letter in map(part_letter, range(len(parts.parts))) if letter in pairs)
    return _letters(_key_words(parts)) if kind in ("single", "multiple", "true_false") else ()


def part_letter(at: int) -> str:
    """The letter of a statement or prompt: 0 → a, 26 → aa."""
    return chr(97 + at) if at < 26 else chr(96 + at // 26) + chr(97 + at % 26)


def _gaps(kind: QuestionType, parts: _Parts, markup: bool) -> tuple[Gap, ...]:
    if kind in ("short_text", "number"):
        answers = tuple(Accepted(_typed(kind, each.lines), each.credit)
                        for each in parts.fields if each.name == labels.KEY)
        return (Gap("text" if kind == "short_text" else "number", answers),) if answers else ()
    if kind != "gaps":
        return ()
    made: dict[int, tuple[GapKind, list[Accepted]]] = {}
    for each in parts.fields:
        if each.name == labels.GAP and each.number:
            _kind_of, answers_of = made.setdefault(each.number, (_KIND_OF[each.kind], []))
            text = exact_text(each.lines, markup) if each.kind == "chọn" else _typed(each.kind, each.lines)
            answers_of.append(Accepted(text, each.credit))
    return tuple(Gap(form, tuple(answers)) for _number, (form, answers) in sorted(made.items()))


def _typed(kind: str, lines: Sequence[Line]) -> str:
    """What people are to type: plain, its stars stars."""
    text = exact_text(lines, False)
    return text if kind in ("number", "số") else literal(text)
