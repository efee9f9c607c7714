"""Scenes on a volume of their own: the disk is full, the power is cut."""

import asyncio
import random
import time
from pathlib import Path

import psycopg

from faults.ledger import Ledger
from faults.postgres import Postgres
from faults.report import Scene, say
from faults.scenes import BACK_S, close, progress
from faults.server import NotBack
from faults.stage import Stage, staged
from faults.stored import stored
from faults.verdict import LOST, Findings, judge
from faults.volumes import PowerRig, Unavailable, limited, power_rig

VOLUME_MIB = 400
SMALL_WAL = ("max_wal_size=64MB", "min_wal_size=32MB")
HELD_S = 3.0  # how long the disk stays full after the first refusals
REFUSALS = 30
UNREADABLE = "databases that cannot be opened"


async def full_disk(scene: Scene, rounds: int) -> None:
    """The data's volume is filled until the server refuses, held so, and freed; what it does then is its own."""
    try:
        with limited(VOLUME_MIB) as volume:
            async with staged(scene.database, volume.path, settings=SMALL_WAL) as stage:
                keeper = asyncio.create_task(_keep_postgres(stage, scene)) if stage.postgres else None
                sitting = await stage.contestants()
                try:
                    for number in range(rounds):
                        await progress(stage.ledger)
                        volume.fill()
                        scene.faults["times full"] += 1
                        await _refused(stage, switch_wal=number % 2 == 1)
                        await asyncio.sleep(HELD_S)
                        volume.free()
                        await progress(stage.ledger)
                        say(f"{scene.name}, {scene.database}: {number + 1} of {rounds}")
                except NotBack as error:
                    stage.ledger.find("the server did not come back", str(error))
                await stage.leave(sitting)
                if keeper:
                    keeper.cancel()
                await close(scene, stage)
    except Unavailable as error:
        scene.left_out = str(error)


async def _refused(stage: Stage, *, switch_wal: bool) -> None:
    """Wait until the full disk makes itself felt; `switch_wal` lets PostgreSQL's log want a new file at once.

    So it does after a while in any case: there may be much room in the files that are there.
    """
    goal, begun = _failures(stage.ledger) + REFUSALS, time.monotonic()
    while _failures(stage.ledger) < goal:
        waited = time.monotonic() - begun
        if waited > BACK_S:
            stage.ledger.find("the disk was full and nobody felt it", f"{stage.ledger.statuses}")
            return
        if stage.postgres and (switch_wal or waited > BACK_S / 4):
            await asyncio.to_thread(_switch_wal, stage.postgres)
        await asyncio.sleep(0.1)


def _failures(ledger: Ledger) -> int:
    return sum(count for status, count in ledger.statuses.items() if not "200" <= status <= "499")


def _switch_wal(postgres: Postgres) -> None:
    try:
        with psycopg.connect(f"host={postgres.sockets} user=postgres dbname=postgres", autocommit=True) as connection:
            connection.execute("SELECT pg_switch_wal()")
    except psycopg.Error:
        pass


async def _keep_postgres(stage: Stage, scene: Scene) -> None:
    """What a service manager does: start PostgreSQL again where it gave up."""
    while stage.postgres:
        if stage.postgres.process.poll() is not None:
            scene.faults["ends of PostgreSQL"] += 1
            stage.postgres.start()
        await asyncio.sleep(1)


async def power_cuts(scene: Scene, cuts: int, *, application: str = "", settings: tuple[str, ...] = (),
                     environ: dict[str, str] | None = None) -> None:
    """The disk is copied under load, again and again; each copy must hold what was acknowledged before it."""
    chance, losing = random.Random(3), 0
    try:
        with power_rig(VOLUME_MIB) as rig:
            async with staged(scene.database, rig.disk, application=application, settings=(*SMALL_WAL, *settings),
                              environ=environ) as stage:
                rig.sync()
                sitting = await stage.contestants()
                for number in range(1, cuts + 1):
                    await progress(stage.ledger)
                    await asyncio.sleep(chance.uniform(0, 0.3))
                    until = stage.ledger.number
                    image = await asyncio.to_thread(rig.cut)
                    scene.faults["power cuts"] += 1
                    found = await _after_cut(rig, image, stage, until)
                    losing += LOST in found
                    for kind, cases in found.items():
                        scene.findings.setdefault(kind, []).extend(f"cut {number}: {case}" for case in cases)
                    if number % 10 == 0:
                        say(f"{scene.name}, {scene.database}: {number} of {cuts} cuts, {losing} lost something")
                await stage.leave(sitting)
                await close(scene, stage)
        scene.notes.append(f"{losing} of {cuts} cuts lost something.")
    except Unavailable as error:
        scene.left_out = str(error)


async def _after_cut(rig: PowerRig, image: Path, stage: Stage, until: int) -> Findings:
    with rig.after(image) as path:
        settings, postgres = {**stage.settings, "CONTEST_DATA_DIR": str(path)}, None
        try:
            if stage.postgres:
                postgres = Postgres(path / "pg", stage.logs / "cut.log")
                postgres.start()
                settings["DATABASE_URL"] = postgres.url
                await postgres.ready()
            else:
                settings["DATABASE_URL"] = f"sqlite:///{path / 'contest.db'}"
            found = await asyncio.to_thread(stored, stage.database, settings, stage.round_id)
        except Exception as error:  # whatever it is, nothing can be read
            return {UNREADABLE: [f"{type(error).__name__}: {error}"[:300]], LOST: [f"all of {until}"]}
        finally:
            if postgres:
                await postgres.stop()
        return judge(stage.ledger, found, until)
