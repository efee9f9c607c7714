"""A form's fields become a key, of every type of question, and a key the fields it is first shown in."""

import random

import pytest

from contest.questions.paper import SHAPE_OF
from contest.questions.shown import version_of
from contest.questions.storing import stored
from contest.scoring.judging import CHOICES, Question
from contest.scoring.rules import prepare
from contest.standings import correcting
from contest.standings.correcting import BadKey, NewKey
from tests.questions.every_type import EVERY


def taken(content):
    """(the version as it is shown, the question with its key)"""
    dice = random.Random(3)
    found = stored(content, lambda count: [f"t{n}" for n in dice.sample(range(100), count)])
    version = version_of("0" * 32, content.type, content.stem, found.options, found.parts, markup=False)
    correct = frozenset(found.correct) if content.type in CHOICES else found.correct
    return version, Question(content.type, 100, correct, found.credits, found.settings,
                             {part.id: part.kind for part in version.parts})


def read(content, change=None):
    version, question = taken(content)
    sent = correcting.held(version, question.correct) | (change(version) if change else {})
    return question, correcting.read(version, question, {}, sent)


KEYED = [content for content in EVERY if content.type != "essay"]


def test_every_type_is_tried():
    assert {content.type for content in EVERY} == set(SHAPE_OF)


@pytest.mark.parametrize("content", KEYED, ids=lambda content: content.type)
def test_the_present_key_in_the_fields_reads_as_it_is(content):
    question, key = read(content)
    if content.type in CHOICES:
        assert frozenset(key.correct) == question.correct
    elif content.type == "gaps":
        assert {gap: {tuple(one) for one in accepted} for gap, accepted in key.correct.items()} == {
            gap: {tuple(one) for one in accepted} for gap, accepted in question.correct.items()}
    else:
        assert key.correct == question.correct


@pytest.mark.parametrize("content", KEYED, ids=lambda content: content.type)
def test_no_key_is_none(content):
    version, question = taken(content)
    with pytest.raises(BadKey):
        correcting.read(version, question, {}, {})


@pytest.mark.parametrize("content", KEYED, ids=lambda content: content.type)
def test_what_is_no_part_of_the_question_is_no_key(content):
    version, question = taken(content)
    sent = {part: ["no such token"] for part in correcting.held(version, question.correct)}
    if content.type in ("short_text",):
        assert correcting.read(version, question, {}, sent).correct == [["no such token", 100_000]]
    elif content.type == "gaps":
        with pytest.raises(BadKey):
            correcting.read(version, question, {}, sent)
    else:
        with pytest.raises(BadKey):
            correcting.read(version, question, {}, sent)


def of(kind):
    return next(content for content in EVERY if content.type == kind)


def test_two_right_options_of_a_single_choice_both_give_full_points_unless_a_rule_forbids():
    version, question = taken(of("single"))
    both = sorted(option.id for option in version.options)[:2]
    assert correcting.read(version, question, {}, {"": both}) == NewKey(both, dict.fromkeys(both, 100_000))
    with pytest.raises(BadKey) as told:
        correcting.read(version, question, {"single": prepare("all_or_nothing")}, {"": both})
    assert told.value.code == "several"


def test_items_of_an_order_have_a_place_each():
    version, question = taken(of("ordering"))
    with pytest.raises(BadKey) as told:
        correcting.read(version, question, {}, {part.id: ["1"] for part in version.parts})
    assert told.value.code == "places"
    turned = {part: [str(len(version.parts) + 1 - int(place))]
              for part, [place] in correcting.held(version, question.correct).items()}
    assert correcting.read(version, question, {}, turned).correct == question.correct[::-1]
