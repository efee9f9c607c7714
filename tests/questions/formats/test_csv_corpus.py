"""The text fixtures: each FILE.csv beside FILE.csv.json, which says what it holds."""

import json
from pathlib import Path

import pytest

from contest.questions.formats.gate import read_bank_here

FOLDER = Path(__file__).parents[2] / "corpus" / "csv"
FILES = sorted(FOLDER.glob("*.csv"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_fixture(path):
    expected = json.loads(path.with_name(path.name + ".json").read_text("utf-8"))
    reading = read_bank_here(path.read_bytes(), path.name)
    assert reading.format == expected["format"]
    assert len(reading.drafts) == len(expected["items"])
    for draft, item in zip(reading.drafts, expected["items"], strict=True):
        found = {"type": draft.type, "stem": draft.stem, "options": list(draft.options), "key": list(draft.key),
                 "topic": draft.topic, "level": draft.level, "code": draft.code,
                 "codes": [problem.code for problem in draft.problems]}
        assert {name: found[name] for name in item} == item, draft.place
    assert len(reading.usable) == expected["questions"]
    assert len(reading.drafts) - len(reading.usable) == expected["errors"]


def test_there_are_enough():
    assert len(FILES) >= 12
