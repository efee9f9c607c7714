"""The rows of an import that could not be used, as a workbook to mend: each with its reason and what names it."""

import io
from collections.abc import Iterable, Mapping, Sequence

from flask_babel import gettext

from contest.questions.formats.drafts import LETTERS, Draft, Reading, UnreadableFile, column_index
from contest.questions.formats.gate import read_cells
from contest.questions.formats.one_row import FIELDS, cells_to_mend
from contest.questions.formats.row_ids import ID_HEADER, OWN_HEADERS, REASON_HEADER, SOURCE_HEADER
from contest.questions.formats.template import HEADER_OF
from contest.questions.formats.whole import Wish
from contest.questions.import_edits import Edits
from contest.questions.review_rows import sentence
from contest.questions.uploads import Files
from contest.spreadsheets import SAFE

_TEMPLATE = tuple(HEADER_OF)
REASON_WIDTH = 60
MAX_WIDTH = 40


def rejected(reading: Reading, keys: Mapping[int, str], edits: Edits, files: Files, wish: Wish) -> bytes:
    """An .xlsx of the rows named by `keys` (place → key), in the file's own columns where it has any.

    Behind them stand the reason and, hidden, the key. Other formats come in the template's columns.
    Reads the file once more in a child process.
    """
    drafts = {place: reading.drafts[place] for place in keys}
    own = _own_rows(reading, drafts, edits, files, wish)
    if own is not None:
        header, rows = own
    else:
        header = (*HEADER_OF.values(), SOURCE_HEADER)
        rows = {place: _template_row(number, draft) for number, (place, draft) in enumerate(drafts.items(), start=1)}
    reasons = {place: " ".join(sentence(one, reading.columns) for one in draft.problems if one.severity == "error")
               for place, draft in drafts.items()}
    return _workbook((*header, REASON_HEADER, ID_HEADER),
                     ((*rows[place], reasons[place], keys[place]) for place in drafts))


def _own_rows(reading: Reading, drafts: Mapping[int, Draft], edits: Edits, files: Files,
              wish: Wish) -> tuple[tuple[str, ...], dict[int, list[str]]] | None:
    """The file's header and cells; None where they can't say all: no header, no column of keys, rows of other files."""
    if not files or not reading.header_row or not {"stem", "key"} <= reading.letters.keys():
        return None
    try:
        cells = read_cells(files, wish, [draft.place for draft in drafts.values()])
    except UnreadableFile:
        return None
    if any(draft.place not in cells for draft in drafts.values()):
        return None
    width = max([column_index(letter) + 1 for letter, header in reading.headers.items() if header not in OWN_HEADERS],
                default=0)
    header = [""] * width
    for letter, text in reading.headers.items():
        if text not in OWN_HEADERS:
            header[column_index(letter)] = text
    rows = {place: [*cells[draft.place], *[""] * width][:width] for place, draft in drafts.items()}
    for place in drafts.keys() & edits.drafts.keys():
        _overlay(rows[place], drafts[place], reading.letters)
    return tuple(header), rows


def _overlay(row: list[str], draft: Draft, letters: Mapping[str, str]) -> None:
    """Write what somebody has mended already into the file's own columns."""
    cells = cells_to_mend(draft) or {}
    lines = [f"{letter}. {text}" for letter in LETTERS if (text := cells.get(f"option_{letter.lower()}"))]
    said = cells | {"options": "\n".join(lines)}
    for field, letter in letters.items():
        if field in said and (field in FIELDS or field == "options") and column_index(letter) < len(row):
            row[column_index(letter)] = said[field]


def _template_row(number: int, draft: Draft) -> list[str]:
    cells = cells_to_mend(draft) or {"stem": draft.stem, "code": draft.code or "", **{
        f"option_{letter.lower()}": text for letter, text in zip(LETTERS, draft.options, strict=False)}}
    return [str(number) if field == "number" else cells.get(field, "") for field in _TEMPLATE] + [str(draft.row)]


def _workbook(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Strings only: nothing in a cell is ever a formula or a link. The last column is hidden, the one before wide."""
    import xlsxwriter

    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, SAFE | {"in_memory": True})
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#DCE6F1"})
    text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    page = book.add_worksheet(gettext("Dòng lỗi")[:31])
    page.freeze_panes(1, 0)
    widths = [len(word) for word in header]
    for column, word in enumerate(header):
        page.write_string(0, column, word, bold)
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if value:
                page.write_string(number, column, value, text)
                widths[column] = max(widths[column], min(len(value), MAX_WIDTH))
    for column, width in enumerate(widths[:-1]):
        page.set_column(column, column, width + 3, text)
    page.set_column(len(header) - 2, len(header) - 2, REASON_WIDTH, text)
    page.set_column(len(header) - 1, len(header) - 1, None, text, {"hidden": True})
    book.close()
    return target.getvalue()
