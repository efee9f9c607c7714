"""Written GIFT comes back as it was."""

import io
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from contest.questions.formats.drafts import Accepted, Draft, Gap
from contest.questions.formats.gift import looks_like_gift, read_gift
from contest.questions.formats.gift_writer import write_gift
from tests.questions.formats.drafted import drafts

KINDS = ("single", "multiple", "true_false", "short_text", "number", "matching", "ordering", "essay")
FIELDS = ("type", "code", "stem", "options", "key", "parts", "gaps", "credits", "pinned", "settings", "topic", "level",
          "explanation", "citation", "points", "tags", "markup")


def fields(draft: Draft) -> dict[str, object]:
    return {name: getattr(draft, name) for name in FIELDS}


@settings(max_examples=150, deadline=None)
@given(st.lists(drafts(KINDS), min_size=1, max_size=4))
def test_what_goes_out_comes_back(given_drafts):
    usable = [draft for draft in given_drafts if draft.usable]
    assume(usable)
    written = write_gift(given_drafts)
    held = [draft for draft in usable if not cannot_hold(draft)]
    assert len(written.left_out) == len(given_drafts) - len(held)
    if held:
        got = read_gift(written.data)
        assert [fields(draft) for draft in got.drafts] == [fields(draft) for draft in held]
        assert all(draft.usable for draft in got.drafts)
        assert looks_like_gift(written.data.decode())


def cannot_hold(draft):
    if draft.type == "ordering":
        return any(item.startswith(("//", "[html]", "[plain]")) for item in draft.options)
    if any("->" in answer.text for gap in draft.gaps for answer in gap.answers):
        return True
    spaced = [part for part in draft.parts if "->" in part and part != " ".join(part.split())]
    return not draft.markup and bool(spaced)


def held(draft):
    written = write_gift([draft])
    assert not written.left_out
    return written.data.decode()


SINGLE = Draft("7", 7, None, "single", "Hỏi: {ai}?", ("a=b", "c"), (0,))


def test_moodle_reads_the_same():
    assert held(SINGLE) == "[plain]Hỏi\\: \\{ai\\}? {\n\t=a\\=b\n\t~c\n}\n"
    assert "~%50%a" in held(replace(SINGLE, type="multiple", options=("a", "b", "c"), key=(0, 1)))
    assert "{TRUE}" in held(replace(SINGLE, type="true_false", options=("Đúng", "Sai")))
    assert "{FALSE}" in held(replace(SINGLE, type="true_false", options=("True", "False"), key=(1,)))
    typed = replace(SINGLE, type="number", options=(), key=(), gaps=(Gap("number", (Accepted("3±0.5"),)),))
    assert "{#3:0.5}" in held(typed)
    assert "=\\\\*" in held(replace(typed, type="short_text", gaps=(Gap("text", (Accepted("\\*"),)),)))
    assert "=*\n" in held(replace(typed, type="short_text", gaps=(Gap("text", (Accepted("*"),)),)))


@pytest.mark.parametrize("kind", ["cluster", "gaps"])
def test_what_gift_cannot_hold_is_named(kind):
    draft = replace(SINGLE, type=kind)
    (problem,) = write_gift([draft]).left_out
    assert (problem.code, problem.place, problem.params) == ("not_written", "7", {"what": kind})
    assert write_gift([draft]).data == b""


def test_pictures_travel_inside_the_text():
    from PIL import Image

    from contest.questions.formats.images import take

    drawn = io.BytesIO()
    Image.new("RGB", (4, 3), "red").save(drawn, "PNG")
    picture = take(drawn.getvalue())
    stem = f'Hình ![ô đỏ](media:{picture.name} "4x3")'
    draft = replace(SINGLE, stem=stem, markup=True)
    written = write_gift([draft], [picture])
    assert not written.left_out
    reading = read_gift(written.data)
    (back,) = reading.media
    assert (back.width, back.height) == (4, 3)
    assert reading.drafts[0].stem == stem.replace(picture.name, back.name)
    assert [problem.params for problem in write_gift([draft]).left_out] == [{"what": "media"}]
