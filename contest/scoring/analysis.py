"""What answers say about questions: how hard, how well they tell people apart, what the wrong options do.

Statistics for people to judge questions by: floats, and nothing here decides a mark. Order never matters: sums are
exact or `math.fsum`.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from contest.scoring.chance import two_shares

# Paper → question → what it earned, whole hundredths of the question's points. A paper holds the questions that were
# drawn for it; a blank answer is 0.
Papers = Mapping[str, Mapping[str, int]]

FULL = 100
GROUP = 0.27  # of the papers are the upper, as many the lower group (Kelley 1939)
ENOUGH = 30  # papers, from which on a verdict is given
UNUSED = 0.05  # a wrong option that fewer choose does nothing (Haladyna, Downing 1993)
SURE = 1.645  # z that chance reaches in 1 of 20 comparisons
# Discrimination from which on a question is called so; Ebel 1965.
VERDICTS = ((0.40, "very_good"), (0.30, "good"), (0.20, "marginal"), (0.0, "poor"), (-math.inf, "negative"))


@dataclass(frozen=True)
class Item:
    """A question. `facility` is the mean share of its points, from 0 to 1; `upper` and `lower` that of the best and
    the last 27 %, `discrimination` their difference; `correlation` that of its score with the rest of the paper.

    None where it can't be told: nothing to compare with, or all alike. `verdict`: very_good, good, marginal, poor,
    negative; unknown below `ENOUGH` papers.
    """

    papers: int
    facility: float
    correlation: float | None
    upper: float | None
    lower: float | None
    discrimination: float | None
    verdict: str


@dataclass(frozen=True)
class Option:
    """An option of a single choice: who chose it, as shares of all, of the upper and of the lower 27 %.

    `option` "" is nothing chosen. `remark` of a wrong one: probable_wrong_key (the upper group prefers it to the
    key, and chooses it more than the lower group, by more than it does the key), trap (the upper group prefers it to
    the key, but the key is what it chooses more than the lower group), attracts_strong (the upper group chooses it
    more than the lower), unused; each from `ENOUGH` papers on, the first three where chance alone would say so in
    less than 1 of 20.
    """

    option: str
    key: bool
    papers: int
    share: float
    upper: float | None
    lower: float | None
    remark: str


def facilities(papers: Papers) -> dict[str, float]:
    """Question → mean share of its points over the papers that have it."""
    earned: dict[str, int] = {}
    asked: dict[str, int] = {}
    for scores in papers.values():
        for question, score in scores.items():
            earned[question] = earned.get(question, 0) + score
            asked[question] = asked.get(question, 0) + 1
    return {question: earned[question] / (asked[question] * FULL) for question in sorted(asked)}


def items(papers: Papers) -> dict[str, Item]:
    """Every question that was asked, by id.

    Papers are set side by side by what they earned above what their questions give on average: on the same
    questions that is the order of their sums, on drawn ones it takes off how hard the draw was. Groups and
    `correlation`: Crocker, Algina 1986, ch. 14; the correlation leaves the question itself out, the groups don't.
    Raises ValueError for a score out of -100..100.
    """
    if any(not -FULL <= score <= FULL for scores in papers.values() for score in scores.values()):
        raise ValueError("scores are hundredths of the points")
    known = facilities(papers)
    rows: dict[str, list[tuple[int, float, float | None]]] = {question: [] for question in known}
    for scores in papers.values():
        whole = _Standing(scores, known)
        for question, score in scores.items():
            rows[question].append((score, whole.all, whole.without(question)))
    return {question: _item(known[question], rows[question]) for question in known}


def options(papers: Papers, question: str, chosen: Mapping[str, str | None], offered: Sequence[str],
            key: str) -> tuple[Option, ...]:
    """The options of a single choice in the order `offered`, and last who chose nothing.

    `chosen`: paper → option; none, None or "" is blank. Groups are made by the rest of the paper, so that a wrong
    key doesn't decide who is strong. Raises ValueError where `key` or a choice isn't offered.
    """
    rows = [(chosen.get(paper) or "", _Standing(scores, known).without(question))
            for known in [facilities(papers)] for paper, scores in papers.items() if question in scores]
    if key not in offered or not {choice for choice, _ in rows} <= {*offered, ""}:
        raise ValueError("an option that isn't offered")
    shares = {option: _extremes([(FULL * (choice == option), rest) for choice, rest in rows])
              for option in (*offered, "")}
    found = []
    for option, extremes in shares.items():
        count = sum(choice == option for choice, _ in rows)
        remark = "" if option in {key, ""} else _remark(len(rows), count, extremes, shares[key])
        upper, lower = extremes or (None, None)
        found.append(Option(option, option == key, count, count / len(rows) if rows else 0.0, upper, lower, remark))
    return tuple(found)


class _Standing:
    """How far a paper stands above what its questions give on average, per question."""

    def __init__(self, scores: Mapping[str, int], known: Mapping[str, float]) -> None:
        self.scores, self.known = scores, known
        self.earned = sum(scores.values())
        self.expected = math.fsum(known[question] for question in scores) * FULL

    @property
    def all(self) -> float:
        return (self.earned - self.expected) / len(self.scores)

    def without(self, question: str) -> float | None:
        """The same without one question; None where it is the only one."""
        if len(self.scores) == 1:
            return None
        return ((self.earned - self.scores[question] - (self.expected - self.known[question] * FULL))
                / (len(self.scores) - 1))


def _item(facility: float, rows: list[tuple[int, float, float | None]]) -> Item:
    extremes = _extremes([(score, whole) for score, whole, _ in rows])
    upper, lower = extremes or (None, None)
    difference = None if upper is None or lower is None else upper - lower
    pairs = [(float(score), rest) for score, _, rest in rows if rest is not None]
    verdict = "unknown"
    if difference is not None and len(rows) >= ENOUGH:
        # A difference of two shares lies beside 0.4 in binary.
        verdict = next(name for least, name in VERDICTS if round(difference, 9) >= least)
    return Item(len(rows), facility, correlation(pairs), upper, lower, difference, verdict)


def correlation(pairs: Sequence[tuple[float, float]]) -> float | None:
    """Pearson's correlation (point-biserial where one side is 0 or 1); None where a side is all alike."""
    if not pairs or any(len({pair[side] for pair in pairs}) == 1 for side in (0, 1)):
        return None
    left, right = (math.fsum(pair[side] for pair in pairs) / len(pairs) for side in (0, 1))
    both = math.fsum((one - left) * (other - right) for one, other in pairs)
    spread = math.sqrt(math.fsum((one - left) ** 2 for one, _ in pairs)
                       * math.fsum((other - right) ** 2 for _, other in pairs))
    return max(-1.0, min(1.0, both / spread)) if spread else None


