import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from contest import cli
from contest.cli_banks import title_of
from contest.questions.formats.gate import read_bank_here
from contest.questions.formats.writing import FORMATS as WRITABLE
from contest.questions.queries import bank_by_code
from tests.questions.drafted import numbers
from tests.questions.formats.built import HEADER, question, workbook

ROOT = Path(__file__).parents[1]
BANK = ROOT / "question_banks" / "hong-ngu-2024.xlsx"
KEYS = {"file", "format", "questions", "created", "updated", "duplicates", "errors", "warnings", "items", "problems"}
ITEM = {"place", "type", "stem", "options", "key", "topic", "level", "explanation", "citation", "problems",
        "code", "points", "parts", "gaps", "credits", "pinned", "settings", "tags", "markup"}


def check(*arguments: object) -> subprocess.CompletedProcess[str]:
    """`contest bank check …` with nothing in its environment."""
    return subprocess.run([sys.executable, "-m", "contest.cli", "bank", "check", *map(str, arguments)], env={},
                          capture_output=True, text=True, encoding="utf8", check=False, cwd=ROOT)


@pytest.fixture
def bank(app, monkeypatch):
    """Runs `contest bank …` on the test's application."""
    monkeypatch.setattr(cli, "make_app", lambda: app)
    return lambda *arguments: CliRunner().invoke(cli.main, ["bank", *map(str, arguments)])


def write(path: Path, *rows) -> Path:
    path.write_bytes(workbook([HEADER, *rows]))
    return path


