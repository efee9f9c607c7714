"""Tables that hold questions, options or statements → lines as if they had been typed one below the other. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from contest.questions.formats.columns import OPTION_FIELDS, field_of
from contest.questions.formats.drafts import LETTERS
from contest.questions.formats.keys import style_of, truth_of
from contest.questions.formats.lines import HOLE, Cell, Line, Piece, Table, cut, part, plain_line, text_of
from contest.questions.formats.markup_signs import hide_signs
from contest.questions.formats.text import fold
from contest.questions.formats.typed_letters import lettered_cells
from contest.questions.formats.typed_signs import CHECKED, OPTION, question_number

_HEADER_ROWS = 3
_FIELD_WORDS = {"key": "Đáp án: ", "topic": "Lĩnh vực: ", "level": "Mức độ: ", "explanation": "Giải thích: ",
                "citation": "Căn cứ: ", "points": "Điểm: ", "code": "Mã: ", "type": "Loại: "}
_CROSSES = frozenset({"x", "v", "✓", "✔", "☑", "☒", "●", "■", "đ", "1"})
_Row = Sequence[Cell]


def table_lines(table: Table, inside: bool) -> list[Line]:
    """A table as lines. `inside` is True below a question: there it may be part of the stem.

    Questions in rows become questions, options in cells options, statements with a column for Đúng
    and Sai statements; any other table inside a question one line of markup.
    """
    rows = [_spread(row) for row in table.rows if any(cell.lines for cell in row)]
    if not rows:
        return []
    headed = _header(rows)
    if headed:
        at, fields = headed
        return [*_flat(rows[:at]), *_questions(rows[at + 1:], fields, rows[at], _truth_columns(rows[at:]))]
    truth = _truth_columns(rows)
    if truth and inside:
        return list(_statements(rows[1:], truth))
    lettered = lettered_cells(rows) if inside else None
    if lettered:
        return lettered
    guessed = _guessed(rows)
    if guessed:
        return list(_questions(rows, guessed, ()))
    if _holds_questions(rows) or not inside or max(map(len, rows)) == 1:
        return _flat(rows)
    if _options_first(rows):
        return _flat(_in_letter_order(rows))
    return [_drawn(table, rows)]


def _spread(row: _Row) -> list[Cell]:
    """The cells of a row, one a column: a wide cell leaves empty ones behind it."""
    spread: list[Cell] = []
    for cell in row:
        spread += [cell, *[Cell(())] * (cell.span - 1)]
    return spread


def _header(rows: Sequence[_Row]) -> tuple[int, dict[str, int]] | None:
    """The index of the header's last row and its fields."""
    for at, row in enumerate(rows[:_HEADER_ROWS]):
        named = _named([cell.text for cell in row])
        if "stem" not in named:
            continue
        if at + 1 < len(rows):
            below = [cell.text for cell in rows[at + 1]]
            letters = {name: column for name, column in _named(below).items() if name in OPTION_FIELDS}
            if len(letters) >= 2 and not any(len(text) > 20 for text in below):
                kept = {name: column for name, column in named.items() if column not in letters.values()}
                return at + 1, {**kept, **letters}
        has_options = any(name in named for name in OPTION_FIELDS)
        if not has_options and "choices" in named:
            named.setdefault("options", named.pop("choices"))
        answer = named.pop("answer", None)
        if answer is not None:
            below = [row[answer].text for row in rows[at + 1:] if answer < len(row) and row[answer].text]
            keys = sum(style_of(text) == "letters" or truth_of(text) is not None for text in below)
            is_key = has_options or 2 * keys >= len(below) or "options" in named
            named.setdefault("key" if is_key else "options", answer)
        if has_options or {"key", "options", "number"} & named.keys():
            return at, named
    return None


def _named(cells: Sequence[str]) -> dict[str, int]:
    named: dict[str, int] = {}
    for column, cell in enumerate(cells):
        name = field_of(cell) if len(cell) <= 60 else None
        if name:
            named.setdefault("type" if name == "kind" else name, column)
    return named


