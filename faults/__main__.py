"""`python -m faults`: play the scenes, print a table; exit code 1 where a promise broke or a control is blind."""

import argparse
import asyncio
import os
import platform
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from pysqlite3 import dbapi2 as sqlite

from faults import plan, processes
from faults.report import Scene, page, say, show

SCENE_S = 3_600  # the longest that one scene may take
ABOUT = Path(__file__).with_name("README.md")


async def play(chosen: list[tuple[Scene, plan.Play]], written: Callable[[list[Scene]], None]) -> None:
    """One scene after the other; a scene that fails is a finding, and the next is played.

    `written` gets those that were played, after each: a run that is ended has its report.
    """
    task = asyncio.current_task()
    if task is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    for number, (scene, act) in enumerate(chosen, start=1):
        say(f"{scene.name}, {scene.database} …")
        begun = time.monotonic()
        try:
            async with asyncio.timeout(SCENE_S):
                await act(scene)
        except Exception as error:
            scene.findings.setdefault("scenes that could not be played", []).append(f"{type(error).__name__}: {error}")
        scene.seconds = time.monotonic() - begun
        say(f"{scene.name}, {scene.database}: {scene.verdict}, {scene.acknowledged:,} answers acknowledged,"
            f" {scene.lost:,} lost, {scene.seconds:.0f} s")
        written([one for one, _act in chosen[:number]])


def setting() -> list[str]:
    """What was run, and on what machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**30
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=processes.ROOT, capture_output=True,
                            text=True, check=False).stdout.strip()
    return [*([f"Commit {commit}."] if commit else []),
            f"{os.cpu_count()} processors, {memory} GiB, Linux {platform.release()}, Python"
            f" {platform.python_version()}, SQLite {sqlite.sqlite_version}; other work may have run on the machine:"
            " times say nothing, only what was kept does."]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m faults", description=__doc__)
    parser.add_argument("--short", action="store_true", help="what a test suite has the time for")
    parser.add_argument("--only", default="", metavar="WORDS", help="scenes whose name and database contain this")
    parser.add_argument("--cuts", type=int, default=30, help="power cuts of each database")
    parser.add_argument("--report", type=Path, help="also write the report to this file, as Markdown")
    options = parser.parse_args()
    processes.adopt_orphans()
    chosen = [(scene, act) for scene, act in (plan.short() if options.short else plan.full(options.cuts))
              if options.only in f"{scene.name}, {scene.database}"]
    begun, command, about = datetime.now(UTC), " ".join(["python -m faults", *sys.argv[1:]]), setting()

    def written(played: list[Scene]) -> None:
        if options.report:
            options.report.write_text(page(played, command, begun, datetime.now(UTC), about, ABOUT.read_text("utf8")))

    asyncio.run(play(chosen, written))
    scenes = [scene for scene, _act in chosen]
    show(scenes)
    return 0 if scenes and all(scene.good for scene in scenes) else 1


if __name__ == "__main__":
    sys.exit(main())
