"""What keeps a round from being published."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Problem:
    """One thing to put right first; the skin has a sentence for each code."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)
