"""What a participant's screens weigh, over the line, with an empty cache. With SCREENS set the table is printed."""

import gzip
import os
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.browser.conftest import OpenBrowser, Site, begin, sign_in
from tests.browser.screens import Journey, journey

__all__ = ["journey"]
pytestmark = pytest.mark.browser
STATIC = Path(__file__).parents[2] / "contest/web/static"
EXAM_SCRIPTS = ("js/prefs.js", "js/exam.js", "js/fields.js", "vendor/idb-keyval.js")


@dataclass
class Load:
    """One request of a page: what kind it is, how many bytes came over the line, headers included."""

    url: str
    kind: str
    size: int = 0


class Scales:
    """Weighs what a page loads from now on; icons, which a browser asks for as it likes, are left out."""

    def __init__(self, page: Page) -> None:
        self._found: dict[str, Load] = {}
        self.session: CDPSession = page.context.new_cdp_session(page)
        self.session.send("Network.enable")
        self.session.send("Network.setCacheDisabled", {"cacheDisabled": True})
        self.session.on("Network.requestWillBeSent", self._sent)
        self.session.on("Network.loadingFinished", self._done)

    def _sent(self, event: dict) -> None:
        if "/static/img/" not in event["request"]["url"]:
            self._found[event["requestId"]] = Load(event["request"]["url"], event.get("type", ""))

    def _done(self, event: dict) -> None:
        if event["requestId"] in self._found:
            self._found[event["requestId"]].size = int(event["encodedDataLength"])

    def take(self) -> list[Load]:
        """What was loaded since the last time."""
        found, self._found = [load for load in self._found.values() if load.size], {}
        return found


def zipped(name: str) -> int:
    return len(gzip.compress((STATIC / name).read_bytes(), 9))


def test_what_is_sent_stays_small():
    styles = zipped("css/site.css") + zipped("vendor/bootstrap-reboot.css")
    assert styles <= 14_000
    assert styles + sum(map(zipped, EXAM_SCRIPTS)) <= 26_000
    assert zipped("js/exam.js") <= 12_000
    assert zipped("js/before.js") + zipped("js/share.js") + zipped("js/shell.js") + zipped("js/offline.js") <= 6_000


def test_the_way_of_a_newcomer_to_the_paper(site: Site, new_browser: OpenBrowser):
    """The exam page of somebody whose browser has kept nothing: at most six requests, then the paper beside it."""
    context = new_browser()
    first = context.new_page()
    sign_in(first, site)
    begin(first, site)
    address = first.url
    first.close()
    page = context.new_page()
    scales = Scales(page)
    page.goto(address)
    expect(page.locator("#paper")).to_have_attribute("data-ready", "yes")
    loads = [load for load in scales.take() if not load.url.endswith("/clock")]
    paper = [load for load in loads if load.url.endswith("/de")]
    (html,) = [load for load in loads if load.kind == "Document"]
    assert html.size <= 14_000
    assert len(paper) == 1
    assert len(loads) - len(paper) <= 6, [load.url for load in loads]
    assert sum(load.size for load in loads) <= 60_000


def test_a_saved_answer_is_small_on_its_way_up(site: Site, new_browser: OpenBrowser):
    """Request line, headers and body, over HTTP/1.1: at most 1 kB. (HTTP/2 sends of the headers what changed.)"""
    page = new_browser().new_page()
    sign_in(page, site)
    begin(page, site)
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    sent: dict[str, dict] = {}
    for event in ("Network.requestWillBeSent", "Network.requestWillBeSentExtraInfo"):
        session.on(event, lambda told: sent.setdefault(told["requestId"], {}).update(
            told.get("request", {"sent": told.get("headers")})))
    with page.expect_response(lambda answer: answer.url.endswith("/answers")):
        page.locator("#options label").first.click()
    (put,) = [one for one in sent.values() if one.get("url", "").endswith("/answers")]
    lines = [f"PUT {put['url'].removeprefix(site.url)} HTTP/1.1", *(f"{name}: {text}" for name, text in
                                                                     put["sent"].items()), ""]
    assert sum(len(line) + 2 for line in lines) + len(put["postData"]) <= 1_000


def test_the_weight_of_every_screen(journey: Journey, new_browser: OpenBrowser):
    """No screen of a participant weighs more than a newcomer's way may."""
    page = new_browser().new_page()
    scales = Scales(page)
    lines, heavy = [], []
    for name in journey.walk(page):
        if name.endswith("…"):
            continue
        scales.take()
        page.reload()
        if page.locator("#paper").count():
            expect(page.locator("#paper")).to_have_attribute("data-ready", "yes")
        loads = scales.take()
        html = sum(load.size for load in loads if load.kind == "Document")
        whole = sum(load.size for load in loads)
        lines.append(f"| {name} | {html / 1000:.1f} | {len(loads)} | {whole / 1000:.1f} |")
        if html > 14_000 or whole > 60_000:
            heavy.append(lines[-1])
    if os.environ.get("SCREENS"):
        print("\n| screen | HTML, kB | requests | all, kB |\n|---|---|---|---|", *lines, sep="\n")
    assert not heavy, "\n".join(heavy)
