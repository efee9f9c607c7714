"""Simulated contestants: they do over HTTP what a browser does, and never give up before the rig does.

One request at a time each, as the page's own queue; after any failure the same request again.
"""

import asyncio
import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from benchmarks.load import Channel
from faults.ledger import Choice, Key, Ledger

TIMEOUT_S = 10.0  # as the page's
PATIENCE_S = 300.0  # with one request; then the server has not recovered
ASKED_MOST = 1_000_000  # requests of all contestants of a scene
Reply = tuple[int, dict[str, Any]]


class GaveUp(Exception):
    """No final answer to one request for five minutes."""


class Over(Exception):
    """The sitting takes nothing more."""


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def read_ms(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)


class Device:
    """One browser of a person: a connection, a sign-in, the CSRF token."""

    def __init__(self, port: int, login: str, password: str, ledger: Ledger) -> None:
        self.channel = Channel(port)
        self.login, self.password, self.ledger = login, password, ledger
        self.cookie = self.csrf = self.person = ""

    async def sign_in(self) -> None:
        """Sign in, or anew; once it is acknowledged, a 401 is a sign-in lost."""
        self.cookie = ""
        status, data = await self.ask("POST", "/session", {"login": self.login, "password": self.password})
        if status != 200 or not data["account"]:
            raise GaveUp(f"sign-in: {status} {data}")
        self.csrf, self.person = data["csrf_token"], data["account"]["id"]
        self.ledger.sign_ins += 1

    async def ask(self, method: str, path: str, body: Any = None,
                  trying: Callable[[], None] = lambda: None) -> Reply:
        """The final answer to a request, which is sent again until there is one."""
        text = b"" if body is None else json.dumps(body).encode()
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            trying()
            status, head, answer = await self._try(method, path, text)
            if 200 <= status < 500:
                self._keep(head)
                data = json.loads(answer)
                if status == 401 and self.cookie:
                    self.ledger.find("sign-ins lost", f"{self.login}: {method} {path}")
                return status, data
            await asyncio.sleep(random.uniform(0.05, 0.4))
        raise GaveUp(f"{method} {path}")

    async def _try(self, method: str, path: str, text: bytes) -> tuple[int, bytes, bytes]:
        request = (f"{method} /api/v1{path} HTTP/1.1\r\nHost: 127.0.0.1:{self.channel.port}\r\n"
                   f"Cookie: {self.cookie}\r\nX-CSRF-Token: {self.csrf}\r\nContent-Type: application/json\r\n"
                   f"Content-Length: {len(text)}\r\n\r\n").encode() + text
        self.ledger.asked += 1
        try:
            status, head, answer = await self.channel.ask(request, TIMEOUT_S)
        except (OSError, ValueError) as error:
            self.ledger.statuses["no answer in 10 s" if isinstance(error, TimeoutError) else "connection lost"] += 1
            return 0, b"", b""
        self.ledger.statuses[str(status)] += 1
        if status == 500:
            self.ledger.find("failures (500)", f"{method} {path}: {answer[:200]!r}")
        if b"\r\nconnection: close" in head.lower():
            self.channel.close()
        return status, head, answer

    def _keep(self, head: bytes) -> None:
        for line in head.decode("latin1").split("\r\n"):
            name, _colon, value = line.partition(": ")
            if name.lower() == "set-cookie" and value.startswith("contest="):
                self.cookie = value.partition(";")[0]


@dataclass
class Habits:
    """How these contestants go about it."""

    answers: int = 80  # saved in a sitting, before it is submitted
    pause_s: float = 0.03  # the longest pause between two requests
    take_overs: float = 0.02  # share of the saves after which the other device goes on
    submits: float = 0.8  # share of the sittings that are submitted when the rig stops
    over_ms: int = 2**62  # from this instant on nothing new is typed; what is on its way goes on


