import io
import string

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contest.questions.formats.drafts import Draft, SourceRow
from contest.questions.formats.examples import EXAMPLES
from contest.questions.formats.gate import read_bank_here
from contest.questions.formats.keys import take_marks
from contest.questions.formats.options import without_own_letters
from contest.questions.formats.template import HEADERS, TYPE_WORDS, template_workbook, write_bank
from contest.questions.formats.text import repair, same
from contest.questions.formats.words import level_of

ALPHABET = string.ascii_letters + string.digits + " \n.,;:=+-@'\"<>&%_/(){}[]đĐáẤổữƯ“”…😀"
TEXT = st.text(ALPHABET, min_size=1, max_size=60).map(lambda text: repair(text)[0]).filter(bool)
WORD = st.none() | TEXT
OPTION = TEXT.filter(lambda text: take_marks([text]) == ((text,), ()))


@st.composite
def drafts(draw) -> Draft:
    kind = draw(st.sampled_from(["single", "multiple", "true_false"]))
    most = 2 if kind == "true_false" else 8
    options = draw(st.lists(OPTION, min_size=2, max_size=most, unique_by=same))
    most = len(options) if kind == "multiple" else 1
    key = draw(st.sets(st.integers(0, len(options) - 1), min_size=1, max_size=most))
    level = draw(st.sampled_from(["NB", "TH", "VD", "VDC", None, "Mức lạ"]))
    return Draft(
        "",
        0,
        draw(WORD),
        kind,
        draw(TEXT),
        without_own_letters(options),
        tuple(sorted(key)),
        draw(WORD),
        level if level is None else level_of(level) or level,
        draw(WORD),
        draw(WORD),
        draw(st.integers(0, 100_000)),
    )


def content(draft: Draft) -> tuple[object, ...]:
    return (
        draft.code,
        draft.type,
        draft.stem,
        draft.options,
        draft.key,
        draft.topic,
        draft.level,
        draft.explanation,
        draft.citation,
        draft.points,
    )


@settings(deadline=None, max_examples=60)
@given(st.lists(drafts(), min_size=1, max_size=5), st.lists(st.tuples(TEXT, TEXT, TEXT, TEXT)))
def test_what_goes_out_comes_back_equal(written, sections):
    sources = [SourceRow(n, *texts) for n, texts in enumerate(sections, 2)]
    reading = read_bank_here(write_bank(written, sources), "x.xlsx")
    assert [content(draft) for draft in reading.drafts] == [content(draft) for draft in written]
    assert list(reading.sources) == sources
    assert reading.problems == ()


def test_text_stays_text():
    draft = Draft("", 0, "=1+1", "single", "=HYPERLINK(1)", ("@x", "http://a.b/c"), (0,))
    sheet = openpyxl.load_workbook(io.BytesIO(write_bank([draft])))["Câu hỏi"]
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "inlineStr"}
    assert not any(cell.hyperlink for cell in cells)


def test_the_template_reads_cleanly_and_has_our_columns():
    data = template_workbook()
    reading = read_bank_here(data, "mẫu.xlsx")
    assert [draft.type for draft in reading.usable] == list(TYPE_WORDS)
    assert [draft.problems for draft in reading.drafts] == [()] * 10
    assert [content(draft) for draft in reading.drafts] == [content(draft) for draft in EXAMPLES]
    assert reading.problems == ()
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames == ["Câu hỏi", "Hướng dẫn"]
    assert tuple(cell.value for cell in book["Câu hỏi"][1]) == HEADERS
    rules = book["Câu hỏi"].data_validations.dataValidation
    assert {str(rule.sqref) for rule in rules} == {"C2:C1011", "O2:O1011"}


def test_what_cannot_be_written_is_refused():
    many = tuple(str(n) for n in range(9))
    with pytest.raises(ValueError, match="at most 8"):
        write_bank([Draft("", 1, None, "single", "x", many, (0,))])
    with pytest.raises(ValueError, match="8001"):
        write_bank([Draft("", 1, None, "single", "x" * 8_001, ("a", "b"), (0,))])
