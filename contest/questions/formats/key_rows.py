"""Tables of right answers: at the end of a document, or a file of their own → number and letters. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from contest.questions.formats.columns import field_of
from contest.questions.formats.lines import Block, Line, Table
from contest.questions.formats.text import fold
from contest.questions.formats.typed_signs import OPTION

LEAST_PAIRS = 3  # fewer could be anything, where no heading speaks of keys
MAX_VALUE = 120
_SIGNS = r"\s*(?:[-–—.:)/=_→>|]|\s)*\s*"
_VALUE = (r"(?:[A-H](?:\s*[,;&+/]\s*[A-H])*|[A-H]{2,8}|[ĐSTF]{2,8}|[DS]{4}"
          r"|(?:[a-h]\s*[).:-]?\s*(?:đúng|sai|[ĐSđs])\b[\s,;.|-]*){2,8}"
          r"|đúng|sai|Đúng|Sai|ĐÚNG|SAI|[ĐS])")
_PAIR = re.compile(rf"(?:(?:câu|Câu|CÂU)\s*)?(?P<number>\d{{1,5}}){_SIGNS}(?:(?:[Cc]họn|[Đđ]áp án|ĐA)\s*:?\s*)?"
                   rf"(?P<value>{_VALUE}|[a-h](?![\w)]))"
                   r"(?![^\W\d_])[\s.,;|]*")
_WORDED = re.compile(r"\d\D{0,6}(?:chọn|đáp án|đa)\b", re.IGNORECASE)
_TEXTED = re.compile(r"(?:câu\s*)?(?P<number>\d{1,5})\s*[.:)/-]\s*(?P<value>[A-H]\s?[.):/]\s*\S.{0,300})",
                     re.IGNORECASE)
_LETTERS_ONLY = re.compile(r"[A-H](?:[\s,;|]+[A-H]){4,}")
_NUMBERS_ONLY = re.compile(r"(?:câu\s*:?\s*)?\d{1,5}(?:[\s,;|]+\d{1,5})+", re.IGNORECASE)
_LETTER_ROW = re.compile(r"(?:(?:đáp án|đa|đ/a|key)\s*:?\s*)?[A-H](?:[\s,;|]+[A-H])+", re.IGNORECASE)
_CELL_NUMBER = re.compile(r"(?:câu\s*)?(?:số\s*)?(\d{1,5})\s*[.:)]?", re.IGNORECASE)
_CELL_VALUE = re.compile(rf"(?:{_VALUE}|[a-h])\s*\.?")
_HEADING = re.compile(r"(?:[ivx0-9]+ |phan [ivx0-9]+ )?(?:bang |phan |phieu )*"
                      r"(?:(?:cac )?dap an|key|answer keys?|answers)"
                      r"(?: (?:va|de|mon|ma|so|thi|trac nghiem|tham khao|chi tiet|huong dan|cham|thang diem|bieu diem"
                      r"|goi y|cau hoi|cac cau|phan|bo|[ivx]+|\d+))*")


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """The answer of one number as written; `variant` is the exam's code where the table has several."""

    number: int
    value: str
    place: int
    variant: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class KeyTable:
    """The answers of a document in the order of the table, whose numbers may start again."""

    entries: tuple[KeyEntry, ...]

    def variants(self) -> tuple[str, ...]:
        """The codes of exams that the table distinguishes, in order."""
        return tuple(dict.fromkeys(entry.variant for entry in self.entries))

    def of(self, variant: str) -> KeyTable:
        """The answers of one exam."""
        return KeyTable(tuple(entry for entry in self.entries if entry.variant == variant))


def is_key_heading(text: str) -> bool:
    """True for "BẢNG ĐÁP ÁN", "ĐÁP ÁN ĐỀ 101" and the like, without an answer."""
    return 0 < len(text) <= 80 and _HEADING.fullmatch(fold(text)) is not None


def pairs(text: str, place: int) -> tuple[KeyEntry, ...]:
    """The answers of a line that holds nothing else: "1A 2B 3C", "1-A", "Câu 1: A, C"; else none."""
    text = text.strip()
    found = []
    at = 0
    while at < len(text):
        match = _PAIR.match(text, at)
        if match is None:
            return ()
        found.append(KeyEntry(int(match["number"]), match["value"].strip(), place))
        at = match.end()
    return tuple(found)


