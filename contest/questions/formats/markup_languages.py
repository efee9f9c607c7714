"""Texts that say the same in several languages, as Moodle's filters have them: one language is kept. Pure.

Vietnamese where it is there, else what stands first. Two ways of writing are known:

    <span lang="vi" class="multilang">Có</span><span lang="en" class="multilang">Yes</span>
    {mlang vi}Có{mlang}{mlang en}Yes{mlang}
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lxml import etree

WANTED = "vi"
_TAG = re.compile(r"\{mlang(?:[ \t]{1,5}([\w ,-]{1,60}))?\}", re.IGNORECASE)
_ANY = "other"


def of_tags(text: str) -> tuple[str, bool]:
    """Return the text with what its {mlang} tags say in one language, and whether others were left out."""
    if "{mlang" not in text.lower():
        return text, False
    pieces = _TAG.split(text)  # text, language, text, None, text, language …
    blocks = [(pieces[at], pieces[at + 1]) for at in range(1, len(pieces), 2)]
    kept = _best([language for language, _ in blocks if language])
    if kept is None:
        return text, False
    found, left_out = [pieces[0]], False
    for language, words in blocks:
        if language is None or language == kept:
            found.append(words)
        else:
            left_out = left_out or bool(words.strip())
    return "".join(found), left_out


def of_spans(root: etree._Element) -> bool:
    """Leave one span of each run of spans with languages; True where any is taken out."""
    runs = list(_runs(root))
    for run in runs:
        kept = _best([span.get("lang", "") for span in run])
        done = False
        for span in run:
            if span.get("lang", "") == kept and not done:
                done = True
            else:
                span.drop_tree()  # type: ignore[attr-defined]
    return bool(runs)


def _runs(root: etree._Element) -> Iterator[list[etree._Element]]:
    run: list[etree._Element] = []
    for span in root.iter("span", "lang"):
        if not span.get("lang") or not (span.tag == "lang" or "multilang" in span.get("class", "").split()):
            continue
        if run and (span.getprevious() is not run[-1] or (run[-1].tail or "").strip()):
            if len(run) > 1:
                yield run
            run = []
        run.append(span)
    if len(run) > 1:
        yield run


def _best(languages: Sequence[str]) -> str | None:
    """The language to keep: the first that is Vietnamese, else that for all others, else the first."""
    def named(wanted: str) -> str | None:
        return next((one for one in languages if wanted in re.split("[ ,_-]+", one.lower())), None)

    return named(WANTED) or named(_ANY) or next(iter(languages), None)
