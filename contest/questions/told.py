"""A draft as programs are told of it: one plain object, described in docs/question-files.md. Pure."""

from __future__ import annotations

from typing import Any

from contest.questions.formats.drafts import FULL_CREDIT, Draft


def item_of(draft: Draft) -> dict[str, Any]:
    """The draft without its problems. A short text's or number's answers are its options, the full ones its key."""
    options, key = list(draft.options), list(draft.key)
    if draft.type in ("short_text", "number") and draft.gaps:
        answers = draft.gaps[0].answers
        options = [answer.text for answer in answers]
        key = [place for place, answer in enumerate(answers) if answer.credit == FULL_CREDIT]
    return {
        "place": draft.place.removeprefix("@"), "type": draft.type, "stem": draft.stem, "options": options,
        "key": key, "topic": draft.topic, "level": draft.level, "explanation": draft.explanation,
        "citation": draft.citation, "code": draft.code, "points": draft.points, "parts": list(draft.parts),
        "gaps": [{"kind": gap.kind, "answers": [[answer.text, answer.credit] for answer in gap.answers]}
                 for gap in draft.gaps],
        "credits": list(draft.credits), "pinned": list(draft.pinned), "settings": dict(draft.settings),
        "tags": list(draft.tags), "markup": draft.markup,
    }
