"""Moodle's question types with options: chosen, matched, ordered; and the essay. Pure."""

from __future__ import annotations

from contest.questions.formats.drafts import FULL_CREDIT, TRUE_FALSE_OPTIONS, column_letter
from contest.questions.formats.markup import Marked
from contest.questions.formats.moodle_item import Item, Node, some, tags_of
from contest.questions.formats.moodle_texts import Texts, credit
from contest.questions.formats.xml_parts import child, child_text, text_of

CLUSTER_TAG = "cluster"
_TRUE = frozenset({"true", "t", "1", "đúng", "đ"})
_FALSE = frozenset({"false", "f", "0", "sai", "s"})
_EVEN = FULL_CREDIT // 2_000  # how far rounded fractions of one size may lie apart


def multichoice(node: Node, texts: Texts, item: Item) -> None:
    """One or several right options, with fractions."""
    single = child(node, "single") is None or child_text(node, "single").lower() not in ("false", "0", "")
    answers = some(node, texts, "answer")
    item.type = "single" if single else "multiple"
    item.options = [texts.rich(answer) for answer in answers]
    worth = [credit(answer.get("fraction")) for answer in answers]
    if single:
        best = max(worth, default=0)
        item.key = tuple(at for at, one in enumerate(worth) if one == best and best > 0)
        plain = all(one == (best if at in item.key else 0) for at, one in enumerate(worth)) and best == FULL_CREDIT
        found = best
    else:
        item.key = tuple(at for at, one in enumerate(worth) if one > 0)
        right = [worth[at] for at in item.key]
        found = sum(right)
        even = max(right, default=0) - min(right, default=0) <= _EVEN and abs(found - FULL_CREDIT) <= _EVEN
        plain = even and all(one >= 0 for one in worth)
    if item.key and abs(found - FULL_CREDIT) > _EVEN:
        texts.warn("credits_uneven", found=_percent(found))
    item.credits = () if plain or not item.key else tuple(worth)
    if child_text(node, "shuffleanswers").lower() in ("false", "0"):
        item.pinned = tuple(range(len(answers)))
    _feedbacks(answers, texts, item)


def truefalse(node: Node, texts: Texts, item: Item) -> None:
    """True or false: the words of the two answers tell. Words of another language are options as they stand."""
    answers = some(node, texts, "answer")
    said = [texts.bare(text_of(child(answer, "text"))).lower() for answer in answers]
    worth = [credit(answer.get("fraction")) for answer in answers]
    if not all(word in _TRUE or word in _FALSE for word in said):
        item.type = "single"
        item.options = [texts.rich(answer) for answer in answers]
        item.key = tuple(at for at, one in enumerate(worth) if one > 0)
        _feedbacks(answers, texts, item)
        return
    item.type = "true_false"
    item.options = [Marked(text, False) for text in TRUE_FALSE_OPTIONS]
    says = [0 if word in _TRUE else 1 for word in said]
    item.key = tuple(dict.fromkeys(one for one, share in zip(says, worth, strict=True) if share > 0))
    remarks = [texts.rich(child(answer, "feedback")) for answer in answers]
    for one, remark in sorted(zip(says, remarks, strict=True), key=lambda pair: pair[0]):
        item.remark(column_letter(one), remark)


def match(node: Node, texts: Texts, item: Item) -> None:
    """Prompts and targets; an empty prompt brings a distractor. Targets stand as prompts first use them."""
    pairs: list[tuple[Marked, Marked]] = []
    for part in some(node, texts, "subquestion"):
        answer = child(part, "answer")
        plain = answer is None or (answer.get("format") is None and child(answer, "file") is None)
        target = texts.either(text_of(child(answer, "text")).strip()) if plain and answer is not None \
            else texts.rich(answer)
        pairs.append((texts.rich(part), target))
    used = [target for prompt, target in pairs if prompt.text]
    item.options = list(dict.fromkeys([*used, *(target for _, target in pairs if target.text)]))
    item.parts = [prompt for prompt, _ in pairs if prompt.text]
    places = {target: place for place, target in enumerate(item.options)}
    item.key = tuple(places[target] for target in used)
    item.type = "matching"
    tags = tags_of(node, texts)
    if CLUSTER_TAG in tags and {option.text for option in item.options} <= set(TRUE_FALSE_OPTIONS):
        at = tags.index(CLUSTER_TAG)
        item.type, item.tags = "cluster", tags[:at] + tags[at + 1:]
        item.key = tuple(TRUE_FALSE_OPTIONS.index(item.options[place].text) for place in item.key)
        item.options = [Marked(text, False) for text in TRUE_FALSE_OPTIONS]


def ordering(node: Node, texts: Texts, item: Item) -> None:
    """Items in the right order, which is that of the file."""
    item.type = "ordering"
    answers = some(node, texts, "answer")
    item.options = [texts.rich(answer, "moodle_auto_format") for answer in answers]
    item.key = tuple(range(len(answers)))
    _feedbacks(answers, texts, item)


def essay(node: Node, texts: Texts, item: Item) -> None:
    """A text marked by a person; what that person is told is a remark. One that is only files is none of ours."""
    if child_text(node, "responseformat") == "noinline":
        texts.fail("item_unsupported", value="essay: noinline")
    item.remark("", texts.rich(child(node, "graderinfo")))
    template = texts.rich(child(node, "responsetemplate")).text
    if template:
        texts.warn("text_not_taken", value=template[:80])


def _feedbacks(answers: list[Node], texts: Texts, item: Item) -> None:
    for place, answer in enumerate(answers):
        item.remark(column_letter(place), texts.rich(child(answer, "feedback")))


def _percent(worth: int) -> str:
    return f"{worth / 1000:.3f}".rstrip("0").rstrip(".").replace(".", ",")