def _guessed(rows: Sequence[_Row]) -> dict[str, int] | None:
    """The fields of rows without a header: a running number, the stem, options, a key."""
    if len(rows) < 2:
        return None
    numbers = [_cell_number(row[0].text) for row in rows]
    known = [number for number in numbers if number is not None]
    width = max(map(len, rows))
    if len(known) * 5 < len(rows) * 4 or width < 2 or known != sorted(set(known)):
        return None
    last = [row[-1].text for row in rows if row[-1].text]
    has_key = width > 2 and bool(last) and all(len(text) <= 12 and style_of(text) == "letters" for text in last)
    if any(question_number(row[1].text) for row in rows if len(row) > 1):
        return None
    options = width - 2 - has_key
    fields = {"number": 0, "stem": 1, **({"key": width - 1} if has_key else {})}
    if options == 1:
        fields["options"] = 2
    elif options > 1:
        fields.update(zip(OPTION_FIELDS, range(2, 2 + options), strict=False))
    inside = any(OPTION.match(line.text) for row in rows for cell in row[1:2] for line in cell.lines)
    return fields if options or inside else None


def _cell_number(text: str) -> int | None:
    bare = text.strip().rstrip(".:)")
    if bare.isdecimal() and len(bare) < 6:
        return int(bare)
    found = question_number(text)
    return found.value if found and found.end >= len(text) else None


def _questions(rows: Sequence[_Row], fields: Mapping[str, int], header: _Row,
               truth: tuple[int, int] | None = None) -> Iterator[Line]:
    titles = [cell.text for cell in header]
    ordinal = 0
    options = 0
    for row in rows:
        texts = [cell.text for cell in row]
        filled = [text for text in texts if text]
        if titles and texts == titles:
            continue
        stem = _at(row, fields.get("stem"))
        if len(filled) == 1 and not stem.continued and (len(row) > 2 or not stem.lines):
            yield from _flat([row])
            continue
        follows = ordinal and (stem.continued or not stem.text)
        if not follows:
            number = _cell_number(_at(row, fields.get("number")).text)
            ordinal = number if number is not None else ordinal + 1
            options = 0
            yield from _stem_lines(stem, ordinal, "options" in fields or any(name in fields for name in OPTION_FIELDS))
        for name in OPTION_FIELDS:
            if name in fields and (options == 0 or not follows) and _has_options(row, fields):
                yield from _option_lines(_at(row, fields[name]), OPTION_FIELDS.index(name), _last(row, fields))
        if "options" in fields:
            cell = _at(row, fields["options"])
            if cell.text and not cell.continued:
                yield from cell.lines
                options += 1
        crossed = [_is_cross(_at(row, column)) for column in truth] if truth and "key" not in fields else []
        if crossed.count(True) == 1:
            verdict = plain_line(stem.lines[0].number if stem.lines else 0, "Đúng" if crossed[0] else "Sai")
            yield from _marked([verdict], _FIELD_WORDS["key"], "field")
        for name, word in _FIELD_WORDS.items():
            cell = _at(row, fields.get(name))
            if cell.text and not cell.continued:
                yield from _marked(cell.lines, word, "field")


def _at(row: _Row, column: int | None) -> Cell:
    return row[column] if column is not None and column < len(row) else Cell(())


def _has_options(row: _Row, fields: Mapping[str, int]) -> bool:
    return any(_at(row, fields.get(name)).text for name in OPTION_FIELDS)


def _last(row: _Row, fields: Mapping[str, int]) -> int:
    return max(at for at, name in enumerate(OPTION_FIELDS) if _at(row, fields.get(name)).text)


def _stem_lines(cell: Cell, ordinal: int, apart: bool) -> Iterator[Line]:
    """The stem's lines; `apart` where the options stand in cells of their own."""
    lines = [line for line in cell.lines if not line.blank] or [plain_line(0, "")]
    found = question_number(lines[0].text, lines[0].list)
    if found:
        lines[0] = part(lines[0], found.end)
    yield from _marked(lines, f"Câu {ordinal}. ", "start", "more" if apart else "")


def _option_lines(cell: Cell, position: int, last: int) -> Iterator[Line]:
    lines = [line for line in cell.lines if not line.blank]
    if not lines:
        if position < last:
            yield Line(0, f"{LETTERS[position]}. ", (Piece(f"{LETTERS[position]}. "),), role="option")
        return
    found = OPTION.match(lines[0].text)
    star = ""
    if found and found["letter"].upper() == LETTERS[position] and found.end() < len(lines[0].text):
        star = ("*" if found["star"] in CHECKED else "") + found["after"]
        lines[0] = part(lines[0], found.end())
    yield from _marked(lines, f"{star}{LETTERS[position]}. ", "option")


def _marked(lines: Sequence[Line], lead: str, role: str, rest: str = "more") -> Iterator[Line]:
    """The lines with a word before the first, whose role they get."""
    for at, line in enumerate(lines):
        if at:
            yield replace(line, role=rest, list="")
        else:
            yield replace(line, text=lead + line.text, pieces=(Piece(lead), *line.pieces), role=role, list="")


