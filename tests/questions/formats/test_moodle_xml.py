"""Files as Moodle writes them, and as nobody should."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contest.questions.formats import moodle_xml
from contest.questions.formats.drafts import Reading, UnreadableFile
from contest.questions.formats.markup import Marked, from_html, pictures_in
from contest.questions.formats.moodle_texts import Shelf, Texts
from contest.questions.formats.moodle_xml import looks_like_moodle_xml, read_moodle_xml

CORPUS = Path(__file__).parents[2] / "corpus" / "moodle"
FILES = sorted(CORPUS.glob("*.xml"))
REFUSED = sorted((CORPUS / "refused").glob("*.xml"))


def read(name: str) -> Reading:
    return read_moodle_xml((CORPUS / f"{name}.xml").read_bytes())


def test_the_corpus_is_there():
    assert len(FILES) >= 25
    assert len(REFUSED) >= 8


@pytest.mark.parametrize(("name", "codes"), [
    ("unsupported", ["item_unsupported"] * 2), ("text_repaired", ["text_repaired"] * 3),
    ("windows_1258", ["text_repaired"]), ("pictures", []), ("empty_quiz", []),
])
def test_what_is_no_questions_own_is_named(name, codes):
    assert [problem.code for problem in read(name).problems] == codes


def test_what_was_mended_is_counted():
    said = [(problem.place, dict(problem.params)) for problem in read("text_repaired").problems]
    assert said == [("@2", {"cells": 1, "kind": "nbsp"}), ("@1", {"cells": 2, "kind": "nfd"}),
                    ("@1", {"cells": 2, "kind": "zero_width"})]


def test_a_description_is_named_with_its_place():
    first, second = read("unsupported").problems
    assert (first.place, first.params["value"]) == ("@9", "description")
    assert (second.place, second.params["value"]) == ("@11", "banner")


def test_every_picture_that_is_there_is_shown():
    shown = [len(pictures_in(draft.stem)) for draft in read("pictures").drafts]
    assert shown == [1, 1, 0, 0, 1, 0, 1, 0, 0, 0]
    assert [len(pictures_in(draft.stem)) for draft in read("old_picture").drafts] == [1]


def test_another_root_is_refused():
    with pytest.raises(UnreadableFile) as refused:
        read_moodle_xml(b"<questestinterop/>")
    assert refused.value.code == "broken_file"


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
    reading = read("pictures")
    assert len(reading.media) == 2
    assert {name for draft in reading.drafts for text in (draft.stem, *draft.options) for name in pictures_in(text)} \
        == {one.name for one in reading.media}


def test_what_is_missing_is_named():
    drafts = read("pictures").drafts
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


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from([*" \n\t\u00a0\u2028\u200b'\">é1-*.", "e\u0301", "<p>", "</p>", "**", "đ ", "＊"]),
                max_size=10).map("".join))
def test_the_short_way_says_what_the_parser_says(html):
    texts = Texts("@1", Shelf())
    whole = from_html(html, lambda src: None)
    assert texts.html(html) == Marked(whole.text, whole.markup)
    assert set(texts.shelf.mended) == whole.mended


@pytest.mark.parametrize("sign", ["&#3,", "&#11; ", "&#x1F;", "&#0;", "&#31", "&#xb;"])
def test_control_characters_by_number_break_nothing(sign):
    data = f'<quiz><question type="essay"><questiontext><text><![CDATA[{sign}Câu hỏi?]]></text></questiontext>'
    assert read_moodle_xml(f"{data}</question></quiz>".encode()).drafts[0].stem.endswith("Câu hỏi?")


def test_a_question_with_too_much_in_it_is_refused_alone():
    answers = '<answer fraction="1"><text>a</text></answer>' * 150
    gaps, pairs = "{1:SA:=a}" * 150, "<subquestion><text>a</text><answer><text>b</text></answer></subquestion>" * 150
    reading = read_moodle_xml(f'''<quiz><question type="multichoice">{answers}</question>
        <question type="shortanswer">{answers}</question><question type="match">{pairs}</question>
        <question type="cloze"><questiontext><text>{gaps}</text></questiontext></question></quiz>'''.encode())
    codes = [{problem.code for problem in draft.problems} for draft in reading.drafts]
    assert "too_many_options" in codes[0] & codes[1]
    assert "too_many_parts" in codes[2] & codes[3]


ESSAY = "<question type='essay'><questiontext><text>{}</text></questiontext></question>"


def limited(monkeypatch, rows=3, chars=1_000):
    monkeypatch.setattr(moodle_xml, "MAX_ROWS", rows)
    monkeypatch.setattr(moodle_xml, "MAX_TEXT_CHARS", chars)


def test_a_file_of_too_many_questions_is_refused(monkeypatch):
    limited(monkeypatch)
    category = "<question type='category'><category><text>a</text></category></question>"
    assert len(read_moodle_xml(f"<quiz>{category * 5}{ESSAY.format('Nêu?') * 3}</quiz>".encode()).drafts) == 3
    with pytest.raises(UnreadableFile) as refused:
        read_moodle_xml(f"<quiz>{ESSAY.format('Nêu?') * 4}</quiz>".encode())
    assert (refused.value.code, refused.value.params["limit"]) == ("too_many_rows", 3)


def test_a_file_of_too_much_text_is_refused(monkeypatch):
    limited(monkeypatch)
    picture = "data:image/png;base64," + "A" * 2_000
    long = ESSAY.format("a" * 900 + f"&lt;img src='{picture}'&gt;") + f"<question><file>{'A' * 2_000}</file></question>"
    assert len(read_moodle_xml(f"<quiz>{long}</quiz>".encode()).drafts) == 2
    with pytest.raises(UnreadableFile) as refused:
        read_moodle_xml(f"<quiz>{ESSAY.format('a' * 501) * 2}</quiz>".encode())
    assert refused.value.code == "too_much_text"
