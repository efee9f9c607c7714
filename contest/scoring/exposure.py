"""How often each question was drawn, and whether more people know its answer than chance explains."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from statistics import median

from contest.scoring.chance import holm, tail, two_shares

# Right and wrong answers that chance alone would give in each round, from which on the normal curve may be used.
EXPECTED = 5
ERROR_RATE = 0.05


@dataclass(frozen=True)
class Exposure:
    """A question: how often it was drawn, as a share of all papers, and round by round."""

    question: str
    drawn: int
    share: Fraction
    rounds: Mapping[str, int]


@dataclass(frozen=True)
class Answers:
    """How many answered a question in a round, blank ones among them, and how many earned all of its points."""

    right: int
    asked: int


@dataclass(frozen=True)
class Rise:
    """A question in two rounds. `rise` is the difference of the shares, -1 to 1; `z` and `chance` say how likely a
    rise like this is if nothing changed, `adjusted` the same for as many questions as were tested.
    """

    question: str
    before: Answers
    after: Answers
    rise: float
    z: float
    chance: float
    adjusted: float
    alarm: bool


@dataclass(frozen=True)
class Leaks:
    """The questions tested, the steepest rise first. If no question is better known than before, the chance of even
    one alarm among them is about `error_rate` (simulated: README). `typical` is the median rise: where it is high, the
    people changed or the whole bank goes round, and not single questions. `untested`: too few answers.
    """

    rises: tuple[Rise, ...]
    error_rate: float
    typical: float | None
    untested: tuple[str, ...]


def exposures(drawn: Mapping[str, Mapping[str, int]], papers: Mapping[str, int],
              pool: Collection[str] = ()) -> tuple[Exposure, ...]:
    """The questions of `pool` and whatever was drawn, most often drawn first, equal ones by id.

    `drawn`: round → question → papers that it stood on; `papers`: round → its papers. Raises ValueError where a
    question stands on more papers than its round has.
    """
    total = sum(papers.values())
    found = []
    for question in {*pool, *(question for counts in drawn.values() for question in counts)}:
        rounds = {round_: counts[question] for round_, counts in sorted(drawn.items()) if counts.get(question)}
        if any(count > papers.get(round_, 0) for round_, count in rounds.items()):
            raise ValueError(f"drawn more often than there are papers: {question}")
        count = sum(rounds.values())
        found.append(Exposure(question, count, Fraction(count, total) if total else Fraction(0), rounds))
    return tuple(sorted(found, key=lambda row: (-row.drawn, row.question)))


def leaks(before: Mapping[str, Answers], after: Mapping[str, Answers], error_rate: float = ERROR_RATE) -> Leaks:
    """The questions of both rounds, each share of right answers against the one before.

    Two-proportion z-test with pooled variance, one-sided; Holm's correction over all questions tested. A question
    is tested where chance alone would give at least `EXPECTED` right and wrong answers in both rounds. Raises
    ValueError for more right answers than answers.
    """
    tested, untested = [], []
    for question in sorted(before.keys() & after.keys()):
        one, two = before[question], after[question]
        if not (0 <= one.right <= one.asked and 0 <= two.right <= two.asked):
            raise ValueError(f"more right answers than answers: {question}")
        if _enough(one, two):
            tested.append((question, two_shares(two.right, two.asked, one.right, one.asked)))
        else:
            untested.append(question)
    adjusted = holm([tail(z) for _, z in tested])
    rises = [_rise(question, before[question], after[question], z, chance, error_rate)
             for (question, z), chance in zip(tested, adjusted, strict=True)]
    rises.sort(key=lambda row: (-row.z, row.question))
    return Leaks(tuple(rises), error_rate, median(row.rise for row in rises) if rises else None, tuple(untested))


def _enough(one: Answers, two: Answers) -> bool:
    right, asked = one.right + two.right, one.asked + two.asked
    fewest = min(one.asked, two.asked) * min(right, asked - right)
    return fewest >= EXPECTED * asked > 0


def _rise(question: str, before: Answers, after: Answers, z: float, adjusted: float, error_rate: float) -> Rise:
    rise = after.right / after.asked - before.right / before.asked
    return Rise(question, before, after, rise, z, tail(z), adjusted, adjusted <= error_rate)
