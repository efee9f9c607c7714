"""GIFT as Moodle reads it, and better where that one gives up."""

import sys
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contest.questions.formats.aiken import looks_like_aiken
from contest.questions.formats.drafts import FULL_CREDIT, Accepted, Gap, UnreadableFile
from contest.questions.formats.gift import looks_like_gift, read_gift, topic_of
from contest.questions.formats.words import level_of

CORPUS = Path(__file__).parents[2] / "corpus"
FILES = sorted(CORPUS.glob("gift/*.gift.txt"))
PICTURE = ("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==")


def read(text: str):
    return read_gift(text.encode())


def one(text: str):
    (draft,) = read(text).drafts
    return draft


def codes(draft):
    return [problem.code for problem in draft.problems]


def test_weights_become_credits_where_they_say_more_than_right_and_wrong():
    assert one("Q{~%50%a ~%50%b ~c}").credits == ()
    assert one("Q{~%50%a ~%50%b ~%-100%c}").credits == (50_000, 50_000, -FULL_CREDIT)
    assert one("Q{~%33,333%a ~%33.333%b ~%33.333%c ~d}").credits == ()
    assert one("Q{~%70%a ~%30%b ~c}").credits == (70_000, 30_000, 0)
    assert one("Q{=a ~%50%b ~c}").credits == (FULL_CREDIT, 50_000, 0)
    assert one("Q{=a =b ~%-50%c}").credits == (50_000, 50_000, -50_000)
    assert one("Q{~%90.5%a ~b}").problems[0].params == {"found": "90.5"}


def test_typed_answers_carry_their_credit():
    assert one("Q{=a =%50%b =\\*c#lời khen}").gaps == (
        Gap("text", (Accepted("a"), Accepted("b", 50_000), Accepted("\\*c"))),)
    assert one("Q{#=1822:0 =%50%1822:2#gần =1..2}").gaps == (
        Gap("number", (Accepted("1822"), Accepted("1822±2", 50_000), Accepted("1..2"))),)
    assert one("Q{#=1#đúng ~#tiếc quá}").explanation == "1: đúng\n*: tiếc quá"
    assert one("Q{=a =%0%*#mọi câu khác}").gaps == (Gap("text", (Accepted("a"),)),)
    assert one("Q{=a =%0%*#mọi câu khác}").explanation == "*: mọi câu khác"


def test_feedback_of_true_and_false_knows_which_is_which():
    assert one("Q{T#w#r}").explanation == "A: r\nB: w"
    assert one("Q{F#w#r####g}").explanation == "g\nA: w\nB: r"


def test_code_tags_level_and_titles():
    reading = read("// [id:A-1] [tag:x\\]y] [tag:Nhận biết]\n::Tên::Q{T}\n\n::B-2::Q{T}\n\n::" + "d" * 61 + "::Q{T}")
    assert [draft.code for draft in reading.drafts] == ["A-1", "B-2", None]
    assert reading.drafts[0].tags == ("x]y",)
    assert reading.drafts[0].level == level_of("Nhận biết")
    (note,) = reading.problems
    assert (note.code, note.place, note.params) == ("titles_dropped", "2", {"found": 2})


def test_metadata_above_an_empty_line_belongs_to_the_next_question():
    first, second = read("// [id:A]\n\nQ{T}\n\nR{T}").drafts
    assert (first.code, second.code) == ("A", None)


def test_an_unclosed_title_is_named_and_read_on():
    draft = one("::Tên Q{T}")
    assert draft.usable
    assert (draft.stem, codes(draft)) == ("Tên Q", ["format_error"])


@pytest.mark.parametrize(("path", "topic"), [
    ("$course$/top/Luật/Đấu thầu", "Đấu thầu"), ("tom/dick", "dick"), ("$course$/top", None), ("$system$", None),
    ("", None),
    ("a//b/c//d", "c/d"), ("top/ //x", "/x"), ("  a  /  b  ", "b"), ("a/", "a"),
])
def test_the_topic_is_the_last_part_of_the_path(path, topic):
    assert topic_of(path) == topic


def test_lines_are_those_of_the_file():
    reading = read("// một\n\nHai\n{=a\n~%200%b}\n\nbảy } \n")
    assert [draft.row for draft in reading.drafts] == [3, 7]
    assert [draft.problems[0].place for draft in reading.drafts] == ["5", "7"]
    assert [draft.place for draft in read("A{T}\r\n\r\nB{T}\r\rC{T}").drafts] == ["1", "3", "5"]


