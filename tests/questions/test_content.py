import pytest

from contest.questions.content import LIMITS, Choice, Content, checked, fault, of_draft, to_draft
from contest.questions.formats.drafts import Accepted, Draft, Gap, Problem, Reading
from tests.questions.every_type import EVERY


def content(**change):
    values = {"type": "single", "stem": "Cơ quan nào?", "choices": (Choice("A", True), Choice("B", False)),
              "topic": "Chuyển đổi số", "level": "NB", "explanation": "Vì", "citation": "Mục 1"}
    return Content(**{**values, **change})


def draft(*problems, type="single", options=("a", "b", "c"), key=(0,), **change):
    return Draft("S!2", 2, None, type, "Hỏi gì?", options, key, problems=problems, **change)


def test_spaces_and_the_order_of_options_say_nothing():
    other = content(stem="  Cơ quan\nnào? ", choices=(Choice("B ", False), Choice("A", True)), explanation="Vì ")
    assert other.fingerprint == content().fingerprint
    assert other.identity == content().identity


def test_decomposed_letters_say_nothing():
    import unicodedata

    assert content(stem=unicodedata.normalize("NFD", "Cơ quan nào?")).fingerprint == content().fingerprint


@pytest.mark.parametrize("change", [
    {"stem": "Cơ quan Nào?"}, {"choices": (Choice("A", False), Choice("B", True))}, {"type": "true_false"},
    {"topic": None}, {"level": "TH"}, {"points": 200}, {"explanation": None}, {"citation": "Mục 2"},
    {"choices": (Choice("A", True), Choice("C", False))},
])
def test_all_else_is_a_difference(change):
    assert content(**change).fingerprint != content().fingerprint


def test_the_key_is_no_part_of_the_identity():
    other = content(choices=(Choice("A", False), Choice("B", True)), topic=None)
    assert other.identity == content().identity


def test_a_pinned_option_keeps_its_place():
    assert [choice.fixed for choice in of_draft(draft(pinned=(2,))).choices] == [False, False, True]


@pytest.mark.parametrize("points", [None, 0])
def test_points_that_are_none_are_one_point(points):
    assert of_draft(draft(points=points)).points == 100


@pytest.mark.parametrize(("change", "code"), [
    ({}, None),
    ({"stem": " "}, "question_stem_missing"),
    ({"choices": (Choice("A", True),)}, "question_options_few"),
    ({"choices": tuple(Choice(str(n), n == 0) for n in range(9))}, "question_options_many"),
    ({"choices": tuple(Choice(str(n), n == 0) for n in range(8))}, None),
    ({"choices": (Choice("A", True), Choice(" ", False))}, "question_option_empty"),
    ({"choices": (Choice("Sở Nội vụ", True), Choice("sở nội vụ.", False))}, "question_options_same"),
    ({"choices": (Choice("A", False), Choice("B", False))}, "question_key_missing"),
    ({"choices": (Choice("A", True), Choice("B", True))}, "question_key_single"),
    ({"choices": (Choice("A", True), Choice("B", True)), "type": "multiple"}, None),
    ({"choices": (Choice("A", True), Choice("B", False), Choice("C", False)), "type": "true_false"},
     "question_true_false"),
    ({"points": 0}, "question_points"),
])
def test_faults(change, code):
    assert fault(content(**change)) == code


@pytest.mark.parametrize("name", sorted(LIMITS))
def test_what_the_tables_cannot_hold_is_an_error_of_its_row(name):
    limit = LIMITS[name]
    fits, long = (Draft("S!2", 2, **{"code": None, "type": "single", "stem": "x", "options": ("a", "b"), "key": (0,),
                                     name: "x" * size}) for size in (limit, limit + 1))
    reading = checked(Reading("xlsx", (fits, long), columns={name: "Cột"}))
    assert reading.drafts[0] == fits
    assert reading.drafts[1].problems == (
        Problem("error", "too_long", "S!2", "Cột", {"chars": limit + 1, "limit": limit}),)
    assert not reading.drafts[1].usable


@pytest.mark.parametrize("content", EVERY, ids=lambda content: content.type)
def test_a_draft_and_its_content_say_the_same(content):
    again = of_draft(to_draft(content, code="C-1"))
    assert again == content
    assert again.fingerprint == content.fingerprint
    assert fault(content) is None


def test_the_order_of_prompts_and_targets_does_not_distinguish_a_matching():
    one = of_draft(draft(type="matching", options=("Một", "Hai", "Ba"), parts=("1", "2"), key=(0, 1)))
    two = of_draft(draft(type="matching", options=("Hai", "Ba", "Một"), parts=("2", "1"), key=(0, 2)))
    other = of_draft(draft(type="matching", options=("Một", "Hai", "Ba"), parts=("1", "2"), key=(0, 2)))
    assert one.fingerprint == two.fingerprint != other.fingerprint


def test_the_order_of_an_ordering_distinguishes():
    one = of_draft(draft(type="ordering", options=("a", "b"), key=(0, 1)))
    assert one.fingerprint != of_draft(draft(type="ordering", options=("b", "a"), key=(0, 1))).fingerprint


@pytest.mark.parametrize(("change", "code"), [
    ({"type": "cluster", "options": ("Đúng", "Sai"), "parts": (), "key": ()}, "question_parts_few"),
    ({"type": "matching", "parts": ("x",), "key": (0,)}, "question_parts_few"),
    ({"type": "matching", "parts": ("x", "y"), "key": (0,)}, "question_parts_few"),
    ({"type": "ordering", "options": ("x",), "key": (0,)}, "question_options_few"),
    ({"type": "gaps", "options": (), "key": (), "gaps": (Gap("text", (Accepted("x"),)),)}, "question_gaps"),
    ({"type": "short_text", "options": (), "key": (), "gaps": ()}, "question_key_missing"),
    ({"type": "short_text", "options": (), "key": (), "gaps": (Gap("text", (Accepted("x", 0),)),)},
     "question_key_missing"),
])
def test_faults_of_the_other_types(change, code):
    assert fault(of_draft(draft(**change))) == code