def _truth_columns(rows: Sequence[_Row]) -> tuple[int, int] | None:
    """The columns headed Đúng and Sai."""
    heads = [fold(cell.text) for cell in rows[0]]
    true = [at for at, head in enumerate(heads) if head in ("dung", "d", "true")]
    false = [at for at, head in enumerate(heads) if head in ("sai", "s", "false")]
    return (true[0], false[0]) if len(true) == len(false) == 1 and len(rows) > 1 else None


def _is_cross(cell: Cell) -> bool:
    return fold(cell.text) in _CROSSES or cell.text.lower() in _CROSSES


def _statements(rows: Sequence[_Row], truth: tuple[int, int]) -> Iterator[Line]:
    """Each row's longest text as a statement "a) …", a cross becoming (Đúng) or (Sai) after it."""
    for at, row in enumerate(rows):
        lines = [line for line in max(row, key=lambda cell: len(cell.text)).lines if not line.blank]
        if not lines:
            continue
        crossed = [_is_cross(_at(row, column)) for column in truth]
        found = OPTION.match(lines[0].text)
        first = part(lines[0], found.end()) if found else lines[0]
        yield from _marked([first, *lines[1:-1]] if len(lines) > 1 else [first], f"{chr(97 + at % 26)}) ", "")
        if len(lines) > 1:
            yield lines[-1]
        if crossed.count(True) == 1:
            yield plain_line(lines[-1].number, f"({'Đúng' if crossed[0] else 'Sai'})")


def _holds_questions(rows: Sequence[_Row]) -> bool:
    found = (question_number(line.text, line.list) for row in rows for cell in row for line in cell.lines)
    return any(number is not None and number.group == "strong" for number in found) or any(
        sum(OPTION.match(line.text) is not None for line in cell.lines) >= 2 and len(cell.lines) > 2
        for row in rows for cell in row)


def _options_first(rows: Sequence[_Row]) -> bool:
    letters = [found["letter"].upper() for row in rows for cell in row
               if cell.text and (found := OPTION.match(cell.text))]
    filled = sum(bool(cell.text) for row in rows for cell in row)
    return letters[:1] == ["A"] and len(letters) >= 2 and len(letters) * 2 >= filled


def _in_letter_order(rows: Sequence[_Row]) -> Sequence[_Row]:
    """The rows, or the columns where the letters run down."""
    if max(map(len, rows)) < 2 or len(rows) < 2:
        return rows
    across = [OPTION.match(cell.text) for cell in rows[0][:2]]
    if across[0] and len(across) > 1 and across[1] and across[1]["letter"].upper() == "C":
        return [[row[column] for row in rows if column < len(row)] for column in range(max(map(len, rows)))]
    return rows


def _flat(rows: Sequence[_Row]) -> list[Line]:
    """The cells' lines one after the other; a lone marker goes before the next cell's text."""
    found: list[Line] = []
    for row in rows:
        lead: Line | None = None
        for cell in row:
            for line in cell.lines:
                if line.blank:
                    continue
                if lead is not None:
                    space = Piece(" ")
                    line = replace(line, text=f"{lead.text} {line.text}", pieces=(*lead.pieces, space, *line.pieces))
                    lead = None
                marker = OPTION.match(line.text)
                number = question_number(line.text, line.list)
                if (marker and marker.end() == len(line.text)) or (number and number.end == len(line.text)):
                    lead = line
                else:
                    found.append(line)
        if lead is not None:
            found.append(lead)
    return found


def _drawn(table: Table, rows: Sequence[_Row]) -> Line:
    """The table as one line of markup."""
    width = max(map(len, rows))
    drawn = [[_cell(cell) for cell in row] + [""] * (width - len(row)) for row in rows]
    drawn.insert(1, ["---"] * width)
    source = "\n".join("| " + " | ".join(row) + " |" for row in drawn)
    notes = tuple(note for row in rows for cell in row for line in cell.lines for note in line.notes)
    return Line(table.number, HOLE, (Piece(HOLE, markup=source),), notes=notes)


def _cell(cell: Cell) -> str:
    shown = []
    for line in cell.lines:
        rich = any(piece.markup for piece in cut(line))
        shown.append(text_of([line], True) if rich else hide_signs(" ".join(line.text.split())))
    return " ".join(each for each in shown if each).replace("\n", " ").replace("|", r"\|")
