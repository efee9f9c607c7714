"""A real browser before the real application, on the database of `--database`.

The server runs in this process, so that a test can move its clock and read its tables. Pages are
driven by what a person sees: roles, labels, texts; Playwright waits for them by itself.
"""

import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, WebError, expect, sync_playwright
from sqlalchemy import select
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wsgi import ClosingIterator

from contest import clock
from contest.delivery.models import Attempt, Flag, Response
from contest.delivery.queries import counted_choices
from contest.extensions import db
from tests import factories as make

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PHONE = {"width": 360, "height": 740}
NARROWEST = {"width": 320, "height": 640}
DESK = {"width": 1280, "height": 800}
LEVELS = ("NB", "TH", "VD", "VDC")  # one question of each, so that a paper's order is known
QUESTIONS = (
    ("Theo Kế hoạch cải cách hành chính, cơ quan nào chủ trì việc tổng hợp kết quả của từng đợt thi, " * 4
     + "và báo cáo khi nào?", "single",
     ("Sở Nội vụ", "Văn phòng Ủy ban nhân dân tỉnh, phối hợp với Ủy ban nhân dân các xã, phường và Trung tâm Văn hóa",
      "Sở Tài chính", "Sở Tư pháp")),
    ("Chỉ số cải cách hành chính viết tắt là gì?", "single", ("PAR INDEX", "PAPI", "PCI", "SIPAS")),
    ("Những việc nào là cải cách hành chính?", "multiple",
     ("Cải cách thể chế", "Cải cách thủ tục hành chính", "Xây dựng nông thôn mới")),
    ("Dịch vụ công trực tuyến có mấy mức độ?", "single", ("Hai", "Ba", "Bốn", "Năm")),
)


class RunningHands:
    """The server's clock: starts at `factories.NOON`, runs as fast as any clock, can be stopped and moved on."""

    def __init__(self) -> None:
        self.start, self.moved = time.monotonic(), timedelta()
        self.stopped: float | None = None

    def now(self) -> datetime:
        instant = make.NOON + timedelta(seconds=(self.stopped or time.monotonic()) - self.start) + self.moved
        return instant.replace(microsecond=instant.microsecond // 1000 * 1000)

    def advance(self, **length: float) -> None:
        self.moved += timedelta(**length)

    def stop(self) -> None:
        """From here on time passes by `advance` only."""
        self.stopped = time.monotonic()


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, *_args: object) -> None:
        """Nothing: a failed request shows in the page."""


@dataclass
class Site:
    """The application at an address, with one open round and one contestant in it."""

    url: str
    app: Flask
    hands: RunningHands
    round_id: str
    login: str
    account_id: str
    questions: int

    def address(self, path: str) -> str:
        return self.url + path

    @property
    def round_page(self) -> str:
        return self.address(f"/dot-thi/{self.round_id}")

    def attempts(self) -> list[Attempt]:
        """Every sitting, the first one first."""
        with self.app.app_context():
            return list(db.session.scalars(select(Attempt).order_by(Attempt.number)))

    def choices(self) -> dict[int, tuple[str, ...]]:
        """What counts of the only sitting: slot → tokens."""
        (attempt,) = self.attempts()
        with self.app.app_context():
            return counted_choices([attempt.id])[attempt.id]

    def flags(self) -> list[int]:
        with self.app.app_context():
            return list(db.session.scalars(select(Flag.slot).order_by(Flag.slot)))

    def saved_rows(self) -> int:
        with self.app.app_context():
            return len(list(db.session.scalars(select(Response.slot))))

    def sign_in_token(self) -> str:
        """The cookie token of a fresh sign-in of the contestant, as another browser would hold it."""
        token = f"browser-{time.monotonic_ns()}"
        with self.app.app_context():
            make.sign_in(db.session.get_one(make.Account, self.account_id), token)
            db.session.commit()
        return token


@pytest.fixture
def running_hands(monkeypatch: pytest.MonkeyPatch) -> RunningHands:
    hands = RunningHands()
    monkeypatch.setattr(clock, "now", hands.now)
    return hands


@pytest.fixture
def site(app: Flask, running_hands: RunningHands) -> Iterator[Site]:
    """A server on a free port of this machine; a round of 4 questions that lasts 20 minutes."""
    with app.app_context():
        unit = make.unit("Văn phòng Hội đồng nhân dân và Ủy ban nhân dân thành phố Hồng Ngự")
        bank = make.bank(0)
        for level, (stem, kind, options) in zip(LEVELS, QUESTIONS, strict=True):
            make.question(bank, stem=stem, type=kind, options=options, level=level)
        person = make.account("hanh", unit=unit)
        round_ = make.round_(make.contest(units=(unit,)), bank, questions=4, minutes=20, attempts_allowed=2,
                             shuffle_questions=False, rules="1. Mỗi người thi **2 lượt**.")
        round_.blueprint = [{"bank_id": None, "topic": None, "level": level, "count": 1} for level in LEVELS]
        db.session.commit()
        ids = round_.id, person.id
    with serving(app) as url:
        yield Site(url, app, running_hands, ids[0], "hanh", ids[1], 4)


