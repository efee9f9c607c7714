"""What was sent and what was acknowledged, kept outside of everything that is killed."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

Choice = tuple[str, ...] | None  # option tokens, sorted; None: cleared
Key = tuple[str, int, int, int]  # attempt, slot, generation, seq


@dataclass(slots=True)
class Sent:
    """One answer as it was sent; sent again unchanged until something came back."""

    choice: Choice
    tried_ms: int  # when its latest try left, by the wall clock; of an acknowledged one, the try that was
    number: int = 0  # of its acknowledgement; 0: none came
    told_ms: int = 0  # the server's stamp in the acknowledgement


@dataclass(slots=True)
class Start:
    """An acknowledged start."""

    person: str
    place: int  # the attempt's number
    number: int
    created: bool = False  # a 201 was among the answers; the others are 200


@dataclass(slots=True)
class Receipt:
    """An acknowledged submission."""

    text: str
    number: int


@dataclass
class Ledger:
    """The rig's own account. Acknowledgements carry running numbers, so that any moment can be looked up."""

    answers: dict[Key, Sent] = field(default_factory=dict)
    starts: dict[str, Start] = field(default_factory=dict)  # attempt → …
    receipts: dict[str, Receipt] = field(default_factory=dict)  # attempt → …
    closed: int = 0  # answers that were refused because the time was over
    number: int = 0  # of the latest acknowledgement
    asked: int = 0
    statuses: Counter[str] = field(default_factory=Counter)  # what each try came to
    findings: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    sign_ins: int = 0

    def send(self, keys: Iterable[tuple[Key, Choice]], now_ms: int) -> None:
        """These leave now, for the first time or again."""
        for key, choice in keys:
            sent = self.answers.setdefault(key, Sent(choice, now_ms))
            if not sent.number:
                sent.tried_ms = now_ms

    def saved(self, key: Key, told_ms: int) -> None:
        """The server says that this answer is stored."""
        sent = self.answers.get(key)
        if sent is None:
            self.find("answers acknowledged that nobody sent", f"{key}")
            return
        self.number += 1
        if not sent.number:
            sent.number, sent.told_ms = self.number, told_ms

    def started(self, attempt: str, person: str, place: int, created: bool) -> None:
        """The server says that this attempt is the person's open one."""
        self.number += 1
        known = self.starts.setdefault(attempt, Start(person, place, self.number))
        if (known.person, known.place) != (person, place):
            self.find("starts that changed", f"{attempt}: {known} became {person}, {place}")
        if created and known.created:
            self.find("starts that changed", f"{attempt} was created twice")
        known.created |= created

    def submitted(self, attempt: str, receipt: str) -> None:
        """The server says that this attempt is submitted, and gives its receipt."""
        self.number += 1
        known = self.receipts.setdefault(attempt, Receipt(receipt, self.number))
        if known.text != receipt:
            self.find("receipts lost or changed", f"{attempt}: {known.text} became {receipt}")

    def find(self, kind: str, what: str) -> None:
        """Note that something went wrong which must never happen."""
        self.findings[kind].append(what)

    @property
    def acknowledged(self) -> int:
        """Answers acknowledged so far, each once."""
        return sum(1 for sent in self.answers.values() if sent.number)
