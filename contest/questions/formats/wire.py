"""A reading as JSON and back: what the child process hands over. Pure."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from contest.questions.formats.drafts import (
    NO_PARAMS,
    Accepted,
    Draft,
    Gap,
    Media,
    Problem,
    Reading,
    SkippedRow,
    SourceRow,
    UnreadableFile,
)

DRAFTS_A_LINE = 200


def dump_reading(reading: Reading) -> bytes:
    """Return one JSON object in UTF-8."""
    document = {
        "format": reading.format,
        "drafts": [dump_draft(draft) for draft in reading.drafts],
        "problems": [_problem(problem) for problem in reading.problems],
        "sheet": reading.sheet,
        "header_row": reading.header_row,
        "columns": dict(reading.columns),
        "letters": dict(reading.letters),
        "headers": dict(reading.headers),
        "skipped": [[row.row, row.why] for row in reading.skipped],
        "sources": [
            [row.row, row.citation, row.document, row.section, row.section_title]
            for row in reading.sources
        ],
        "media": [[one.name, one.mime, one.width, one.height, b64encode(one.data).decode()] for one in reading.media],
    }
    return _encode(document)


def dump_stream(drafts: Iterable[Draft], rest: Callable[[], Reading]) -> Iterator[bytes]:
    """Yield the reading in pieces, so that nobody need hold it whole: some drafts a line, then `rest`."""
    some: list[list[Any]] = []
    for draft in drafts:
        some.append(dump_draft(draft))
        if len(some) == DRAFTS_A_LINE:
            yield _encode(some) + b"\n"
            some.clear()
    yield (_encode(some) + b"\n" if some else b"") + dump_reading(rest())


def dump_refusal(refusal: UnreadableFile) -> bytes:
    """Return one JSON object in UTF-8 that `load` turns into the exception again."""
    return _encode({"refusal": refusal.code, "params": refusal.params})


def load(data: bytes) -> Reading:
    """Return the reading of either dump; raise the UnreadableFile that was handed over instead, or at its end."""
    lines, _, last = data.rpartition(b"\n")
    document: dict[str, Any] = json.loads(last)
    if "refusal" in document:
        raise UnreadableFile(document["refusal"], document["params"])
    before = [load_draft(values) for line in lines.split(b"\n") if line for values in json.loads(line)]
    return load_document(document, before)


def load_document(document: Mapping[str, Any], before: Sequence[Draft] = ()) -> Reading:
    """Return the reading of a decoded dump, which stays as it is; the drafts `before` come first."""
    return Reading(
        document["format"],
        (*before, *(load_draft(values) for values in document["drafts"])),
        tuple(_load_problem(values) for values in document["problems"]),
        document["sheet"],
        document["header_row"],
        document["columns"],
        document["letters"],
        document["headers"],
        tuple(SkippedRow(*values) for values in document["skipped"]),
        tuple(SourceRow(*values) for values in document["sources"]),
        tuple(Media(name, mime, width, height, b64decode(data))
              for name, mime, width, height, data in document.get("media", ())),
    )


def _encode(document: dict[str, Any] | list[Any]) -> bytes:
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), check_circular=False)
    return text.encode("utf-8", "replace")


def dump_draft(draft: Draft) -> list[Any]:
    """Return one draft as plain JSON values."""
    return [
        draft.place,
        draft.row,
        draft.code,
        draft.type,
        draft.stem,
        draft.options,
        draft.key,
        draft.topic,
        draft.level,
        draft.explanation,
        draft.citation,
        draft.points,
        [_problem(problem) for problem in draft.problems],
        *_shape(draft),
    ]


def _shape(draft: Draft) -> list[Any]:
    """What the common types leave empty: left out at the end, so that a sheet of 50,000 stays small."""
    if not (draft.parts or draft.gaps or draft.credits or draft.pinned or draft.settings or draft.tags
            or draft.markup):
        return []
    gaps = [[gap.kind, [[answer.text, answer.credit] for answer in gap.answers]] for gap in draft.gaps]
    return [draft.parts, gaps, draft.credits, draft.pinned, dict(draft.settings), draft.tags, draft.markup]


def _problem(problem: Problem) -> list[Any]:
    return [
        problem.severity,
        problem.code,
        problem.place,
        problem.column,
        dict(problem.params),
    ]


def load_draft(values: Sequence[Any]) -> Draft:
    """Return the draft of `dump_draft`."""
    values = list(values)
    values[5], values[6] = tuple(values[5]), tuple(values[6])
    values[12] = tuple(_load_problem(problem) for problem in values[12])
    if len(values) > 13:
        values[13], values[15], values[16], values[18] = map(tuple, (values[13], values[15], values[16], values[18]))
        values[14] = tuple(Gap(kind, tuple(Accepted(*answer) for answer in answers)) for kind, answers in values[14])
    return Draft(*values)


def _load_problem(values: list[Any]) -> Problem:
    severity, code, place, column, params = values
    return Problem(severity, code, place, column, params or NO_PARAMS)
