"""What a run came to: lines while it goes on, a table at its end, a page for the documentation."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime

from faults.ledger import Ledger
from faults.verdict import LOST, Findings

SHOWN = 3  # cases of a finding
HEAD = ("scene", "database", "faults", "tries", "unanswered or 5xx", "answers acknowledged", "lost", "other findings",
        "verdict")


@dataclass
class Scene:
    """One scene's account."""

    name: str
    database: str
    faults: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    findings: dict[str, list[str]] = field(default_factory=dict)
    control: bool = False  # it has to lose
    left_out: str = ""  # why it could not be played
    asked: int = 0
    failed: int = 0
    acknowledged: int = 0
    starts: int = 0
    receipts: int = 0
    sign_ins: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    def take(self, ledger: Ledger, findings: Findings) -> None:
        """Add what a ledger and its verdict say."""
        self.asked += ledger.asked
        self.statuses += ledger.statuses
        self.failed = sum(count for status, count in self.statuses.items() if not "200" <= status <= "499")
        self.acknowledged += ledger.acknowledged
        self.starts += len(ledger.starts)
        self.receipts += len(ledger.receipts)
        self.sign_ins += ledger.sign_ins
        for kind, cases in findings.items():
            self.findings.setdefault(kind, []).extend(cases)

    @property
    def lost(self) -> int:
        return len(self.findings.get(LOST, ()))

    @property
    def good(self) -> bool:
        """A control that lost, anything else that has no finding."""
        return bool(self.left_out) or (self.lost > 0 if self.control else not self.findings)

    @property
    def verdict(self) -> str:
        if self.left_out:
            return f"left out: {self.left_out}"
        if self.control:
            return "loses, as it must" if self.good else "BLIND: nothing was lost"
        return "holds" if self.good else "BROKEN"

    def row(self) -> tuple[str, ...]:
        others = 0 if self.control else sum(len(cases) for cases in self.findings.values()) - self.lost
        faults = ", ".join(f"{count:,} {name}" for name, count in self.faults.items())
        return (self.name, self.database, faults or "-", f"{self.asked:,}", f"{self.failed:,}",
                f"{self.acknowledged:,}", f"{self.lost:,}", f"{others:,}", self.verdict)


def say(words: str) -> None:
    """A line of progress, at once."""
    print(f"{datetime.now(UTC):%H:%M:%S} {words}", flush=True)


def show(scenes: list[Scene]) -> None:
    """The table, and the cases of what broke."""
    rows = [HEAD, *(scene.row() for scene in scenes)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEAD))]
    print()
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    for scene in scenes:
        for kind, cases in ({} if scene.control else scene.findings).items():
            print(f"\n{scene.name}, {scene.database}: {kind}: {len(cases)}")
            print("\n".join(f"  {case}" for case in cases[:SHOWN]))
    print(flush=True)


def page(scenes: list[Scene], command: str, begun: datetime, ended: datetime, setting: list[str],
         about: str) -> str:
    """The report as Markdown; `about` says what the scenes are."""
    lines = ["# Faults: what a sitting survives", "",
             f"Written by `{command}`, {begun:%Y-%m-%d %H:%M} to {ended:%H:%M} UTC. {' '.join(setting)}", "",
             about.strip(), "", "## What came of it", "",
             "| " + " | ".join(HEAD) + " |", "|" + "---|" * len(HEAD),
             *("| " + " | ".join(scene.row()) + " |" for scene in scenes), ""]
    lines += ["Further, of each scene:", ""]
    for scene in scenes:
        statuses = ", ".join(f"{name} {count:,}" for name, count in sorted(scene.statuses.items()))
        lines.append(f"* {scene.name}, {scene.database}: {scene.seconds:.0f} s; {scene.starts:,} starts,"
                     f" {scene.receipts:,} receipts, {scene.sign_ins:,} sign-ins acknowledged; what tries came to:"
                     f" {statuses or '-'}." + "".join(f" {note}" for note in scene.notes))
        if not scene.control:
            lines += [f"    * **{kind}: {len(cases)}**, e.g. `{cases[0]}`" for kind, cases in scene.findings.items()]
    return "\n".join(lines) + "\n"