def _extremes(rows: Iterable[tuple[int, float | None]]) -> tuple[float, float] | None:
    """Mean share of the points in the upper and the lower group; None where nobody stands apart.

    Where the border runs through equal standings, each of them counts with the same part of a paper.
    """
    placed = sorted((standing, score) for score, standing in rows if standing is not None)
    if not placed or placed[0][0] == placed[-1][0]:
        return None
    levels = [[score for _, score in group] for _, group in groupby(placed, key=lambda row: row[0])]
    return _first(levels[::-1], GROUP * len(placed)), _first(levels, GROUP * len(placed))


def _first(levels: Sequence[Sequence[int]], size: float) -> float:
    left, earned = size, []
    for scores in levels:
        part = min(1.0, left / len(scores))
        earned.append(part * sum(scores))
        left -= part * len(scores)
        if part < 1:
            break
    return math.fsum(earned) / size / FULL


def _remark(papers: int, count: int, wrong: tuple[float, float] | None, right: tuple[float, float] | None) -> str:
    if papers < ENOUGH or wrong is None or right is None:
        return ""
    size = GROUP * papers
    upper, lower = wrong
    # Of those of the upper group who chose either, half would choose each.
    preferred = (upper - right[0]) * math.sqrt(size) / math.sqrt(upper + right[0]) if upper + right[0] else 0.0
    stronger = two_shares(upper * size, size, lower * size, size)
    if preferred > SURE:
        return "probable_wrong_key" if upper - lower > right[0] - right[1] else "trap"
    if stronger > SURE:
        return "attracts_strong"
    return "unused" if count < UNUSED * papers else ""
