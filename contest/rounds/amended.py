"""What two versions of a round's rules differ in."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import select

from contest.extensions import db
from contest.questions.differences import Pair, compare
from contest.rounds.models import RulesVersion

# Of versions from before these rules were there.
_LATER: dict[str, Any] = {"scoring": {}, "board_freezes_at": None, "appeal_days": 0, "answer_days": 0,
                          "prediction_text": ""}


@dataclass(frozen=True)
class Difference:
    """Two versions, without pool, text and blueprint; `text`: the two texts, where they differ."""

    old: dict[str, Any]
    new: dict[str, Any]
    text: Pair | None

    @property
    def changed(self) -> frozenset[str]:
        """The names of the rules that differ."""
        return frozenset(name for name, value in self.new.items() if self.old.get(name) != value)


@lru_cache(maxsize=128)
def difference(round_id: str, number: int) -> Difference:
    """What version `number` of the rules changed. Versions never change: it is worked out once a process."""
    rows = db.session.execute(select(RulesVersion.number, RulesVersion.content).where(
        RulesVersion.round_id == round_id, RulesVersion.number.in_((number - 1, number))))
    said = {row.number: row.content for row in rows}
    old, new = said.get(number - 1, {}), said[number]
    texts = old.get("rules", ""), new.get("rules", "")
    return Difference(_short(old), _short(new), compare(*texts) if texts[0] != texts[1] else None)


def _short(content: dict[str, Any]) -> dict[str, Any]:
    told = _LATER | content
    return {name: value for name, value in told.items() if name not in ("pool", "blueprint", "banks", "rules")}
