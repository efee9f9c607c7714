"""What a printed paper, its answer sheet and its key hold, as plain data for the documents. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contest.questions.key_told import LETTERS, Told, small
from contest.questions.shown import Item
from contest.reports.printed_blocks import Block, blocks, runs_of, width

FOUR, TWO = 15, 33  # `width` of the longest option where four and two stand in a line
GAP_LEAST, GAP_MOST = 12, 30  # dots of a gap
ESSAY_LINES = 12
WHOLE_MOST = 2_400  # letters of a question that is kept on one page
CHARS_OF_KEYS = 104  # of all columns of a key table together


@dataclass(frozen=True)
class Variant:
    """One paper: its code (mã đề) and its questions, with what is right in each by slot."""

    code: str
    items: tuple[Item, ...]
    answers: Mapping[int, Told]


def question(item: Item) -> dict[str, Any]:
    """One question for the page: number, type, stem, options or parts, `columns` of the options, `whole`, `cost`."""
    gaps = len(item.parts) if item.type == "gaps" else 0
    stem = blocks(item.stem, markup=item.markup, gaps=gaps)
    texts: list[list[Block]] = [blocks(option.text, markup=item.markup) for option in item.options]
    options = [{"k": letter, "text": text} for letter, text in zip(LETTERS, texts, strict=False)]
    parts = [{"k": letter, "n": number, "text": blocks(part.text, markup=item.markup),
              "options": [blocks(option.text, markup=item.markup) for option in part.options]}
             for number, (letter, part) in enumerate(small(item.parts), 1)]
    letters = len(item.stem) + sum(len(option.text) for option in item.options) + sum(
        len(part.text) for part in item.parts)
    whole = letters <= WHOLE_MOST and item.type != "essay"
    return {"n": item.slot, "type": item.type, "stem": stem, "options": [] if item.type == "ordering" else options,
            "parts": parts, "columns": columns(texts), "lines": ESSAY_LINES if item.type == "essay" else 0,
            "whole": whole, "cost": item.cost}


def columns(options: Sequence[Sequence[Block]]) -> int:
    """How many options stand in a line: 4, 2 or 1, by the longest of them."""
    widths = [width(option) for option in options]
    if any(letters is None for letters in widths):
        return 1
    longest = max((letters or 0 for letters in widths), default=0)
    return 4 if longest <= FOUR else 2 if longest <= TWO else 1


def all_blocks(asked: Mapping[str, Any]) -> Iterator[list[Block]]:
    """Every text of a `question`."""
    yield asked["stem"]
    yield from (option["text"] for option in asked["options"])
    for part in asked["parts"]:
        yield part["text"]
        yield from part["options"]


def pictures(questions: Sequence[Mapping[str, Any]]) -> set[str]:
    """The names of the pictures that these show."""
    return {run["name"] for asked in questions for text in all_blocks(asked) for run in runs_of(text)
            if run["t"] == "picture"}


def undrawn(questions: Sequence[Mapping[str, Any]]) -> list[str]:
    """The formulas that stand on these pages as their source, each once."""
    return list(dict.fromkeys(run["s"] for asked in questions for text in all_blocks(asked) for run in runs_of(text)
                              if run["t"] == "source"))


def sheet(variants: Sequence[Variant]) -> dict[str, Any]:
    """The answer sheet of all variants: `bubbles` (number, letters), `boxes` (numbers written into), `essays`
    (their numbers; where variants have them at different ones, as many dotted ones as a variant has at most).

    A number under which variants have questions of several kinds has a place for each.
    """
    slots: dict[int, list[Item]] = {}
    for variant in variants:
        for item in variant.items:
            slots.setdefault(item.slot, []).append(item)
    bubbles, boxes = [], []
    for number, items in sorted(slots.items()):
        most = max((len(item.options) for item in items if item.shape in ("one", "many")), default=0)
        if most:
            bubbles.append({"n": number, "k": list(LETTERS[:max(most, 4)])})
        if any(item.shape in ("pairs", "text") for item in items):
            boxes.append(number)
    written = {tuple(str(item.slot) for item in variant.items if item.shape == "essay") for variant in variants}
    most_written = max(map(len, written), default=0)
    essays = next(iter(written)) if len(written) == 1 else ("......",) * most_written
    return {"bubbles": bubbles, "boxes": boxes, "essays": list(essays)}


def keys(variants: Sequence[Variant], by_hand: str) -> dict[str, Any]:
    """The key table: `codes` across, `rows` (number, answers) down; what is too long for a cell is a number
    in brackets that `notes` explains. `by_hand` stands where a person marks.
    """
    most = max(6, CHARS_OF_KEYS // max(1, len(variants)) - 4)
    notes: dict[str, int] = {}
    rows = []
    for number, answers in whole_keys(variants, by_hand):
        cells = [answer if len(answer) <= most else f"[{notes.setdefault(answer, len(notes) + 1)}]"
                 for answer in answers]
        rows.append({"n": number, "cells": cells})
    return {"codes": [variant.code for variant in variants], "rows": rows,
            "notes": [{"n": number, "s": text} for text, number in notes.items()]}


def whole_keys(variants: Sequence[Variant], by_hand: str) -> list[tuple[int, list[str]]]:
    """Question number → the answer in each variant, whatever its length; "" where a variant has no such question."""
    most = max((len(variant.items) for variant in variants), default=0)
    return [(number, [variant.answers[number].short or by_hand if number in variant.answers else ""
                      for variant in variants]) for number in range(1, most + 1)]
