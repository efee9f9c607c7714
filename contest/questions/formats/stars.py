r"""Stars of accepted answers: `*` stands for any text, `\*` for a star, as `drafts.Accepted` holds them. Pure."""

from __future__ import annotations

import re

from contest.questions.formats.drafts import Draft

_WILDCARD = re.compile(r"(?<!\\)\*")


def literal(text: str) -> str:
    r"""The accepted answer that takes just this text, as people write it: "5*" becomes "5\*"."""
    return text.replace("*", r"\*")


def spelled(accepted: str) -> str:
    r"""The text that an accepted answer takes: "5\*" becomes "5*". A wildcard looks like a star then."""
    return accepted.replace(r"\*", "*")


def is_wildcard(accepted: str) -> bool:
    """True where a star of an accepted answer stands for any text."""
    return _WILDCARD.search(accepted) is not None


def has_wildcards(draft: Draft) -> bool:
    """True where a text to be typed holds a wildcard: formats that know none write a star."""
    return any(gap.kind == "text" and is_wildcard(answer.text) for gap in draft.gaps for answer in gap.answers)
