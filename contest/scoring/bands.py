"""Score bands by the share of right answers, as the provinces' announcements print them."""

from collections.abc import Iterable

# In the order they are printed: all right, from 75 %, from 25 %, below 25 %, none right.
BANDS = ("all", "from_75", "from_25", "below_25", "none")


def band(correct: int, items: int) -> str:
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
    if correct * 100 >= items * 75:
        return "from_75"
    return "from_25" if correct * 100 >= items * 25 else "below_25"


def count(papers: Iterable[tuple[int, int, int]]) -> dict[str, int]:
    """Papers per band, every band present. `papers`: (correct, items, how many such papers)."""
    found = dict.fromkeys(BANDS, 0)
    for correct, items, papers_alike in papers:
        found[band(correct, items)] += papers_alike
    return found
