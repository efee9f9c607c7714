"""5,000 answers and keys made to keep a pattern busy: folding, short texts and numbers stay in proportion to them."""

from collections.abc import Iterator
from itertools import islice, product

from contest.scoring import folding, numbers
from tests.work import ends

UNITS = ("a", "aa", "*", "*a", "a*", "**", " ", "\t", "\u0301", "a\u0301", "\u1ea1", "ươ", "oa", "qu", "gi", "1",
         "1.", "1,", ".,", "-", "+", "1e", "e9", "/", "1/", "(", "[", "{", "\\", "\\1", ".*", "(a+)+", "(a|a)*",
         "\u200b", "\u202e", "\ufdfa", "ﬁ", "İ", "ß", "½", "٣", "一", "\U0001f600", "\u0e33", "\n", "\0", "'", '"',
         "%", "..")
TIMES = (1, 7, 30, 31, 100, 499)
TAILS = ("", "b", "!", "1", "*", " ", "\u0323", ".", "x" * 20, "\0", "aa", "-", "e", "/0",
         "á", ",5", "))", "*b", "\\", "é")


def pathological() -> Iterator[str]:
    """5,000 different ones of at most 500 signs, as an answer may have."""
    made = ((unit * times)[: 500 - len(tail)] + tail for tail, times, unit in product(TAILS, TIMES, UNITS))
    yield from islice(dict.fromkeys(made), 5_000)


def judged(texts: list[str]) -> None:
    """Each as an answer and as a key, and each against the next."""
    for text, other in zip(texts, [*texts[1:], texts[0]], strict=True):
        folding.fold(text)
        folding.bare(text)
        numbers.readings(text)
        for accepted, given in ((text, other), (other, text), (text, text + "b"), (text[:80] + "*", text)):
            folding.matches(accepted, given)
            folding.matches(accepted, given, case_kept=True, diacritics_needed=True)
            try:
                numbers.accepts(accepted, given)
            except ValueError:
                continue  # a key that is no number is refused where it is written


def test_there_are_5000_of_them():
    found = list(pathological())
    assert len(found) == len(set(found)) == 5_000
    assert max(map(len, found)) <= 500


def test_none_keeps_the_judge_busy():
    """50 at a time, each time within the processor time that a whole file may take."""
    texts = list(pathological())
    assert [start for start in range(0, len(texts), 50) if not ends(judged, texts[start : start + 50])] == []
