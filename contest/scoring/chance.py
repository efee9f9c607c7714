"""What chance explains: the normal tail, two shares compared, Holm's correction, how many of some trials succeed."""

import math
from collections.abc import Iterable, Sequence

TWO_SIDED = 1.959963984540054  # z that chance lies beyond, on either side, in 1 of 20 cases


def tail(z: float) -> float:
    """The chance that a standard normal value is at least `z`."""
    return math.erfc(z / math.sqrt(2)) / 2


def two_shares(hits: float, trials: float, other_hits: float, other_trials: float) -> float:
    """z of the first share less the second, by their pooled variance; 0 where both are all or nothing.

    All four may be fractions of a person. Raises ValueError without trials.
    """
    if trials <= 0 or other_trials <= 0:
        raise ValueError("a share of nothing")
    pooled = (hits + other_hits) / (trials + other_trials)
    variance = pooled * (1 - pooled) * (1 / trials + 1 / other_trials)
    return (hits / trials - other_hits / other_trials) / math.sqrt(variance) if variance > 0 else 0.0


def interval(hits: int, trials: int) -> tuple[float, float]:
    """Where the share behind `hits` of `trials` lies, in 19 of 20 cases. Wilson 1927. Raises ValueError without trials.
    """
    if not 0 <= hits <= trials or not trials:
        raise ValueError("a share of nothing")
    share, of = hits / trials, TWO_SIDED ** 2 / trials
    middle, reach = share + of / 2, TWO_SIDED * math.sqrt(share * (1 - share) / trials + of / trials / 4)
    return max(0.0, (middle - reach) / (1 + of)), min(1.0, (middle + reach) / (1 + of))


def holm(chances: Sequence[float]) -> list[float]:
    """Each chance, adjusted for the number of tests: one at or below a rate r is an alarm, and the chance of even one
    false alarm among them is at most r. In the order given. Holm 1979.
    """
    order = sorted(range(len(chances)), key=lambda i: chances[i])
    adjusted = [0.0] * len(chances)
    highest = 0.0
    for position, i in enumerate(order):
        highest = max(highest, min(1.0, (len(chances) - position) * chances[i]))
        adjusted[i] = highest
    return adjusted


def at_least(count: int, chances: Iterable[float]) -> float:
    """The chance that `count` or more of some independent trials succeed, each with a chance of its own.

    The Poisson-binomial tail, exact but for rounding: only positive terms are added up.
    """
    if count <= 0:
        return 1.0
    short = [0.0] * count + [1.0]  # short[n]: the chance that n are still needed
    for chance in chances:
        short[0] += short[1] * chance
        for need in range(1, count):
            short[need] = short[need] * (1 - chance) + short[need + 1] * chance
        short[count] *= 1 - chance
    return min(1.0, short[0])
