"""A star of an accepted answer means one thing whatever file it comes from: with a backslash it is a star."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contest.questions.formats.docx_lines import read_docx
from contest.questions.formats.docx_writer import write_docx
from contest.questions.formats.drafts import Accepted, Draft, Gap
from contest.questions.formats.gift import read_gift
from contest.questions.formats.gift_writer import write_gift
from contest.questions.formats.moodle_writer import write_moodle_xml
from contest.questions.formats.moodle_xml import read_moodle_xml
from contest.questions.formats.notation import read_answers, read_gaps, write_answers, write_gaps
from contest.questions.formats.qti import read_qti_package
from contest.questions.formats.qti_writer import write_qti
from contest.questions.formats.stars import has_wildcards, is_wildcard, literal, spelled
from contest.questions.formats.typed import read_text
from contest.scoring.folding import matches

STARRY = st.text("ab*\\ ", min_size=1, max_size=8).map(lambda text: " ".join(text.split())).filter(bool)
TEXTS = [r"5\*", r"\*", r"a\*b\*", r"\\*", r"C:\x"]


def short(*texts: str) -> Draft:
    return Draft("1", 1, "M1", "short_text", "Mấy sao?", (), (), gaps=(Gap("text", tuple(map(Accepted, texts))),))


def cloze(*texts: str) -> Draft:
    return Draft("1", 1, "M1", "gaps", "Hạng [[1]] sao.", (), (), gaps=(Gap("text", tuple(map(Accepted, texts))),))


@settings(max_examples=200)
@given(STARRY)
def test_what_people_write_takes_just_that(text):
    assert spelled(literal(text)) == text
    assert not is_wildcard(literal(text))
    assert matches(literal(text), text)
    assert not matches(literal(text), text.replace("*", "xyz")) or "*" not in text


@settings(max_examples=200)
@given(st.lists(STARRY, min_size=1, max_size=3, unique=True))
def test_a_cell_holds_stars_and_backslashes(texts):
    answers = tuple(Accepted(literal(text)) for text in texts)
    assert read_answers(write_answers(answers)) == answers
    assert read_gaps(write_gaps([Gap("text", answers)]), 1) == (Gap("text", answers),)


def test_a_cell_shows_a_star_as_a_star():
    assert write_answers([Accepted(r"5\*")]) == "5*"
    assert read_answers(r"5* | 6\*") == (Accepted(r"5\*"), Accepted(r"6\*"))


@pytest.mark.parametrize("make", [short, cloze])
@pytest.mark.parametrize(("write", "read"), [
    (write_moodle_xml, read_moodle_xml), (write_docx, read_docx), (write_qti, read_qti_package)])
def test_stars_come_back_as_stars(make, write, read):
    written = write([make(*TEXTS)])
    assert written.left_out == ()
    (draft,) = read(written.data).drafts
    assert draft.gaps == make(*TEXTS).gaps
    assert "wildcard" not in {problem.code for problem in draft.problems}


@pytest.mark.parametrize("make", [short, cloze])
@pytest.mark.parametrize(("write", "read"), [(write_docx, read_docx), (write_qti, read_qti_package)])
def test_a_format_without_wildcards_says_that_it_loses_them(make, write, read):
    draft = make("a*b")
    assert has_wildcards(draft)
    assert [problem.code for problem in write([draft]).left_out] == ["not_written"]


@pytest.mark.parametrize(("write", "read"), [(write_gift, read_gift), (write_moodle_xml, read_moodle_xml)])
def test_wildcards_go_where_they_mean_something(write, read):
    drafts = read(write([short("a*b", *TEXTS)]).data).drafts
    assert [draft.gaps for draft in drafts] == [short("a*b", *TEXTS).gaps]
    assert [problem.code for problem in drafts[0].problems] == ["wildcard"]


def test_a_typed_star_is_a_star():
    (draft,) = read_text("Câu 1. Khách sạn hạng mấy?\nTrả lời: 5* | năm sao\n".encode()).drafts
    assert draft.gaps == (Gap("text", (Accepted(r"5\*"), Accepted("năm sao"))),)


def test_markup_leaves_typed_answers_plain():
    draft = Draft("1", 1, None, "short_text", "**Mấy** sao?", (), (), gaps=(Gap("text", (Accepted(r"5\* ~2~ $x$"),)),),
                  markup=True)
    (back,) = read_docx(write_docx([draft]).data).drafts
    assert (back.gaps, back.markup) == (draft.gaps, True)
