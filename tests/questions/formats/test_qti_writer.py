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
from contest.questions.formats.stars import literal
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
LEVELS = st.sampled_from([None, "NB", "TH", "VD", "VDC", "Khó lắm"])
CREDITS = st.sampled_from([FULL_CREDIT, 50_000, 33_333, 0])


@st.composite
def gaps(draw, kinds=("text", "number", "choice")):
    kind = draw(st.sampled_from(kinds))
    texts = NUMBERS if kind == "number" else line(12).map(literal) if kind == "text" else line(12)
    answers = draw(st.lists(texts, min_size=2 if kind == "choice" else 1, max_size=4, unique=True))
    return Gap(kind, tuple(Accepted(text, FULL_CREDIT if n == 0 else draw(CREDITS)) for n, text in enumerate(answers)))


@st.composite
def shapes(draw, kind):
    """The fields that a type holds."""
    if kind in ("single", "multiple", "true_false"):
        options = TRUE_FALSE_OPTIONS if kind == "true_false" else draw(different(2, 6))
        most = len(options) if kind == "multiple" else 1
        key = draw(st.sets(st.integers(0, len(options) - 1), min_size=1, max_size=most))
        worth = draw(st.one_of(st.just(()), st.lists(st.integers(-FULL_CREDIT, FULL_CREDIT),
                                                       min_size=len(options), max_size=len(options)).map(tuple)))
        pins = draw(st.sets(st.integers(0, len(options) - 1)))
        return {"options": options, "key": tuple(sorted(key)), "credits": worth, "pinned": tuple(sorted(pins))}
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
                 (), (), draw(st.one_of(st.none(), line())), draw(LEVELS),
                 draw(st.one_of(st.none(), said())), draw(st.one_of(st.none(), said())),
                 draw(st.sampled_from([100, 25, 33, 200, None])),
                 tags=tuple(draw(st.lists(line(), unique=True, max_size=3))),
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


@settings(max_examples=100, deadline=None)
@given(st.lists(drafts(), min_size=1, max_size=3))
def test_plain_drafts_come_back_equal(written):
    made, reading = back(*written)
    assert made.left_out == ()
    assert len(reading.drafts) == len(written)
    for found, draft in zip(reading.drafts, written, strict=True):
        equal(found, draft)


@settings(max_examples=60, deadline=None)
@given(drafts(markup=True))
def test_markup_comes_back_as_it_was_written(draft):
    made, reading = back(draft)
    assert made.left_out == ()
    equal(reading.drafts[0], draft)


PLAIN = Draft("1", 1, "CCHC-1", "single", "Hỏi?", ("một", "hai", "ba"), (1,), "Chuyển đổi số", "VD", "Vì thế.",
              "Điều 1", 150, tags=("một cửa",), pinned=(2,), credits=(0, FULL_CREDIT, 50_000))


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def packed(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, data in files.items():
            package.writestr(name, data)
    return out.getvalue()


def picture():
    out = io.BytesIO()
    Image.new("RGB", (8, 6), (0, 90, 0)).save(out, "PNG")
    return take(out.getvalue())


def test_pictures_ride_along():
    media = picture()
    shown = picture_markup(media, "Một ô xanh")
    draft = replace(PLAIN, markup=True, stem=f"Hình **nào**?\n\n{shown}", options=(shown, "hai", "$x^2$"))
    made, reading = back(draft, media=[media, replace(media, name="0" * 64)])
    assert made.left_out == ()
    equal(reading.drafts[0], draft)
    assert reading.media == (media,)
    assert sorted(name for name in unpacked(made.data) if name.startswith("media")) == [f"media/{media.name}.webp"]


def test_a_picture_that_is_not_handed_over_is_named():
    draft = replace(PLAIN, markup=True, stem=f"Hình {picture_markup(picture(), 'x')}")
    assert [dict(one.params) for one in write_qti([draft]).left_out] == [{"what": "picture"}]


def test_what_qti_says_stands_in_its_own_words():
    """Without our own data nearly all of it comes back: another program reads the same."""
    files = unpacked(write_qti([PLAIN]).data)
    manifest = etree.fromstring(files["imsmanifest.xml"])
    for own in manifest.findall(".//{urn:contest:question:1}question"):
        own.getparent().remove(own)
    files["imsmanifest.xml"] = etree.tostring(manifest)
    found = read_qti_package(packed(files)).drafts[0]
    equal(replace(found, citation=PLAIN.citation), PLAIN)


def test_a_text_that_another_program_changed_counts():
    draft = replace(PLAIN, stem="Hỏi  hai  lần?", explanation=None)
    files = unpacked(write_qti([draft]).data)
    assert read_qti_package(packed(files)).drafts[0].stem == "Hỏi  hai  lần?"
    changed = files["items/q00001.xml"].replace("Hỏi  hai".encode(), "Hỏi ba".encode())
    assert read_qti_package(packed(files | {"items/q00001.xml": changed})).drafts[0].stem == "Hỏi ba lần?"


def test_our_data_of_another_item_does_no_harm():
    """Pins of a matching stand in our own data: they don't fit an item with fewer targets."""
    def matching(*options: str):
        return replace(PLAIN, type="matching", parts=("p", "q"), options=options, key=(0, 1), credits=(),
                       pinned=(len(options) - 1,))

    files = unpacked(write_qti([matching("a", "b", "c")]).data)
    assert read_qti_package(packed(files)).drafts[0].pinned == (2,)
    other = unpacked(write_qti([matching("a", "b")]).data)
    assert read_qti_package(packed(files | {"items/q00001.xml": other["items/q00001.xml"]})).drafts[0].pinned == ()


def test_identifiers_are_legal_and_each_once():
    codes = ["a.b", "A.B", "câu 1", "1a", None, "question-00001", "x" * 61]
    written = [replace(PLAIN, code=code) for code in codes]
    files = unpacked(write_qti(written).data)
    found = [etree.fromstring(files[f"items/q{n:05d}.xml"]).get("identifier") for n in range(1, 8)]
    assert len({one.lower() for one in found}) == 7
    assert all(one.isascii() and not one[0].isdigit() and " " not in one for one in found)
    manifest = etree.fromstring(files["imsmanifest.xml"])
    names = [one.get("identifier") for one in manifest.iter() if one.get("identifier")]
    assert len(set(names)) == len(names)
    assert {one.get("identifierref") for one in manifest.iter() if one.get("identifierref")} <= set(names)
    assert [one.code for one in read_qti_package(packed(files)).drafts] == codes


def test_what_xml_cannot_hold_is_named():
    made = write_qti([replace(PLAIN, stem="a\x01b\ud800")])
    assert [dict(one.params) for one in made.left_out] == [{"what": "control"}]
    assert read_qti_package(made.data).drafts[0].stem == "ab"


def test_an_empty_bank_is_a_package_too():
    assert "imsmanifest.xml" in unpacked(write_qti([]).data)


def test_the_same_drafts_give_the_same_bytes():
    assert write_qti([PLAIN]).data == write_qti([PLAIN]).data


@pytest.mark.parametrize("stem", ["[[1]] là gì?", "Từ [[2]] đến [[1]]", "không có", "[[1]] [[1]]"])
def test_gaps_that_are_not_in_order_come_back_with_their_problem(stem):
    draft = complete(replace(PLAIN, type="gaps", stem=stem, options=(), key=(), credits=(), pinned=(),
                             gaps=(Gap("text", (Accepted("a"),)),)))
    made, reading = back(draft)
    assert [one.code for one in reading.drafts[0].problems] == [one.code for one in draft.problems] or made.left_out
