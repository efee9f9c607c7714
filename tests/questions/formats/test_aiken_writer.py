"""Written Aiken comes back as far as Aiken goes."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from contest.questions.formats.aiken import looks_like_aiken, read_aiken, write_aiken
from contest.questions.formats.aiken_lines import ANSWER, OPTION
from contest.questions.formats.checks import complete
from contest.questions.formats.drafts import Draft
from tests.questions.formats.drafted import lines, several

SINGLE = Draft("7", 7, None, "single", "Ai?", ("a", "b"), (1,))


@st.composite
def singles(draw):
    options = draw(several(2, 5, lines))
    return complete(replace(SINGLE, stem=draw(lines), options=options,
                            key=(draw(st.integers(0, len(options) - 1)),)))


@settings(max_examples=150, deadline=None)
@given(st.lists(singles(), min_size=1, max_size=4))
def test_what_goes_out_comes_back(drafts):
    written = write_aiken(drafts)
    held = [draft for draft in drafts if not OPTION.fullmatch(draft.stem) and not ANSWER.fullmatch(draft.stem)]
    assert len(written.left_out) == len(drafts) - len(held)
    if held:
        got = read_aiken(written.data).drafts
        assert [(d.stem, d.options, d.key, d.usable) for d in got] == [(d.stem, d.options, d.key, True) for d in held]


def test_moodle_reads_it():
    text = write_aiken([SINGLE, SINGLE]).data.decode()
    assert text == "Ai?\nA. a\nB. b\nANSWER: B\n\nAi?\nA. a\nB. b\nANSWER: B\n"
    assert looks_like_aiken(text)


def test_what_is_lost_is_named_once():
    rich = replace(SINGLE, topic="Luật", points=50, stem="Ai\n**đó**?", markup=True)
    written = write_aiken([rich, rich, replace(SINGLE, type="essay", place="9")])
    assert written.data.decode().startswith("Ai đó?\n")
    assert [(problem.place, problem.params["what"]) for problem in written.left_out] == [
        ("9", "essay"), ("", "topic"), ("", "points"), ("", "markup"), ("", "line_breaks")]
