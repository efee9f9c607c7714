import json
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import click
import openpyxl
import pytest
from click.testing import CliRunner
from sqlalchemy.exc import OperationalError
from xlsxwriter.exceptions import FileCreateError

from contest import cli, clock, health, serving
from contest.config import TABLE
from contest.database import Busy
from contest.extensions import db
from contest.rounds import queries
from contest.standings.operations import score_round
from tests import factories
from tests.standings.cast import sit, stage

ROOT = Path(__file__).parents[1]


def commands(group=cli.main, words=()):
    """Every command and group: (its words, the click command)."""
    yield words, group
    for name, one in getattr(group, "commands", {}).items():
        yield from commands(one, (*words, name))


COMMANDS = dict(commands())


@pytest.fixture
def run(app, monkeypatch):
    """Runs `contest …` on the test's application."""
    monkeypatch.setattr(cli, "make_app", lambda: app)
    return lambda *arguments: CliRunner().invoke(cli.main, list(map(str, arguments)))


def contest(tmp_path, *arguments, **settings):
    """`contest …` as a process with a data folder of its own."""
    return subprocess.run([sys.executable, "-m", "contest.cli", *arguments], capture_output=True, text=True,
                          env={"CONTEST_DATA_DIR": str(tmp_path / "data"), **settings}, encoding="utf8",
                          check=False, cwd=ROOT)


