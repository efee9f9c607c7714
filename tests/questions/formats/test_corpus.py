"""Every file of the corpus, read as `contest bank check --json` reads it, against what stands beside it.

FILE.json states what is worth asserting: format, questions, errors, items in their order with any of
type, stem, options, key, topic, level, parts, code and codes (of the problems).
"""

import json
from pathlib import Path

import pytest

from contest.questions.content import checked
from contest.questions.formats.detect import FORMATS
from contest.questions.formats.drafts import UnreadableFile
from contest.questions.formats.gate import read_bank_here
from contest.questions.told import item_of

CORPUS = Path(__file__).parents[2] / "corpus"
FILES = sorted(path.with_suffix("") for path in CORPUS.rglob("*.json"))


def test_the_corpus_is_large_and_no_statement_stands_alone():
    assert len(FILES) >= 100  # workbooks, documents and packages are built by the tests beside this one
    assert [path for path in FILES if not path.is_file()] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_file_is_read_as_it_says(path):
    expected = json.loads(path.with_name(path.name + ".json").read_text("utf8"))
    if "refused" in expected:
        with pytest.raises(UnreadableFile) as refusal:
            read_bank_here(path.read_bytes(), path.name)
        assert refusal.value.code == expected["refused"]
        return
    reading = checked(read_bank_here(path.read_bytes(), path.name))
    found = {"format": reading.format, "questions": len(reading.usable),
             "errors": len(reading.drafts) - len(reading.usable)}
    assert found["format"] in FORMATS
    assert {name: found[name] for name in found if name in expected} == \
        {name: value for name, value in expected.items() if name != "items"}
    items = [{**item_of(draft), "codes": sorted(problem.code for problem in draft.problems)}
             for draft in reading.drafts]
    if "items" in expected:
        assert len(items) == len(expected["items"])
    for item, wanted in zip(items, expected.get("items", ()), strict=False):
        wanted = {**wanted, **({"codes": sorted(wanted["codes"])} if "codes" in wanted else {})}
        assert {name: item[name] for name in wanted} == wanted
