"""Pairs of papers with more identical wrong answers than chance explains: for a person to look at, never a verdict.

Only questions that both got wrong count: to be right alike is no sign of anything. For each, the chance to have chosen
the other's wrong option is that option's share among all wrong answers to it; how many are identical is then
Poisson-binomial. Error-similarity analysis (Bellezza, Bellezza 1989), with a chance for each option as in the
generalized binomial test (van der Linden, Sotaridona 2006). People who learned the same mistake together look alike,
too.

Of 100,000 papers, 5,000,000,000 pairs can't be looked at one by one. A pair can be an alarm only where the shares of
its identical wrong options, multiplied, lie under the alarm's chance. Each paper's wrong options are put in order, the
rarest first; two such papers then share one among the first of each, those behind which too little is left (prefix
filtering: Chaudhuri, Ganti, Kaushik 2006). So no alarm is missed, papers with few or only common mistakes cost nothing,
and the work is the number of pairs that share a rare mistake, n log n for the rest, with a limit that is reported.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from contest.scoring.chance import at_least

FALSE_ALARMS = 0.1  # pairs expected in a whole search, in units and across them each
LIMIT = 5_000_000  # pairs looked at in each search


@dataclass(frozen=True)
class Sheet:
    """A paper: question → what was chosen, in any spelling that is the same for the same answer; blank ones left out.

    A person's own papers are not compared with one another. `unit` "" is none.
    """

    id: str
    person: str
    unit: str
    choices: Mapping[str, str]


@dataclass(frozen=True)
class Pair:
    """Two papers, the smaller id first: questions that both answered, that both got wrong, and their identical wrong
    answers (question, choice). `chance` is that of as many or more; `expected` how many such pairs chance gives
    among all pairs of the kind, in units or across them.
    """

    first: str
    second: str
    same_unit: bool
    common: int
    wrong: int
    answers: tuple[tuple[str, str], ...]
    chance: float
    expected: float


@dataclass(frozen=True)
class Report:
    """The pairs, those of one unit first, the least likely first. `false_alarms`: so many pairs at most are expected
    where everybody chooses wrong options alone. `compared` pairs were looked at, of all `in_units` and `across`;
    `complete` False: the limit was reached, pairs without rare mistakes may be missing.
    """

    pairs: tuple[Pair, ...]
    papers: int
    in_units: int
    across: int
    compared: int
    false_alarms: float
    complete: bool


@dataclass
class _Marked:
    """A sheet with its wrong answers as numbers, the rarest answer of all being 0."""

    sheet: Sheet
    tokens: frozenset[int]
    wrong: dict[str, int]


@dataclass
class _Search:
    """One kind of pairs: `chance` from which on a pair is an alarm, and what was found."""

    same_unit: bool
    possible: int
    chance: float
    limit: int
    compared: int = 0
    complete: bool = True


def similar(sheets: Iterable[Sheet], keys: Mapping[str, str], in_units: float = FALSE_ALARMS,
            across: float = FALSE_ALARMS, limit: int = LIMIT, among: Collection[str] | None = None) -> Report:
    """The pairs to look at. `keys`: question → right choice; `in_units` and `across`: the false alarms allowed.

    `among`: only the papers with these ids are compared, say those of one unit that somebody reported; the shares
    are everybody's all the same. Fewer pairs need less to stand out. The order of sheets makes no difference. Raises
    ValueError for an id that comes twice, a question without a key and a rate of 0 or less.
    """
    rows = sorted(sheets, key=lambda sheet: sheet.id)
    if len({sheet.id for sheet in rows}) != len(rows):
        raise ValueError("a paper comes twice")
    if any(question not in keys for sheet in rows for question in sheet.choices):
        raise ValueError("a question without a key")
    if min(in_units, across) <= 0:
        raise ValueError("some false alarms must be allowed")
    marked, shares, names = _mark(rows, keys)
    if among is not None:
        marked = [row for row in marked if row.sheet.id in among]
    units = Counter(row.sheet.unit for row in marked if row.sheet.unit)
    inside = sum(math.comb(count, 2) for count in units.values())
    outside = math.comb(len(marked), 2) - inside
    searches = [_Search(same, possible, rate / max(1, possible), limit)
                for same, possible, rate in [(True, inside, in_units), (False, outside, across)]]
    pairs = [pair for search in searches for pair in _alarms(search, marked, shares, names)]
    pairs.sort(key=lambda pair: (not pair.same_unit, pair.chance, pair.first, pair.second))
    return Report(tuple(pairs), len(marked), inside, outside, sum(search.compared for search in searches),
                  in_units * bool(inside) + across * bool(outside), all(search.complete for search in searches))


def _mark(rows: list[Sheet], keys: Mapping[str, str]) -> tuple[list[_Marked], list[float], list[tuple[str, str]]]:
    """The sheets, and of each wrong answer by its number the share and (question, choice)."""
    times = Counter((question, choice) for sheet in rows for question, choice in sheet.choices.items()
                    if choice != keys[question])
    of_question: Counter[str] = Counter()
    for (question, _), count in times.items():
        of_question[question] += count
    # One more of each than there are: who shares an answer that nobody else gave is not beyond chance for that.
    share = {answer: (count + 1) / (of_question[answer[0]] + 1) for answer, count in times.items()}
    names = sorted(share, key=lambda answer: (share[answer], answer))
    number = {answer: position for position, answer in enumerate(names)}
    marked = []
    for sheet in rows:
        wrong = {question: number[question, choice] for question, choice in sheet.choices.items()
                 if choice != keys[question]}
        marked.append(_Marked(sheet, frozenset(wrong.values()), wrong))
    return marked, [share[answer] for answer in names], names


def _alarms(search: _Search, marked: list[_Marked], shares: list[float],
            names: list[tuple[str, str]]) -> Iterator[Pair]:
    weights = [-math.log(share) for share in shares]
    least = -math.log(search.chance) - 1e-9
    for one, other, common in _candidates(search, marked, weights, least):
        both = one.wrong.keys() & other.wrong.keys()
        chance = max(at_least(len(common), [shares[row.wrong[question]] for question in sorted(both)])
                     for row in (one, other))
        if chance <= search.chance:
            answers = tuple(sorted(names[token] for token in common))
            yield Pair(one.sheet.id, other.sheet.id, search.same_unit,
                       len(one.sheet.choices.keys() & other.sheet.choices.keys()), len(both), answers, chance,
                       chance * search.possible)


def _candidates(search: _Search, marked: list[_Marked], weights: list[float],
                least: float) -> Iterator[tuple[_Marked, _Marked, frozenset[int]]]:
    """The pairs whose identical wrong answers weigh at least `least`, each once, with these answers."""
    lists: dict[tuple[str, int], list[_Marked]] = {}
    for row in marked:
        if search.same_unit and not row.sheet.unit:
            continue
        for token in _prefix(row.tokens, weights, least):
            lists.setdefault((row.sheet.unit if search.same_unit else "", token), []).append(row)
    for (_, token), rows in sorted(lists.items(), key=lambda item: (len(item[1]), item[0])):
        if search.compared + math.comb(len(rows), 2) > search.limit:
            search.complete = False
            return
        search.compared += math.comb(len(rows), 2)
        for one, other in combinations(rows, 2):
            common = one.tokens & other.tokens
            # Other lists hold the pair too: it belongs to that of its rarest common answer.
            if min(common) == token and sum(weights[shared] for shared in common) >= least and _apart(
                    search, one.sheet, other.sheet):
                yield one, other, common


def _apart(search: _Search, one: Sheet, other: Sheet) -> bool:
    """Two people, of one unit where these are searched, else not."""
    return one.person != other.person and (one.unit == other.unit != "") is search.same_unit


def _prefix(tokens: frozenset[int], weights: list[float], least: float) -> list[int]:
    """The rarest answers, as long as what they and the rest weigh reaches `least`."""
    left = math.fsum(weights[token] for token in tokens)
    found = []
    for token in sorted(tokens):
        if left < least:
            break
        found.append(token)
        left -= weights[token]
    return found
