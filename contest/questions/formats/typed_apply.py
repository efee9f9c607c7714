"""Answers of a key table put to the questions they belong to. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from contest.questions.formats.checks import complete
from contest.questions.formats.drafts import TRUE_FALSE_OPTIONS, Draft, Problem, Reading
from contest.questions.formats.key_rows import KeyEntry, KeyTable
from contest.questions.formats.keys import read_key, says_truth
from contest.questions.formats.typed_drafts import gap_of
from contest.questions.formats.typed_fields import truths_of

_ANSWERED = frozenset({"no_key", "key_beyond_options", "key_several", "too_few_options"})  # checked again after
MAX_NAMED = 30  # leftovers named one by one


def apply_keys(reading: Reading, keys: KeyTable) -> Reading:
    """The reading with the answers of a key file; what doesn't fit is named and left as it was.

    A question goes by its number, counted on from the one before unless the reading says that
    numbers are missing.
    """
    numbers: list[int | None] = []
    last = 0
    for draft in reading.drafts:
        jump = next((problem for problem in draft.problems if problem.code == "numbering_jump"), None)
        last = int(jump.params.get("number", last + 1)) if jump else last + 1
        numbers.append(last)
    drafts, problems = with_keys(reading.drafts, numbers, keys)
    return replace(reading, drafts=drafts, problems=(*reading.problems, *problems))


def with_keys(drafts: Sequence[Draft], numbers: Sequence[int | None], keys: KeyTable,
              variant: str = "") -> tuple[tuple[Draft, ...], tuple[Problem, ...]]:
    """The drafts with their answers, and what is said of the table. `variant` is the exam's code."""
    problems: list[Problem] = []
    codes = keys.variants()
    if len(codes) > 1:
        chosen = variant if variant in codes else codes[0]
        keys = keys.of(chosen)
        if variant not in codes:
            problems.append(Problem("warning", "key_variant", str(keys.entries[0].place), None,
                                    {"value": chosen, "found": len(codes)}))
    matched = _matched(numbers, keys.entries)
    done = list(drafts)
    for at, draft in enumerate(drafts):
        entry = matched.get(at)
        if entry is not None:
            done[at] = _answered(draft, entry)
        elif not draft.key and not draft.gaps and draft.type != "essay":
            number = numbers[at]
            missing = Problem("error", "key_missing_in_table", draft.place, None,
                              {"number": at + 1 if number is None else number})
            kept = tuple(problem for problem in draft.problems if problem.code != "no_key")
            done[at] = replace(draft, problems=(*kept, missing))
    used = {id(entry) for entry in matched.values()}
    left = [entry for entry in keys.entries if id(entry) not in used]
    problems += [Problem("warning", "key_table_extra", str(entry.place), None,
                         {"number": entry.number, "value": entry.value, "left": len(left)})
                 for entry in left[:MAX_NAMED]]
    return tuple(done), tuple(problems)


def _matched(numbers: Sequence[int | None], entries: Sequence[KeyEntry]) -> dict[int, KeyEntry]:
    """Question index → its entry. Where numbers start again, the n-th run goes with the table's n-th."""
    asked, given = _parts(numbers), _parts([entry.number for entry in entries])
    runs = max(asked, default=0) + 1, max(given, default=0) + 1
    if runs[0] != runs[1]:
        if runs[1] == 1 and runs[0] > 1:  # the table counts on
            by_number = {entry.number: entry for entry in entries}
            if len(by_number) >= len(numbers):
                return {at: by_number[at + 1] for at in range(len(numbers)) if at + 1 in by_number}
            return {}
        asked, given = [0] * len(numbers), [0] * len(entries)
    found: dict[tuple[int, int], KeyEntry] = {}
    for run, entry in zip(given, entries, strict=True):
        found.setdefault((run, entry.number), entry)
    return {at: found[run, number] for at, (run, number) in enumerate(zip(asked, numbers, strict=True))
            if number is not None and (run, number) in found}


def _parts(numbers: Sequence[int | None]) -> list[int]:
    """For each number the run that it belongs to: a new one starts where they begin again."""
    runs = []
    run = 0
    last = 0
    for number in numbers:
        if number is not None:
            if number <= last and number <= 1:
                run += 1
            last = number
        runs.append(run)
    return runs


def _answered(draft: Draft, entry: KeyEntry) -> Draft:
    kept = tuple(problem for problem in draft.problems if problem.code not in _ANSWERED)
    if entry.reason and not draft.explanation:
        draft = replace(draft, explanation=entry.reason)
    answer = _with_answer(draft, entry.value)
    shown: dict[str, str | int] = {"value": entry.value, "number": entry.number, "options": len(draft.options)}
    if answer is None:
        named = Problem("error", "key_unreadable", draft.place, None, shown)
        return draft if draft.key else replace(draft, problems=(*kept, named))
    if (draft.key or draft.gaps) and (answer.key, answer.gaps, answer.type) != (draft.key, draft.gaps, draft.type):
        against = Problem("error", "key_conflict_table", draft.place, None, shown)
        return replace(draft, problems=(*draft.problems, against))
    return complete(replace(answer, problems=kept))


def _with_answer(draft: Draft, value: str) -> Draft | None:
    """The draft with an answer as the table writes it, None where it doesn't fit."""
    statements = draft.parts if draft.type == "cluster" else draft.options
    verdicts = truths_of(value, len(statements)) if len(statements) > 1 else None
    truth = says_truth(value)
    if draft.type == "cluster" or (verdicts and draft.type == "single"):
        if verdicts is None:
            return None
        return replace(draft, type="cluster", parts=statements, options=TRUE_FALSE_OPTIONS, pinned=(),
                       key=tuple(0 if verdict else 1 for verdict in verdicts))
    if draft.options:
        key = read_key(value, draft.options)
        if key.problem:
            return None
        return replace(draft, key=key.positions, type="multiple" if len(key.positions) > 1 else draft.type)
    if truth is not None and draft.type == "single":
        return replace(draft, type="true_false", options=TRUE_FALSE_OPTIONS, key=(0 if truth else 1,))
    if draft.type in ("single", "short_text", "number") and not (len(value) == 1 and value in "ABCDEFGH"):
        kind, gap = gap_of(value)
        return replace(draft, type=kind, gaps=(gap,))
    return None