class Contestant:
    """One person with two browsers, sitting one attempt after the other until told to stop."""

    def __init__(self, login: str, password: str, round_id: str, port: int, ledger: Ledger, seed: int,
                 habits: Habits) -> None:
        self.devices = [Device(port, login, password, ledger) for _ in range(2)]
        self.login, self.round_id, self.ledger, self.habits = login, round_id, ledger, habits
        self.random = random.Random(seed)
        self.device = self.devices[0]
        self.attempt = ""

    async def arrive(self) -> None:
        """Sign both browsers in."""
        for device in self.devices:
            await device.sign_in()

    async def sit(self, stop: asyncio.Event) -> None:
        """Sit until told to stop; afterwards both browsers must still be signed in."""
        try:
            while not stop.is_set() and self.ledger.asked < ASKED_MOST:
                await self._one_sitting(stop)
        except Over:
            pass
        for device in self.devices:
            _status, data = await device.ask("GET", "/session")
            if not data["account"]:
                self.ledger.find("sign-ins lost", f"{self.login}: nobody is signed in")
            device.channel.close()

    async def _one_sitting(self, stop: asyncio.Event) -> None:
        if self.random.random() < 0.1:
            await self.random.choice(self.devices).sign_in()
        await self._start()
        for _ in range(self.habits.answers):
            if stop.is_set():
                break
            if now_ms() >= self.habits.over_ms:
                raise Over
            await self._save()
            await asyncio.sleep(self.random.uniform(0, self.habits.pause_s))
            chance = self.random.random()
            if chance < self.habits.take_overs:
                await self._take_over()
            elif chance < 0.05:
                await self._look()
            elif chance < 0.06:
                await self._start()
        else:
            await self._submit()
            return
        if self.random.random() < self.habits.submits:
            await self._submit()

    async def _start(self) -> None:
        """From one browser or from both at once: one attempt."""
        devices = self.devices if self.random.random() < 0.3 else [self.device]
        replies = await asyncio.gather(*(
            device.ask("POST", f"/rounds/{self.round_id}/attempts", {"consent": True}) for device in devices))
        for status, data in replies:
            if status == 403 and data["code"] == "round_closed":
                raise Over
            if status not in (200, 201):
                raise self._odd("start", status, data)
            self.ledger.started(data["id"], self.device.person, data["number"], created=status == 201)
            if self.attempt and self.attempt != data["id"]:
                self.ledger.find("two open attempts or one number twice", f"{self.attempt} is open, got {data['id']}")
        data = replies[devices.index(self.device)][1]
        self.generation = data["generation"]
        if not self.attempt:
            self.attempt = data["id"]
            self.options = {item["slot"]: [option["id"] for option in item["options"]] for item in data["items"]}
            self.seqs = dict.fromkeys(self.options, 0)
            self.latest: dict[int, Choice] = {}
            self.sent: list[dict[str, Any]] = []
        if not data["owned"]:
            await self._take_over(self.device)

    def _odd(self, what: str, status: int, data: dict[str, Any]) -> Over:
        self.ledger.find("answers of the server that make no sense", f"{self.login}: {what} {status} {data}")
        return Over()

    async def _take_over(self, device: Device | None = None) -> None:
        """The other browser, or this one, goes on."""
        self.device = device or self.devices[self.device is self.devices[0]]
        status, data = await self.device.ask("POST", f"/attempts/{self.attempt}/take-over")
        if status == 409 and data["code"] == "closed":
            raise Over
        if status != 200:
            raise self._odd("take-over", status, data)
        self.generation = data["generation"]
        self.sent = []
        if self.random.random() < 0.5:
            self.seqs = dict.fromkeys(self.options, 0)

    def _answers(self) -> list[dict[str, Any]]:
        """A new batch: mostly one answer, now and then several, a cleared one, or the last batch again."""
        if self.sent and self.random.random() < 0.05:
            return self.sent
        slots = self.random.sample(sorted(self.options), self.random.choice((1, 1, 1, 1, 3)))
        answers = []
        for slot in slots:
            self.seqs[slot] += self.random.choice((1, 1, 2))
            choice = None if self.random.random() < 0.05 else [self.random.choice(self.options[slot])]
            answers.append({"slot": slot, "seq": self.seqs[slot], "choice": choice})
        self.sent = answers
        return answers

    async def _save(self) -> None:
        answers, again = self._answers(), True
        while again:
            again = await self._send(answers)

    async def _send(self, answers: list[dict[str, Any]]) -> bool:
        """True where this browser had to take over first, and has."""
        keys: dict[tuple[int, int], Key] = {
            (a["slot"], a["seq"]): (self.attempt, a["slot"], self.generation, a["seq"]) for a in answers}
        sent = [(keys[a["slot"], a["seq"]], tuple(a["choice"]) if a["choice"] else None) for a in answers]
        status, data = await self.device.ask(
            "PUT", f"/attempts/{self.attempt}/answers", {"generation": self.generation, "answers": answers},
            trying=lambda: self.ledger.send(sent, now_ms()))
        if status == 409 and data["code"] == "other_device":  # a take-over that was thought lost came late
            await self._take_over(self.device)
            for answer in answers:
                self.seqs[answer["slot"]] = max(answer["seq"], self.seqs[answer["slot"]])
            return True
        if status == 409 and data["code"] == "closed":
            self.ledger.closed += len(answers)
            raise Over
        if status != 200 or data["refused"]:
            raise self._odd("save", status, data)
        told_ms = read_ms(data["server_now"])
        for row in data["saved"] + data["stale"]:
            self.ledger.saved(keys[row["slot"], row["seq"]], told_ms)
        if len(data["saved"] + data["stale"]) != len(answers):
            raise self._odd("save", status, data)
        self.latest |= {key[1]: choice for key, choice in sent}
        return False

    async def _look(self) -> None:
        """Either browser sees what was acknowledged last."""
        status, data = await self.random.choice(self.devices).ask("GET", f"/attempts/{self.attempt}")
        if status != 200:
            raise self._odd("look", status, data)
        if data["state"] != "open":
            raise Over
        shown = {item["slot"]: tuple(item["choice"]) if item["choice"] else None for item in data["items"]}
        wrong = {slot: (shown[slot], choice) for slot, choice in self.latest.items() if shown[slot] != choice}
        if wrong:
            self.ledger.find("shown otherwise than acknowledged", f"{self.attempt}: {wrong}")

    async def _submit(self) -> None:
        """Hand in, now and then twice, and see the receipt."""
        for _ in range(self.random.choice((1, 1, 2))):
            status, data = await self.device.ask("POST", f"/attempts/{self.attempt}/submit", {"prediction": None})
            if status == 409 and data["code"] == "closed":
                raise Over
            if status != 200:
                raise self._odd("submit", status, data)
            self.ledger.submitted(self.attempt, data["receipt"])
        self.attempt = ""
