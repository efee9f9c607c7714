"""Which scenes a run plays."""

from collections.abc import Awaitable, Callable
from functools import partial

from faults import disks, scenes
from faults.report import Scene

DATABASES = ("sqlite", "postgresql")
Play = Callable[[Scene], Awaitable[None]]
EARLY, LAX = "faults.careless:early()", "faults.careless:lax()"
FULL = {
    "sqlite": {"web workers killed": 80, "databases killed": 20, "web masters killed": 3,
               "scoring workers killed": 5, "reloads": 5, "redeploys": 5},
    "postgresql": {"web workers killed": 130, "databases killed": 35, "web masters killed": 3,
                   "scoring workers killed": 5, "reloads": 5, "redeploys": 5},
}
SHORT = {
    "sqlite": {"web workers killed": 2, "databases killed": 1},
    "postgresql": {"web workers killed": 3, "databases killed": 2, "reloads": 1},
}
GRACE_MS = 15_000


def full(cuts: int) -> list[tuple[Scene, Play]]:
    """Everything; `cuts`: power cuts of each database, a third of them for each control."""
    plan: list[tuple[Scene, Play]] = []
    for name in DATABASES:
        plan += [
            (Scene("kills", name), partial(scenes.kills, counts=FULL[name])),
            (Scene("full disk", name), partial(disks.full_disk, rounds=6)),
            (Scene("cut at the deadline", name), partial(scenes.cut, grace_ms=0)),
            (Scene("cut at the deadline, with grace", name), partial(scenes.cut, grace_ms=GRACE_MS)),
            (Scene("bad network", name), partial(scenes.weather, seconds=30)),
            (Scene("power cuts", name), partial(disks.power_cuts, cuts=cuts)),
            (Scene("control: says saved too early", name, control=True),
             partial(scenes.kills, counts={"web workers killed": 5}, application=EARLY)),
        ]
    some = max(1, cuts // 3)
    plan += [(Scene(f"control: power cuts, synchronous={level}", "sqlite", control=True),
              partial(disks.power_cuts, cuts=some, application=LAX, environ={"FAULTS_SYNCHRONOUS": level}))
             for level in ("NORMAL", "OFF")]
    plan += [(Scene(f"control: power cuts, {setting}", "postgresql", control=True),
              partial(disks.power_cuts, cuts=some, settings=(setting,)))
             for setting in ("synchronous_commit=off", "fsync=off")]
    return plan


def short() -> list[tuple[Scene, Play]]:
    """What a test suite has the time for: a handful of kills, one network cut, one control."""
    return [
        (Scene("kills", "sqlite"), partial(scenes.kills, counts=SHORT["sqlite"], people=8)),
        (Scene("kills", "postgresql"), partial(scenes.kills, counts=SHORT["postgresql"], people=8)),
        (Scene("cut at the deadline", "sqlite"),
         partial(scenes.cut, grace_ms=0, cut_s=2, restored_s=2, people=8)),
        (Scene("control: says saved too early", "sqlite", control=True),
         partial(scenes.kills, counts={"web workers killed": 2}, application=EARLY, people=8)),
    ]
