"""One row of a reader's values → repaired text, with what had to be done to it. Pure."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from contest.questions.formats.cell_looks import Looks
from contest.questions.formats.drafts import (
    MAX_CELL_CHARS,
    MAX_TEXT_CHARS,
    NO_PARAMS,
    Params,
    Problem,
    UnreadableFile,
    column_letter,
    place_of,
)
from contest.questions.formats.legacy_fonts import Encoding, convert, detect
from contest.questions.formats.text import OLD_SIGNS, SUSPECT, repair

Note = tuple[str, int, Params]  # code, 0-based column, parameters
EXACT_FLOAT = 1e15

_UNCLEAN = re.compile(f"{SUSPECT.pattern}|{OLD_SIGNS.pattern}")
_UNICODE_ONLY = re.compile("[ăđĩơưĂĐĨƠƯẠ-ỹ]")
_DAY_FIRST = re.compile(r"d{1,2}[/.-]m{1,2}")
_MONTH_FIRST = re.compile(r"m{1,2}[/.-]d{1,2}")
_SPOKEN = re.compile(r"d{1,2}[ /.-]*m{3,4}")


class Row(NamedTuple):
    """One row that holds something: its 1-based number and its cells from column A on."""

    number: int
    cells: tuple[str, ...]


class Collector:
    """Turns a reader's values into rows of repaired text, counting what it had to do."""

    def __init__(self, sheet: str, width: int, looks: Looks | None = None, part: str = "",
                 vague: bool = False) -> None:
        self.sheet, self.width = sheet, width
        self.notes: dict[int, list[Note]] = {}
        self._looks, self._part = looks, part
        self._vague = vague  # whether a percentage can't be told from a number
        self._special = looks is not None and looks.matter
        self._repaired: Counter[str] = Counter()
        self._first: dict[str, str] = {}
        self._chars = 0

    def row(self, number: int, values: Sequence[Any], offset: int = 0) -> Row | None:
        """One row whose first value stands in column `offset`; None for an empty one."""
        strings = [value for value in values if value.__class__ is str]
        whole = "\t".join(strings)
        self._chars += len(whole)
        if self._chars > MAX_TEXT_CHARS:
            raise UnreadableFile("too_much_text", {"limit": MAX_TEXT_CHARS})
        clean = len(whole) <= MAX_CELL_CHARS and not self._special and _is_clean(whole)
        if clean and len(strings) == len(values):
            cells = [value.strip() for value in values]
        elif clean:
            cells = [value.strip() if value.__class__ is str else self._plain(value, number, column)
                     for column, value in enumerate(values, start=offset)]
        else:
            encoding = _old_encoding(whole)
            cells = [self.text(value, number, column, encoding)
                     for column, value in enumerate(values, start=offset)]
        if not any(cells):
            return None
        if offset:
            cells[:0] = [""] * offset
        if len(cells) < self.width:
            cells.extend([""] * (self.width - len(cells)))
        return Row(number, tuple(cells))

    def text(self, value: object, row: int, column: int, encoding: Encoding | None = None) -> str:
        """One value as text."""
        if not isinstance(value, str):
            return self._plain(value, row, column)
        if not value:
            return ""
        if self._special and self._looks is not None and not value.isascii():
            look = self._looks.look(self._part, row, column)
            encoding = look.encoding if look and look.encoding else encoding
        if encoding and not value.isascii() and not _UNICODE_ONLY.search(value):
            became = convert(value, encoding)
            if became != value:
                value = became
                self.note("font_converted", row, column, {"encoding": encoding.partition("-")[0].upper()})
        text, kinds = repair(value)
        if len(text) > MAX_CELL_CHARS:
            cell = f"{column_letter(column)}{row}"
            raise UnreadableFile("cell_too_long", {
                "sheet": self.sheet, "cell": cell, "chars": len(text), "limit": MAX_CELL_CHARS})
        for kind in kinds:
            self._repaired[kind] += 1
            self._first.setdefault(kind, place_of(self.sheet, row))
        return text

    def note(self, code: str, row: int, column: int, params: Params = NO_PARAMS) -> None:
        """Keep a finding of one cell."""
        self.notes.setdefault(row, []).append((code, column, params))

    def problems(self) -> tuple[Problem, ...]:
        """The repairs so far, one problem a kind."""
        return tuple(
            Problem("warning", "text_repaired", self._first[kind], None, {"kind": kind, "cells": count})
            for kind, count in sorted(self._repaired.items()))

    def _plain(self, value: object, row: int, column: int) -> str:
        if isinstance(value, bool):
            self.note("cell_boolean", row, column)
            return "TRUE" if value else "FALSE"
        if isinstance(value, int | float):
            return self._number(value, row, column)
        if isinstance(value, datetime.datetime | datetime.date):
            text = self._date(value, row, column)
            self.note("cell_date", row, column, {"value": text})
            return text
        if isinstance(value, datetime.time | datetime.timedelta):
            self.note("cell_date", row, column, {"value": str(value)})
        return str(value)

    def _number(self, value: float, row: int, column: int) -> str:
        code = self._format(row, column) if self._special else ""
        if "%" in code:
            return f"{_digits(Decimal(repr(value)) * 100)}%"
        text = str(int(value)) if float(value).is_integer() and abs(value) < EXACT_FLOAT else (
            _digits(Decimal(repr(value))))
        if self._vague and 0 < value < 1:
            self.note("cell_fraction", row, column, {"value": text})
        return text.zfill(len(code)) if code and not code.strip("0") else text

    def _date(self, value: datetime.date, row: int, column: int) -> str:
        """A date as it was most likely typed: "1/2" where the cell shows no year, else day/month/year."""
        code = self._format(row, column)
        if code and "y" not in code and "h" not in code:
            if _SPOKEN.match(code):  # Excel made it so of a typed 1/2: a fraction sooner than a date
                return f"{min(value.day, value.month)}/{max(value.day, value.month)}"
            if _DAY_FIRST.fullmatch(code):
                return f"{value.day}/{value.month}"
            if _MONTH_FIRST.fullmatch(code):
                return f"{value.month}/{value.day}"
        midnight = not isinstance(value, datetime.datetime) or value.time() == datetime.time()
        return value.strftime("%d/%m/%Y" if midnight else "%d/%m/%Y %H:%M")

    def _format(self, row: int, column: int) -> str:
        look = self._looks.look(self._part, row, column) if self._looks else None
        return look.number_format if look else ""


def _digits(value: Decimal) -> str:
    """The number in full, without a power of ten and without zeros at its end."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _is_clean(text: str) -> bool:
    """True where nothing in a row's texts is to be repaired or converted."""
    if _UNCLEAN.search(text) or " \n" in text or "\t\n" in text:
        return False
    return text.isascii() or unicodedata.is_normalized("NFC", text)


def _old_encoding(text: str) -> Encoding | None:
    """The encoding of before Unicode in which a row was typed, None for Unicode."""
    return detect(text.replace("\t", " ")) if not text.isascii() else None
