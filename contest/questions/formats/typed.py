"""Questions as people type them, in Word or as plain text → drafts. Pure.

The lines tell the questions, their options and what stands below them; the whole document tells how
its right options are marked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from contest.questions.formats.docx_exact import exact_draft
from contest.questions.formats.drafts import MAX_ROWS, Draft, Problem, Reading, SkippedRow, UnreadableFile
from contest.questions.formats.key_rows import (
    KeyEntry,
    KeyTable,
    entries_of_lines,
    entries_of_table,
    is_key_heading,
    pairs,
)
from contest.questions.formats.lines import Document, Line, Table, plain_line, text_of
from contest.questions.formats.markup import pictures_in
from contest.questions.formats.repeats import Repeats
from contest.questions.formats.text_lines import text_document
from contest.questions.formats.typed_apply import with_keys
from contest.questions.formats.typed_drafts import Typed, draft_of, typed
from contest.questions.formats.typed_fields import CHOSEN, fields_of
from contest.questions.formats.typed_keys import style_of
from contest.questions.formats.typed_options import find_options
from contest.questions.formats.typed_signs import field_at, question_number
from contest.questions.formats.typed_split import Raw, Split, gaps, split
from contest.questions.formats.typed_tables import table_lines

_EXAM_CODE = re.compile(r"mã\s*đề(?:\s*thi)?\s*(?:số)?\s*:?\s*(\d{2,5})", re.IGNORECASE)
_SEVERAL_SHARE = 10  # per cent of the questions with two marked options: then it is meant


def read_text(data: bytes, keys: KeyTable | None = None) -> Reading:
    """The questions of a plain text, in Unicode or an old Vietnamese encoding. Raises UnreadableFile."""
    return reading_of(text_document(data), "text", keys)


def looks_like_questions(text: str) -> bool:
    """True for a text with questions typed as in Word, rather than a table or another format."""
    lines = [plain_line(at, line) for at, line in enumerate(text[:60_000].split("\n"), 1)]
    found = [question for question in _questions(split(lines).questions) if question.options.options]
    if any(question.raw.number is not None or question.options.style != "loose" for question in found):
        return True
    starred = sum(line.lstrip().startswith("*") for line in text[:60_000].split("\n"))
    return 0 < len(found) <= 2 * starred  # as AZtest has it: no number, no letter, a star at what is right


def reading_of(document: Document, name: str, keys: KeyTable | None) -> Reading:
    """The questions of a document's lines; `name` is that of the format, `keys` the answers of a key file."""
    lines, entries = _flattened(document)
    found = entries_of_lines(lines)
    rest = [line for at, line in enumerate(lines) if at not in found.taken]
    cut = split(rest)
    if len(cut.questions) > MAX_ROWS:
        raise UnreadableFile("too_many_rows", {"limit": MAX_ROWS})
    questions = list(_questions(raw for raw in cut.questions if not raw.exact))
    entries = (*entries, *found.entries, *_closing_keys(questions))
    made = iter(_drafts(questions))
    read = [exact_draft(raw) if raw.exact else next(made) for raw in cut.questions]
    drafts, problems = _keyed(cut, read, KeyTable(entries), keys, lines)
    drafts = tuple(map(Repeats().told, drafts))
    if not drafts:
        raise UnreadableFile("no_rows")
    skipped = [*cut.skipped, *(SkippedRow(lines[at].number, "key_table") for at in found.taken)]
    shown = {picture for draft in drafts if draft.markup for text in _texts(draft) for picture in pictures_in(text)}
    return Reading(name, drafts, (*document.problems, *cut.problems, *problems),
                   skipped=tuple(sorted(skipped, key=lambda row: row.row)),
                   media=tuple(media for media in document.media if media.name in shown))


def _texts(draft: Draft) -> Iterator[str]:
    yield from (draft.stem, *draft.options, *draft.parts, draft.explanation or "", draft.citation or "")


def _flattened(document: Document) -> tuple[list[Line], tuple[KeyEntry, ...]]:
    """The document as lines, tables taken apart, and the answers of its key tables."""
    lines: list[Line] = []
    entries: list[KeyEntry] = []
    inside = False
    for block in document.blocks:
        if isinstance(block, Table):
            keys = entries_of_table(block) if inside or not lines else None
            heads = _headings_above(lines)
            if keys and (len(keys) > 2 or (heads < len(lines) and len(keys) > 1)):
                del lines[heads:]
                entries += keys
                continue
            made = table_lines(block, inside)
            lines += made
            inside = inside or any(line.role == "start" for line in made)
        else:
            lines.append(block)
            inside = inside or block.role == "question" or question_number(block.text[:300], block.list) is not None
    return lines, tuple(entries)


