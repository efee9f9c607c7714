"""A list of who gets what for Word, as it goes with its decision."""

from collections.abc import Mapping
from typing import Any

from contest.reports.printed_docx import saved
from contest.reports.printed_official import body, captioned, page_numbers, signs
from contest.reports.printed_word_parts import centred, head, new, put


def docx(data: Mapping[str, Any]) -> bytes:
    """The document; `data` as `award_list_words.data` gives it. The same bytes for the same values."""
    document = new(data["title"])
    page_numbers(document)
    head(document, data)
    for text, size, bold in ((data["draft"], 13, True), (data["title"], 14, True), (data["about"], 13, True),
                             (data["of"], 13, True), (data["with"], 13, False)):
        if text:
            line = document.add_paragraph()
            line.alignment = centred()
            put(line, text, bold=bold, italic=not bold, size=size)
    document.add_paragraph()
    for section in data["sections"]:
        heading = document.add_paragraph()
        heading.paragraph_format.keep_with_next = True
        put(heading, section["heading"], bold=True)
        captioned(document, section["table"])
    body(document, data["sum"])
    if data["signs"]:
        signs(document, data["signs"])
    return saved(document)
