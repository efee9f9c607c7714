"""What every format demands of a question, said once. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from contest.questions.formats.drafts import (
    FULL_CREDIT,
    LETTERS,
    MAX_CELL_CHARS,
    NO_PARAMS,
    Draft,
    Params,
    Problem,
    Severity,
    column_letter,
)
from contest.questions.formats.pinning import SHUFFLED, pinned, speaks_of_others
from contest.questions.formats.text import legacy_encoding, same
from contest.scoring.rules import PARAMETERS, RULES, fault

MAX_PARTS = 20
GAP = re.compile(r"\[\[(\d{1,3})\]\]")
_CHOICES = frozenset({"single", "multiple", "true_false"})
# What a question may say of its marking: `drafts.Draft`.
_SETTINGS = PARAMETERS | {"rule", "case", "diacritics"}
_Found = tuple[Severity, str, Params]


def complete(draft: Draft) -> Draft:
    """The draft with the problems that any format's question can have, and its pinned options.

    What the reader has already found is not said twice. A draft that the reader pinned as a whole
    stays so.
    """
    known = {(problem.severity, problem.code) for problem in draft.problems}
    if any(code.startswith("key_") for severity, code in known if severity == "error"):
        known.add(("error", "no_key"))  # the reader has said why
    found = [Problem(severity, code, draft.place, None, params)
             for severity, code, params in _findings(draft) if (severity, code) not in known]
    pins = pinned(draft.type, draft.options)
    if draft.pinned:
        pins = tuple(sorted({*draft.pinned, *pins}))
    if not found and pins == draft.pinned:
        return draft
    return replace(draft, pinned=pins, problems=(*draft.problems, *found))


def texts(draft: Draft) -> Iterator[str]:
    """Every text of a question that its contestant may see."""
    yield draft.stem
    yield from draft.options
    yield from draft.parts
    for gap in draft.gaps:
        for answer in gap.answers:
            yield answer.text


def gap_numbers(stem: str) -> list[int]:
    """The numbers of the stem's markers, in their order: "… [[1]] … [[2]] …" gives 1, 2."""
    return [int(number) for number in GAP.findall(stem)]


def _findings(draft: Draft) -> Iterator[_Found]:
    if not draft.stem.strip():
        yield "error", "no_stem", NO_PARAMS
    longest = max(map(len, texts(draft)), default=0)
    if longest > MAX_CELL_CHARS:
        yield "error", "too_long", {"chars": longest, "limit": MAX_CELL_CHARS}
    if draft.type in _CHOICES:
        yield from _choice(draft)
    elif draft.type in ("cluster", "matching"):
        yield from _parts(draft)
    elif draft.type == "ordering":
        yield from _options(draft.options)
    elif draft.type != "essay":
        yield from _gaps(draft)
    if legacy_encoding(" ".join(texts(draft))):
        yield "error", "legacy_font", NO_PARAMS
    if draft.settings:
        yield from _marking(draft)


def _choice(draft: Draft) -> Iterator[_Found]:
    yield from _options(draft.options)
    if not draft.key:
        yield "error", "no_key", NO_PARAMS
    elif max(draft.key) >= len(draft.options):
        yield "error", "key_beyond_options", {"value": _letters(draft.key), "options": len(draft.options)}
    elif len(draft.key) > 1 and draft.type == "true_false":
        yield "error", "key_not_single", {"keys": len(draft.key)}
    elif len(draft.key) > 1 and draft.type == "single":
        yield "error", "key_several", {"value": _letters(draft.key)}
    if draft.type in SHUFFLED:
        for position, option in enumerate(draft.options):
            code = speaks_of_others(option)
            if code:
                yield "warning", code, {"letter": column_letter(position), "value": option}


def _options(options: Sequence[str]) -> Iterator[_Found]:
    if len(options) < 2:
        yield "error", "too_few_options", {"found": len(options)}
    elif not all(option.strip() for option in options):
        yield "error", "option_gap", NO_PARAMS
    if len(options) > len(LETTERS):
        yield "error", "too_many_options", {"found": len(options), "limit": len(LETTERS)}
    yield from _twins(options)


def _twins(options: Sequence[str]) -> Iterator[_Found]:
    seen: dict[str, int] = {}
    for position, option in enumerate(options):
        first = seen.setdefault(same(option), position)
        if option.strip() and first != position:
            yield "error", "duplicate_options", {"first": column_letter(first), "second": column_letter(position)}
            return


def _parts(draft: Draft) -> Iterator[_Found]:
    least = 1 if draft.type == "cluster" else 2
    if len([part for part in draft.parts if part.strip()]) < max(least, len(draft.parts)):
        yield "error", "too_few_parts", {"found": len(draft.parts), "least": least}
    if len(draft.parts) > MAX_PARTS or len(draft.options) > MAX_PARTS:
        yield "error", "too_many_parts", {"found": max(len(draft.parts), len(draft.options)), "limit": MAX_PARTS}
    if len(draft.options) < 2:
        yield "error", "too_few_options", {"found": len(draft.options)}
    elif not all(option.strip() for option in draft.options):
        yield "error", "option_gap", NO_PARAMS
    yield from _twins(draft.options)
    if len(draft.key) < len(draft.parts):
        yield "error", "no_key", NO_PARAMS
    elif draft.key and max(draft.key) >= len(draft.options):
        yield "error", "key_beyond_options", {"value": _letters(draft.key), "options": len(draft.options)}


def _gaps(draft: Draft) -> Iterator[_Found]:
    if draft.type == "gaps" and gap_numbers(draft.stem) != list(range(1, len(draft.gaps) + 1)):
        yield "error", "gaps_unlike_markers", {"found": len(draft.gaps), "markers": len(gap_numbers(draft.stem))}
    if not draft.gaps:
        yield "error", "no_key", NO_PARAMS
    if len(draft.gaps) > MAX_PARTS:
        yield "error", "too_many_parts", {"found": len(draft.gaps), "limit": MAX_PARTS}
    for gap in draft.gaps:
        if not any(answer.credit > 0 and answer.text.strip() for answer in gap.answers):
            yield "error", "no_key", NO_PARAMS
        elif gap.kind == "choice" and len(gap.answers) < 2:
            yield "error", "too_few_options", {"found": len(gap.answers)}
        elif (best := max(answer.credit for answer in gap.answers)) < FULL_CREDIT:
            yield "warning", "credits_uneven", {"found": f"{best / 1000:g}"}


def _marking(draft: Draft) -> Iterator[_Found]:
    wrong, rule = fault(draft.settings, draft.type), draft.settings.get("rule", "")
    if wrong is not None and wrong.field == "rule":
        fitting = [name for name, one in RULES.items() if draft.type in one.types]
        yield "error", "rule_unknown", {"value": rule, "fitting": ", ".join(fitting) or "–"}
    elif wrong is not None and wrong.why == "range":
        limits = RULES[rule].parameters[wrong.field]
        yield "error", "parameter_range", {"value": wrong.field, "low": limits.low, "high": limits.high}
    elif wrong is not None:
        yield "error", f"parameter_{'alone' if wrong.why == 'missing' else 'unknown'}", {
            "value": wrong.field, "rule": rule}
    for name in sorted(draft.settings.keys() - _SETTINGS):
        yield "warning", "setting_unknown", {"value": name}


def _letters(key: Sequence[int]) -> str:
    return ", ".join(column_letter(position) for position in key)
