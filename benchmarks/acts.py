"""What people of a benchmark do, as scripts for `play`. A 503 with Retry-After is waited for, as browsers do."""

import json
from collections import Counter
from collections.abc import Callable, Generator

from benchmarks.people import PASSWORD, PLAIN, Crowd, Person
from benchmarks.play import Answer, Script

Act = Callable[[Person], Script]
TRIES = 60


class Acts:
    """The acts of one crowd; `notes` counts who was queued and what failed."""

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd
        self.notes: Counter[str] = Counter()

    def asked(self, person: Person, request: Callable[[], bytes], good: tuple[int, ...] = (200,)
              ) -> Generator[bytes | float, Answer, Answer | None]:
        """A good answer; any other one, but that of the queue, is noted and None."""
        for _ in range(TRIES):
            answer = yield request()
            if answer.status in good:
                return answer
            lines = dict(line.partition(": ")[::2] for line in answer.head.decode().split("\r\n")[1:])
            if answer.status != 503 or "Retry-After" not in lines or b"queued" not in answer.body:
                self.notes[f"{answer.status} {answer.body[:120]!r}"] += 1
                return None
            self.notes["queued"] += 1
            if "Set-Cookie" in lines:  # the place in the queue
                person.head = _with_cookie(person.head, lines["Set-Cookie"].partition(";")[0])
            yield float(lines["Retry-After"])
        self.notes["never let in"] += 1
        return None

    def start(self, person: Person) -> Script:
        path = f"/rounds/{self._crowd.round_id}/attempts"
        answer = yield from self.asked(person, lambda: person.request("POST", path, {"consent": True}), (200, 201))
        if answer is not None:
            person.started(json.loads(answer.body))
        return answer is not None

    def save(self, person: Person, slot: int, seq: int = 1) -> Script:
        request = person.request("PUT", f"/attempts/{person.attempt}/answers", person.answers([slot], seq))
        return (yield from self.asked(person, lambda: request)) is not None

    def submit(self, person: Person) -> Script:
        request = person.request("POST", f"/attempts/{person.attempt}/submit", {"prediction": None})
        return (yield from self.asked(person, lambda: request)) is not None

    def whole(self, person: Person) -> Script:
        """A start, an answer to every question, the submission, the result."""
        if not (yield from self.start(person)):
            return False
        for slot in range(1, len(person.options) + 1):
            if not (yield from self.save(person, slot)):
                return False
        if not (yield from self.submit(person)):
            return False
        result = person.request("GET", f"/attempts/{person.attempt}/result")
        return (yield from self.asked(person, lambda: result)) is not None

    def sign_in(self, person: Person) -> Script:
        return self._enter(person, {"login": person.login, "password": PASSWORD})

    def enter(self, person: Person) -> Script:
        """Sign in by the code of a slip."""
        return self._enter(person, {"code": person.code})

    def _enter(self, person: Person, body: dict[str, str]) -> Script:
        request = Person(person.login, PLAIN).request("POST", "/session", body)
        return (yield from self.asked(person, lambda: request)) is not None


def _with_cookie(head: str, pair: str) -> str:
    """The head with this cookie, in place of one of the same name."""
    lines = head.split("\r\n")
    kept = [one for one in lines[1].removeprefix("Cookie: ").split("; ")
            if one.partition("=")[0] != pair.partition("=")[0]]
    lines[1] = "Cookie: " + "; ".join([*kept, pair])
    return "\r\n".join(lines)
