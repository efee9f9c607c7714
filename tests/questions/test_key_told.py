"""The right answer of every type in words, whatever order the paper shows."""

import pytest

from contest.questions.key_told import told
from contest.questions.shown import laid_out, version_of
from contest.questions.storing import stored
from tests.questions.every_type import (
    CLUSTER,
    ESSAY,
    EVERY,
    GAPS,
    MATCHING,
    MULTIPLE,
    NUMBER,
    ORDERING,
    SHORT,
    SINGLE,
    TRUE_FALSE,
)


def shown(content, seed="s"):
    tokens = iter(f"t{n:03d}" for n in range(99))
    columns = stored(content, lambda count: [next(tokens) for _ in range(count)])
    version = version_of("v", content.type, content.stem, columns.options, columns.parts, markup=content.markup)
    return laid_out(version, seed, 1, shuffle=True), columns.correct


@pytest.mark.parametrize("content", EVERY)
@pytest.mark.parametrize("seed", ["a", "b", "c"])
def test_letters_and_places_are_those_of_the_paper(content, seed):
    item, correct = shown(content, seed)
    found = told(item, correct)
    if item.shape in ("one", "many"):
        texts = {"ABCDEFGH"[n]: option.text for n, option in enumerate(item.options)}
        assert {texts[letter] for letter in found.short.split(", ")} == {
            choice.text for choice in content.choices if choice.right}
    if item.type == "matching":
        targets = {"ABCDEFGH"[n]: option.text for n, option in enumerate(item.options)}
        for pair, part in zip(found.short.split(", "), content.parts, strict=True):
            assert targets[pair.split("-")[1]] == content.choices[part.option].text
    if item.type == "ordering":
        texts = {"abcdefgh"[n]: part.text for n, part in enumerate(item.parts)}
        assert [texts[mark] for mark in found.short.split(", ")] == [choice.text for choice in content.choices]


def test_texts_and_numbers_are_told_as_people_write_them():
    assert told(*shown(CLUSTER)).short == "a-Đ, b-S, c-Đ"
    assert told(*shown(GAPS)).short == "(1) Hà Nội; (2) 12; (3) thu"
    assert told(*shown(NUMBER)).short == "23,53±0,01"
    assert told(*shown(SHORT)).short == "CCHC"
    assert told(*shown(ESSAY)).short == ""
    assert all(told(*shown(content)).right for content in (SINGLE, MULTIPLE, TRUE_FALSE))
    assert [label for label, _ in told(*shown(ORDERING)).lines] == ["1", "2", "3"]
    assert told(*shown(MATCHING)).lines[0][0] == "Cải cách công vụ"
