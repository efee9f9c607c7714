"""What goes out as Moodle XML comes back equal."""

import base64
import io
import re
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree
from PIL import Image

from contest.questions.formats.checks import complete
from contest.questions.formats.drafts import Accepted, Draft, Gap
from contest.questions.formats.images import take
from contest.questions.formats.markup import escape, picture_markup
from contest.questions.formats.moodle_writer import write_moodle_xml
from contest.questions.formats.moodle_xml import looks_like_moodle_xml, read_moodle_xml
from contest.questions.formats.text import repair

CORPUS = Path(__file__).parents[2] / "corpus" / "moodle"


def draft(kind="single", stem="Cơ quan nào?", options=("Sở Nội vụ", "Sở Y tế"), key=(0,), **rest) -> Draft:
    return complete(Draft("@1", 1, rest.pop("code", None), kind, stem, options, key, **rest))


def there_and_back(*drafts: Draft, media=()) -> list[Draft]:
    return list(read_moodle_xml(write_moodle_xml(drafts, media).data).drafts)


def same(one: Draft, other: Draft) -> bool:
    """Equal in all that a question says; problems and the place are of the file."""
    def bare(it: Draft) -> Draft:
        return replace(it, place="", row=1, problems=(), settings=dict(it.settings))
    assert bare(one) == bare(other)
    return True


def parsed(written) -> etree._Element:
    return etree.fromstring(written.data)


# What no reader would change: see `text.repair`.
SIGNS = st.sampled_from([*"aĐộữ 1.*_[]()<>&\"'\\/|#{}~=:;%$^-+!?\n", "[[1]]", "\\(", "]]>", "@@PLUGINFILE@@/",
                         "<b>x</b>"])
TEXT = st.lists(SIGNS, min_size=1, max_size=14).map("".join).map(lambda text: repair(text)[0]).filter(bool)
LINE = TEXT.map(lambda text: " ".join(text.split())).filter(bool)
WORDS = st.text("abcđếữ /-_.", min_size=1, max_size=12).map(lambda text: " ".join(text.split())).filter(bool)
WORDS = WORDS.map(lambda text: unicodedata.normalize("NFC", text)).filter(lambda text: text not in ("top",))
PIECE = st.sampled_from(["**đậm**", "*nghiêng*", "$x^2$", "$\\frac{1}{2}$", "- a\n- b", "1. a\n2. b", "H~abc~O",
                         "x^abc^", "| a | b |\n| --- | --- |\n| c | $y$ |"])
NOTHING = st.none()
CREDIT = st.sampled_from([100_000, 50_000, 33_333, 66_667, 16_667, 14_286, 12_500, 90_000])
NUMBER = st.builds("{}{}".format, st.sampled_from(["15", "-3.20", "0.5", "1500"]), st.sampled_from(["", "±0.5", "±10"]))


@st.composite
def heads(draw, text):
    return {
        "code": draw(NOTHING | WORDS), "topic": draw(NOTHING | WORDS), "citation": draw(NOTHING | text),
        "level": draw(st.sampled_from([None, "NB", "TH", "VD", "VDC", "Mức riêng"])),
        "explanation": draw(NOTHING | text), "points": draw(st.integers(1, 100_000)),
        "tags": tuple(draw(st.lists(WORDS.map("#{}".format), max_size=3))),
    }


def distinct(text, low, high):
    return st.lists(text, min_size=low, max_size=high, unique=True).map(tuple)


