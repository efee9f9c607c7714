"""Lists that would end or fill the process that reads them, through the page that takes them."""

import io
import resource
import subprocess

import pytest

from contest import sandbox
from contest.extensions import db
from contest.identity import gate, units
from contest.identity.rosters import PEOPLE_COLUMNS, PEOPLE_HEADER, PEOPLE_REQUIRED, UNIT_HEADER
from contest.identity.sheets import UnreadableSheet
from contest.identity.units import UnitData
from contest.identity.workbooks import workbook
from contest.web.messages import sentence
from tests.factories import NOON
from tests.identity.cast import enter, play, post
from tests.identity.test_reader import SHEET1, elsewhere, patched

LIST = workbook("Danh sách", UNIT_HEADER, [["A", "Sở A"]])


def far_cell() -> bytes:
    """1.3 kB; a reader that trusts it allocates 104 GB."""
    return elsewhere(patched(LIST, SHEET1, lambda xml: xml.replace(b'r="B2"', b'r="XFD200000"')))


def nameless_cells() -> bytes:
    """Some 200 kB of 1.9 million cells that do not say where they stand."""
    rows = (b"<row>" + b"<c><v>1</v></c>" * 100 + b"</row>") * 19_000
    return patched(LIST, SHEET1, lambda xml: xml.replace(b"</sheetData>", rows + b"</sheetData>"))


def sent(client, data: bytes, path: str = "/to-chuc/don-vi/nhap"):
    return post(client, path, file=(io.BytesIO(data), "danh-sach.xlsx"))


@pytest.mark.parametrize(("make", "code"), [(far_cell, "file_too_many_columns"), (nameless_cells, "file_too_heavy")])
def test_a_hostile_list_ends_in_a_sentence(app, hands, make, code):
    play(app)
    client, data = enter(app, "quantri"), make()
    assert len(data) < 300_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer = sent(client, data)
    assert answer.status_code == 422
    assert str(sentence(code, {"limit": 100})) in answer.text
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024


@pytest.mark.parametrize("name", ["MEMORY_BYTES", "WALL_SECONDS"])
def test_limits_end_the_child_not_us(monkeypatch, name):
    monkeypatch.setattr(sandbox, name, {"MEMORY_BYTES": 30_000_000, "WALL_SECONDS": 0.001}[name])
    with pytest.raises(UnreadableSheet, match="file_too_heavy"):
        gate.read_table(workbook("a", PEOPLE_HEADER, [["a"] * 6] * 5_000), PEOPLE_COLUMNS, PEOPLE_REQUIRED)


@pytest.mark.parametrize("program", ["raise SystemExit(1)", "print('no json')"])
def test_a_child_that_dies(monkeypatch, program):
    run = subprocess.run
    monkeypatch.setattr(sandbox.subprocess, "run", lambda arguments, **options: run(
        [arguments[0], "-c", program], **options))
    with pytest.raises(UnreadableSheet, match="file_broken"):
        gate.read_table(LIST, PEOPLE_COLUMNS, PEOPLE_REQUIRED)


def test_reading_a_list_holds_no_turn_to_write(app, hands, monkeypatch):
    """While one list is read, somebody else writes; what was read is not read again."""
    play(app)
    client, run, seen = enter(app, "quantri"), subprocess.run, []

    def slow(arguments, **options):
        with app.app_context():
            seen.append(units.create_unit(UnitData("KHAC", "Đơn vị khác", "other"), by=None, now=NOON).code)
            db.session.commit()
        return run(arguments, **options)

    monkeypatch.setattr(sandbox.subprocess, "run", slow)
    looked = sent(client, LIST)
    assert looked.status_code == 303
    assert client.get(looked.location).status_code == 200
    assert client.get(f"{looked.location}/dong-loi.xlsx").status_code == 200
    assert seen == ["KHAC"]


def test_what_an_older_version_kept_is_gone(app, hands):
    play(app)
    client = enter(app, "quantri")
    looked = sent(client, LIST)
    key = looked.location.rpartition("/")[2]
    (kept,) = (app.extensions["contest_config"].data_dir / "uploads").glob(f"*-{key}")  # other tests keep theirs there
    kept.write_bytes(LIST)
    assert client.get(looked.location).status_code == 404


def test_others_are_answered_while_a_list_is_read(app, hands, monkeypatch):
    """The child has begun, and waits for the file's bytes, when somebody else's page is asked for and given."""
    play(app)
    client, other, seen = enter(app, "quantri"), enter(app, "totchuc"), []

    def slow(arguments, *, input, timeout, check, **options):
        with subprocess.Popen(arguments, stdin=subprocess.PIPE, **options) as child:
            seen.append((other.get("/to-chuc/don-vi").status_code, child.poll()))
            answer, _errors = child.communicate(input, timeout)
        return subprocess.CompletedProcess(arguments, child.returncode, answer)

    monkeypatch.setattr(sandbox.subprocess, "run", slow)
    assert sent(client, nameless_cells()).status_code == 422
    assert seen == [(200, None)]