class Line:
    """Between the server and the browser: an answer is whole, and its files are closed, before its first byte goes out.

    So a browser that leaves in the middle leaves nothing open, and a server that stops leaves nobody working. With a
    delay a request comes late, the page's first byte after it, and again after the delay the others: a test that does
    not wait for what it asked for finds the page of before, or one that is still empty.
    """

    delay = 0.0  # seconds

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.working, self.cut, self.change = 0, False, threading.Condition()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        with self.change:
            if self.cut:
                raise ConnectionAbortedError
            self.working += 1
        try:
            return self._answer(environ, start_response)
        finally:
            with self.change:
                self.working -= 1
                self.change.notify_all()

    def _answer(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        kinds: list[str] = []

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Callable[[bytes], object]:
            kinds.extend(value for name, value in headers if name.lower() == "content-type")
            return start_response(status, headers, *error)

        if "text/html" in environ.get("HTTP_ACCEPT", ""):
            time.sleep(self.delay)
        with closing(ClosingIterator(self.app(environ, start))) as parts:
            whole = b"".join(parts)
        return self._late(whole) if self.delay and any("text/html" in kind for kind in kinds) else [whole]

    def _late(self, page: bytes) -> Iterator[bytes]:
        yield page[:1]
        time.sleep(self.delay)
        yield page[1:]

    def close(self) -> None:
        """Nobody is let in any more; those inside are waited for."""
        with self.change:
            self.cut = True
            assert self.change.wait_for(lambda: not self.working, 60), "a request goes on for ever"


@pytest.fixture(scope="session", autouse=True)
def line(request: pytest.FixtureRequest) -> None:
    Line.delay = request.config.getoption("--page-delay") / 1_000


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The application on a free port of this machine, in threads of this process; yields its address."""
    line = Line(app)
    server = make_server("127.0.0.1", 0, line, threaded=True, request_handler=_Quiet)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    line.close()
    server.server_close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium")
    assert path, "chromium is missing: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


VIOLATED = "violated: "
WATCH = f"""addEventListener("securitypolicyviolation", (event) =>
  console.error("{VIOLATED}" + event.effectiveDirective + " " + (event.blockedURI || event.sample)))"""


class Watch:
    """What went wrong in the pages of a test: errors that no script caught, breaches of the content policy."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def over(self, context: BrowserContext) -> None:
        """Watch every page of a browser, from before its first script on."""
        context.on("weberror", self._error)
        context.on("console", self._line)
        context.add_init_script(WATCH)

    def _error(self, error: WebError) -> None:
        self.faults.append(f"{error.page.url if error.page else ''}: {error.error}")

    def _line(self, line: ConsoleMessage) -> None:
        if line.text.startswith(VIOLATED) or "Content Security Policy" in line.text:
            self.faults.append(f"{line.location.get('url', '')}: {line.text}")


@pytest.fixture
def watch() -> Watch:
    return Watch()


OpenBrowser = Callable[..., BrowserContext]


@pytest.fixture
def new_browser(chromium: Browser, watch: Watch) -> Iterator[OpenBrowser]:
    """Opens a fresh browser of its own (no cookies, no storage); keywords go to `new_context`.

    Service workers are off unless asked for: what they fetch, a test can't see or stop.

    In no page of any test may a script fail or the content policy be violated.
    """
    opened: list[BrowserContext] = []

    def open_(**options: object) -> BrowserContext:
        usual = {"viewport": PHONE, "locale": "vi-VN", "service_workers": "block"}
        context = chromium.new_context(**{**usual, **options})  # type: ignore[arg-type]
        context.set_default_timeout(10_000)
        watch.over(context)
        opened.append(context)
        return context

    yield open_
    for context in opened:
        context.close()
    assert watch.faults == []


def enter(page: Page, url: str, login: str, password: str = make.PASSWORD) -> None:
    """Sign in at an address through the form, as a person does."""
    page.goto(url + "/dang-nhap")
    page.get_by_label("Tên đăng nhập").fill(login)
    page.get_by_label("Mật khẩu").fill(password)
    page.get_by_role("main").get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url(lambda address: "/dang-nhap" not in address)


def sign_in(page: Page, site: Site) -> None:
    """The contestant of a site, through the form."""
    enter(page, site.url, site.login)


def begin(page: Page, site: Site) -> None:
    """From the round's page to the first question."""
    page.goto(site.round_page)
    page.get_by_label("Tôi đã đọc thể lệ và cam kết tự làm bài").check()
    page.get_by_role("button", name="Bắt đầu làm bài").click()
    expect(page.get_by_role("group", name="Theo Kế hoạch cải cách")).to_be_visible()


def fits(page: Page, within: dict[str, int] | None = None) -> None:
    """The page does not scroll sideways, in its window or in a narrower one."""
    page.wait_for_load_state("domcontentloaded")  # what has only begun to come has nothing to measure
    size = page.viewport_size
    assert size
    page.set_viewport_size(within or size)
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= (within or size)["width"], f"{page.url} is {wide} px wide"
    page.set_viewport_size(size)
