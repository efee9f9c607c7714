"""A reading as JSON and back: what the child process hands over. Pure."""

from __future__ import annotations

import json
from typing import Any

from contest.questions.formats.drafts import (
    NO_PARAMS,
    Draft,
    Problem,
    Reading,
    SkippedRow,
    SourceRow,
    UnreadableFile,
)


def dump_reading(reading: Reading) -> bytes:
    """Return one JSON object in UTF-8."""
    document = {
        "format": reading.format,
        "drafts": [_draft(draft) for draft in reading.drafts],
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
    }
    return _encode(document)


def dump_refusal(refusal: UnreadableFile) -> bytes:
    """Return one JSON object in UTF-8 that `load` turns into the exception again."""
    return _encode({"refusal": refusal.code, "params": refusal.params})


def load(data: bytes) -> Reading:
    """Return the reading; raise the UnreadableFile that was handed over instead."""
    document: dict[str, Any] = json.loads(data)
    if "refusal" in document:
        raise UnreadableFile(document["refusal"], document["params"])
    return Reading(
        document["format"],
        tuple(_load_draft(values) for values in document["drafts"]),
        tuple(_load_problem(values) for values in document["problems"]),
        document["sheet"],
        document["header_row"],
        document["columns"],
        document["letters"],
        document["headers"],
        tuple(SkippedRow(*values) for values in document["skipped"]),
        tuple(SourceRow(*values) for values in document["sources"]),
    )


def _encode(document: dict[str, Any]) -> bytes:
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), check_circular=False)
    return text.encode("utf-8", "replace")


def _draft(draft: Draft) -> list[Any]:
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
    ]


def _problem(problem: Problem) -> list[Any]:
    return [
        problem.severity,
        problem.code,
        problem.place,
        problem.column,
        dict(problem.params),
    ]


def _load_draft(values: list[Any]) -> Draft:
    values[5], values[6] = tuple(values[5]), tuple(values[6])
    values[12] = tuple(_load_problem(problem) for problem in values[12])
    return Draft(*values)


def _load_problem(values: list[Any]) -> Problem:
    severity, code, place, column, params = values
    return Problem(severity, code, place, column, params or NO_PARAMS)
