"""Which marker gets which essay. Pure."""

from collections.abc import Collection, Mapping, Sequence


def share(essays: Sequence[tuple[str, Collection[str]]], load: Mapping[str, int]) -> dict[str, str | None]:
    """Essay → its marker, None where nobody may mark it. Loads end as even as who may mark what allows.

    `essays`: each with the markers who may not have it, in an order drawn by lot; `load`: every marker of
    the pool with what lies before them already, in an order drawn by lot. Essays that few may mark come
    first; an essay goes to whoever has least, and on to somebody with less still where that evens loads out.
    """
    having = dict(load)
    found: dict[str, str | None] = {}
    for essay, barred in sorted(essays, key=lambda one: -len(set(one[1]) & having.keys())):
        able = [marker for marker in having if marker not in barred]
        chosen = min(able, key=having.__getitem__, default=None)
        if chosen is not None:
            having[chosen] += 1
        found[essay] = chosen
    _even_out(essays, found, having)
    return found


def _even_out(essays: Sequence[tuple[str, Collection[str]]], found: dict[str, str | None],
              having: dict[str, int]) -> None:
    """Move essays to markers who have less by two or more, until none can be moved: each move evens loads out."""
    moved = True
    while moved:
        moved = False
        for essay, barred in essays:
            now = found[essay]
            if now is None:
                continue
            other = min((one for one in having if one not in barred), key=having.__getitem__)
            if having[other] <= having[now] - 2:
                found[essay] = other
                having[other] += 1
                having[now] -= 1
                moved = True
