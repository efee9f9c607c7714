"""Scenes without a volume of their own: kills and deployments under load, the network cut at the deadline."""

import asyncio
import random
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path

from faults.contestants import Habits, now_ms
from faults.ledger import Ledger
from faults.proxy import Proxy
from faults.report import Scene, say
from faults.server import NotBack
from faults.stage import Stage, staged
from faults.stored import stored
from faults.verdict import judge

BACK_S = 120.0
PROGRESS = 40  # acknowledgements that must come between one fault and the next


async def progress(ledger: Ledger, least: int = PROGRESS) -> None:
    """Wait until so many more things were acknowledged. Raises `NotBack`."""
    goal, until = ledger.number + least, time.monotonic() + BACK_S
    while ledger.number < goal:
        if time.monotonic() > until:
            raise NotBack(f"{ledger.number - goal + least} acknowledgements in {BACK_S:.0f} s")
        await asyncio.sleep(0.02)


async def strike(stage: Stage, fault: str, chance: random.Random) -> None:
    """One fault, and what a service manager does about it."""
    match fault:
        case "web workers killed":
            await stage.server.kill_web_worker(chance)
        case "web masters killed":
            await stage.server.kill(stage.server.master)
            await asyncio.sleep(0.5)  # the orphaned web workers notice, and answer nobody new from then on
            await stage.server.ready()
        case "scoring workers killed":
            await stage.server.kill(stage.server.worker)
        case "databases killed" if stage.postgres:
            await stage.postgres.kill_all()
            stage.postgres.start()
        case "databases killed":
            await stage.server.kill_all(stage.folder / "contest.db")
            stage.server.start()
        case "reloads":
            await stage.server.reload()
        case "redeploys":
            await stage.server.redeploy()
        case _:
            raise ValueError(fault)


async def kills(scene: Scene, counts: dict[str, int], *, application: str = "", people: int = 24) -> None:
    """Faults in a shuffled order while everyone sits; at least 40 acknowledgements between two."""
    chance = random.Random(1)
    faults = [name for name, count in counts.items() for _ in range(count)]
    chance.shuffle(faults)
    habits = Habits(take_overs=0) if application else Habits()  # a control shall lose by its fault alone
    async with staged(scene.database, application=application, people=people, habits=habits) as stage:
        sitting = await stage.contestants()
        try:
            for number, fault in enumerate(faults, start=1):
                await progress(stage.ledger)
                await asyncio.sleep(chance.uniform(0, 0.2))
                await strike(stage, fault, chance)
                scene.faults[fault] += 1
                if number % 20 == 0:
                    say(f"{scene.name}, {scene.database}: {number} of {len(faults)} faults,"
                        f" {stage.ledger.acknowledged:,} answers acknowledged")
            await progress(stage.ledger)
        except NotBack as error:
            stage.ledger.find("the server did not come back", str(error))
        await stage.leave(sitting)
        await close(scene, stage)


async def close(scene: Scene, stage: Stage) -> None:
    """Bring everything to rest, read it, and judge."""
    await stage.server.stop()
    found = await asyncio.to_thread(stored, stage.database, stage.settings, stage.round_id, score=True)
    scene.take(stage.ledger, judge(stage.ledger, found))
    if not scene.good:
        stage.kept = True
        scene.notes.append(f"Logs: {stage.logs}.")
    _say_what_the_log_says(scene, stage.logs / "server.log")


def _say_what_the_log_says(scene: Scene, log: Path) -> None:
    """Failures that the product itself calls unexpected."""
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    traces = Counter(line.strip() for before, line in pairwise(lines)
                     if line and not line.startswith(" ") and before.startswith("    ") and "Error" in line)
    for line, count in traces.most_common(5):
        scene.notes.append(f"Log, {count} times: `{line[:160]}`.")


async def cut(scene: Scene, grace_ms: int, *, cut_s: float = 3.0, restored_s: float = 7.0, people: int = 24) -> None:
    """The network is gone from T-3 s to T+7 s; T is the deadline of everyone who sits."""
    habits = Habits(answers=10_000)
    async with staged(scene.database, people=people, habits=habits) as stage:
        proxy = Proxy(stage.server.port)
        stage.port = await proxy.open()
        sitting = await stage.contestants()
        await progress(stage.ledger, 10 * people)
        deadline = await asyncio.to_thread(stage.close_round_in, cut_s + 3, grace_ms)
        if grace_ms:  # it is for what is on its way; a page takes nothing new then
            habits.over_ms = deadline
        await until_ms(deadline - int(cut_s * 1000))
        proxy.cut()
        await asyncio.sleep(0.2)  # what had come through by then is read
        before = stage.ledger.acknowledged
        await until_ms(deadline + int(restored_s * 1000))
        during = stage.ledger.acknowledged - before
        proxy.restore()
        scene.faults["network cuts"] += 1
        await asyncio.wait(sitting, timeout=60)
        await stage.leave(sitting)
        await proxy.close()
        after = stage.ledger.acknowledged - before - during
        scene.notes.append(f"Cut from T-{cut_s:g} s to T+{restored_s:g} s, grace {grace_ms} ms: {before:,} answers"
                           f" acknowledged before, {during} during, {after} after the network was back;"
                           f" {stage.ledger.closed} told that it was too late.")
        if during:
            stage.ledger.find("the cut did not act as it must", scene.notes[-1])
        await close(scene, stage)


async def until_ms(instant: int) -> None:
    while (left := instant - now_ms()) > 0:
        await asyncio.sleep(left / 1000)


async def weather(scene: Scene, seconds: float) -> None:
    """A bad network for a while: 3 in 100 chunks reset their connection, cuts, then 2 s of latency each way."""
    async with staged(scene.database) as stage:
        proxy = Proxy(stage.server.port)
        stage.port = await proxy.open()
        sitting = await stage.contestants()
        proxy.resets, until, chance = 0.03, time.monotonic() + seconds, random.Random(2)
        while time.monotonic() < until:
            await asyncio.sleep(chance.uniform(0.5, 3))
            proxy.cut()
            await asyncio.sleep(chance.uniform(0, 0.5))
            proxy.restore()
        proxy.latency_s = 2.0
        await asyncio.sleep(seconds / 2)
        proxy.latency_s = proxy.resets = 0
        await stage.leave(sitting)
        await proxy.close()
        scene.faults |= Counter({"connections reset": proxy.reset_count, "network cuts": proxy.cut_count - 1})
        scene.notes.append(f"Then {seconds / 2:.0f} s of 2 s latency each way.")
        await close(scene, stage)
