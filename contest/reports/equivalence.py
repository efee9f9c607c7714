"""How alike in difficulty sample papers are, and how much they share. Pure.

Facility is the share of right answers in hundredths of a per cent (0 … 10,000), points are hundredths.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import isqrt

FULL = 10_000
DEFAULTS = {"NB": 8_500, "TH": 7_000, "VD": 5_500, "VDC": 4_000}  # where no answers are known, by level
OTHERWISE = 6_500
BINS = 12
WIDE, SHARED = 1_000, 5_000  # 10 % and 50 %: from here on the page says what to do


@dataclass(frozen=True)
class Bin:
    """Papers with an expected score of low <= score < high, hundredths; the last one takes its high too."""

    low: int
    high: int
    count: int


@dataclass(frozen=True)
class Report:
    """What sample papers came to. Scores in hundredths of a point, shares in hundredths of a per cent.

    `spread`: from the easiest to the hardest paper, of the mean score. `shared`: questions that two papers
    have in common, `shared_mean` in hundredths of a question; `overlap` is of the size of a paper, `jaccard` of
    all questions of both. `exposure`: key → in how many papers, the most first; the never drawn ones too.
    """

    papers: int
    size: int
    points: int  # of a whole paper, mean
    low: int
    mean: int
    high: int
    deviation: int
    spread: int
    bins: tuple[Bin, ...]
    shared_mean: int
    shared_most: int
    overlap: int
    jaccard: int
    exposure: tuple[tuple[str, int], ...]

    @property
    def wide(self) -> bool:
        return self.spread > WIDE

    @property
    def alike(self) -> bool:
        return self.overlap > SHARED


def report(papers: Sequence[Sequence[str]], pool: Sequence[str], facility: Mapping[str, int],
           points: Mapping[str, int]) -> Report:
    """The report on at least one paper, each the keys of its questions; every key has facility and points."""
    scores = [sum(points[key] * facility[key] for key in paper) // FULL for paper in papers]
    mean = sum(scores) // len(scores)
    deviation = isqrt(sum((score - mean) ** 2 for score in scores) // len(scores))
    sets = [frozenset(paper) for paper in papers]
    pairs = [(len(one & other), len(one | other)) for one, other in combinations(sets, 2)] or [(0, 1)]
    size = sum(map(len, sets)) // len(sets)
    shared = sum(common for common, _all in pairs) * 100 // len(pairs)
    times = Counter(key for paper in sets for key in paper)
    return Report(
        papers=len(papers), size=size, points=sum(points[key] for paper in papers for key in paper) // len(papers),
        low=min(scores), mean=mean, high=max(scores), deviation=deviation,
        spread=(max(scores) - min(scores)) * FULL // mean if mean else 0, bins=bins(scores), shared_mean=shared,
        shared_most=max(common for common, _all in pairs), overlap=shared * 100 // size if size else 0,
        jaccard=sum(common * FULL // all_ for common, all_ in pairs if all_) // len(pairs),
        exposure=tuple(sorted(((key, times[key]) for key in dict.fromkeys(pool)), key=lambda one: (-one[1], one[0]))))


def bins(scores: Sequence[int], most: int = BINS) -> tuple[Bin, ...]:
    """The scores in up to `most` bins of one width, a whole number of hundredths."""
    low, high = min(scores), max(scores)
    width = max(1, -(-(high - low + 1) // most))
    counts = Counter((score - low) // width for score in scores)
    return tuple(Bin(low + number * width, low + (number + 1) * width, counts[number])
                 for number in range((high - low) // width + 1))


def guess(level: str | None) -> int:
    """The facility of a question that nobody has answered, by its level."""
    return DEFAULTS.get(level or "", OTHERWISE)
