"""What goes out as a Word file comes back equal."""

import re
import zipfile
from dataclasses import replace
from io import BytesIO

import docx as python_docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contest.questions.formats import images
from contest.questions.formats.checks import complete
from contest.questions.formats.docx_lines import read_docx
from contest.questions.formats.docx_writer import write_docx
from contest.questions.formats.drafts import FULL_CREDIT, TRUE_FALSE_OPTIONS, Accepted, Draft, Gap
from contest.questions.formats.markup_signs import escape, picture_markup
from tests.questions.formats.built_docx import png
from tests.questions.formats.drafted import drafts, texts, without_wildcards

KINDS = ("single", "multiple", "true_false", "short_text", "number", "matching", "ordering", "essay")


def bare(draft):
    """What a file has to carry: all but places and what the checks say of the row."""
    return replace(draft, place="", row=0, problems=(), settings=dict(draft.settings))


@st.composite
def others(draw):
    """Clusters and gaps."""
    if draw(st.booleans()):
        parts = draw(st.lists(texts, min_size=1, max_size=5))
        key = draw(st.lists(st.integers(0, 1), min_size=len(parts), max_size=len(parts)))
        return complete(Draft("1", 1, None, "cluster", draw(texts), TRUE_FALSE_OPTIONS, tuple(key), parts=tuple(parts)))
    gaps = draw(st.lists(st.builds(
        lambda kind, answers, worth: Gap(kind, tuple(
            Accepted(text, FULL_CREDIT if not at else worth) for at, text in enumerate(answers))),
        st.sampled_from(["text", "number", "choice"]), st.lists(texts, min_size=2, max_size=3),
        st.sampled_from([0, 333, 50_000])), min_size=1, max_size=3))
    stem = draw(texts) + "".join(f" [[{at}]]" for at in range(1, len(gaps) + 1))
    return complete(Draft("1", 1, None, "gaps", stem, (), (), gaps=tuple(gaps), markup=draw(st.booleans())))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(drafts(KINDS) | others(), min_size=1, max_size=4))
def test_what_is_written_reads_back_equal(bank):
    written = write_docx(bank)
    kept = [without_wildcards(draft) for draft in bank]
    assert [problem.params["what"] for problem in written.left_out] == [
        "wildcard" for draft, other in zip(bank, kept, strict=True) if draft != other]
    assert [bare(draft) for draft in read_docx(written.data).drafts] == [bare(draft) for draft in kept]


def test_pictures_and_their_words_come_back():
    media = images.take(png(size=(30, 20)))
    shown = picture_markup(media, "Sơ đồ [1]")
    draft = complete(Draft("1", 1, None, "single", escape("Xem *hình*:") + f"\n{shown}", (shown, "không"), (0,),
                           markup=True, explanation=r"$\frac{1}{2}$ và ~2~"))
    reading = read_docx(write_docx([draft], [media]).data)
    names = re.compile("media:[0-9a-f]{64}")
    back = reading.drafts[0]
    assert [names.sub("", text) for text in (back.stem, *back.options, back.explanation)] == [
        names.sub("", text) for text in (draft.stem, *draft.options, draft.explanation)]
    assert len(reading.media) == 1


def test_a_missing_picture_is_named():
    media = images.take(png())
    draft = complete(Draft("7", 7, None, "single", picture_markup(media, "x"), ("a", "b"), (0,), markup=True))
    assert [(problem.code, problem.place) for problem in write_docx([draft]).left_out] == [("not_written", "7")]


def test_the_file_is_one_that_python_docx_opens_and_people_can_read():
    draft = complete(Draft("1", 1, "Q1", "single", "Thủ đô?", ("Hà Nội", "Huế"), (0,), "Địa lý", "NB", "Vì", "Điều 1"))
    data = write_docx([draft]).data
    document = python_docx.Document(BytesIO(data))
    assert [paragraph.text for paragraph in document.paragraphs] == [
        "Câu 1. Thủ đô?", "A. Hà Nội", "B. Huế", "Đáp án: A", "Lĩnh vực: Địa lý", "Mức độ: NB", "Giải thích: Vì",
        "Căn cứ: Điều 1", "Mã: Q1", "Điểm: 1"]
    assert document.styles.element.xpath("//w:rFonts/@w:ascii") == ["Times New Roman"]
    with zipfile.ZipFile(BytesIO(data)) as package:
        assert package.testzip() is None


def test_a_written_bank_that_somebody_went_on_typing_in():
    data = write_docx([complete(Draft("1", 1, None, "single", "Một?", ("a1", "b1"), (0,)))]).data
    document = python_docx.Document(BytesIO(data))
    for text in ("Câu 2. Hai?", "A. x", "B. y", "Đáp án: B"):
        document.add_paragraph(text)
    target = BytesIO()
    document.save(target)
    assert [(draft.stem, draft.options, draft.key) for draft in read_docx(target.getvalue()).drafts] == [
        ("Một?", ("a1", "b1"), (0,)), ("Hai?", ("x", "y"), (1,))]


@pytest.mark.parametrize("points", [None, 0, 25, 100, 1000])
def test_points(points):
    draft = complete(Draft("1", 1, None, "essay", "Trình bày?", (), (), points=points))
    assert read_docx(write_docx([draft]).data).drafts[0].points == points
