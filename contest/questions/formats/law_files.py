"""A document's file → its outline. Pure."""

from __future__ import annotations

from contest.questions.formats.law_lines import items_of
from contest.questions.formats.outline import Outline
from contest.questions.formats.outline_reader import read_lines


def read_law(data: bytes) -> Outline:
    """The sections of a plan, a decision or a law in .docx or plain text. Raises UnreadableFile."""
    items, problems = items_of(data)
    return read_lines(items, problems)
