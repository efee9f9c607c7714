"""What answers say about questions: how hard, how well they tell people apart, what the wrong options do.

Statistics for people to judge questions by: floats, and nothing here decides a mark. Order never matters: sums are
exact or `math.fsum`.
"""

import math
from array import array
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
EASY, HARD = 0.95, 0.20  # mean share of the points, from which on a question hardly tells people apart: ours
REMARKS = ("probable_wrong_key", "negative", "trap", "attracts_strong", "too_hard", "weak", "too_easy", "unused")
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
    """An option of a single choice: who chose it, as shares of all, of the upper and of the lower 27 %, and of
    those between them.

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
    middle: float | None
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
    """Every question that was asked, by id: see `Field.items`."""
    return Field(papers).items()


def options(papers: Papers, question: str, chosen: Mapping[str, str | None], offered: Sequence[str],
            key: str) -> tuple[Option, ...]:
    """The options of a single choice: see `Field.options`."""
    return Field(papers).options(question, chosen, offered, key)


class Field:
    """Papers set side by side once, for all their questions.

    They stand by what they earned above what their questions give on average: on the same questions that is the
    order of their sums, on drawn ones it takes off how hard the draw was. Raises ValueError for a score out of
    -100..100.
    """

    def __init__(self, papers: Papers) -> None:
        self.known = facilities(papers)
        self._papers = tuple(papers)
        self._earned, self._sizes, self._expected = array("q"), array("L"), array("d")
        self._rows = {question: (array("L"), array("h")) for question in self.known}  # papers, scores
        for number, scores in enumerate(papers.values()):
            self._earned.append(sum(scores.values()))
            self._sizes.append(len(scores))
            self._expected.append(math.fsum(self.known[question] for question in scores) * FULL)
            for question, score in scores.items():
                if not -FULL <= score <= FULL:
                    raise ValueError("scores are hundredths of the points")
                numbers, earned = self._rows[question]
                numbers.append(number)
                earned.append(score)

    def items(self) -> dict[str, Item]:
        """Every question that was asked, by id.

        Groups and `correlation`: Crocker, Algina 1986, ch. 14; the correlation leaves the question itself out, the
        groups don't.
        """
        return {question: _item(facility, [
            (score, self._whole(number), self._without(number, question, score))
            for number, score in zip(*self._rows[question], strict=True)]) for question, facility in self.known.items()}

    def options(self, question: str, chosen: Mapping[str, str | None], offered: Sequence[str],
                key: str) -> tuple[Option, ...]:
        """The options of a single choice in the order `offered`, and last who chose nothing.

        `chosen`: paper → option; none, None or "" is blank. Groups are made by the rest of the paper, so that a wrong
        key doesn't decide who is strong. Raises ValueError where `key` or a choice isn't offered.
        """
        rows = [(chosen.get(self._papers[number]) or "", self._without(number, question, score))
                for number, score in zip(*self._rows.get(question, ((), ())), strict=True)]
        if key not in offered or not {choice for choice, _ in rows} <= {*offered, ""}:
            raise ValueError("an option that isn't offered")
        shares = {option: _extremes([(FULL * (choice == option), rest) for choice, rest in rows])
                  for option in (*offered, "")}
        found = []
        for option, extremes in shares.items():
            count = sum(choice == option for choice, _ in rows)
            remark = "" if option in {key, ""} else _remark(len(rows), count, extremes, shares[key])
            upper, lower, middle = extremes or (None, None, None)
            found.append(Option(option, option == key, count, count / len(rows) if rows else 0.0, upper, lower, middle,
                                remark))
        return tuple(found)

    def _whole(self, number: int) -> float:
        """How far a paper stands above what its questions give on average, per question."""
        return (self._earned[number] - self._expected[number]) / self._sizes[number]

    def _without(self, number: int, question: str, score: int) -> float | None:
        """The same without one question; None where it is the only one."""
        if self._sizes[number] == 1:
            return None
        return ((self._earned[number] - score - (self._expected[number] - self.known[question] * FULL))
                / (self._sizes[number] - 1))


def remarks(item: Item, found: Iterable[Option] = ()) -> tuple[str, ...]:
    """What a person should look at, from `ENOUGH` papers on, the gravest first.

    probable_wrong_key, negative (who knows the rest more often has it wrong; chance alone would say so of 1 in 20),
    trap, attracts_strong, too_hard, weak (discrimination below 0.20), too_easy, unused (a wrong option).
    """
    if item.papers < ENOUGH:
        return ()
    said = {option.remark for option in found}
    if item.correlation is not None and item.correlation * math.sqrt(item.papers - 1) < -SURE:
        said.add("negative")
    if item.facility >= EASY:
        said.add("too_easy")
    elif item.facility <= HARD:
        said.add("too_hard")
    elif item.verdict in ("poor", "negative") and "negative" not in said:
        said.add("weak")
    return tuple(remark for remark in REMARKS if remark in said)


def _item(facility: float, rows: list[tuple[int, float, float | None]]) -> Item:
    extremes = _extremes([(score, whole) for score, whole, _ in rows])
    upper, lower, _middle = extremes or (None, None, None)
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


def _extremes(rows: Iterable[tuple[int, float | None]]) -> tuple[float, float, float] | None:
    """Mean share of the points in the upper and the lower group, and between them; None where nobody stands apart.

    Where the border runs through equal standings, each of them counts with the same part of a paper.
    """
    placed = sorted((standing, score) for score, standing in rows if standing is not None)
    if not placed or placed[0][0] == placed[-1][0]:
        return None
    levels = [[score for _, score in group] for _, group in groupby(placed, key=lambda row: row[0])]
    upper, lower = _first(levels[::-1], GROUP * len(placed)), _first(levels, GROUP * len(placed))
    mean = sum(score for _, score in placed) / len(placed) / FULL
    return upper, lower, min(1.0, max(-1.0, (mean - GROUP * (upper + lower)) / (1 - 2 * GROUP)))


def _first(levels: Sequence[Sequence[int]], size: float) -> float:
    left, earned = size, []
    for scores in levels:
        part = min(1.0, left / len(scores))
        earned.append(part * sum(scores))
        left -= part * len(scores)
        if part < 1:
            break
    return math.fsum(earned) / size / FULL


def _remark(papers: int, count: int, wrong: tuple[float, float, float] | None,
            right: tuple[float, float, float] | None) -> str:
    if papers < ENOUGH or wrong is None or right is None:
        return ""
    size = GROUP * papers
    upper, lower, _middle = wrong
    # Of those of the upper group who chose either, half would choose each.
    preferred = (upper - right[0]) * math.sqrt(size) / math.sqrt(upper + right[0]) if upper + right[0] else 0.0
    stronger = two_shares(upper * size, size, lower * size, size)
    if preferred > SURE:
        return "probable_wrong_key" if upper - lower > right[0] - right[1] else "trap"
    if stronger > SURE:
        return "attracts_strong"
    return "unused" if count < UNUSED * papers else ""
