"""The guess that settles ties: read as people write it, kept as a whole number. Pure.

Kinds are those of `rounds.models.PREDICTIONS`. People and papers are whole; a percentage has at most
five decimals and is kept in hundred-thousandths of a per cent.
"""

import re

PERCENT = "perfect_percent"
DECIMALS = 5
SCALE = 100_000  # ten to the DECIMALS
MOST = 999_999_999
_WHOLE = re.compile(r"\d{1,9}|\d{1,3}(?:[., \u00a0\u202f]\d{3}){1,2}")
_PERCENT = re.compile(r"(\d{1,3})(?:[.,](\d{1,5}))?\s*%?")


def read(kind: str, guess: int | str | None) -> int | None:
    """What was guessed; None where nothing was, or where the round asks for nothing.

    "25.980", "25 980" and "25980" are one number of people; "87,65432" and "87.65432" one percentage,
    8765432. Raises ValueError for anything else: a fraction of a person, more than 100 %, a minus.
    """
    text = "" if guess is None else str(guess).strip()
    if kind == "none" or not text:
        return None
    if kind == PERCENT:
        found = _PERCENT.fullmatch(text)
        if found is None:
            raise ValueError(text)
        value = int(found[1]) * SCALE + int((found[2] or "").ljust(DECIMALS, "0"))
        if value > 100 * SCALE:
            raise ValueError(text)
        return value
    if _WHOLE.fullmatch(text) is None:
        raise ValueError(text)
    return int(re.sub(r"\D", "", text))


def written(kind: str, value: int | None) -> str:
    """The guess as a Vietnamese reader writes it: "25.980", "87,65432", "87,5"; "" for none."""
    if value is None:
        return ""
    if kind != PERCENT:
        return f"{value:,}".replace(",", ".")
    whole, part = divmod(value, SCALE)
    decimals = f"{part:05}".rstrip("0")
    return f"{whole},{decimals}" if decimals else str(whole)
