"""The ledger beside the database: what was acknowledged must be there, and must count. Pure.

The rules are said here a second time, apart from the product's own: at most one open attempt a
person, an answer counts by its arrival, per slot the highest (generation, seq) of those that count.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from faults.ledger import Choice, Key, Ledger

LOST = "acknowledged answers lost"
RECEIPTS = "receipts lost or changed"


@dataclass(frozen=True)
class Attempt:
    """A stored attempt; instants in milliseconds since 1970."""

    person: str
    place: int
    state: str
    receipt: str | None
    finished_ms: int | None
    deadline_ms: int
    grace_ms: int

    def counts(self, received_ms: int) -> bool:
        """Whether an answer that arrived then counts."""
        submitted = self.finished_ms if self.state == "submitted" else None
        return received_ms < self.deadline_ms + self.grace_ms and (submitted is None or received_ms <= submitted)


@dataclass(frozen=True)
class Stored:
    """What a database holds after a fault."""

    attempts: dict[str, Attempt]
    answers: dict[Key, tuple[Choice, int]]  # → what, and when it arrived
    counted: dict[str, dict[int, Choice]]  # by the product's own reckoning; cleared ones are absent
    results: dict[str, tuple[int, int]] = field(default_factory=dict)  # attempt → answered, right
    damage: list[str] = field(default_factory=list)  # by the database's own check


Findings = dict[str, list[str]]


def judge(ledger: Ledger, stored: Stored, until: int | None = None) -> Findings:
    """Kind → each case. `until`: only acknowledgements up to this number had been given when the fault came."""
    last = ledger.number if until is None else until
    found: defaultdict[str, list[str]] = defaultdict(list)
    if until is None:
        for kind, cases in ledger.findings.items():
            found[kind] += cases
    found["damage that the database reports"] += stored.damage
    _answers(ledger, stored, last, found)
    _attempts(ledger, stored, last, found)
    _counted(stored, found)
    return {kind: cases for kind, cases in found.items() if cases}


def _answers(ledger: Ledger, stored: Stored, last: int, found: defaultdict[str, list[str]]) -> None:
    for key, sent in ledger.answers.items():
        row = stored.answers.get(key)
        if row is None:
            if 0 < sent.number <= last:
                found[LOST].append(f"{key} = {sent.choice}")
            continue
        if row[0] != sent.choice:
            found["stored answers that were not sent so"].append(f"{key} = {row[0]}, sent {sent.choice}")
        attempt = stored.attempts.get(key[0])
        if attempt is None:
            continue
        over = attempt.deadline_ms + attempt.grace_ms
        if 0 < sent.number <= last and not attempt.counts(row[1]):
            found["acknowledged answers that do not count"].append(f"{key} arrived at {row[1]}, over at {over}")
        if row[1] >= over or (sent.number and max(sent.tried_ms, sent.told_ms) >= over):
            found["answers that counted too late"].append(f"{key}: {sent}, arrived at {row[1]}, over at {over}")
    for key in stored.answers.keys() - ledger.answers.keys():
        found["stored answers that were not sent so"].append(f"{key} was never sent")


def _attempts(ledger: Ledger, stored: Stored, last: int, found: defaultdict[str, list[str]]) -> None:
    for key, start in ledger.starts.items():
        attempt = stored.attempts.get(key)
        if start.number <= last and (attempt is None or (attempt.person, attempt.place) != (
                start.person, start.place)):
            found["acknowledged starts lost"].append(f"{key}: {start}, stored {attempt}")
    for key, receipt in ledger.receipts.items():
        attempt = stored.attempts.get(key)
        if receipt.number <= last and (attempt is None or (attempt.state, attempt.receipt) != (
                "submitted", receipt.text)):
            found[RECEIPTS].append(f"{key}: {receipt}, stored {attempt}")
    opened = Counter(attempt.person for attempt in stored.attempts.values() if attempt.state == "open")
    places = Counter((attempt.person, attempt.place) for attempt in stored.attempts.values())
    for who, count in (opened + places).items():
        if count > 1:
            found["two open attempts or one number twice"].append(f"{who}: {count}")


def _counted(stored: Stored, found: defaultdict[str, list[str]]) -> None:
    model: dict[str, dict[int, Choice]] = {attempt: {} for attempt in stored.attempts}
    for key in sorted(stored.answers):
        choice, received_ms = stored.answers[key]
        attempt = stored.attempts.get(key[0])
        if attempt is not None and attempt.counts(received_ms):
            model[key[0]][key[1]] = choice
    for attempt_id, slots in model.items():
        kept = {slot: choice for slot, choice in slots.items() if choice is not None}
        if stored.counted.get(attempt_id, {}) != kept:
            found["counted answers that are not the model's"].append(
                f"{attempt_id}: {stored.counted.get(attempt_id)}, model {kept}")
        right = sum(choice[0].endswith("x0") for choice in kept.values() if choice)
        if attempt_id in stored.results and stored.results[attempt_id] != (len(kept), right):
            found["results that are not the answers'"].append(
                f"{attempt_id}: {stored.results[attempt_id]}, answers {len(kept), right}")
