"""The five banks that ship with the product stay honest: read by the product's own reader."""

from collections import Counter
from pathlib import Path

import pytest

from contest.questions.formats.gate import read_bank_here
from contest.questions.formats.text import fold
from contest.questions.models import TOPICS

FOLDER = Path(__file__).parents[1] / "question_banks"
LEAST = {
    "dong-thap-1600-2021": 60,
    "vinh-long-3060-2023": 60,
    "tp-hcm-1963-2021": 60,
    "hong-ngu-2024": 40,
    "soc-trang-stttt-2021": 40,
}


@pytest.fixture(scope="module", params=sorted(LEAST))
def name(request):
    return request.param


@pytest.fixture(scope="module")
def reading(name):
    path = FOLDER / f"{name}.xlsx"
    return read_bank_here(path.read_bytes(), path.name)


def test_no_other_bank_ships_unseen():
    assert {p.stem for p in FOLDER.glob("*.xlsx")} == set(LEAST)


def test_enough_questions_and_no_problem(name, reading):
    assert len(reading.drafts) >= LEAST[name]
    assert [p for draft in reading.drafts for p in draft.problems] == []
    assert list(reading.problems) == []


def test_every_question_is_complete(reading):
    for draft in reading.drafts:
        assert draft.code
        assert draft.explanation
        assert draft.topic in TOPICS, draft.code
        assert draft.level in {"NB", "TH", "VD"}, draft.code
        assert len(draft.options) == (2 if draft.type == "true_false" else 4), draft.code


def test_mostly_single_choice_and_some_of_the_others(reading):
    types = Counter(draft.type for draft in reading.drafts)
    assert types["single"] >= 0.7 * len(reading.drafts)
    assert types["multiple"] >= 3
    assert types["true_false"] >= 3


def test_no_key_position_is_favoured(reading):
    positions = Counter(k for draft in reading.drafts for k in draft.key)
    total = sum(positions.values())
    assert sorted(positions) == [0, 1, 2, 3]
    assert all(0.15 <= count / total <= 0.35 for count in positions.values()), positions


def test_the_right_option_does_not_betray_itself_by_length(reading):
    choices = [draft for draft in reading.drafts if draft.type != "true_false"]
    longest = [draft for draft in choices
               if any(len(draft.options[k]) == max(map(len, draft.options)) for k in draft.key)]
    assert len(longest) <= 0.4 * len(choices)


def test_true_and_false_are_balanced(reading):
    answers = Counter(draft.key[0] for draft in reading.drafts if draft.type == "true_false")
    assert abs(answers[0] - answers[1]) <= 2


def test_every_citation_resolves(reading):
    sections = [source.citation for source in reading.sources]
    assert len(set(sections)) == len(sections)
    for draft in reading.drafts:
        assert any(draft.citation == s or draft.citation.startswith(s + ", ") for s in sections), draft.code


def test_no_question_stands_twice():
    stems = Counter()
    codes = Counter()
    for name in LEAST:
        path = FOLDER / f"{name}.xlsx"
        for draft in read_bank_here(path.read_bytes(), path.name).drafts:
            stems[fold(draft.stem)] += 1
            codes[draft.code] += 1
    assert [s for s, n in stems.items() if n > 1] == []
    assert [c for c, n in codes.items() if n > 1] == []


def test_explanations_never_name_a_letter(reading):
    """Options are shuffled: a letter in an explanation would point at another option."""
    import re

    letter = re.compile(r"(?:đáp án|phương án|câu|ý)\s+[A-H]\b")
    assert [draft.code for draft in reading.drafts if letter.search(draft.explanation or "")] == []
