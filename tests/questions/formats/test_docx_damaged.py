"""Damaged and hostile Word files: read or refused, never anything else."""

import re
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contest.questions.formats.docx_lines import read_docx
from contest.questions.formats.docx_styles import Numbering, Styles, written
from contest.questions.formats.drafts import UnreadableFile
from tests.questions.formats.built_docx import (
    NAMES,
    QUESTIONS_AND_LETTERS,
    box,
    cell,
    docx,
    lines,
    p,
    package,
    picture,
    png,
    run,
    table,
)
from tests.work import steps

BODY = (p("Hỏi?", number=(1, 0)) + p(run("đúng", "b"), number=(2, 0)) + p("sai", number=(2, 0))
        + table(["STT", "Câu hỏi", "A", "B", "Đáp án"], ["1", cell("Hỏi?", merge="restart"), "x", "y", "B"])
        + p("Câu 9: ", picture(), box(p("A. hộp"))) + p("B. hai") + lines("ĐÁP ÁN\n1A 2B"))
DOCUMENT = f"<w:document {NAMES}><w:body>{BODY}</w:body></w:document>"
PARTS = {"numbering.xml": QUESTIONS_AND_LETTERS, "media/1.png": png()}
TAGS = [found.span() for found in re.finditer(r"<[^>]*>", DOCUMENT)]


def read(document):
    with suppress(UnreadableFile):
        return read_docx(package(document, PARTS))
    return None


def test_the_file_itself_is_read():
    assert len(read(DOCUMENT).drafts) == 3


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, len(TAGS) - 1), st.sampled_from(["", "<w:p/>", "<w:t/>", "<w:tab/>", "<x/>"]))
def test_one_tag_more_or_less(at, other):
    first, last = TAGS[at]
    read(DOCUMENT[:first] + other + DOCUMENT[last:])
    read(DOCUMENT[:last] + other + DOCUMENT[last:])


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 5_000), st.binary(min_size=1, max_size=4))
def test_bytes_changed_in_the_package(at, noise):
    data = package(DOCUMENT, PARTS)
    at %= len(data)
    with suppress(UnreadableFile):
        read_docx(data[:at] + noise + data[at + len(noise):])


@settings(max_examples=80, deadline=None)
@given(st.integers(0, len(DOCUMENT)), st.sampled_from(["9" * 30, "-1", "x", "\u0301", "\x01"]))
def test_values_that_are_none(at, value):
    values = [found.span(1) for found in re.finditer(r'="([^"]*)"', DOCUMENT)]
    first, last = values[at % len(values)]
    read(DOCUMENT[:first] + value + DOCUMENT[last:])


def test_deep_nesting_is_refused_or_read():
    inside = p("Câu 1. Hỏi?") + p("A. x") + p("B. y")
    for _level in range(40):
        inside = table([cell(inside)])
    read(f"<w:document {NAMES}><w:body>{inside}</w:body></w:document>")


def test_a_long_document_costs_no_more_than_its_length():
    def questions(count):
        return docx("".join(p(f"Câu {n}: Hỏi {n}?") + p(run("A. một", "b")) + p("B. hai") for n in range(1, count + 1)))

    assert len(read_docx(questions(300)).drafts) == 300
    assert steps(read_docx, questions(300)) < 10.5 * steps(read_docx, questions(30))


@pytest.mark.parametrize(("number", "kind", "shown"), [
    (1, "upperLetter", "A"), (27, "upperLetter", "AA"), (4, "lowerRoman", "iv"), (1994, "upperRoman", "MCMXCIV"),
    (7, "decimalZero", "07"), (12, "chicago", "12"), (0, "upperLetter", "0"), (10**9, "lowerLetter", str(10**9))])
def test_numbers(number, kind, shown):
    assert written(number, kind) == shown


def test_a_style_based_on_itself_ends():
    from lxml import etree

    styles = Styles(etree.fromstring(
        f'<w:styles {NAMES}><w:style w:type="paragraph" w:styleId="A"><w:basedOn w:val="A"/></w:style></w:styles>'))
    assert styles.look("A") == {}
    assert Numbering(None, styles).label(("1", 0)) == ("", "")
