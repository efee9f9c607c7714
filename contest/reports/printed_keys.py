"""The keys of printed papers as a workbook."""

import io
from collections.abc import Mapping, Sequence
from datetime import datetime

from contest.clock import LOCAL
from contest.reports.printed_layout import Variant, whole_keys
from contest.spreadsheets import SAFE


def workbook(variants: Sequence[Variant], words: Mapping[str, str], at: datetime) -> bytes:
    """Questions down, codes across, every answer whole, as text; the same bytes for the same values."""
    import xlsxwriter

    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, SAFE | {"in_memory": True})
    book.set_properties({"created": at.astimezone(LOCAL).replace(tzinfo=None)})
    page = book.add_worksheet(words["keys"].title()[:31])
    bold = book.add_format({"bold": True, "bottom": 1, "font_name": "Times New Roman", "font_size": 13})
    text = book.add_format({"num_format": "@", "font_name": "Times New Roman", "font_size": 13})
    rows = [(words["question"], [variant.code for variant in variants]),
            *((str(number), cells) for number, cells in whole_keys(variants, words["by-hand"]))]
    for line, (first, cells) in enumerate(rows):
        for column, value in enumerate((first, *cells)):
            page.write_string(line, column, value[:32_767], text if line else bold)
    page.freeze_panes(1, 1)
    book.close()
    return made.getvalue()
