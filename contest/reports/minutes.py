"""The minutes of a round graded anew: what was put right, what that changed, who stood behind it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contest.reports import printed_pdf
from contest.reports.printed_docx import saved
from contest.reports.printed_official import body, captioned, page_numbers, signs
from contest.reports.printed_word_parts import borderless, centred, head, new, put
from contest.rounds.models import Round
from contest.scoring.policy import Policy
from contest.standings import previewing, recorded
from contest.standings.previewing import Change
from contest.standings.proposals import Line
from contest.standings.recorded import Corrected, Moves
from contest.standings.run_models import GradingRun


@dataclass(frozen=True)
class Facts:
    """What the minutes of one run tell. `first`: the first places of each audience that anybody is ranked in."""

    round: Round
    line: Line[GradingRun]
    corrected: list[Corrected]
    moves: Moves
    first: dict[str, list[Change]]
    rules: tuple[Policy, Policy] | None = None  # of scoring, before and after
    number: tuple[int, int] | None = None  # the true one of the prediction, before and after


def of(round_: Round, line: Line[GradingRun]) -> Facts:
    """The facts of a run whose preview was built."""
    first = {group: previewing.kept_first(line.run, group) for group in previewing.AUDIENCES}
    return Facts(round_, line, recorded.corrected(line.run), recorded.moves(line.run),
                 {group: rows for group, rows in first.items() if rows}, recorded.rules(line.run),
                 recorded.number(line.run))


def pdf(data: Mapping[str, Any]) -> bytes:
    """The minutes as `typst/minutes.typ` sets them; the same bytes for the same values."""
    return printed_pdf.pdf("minutes", data, {})


def docx(data: Mapping[str, Any]) -> bytes:
    """The same document for Word, to be signed or finished by hand."""
    document = new(data["title"])
    page_numbers(document)
    head(document, data)
    table = borderless(document, (8.2, 9.4))
    for cell, text, slanted in zip(table.rows[0].cells, (data["number"], data["place"]), (False, True), strict=True):
        cell.paragraphs[0].alignment = centred()
        put(cell.paragraphs[0], text, italic=slanted)
    for text, size in ((data["draft"], 13), (data["title"], 14), (data["about"], 13)):
        if text:
            line = document.add_paragraph()
            line.alignment = centred()
            put(line, text, bold=True, size=size)
    for text in data["basis"]:
        body(document, text, italic=True)
    for section in data["sections"]:
        heading = document.add_paragraph()
        heading.paragraph_format.keep_with_next = True
        put(heading, section["heading"], bold=True)
        for text in section["lines"]:
            body(document, text)
        for found in section["tables"]:
            captioned(document, found)
    signs(document, data["signs"])
    put(document.add_paragraph(), data["sent"], bold=True, italic=True, size=12)
    for text in data["receivers"]:
        put(document.add_paragraph(), text, size=11)
    return saved(document)
