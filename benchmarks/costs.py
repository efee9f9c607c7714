"""`python -m benchmarks.costs`: what one request costs: statements, CPU of the web process and of PostgreSQL.

Requests run in this process, one after the other, without a server around them: the figures stay the
same while other programs run beside. A saved answer is also sent to a server, for its bytes. Goal P9.
"""

import argparse
import asyncio
import io
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any
from urllib.parse import urlencode

from flask import Flask

from benchmarks.load import Channel
from benchmarks.people import ITEMS, PASSWORD, PLAIN, Crowd, Person, seed
from benchmarks.processes import cpu_ms, tree
from benchmarks.product import SHAPES, product
from contest.extensions import csrf
from tests.statements import counted

UP_MOST, DOWN_MOST = 1_000, 400  # bytes of a saved answer
# What Chromium sends along with a saved answer, beside what a person's head holds.
BROWSER = ("Connection: keep-alive\r\nsec-ch-ua-platform: \"Linux\"\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)"
           " AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36\r\n"
           "sec-ch-ua: \"Not:A-Brand\";v=\"8\", \"Chromium\";v=\"156\"\r\nsec-ch-ua-mobile: ?0\r\nAccept: */*\r\n"
           "Origin: http://127.0.0.1:8000\r\nSec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: cors\r\n"
           "Sec-Fetch-Dest: empty\r\nReferer: http://127.0.0.1:8000/\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n"
           "Accept-Language: en-US,en;q=0.9\r\n")

Make = Callable[[Person], bytes]


@dataclass(frozen=True)
class Cost:
    """A request's price: statements, ms of CPU here (the median) and in PostgreSQL's processes (the mean)."""

    statements: int
    app_ms: float
    database_ms: float


@dataclass(frozen=True)
class Kind:
    """A kind of request that is measured: who sends it, what it is, what comes back."""

    name: str
    make: Make
    status: str
    keep: bool = False  # its answer is a start, to be kept
    strange: bool = False  # sent as by somebody who has not been here for minutes: nothing of theirs is known


def kinds(crowd: Crowd) -> list[Kind]:
    """In the order of a sitting: each is sent once by everybody."""
    def page(path: str) -> Make:
        return lambda person: f"GET {path.format(person.attempt)} HTTP/1.1\r\n{person.head}\r\n".encode()

    def api(method: str, path: str, body: Any = None) -> Make:
        return lambda person: person.request(method, path.format(person.attempt), body)

    def save(slots: range, seq: int) -> Make:
        return lambda person: person.request("PUT", f"/attempts/{person.attempt}/answers", person.answers(slots, seq))

    return [
        Kind("sign in by password", lambda person: Person(person.login, PLAIN).request(
            "POST", "/session", {"login": person.login, "password": PASSWORD}), "200"),
        Kind("sign in by code", lambda person: Person(person.login, PLAIN).request(
            "POST", "/session", {"code": person.code}), "200"),
        Kind("contest page", page(f"/cuoc-thi/{crowd.contest_code}"), "200"),
        Kind("round page", page(f"/dot-thi/{crowd.round_id}"), "200"),
        Kind("start", api("POST", f"/rounds/{crowd.round_id}/attempts", {"consent": True}), "201", keep=True),
        Kind("read", api("GET", "/attempts/{}"), "200"),
        Kind("save 1 answer", save(range(1, 2), 1), "200"),
        Kind("save 1 answer, after minutes", save(range(2, 3), 1), "200", strange=True),
        Kind("save 30 answers", save(range(1, ITEMS + 1), 2), "200"),
        Kind("clock", api("GET", "/attempts/{}/clock"), "200"),
        Kind("exam page", page("/luot-thi/{}/cau/1"), "200"),
        Kind("its paper", page("/luot-thi/{}/de"), "200"),
        Kind("save without script", _form, "302"),
        Kind("take over", api("POST", "/attempts/{}/take-over"), "200"),
        Kind("submit", api("POST", "/attempts/{}/submit", {"prediction": None}), "200"),
        Kind("result", api("GET", "/attempts/{}/result"), "200"),
    ]


def _form(person: Person) -> bytes:
    token = person.head.partition("X-CSRF-Token: ")[2].partition("\r\n")[0]
    head = person.head.replace("application/json", "application/x-www-form-urlencoded")
    body = urlencode({"csrf_token": token, "choice": person.options[1], "nonce": "n1", "go": "next"})
    return (f"POST /luot-thi/{person.attempt}/cau/2 HTTP/1.1\r\n{head}"
            f"Content-Length: {len(body)}\r\n\r\n{body}").encode()


