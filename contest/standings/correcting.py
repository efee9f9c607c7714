"""What a grading run holds right instead of a key, from what a form sent. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from contest.questions.formats.answer_lines import read_lines, write_lines
from contest.questions.formats.drafts import Accepted, Gap, GapKind
from contest.questions.shown import Part, Version
from contest.scoring.judging import CHOICES, FULL, Question
from contest.scoring.rules import Prepared, rule_of

KINDS = ("key", "full", "out")
Sent = Mapping[str, Sequence[str]]  # part of the question, "" for its options or its one text → what was sent


class BadKey(ValueError):
    """What can't be a key; `code`: none, several, part, places, number."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class NewKey:
    """As `AnswerKey.correct` and `AnswerKey.credits`."""

    correct: Any
    credits: dict[str, int] | None = None


def read(version: Version, question: Question, marking: Mapping[str, Prepared], sent: Sent) -> NewKey:
    """The key that was chosen. `question` is the version with its present key. Raises `BadKey`.

    Several right options of a single choice each give its full points: whoever chose one of them had it
    right. Where options had credits of their own, the right ones share the points evenly.
    """
    if version.type in CHOICES:
        return _options(version, question, marking, sent)
    if version.type in ("cluster", "matching"):
        return NewKey({part.id: _one(sent, part.id, [one.id for one in version.options]) for part in version.parts})
    if version.type == "ordering":
        places = {part.id: _one(sent, part.id, [one.id for one in version.options]) for part in version.parts}
        if len(set(places.values())) < len(places):
            raise BadKey("places")
        return NewKey(sorted(places, key=lambda token: int(places[token])))
    if version.type == "gaps":
        return NewKey({part.id: _gap(part, sent, dict(question.correct[part.id])) for part in version.parts})
    if version.type == "essay":
        raise BadKey("none")
    return NewKey(_written("number" if version.type == "number" else "text", sent, ""))


def held(version: Version, correct: Any) -> dict[str, list[str]]:
    """What `read` takes for this key: what a form shows first."""
    if version.type in CHOICES:
        return {"": sorted(correct)}
    if version.type in ("cluster", "matching"):
        return {part: [option] for part, option in correct.items()}
    if version.type == "ordering":
        return {token: [str(place)] for place, token in enumerate(correct, 1)}
    if version.type == "gaps":
        return {part.id: [token for token, credit in correct[part.id] if credit > 0] if part.kind == "choice"
                else [_lines(part.kind, correct[part.id])] for part in version.parts}
    return {} if version.type == "essay" else {"": [_lines("number" if version.type == "number" else "text", correct)]}


def _options(version: Version, question: Question, marking: Mapping[str, Prepared], sent: Sent) -> NewKey:
    tokens = {option.id for option in version.options}
    chosen = sorted(set(sent.get("", ())) & tokens)
    if not chosen:
        raise BadKey("none")
    if version.type != "multiple" and len(chosen) > 1:
        worth = dict.fromkeys(chosen, FULL)
        if rule_of(replace(question, credits=worth), marking).rule.name != "credits":
            raise BadKey("several")
        return NewKey(chosen, worth)
    if not question.credits:
        return NewKey(chosen)
    share = FULL // len(chosen)
    return NewKey(chosen, dict.fromkeys(chosen, share) | {chosen[0]: FULL - share * (len(chosen) - 1)})


def _one(sent: Sent, part: str, allowed: Sequence[str]) -> str:
    value = next(iter(sent.get(part, ())), "").strip()
    if value not in allowed:
        raise BadKey("part")
    return value


def _gap(part: Part, sent: Sent, worth: Mapping[str, int]) -> list[list[Any]]:
    """`worth`: what the gap's options are worth now; one that earned a part and stays right goes on so."""
    if part.kind != "choice":
        return _written("number" if part.kind == "number" else "text", sent, part.id)
    chosen = set(sent.get(part.id, ()))
    if not chosen & {option.id for option in part.options}:
        raise BadKey("part")
    return [[option.id, max(0, worth.get(option.id, 0)) or FULL if option.id in chosen else 0]
            for option in part.options]


def _written(kind: GapKind, sent: Sent, part: str) -> list[list[Any]]:
    gap = read_lines(kind, next(iter(sent.get(part, ())), "").replace("\r", ""))
    if gap is None:
        raise BadKey("number")
    if not any(one.credit > 0 for one in gap.answers):
        raise BadKey("part" if part else "none")
    return [[one.text, one.credit] for one in gap.answers]


def _lines(kind: Any, accepted: Sequence[Sequence[Any]]) -> str:
    return write_lines(Gap(kind, tuple(Accepted(text, credit) for text, credit in accepted)))
