"""Numbers as people write them, and the intervals that a key accepts. Decimal, never float."""

import re
from decimal import Context, Decimal

DIGITS_MOST = 30
EXPONENT_MOST = 30
# A sum of two such numbers has fewer digits than this: nothing is ever rounded.
_EXACT = Context(prec=200)
_HUNDREDTH = Decimal("0.01")
_LOOK_ALIKES: dict[str, str] = {
    **dict.fromkeys("−–‒﹣－", "-"), "＋": "+", "％": "%", "．": ".", "，": ",",
    **dict.fromkeys("\xa0\u2007\u2009\u202f\u3000\t\n", " "),
    **{chr(code): chr(code - 0xFEE0) for code in range(0xFF10, 0xFF1A)}}
_SIGNS = str.maketrans(_LOOK_ALIKES)
_WRITTEN = re.compile(r"([+-]?) ?([0-9][0-9., ]*|[.,][0-9]+)(?:[eE]([+-]?[0-9]{1,2}))? ?(%?)")
_PLAIN = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?")
_GROUPS = {sign: re.compile(rf"[0-9]{{1,3}}(?:{re.escape(sign)}[0-9]{{3}})+") for sign in "., "}


def readings(text: str) -> tuple[Decimal, ...]:
    """What a written number may mean: none where it is no number, else one value or more.

    "1.234,5", "1,234.5", "1 234,5" and "1234,5" are one number. A single dot or comma before exactly
    three digits is read both ways: "1.234" is 1234 and 1.234 ("0,123" is only 0.123). "12 %" is 12
    and 0.12. A unit, a fraction or more than 30 digits is no number.
    """
    found = _WRITTEN.fullmatch(text.translate(_SIGNS).strip(" "))
    if not found:
        return ()
    sign, digits, exponent, percent = found.groups()
    if sum(map(str.isdigit, digits)) > DIGITS_MOST or abs(int(exponent or 0)) > EXPONENT_MOST:
        return ()
    values = tuple(Decimal(f"{sign}{plain}E{exponent or 0}") for plain in _plain(digits.strip(" ")))
    return (*values, *(_EXACT.multiply(value, _HUNDREDTH) for value in values)) if percent else values


def parse(text: str) -> Decimal | None:
    """The number that a text means; None where it is none or may be read in two ways."""
    found = set(readings(text))
    return found.pop() if len(found) == 1 else None


def interval(text: str) -> tuple[Decimal, Decimal]:
    """The lowest and the highest number that a key accepts, both inclusive.

    Written "23.53", "23.53±0.01" or "1.5..2.5", with a dot before the decimals and no groups. Raises
    ValueError for anything else, a reversed interval included.
    """
    low, dots, high = text.partition("..")
    if dots:
        ends = _number(low), _number(high)
    else:
        middle, sign, width = text.partition("±")
        value, tolerance = _number(middle), _number(width) if sign else Decimal(0)
        if tolerance < 0:
            raise ValueError(f"a tolerance below 0: {text}")
        ends = _EXACT.subtract(value, tolerance), _EXACT.add(value, tolerance)
    if ends[0] > ends[1]:
        raise ValueError(f"a reversed interval: {text}")
    return ends


def accepts(accepted: str, given: str) -> bool:
    """True where a reading of `given` lies within the interval `accepted`. Raises ValueError as `interval`."""
    low, high = interval(accepted)
    return any(low <= value <= high for value in readings(given))


def _number(text: str) -> Decimal:
    text = text.strip()
    if not _PLAIN.fullmatch(text) or sum(map(str.isdigit, text)) > DIGITS_MOST:
        raise ValueError(f"not a number: {text[:40]}")
    value = Decimal(text)
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or abs(exponent) > DIGITS_MOST + EXPONENT_MOST:
        raise ValueError(f"too large or too small: {text[:40]}")
    return value


def _plain(digits: str) -> tuple[str, ...]:
    """The digits with at most one dot, before the decimals; two where a sign may mean either."""
    digits = digits.rstrip(".,") if digits[-1] in ".," and digits[:-1].isdigit() else digits
    whole, decimals = digits, ""
    signs = [sign for sign in digits if sign in ".,"]
    if signs and (signs.count(signs[-1]) == 1):
        whole, _sign, decimals = digits.rpartition(signs[-1])
        if not decimals.isdigit():
            return ()
    if whole and not whole.isdigit() and not any(group.fullmatch(whole) for group in _GROUPS.values()):
        return ()
    plain = re.sub("[., ]", "", whole)
    if len(signs) == 1 and whole.isdigit() and whole[0] != "0" and len(whole) <= 3 and len(decimals) == 3:
        return (f"{plain}.{decimals}", plain + decimals)
    return (f"{plain or 0}.{decimals}" if decimals else plain,)