def environ(request: bytes) -> dict[str, Any]:
    """What a WSGI server makes of these bytes."""
    text, _blank, body = request.partition(b"\r\n\r\n")
    first, *lines = text.decode().split("\r\n")
    method, path, _version = first.split(" ")
    headers = {f"HTTP_{name.upper().replace('-', '_')}": value
               for name, value in (line.split(": ", 1) for line in lines)}
    return {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": "", "SCRIPT_NAME": "",
            "CONTENT_TYPE": headers.pop("HTTP_CONTENT_TYPE", ""),
            "CONTENT_LENGTH": headers.pop("HTTP_CONTENT_LENGTH", ""), "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1",
            "wsgi.input": io.BytesIO(body), "wsgi.errors": sys.stderr, "wsgi.url_scheme": "http",
            "wsgi.version": (1, 0), "wsgi.multithread": True, "wsgi.multiprocess": False, "wsgi.run_once": False,
            **headers}


def answered(app: Flask, request: dict[str, Any], status: str) -> bytes:
    """The body of the answer. Raises RuntimeError for another status."""
    told: list[str] = []

    def heard(line: str, _headers: object, _error: object = None) -> Callable[[bytes], object]:
        told.append(line)
        return lambda _data: None

    parts = app.wsgi_app(request, heard)
    body = b"".join(parts)
    if hasattr(parts, "close"):
        parts.close()
    if not told[0].startswith(status):
        raise RuntimeError(f"{request['REQUEST_METHOD']} {request['PATH_INFO']}: {told[0]} {body[:300]!r}")
    return body


def price(app: Flask, kind: Kind, people: list[Person], pids: Callable[[], list[int]]) -> Cost:
    """A third of the people warm up, one is counted, the others are measured."""
    made = [environ(kind.make(person)) for person in people]
    cold = len(people) // 3
    told = [answered(app, one, kind.status) for one in made[:cold]]
    with counted(app) as statements:
        told.append(answered(app, made[cold], kind.status))
    there, spent = cpu_ms(pids()), []
    for one in made[cold + 1:]:
        if kind.strange:
            app.session_interface.known.forget()  # type: ignore[attr-defined]
            csrf.known.forget()
        begun = time.thread_time()
        told.append(answered(app, one, kind.status))
        spent.append((time.thread_time() - begun) * 1000)
    there = cpu_ms(pids()) - there
    for person, body in zip(people, told, strict=True):
        if kind.keep:
            person.started(json.loads(body))
    return Cost(len(statements), median(spent), there / len(spent))


def measure(name: str, people: int, only: str | None = None) -> Iterator[tuple[str, Cost]]:
    """The prices on one database, one after the other."""
    with product(name, START_BURST="100000") as made:
        app = made.app
        crowd = seed(app, people, codes=True)
        postmaster = made.folder / "pg" / "postmaster.pid"

        def pids() -> list[int]:
            return tree(int(postmaster.read_text().split()[0])) if postmaster.exists() else []

        for kind in kinds(crowd):
            yield kind.name, price(app, kind, crowd.people, pids)
        assert crowd.organiser is not None
        page = f"GET /to-chuc/dot-thi/{crowd.round_id}/theo-doi HTTP/1.1\r\n{crowd.organiser.head}\r\n".encode()
        yield "monitor", price(app, Kind("monitor", lambda _person: page, "200"), crowd.people[:60], pids)


def save_bytes() -> tuple[int, int]:
    """(bytes up, bytes down) of one saved answer, headers included, as Chromium sends it to the product's server."""
    with product("sqlite") as made, made.served() as port:
        return asyncio.run(_save_bytes(Channel(port), seed(made.app, 1)))


async def _save_bytes(channel: Channel, crowd: Crowd) -> tuple[int, int]:
    [person] = crowd.people
    person.head = person.head.replace("Host: 127.0.0.1\r\n", "Host: 127.0.0.1:8000\r\n").replace(  # as in its Origin
        "Cookie: ", f"{BROWSER}Cookie: device={'0' * 22}.{'0' * 8}; ")
    path = f"/rounds/{crowd.round_id}/attempts"
    _status, _head, body = await channel.ask(person.request("POST", path, {"consent": True}), 30)
    person.started(json.loads(body))
    up = person.request("PUT", f"/attempts/{person.attempt}/answers", person.answers([30], 12))
    status, head, body = await channel.ask(up, 30)
    channel.close()
    if status != 200:
        raise RuntimeError(f"{status} {body[:200]!r}")
    return len(up), len(head) + 4 + len(body)


def main() -> None:
    """Measure and print; exit 0 whatever the figures are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--people", type=int, default=300, help="who send each request once")
    options = parser.parse_args()
    for name in tuple(SHAPES) if options.database == "both" else (options.database,):
        print(f"\n{name:<22}{'statements':>11}{'CPU ms':>9}{'database ms':>13}")
        for what, cost in measure(name, options.people):
            there = f"{cost.database_ms:>13.2f}" if name == "postgresql" else f"{'-':>13}"
            print(f"{what:<22}{cost.statements:>11}{cost.app_ms:>9.2f}{there}", flush=True)
    up, down = save_bytes()
    print(f"\na saved answer: {up} bytes up (goal {UP_MOST}: {'reached' if up <= UP_MOST else 'MISSED'}), "
          f"{down} down (goal {DOWN_MOST}: {'reached' if down <= DOWN_MOST else 'MISSED'})")


if __name__ == "__main__":
    main()
