"""Files of any format → one reading: question files and the key files that go with them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from contest.questions.formats.detect import Kind, kind_of
from contest.questions.formats.drafts import Draft, Problem, Reading, UnreadableFile
from contest.questions.formats.repeats import told_apart

if TYPE_CHECKING:
    from contest.questions.formats.bank_sheet import BookStream
    from contest.questions.formats.key_table import KeyTable


@dataclass(frozen=True, slots=True)
class Wish:
    """What an organiser decided about a table: its sheet, header row (0: none) and columns.

    `mapping` is field → column letter, as `columns.apply_mapping` takes it; None leaves a thing to
    the reader. Formats without columns take no notice.
    """

    sheet: str | None = None
    header_row: int | None = None
    mapping: Mapping[str, str] | None = None
    key_style: str | None = None

    def options(self) -> dict[str, Any]:
        """The wish as keyword arguments, without what was left to the reader."""
        asked = {"sheet": self.sheet, "header_row": self.header_row, "mapping": self.mapping,
                 "key_style": self.key_style}
        return {name: value for name, value in asked.items() if value is not None}


NO_WISH = Wish()


def read_files(files: Sequence[tuple[str, bytes]], wish: Wish = NO_WISH) -> Reading:
    """The reading of one bank's files, (name, bytes) each, in their order.

    A file that holds only keys is applied to the questions of all the others. Raises
    UnreadableFile with the name of the file that cannot be read.
    """
    if len(files) == 1:
        return _named(*files[0], wish)
    from contest.questions.formats.key_table import apply_keys, read_keys

    tables = [read_keys(data) for _name, data in files]
    keys = [table for table in tables if table is not None]
    readings = [(name, _named(name, data, wish, keys[0] if len(keys) == 1 else None))
                for (name, data), table in zip(files, tables, strict=True) if table is None]
    if not readings:
        raise UnreadableFile("keys_only", {"name": files[0][0]})
    for table in keys if len(keys) > 1 else ():
        readings = [(name, apply_keys(reading, table)) for name, reading in readings]
    return readings[0][1] if len(readings) == 1 else _joined(readings)


def read_one(data: bytes, wish: Wish = NO_WISH, keys: KeyTable | None = None) -> Reading:
    """The reading of one file; `keys` are those of a file beside it. Raises UnreadableFile."""
    kind = kind_of(data)
    if kind == "docx":
        from contest.questions.formats.docx_lines import read_docx

        return read_docx(data, keys)
    if kind == "text":
        from contest.questions.formats.typed import read_text

        return read_text(data, keys)
    if kind == "sheet":
        reading = _read_table(data, wish)
    else:
        reading = _read_marked(data, kind)
        if not reading.drafts and not reading.problems:
            raise UnreadableFile("no_questions")
        reading = replace(reading, drafts=told_apart(reading.drafts))
    if keys is None:
        return reading
    from contest.questions.formats.key_table import apply_keys

    return apply_keys(reading, keys)


def _read_marked(data: bytes, kind: Kind) -> Reading:
    """What a program wrote for another one."""
    if kind == "gift":
        from contest.questions.formats.gift import read_gift

        return read_gift(data)
    if kind == "aiken":
        from contest.questions.formats.aiken import read_aiken

        return read_aiken(data)
    if kind == "moodle-xml":
        from contest.questions.formats.moodle_xml import read_moodle_xml

        return read_moodle_xml(data)
    from contest.questions.formats.qti import read_qti_package, read_qti_xml

    return read_qti_xml(data) if kind == "qti-xml" else read_qti_package(data)


def open_table(files: Sequence[tuple[str, bytes]], wish: Wish = NO_WISH) -> BookStream | None:
    """The questions of one table, to be taken one by one; None for several files and for other formats.

    Raises UnreadableFile with the file's name, here as well as on the way.
    """
    if len(files) > 1:
        return None
    name, data = files[0]
    try:
        return _table(data, wish) if kind_of(data) == "sheet" else None
    except UnreadableFile as refusal:
        raise UnreadableFile(refusal.code, {"name": name, **refusal.params}) from None


def _read_table(data: bytes, wish: Wish) -> Reading:
    stream = _table(data, wish)
    drafts = tuple(stream)
    return replace(stream.rest(), drafts=drafts)


def _table(data: bytes, wish: Wish) -> BookStream:
    from contest.questions.formats.bank_sheet import BookStream
    from contest.questions.formats.grid import open_book

    try:
        return BookStream(open_book(data), **wish.options())
    except UnreadableFile as refusal:
        if refusal.code == "no_header":
            from contest.questions.formats.key_table import read_keys

            if read_keys(data) is not None:
                raise UnreadableFile("keys_only") from None
        raise


def _named(name: str, data: bytes, wish: Wish, keys: KeyTable | None = None) -> Reading:
    try:
        return read_one(data, wish, keys)
    except UnreadableFile as refusal:
        raise UnreadableFile(refusal.code, {"name": name, **refusal.params}) from None


def _joined(readings: Sequence[tuple[str, Reading]]) -> Reading:
    """Several files as one: every place is preceded by its file's name."""
    first = readings[0][1]
    return replace(
        first,
        drafts=told_apart(_moved(draft, name) for name, reading in readings for draft in reading.drafts),
        problems=tuple(_in_file(problem, name) for name, reading in readings for problem in reading.problems),
        skipped=tuple(row for _name, reading in readings for row in reading.skipped),
        sources=tuple(row for _name, reading in readings for row in reading.sources),
        media=tuple({one.name: one for _name, reading in readings for one in reading.media}.values()),
    )


def _moved(draft: Draft, name: str) -> Draft:
    return replace(draft, place=_place(draft.place, name),
                   problems=tuple(_in_file(problem, name) for problem in draft.problems))


def _in_file(problem: Problem, name: str) -> Problem:
    return replace(problem, place=_place(problem.place, name))


def _place(place: str, name: str) -> str:
    return f"{name}!{place}" if place else name
