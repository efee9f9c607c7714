"""What is written as a QTI package comes back equal."""

import io
import zipfile
from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from PIL import Image

from contest.questions.formats.checks import complete
from contest.questions.formats.drafts import FULL_CREDIT, TRUE_FALSE_OPTIONS, Accepted, Draft, Gap
from contest.questions.formats.images import take
from contest.questions.formats.markup import picture_markup
from contest.questions.formats.qti import read_qti_package
from contest.questions.formats.qti_writer import write_qti
from contest.questions.formats.text import repair, same

LETTERS = st.sampled_from([*"aăâđeêhnoơtuưyABCĐ0123456789", *" .,;:?!-–…“”()[]{}<>&\"'*_`$\\|#~^+=%/@",
                           "\n", "  ", "ế", "ạ", "≤", "😀"])


def said(most: int = 40):
    return st.lists(LETTERS, min_size=1, max_size=most).map(lambda found: repair("".join(found))[0]).filter(bool)


def line(most: int = 20):
    return said(most).map(lambda text: " ".join(text.split())).filter(bool)


def different(least: int, most: int):
    return st.lists(said(15), min_size=least, max_size=most, unique_by=same).map(tuple)


NUMBERS = st.one_of(
    st.decimals(-1000, 1000, places=2).map(lambda value: f"{value:f}"),
    st.tuples(st.integers(-99, 99), st.integers(1, 9)).map(lambda pair: f"{pair[0]}±0.{pair[1]}"),
    st.tuples(st.integers(-99, 0), st.integers(1, 99)).map(lambda pair: f"{pair[0]}..{pair[1]}"),
)
CREDITS = st.sampled_from([FULL_CREDIT, 50_000, 33_333, 0])


@st.composite
def gaps(draw, kinds=("text", "number", "choice")):
    kind = draw(st.sampled_from(kinds))
    texts = NUMBERS if kind == "number" else line(12)
    answers = draw(st.lists(texts, min_size=2 if kind == "choice" else 1, max_size=4, unique=True))
    return Gap(kind, tuple(Accepted(text, FULL_CREDIT if n == 0 else draw(CREDITS)) for n, text in enumerate(answers)))


@st.composite
def shapes(draw, kind):
    """The fields that a type holds."""
    if kind in ("single", "multiple", "true_false"):
        options = TRUE_FALSE_OPTIONS if kind == "true_false" else draw(different(2, 6))
        most = len(options) if kind == "multiple" else 1
        key = draw(st.sets(st.integers(0, len(options) - 1), min_size=1, max_size=most))
        credits = draw(st.one_of(st.just(()), st.lists(st.integers(-FULL_CREDIT, FULL_CREDIT),
                                                       min_size=len(options), max_size=len(options)).map(tuple)))
        pins = draw(st.sets(st.integers(0, len(options) - 1)))
        return {"options": options, "key": tuple(sorted(key)), "credits": credits, "pinned": tuple(sorted(pins))}
    if kind in ("cluster", "matching"):
        options = TRUE_FALSE_OPTIONS if kind == "cluster" else draw(different(2, 5))
        parts = tuple(draw(st.lists(said(), min_size=2, max_size=5)))
        return {"options": options, "parts": parts,
                "key": tuple(draw(st.integers(0, len(options) - 1)) for _ in parts)}
    if kind == "ordering":
        options = draw(different(2, 6))
        return {"options": options, "key": tuple(range(len(options)))}
    if kind == "gaps":
        holes = tuple(draw(st.lists(gaps(), min_size=1, max_size=4)))
        stem = draw(said(15)) + "".join(f" [[{n + 1}]] {draw(line(8))}" for n in range(len(holes)))
        return {"gaps": holes, "stem": repair(stem)[0]}
    if kind == "essay":
        return {}
    return {"gaps": (draw(gaps(("text" if kind == "short_text" else "number",))),)}


@st.composite
def drafts(draw, markup=False):
    kind = draw(st.sampled_from(["single", "multiple", "true_false", "cluster", "short_text", "number", "matching",
                                 "ordering", "gaps", "essay"]))
    plain = said().filter(lambda text: "[[" not in text)
    made = Draft("1", 1, draw(st.one_of(st.none(), line(), st.sampled_from(["CCHC-1", "a.b"]))), kind, draw(plain),
                 (), (), draw(st.one_of(st.none(), line())), draw(st.sampled_from([None, "NB", "TH", "VD", "VDC", "Khó lắm"])),
                 draw(st.one_of(st.none(), said())), draw(st.one_of(st.none(), said())),
                 draw(st.sampled_from([100, 25, 33, 200, None])), tags=tuple(draw(st.lists(line(), unique=True, max_size=3))),
                 settings=draw(st.sampled_from([{}, {"case": "kept"}, {"diacritics": "needed", "rule": "partial"}])),
                 markup=markup)
    return complete(replace(made, **draw(shapes(kind))))


def back(*written: Draft, media=()):
    made = write_qti(written, media)
    return made, read_qti_package(made.data)


def equal(found: Draft, draft: Draft):
    for field in fields(Draft):
        if field.name not in ("place", "row", "problems"):
            assert getattr(found, field.name) == getattr(draft, field.name), field.name
    assert {(p.severity, p.code) for p in found.problems} == {(p.severity, p.code) for p in draft.problems}


@settings(max_examples=150, deadline=None)
@given(st.lists(drafts(), min_size=1, max_size=3))
def test_plain_drafts_come_back_equal(written):
    made, reading = back(*written)
    assert made.left_out == ()
    assert len(reading.drafts) == len(written)
    for found, draft in zip(reading.drafts, written, strict=True):
        equal(found, draft if draft.code not in [d.code for d in written[:written.index(draft)]] else draft)


@settings(max_examples=60, deadline=None)
@given(drafts(markup=True))
def test_markup_comes_back_as_it_was_written(draft):
    made, reading = back(draft)
    assert made.left_out == ()
    equal(reading.drafts[0], draft)
