import itertools
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest.questions.content import CHOICES, Choice, Content, Part
from contest.questions.formats.drafts import Accepted, Gap
from contest.questions.storing import content_of, stored
from tests.questions.every_type import EVERY, GAPS, MATCHING, ORDERING


def counting(start=0):
    """Tokens in an order that a test can foresee: t00, t01, …"""
    numbers = itertools.count(start)
    return lambda count: [f"t{next(numbers):02}" for _ in range(count)]


def falling(count):
    """Tokens that sort against the author's order."""
    return [f"t{99 - number:02}" for number in range(count)]


def again(content, columns):
    columns = json.loads(json.dumps(vars_of(columns)))
    return content_of(content.type, content.stem, (columns["options"], columns["parts"]),
                      (columns["correct"], columns["credits"], columns["settings"]), topic=content.topic,
                      level=content.level, points=content.points, explanation=content.explanation,
                      citation=content.citation, tags=content.tags, markup=content.markup)


def vars_of(columns):
    return {name: getattr(columns, name) for name in ("options", "parts", "correct", "credits", "settings")}


@pytest.mark.parametrize("content", EVERY, ids=lambda content: content.type)
@pytest.mark.parametrize("draw", [counting(), falling])
def test_what_is_stored_comes_back(content, draw):
    assert again(content, stored(content, draw)) == content


texts = st.text(min_size=1, max_size=12)
credit = st.integers(-100_000, 100_000)


@given(st.data())
def test_any_matching_comes_back_as_the_same_question(data):
    targets = data.draw(st.lists(texts, min_size=2, max_size=5, unique=True))
    prompts = data.draw(st.lists(st.tuples(texts, st.integers(0, len(targets) - 1)), min_size=2, max_size=5))
    content = Content("matching", "x", tuple(Choice(text, False) for text in targets),
                      parts=tuple(Part(text, option) for text, option in prompts))
    found = again(content, stored(content, falling))
    assert found.fingerprint == content.fingerprint
    assert sorted(choice.text for choice in found.choices) == sorted(targets)


@given(st.lists(st.tuples(st.sampled_from(["text", "number", "choice"]),
                          st.lists(st.tuples(texts, credit), min_size=1, max_size=4, unique_by=lambda one: one[0])),
                min_size=1, max_size=4))
def test_any_gaps_come_back(gaps):
    content = Content("gaps", "x", gaps=tuple(Gap(kind, tuple(Accepted(*one) for one in answers))
                                              for kind, answers in gaps))
    found = again(content, stored(content, falling))
    assert [(gap.kind, set(gap.answers)) for gap in found.gaps] == \
        [(gap.kind, set(gap.answers)) for gap in content.gaps]


@pytest.mark.parametrize("content", [one for one in EVERY if one.type != "essay"], ids=lambda content: content.type)
def test_what_a_contestant_sees_is_the_same_whatever_is_right(content):
    """Each text with the same token, another key: not a byte differs. The control: the key does."""
    other = other_key(content)
    seen, turned = stored(content, bound(content)), stored(other, bound(other))
    assert (seen.options, seen.parts) == (turned.options, turned.parts)
    assert (seen.correct, seen.credits) != (turned.correct, turned.credits)


def bound(content):
    """Draws for each text of the content a token that is this text's wherever it stands."""
    words = [choice.text for choice in content.choices] + [part.text for part in content.parts]
    for number, gap in enumerate(content.gaps):
        words += [f"gap {number}", *(answer.text for answer in gap.answers if gap.kind == "choice")]
    tokens = {word: f"t{99 - number}" for number, word in enumerate(sorted(words))}
    return lambda count: [tokens[word] for word in words[:count]]


def other_key(content):
    """The same visible texts with another key, in an author's other order where the order is the key's."""
    if content.type in CHOICES:
        return replace(content, choices=tuple(Choice(c.text, not c.right, c.fixed, c.credit and -c.credit)
                                               for c in content.choices))
    if content.type == "ordering":
        return replace(content, choices=(*content.choices[1:], content.choices[0]))
    if content.type == "matching":  # the first target is whose the first part is
        last = len(content.choices) - 1
        return replace(content, choices=content.choices[::-1],
                       parts=tuple(Part(p.text, (last - p.option + 1) % (last + 1)) for p in content.parts))
    if content.parts:
        return replace(content, parts=tuple(Part(p.text, 1 - p.option) for p in content.parts))
    if content.type == "gaps":
        return replace(content, gaps=tuple(
            Gap(gap.kind, tuple(Accepted(a.text, 100_000 - a.credit) for a in gap.answers[::-1]))
            for gap in content.gaps))
    return replace(content, gaps=tuple(Gap(gap.kind, (Accepted("khác"),)) for gap in content.gaps))


def test_nothing_lies_in_an_order_that_tells_the_key():
    """The author's order runs against the tokens' order: what is stored follows the tokens."""
    assert [item["id"] for item in stored(ORDERING, falling).parts] == ["t97", "t98", "t99"]
    assert stored(ORDERING, falling).correct == ["t99", "t98", "t97"]
    assert [option["id"] for option in stored(MATCHING, falling).options] == ["t97", "t98", "t99"]
    choice = stored(GAPS, falling).parts[2]
    assert [option["id"] for option in choice["options"]] == sorted(option["id"] for option in choice["options"])