def _headings_above(lines: Sequence[Line]) -> int:
    """Where the headings "BẢNG ĐÁP ÁN" at the end of the lines begin; their number where there are none."""
    first = at = len(lines)
    while at > 0 and (lines[at - 1].blank or is_key_heading(lines[at - 1].text)):
        at -= 1
        first = at if not lines[at].blank else first
    return first


def _closing_keys(questions: Sequence[Typed]) -> tuple[KeyEntry, ...]:
    """The answers of all questions in a line "Đáp án: 1A, 2C …" below the last, which then has none of its own."""
    numbers = [question.raw.number for question in questions]
    if len(numbers) < 2 or any(question.fields.text("key") for question in questions[:-1]):
        return ()
    fields = questions[-1].fields
    found = pairs(fields.text("key"), fields.values["key"][0].number) if fields.text("key") else ()
    if not questions[-1].options.options or [entry.number for entry in found] != numbers:
        return ()
    del fields.values["key"]
    return found


def _questions(raws: Iterable[Raw]) -> Iterator[Typed]:
    for raw in raws:
        fields = fields_of(raw.lines)
        yield typed(raw, fields, find_options(fields.body))


def _drafts(questions: Sequence[Typed]) -> list[Draft]:
    with_options = [question for question in questions if question.options.options]
    lettered = [question for question in with_options if question.raw.section != "cluster" and question.is_choice
                and not (question.options.tentative and not question.looks)]
    style = style_of([(question.looks, len(question.options.options), question.told()) for question in lettered])
    several = sum(1 for question in lettered if _marked_several(question))
    for question in questions:
        question.several = several > 1 and several * 100 >= _SEVERAL_SHARE * len(lettered)
    return [draft_of(question, style) for question in questions]


def _marked_several(question: Typed) -> bool:
    starred = sum(option.starred for option in question.options.options)
    return 1 < starred < len(question.options.options)


def _keyed(cut: Split, drafts: Sequence[Draft], own: KeyTable, given: KeyTable | None,
           lines: Sequence[Line]) -> tuple[tuple[Draft, ...], tuple[Problem, ...]]:
    """The drafts with missing numbers named and the answers of the tables put in."""
    done = list(drafts)
    for at, before, number in gaps(cut.questions):
        jump = Problem("warning", "numbering_jump", done[at].place, None, {"before": before, "number": number})
        done[at] = replace(done[at], problems=(*done[at].problems, jump))
    numbers = [raw.number for raw in cut.questions]
    problems: tuple[Problem, ...] = ()
    explained, entries = _solutions(cut.solutions)
    own = KeyTable((*own.entries, *entries)) if not own.entries else own
    for table in (own, given):
        if table is not None and table.entries:
            keyed, more = with_keys(done, numbers, table, _exam_code(lines))
            done, problems = list(keyed), (*problems, *more)
    for at, raw in enumerate(cut.questions):
        text = explained.get(raw.number or 0)
        if text and not done[at].explanation:
            done[at] = replace(done[at], explanation=text)
    return tuple(done), problems


def _exam_code(lines: Sequence[Line]) -> str:
    for line in lines[:60]:
        found = _EXAM_CODE.search(line.text[:300])
        if found:
            return found[1]
    return ""


def _solutions(raws: Sequence[Raw]) -> tuple[dict[int, str], tuple[KeyEntry, ...]]:
    """The explanations below a document by number, and the answers that they name."""
    texts: dict[int, str] = {}
    entries = []
    for raw in raws:
        text = text_of(raw.lines, False)
        if raw.number is None or not text:
            continue
        found = CHOSEN.match(text[:300])
        if found:
            entries.append(KeyEntry(raw.number, found[1].upper(), raw.place))
            text = text[found.end():].strip()
        opened = field_at(text[:300])
        texts[raw.number] = text[opened[1]:].strip() if opened and opened[0] == "explanation" else text
    return texts, tuple(entries)
