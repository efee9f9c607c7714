"""The comments on a workbook's cells: nobody's question, so they are named. Pure."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator

from contest.questions.formats.drafts import Problem, UnreadableFile
from contest.questions.formats.package import part_tree

MAX_TOLD = 20
_PART = re.compile(r"xl/(?:comments/?[^/]*|[^/]*/comments?\d*)\.xml", re.IGNORECASE)


def comments_of(package: zipfile.ZipFile) -> list[Problem]:
    """A warning for each comment, "C2: …", the first twenty of them."""
    found: list[Problem] = []
    for part in filter(_PART.fullmatch, package.namelist()):
        for text in _texts(package, part):
            if len(found) < MAX_TOLD:
                found.append(Problem("warning", "text_not_taken", "", None, {"what": "comment", "value": text[:80]}))
    return found


def _texts(package: zipfile.ZipFile, part: str) -> Iterator[str]:
    try:
        tree = part_tree(package, part)
    except (UnreadableFile, KeyError):
        return
    for node in tree.iter():
        if node.tag.rpartition("}")[2] == "comment":
            text = " ".join("".join(one.text or "" for one in node.iter() if one.tag.rpartition("}")[2] == "t").split())
            if text:
                yield f"{node.get('ref', '')}: {text}"