def refused(done):
    """The one line of a refusal."""
    code = done.returncode if isinstance(done, subprocess.CompletedProcess) else done.exit_code
    assert (code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    return done.stderr.strip()


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_has_help(words):
    done = CliRunner().invoke(cli.main, [*words, "--help"])
    assert (done.exit_code, done.stderr) == (0, "")
    assert COMMANDS[words].help.split(".")[0].split()[0] in done.stdout


@pytest.mark.parametrize(("words", "line"), [
    ((), "Missing command. See"),
    (("bank",), "bank --help`."),
    (("bank", "check"), "Missing argument 'FILES...'."),
    (("bank", "import", "--bank"), "Option '--bank' requires an argument."),
    (("units", "import", "/nowhere.xlsx"), "'/nowhere.xlsx' does not exist."),
    (("bank", "check", "/nowhere.xlsx"), "Không mở được tệp /nowhere.xlsx: "),
    (("demo", "--stage", "over"), "'over' is not one of"),
    (("frobnicate",), "No such command 'frobnicate'."),
])
def test_a_slip_of_the_hand_is_one_line(words, line):
    assert line in refused(CliRunner().invoke(cli.main, words))


@pytest.mark.parametrize("words", [("round", "score", "x"), ("results", "export", "x", "-o", "out.xlsx"), ("demo",),
                                   ("bank", "export", "a", "-o", "out.xlsx")], ids=" ".join)
def test_a_database_without_tables_says_what_to_do(tmp_path, words):
    done = contest(tmp_path, *words)
    assert refused(done) == "Cơ sở dữ liệu chưa sẵn sàng. Chạy `contest migrate` rồi thử lại."
    assert not (ROOT / "out.xlsx").exists()


def test_a_data_folder_that_cannot_be_made_is_one_line(tmp_path):
    (tmp_path / "data").write_text("a file")
    assert str(tmp_path / "data") in refused(contest(tmp_path, "round", "score", "x"))


def test_a_database_that_does_not_answer_is_one_line(run, monkeypatch):
    def gone(*_args):
        raise OperationalError("SELECT 1", {}, Exception("connection refused\nIs the server running?"))

    monkeypatch.setattr(queries, "get_round", gone)
    assert refused(run("round", "score", "x")) == "Cơ sở dữ liệu báo lỗi: connection refused."
    monkeypatch.setattr(health, "schema_is_current", gone)
    assert refused(run("round", "score", "x")).startswith("Không kết nối được cơ sở dữ liệu.")


def test_no_turn_to_write_is_one_line(run, monkeypatch):
    def waits(*_args):
        raise Busy

    monkeypatch.setattr(queries, "get_round", waits)
    assert refused(run("round", "score", "x")) == "Hệ thống đang bận. Chưa ghi gì; thử lại sau ít giây."


def a_round(app):
    with app.app_context():
        row = factories.round_(factories.contest(), factories.bank())
        db.session.commit()
        return row.id


def test_results_that_cannot_be_written_are_one_line(app, run, hands, tmp_path):
    round_id = a_round(app)
    target = tmp_path / "missing" / "out.xlsx"
    assert str(target) in refused(run("results", "export", round_id, "-o", target))


def test_a_workbook_that_fails_is_one_line(run, monkeypatch):
    def full(*_args):
        raise FileCreateError(OSError(28, "No space left on device", "/data/out.xlsx"))

    monkeypatch.setattr(queries, "get_round", full)
    assert refused(run("round", "score", "x")).endswith("/data/out.xlsx: No space left on device.")


def test_scoring_prints_one_object(app, run, hands):
    round_id = a_round(app)
    done = run("round", "score", round_id)
    assert (done.exit_code, json.loads(done.stdout)) == (
        0, {"closed": 0, "scored": 0, "people": 0, "attempts": 0, "blank": 0})


def test_a_round_that_is_still_open_is_not_closed(app, run, hands):
    round_id = a_round(app)
    hands.set(factories.NOON + timedelta(hours=6) - timedelta(milliseconds=1))
    assert refused(run("round", "close", round_id)) == \
        "Đợt thi còn mở đến 18:00 ngày 01/12/2026. Chờ đến lúc đó, hoặc hủy đợt thi trên trang tổ chức."


def test_a_round_is_closed_from_its_end_on_once(app, run, hands):
    """The sitting that nobody submitted is closed and scored; again changes nothing."""
    with app.app_context():
        _contest, bank, round_, (unit,) = stage()
        sit(round_, bank, factories.account(unit=unit), unit=unit, right=2, state="open")
        round_id = round_.id
        db.session.commit()
    hands.set(factories.NOON + timedelta(hours=6))
    counts = {"closed": 1, "scored": 1, "people": 1, "attempts": 1, "blank": 0}
    done = run("round", "close", round_id)
    assert (done.exit_code, done.stderr, done.stdout.count("\n")) == (0, "", 1)
    assert json.loads(done.stdout) == counts
    hands.advance(minutes=1)
    run("round", "close", round_id)  # once more, as late saves can have come: now it is for good
    again = run("round", "close", round_id)
    assert (again.exit_code, json.loads(again.stdout)) == (0, {**counts, "closed": 0, "scored": 0})


@pytest.mark.parametrize("words", [("round", "close"), ("round", "score"), ("results", "export")], ids=" ".join)
@pytest.mark.parametrize("round_id", ["0" * 32, "khong-co"])
def test_a_round_that_there_is_not(run, words, round_id, tmp_path):
    target = tmp_path / "ra.xlsx"
    assert refused(run(*words, round_id, *(("-o", target) if words[0] == "results" else ()))) == \
        "Không tìm thấy trang hoặc nội dung này."
    assert not target.exists()


def test_results_are_a_workbook_that_opens(app, run, hands, tmp_path):
    with app.app_context():
        _contest, bank, round_, (unit,) = stage()
        person = factories.account("thisinh", name="Đỗ Thị Én", unit=unit)
        sit(round_, bank, person, unit=unit, right=3)
        round_id = round_.id
        score_round(round_id, hands.now())
        db.session.commit()
    target = tmp_path / "ket-qua.xlsx"
    done = run("results", "export", round_id, "-o", target)
    assert (done.exit_code, done.stderr, done.stdout) == (0, "", f"Đã ghi {target}.\n")
    book = openpyxl.load_workbook(target)
    assert book.sheetnames == ["Tổng hợp", "Thí sinh", "Lượt thi", "Đơn vị"]
    people = [row for row in book["Thí sinh"].iter_rows(values_only=True) if "thisinh" in row]
    assert len(people) == 1
    assert "Đỗ Thị Én" in people[0]


def test_settings_mask_the_secrets(tmp_path):
    secrets = {"SECRET_KEY": "k" * 40, "DEMO_PASSWORD": "mat-khau-thu",
               "DATABASE_URL": "postgresql+psycopg://contest:bi-mat@db/contest"}
    done = contest(tmp_path, "settings", **secrets)
    assert done.returncode == 0
    for hidden in ("k" * 40, "mat-khau-thu", "bi-mat"):
        assert hidden not in done.stdout + done.stderr
    assert all(re.search(rf"^{row.name}  ", done.stdout, re.MULTILINE) for row in TABLE)


def test_the_readme_names_every_command_and_setting():
    text = (ROOT / "README.md").read_text("utf8")
    lines = [line for line in text.splitlines() if line.startswith("contest ")]
    named = {words for line in lines for words in _named(line.removeprefix("contest ").split("#")[0])}
    leaves = {words for words, one in COMMANDS.items() if not isinstance(one, click.Group)}
    assert named == leaves
    assert {row.name for row in TABLE} <= set(re.findall(r"`([A-Z_]+)`", text))


def _named(line):
    """The commands of a line: `migrate | serve`, or `bank check FILE…`."""
    for part in line.split("|"):
        words = tuple(word for word in part.split() if re.fullmatch("[a-z]+", word))
        yield words[:2] if words[:1] in {(w[0],) for w in COMMANDS if len(w) > 1} else words[:1]


def test_an_instant_for_programs():
    instant = factories.NOON.astimezone(clock.LOCAL).replace(microsecond=4_999)
    assert clock.rfc3339(instant) == f"{factories.NOON:%Y-%m-%dT%H:%M:%S}.004Z"


def test_a_tick_closes_once_and_scores(app, hands, monkeypatch):
    seen = []
    monkeypatch.setattr(serving, "score_pending", lambda now, limit: seen.append((now, limit)) or 7)
    with app.app_context():
        assert serving.worker_tick() == 7
    assert seen == [(factories.NOON, serving.BATCH)]
