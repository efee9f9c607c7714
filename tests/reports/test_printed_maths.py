import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contest.reports.printed_blocks import blocks, runs_of, width
from contest.reports.printed_maths import linear, tree

WORDS = st.text(st.sampled_from("ab *_$\\{}^~[]()|-1.\n!Ấộ<>"), max_size=60)


@pytest.mark.parametrize(("latex", "said"), [
    (r"x^2", "x^2"), (r"\frac{a+1}{b}", "a+1/b"), (r"\sqrt{y_1}", "√y_1"), (r"\sqrt[3]{8}", "√83"),
    (r"\sum_{i=1}^{n} i", "∑_i=1_ni"), (r"\alpha \le 5", "α≤5")])
def test_formulas_of_everyday_are_drawn(latex, said):
    assert linear(tree(latex)) == said


@pytest.mark.parametrize("latex", [r"\begin{matrix}1&2\end{matrix}", r"\hat{x}", r"\khong{a}", "{", "x" * 2_001])
def test_others_stay_source(latex):
    assert tree(latex) is None


def test_a_markup_text_as_blocks():
    text = "Một **hai *ba*** H~2~O\n\n- x\n- y\n\n3. z\n\n| A | B |\n|---|---|\n| 1 | $k$ |\n\n" \
           f"![Sơ đồ](media:{'0' * 64} \"640x320\")"
    first, bullets, numbered, table, last = blocks(text, markup=True)
    assert [(run.get("s"), run.get("b"), run.get("i")) for run in first["runs"][:3]] == [
        ("Một ", False, False), ("hai ", True, False), ("ba", True, True)]
    assert {"t": "small", "s": "2", "up": False} in first["runs"]
    assert (bullets["start"], len(bullets["items"]), numbered["start"]) == (None, 2, 3)
    assert [len(row) for row in table["rows"]] == [2, 2]
    assert last["runs"] == [{"t": "picture", "name": "0" * 64, "alt": "Sơ đồ", "w": 640, "h": 320}]


def test_gaps_take_the_place_of_their_markers_only():
    [block] = blocks("[[1]] và [[2]], không phải [[3]]\n[[0]]", markup=False, gaps=2)
    said = [run.get("n") or run.get("s") for run in block["runs"]]
    assert said == [1, " và ", 2, ", không phải [[3]]", None, "[[0]]"]


def test_only_single_lines_have_a_width():
    assert width(blocks("Hà Nội", markup=False)) == 7  # two capitals as three letters
    assert width(blocks("$x^2$", markup=True)) == 5
    for text in ("a\nb", "- a", f"![x](media:{'0' * 64})"):
        assert width(blocks(text, markup=True)) is None


@settings(max_examples=200, deadline=None)
@given(WORDS, st.booleans(), st.integers(0, 3))
def test_any_text_is_set_without_a_crash(text, markup, gaps):
    found = blocks(text, markup=markup, gaps=gaps)
    said = "".join(run["s"] for run in runs_of(found) if run["t"] == "text")
    if not markup and not gaps:
        assert said == text.replace("\n", "")
    assert found
