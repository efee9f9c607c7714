"""The numbers of answer keys: "23,53:0,01", "1..5" → "23.53±0.01", "1..5". Pure."""

from __future__ import annotations

import re
from decimal import Decimal

MAX_DIGITS = 30

_SPACES = str.maketrans({"\xa0": " ", "\u202f": " ", "\u2009": " ", "−": "-", "–": "-"})
_SCIENTIFIC = re.compile(r"([+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30}))[eE]([+-]?\d{1,2})", re.ASCII)
_PLAIN = re.compile(r"[+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})", re.ASCII)
_GROUPED = re.compile(r"([+-]?)(\d{1,3}(?:([., ])\d{3})(?:\3\d{3}){0,8})(?:([.,])(\d{1,30}))?", re.ASCII)
_COMMA = re.compile(r"([+-]?\d{0,30}),(\d{1,30})", re.ASCII)


class NumberUnreadable(ValueError):
    """No number, or one that can be read in two ways: format_error, number_ambiguous."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def number(text: str) -> str:
    """Return digits with a decimal point: "−1 234,5" is "-1234.5", "3.50" stays.

    A comma is a decimal comma; "1,234" could be either and is refused, as "0,234" is not; "1.234"
    is a decimal, as the format has it. Raises NumberUnreadable.
    """
    words = text.translate(_SPACES).strip()
    if scientific := _SCIENTIFIC.fullmatch(words):
        value = Decimal(scientific[1]).scaleb(int(scientific[2]))
        words = format(value, "f")
    elif not _PLAIN.fullmatch(words):
        words = _localised(words)
    sign, digits = ("-", words[1:]) if words[0] == "-" else ("", words.removeprefix("+"))
    whole, _, part = digits.partition(".")
    whole = whole.lstrip("0") or "0"
    if len(whole) + len(part) > MAX_DIGITS:
        raise NumberUnreadable("format_error")
    return f"{sign}{whole}.{part}" if part else f"{sign}{whole}"


def _localised(words: str) -> str:
    if grouped := _GROUPED.fullmatch(words):
        sign, whole, separator, decimal, part = grouped.groups()
        groups = whole.split(separator)
        if decimal != separator:
            if separator == "," and len(groups) == 2 and decimal is None and groups[0] != "0":
                raise NumberUnreadable("number_ambiguous")
            if separator != "," or len(groups) > 2 or decimal is not None:
                return f"{sign}{''.join(groups)}" + (f".{part}" if part else "")
    if comma := _COMMA.fullmatch(words):
        return f"{comma[1] if comma[1].strip('+-') else comma[1] + '0'}.{comma[2]}"
    raise NumberUnreadable("format_error")


def accepted(text: str) -> str:
    """Return "23.53", "23.53±0.01" or "1.5..2.5" of GIFT's "23.53", "23.53:0.01" or "1.5..2.5".

    A tolerance of 0 is none. Raises NumberUnreadable, also for a range that ends before it begins
    and for a tolerance below 0.
    """
    low, dots, high = text.partition("..")
    if dots:
        first, last = number(low), number(high)
        if Decimal(first) > Decimal(last):
            raise NumberUnreadable("format_error")
        return f"{first}..{last}"
    middle, _, margin = text.replace("±", ":").partition(":")
    value = number(middle)
    if not margin.strip():
        return value
    tolerance = number(margin)
    if Decimal(tolerance) < 0:
        raise NumberUnreadable("format_error")
    return f"{value}±{tolerance}" if Decimal(tolerance) else value
