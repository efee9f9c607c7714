"""Where a numbered line stands among those before it: its parent and its locator. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from contest.questions.formats.outline_marks import CONTAINERS, Mark

_ORDER = {"phuluc": 0, "attached": 0, "phan": 1, "upper": 2, "chuong": 2, "muc": 3, "dieu": 4, "roman": 4}
_JUMP = 3  # numbers that may be missing in a row: files lose lines


@dataclass(frozen=True, slots=True)
class Level:
    """One open level: its kind, its label, the label's place in its order."""

    kind: str
    label: str
    value: int


def place(path: list[Level], mark: Mark) -> list[Level] | None:
    """The path with the marked line at its end; None where the mark only looks like one."""
    order = _ORDER.get(mark.kind)
    level = Level(mark.kind, mark.label, mark.value)
    if order is not None:
        kept = path if mark.kind not in ("phuluc",) else []
        return [*(one for one in kept if _ORDER.get(one.kind, 9) < order), level]
    if mark.kind == "dotted":
        return _dotted(path, mark)
    same = next((at for at in range(len(path) - 1, -1, -1) if path[at].kind == mark.kind), None)
    if same is not None:
        last = path[same].value
        if last < mark.value <= last + _JUMP:
            return [*path[:same], level]
        if mark.value == 1 and path[-1].kind != mark.kind:
            return [*path, level]
        return None
    return [*path, level] if mark.value <= 1 + _JUMP else None


def _dotted(path: list[Level], mark: Mark) -> list[Level] | None:
    """A line "2.1." below the line "2.", or by itself."""
    labels = mark.label.split(".")
    for at, level in enumerate(path):
        if level.kind == "number" and level.label == labels[0]:
            inner = [Level("number", label, int(label)) for label in labels[1:]]
            return [*path[:at + 1], *inner]
    kept = [level for level in path if level.kind not in ("number", "letter", "parenthesis", "dotted")]
    return [*kept, *(Level("number", label, int(label)) for label in labels)]


def locator(path: list[Level]) -> str:
    """How a section at the end of this path is cited: "Mục II.1.a", "Điều 5 khoản 2 điểm a"."""
    words = []
    inside = next((at for at, one in enumerate(path) if one.kind == "dieu"), None)
    for level in path:
        if level.kind == "phuluc":
            words.append(f"Phụ lục {level.label}".strip())
    if inside is not None:
        words.append(f"Điều {path[inside].label}")
        for level in path[inside + 1:]:
            word = "điểm" if level.kind == "letter" or any(w.startswith("khoản") for w in words) else "khoản"
            words.append(f"{word} {level.label}")
        return " ".join(words)
    labels = [one.label for one in path if one.kind not in ("phuluc", "attached", *CONTAINERS, "upper")]
    containers = [one for one in path if one.kind in ("chuong", "muc")]
    first = [one for one in path if one.kind in ("phan", "upper")]
    for one in containers:
        words.append(f"Chương {one.label}" if one.kind == "chuong" else f"Mục {one.label}")
    if labels and any(one.kind == "muc" for one in containers):
        words.append("khoản " + ".".join(labels))
    elif labels:
        words.append("Mục " + ".".join(labels))
    words += [f"Phần {one.label}" for one in first]
    return " ".join(words)
