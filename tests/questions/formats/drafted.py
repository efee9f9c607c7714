"""Drafts for the tests of readers and writers: texts full of signs that formats trip over."""

from dataclasses import replace

from hypothesis import strategies as st

from contest.questions.formats.checks import complete
from contest.questions.formats.drafts import (
    FULL_CREDIT,
    TRUE_FALSE_OPTIONS,
    Accepted,
    Draft,
    Gap,
)
from contest.questions.formats.stars import literal, spelled
from contest.questions.formats.text import repair, same

PIECES = ["\\", "~", "=", "#", "{", "}", ":", "::", "->", "####", "%", "%50%", "//", "[html]", "[plain]", "]", "[", "*",
          "\n", " ", "  ", "\t", "a", "B", "n", "Đ", "ệ", "ủy ban", "1", "2,5", "T", "TRUE", "A. ", "ANSWER: A", "<b>",
          "&lt;", "&#160;", "$", "$x$", "$CATEGORY: x", "_____", "“", "”", "-", "\n\n", "\\n", "Câu 1:", "1. ",
          "đường"]


def _tidy(pieces: list[str]) -> str:
    return repair("".join(pieces))[0]


texts = st.lists(st.sampled_from(PIECES), min_size=1, max_size=9).map(_tidy).filter(bool)
lines = texts.map(lambda text: " ".join(text.split())).filter(bool)
typed = lines
names = st.lists(st.sampled_from([*"abcĐệ]/\\:=-. 12", "[x]"]), min_size=1, max_size=12).map(
    lambda pieces: " ".join("".join(pieces).split())).filter(bool)


def several(least: int, most: int, text: st.SearchStrategy[str] = texts) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(text, min_size=least, max_size=most, unique_by=same).map(tuple)


def without_wildcards(draft: Draft) -> Draft:
    """The draft as a format without wildcards holds it: each star a star."""
    return replace(draft, gaps=tuple(
        replace(gap, answers=tuple(replace(one, text=literal(spelled(one.text))) for one in gap.answers))
        if gap.kind == "text" else gap for gap in draft.gaps))


@st.composite
def answers(draw: st.DrawFn, kind: str) -> tuple[Draft, ...] | dict[str, object]:
    """The fields of one type."""
    if kind == "essay":
        return {}
    if kind == "true_false":
        return {"options": TRUE_FALSE_OPTIONS, "key": (draw(st.integers(0, 1)),)}
    if kind == "ordering":
        options = draw(several(2, 5))
        return {"options": options, "key": tuple(range(len(options)))}
    if kind == "matching":
        parts = draw(st.lists(texts, min_size=2, max_size=4))
        options = draw(several(2, 5))
        key = draw(st.lists(st.integers(0, len(options) - 1), min_size=len(parts), max_size=len(parts)))
        return {"parts": tuple(parts), "options": options, "key": tuple(key)}
    if kind == "short_text":
        first, *rest = draw(st.lists(typed, min_size=1, max_size=3))
        accepted = [Accepted(first), *(Accepted(text, draw(st.integers(1, FULL_CREDIT))) for text in rest)]
        return {"gaps": (Gap("text", tuple(accepted)),)}
    if kind == "number":
        found = draw(st.lists(st.sampled_from(["3", "-2.50", "0.5±0.01", "1..5", "-1.5..2.5", "1000000"]), min_size=1,
                              max_size=3))
        return {"gaps": (Gap("number", tuple(Accepted(text, draw(st.sampled_from([FULL_CREDIT, 50_000, 333]))
                                                     if at else FULL_CREDIT) for at, text in enumerate(found))),)}
    options = draw(several(2, 5))
    if kind == "single":
        key = draw(st.integers(0, len(options) - 1))
        weights = [FULL_CREDIT if at == key else draw(st.sampled_from([0, 0, 50_000, -33_333]))
                   for at in range(len(options))]
        return {"options": options, "key": (key,), "credits": tuple(weights) if any(
            weight for at, weight in enumerate(weights) if at != key) else ()}
    key = draw(st.lists(st.integers(0, len(options) - 1), min_size=1, max_size=len(options), unique=True))
    uneven = draw(st.booleans())
    weights = [(draw(st.integers(1, 45_000)) if at in key else draw(st.sampled_from([-50_000, -1])))
               for at in range(len(options))] if uneven and len(key) < len(options) else []
    return {"options": options, "key": tuple(sorted(key)), "credits": tuple(weights)}


@st.composite
def drafts(draw: st.DrawFn, kinds: tuple[str, ...]) -> Draft:
    """A usable draft of one of the types, without media."""
    kind = draw(st.sampled_from(kinds))
    draft = Draft("1", 1, None, kind, draw(texts), (), ())
    draft = replace(draft, **draw(answers(kind)))
    draft = replace(
        draft, code=draw(st.none() | names), topic=draw(st.none() | names), level=draw(st.sampled_from(
            [None, "NB", "VDC", "Mức cao"])), explanation=draw(st.none() | texts), citation=draw(st.none() | names),
        points=draw(st.sampled_from([100, 250])), tags=tuple(draw(st.lists(names | st.just("dễ"), max_size=2,
                                                                         unique=True))),
        settings=draw(st.sampled_from([{}, {"rule": "exact"}])), markup=draw(st.booleans()))
    return complete(draft)
