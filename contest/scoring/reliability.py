"""How far a paper's result would come out alike on other questions of the kind: KR-20, alpha, and drawn papers."""

import math
from collections.abc import Callable, Set
from dataclasses import dataclass
from fractions import Fraction

from contest.scoring.analysis import FULL, Papers


@dataclass(frozen=True)
class Reliability:
    """`coefficient` is the share of the results' variance that is the people's own, at most 1; below 0 where the
    questions work against each other. `sem`, the standard error of measurement, is in shares of the whole paper.

    `method`: kr20 (same questions, each right or wrong), alpha (same questions, parts of points), nested (papers
    were drawn: KR-20 and alpha can't be given, this stands for them), or none with a `reason`: few_papers (under 2),
    few_questions (under 2 on a paper), no_spread (all results alike). `questions` is the mean number on a paper.
    """

    method: str
    coefficient: float | None
    sem: float | None
    papers: int
    questions: float
    reason: str = ""


def reliability(papers: Papers) -> Reliability:
    """By the method that the papers allow. Questions weigh alike, whatever their points."""
    sizes = [len(scores) for scores in papers.values()]
    mean = sum(sizes) / len(sizes) if sizes else 0.0
    if len(papers) < 2:
        return Reliability("none", None, None, len(papers), mean, "few_papers")
    if min(sizes) < 2:
        return Reliability("none", None, None, len(papers), mean, "few_questions")
    if not same_questions(papers):
        method, by = "nested", nested
    elif all(score in {0, FULL} for scores in papers.values() for score in scores.values()):
        method, by = "kr20", kr20
    else:
        method, by = "alpha", alpha
    return _told(method, by, papers, mean)


def _told(method: str, by: Callable[[Papers], tuple[float, float] | None], papers: Papers, mean: float) -> Reliability:
    found = by(papers)
    if found is None:
        return Reliability("none", None, None, len(papers), mean, "no_spread")
    return Reliability(method, *found, len(papers), mean)


def same_questions(papers: Papers) -> bool:
    """True where every paper has the same questions."""
    first: Set[str] = next((scores.keys() for scores in papers.values()), frozenset())
    return all(scores.keys() == first for scores in papers.values())


def kr20(papers: Papers) -> tuple[float, float] | None:
    """KR-20 and its SEM: k/(k-1) · (1 - Σpq/σ²), σ² over all papers, not a sample's. Kuder, Richardson 1937.

    None where all results are alike. Raises ValueError for other scores than 0 and `FULL`, for papers with
    different questions, and for under 2 papers or questions.
    """
    rows = _rows(papers)
    if any(score not in {0, FULL} for row in rows for score in row):
        raise ValueError("right or wrong only")
    shares = [sum(column) / FULL / len(rows) for column in zip(*rows, strict=True)]
    return _consistency(rows, math.fsum(p * (1 - p) for p in shares))


def alpha(papers: Papers) -> tuple[float, float] | None:
    """Cronbach's alpha and its SEM: k/(k-1) · (1 - Σσᵢ²/σ²). Cronbach 1951. As `kr20`, with parts of points."""
    rows = _rows(papers)
    return _consistency(rows, math.fsum(_variance(column) for column in zip(*rows, strict=True)) / FULL ** 2)


def nested(papers: Papers) -> tuple[float, float] | None:
    """The same for papers that were drawn, each its own questions: how hard a draw was counts as error.

    Intraclass correlation of the one-way analysis of variance, (MSB - MSW) / MSB: ICC(1, k) of Shrout, Fleiss 1979;
    in generalizability theory the coefficient of the design items-in-persons (Brennan 2001). A matrix that fixes
    topics and levels makes papers more alike than chance: then it says too little rather than too much.
    None where all results are alike. Raises ValueError for under 2 papers or a paper without questions.
    """
    rows = [list(scores.values()) for scores in papers.values()]
    answers = sum(len(row) for row in rows)
    if len(rows) < 2 or not all(rows) or answers == len(rows):
        raise ValueError("at least 2 papers with questions, 2 on one")
    grand = sum(sum(row) for row in rows) / answers
    between = math.fsum(len(row) * (sum(row) / len(row) - grand) ** 2 for row in rows) / (len(rows) - 1)
    within = math.fsum(_variance(row) * len(row) for row in rows) / (answers - len(rows))
    if len({Fraction(sum(row), len(row)) for row in rows}) == 1:
        return None
    size = (answers - sum(len(row) ** 2 for row in rows) / answers) / (len(rows) - 1)
    return (between - within) / between, math.sqrt(within / size) / FULL


def _rows(papers: Papers) -> list[list[int]]:
    if not same_questions(papers):
        raise ValueError("papers with different questions")
    if len(papers) < 2 or any(len(scores) < 2 for scores in papers.values()):
        raise ValueError("at least 2 papers of 2 questions")
    return [[scores[question] for question in sorted(scores)] for scores in papers.values()]


def _consistency(rows: list[list[int]], of_items: float) -> tuple[float, float] | None:
    count = len(rows[0])
    whole = _variance([sum(row) for row in rows]) / FULL ** 2
    if not whole:
        return None
    coefficient = min(1.0, count / (count - 1) * (1 - of_items / whole))
    return coefficient, math.sqrt(whole * (1 - coefficient)) / count


def _variance(values: tuple[int, ...] | list[int]) -> float:
    """Over all of them, exact until the one division."""
    count = len(values)
    return (count * sum(value * value for value in values) - sum(values) ** 2) / count ** 2
