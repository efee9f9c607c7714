"""What two lists of who gets what differ in."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Change:
    """A holder whose prizes differ: ids of the prizes before and after, none on a side where there is none."""

    holder: str
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def kind(self) -> str:
        """gained, lost or changed: who keeps what there was has gained or lost the rest."""
        before, after = Counter(self.before), Counter(self.after)
        return "gained" if before < after else "lost" if after < before else "changed"


def changes(before: Mapping[str, Sequence[str]], after: Mapping[str, Sequence[str]]) -> list[Change]:
    """Who has other prizes than before: holder → ids of prizes. In the order of `after`, then who lost all."""
    found = [Change(one, tuple(before.get(one, ())), tuple(after.get(one, ()))) for one in {**after, **before}]
    return [one for one in found if one.before != one.after]
