"""Every file of the corpus, read as `contest bank check --json` reads it, against what stands beside it.

FILE.json states what is worth asserting: format, questions, errors, items in their order with any of
type, stem, options, key, gaps, topic, level, parts, code and codes (of the problems). Of every item that can be
used it states the key.
"""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from contest.questions.content import checked
from contest.questions.formats.detect import FORMATS
from contest.questions.formats.drafts import UnreadableFile
from contest.questions.formats.gate import read_bank_here
from contest.questions.told import item_of

CORPUS = Path(__file__).parents[2] / "corpus"
FILES = sorted(path.with_suffix("") for path in CORPUS.rglob("*.json"))
LEAST = {"aiken": 10, "csv": 15, "gift": 30, "moodle-xml": 30, "qti": 30, "text": 30}  # files that are read


def statement(path):
    return json.loads(path.with_name(path.name + ".json").read_text("utf8"))


STATED = {path: statement(path) for path in FILES}


def test_the_corpus_is_large_and_no_statement_stands_alone():
    assert len(FILES) >= 120  # workbooks, documents and packages are built by the tests beside this one
    counts = Counter(stated.get("format", "any") for stated in STATED.values() if "refused" not in stated)
    assert {form: count for form, count in LEAST.items() if counts[form] < count} == {}
    assert set(counts) - {"any"} == set(LEAST)
    assert [path for path in FILES if not path.is_file()] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_file_is_read_as_it_says(path):
    expected = STATED[path]
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
    keyed = [(item["key"] or item["gaps"]) and draft.usable for item, draft in zip(items, reading.drafts, strict=True)]
    stated = [bool(wanted.keys() & {"key", "gaps"}) for wanted in expected.get("items", ())]
    assert [place for place, (has, told) in enumerate(zip(keyed, stated, strict=False)) if has and not told] == []


def samples():
    """Of each format the first file without errors and the first with some, and one that is refused."""
    found = {}
    for path, stated in STATED.items():
        if "format" in stated or "refused" in stated:
            found.setdefault((stated.get("format"), bool(stated.get("errors"))), path)
    return sorted(found.values())


@pytest.mark.parametrize("path", samples(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_command_says_the_same(path):
    """`contest bank check --json`, which reads in the child, where nothing of this process helps."""
    expected = STATED[path]
    done = subprocess.run([sys.executable, "-m", "contest.cli", "bank", "check", str(path), "--json"], env={},
                          capture_output=True, text=True, encoding="utf8", check=False, cwd=CORPUS.parents[1])
    if "refused" in expected:
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
        return
    told = json.loads(done.stdout)
    assert (done.returncode, told["format"]) == (1 if expected["errors"] else 0, expected["format"])
    assert (told["questions"], told["errors"]) == (expected["questions"], expected["errors"])
    reading = checked(read_bank_here(path.read_bytes(), path.name))
    for found, draft in zip(told["items"], reading.drafts, strict=True):
        item = item_of(draft)
        assert {name: found[name] for name in item} == json.loads(json.dumps(item))
