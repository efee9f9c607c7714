"""Texts as people type them, each beside what must come out of it."""

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contest.questions.formats.drafts import UnreadableFile
from contest.questions.formats.typed import looks_like_questions, read_text
from tests.work import ends, steps

CORPUS = Path(__file__).parents[2] / "corpus" / "text"
FILES = sorted(CORPUS.glob("*.txt"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_corpus(path):
    wanted = json.loads(path.with_name(path.name + ".json").read_text("utf8"))
    reading = read_text(path.read_bytes())
    assert [draft.stem for draft in reading.drafts] == [item["stem"] for item in wanted["items"]]
    for draft, item in zip(reading.drafts, wanted["items"], strict=True):
        assert draft.type == item["type"], draft
        if "options" in item:  # of a short text they are its answers: see test_corpus
            assert list(draft.options) == item["options"]
            assert list(draft.key) == item["key"], draft
        for name in ("topic", "level", "explanation", "citation"):
            if name in item:
                assert getattr(draft, name) == item[name]
        assert set(item.get("codes", [])) <= {problem.code for problem in draft.problems}
        assert all(problem.place == draft.place for problem in draft.problems)
    assert sum(not draft.usable for draft in reading.drafts) == wanted["errors"]


PIECES = ["Câu 1: ", "Câu 2. ", "1. ", "2) ", "A. ", "B. ", "C. ", "a) ", "b) ", "*", "\n", "\n\n", "\t", "   ",
          "Đáp án: ", "ĐÁP ÁN\n", "1A 2B ", "1-A", "B", "Giải thích: ", "PHẦN I. ", "I. ", "(đúng)", "Lời giải", "x",
          "hai ba", "- ", "> ", "HẾT", "(NB) ", "Đ", "S", "Lĩnh vực: ", "\x00", "\u0301", "\u00a0", "Câu 3",
          "D. xyz Câu 4: "]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_any_text_is_read_or_refused(text):
    try:
        reading = read_text(text.encode())
    except UnreadableFile:
        return
    assert reading.drafts
    for draft in reading.drafts:
        assert len(draft.options) >= len(draft.key) or draft.type == "cluster"
        assert draft.row >= 1


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(FILES), st.integers(0, 400), st.binary(max_size=6))
def test_a_damaged_file_is_read_or_refused(path, at, noise):
    data = path.read_bytes()
    with suppress(UnreadableFile):
        assert read_text(data[:at] + noise + data[at + 3:]).drafts


LINES = ["Câu 1: hỏi?\nA. một\nB. hai\nĐáp án: A\n", "I. mục\n", "A. \n", "1. x\n", "1A 2B\n", " \n",
         "Phần 1: a\n", "Câu 1:\n", "a) b) A. B. \n", "Đáp án:\n", "\t" * 50 + "\n"]


@pytest.mark.parametrize("line", LINES)
def test_a_long_document_costs_no_more_than_its_length(line):
    def cost(count):
        with suppress(UnreadableFile):
            read_text((line * (count // line.count("\n"))).encode())

    cost(100)
    assert steps(cost, 1_000) < 10.5 * steps(cost, 100)


@pytest.mark.parametrize("start", ["Câu 1: hỏi?\nA. ", "Câu 1: hỏi? "])
@pytest.mark.parametrize("part", LINES)
def test_a_long_line_costs_no_more_than_its_length(part, start):
    """The work is in regular expressions: one that tries all pairs of places would not end."""
    line = part.replace("\n", " ") * (200_000 // len(part))
    assert ends(read_text, f"{start}{line}\nB. hai\nĐáp án: A\n".encode())


def test_what_looks_like_questions():
    assert looks_like_questions("Câu 1: Một?\nA. một\nB. hai\n")
    assert looks_like_questions("1. Một? A. một B. hai C. ba")
    assert not looks_like_questions("STT;Câu hỏi;A;B;Đáp án\n1;Một?;x;y;A\n")
    assert not looks_like_questions("Kính gửi: các cơ quan\nNội dung công văn.")