@st.composite
def shapes(draw, text):
    kind = draw(st.sampled_from(["single", "multiple", "true_false", "cluster", "matching", "ordering", "short_text",
                                 "number", "essay"]))
    options = draw(distinct(text, 2, 6))
    indexes = st.integers(0, len(options) - 1)
    if kind == "single":
        at = draw(indexes)
        worth = tuple(100_000 if place == at else -33_333 for place in range(len(options)))
        return {"kind": kind, "options": options, "key": (at,), "credits": draw(st.sampled_from([(), worth])),
                "pinned": draw(pins(options))}
    if kind == "multiple":
        key = tuple(sorted(draw(st.sets(indexes, min_size=1))))
        share = -(-100_000 // len(key)) + 100
        worth = tuple(min(share, 100_000) if at in key else -50_000 for at in range(len(options)))
        return {"kind": kind, "options": options, "key": key,
                "credits": draw(st.sampled_from([(), worth])) if len(key) < len(options) else (),
                "pinned": draw(pins(options))}
    if kind == "true_false":
        return {"kind": kind, "options": ("Đúng", "Sai"), "key": (draw(st.integers(0, 1)),)}
    if kind in ("cluster", "matching"):
        parts = tuple(draw(st.lists(text, min_size=2, max_size=5)))
        if kind == "cluster":
            return {"kind": kind, "options": ("Đúng", "Sai"), "parts": parts,
                    "key": tuple(draw(st.integers(0, 1)) for _ in parts)}
        used = draw(st.lists(indexes, min_size=len(parts), max_size=len(parts)))
        order = list(dict.fromkeys([*used, *range(len(options))]))  # as prompts first use them
        return {"kind": kind, "options": tuple(options[at] for at in order), "parts": parts,
                "key": tuple(order.index(at) for at in used)}
    if kind == "ordering":
        return {"kind": kind, "options": options, "key": tuple(range(len(options)))}
    empty = {"kind": kind, "options": (), "key": ()}
    if kind == "essay":
        return empty
    typed = LINE if kind == "short_text" else NUMBER
    answers = tuple(Accepted(one, draw(CREDIT)) for one in draw(distinct(typed.filter(bare), 1, 3)))
    case = {"case": "kept"} if kind == "short_text" and draw(st.booleans()) else {}
    return {**empty, "gaps": (Gap("text" if kind == "short_text" else "number", answers),), "settings": case}


def pins(options):
    return st.sampled_from([(), tuple(range(len(options)))])


def bare(answer):
    """Typed answers with tags in them are beyond what Moodle's own field holds."""
    return "<" not in answer and "&" not in answer


@st.composite
def plain_drafts(draw):
    shape = draw(shapes(TEXT))
    return draft(shape.pop("kind"), draw(TEXT), shape.pop("options"), shape.pop("key"), **shape, **draw(heads(TEXT)))


@settings(max_examples=200, deadline=None)
@given(st.lists(plain_drafts(), min_size=1, max_size=3))
def test_plain_questions_come_back(drafts):
    for one, other in zip(there_and_back(*drafts), drafts, strict=True):
        assert same(one, other)


def on_a_page(text: str) -> str:
    """Plain text as markup; a page shows a run of spaces as one."""
    return escape(re.sub(" +", " ", text))


MARKUP = st.one_of(PIECE, TEXT.map(on_a_page).filter(bool))


@settings(max_examples=200, deadline=None)
@given(shapes(MARKUP), PIECE, heads(MARKUP))
def test_questions_with_markup_come_back(shape, stem, head):
    one = draft(shape.pop("kind"), stem, shape.pop("options"), shape.pop("key"), markup=True, **shape, **head)
    assert same(there_and_back(one)[0], one)


GAPS = st.one_of(
    st.builds(lambda answers: Gap("text", answers),
              distinct(LINE.filter(bare), 1, 3).map(lambda texts: tuple(map(Accepted, texts)))),
    st.builds(lambda answers: Gap("number", answers),
              distinct(NUMBER, 1, 3).map(lambda texts: tuple(Accepted(text, 50_000) for text in texts))),
    st.builds(lambda texts, at: Gap("choice", tuple(
        Accepted(text, 100_000 if place == at % len(texts) else 0) for place, text in enumerate(texts))),
        distinct(LINE, 2, 4), st.integers(0, 3)))
BETWEEN = st.text("aĐộ .,*<>&\n()$_-", max_size=6)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(BETWEEN, GAPS), min_size=1, max_size=4), st.booleans(), st.booleans(), heads(TEXT))
@example([("", Gap("text", (Accepted("\\[a\\]]>"),)))], True, False,
         {"code": None, "topic": None, "citation": None, "level": None, "explanation": None, "points": 1, "tags": ()})
def test_gaps_come_back(filled, markup, kept, head):
    stem = repair("".join(f"{text} [[{at}]]" for at, (text, _) in enumerate(filled, start=1)))[0]
    gaps = tuple(gap for _, gap in filled)
    if markup:
        stem = f"**Điền:**\n\n{on_a_page(stem)}"
        gaps = tuple(Gap(gap.kind, tuple(Accepted(on_a_page(answer.text), answer.credit) for answer in gap.answers))
                     if gap.kind == "choice" else gap for gap in gaps)
        head |= {name: head[name] and on_a_page(head[name]) for name in ("explanation", "citation")}
    case = {"case": "kept"} if kept and any(gap.kind == "text" for gap in gaps) else {}
    one = draft("gaps", stem, (), (), gaps=gaps, markup=markup, settings=case, **head)
    assert same(there_and_back(one)[0], one)


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*.xml")), ids=lambda path: path.stem)
def test_what_is_read_goes_round(path):
    """Once read, a file's questions stay as they are, however often they go out and come in."""
    reading = read_moodle_xml(path.read_bytes())
    usable = [one for one in reading.usable if "media:" not in one.stem + "".join(one.options)]
    assert usable or path.stem in ("empty_quiz", "odd_structure", "old_picture")
    for one, other in zip(there_and_back(*usable), usable, strict=True):
        assert same(replace(one, points=other.points), other)


