"""Charts without their colours: in greys, on paper, in the colours of a system; and their figures add up."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from playwright.sync_api import expect

from contest.extensions import db
from contest.jobs.running import run_next
from contest.questions import linking
from contest.reports import analysing, analysis_jobs
from tests import factories as make
from tests.browser.conftest import DESK, PHONE, OpenBrowser, RunningHands, enter, serving
from tests.browser.greys import MARKS, WORDS, Picture, contrast, shown
from tests.questions.shelved import cited, document
from tests.reports.crowd import LATER, Crowd

pytestmark = pytest.mark.browser
OPENED = "document.querySelectorAll('details').forEach((one) => { one.open = true; })"
# Every bar, column, target and word of a chart, every cell of a heat map, where it lies on the page.
SHAPES = """() => [...document.querySelectorAll("main svg.meter, main svg[role=img], main .heat")].flatMap((one, at) =>
  [...(one.matches("svg") ? one.querySelectorAll("rect, text") : [one])].map((shape) => {
    const box = shape.getBoundingClientRect(), kind = (shape.getAttribute("class") || shape.tagName).split(" ").pop();
    return { chart: at, kind, x: box.x + scrollX, y: box.y + scrollY, width: box.width, height: box.height };
  })).filter(({ width, height }) => width >= 3 && height >= 3)"""
TEXTS = {"text", "h0", "h1", "h2", "h3"}


@dataclass
class Reports:
    """The server's address and what its charts are about."""

    url: str
    round_id: str
    bank_id: str
    version_id: str

    @property
    def pages(self) -> dict[str, str]:
        """Every page with a chart; name → address."""
        desk = f"{self.url}/to-chuc/dot-thi/{self.round_id}"
        return {"units": f"{self.url}/dot-thi/{self.round_id}/don-vi",
                "figures": f"{self.url}/thong-ke/{self.round_id}",
                "papers": f"{desk}/do-tuong-duong", "answers": f"{desk}/phan-tich",
                "a question": f"{desk}/phan-tich/{self.version_id}",
                "coverage": f"{self.url}/to-chuc/ngan-hang/{self.bank_id}/bao-phu"}


@pytest.fixture
def reports(app: Flask, running_hands: RunningHands) -> Iterator[Reports]:
    running_hands.advance(seconds=(LATER - make.NOON).total_seconds())
    with app.app_context():
        document()
        crowd = Crowd(people=40, headcount=50, units=("Sở Nội vụ", "Văn phòng Ủy ban nhân dân tỉnh"))
        crowd.contest.target_percent = 45  # of 50 in each unit 20 took part
        make.account("lap", roles=("organiser",))
        for level, times in (("NB", 1), ("TH", 3), ("VD", 6)):
            for _ in range(times):
                cited(crowd.bank, "Kế hoạch 12/KH-UBND, mục I.1", level=level)
        linking.link_bank(crowd.bank.id, by=None, now=LATER)
        crowd.settle()
        analysing.ask(analysis_jobs.ANALYSE, crowd.ids["round"], by=crowd.ids["organiser"], now=LATER)
        db.session.commit()
        while run_next(analysis_jobs.HANDLERS):
            pass
        ids = crowd.ids["round"], crowd.ids["bank"], crowd.ids["versions"][0]
    with serving(app) as url:
        yield Reports(url, *ids)


def faint(picture: Picture, shapes: list[dict]) -> Iterator[str]:
    """What of the charts does not stand out from what lies beside it."""
    for shape in shapes:
        x, y = shape["x"] + shape["width"] / 2, shape["y"] + shape["height"] / 2
        if shape["kind"] in TEXTS:
            found, least = picture.spread(shape), WORDS
        elif shape["kind"] == "goal":  # from the bar's rim beside it
            found, least = contrast(picture.at(x, y), picture.at(shape["x"] - 1, y)), MARKS
        elif shape["kind"] == "track":
            continue
        elif shape["kind"] in ("fill", "low"):
            track = next(one for one in shapes if one["chart"] == shape["chart"] and one["kind"] == "track")
            if shape["width"] > track["width"] - 6:
                continue  # nothing of the track is left beside it
            found = contrast(picture.at(x, y), picture.at(track["x"] + track["width"] - 4, y))
            least = MARKS
        else:
            found, least = contrast(picture.at(x, y), picture.at(x, shape["y"] - 3)), MARKS
        if found < least:
            yield f"{shape['kind']} of chart {shape['chart'] + 1}: {found:.2f}"


def test_charts_are_read_without_their_colours(reports: Reports, new_browser: OpenBrowser):
    page = new_browser(viewport=DESK, reduced_motion="reduce").new_page()
    enter(page, reports.url, "lap")
    faults, seen = [], set()
    for name, address in reports.pages.items():
        page.goto(address)
        expect(page.locator("#main")).to_be_visible()
        page.wait_for_load_state("load")
        page.evaluate(OPENED)
        for mode in shown(page):
            shapes = page.evaluate(SHAPES)
            seen |= {shape["kind"] for shape in shapes}
            faults += [f"{name}, {mode}: {fault}" for fault in faint(Picture(page), shapes)]
    assert not faults, "\n".join(faults)
    assert seen == {"track", "fill", "low", "goal", "rect", "s1", *TEXTS}


# Of every table whose last row is a sum: its rows without their first cell, the sums last.
TABLES = """() => [...document.querySelectorAll("main table")]
  .filter((table) => table.tFoot && table.tFoot.rows[0].cells[0].textContent === "Cộng")
  .map((table) => [...table.tBodies[0].rows, table.tFoot.rows[0]].map((row) =>
    [...row.cells].slice(1).map((cell) => cell.textContent.replace(/\\s/g, ""))))"""
WHOLE, RATE = re.compile(r"\d[\d.]*"), re.compile(r"(\d[\d.]*)/(\d[\d.]*) · (\d[\d.]*(?:,\d+)?)\s%")


def plain(text: str) -> float:
    return float(text.replace(".", "").replace(",", ".").rstrip("%"))


def unlike(table: list[list[str]]) -> list[str]:
    """Columns of a table that do not come to their sums, rates that are not of the count before them."""
    *rows, sums = table
    found = []
    for n, total in enumerate(sums):
        if total.endswith("%") and n and all(row[n].endswith("%") for row in rows):
            found += [f"{row[n]} of {row[n - 1]}" for row in rows
                      if abs(plain(row[n]) * plain(sums[n - 1]) - 100 * plain(row[n - 1])) > 0.006 * plain(sums[n - 1])]
        elif WHOLE.fullmatch(total) and sum(plain(row[n]) for row in rows) != plain(total):
            found.append(f"column {n + 2}: {total}")
    return found


def test_tables_add_up_and_rates_are_those_of_their_numbers(reports: Reports, new_browser: OpenBrowser):
    page = new_browser(viewport=PHONE).new_page()
    enter(page, reports.url, "lap")
    tables, rates, faults = 0, 0, []
    for name, address in reports.pages.items():
        page.goto(address)
        page.wait_for_load_state("load")
        for table in page.evaluate(TABLES):
            tables += 1
            faults += [f"{name}: {fault}" for fault in unlike(table)]
        for part, whole, rate in RATE.findall(page.locator("main").inner_text()):
            rates += 1
            places = len(rate.partition(",")[2])
            if abs(plain(rate) - 100 * plain(part) / plain(whole)) > 0.51 / 10 ** places:
                faults.append(f"{name}: {part}/{whole} · {rate} %")
    assert not faults, "\n".join(faults)
    assert tables >= 6
    assert rates >= 10
