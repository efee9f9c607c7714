"""docs/question-files.md: what it shows is what happens."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from contest.cli import main
from contest.questions.formats.detect import FORMATS as READABLE
from contest.questions.formats.gate import read_bank_here
from contest.questions.formats.writing import FORMATS as WRITABLE
from contest.questions.models import TYPES

PAGE = (Path(__file__).parents[1] / "docs/question-files.md").read_text("utf8")


def shown(language: str) -> list[str]:
    """The page's blocks in this language, in their order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize(("language", "name", "types"), [
    ("csv", "csv", [*TYPES]),
    ("text", "text", ["single", "multiple", "true_false", "cluster", "short_text", "number", "ordering",
                      "matching", "gaps", "essay"]),
    ("gift", "gift", ["single", "number", "matching"]),
    ("aiken", "aiken", ["single"]),
])
def test_an_example_is_read_as_the_page_says(language, name, types):
    reading = read_bank_here(shown(language)[0].encode(), "example")
    assert reading.format == name
    assert [draft.type for draft in reading.drafts] == types
    assert [draft.problems for draft in reading.drafts] == [()] * len(types)
    assert reading.problems == ()


def test_the_json_is_what_the_command_prints(tmp_path, monkeypatch):
    (tmp_path / "cau-hoi.csv").write_text(shown("csv")[1], "utf8")
    monkeypatch.chdir(tmp_path)
    run = CliRunner().invoke(main, ["bank", "check", "--json", "cau-hoi.csv"])
    assert json.loads(run.stdout) == json.loads(shown("json")[0])
    assert run.exit_code == 1


def test_the_page_names_every_format_that_is_read_or_written():
    table = PAGE.partition("## Formats")[2].partition("\n## ")[0]
    assert {name for name in {*READABLE, *WRITABLE} if f"`{name}`" not in table} == set()
    left_out = PAGE.partition("## What each writer leaves out")[2].partition("\n## ")[0]
    assert {name for name in WRITABLE if f"| `{name}` |" not in left_out} == set()


def test_the_files_that_the_page_names_exist():
    root = Path(__file__).parents[1]
    places = [root, root / "contest/questions", root / "contest/questions/formats"]
    named = re.findall(r"`([\w/]+\.py)`", PAGE)
    assert [name for name in named if not any((place / name).is_file() for place in places)] == []
