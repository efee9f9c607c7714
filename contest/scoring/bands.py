"""Score bands by the share of right answers, as the provinces' announcements print them."""

from collections.abc import Iterable, Sequence

CUTS = (75, 25)


def names(cuts: Sequence[int] = CUTS) -> tuple[str, ...]:
    """The bands in the order they are printed: all right, from each of the cuts, below the last, none right.

    `cuts` are per cent, descending.
    """
    return ("all", *(f"from_{cut}" for cut in cuts), f"below_{cuts[-1]}", "none")


BANDS = names()


def band(correct: int, items: int, cuts: Sequence[int] = CUTS) -> str:
    """The band of a paper with `correct` right answers of `items`.

    Whole numbers only. The lower bound belongs to the band: exactly 75 % is "from_75", exactly
    25 % "from_25"; all right and none right stand apart. Raises ValueError for a paper without
    items or with more right answers than items.
    """
    if items <= 0 or not 0 <= correct <= items:
        raise ValueError("0 <= correct <= items, items > 0")
    if correct == items:
        return "all"
    if correct == 0:
        return "none"
    reached = next((cut for cut in cuts if correct * 100 >= items * cut), None)
    return f"below_{cuts[-1]}" if reached is None else f"from_{reached}"


def count(papers: Iterable[tuple[int, int, int]], cuts: Sequence[int] = CUTS) -> dict[str, int]:
    """Papers per band, every band present. `papers`: (correct, items, how many such papers)."""
    found = dict.fromkeys(names(cuts), 0)
    for correct, items, papers_alike in papers:
        found[band(correct, items, cuts)] += papers_alike
    return found
