"""The guess that settles ties: what was to be guessed, and how far off a guess is."""

from dataclasses import dataclass

from contest.scoring.rounding import half_up

# People with everything right; people who took part; the former in per cent of the latter; a number
# that the organisers publish.
KINDS = ("perfect_entries", "participants", "perfect_percent", "number")
PERCENT = 100 * 100_000  # a whole, in hundred-thousandths of a per cent


@dataclass(frozen=True)
class Figures:
    """What a round came to, once nothing of it can change any more.

    `perfect` of the `participants` have everything right; `given` is the number that the organisers
    typed, None while they have not.
    """

    participants: int
    perfect: int
    given: int | None = None


def settle(kind: str, figures: Figures) -> int | None:
    """The true value: people, hundred-thousandths of a per cent rounded half up, or the number given.

    None where there is none: a percentage of nobody, a number not typed yet. Raises ValueError for
    a kind that asks for nothing and for figures that can't be.
    """
    if kind not in KINDS:
        raise ValueError(f"nothing to guess: {kind}")
    if not 0 <= figures.perfect <= figures.participants or (figures.given or 0) < 0:
        raise ValueError("0 <= perfect <= participants, given >= 0")
    if kind == "number":
        return figures.given
    if kind == "perfect_percent":
        return half_up(figures.perfect * PERCENT, figures.participants) if figures.participants else None
    return figures.perfect if kind == "perfect_entries" else figures.participants


def distance(guess: int | None, actual: int | None) -> int | None:
    """How far a guess is from the true value, above it or below; None where either is not there."""
    return None if guess is None or actual is None else abs(guess - actual)