def entries_of_table(table: Table) -> tuple[KeyEntry, ...] | None:
    """The answers of a table that holds nothing else, None for another table."""
    places = [[cell.lines[0].number if cell.lines else table.number for cell in row] for row in table.rows]
    return entries_of_rows([[" ".join(cell.text.split()) for cell in row] for row in table.rows], places)


def entries_of_rows(rows: Sequence[Sequence[str]], places: Sequence[Sequence[int]]) -> tuple[KeyEntry, ...] | None:
    """The answers of rows of cells: pairs in cells, a row of numbers above one of letters, or columns.

    None where the rows hold something else too.
    """
    kept = [(list(row), list(where)) for row, where in zip(rows, places, strict=True) if any(row)]
    kept = [pair for pair in kept if not is_key_heading("".join(pair[0]))]
    kept, reasons = _without_reasons(kept)
    if not kept or max(len(cell) for row, _ in kept for cell in row) > MAX_VALUE:
        return None
    for reader in (_in_cells, _rows_of_rows, _columns):
        found = reader(kept)
        if found:
            return tuple(replace(entry, reason=reasons.get(entry.number, "")) for entry in found)
    return None


_Rows = Sequence[tuple[list[str], list[int]]]


def _without_reasons(rows: _Rows) -> tuple[list[tuple[list[str], list[int]]], dict[int, str]]:
    """The rows without the columns headed "Giải thích" and the like, and what stands there by number."""
    header = rows[0][0] if rows else []
    columns = [at for at, cell in enumerate(header) if at and field_of(cell) in ("explanation", "citation")]
    if not columns or _number(header[0]) is not None:
        return list(rows), {}
    numbered = [(_number(row[0]), row) for row, _ in rows if row]
    reasons = {number: "\n".join(row[at] for at in columns if at < len(row) and row[at])
               for number, row in numbered if number is not None}
    kept = [([cell for at, cell in enumerate(row) if at not in columns],
             [place for at, place in enumerate(where) if at not in columns]) for row, where in rows]
    return kept, reasons


def _in_cells(rows: _Rows) -> list[KeyEntry]:
    found: list[KeyEntry] = []
    for row, where in rows:
        for cell, place in zip(row, where, strict=True):
            if not cell:
                continue
            got = pairs(cell, place)
            if not got:
                return []
            found += got
    return found if len(found) > 1 else []


def _rows_of_rows(rows: _Rows) -> list[KeyEntry]:
    """A row of numbers above a row of answers, again and again."""
    found: list[KeyEntry] = []
    numbers: list[int | None] = []
    for row, where in rows:
        read = [_number(cell) for cell in row]
        if sum(number is not None for number in read) >= 2 and all(
                read[at] is not None or not cell or at == 0 for at, cell in enumerate(row)):
            if numbers:
                return []
            numbers = read
            continue
        if not numbers:
            return []
        for at, cell in enumerate(row):
            number = numbers[at] if at < len(numbers) else None
            if number is None:
                continue
            if not _CELL_VALUE.fullmatch(cell):
                if cell:
                    return []
                continue
            found.append(KeyEntry(number, cell.strip(" ."), where[at]))
        numbers = []
    return found


def _columns(rows: _Rows) -> list[KeyEntry]:
    """Columns number, answer, number, answer … or number and an answer for each exam's code."""
    header = rows[0][0] if _number(rows[0][0][0]) is None else []
    body = rows[1:] if header else rows
    width = max((len(row) for row, _ in body), default=0)
    if width < 2 or not body:
        return []
    kinds = []
    for column in range(width):
        cells = [row[column] for row, _ in body if column < len(row) and row[column]]
        kinds.append("n" if cells and all(_number(cell) is not None for cell in cells) else
                     "v" if cells and all(_CELL_VALUE.fullmatch(cell) for cell in cells) else "" if cells else "-")
    if "" in kinds or kinds[0] != "n" or "v" not in kinds:
        return []
    found = []
    several = kinds.count("n") == 1 and kinds.count("v") > 1
    for column in range(width):
        if kinds[column] != "v":
            continue
        source = max(at for at in range(column) if kinds[at] == "n")
        variant = header[column] if several and column < len(header) else str(column) if several else ""
        for row, where in body:
            number = _number(row[source]) if source < len(row) else None
            if number is not None and column < len(row) and row[column]:
                found.append(KeyEntry(number, row[column].strip(" ."), where[column], _code(variant)))
    return found if len(found) > 1 else []


def _number(cell: str) -> int | None:
    match = _CELL_NUMBER.fullmatch(cell)
    return int(match[1]) if match else None


