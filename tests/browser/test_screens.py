"""What holds on every screen of a participant: WCAG 2.2 as far as axe-core sees it, width, zoom, text spacing."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import DESK, NARROWEST, PHONE, OpenBrowser
from tests.browser.screens import Journey, journey

__all__ = ["journey"]
pytestmark = pytest.mark.browser
AXE = (Path(__file__).parent / "vendor/axe.min.js").read_text("utf8")
SEVERE = """async () => (await axe.run({ include: ["html"] }, { resultTypes: ["violations"], preload: false }))
  .violations.filter(({ impact }) => impact === "serious" || impact === "critical")
  .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 150)).slice(0, 3).join(" | ")}`)"""

# The declarations of WCAG 1.4.12, on everything.
SPACED = """() => { const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    * { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
    p { margin-bottom: 2em !important; }`);
  document.adoptedStyleSheets = [sheet]; }"""
PLAIN = "() => { document.adoptedStyleSheets = []; }"

# Text of which a part lies outside an ancestor that cuts off what overflows; and text that lies outside the page.
CLIPPED = """() => { const found = [];
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (words.nextNode()) {
    const node = words.currentNode, range = document.createRange();
    if (!node.textContent.trim() || node.parentElement.closest(".sr, [hidden], noscript, .skip, option")) continue;
    range.selectNodeContents(node);
    for (const rect of range.getClientRects())
      for (let box = node.parentElement; box && rect.width; box = box.parentElement) {
        const { overflowX, overflowY } = getComputedStyle(box), edge = box.getBoundingClientRect();
        const high = /hidden|clip/.test(overflowY) && (rect.top < edge.top - 1 || rect.bottom > edge.bottom + 1);
        const wide = /hidden|clip/.test(overflowX) && (rect.left < edge.left - 1 || rect.right > edge.right + 1);
        if (high || wide) found.push(`${box.className}: ${node.textContent.trim().slice(0, 60)}`);
      }
  }
  return found; }"""
# What can be pressed and is smaller than a finger, 44 px. A link within a line of other words is as high as the line;
# a box or dot takes its label along. What waits folded or hidden for its moment is looked at as well.
SMALL = """() => { const found = [];
  const all = (selector) => [...document.querySelectorAll(selector)];
  const folded = all("details:not([open])"), hidden = all("#bands [hidden]");
  for (const part of folded) part.open = true;
  for (const part of hidden) part.hidden = false;
  const words = (node) => [...node.childNodes].some((part) => part.nodeType === 3 ? part.textContent.trim()
    : part.nodeType === 1 && !part.matches("a, .sr, noscript, svg") && words(part));
  const within = (link) => getComputedStyle(link).display === "inline"
    && [link.closest("p, li, th, td, dd, h2")].some((around) => around && words(around));
  for (const part of all("a[href], button, input, select, textarea, summary, [tabindex='0']")) {
    if (!part.checkVisibility({ visibilityProperty: true }) || part.matches(".sr, .skip") || within(part)) continue;
    const labels = /radio|checkbox/.test(part.type) ? [...part.labels] : [];
    const boxes = [part, ...labels].map((one) => one.getBoundingClientRect());
    const side = (far, near) => Math.max(...boxes.map((box) => box[far])) - Math.min(...boxes.map((box) => box[near]));
    const size = [side("right", "left"), side("bottom", "top")];
    if (Math.min(...size) < 44) found.push(`${part.outerHTML.slice(0, 120)}: ${size.map(Math.round).join(" × ")} px`);
  }
  for (const part of folded) part.open = false;
  for (const part of hidden) part.hidden = true;
  return found; }"""
WIDTH = "document.documentElement.scrollWidth"


def shown_as(page: Page, size: dict[str, int], scheme: str) -> str:
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme)
    return f"{size['width']} px, {scheme}"


def test_axe_finds_nothing_serious(journey: Journey, new_browser: OpenBrowser):
    page = new_browser(reduced_motion="reduce").new_page()
    faults = []
    for name in journey.walk(page):
        page.evaluate(AXE)
        for size in (PHONE, DESK):
            for scheme in ("light", "dark"):
                how = shown_as(page, size, scheme)
                faults += [f"{name} ({how}): {fault}" for fault in page.evaluate(SEVERE)]
        shown_as(page, PHONE, "light")
    assert not faults, "\n".join(faults)


def test_nothing_scrolls_sideways_or_is_cut_off(journey: Journey, new_browser: OpenBrowser):
    """At 320 px, at 200 % zoom of a desk's screen, with text of twice its size, with text spaced out."""
    page = new_browser(viewport=NARROWEST).new_page()
    faults = []

    def look(name: str, how: str) -> None:
        wide = page.evaluate(WIDTH) - page.viewport_size["width"]
        faults.extend([f"{name} ({how}): {wide} px too wide"] if wide > 0 else [])
        faults.extend(f"{name} ({how}): cut off in {fault}" for fault in page.evaluate(CLIPPED))

    for name in journey.walk(page):
        look(name, "320 px")
        page.evaluate(SPACED)
        look(name, "320 px, spaced out")
        page.set_viewport_size(DESK)
        look(name, "a desk, spaced out")
        page.evaluate(PLAIN)
        page.set_viewport_size({"width": DESK["width"] // 2, "height": DESK["height"] // 2})
        look(name, "200 %")
        page.set_viewport_size(DESK)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        look(name, "a desk, text of 200 %")
        page.evaluate("document.documentElement.style.fontSize = ''")
        page.set_viewport_size(NARROWEST)
    assert not faults, "\n".join(faults)


def test_everything_that_can_be_pressed_is_as_large_as_a_finger(journey: Journey, new_browser: OpenBrowser):
    page = new_browser(viewport=NARROWEST).new_page()
    faults = []
    for name in journey.walk(page):
        for size in (DESK, PHONE, NARROWEST):
            page.set_viewport_size(size)
            faults += [f"{name} ({size['width']} px): {fault}" for fault in page.evaluate(SMALL)]
    assert not faults, "\n".join(faults)