def test_a_description_is_no_question_but_is_named():
    reading = read("Mở đầu\n\nQ{T}")
    assert len(reading.drafts) == 1
    assert [(found.severity, found.code, found.place) for found in reading.problems] == [
        ("warning", "item_unsupported", "1")]


def test_mended_characters_are_told_once():
    reading = read("Một\u200b câu\xa0hỏi{=a ~b}\n\nHai\u200b{T}")
    assert reading.drafts[0].stem == "Một câu hỏi"
    assert {(found.code, found.place, found.params["kind"], found.params["cells"]) for found in reading.problems} == {
        ("text_repaired", "1", "zero_width", 2), ("text_repaired", "1", "nbsp", 1)}


def test_a_guessed_encoding_is_told():
    reading = read_gift((CORPUS / "gift/windows_1258.gift.txt").read_bytes())
    assert [found.params for found in reading.problems] == [{"encoding": "windows-1258"}]


def test_pictures_inside_the_text_come_along():
    data = PICTURE.replace("=", "\\=")
    reading = read(f'[html]<p>Hình <img alt="x" src="data:image/png;base64,{data}"></p>{{T}}')
    (picture,) = reading.media
    assert f"(media:{picture.name}" in reading.drafts[0].stem


def test_a_picture_elsewhere_is_named():
    assert codes(one('[html]<img src\\="@@PLUGINFILE@@/a.png">Q{T}')) == ["picture_missing"]


@pytest.mark.parametrize(("data", "code"), [
    (b"", "empty_file"), (b" \r\n", "empty_file"), (b"\x00\x01\x02a", "not_text"), (b"// nothing\n", "no_questions"),
])
def test_what_holds_no_question_is_refused(data, code):
    with pytest.raises(UnreadableFile) as refused:
        read_gift(data)
    assert refused.value.code == code


def test_it_is_told_from_other_texts():
    assert all(looks_like_gift(path.read_bytes().decode("utf-8", "replace")) for path in FILES)
    assert not any(looks_like_aiken(path.read_bytes().decode("utf-8", "replace")) for path in FILES)
    assert not looks_like_gift("Câu 1: Hỏi?\nA. a\nB. b\nĐáp án: A\n")
    assert not looks_like_gift("STT;Câu hỏi;Đáp án\n1;Ai?;A\n")
    assert not looks_like_gift("Tập hợp \\{a\\} và {x, y}")


MUTATIONS = ["{", "}", "=", "~", "#", "::", "\\", "%", "->", "\n", "\n\n", "//", "[html]", "<b", "####",
             "$CATEGORY:", ">", ":"]


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(FILES), st.data())
def test_broken_files_are_read_or_refused(path, data):
    source = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(source)))
        until = min(len(source), at + data.draw(st.integers(0, 8)))
        source[at:until] = data.draw(st.sampled_from(MUTATIONS).map(str.encode) | st.binary(max_size=3))
    try:
        reading = read_gift(bytes(source))
    except UnreadableFile:
        return
    rows = [draft.row for draft in reading.drafts]
    assert rows == sorted(set(rows))


HOSTILE = ["{", "}", "::", "~%", "=", "{=a\n\n", "{=a\n~b\n\nx\n\n", "a {T}\n", "::a::\n", "$CATEGORY: ", "// [id:",
           "\\", '<p a="', "<b ", "&#1", "####", "->", "=->", "[html]", "{#1=", "{>1\n", "{=a\nb\n\n", "1,111", "\n\n{"]


def work(text: str) -> int:
    """How many calls of Python and C functions the reading takes."""
    counted = 0

    def count(*_: object) -> None:
        nonlocal counted
        counted += 1

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        read_gift(text.encode())
    except UnreadableFile:
        pass
    finally:
        sys.setprofile(before)
    return counted


@pytest.mark.parametrize("start", ["", "x {=", "[html]", "::t::[markdown]x {~"])
@pytest.mark.parametrize("unit", HOSTILE)
def test_the_work_grows_no_faster_than_the_file(start, unit):
    once, twice = (work(start + unit * times) for times in (300, 600))
    assert twice < 2.3 * once + 500


@pytest.mark.parametrize("unit", ["{", "::", "~%", '<p a="', "{=a ~", "\\", "####", "// [id:", "::a\n"])
def test_a_long_hostile_text_comes_to_an_end(unit):
    for start in ("", "x {="):
        with suppress(UnreadableFile):
            read_gift((start + unit * (200_000 // len(unit))).encode())
