import io
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from contest import sandbox
from contest.questions.formats import gate, images
from contest.questions.formats.drafts import REFUSAL_CODES, UnreadableFile
from contest.questions.formats.gate import read_bank, read_bank_here
from contest.questions.formats.wire import dump_reading, load
from tests.questions.formats.built import (
    HEADER,
    cells_of,
    package,
    question,
    sheet_xml,
    workbook,
)

BANK = workbook([HEADER, question(1), question(2, "E"), [3]])


def test_the_child_reads_what_this_process_reads():
    assert read_bank(BANK, "x.xlsx") == read_bank_here(BANK, "x.xlsx")
    mapping = {"stem": "C", "option_a": "B"}
    assert read_bank(BANK, "x.xlsx", sheet="Câu hỏi", mapping=mapping) == read_bank_here(
        BANK, "x.xlsx", sheet="Câu hỏi", mapping=mapping
    )


def test_a_reading_travels_whole():
    reading = read_bank_here(BANK, "x.xlsx")
    assert load(dump_reading(reading)) == reading


@pytest.mark.parametrize("reader", [read_bank, read_bank_here])
@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "empty_file"), (b"%PDF-1.4", "pdf"), (workbook([HEADER]), "no_rows")],
)
def test_refusals_travel_with_the_name(reader, data, code):
    with pytest.raises(UnreadableFile) as caught:
        reader(data, "tệp.xlsx")
    assert (caught.value.code, caught.value.params["name"]) == (code, "tệp.xlsx")


def test_a_far_cell_ends_in_a_refusal():
    cells = cells_of([HEADER, question(1)]) | {"XFD200000": "x"}
    with pytest.raises(UnreadableFile, match="too_many_columns"):
        read_bank(package(sheet_xml(cells)), "x.xlsx")


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [("MEMORY_BYTES", 30_000_000, "too_heavy"), ("WALL_SECONDS", 0.001, "too_heavy")],
)
def test_limits_end_the_child_not_us(monkeypatch, name, value, code):
    rows = [HEADER, *(question(n) for n in range(5_000))]
    data = package(sheet_xml(cells_of(rows)))
    monkeypatch.setattr(sandbox, name, value)
    with pytest.raises(UnreadableFile, match=code):
        read_bank(data, "x.xlsx")


@pytest.mark.parametrize(
    ("program", "code"),
    [
        ("raise SystemExit(1)", "crashed"),
        ("print('no json')", "crashed"),
        ("import os; os.abort()", "too_heavy"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGXCPU)", "too_heavy"),
    ],
)
def test_a_child_that_dies(monkeypatch, program, code):
    run = subprocess.run

    def instead(arguments, **options):
        return run([sys.executable, "-c", program], **options)

    monkeypatch.setattr(sandbox.subprocess, "run", instead)
    with pytest.raises(UnreadableFile, match=code):
        read_bank(BANK, "x.xlsx")


def test_the_child_sees_no_secret(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "x")
    seen = {}
    run = subprocess.run

    def watching(arguments, **options):
        seen.update(options["env"])
        return run(arguments, **options)

    monkeypatch.setattr(sandbox.subprocess, "run", watching)
    read_bank(BANK, "x.xlsx")
    assert set(seen) == {"PYTHONPATH", "LANG"}


def test_the_gate_loads_no_reader():
    code = (
        "import sys, contest.questions.formats.gate;"
        "print([m for m in ('flask', 'openpyxl', 'python_calamine', 'xlsxwriter')"
        " if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout.strip() == b"[]"


def outcome(data: bytes) -> str:
    try:
        return "read" if read_bank_here(data, "x.xlsx").drafts else "nothing"
    except UnreadableFile as refusal:
        return refusal.code


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_a_damaged_file_reads_or_is_refused_by_a_known_code(data):
    damaged = bytearray(BANK)
    for _ in range(data.draw(st.integers(1, 8))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    assert outcome(bytes(damaged)) in REFUSAL_CODES | {"read"}


@settings(deadline=None, max_examples=150)
@given(st.lists(st.lists(st.text('AB12. ;"\nĐáp*,', max_size=8), max_size=8), max_size=6))
def test_any_rows_below_a_header_are_read(rows):
    text = "\n".join([";".join(HEADER), "1;Câu?;a;b;c;d;A", *(";".join(row) for row in rows)])
    reading = read_bank_here(text.encode(), "x.csv")
    assert all(draft.usable or draft.problems for draft in reading.drafts)
    for draft in reading.usable:
        assert draft.stem
        assert len(draft.options) >= 2
        assert draft.key
        assert max(draft.key) < len(draft.options)


def test_the_header_tells_the_delimiter_where_the_cells_mislead():
    rows = [";".join(HEADER), "1;Câu?;a;b;c;d;A", *[",,;,,;\n,;,"] * 4]
    reading = read_bank_here("\n".join(rows).encode(), "x.csv")
    assert [draft.stem for draft in reading.usable] == ["Câu?"]


def test_a_picture_is_taken_in_a_process_of_its_own():
    out = io.BytesIO()
    Image.new("RGB", (30, 20), "navy").save(out, "PNG")
    assert gate.read_picture(out.getvalue(), "hinh.png") == images.take(out.getvalue())
    for data, code in ((b"no picture", "picture_refused"), (b"\xd7\xcd\xc6\x9a" + b"0" * 50, "formula_image")):
        with pytest.raises(images.PictureRefused) as refused:
            gate.read_picture(data, "hinh.png")
        assert refused.value.code == code
    with pytest.raises(UnreadableFile, match="empty_file"):
        gate.read_picture(b"", "hinh.png")