def _code(header: str) -> str:
    match = re.search(r"\d{1,5}", header)
    return match[0] if match else header


@dataclass(frozen=True, slots=True)
class Found:
    """The answers among lines, and the indexes of the lines that they and their headings took."""

    entries: tuple[KeyEntry, ...]
    taken: frozenset[int]


def entries_of_lines(lines: Sequence[Line], alone: bool = False) -> Found:
    """The answers that stand in lines of their own, where there are enough of them or a heading says so.

    `alone`: the lines are a file of keys, so that a single pair or bare letters count.
    """
    entries: list[KeyEntry] = []
    taken: set[int] = set()
    for run in _runs(lines, alone):
        headed = run[0] > 0 and any(is_key_heading(lines[at].text) for at in range(max(0, run[0] - 4), run[0]))
        above = next((at for at in range(run[0] - 1, -1, -1) if not lines[at].blank), -1)
        if not alone and _WORDED.search(lines[run[0]].text) and not (above >= 0 and is_key_heading(lines[above].text)):
            continue  # "Câu 2. Chọn B." opens an explanation
        got = _run_entries([lines[at] for at in run], alone or headed)
        last = all(line.blank for line in lines[run[-1] + 1:run[-1] + 20])
        if len(got) >= (1 if alone or headed else 2 if last else LEAST_PAIRS):
            entries += got
            taken.update(run)
            if headed:
                taken.update(at for at in range(max(0, run[0] - 4), run[0]) if is_key_heading(lines[at].text))
    return Found(tuple(entries), frozenset(taken))


def _runs(lines: Sequence[Line], alone: bool) -> Iterator[list[int]]:
    """Neighbouring lines that look like answers and nothing else, empty ones between them left out.

    Directly below a heading of keys an answer may say its option's text too: "1. B. Bộ Nội vụ".
    """
    run: list[int] = []
    headed = False
    for at, line in enumerate(lines):
        text = line.text.strip()
        if not text:
            continue
        if len(text) <= 4_000 and not line.role and (_may_start(text) and (
                pairs(text, 0) or _NUMBERS_ONLY.fullmatch(text) or _LETTER_ROW.fullmatch(text)
                or (headed and _TEXTED.fullmatch(text)))):
            run.append(at)
            continue
        headed = is_key_heading(text)
        if run:
            yield run
            run = []
    if run:
        yield run


def _may_start(text: str) -> bool:
    return text[0].isdigit() or text[0] in "cCđĐkK" or _LETTER_ROW.fullmatch(text[:4_000]) is not None


def _run_entries(lines: Sequence[Line], sure: bool) -> list[KeyEntry]:
    found: list[KeyEntry] = []
    numbers: list[int] = []
    for line in lines:
        text = line.text.strip()
        got = pairs(text, line.number)
        if got:
            found += got
            numbers = []
        elif texted := _TEXTED.fullmatch(text):
            found.append(KeyEntry(int(texted["number"]), texted["value"], line.number))
        elif _NUMBERS_ONLY.fullmatch(text):
            numbers = [int(number) for number in re.findall(r"\d+", text)]
        else:
            letters = re.findall(r"(?<![^\W_])[A-Ha-h](?![^\W_])", text)
            if not numbers and sure and _LETTERS_ONLY.fullmatch(text):
                numbers = list(range(len(found) + 1, len(found) + len(letters) + 1))
            if len(numbers) == len(letters):
                found += [KeyEntry(*pair, line.number) for pair in zip(numbers, letters, strict=True)]
            numbers = []
    return found


def whole_table(blocks: Sequence[Block]) -> KeyTable | None:
    """The answers of a document that holds nothing else but headings, None for another document."""
    entries: list[KeyEntry] = []
    lines = [block for block in blocks if isinstance(block, Line)]
    for block in blocks:
        if isinstance(block, Table):
            got = entries_of_table(block)
            if got is None and any(len(cell.text) > MAX_VALUE for row in block.rows for cell in row):
                return None
            entries += got or ()
    found = entries_of_lines(lines, alone=True)
    others = [line for at, line in enumerate(lines) if not line.blank and at not in found.taken]
    entries += found.entries
    spoken = any(len(line.text) > MAX_VALUE or OPTION.match(line.text) for line in others)
    if len(entries) < 2 or spoken or len(others) > max(12, len(found.taken) // 2):
        return None
    return KeyTable(tuple(sorted(entries, key=lambda entry: entry.place)))
