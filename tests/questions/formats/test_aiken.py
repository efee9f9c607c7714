"""Aiken, strict and as people write it."""

from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from contest.questions.formats.aiken import looks_like_aiken, read_aiken
from contest.questions.formats.drafts import MAX_ROWS, UnreadableFile
from contest.questions.formats.gift import looks_like_gift

FILES = sorted((Path(__file__).parents[2] / "corpus").glob("aiken/*.aiken.txt"))


def read(text):
    return read_aiken(text.encode())


def test_problems_name_their_lines():
    nine = "".join(f"{letter}. {letter}\n" for letter in "ABCDEFGHI")
    reading = read(f"Một?\nA. a\nB. b\n\nHai?\nA. a\nB. b\nANSWER: E\nBa?\n{nine}")
    assert [(draft.row, draft.problems[0].code, draft.problems[0].place) for draft in reading.drafts] == [
        (1, "no_key", "3"), (5, "key_beyond_options", "8"), (9, "too_many_options", "18")]


def test_headings_and_the_rest_are_not_lost_in_silence():
    reading = read("PHẦN I\n\nMột?\nA. a\nB. b\nANSWER: A\n\nHết\n")
    assert [(row.row, row.why) for row in reading.skipped] == [(1, "section_heading")]
    assert [(found.code, found.place, found.params) for found in reading.problems] == [
        ("text_not_taken", "8", {"value": "Hết"})]


@pytest.mark.parametrize(("data", "code"), [
    (b"", "empty_file"), (b"\x00\x01\x02\x03", "not_text"), ("Chỉ có chữ".encode(), "no_questions"),
])
def test_what_holds_no_question_is_refused(data, code):
    with pytest.raises(UnreadableFile) as refused:
        read_aiken(data)
    assert refused.value.code == code


def test_more_questions_than_a_bank_are_refused():
    with pytest.raises(UnreadableFile) as refused:
        read("Q\nA. a\nANSWER: A\n" * (MAX_ROWS + 1))
    assert refused.value.code == "too_heavy"


STRICT = "Một?\nA. a\nB. b\nANSWER: A\n\nHai?\nA) a\nB) b\n\nANSWER: B\n"


def test_it_is_told_from_other_texts():
    assert looks_like_aiken(STRICT)
    assert looks_like_aiken(STRICT.replace("\n", "\r\n"))
    assert not looks_like_aiken(STRICT.replace("ANSWER", "ĐÁP ÁN"))
    assert not looks_like_aiken(STRICT.replace("ANSWER: B", "Hết") .replace("B. b\n", ""))
    assert not looks_like_aiken("Câu 1: " + STRICT.replace("Hai", "Câu 2. Hai"))
    assert not looks_like_aiken("")
    assert not any(looks_like_gift(path.read_bytes().decode("utf-8")) for path in FILES)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(FILES), st.data())
def test_broken_files_are_read_or_refused(path, data):
    source = path.read_bytes().decode("utf-8")
    pieces = ["\n", "\n\n", "A. ", "B) ", "ANSWER: A\n", "ANSWER:", "ĐÁP ÁN: c", "\t", "\x0b", "I. x\n"]
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(source)))
        source = source[:at] + data.draw(st.sampled_from(pieces)) + source[at + data.draw(st.integers(0, 8)):]
    try:
        reading = read(source)
    except UnreadableFile:
        return
    assert all(draft.type == "single" and (draft.problems or draft.key) for draft in reading.drafts)
    assume(reading.drafts)
    rows = [draft.row for draft in reading.drafts]
    assert rows == sorted(set(rows))
