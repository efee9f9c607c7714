"""Files as Moodle writes them, and as nobody should."""

import json
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contest.questions.formats.drafts import PROBLEM_CODES, Draft, Reading, UnreadableFile
from contest.questions.formats.markup import pictures_in
from contest.questions.formats.moodle_xml import looks_like_moodle_xml, read_moodle_xml

CORPUS = Path(__file__).parents[2] / "corpus" / "moodle"
FILES = sorted(CORPUS.glob("*.xml"))
REFUSED = sorted((CORPUS / "refused").glob("*.xml"))
NEW_CODES = {"gap_weights"}


def expected(path: Path) -> dict:
    return json.loads(path.with_name(f"{path.name}.json").read_text("utf-8"))


def facts(draft: Draft, reading: Reading) -> dict:
    found = {name: getattr(draft, name) for name in Draft.__dataclass_fields__}
    found = {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()}
    found["settings"] = dict(draft.settings)
    found["gaps"] = [[gap.kind, [[answer.text, answer.credit] for answer in gap.answers]] for gap in draft.gaps]
    found["codes"] = [problem.code for problem in draft.problems]
    names = {one.name for one in reading.media}
    found["media"] = len([name for name in pictures_in(draft.stem) if name in names])
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_corpus(path):
    want = expected(path)
    reading = read_moodle_xml(path.read_bytes())
    assert reading.format == want["format"]
    assert len(reading.drafts) == want["questions"] == len(want["items"])
    assert len(reading.drafts) - len(reading.usable) == want["errors"]
    assert [problem.code for problem in reading.problems] == want.get("problems", [])
    for draft, item in zip(reading.drafts, want["items"], strict=True):
        found = facts(draft, reading)
        assert {name: found[name] for name in item if name != "codes"} == \
            {name: value for name, value in item.items() if name != "codes"}
        if "codes" in item:
            assert Counter(found["codes"]) == Counter(item["codes"]), draft.problems
    assert {problem.code for draft in reading.drafts for problem in draft.problems} <= PROBLEM_CODES | NEW_CODES


def test_the_corpus_is_there():
    assert len(FILES) >= 25
    assert len(REFUSED) >= 8


@pytest.mark.parametrize("path", REFUSED, ids=lambda path: path.stem)
def test_refused(path):
    with pytest.raises(UnreadableFile) as refused:
        read_moodle_xml(path.read_bytes())
    assert refused.value.code == expected(path)["refusal"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_is_known_by_its_root(path):
    assert looks_like_moodle_xml(path.read_bytes()[:4000])


@pytest.mark.parametrize("head", [
    b"", b"<quizzes>", b"<html><quiz>", b"quiz", b"::T:: {=a}", b"<?xml version='1.0'?><assessmentItem>",
    b"<!-- <quiz> --><x>", b"<?xml ?>" * 400, b"<?a " * 1000, b"<!--" * 1000, b"PK\x03\x04<quiz>",
])
def test_other_files_are_not(head):
    assert not looks_like_moodle_xml(head)


def test_deep_html_in_a_text_costs_no_other_question():
    deep = "<b>" * 50_000 + "sâu" + "<ul><li>" * 20_000
    other = '<question type="essay"><questiontext><text>Câu khác</text></questiontext></question>'
    data = f'<quiz><question type="essay"><questiontext><text><![CDATA[{deep}]]></text></questiontext></question>'
    assert read_moodle_xml(f"{data}{other}</quiz>".encode()).drafts[1].stem == "Câu khác"


def test_a_picture_used_by_two_questions_is_kept_once():
    reading = read_moodle_xml((CORPUS / "pictures.xml").read_bytes())
    assert len(reading.media) == 2
    assert {name for draft in reading.drafts for text in (draft.stem, *draft.options) for name in pictures_in(text)} \
        == {one.name for one in reading.media}


def test_what_is_missing_is_named():
    drafts = read_moodle_xml((CORPUS / "pictures.xml").read_bytes()).drafts
    said = [(problem.code, problem.params.get("name")) for draft in drafts for problem in draft.problems]
    assert ("picture_missing", "khong-co.png") in said
    assert ("picture_missing", "https://example.org/x.png") in said
    assert ("picture_refused", "hong.png") in said
    assert ("audio_lost", "bai.pdf") in said


MUTABLE = [path.read_bytes() for path in FILES if path.stat().st_size < 4_000]


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(MUTABLE), st.integers(0, 4_000), st.integers(0, 40), st.binary(max_size=12))
def test_mutated_bytes_are_read_or_refused(data, at, gone, new):
    at %= len(data)
    with suppress(UnreadableFile):
        read_moodle_xml(data[:at] + new + data[at + gone:])


WORDS = st.sampled_from([
    "{1:SA:", "{1:MC:", "{2:NM:", "=", "~", "#", "}", "\\", "%50%", "%-33.3%", "*", "[[1]]", "[[2]]", "&amp;", "&",
    "<b>", "</b>", "<p>", "<ul><li>", "<table><tr><td>", "<math>", "<img src='@@PLUGINFILE@@/a.png'>",
    "<img src='data:,'>", "\\(", "\\)", "$$",
    "3,5", "1e5", ":", "é", "\u0301", "\u00a0", "\n", "Căn cứ: ", "/", "|", "-", "1."])


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["cloze", "multichoice", "shortanswer", "numerical", "match", "gapselect", "ordering", "essay"]),
       st.sampled_from(["html", "plain_text", "markdown", "moodle_auto_format"]),
       st.lists(WORDS, max_size=14).map("".join), st.lists(WORDS, max_size=8).map("".join))
def test_any_text_is_taken(kind, form, stem, answer):
    def text(words: str) -> str:
        return f"<text><![CDATA[{words}]]></text>"

    data = (f'<quiz><question type="{kind}"><questiontext format="{form}">{text(stem)}</questiontext>'
            f'<generalfeedback>{text(answer)}</generalfeedback><answer fraction="{len(answer)}" format="{form}">'
            f"{text(answer)}<tolerance>{len(stem)}</tolerance></answer><subquestion>{text(stem)}<answer>{text(answer)}"
            f"</answer></subquestion><selectoption>{text(answer)}</selectoption></question></quiz>")
    assert len(read_moodle_xml(data.encode()).drafts) == 1