def test_pictures_go_out_beside_their_text():
    raw = io.BytesIO()
    Image.new("RGB", (40, 30), (200, 10, 10)).save(raw, "PNG")
    media = take(raw.getvalue())
    shown = picture_markup(media, "Cổng trụ sở")
    one = draft(stem=f"Hình gì? {shown}", options=(shown, "Không"), markup=True)
    written = write_moodle_xml([one], [media])
    assert written.left_out == ()
    files = parsed(written).findall(".//file")
    assert [base64.b64decode(file.text) for file in files] == [media.data] * 2
    reading = read_moodle_xml(written.data)
    again = reading.media[0]
    assert (again.width, again.height) == (40, 30)
    assert same(reading.drafts[0], replace(one, stem=one.stem.replace(media.name, again.name), options=tuple(
        option.replace(media.name, again.name) for option in one.options)))


def test_a_picture_that_is_not_there_is_named():
    written = write_moodle_xml([draft(stem=f"Hình ![x](media:{'0' * 64})", markup=True)])
    assert [(problem.code, problem.params["what"]) for problem in written.left_out] == [("not_written", "media")]


def test_what_moodle_cannot_hold_is_named():
    one = draft(options=("Một", "Hai", "Ba"), pinned=(1,), settings={"rule": "partial"})
    written = write_moodle_xml([one])
    assert [problem.params["what"] for problem in written.left_out] == ["settings", "pinned"]
    assert written.left_out[0].place == "@1"


def test_options_that_speak_of_others_need_no_naming():
    one = draft(options=("Một", "Hai", "Tất cả các đáp án trên"))
    assert one.pinned == (2,)
    assert write_moodle_xml([one]).left_out == ()
    assert there_and_back(one)[0].pinned == (2,)


def test_a_range_goes_out_as_its_middle():
    one = draft("number", options=(), key=(), gaps=(Gap("number", (Accepted("1.5..2.5"),)),))
    assert there_and_back(one)[0].gaps == (Gap("number", (Accepted("2.0±0.5"),)),)


def test_moodle_finds_what_it_asks_for():
    one = draft("multiple", options=("Một", "Hai", "Ba", "Bốn"), key=(0, 1, 2), topic="Một/cửa", code="CCHC-1",
                points=150)
    root = parsed(write_moodle_xml([one]))
    assert root.findtext("question[@type='category']/category/text") == "$course$/top/Một//cửa"
    question = root.find("question[@type='multichoice']")
    assert [answer.get("fraction") for answer in question.findall("answer")] == ["33.33333"] * 3 + ["0"]
    assert question.findtext("idnumber") == "CCHC-1"
    assert question.findtext("single") == "false"
    assert question.findtext("defaultgrade") == "1.5000000"


def test_a_cluster_is_matching_with_a_tag():
    one = draft("cluster", options=("Đúng", "Sai"), parts=("Ý một", "Ý hai"), key=(0, 0))
    question = parsed(write_moodle_xml([one])).find("question[@type='match']")
    assert [answer.text for answer in question.findall("subquestion/answer/text")] == ["Đúng", "Đúng", "Sai"]
    assert question.findtext("tags/tag/text") == "cluster"


def test_topics_switch_only_where_they_change():
    drafts = [draft(topic="A"), draft(topic="A"), draft(topic=None), draft(topic="/b/")]
    written = write_moodle_xml(drafts)
    assert len(parsed(written).findall("question[@type='category']")) == 3
    assert [one.topic for one in read_moodle_xml(written.data).drafts] == ["A", "A", None, "/b/"]


def test_formulas_are_written_for_mathjax():
    one = draft(stem="Tính $x^2 < 4$", markup=True)
    assert parsed(write_moodle_xml([one])).findtext("question[@type='multichoice']/questiontext/text") == \
        r"<p>Tính \(x^2 &lt; 4\)</p>"


def test_control_characters_break_nothing():
    assert there_and_back(draft(stem="Câu\x00 hỏi\x0b\ud800?"))[0].stem == "Câu hỏi?"


def test_an_empty_bank_is_a_file():
    written = write_moodle_xml([])
    assert looks_like_moodle_xml(written.data)
    assert read_moodle_xml(written.data).drafts == ()
    assert written.suffix == "xml"
