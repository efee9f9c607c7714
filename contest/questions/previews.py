"""What the pages of an import show of its plan: kept by this process as long as the plan's stamp holds.

Comparing 5,000 rows with 5,000 questions takes most of a second, and somebody who mends rows looks
at many pages. Only looking asks here; whoever confirms an import plans it anew.
"""

import json
import threading
import zlib
from array import array
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from contest.questions import decisions, staged
from contest.questions.alike import Offer
from contest.questions.content import of_draft, to_draft
from contest.questions.formats.drafts import Reading
from contest.questions.formats.wire import dump_draft, load_draft
from contest.questions.import_models import BankImport
from contest.questions.matching import Known, Match, OnDuplicate
from contest.questions.staged import Plan, Stamp, state_of

KEPT = 32  # imports, of which one preview each
KEPT_BYTES = 32 * 1024 * 1024  # of rows, in all; 50,000 take 10 to 20 MB
CHUNK = 20  # rows packed together: a page unpacks few more than it shows


@dataclass(frozen=True)
class Packed:
    """Matches in a fifth of the memory; they are unpacked `CHUNK` by `CHUNK`."""

    chunks: tuple[bytes, ...]
    count: int

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(map(len, self.chunks))

    def at(self, places: Sequence[int]) -> dict[int, Match]:
        """The matches at these 0-based places, in their order."""
        held = {number: json.loads(zlib.decompress(self.chunks[number])) for number in {one // CHUNK for one in places}}
        return {one: _load(held[one // CHUNK][one % CHUNK]) for one in places}


@dataclass(frozen=True)
class Preview:
    """A plan as it is shown. `reading` is without its drafts and sources, `skipped` counts what it left out.

    `places` are 0-based, by state; `sizes` as `Plan.sizes` has them; `edited` the places in other
    words; `last` those that the last step changed. `offers` are what such a step, of a single row,
    could do to others: each with how many those are.
    """

    reading: Reading
    skipped: int
    matches: Packed
    places: Mapping[str, Sequence[int]]
    sizes: Mapping[OnDuplicate, tuple[int, int]]
    choices: Mapping[int, OnDuplicate]
    edited: frozenset[int]
    last: tuple[int, ...]
    offers: tuple[tuple[Offer, int], ...]

    def places_of(self, state: str | None, *others: int | None) -> Sequence[int]:
        """The places in this state (None: all), and those of the others that there are."""
        if state is None:
            return range(self.matches.count)
        found = self.places[state]
        more = {place for place in others if place is not None and 0 <= place < self.matches.count}
        return sorted({*found, *more}) if more else found


_guard = threading.Lock()
_kept: OrderedDict[str, tuple[Stamp, Preview]] = OrderedDict()


def preview_of(row: BankImport) -> Preview:
    """What a staged import would do to its bank as it stands; planned once for each stamp.

    The stamp is read first: a change in between leaves a preview under a stamp that nobody asks for
    again. Raises `Missing`, `bank_sealed` (409), as `staged.plan` does.
    """
    seen = staged.stamp(row)
    with _guard:
        held = _kept.get(row.id)
        if held is not None and held[0] == seen:
            _kept.move_to_end(row.id)
            return held[1]
    preview = _made(row)
    _keep(row.id, seen, preview)
    return preview


def _keep(import_id: str, seen: Stamp, preview: Preview) -> None:
    """Keep the preview where there is room for it at all, and of those looked at before as many as there is then."""
    with _guard:
        _kept.pop(import_id, None)
        if preview.matches.size > KEPT_BYTES:
            return
        _kept[import_id] = (seen, preview)
        while len(_kept) > KEPT or sum(one.matches.size for _seen, one in _kept.values()) > KEPT_BYTES:
            _kept.popitem(last=False)


def _made(row: BankImport) -> Preview:
    plan = staged.plan(row)
    places = {state: array("I") for state in staged.STATES}
    for place, match in enumerate(plan.matches):
        places[state_of(match)].append(place)
    return Preview(
        replace(plan.reading, drafts=(), sources=(), skipped=()), len(plan.reading.skipped), _packed(plan.matches),
        places, plan.sizes(), plan.edits.choices, frozenset(plan.edits.drafts), plan.edits.rows, _offers(row, plan))


def _offers(row: BankImport, plan: Plan) -> tuple[tuple[Offer, int], ...]:
    if len(plan.edits.rows) != 1 or plan.edits.rows[0] not in plan.edits.drafts:
        return ()
    found = decisions.offers_after(plan.reading, decisions.drafts_before(row), plan.edits.rows[0])
    return tuple((replace(one, ordinals=()), len(one.ordinals)) for one in found)


def _packed(matches: Sequence[Match]) -> Packed:
    chunks = (json.dumps([_dump(one) for one in matches[start:start + CHUNK]], ensure_ascii=False)
              for start in range(0, len(matches), CHUNK))
    return Packed(tuple(zlib.compress(text.encode("utf-8", "surrogatepass"), 1) for text in chunks), len(matches))


def _dump(match: Match) -> list[Any]:
    """As plain JSON values; contents as drafts that say the same, None where it is the match's own draft."""
    draft, content, known = match.draft, match.content, match.known
    other = None if content is None or content == of_draft(draft) else dump_draft(to_draft(content))
    found = None if known is None else [known.question_id, known.code, known.identity,
                                        dump_draft(to_draft(known.content))]
    return [dump_draft(draft), match.kind, content is not None, other, found, match.first_row]


def _load(values: list[Any]) -> Match:
    """Return the match of `_dump`."""
    draft, kind, has_content, other, found, first_row = values
    own = load_draft(draft)
    content = of_draft(load_draft(other) if other else own) if has_content else None
    known = Known(found[0], found[1], found[2], of_draft(load_draft(found[3]))) if found else None
    return Match(own, kind, content, known, first_row)