def test_a_good_file_is_one_object_and_exit_0():
    done = check(BANK, "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    assert set(told) == KEYS
    drafts = read_bank_here(BANK.read_bytes(), BANK.name).drafts
    assert {name: told[name] for name in sorted(KEYS - {"items"})} == {
        "file": str(BANK), "format": "xlsx", "questions": len(drafts), "created": 0, "updated": 0, "duplicates": 0,
        "errors": 0, "warnings": 0, "problems": []}
    assert all(set(item) == ITEM for item in told["items"])
    first, item = drafts[0], told["items"][0]
    assert (item["place"], item["options"], item["key"]) == (first.place, list(first.options), list(first.key))


def test_rows_with_errors_are_named_and_exit_1(tmp_path):
    path = write(tmp_path / "a.xlsx", question(1), question(2, "?"), question(1))
    done = check(path)
    assert done.returncode == 1
    assert "Dòng 3, cột Đáp án đúng: không hiểu đáp án “?”." in done.stdout
    told = json.loads(check(path, "--json").stdout)
    assert [told[name] for name in ("questions", "errors", "warnings", "duplicates")] == [2, 1, 1, 1]
    found = told["items"][1]["problems"]
    assert [(p["severity"], p["code"]) for p in found] == [("error", "key_unreadable")]
    assert set(found[0]) == {"severity", "code", "message"}
    assert found[0]["message"].startswith("Dòng 3, cột Đáp án đúng: không hiểu đáp án “?”.")


def test_warnings_alone_are_exit_0(tmp_path):
    done = check(write(tmp_path / "a.xlsx", question(1), question(1)), "--json")
    assert (done.returncode, json.loads(done.stdout)["warnings"]) == (0, 1)


def test_several_files_are_one_bank(tmp_path):
    one, two = (write(tmp_path / name, question(1), question(n)) for n, name in ((2, "a.xlsx"), (3, "b.xlsx")))
    told = json.loads(check(one, two, "--json").stdout)
    assert (told["file"], told["questions"], told["duplicates"]) == (f"{one}, {two}", 4, 1)


@pytest.mark.parametrize(("name", "data", "options", "words"), [
    ("a.xlsx", None, (), "Không mở được tệp"),
    ("a.xlsx", b"", (), "Tệp trống."),
    ("a.xlsx", b"%PDF-1.7", (), "Tệp PDF"),
    ("a.csv", "Câu,Đáp án\n1,A\n2,B\n".encode(), (), "Tệp chỉ có đáp án, không có câu hỏi."),
    ("a.csv", "Câu hỏi,A,B,Đáp án\nHỏi?,x,y,A\n".encode(), ("--format", "xlsx"), "tệp là csv, không phải xlsx."),
    ("a.csv", b"x", ("--format", "hotpotatoes"), "Định dạng hotpotatoes chưa có."),
])
def test_what_cannot_be_read_is_one_line_on_stderr_and_exit_2(tmp_path, name, data, options, words):
    path = tmp_path / name
    if data is not None:
        path.write_bytes(data)
    done = check(path, *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1


def test_import_makes_the_bank_and_twice_adds_nothing(app, bank):
    told = json.loads(bank("import", BANK, "--bank", "HN-2024", "--json").output)
    assert set(told) == KEYS
    count = told["questions"]
    assert (told["created"], told["updated"], told["duplicates"]) == (count, 0, 0)
    again = bank("import", BANK, "--bank", "hn-2024", "--on-duplicate", "add", "--json")
    assert again.exit_code == 0
    assert [json.loads(again.output)[name] for name in ("created", "duplicates")] == [0, count]
    with app.app_context():
        assert numbers()[:3] == (count, count, count)
        assert bank_by_code("hn-2024").title == \
            "Kế hoạch tuyên truyền cải cách hành chính năm 2024 của thành phố Hồng Ngự"


def test_import_takes_the_good_rows_and_says_exit_1(app, bank, tmp_path):
    path = write(tmp_path / "Bộ đề.xlsx", question(1), question(2, "?"))
    done = bank("import", path, "--bank", "a")
    assert done.exit_code == 1
    assert "1 câu dùng được, 1 dòng lỗi, 0 cảnh báo; tạo mới 1, cập nhật 0, trùng 0." in done.stdout
    with app.app_context():
        assert bank_by_code("a").title == "Bộ đề"


@pytest.mark.parametrize(("way", "counts", "versions"), [("skip", [0, 0, 1], 1), ("update", [0, 1, 0], 2),
                                                         ("add", [1, 0, 0], 2)])
def test_a_corrected_key(app, bank, tmp_path, way, counts, versions):
    bank("import", write(tmp_path / "a.xlsx", question(1, "A")), "--bank", "a", "--title", "Một")
    done = bank("import", write(tmp_path / "a.xlsx", question(1, "B")), "--bank", "a", "--on-duplicate", way, "--json")
    assert [json.loads(done.output)[name] for name in ("created", "updated", "duplicates")] == counts
    with app.app_context():
        assert numbers()[1] == versions
        assert bank_by_code("a").title == "Một"


def test_import_refuses_in_one_line_and_writes_nothing(app, bank, tmp_path):
    (tmp_path / "a.xlsx").write_bytes(b"")
    for arguments in ((tmp_path / "a.xlsx", "--bank", "a"), (BANK, "--bank", "có dấu")):
        done = bank("import", *arguments)
        assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    with app.app_context():
        assert numbers() == (0, 0, 0, 0)
        assert bank_by_code("a") is None


def test_export_reads_back_as_the_same_questions(app, bank, tmp_path):
    bank("import", BANK, "--bank", "hn")
    target = tmp_path / "ra.xlsx"
    assert bank("export", "HN", "--format", "xlsx", "-o", target).exit_code == 0
    told = json.loads(bank("import", target, "--bank", "hn", "--on-duplicate", "add", "--json").output)
    assert (told["created"], told["updated"], told["errors"]) == (0, 0, 0)
    assert told["duplicates"] == told["questions"] == len(read_bank_here(BANK.read_bytes(), "x").drafts)


@pytest.mark.parametrize("form", WRITABLE)
def test_every_format_that_is_exported_reads_back(app, bank, tmp_path, form):
    """What a format holds comes back as the same questions, into the same bank and into a new one."""
    count = 9
    path = write(tmp_path / "a.xlsx", *(question(n, "ABCD"[n % 4]) for n in range(1, count + 1)))
    bank("import", path, "--bank", "a")
    target = tmp_path / f"ra.{ {'moodle-xml': 'xml', 'aiken': 'txt', 'qti': 'zip'}.get(form, form) }"
    done = bank("export", "a", "--format", form, "-o", target)
    assert (done.exit_code, done.stderr, done.stdout) == (0, "", f"Đã ghi {count} câu vào {target}.\n")
    told = json.loads(check(target, "--format", form, "--json").stdout)
    assert [told[name] for name in ("questions", "errors", "duplicates")] == [count, 0, 0]
    assert [len(item["key"]) for item in told["items"]] == [1] * count
    same = json.loads(bank("import", target, "--bank", "a", "--json").stdout)
    assert [same[name] for name in ("created", "updated", "duplicates")] == [0, 0, count]
    fresh = json.loads(bank("import", target, "--bank", "b", "--json").stdout)
    assert [fresh[name] for name in ("created", "updated", "duplicates", "errors")] == [count, 0, 0, 0]


@pytest.mark.parametrize(("arguments", "words"), [
    (("hn", "--format", "pdf"), "Định dạng pdf chưa có."), (("khong-co",), "Không có ngân hàng mã “khong-co”."),
])
def test_export_refuses(app, bank, tmp_path, arguments, words):
    target = tmp_path / "ra.xlsx"
    done = bank("export", *arguments, "-o", target)
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert words in done.stderr
    assert not target.exists()


def test_the_title_of_a_file():
    assert title_of(BANK.read_bytes()) == "Kế hoạch tuyên truyền cải cách hành chính năm 2024 của thành phố Hồng Ngự"
    assert title_of(b"a,b\n") is None
    assert title_of(workbook([HEADER])) is None


def test_a_file_whose_properties_are_damaged_has_no_title():
    """The zip opens, and what it says of itself does not unpack."""
    data = bytearray(BANK.read_bytes())
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        entry = package.getinfo("docProps/core.xml")
    start = entry.header_offset + 30 + len(entry.filename)
    data[start:start + entry.compress_size] = b"\xff" * entry.compress_size
    assert title_of(bytes(data)) is None
