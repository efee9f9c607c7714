"""Delimited text (csv) → records: encoding, delimiter and stray quotes guessed. Pure."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import Counter

from contest.questions.formats.drafts import UnreadableFile

DELIMITERS = ";,\t|"
SNIFFED_RECORDS = 200
MAX_JOINED_LINES = 20  # how many physical lines one quoted cell may span when quotes are broken
_KEPT = re.compile(r'\A\s*="([^"]*)"\s*\Z')


def decode(data: bytes) -> tuple[str, str | None]:
    """Return the text and the name of the encoding where it had to be guessed, else None.

    Raises UnreadableFile("not_a_table") for what is no text.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _strict(data, "utf-16"), None
    half = data[:2000]
    if half.count(0) * 4 > len(half):
        little = half[1::2].count(0) >= half[0::2].count(0)
        return _strict(data, "utf-16-le" if little else "utf-16-be"), None
    if 0 in data:
        raise UnreadableFile("not_a_table")
    try:
        return data.decode("utf-8-sig"), None
    except UnicodeDecodeError:
        pass
    try:
        text = unicodedata.normalize("NFC", data.decode("cp1258"))
        if not any(unicodedata.combining(char) for char in text):
            return text, "windows-1258"
    except UnicodeDecodeError:
        pass
    return data.decode("cp1252", "replace"), "windows-1252"


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding).lstrip("\ufeff")
    except UnicodeDecodeError as error:
        raise UnreadableFile("not_a_table") from error


def records(text: str, delimiter: str | None = None) -> tuple[list[list[str]], str, list[int]]:
    """Return the records, the delimiter, and the 1-based records whose quotes were repaired.

    An empty line is an empty record, so that record n is row n of a spreadsheet.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    first, _, rest = text.partition("\n")
    if first.lower().startswith("sep=") and len(first.strip()) == 5:
        # Excel hides this line; the numbering of rows goes on below it
        found = _parse(rest, first.strip()[4])
    else:
        found = _parse(text, delimiter or sniff(text))
    if '="' in text:  # how Excel is told to keep the zeros of 007
        for record in found[0]:
            record[:] = [_KEPT.sub(r"\1", cell) for cell in record]
    return found


def sniff(text: str) -> str:
    """Return the delimiter that makes the most cells in records of one and the same width."""
    best, best_score = ",", 0
    lines = text.split("\n")
    for delimiter in DELIMITERS:
        counts: Counter[int] = Counter()
        reader = csv.reader((line + "\n" for line in lines), delimiter=delimiter)
        try:
            for number, record in enumerate(reader):
                if number >= SNIFFED_RECORDS:
                    break
                counts[len(record)] += 1
        except csv.Error:
            continue
        wide = {width: count for width, count in counts.items() if width > 1}
        if not wide:
            continue
        width, count = max(wide.items(), key=lambda item: item[1] * (item[0] - 1))
        score = count * (width - 1)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _parse(text: str, delimiter: str) -> tuple[list[list[str]], str, list[int]]:
    try:
        reader = csv.reader(_lines(text), delimiter=delimiter, strict=True)
        return list(reader), delimiter, []
    except csv.Error:
        return _parse_broken(text, delimiter)


def _lines(text: str) -> list[str]:
    lines = text.split("\n")
    if lines and not lines[-1]:
        lines.pop()
    return [line + "\n" for line in lines]


def _parse_broken(text: str, delimiter: str) -> tuple[list[list[str]], str, list[int]]:
    """Line by line: what cannot be read with its quotes is read with the quotes as text."""
    lines = _lines(text)
    found: list[list[str]] = []
    repaired: list[int] = []
    widths: Counter[int] = Counter()
    index = 0
    while index < len(lines):
        record, used = _quoted(lines, index, delimiter)
        usual = widths.most_common(1)[0][0] if widths else 0
        if record is None or (used > 1 and usual and len(record) != usual):
            cells = lines[index].rstrip("\n").split(delimiter)
            record, used = [_without_outer_quotes(cell) for cell in cells], 1
            repaired.append(len(found) + 1)
        found.append(record)
        widths[len(record)] += 1
        index += used
    return found, delimiter, repaired


def _quoted(lines: list[str], index: int, delimiter: str) -> tuple[list[str] | None, int]:
    """Return the record that starts on this line, read strictly, and the lines it took."""
    joined, quotes = "", 0
    for used, line in enumerate(lines[index : index + MAX_JOINED_LINES], start=1):
        joined += line
        quotes += line.count('"')
        if quotes % 2:
            continue
        try:
            got = list(csv.reader([joined], delimiter=delimiter, strict=True))
        except csv.Error:
            return None, 1
        return (got[0] if got else []), used
    return None, 1


def _without_outer_quotes(cell: str) -> str:
    stripped = cell.strip()
    if len(stripped) > 1 and stripped[0] == stripped[-1] == '"' and stripped.count('"') == 2:
        return stripped[1:-1]
    return cell.replace('""', '"')
