"""What somebody stored to be run by others is shown as text: on every page, to every kind of person, nothing runs.

Each page is also looked through for elements and attributes that only a payload can have brought: the content
policy, which would keep them from running, is a second wall and not the first.
"""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, Request, expect
from sqlalchemy import update
from werkzeug.routing import BuildError

from contest.extensions import db
from contest.questions.models import QuestionVersion
from contest.standings.operations import score_round
from tests import factories as make
from tests.browser.conftest import DESK, OpenBrowser, RunningHands, Watch, enter, serving
from tests.questions.formats import payloads
from tests.standings.cast import sit

pytestmark = pytest.mark.browser
CHOSEN = [payload for payload in (*payloads.TAGS[::4], *payloads.EVENTS[::4], *payloads.ADDRESSES[::8],
                                  *payloads.FOREIGN[::3], *payloads.BROKEN[::3], *payloads.MARKDOWN[::2])
          if "\0" not in payload]
IMAGE, SCRIPT = "<img src=x onerror=alert(1)>", "</script><script>alert(1)</script>"
LINK, CLOSED = "[x](javascript:alert(1))", "\"'><svg onload=print()>"
NAMES = (IMAGE, SCRIPT, LINK, CLOSED, "<a href='javascript:alert(1)'>x</a>", "{{7*7}}<b onclick=alert(1)>x")
HOOKS = """for (const name of ["alert", "confirm", "print", "prompt"])
  window[name] = () => console.error("violated: ran " + name);
const asked = window.fetch;
window.fetch = (address, ...rest) => {
  if (new URL(address, location.href).origin !== location.origin) console.error("violated: ran fetch " + address);
  return asked(address, ...rest);
};"""
BROUGHT = """() => [...document.querySelectorAll("*")].flatMap((one) => [
  ...[...one.attributes].filter((a) => /^on/i.test(a.name)
    || /^(href|src|action|formaction|data|xlink:href)$/.test(a.name) && /^\\s*(java|vb)script:/i.test(a.value)
  ).map((a) => a.name + "=" + a.value),
  ...(one.matches("script:not([src]), iframe, object, embed, base, frame, applet, marquee, plaintext")
    ? [one.outerHTML] : [])])"""


def hostile(app: Flask) -> dict[str, str]:
    """A contest whose every text was written by an attacker: the ids of its things."""
    with app.app_context():
        units = tuple(make.unit(name) for name in NAMES)
        people = [make.account(f"nguoi-{n}", name=name, unit=units[n]) for n, name in enumerate(NAMES)]
        staff = make.account("toanquyen", name=SCRIPT, unit=units[0], roles=("organiser", "administrator"))
        bank = make.bank(0)
        bank.title = IMAGE
        for number, payload in enumerate(CHOSEN):
            question = make.question(bank, stem=payload, explanation=payload, topic=NAMES[number % 3], options=tuple(
                f"{place} {CHOSEN[(number + place) % len(CHOSEN)]}" for place in range(3)))
            db.session.execute(update(QuestionVersion).where(QuestionVersion.question_id == question.id)
                               .values(markup=number % 3 != 0))
        contest = make.contest(title=IMAGE, units=units)
        contest.summary, contest.agency_name, contest.agency_parent = "\n\n".join(CHOSEN), CLOSED, LINK
        round_ = make.round_(contest, bank, questions=len(CHOSEN), rules="\n\n".join(CHOSEN), result_shown="review",
                             board_shown="live", mask_names=False)
        round_.title = SCRIPT
        attempt = sit(round_, bank, people[1], unit=units[1], right=3, wrong=2, items=len(CHOSEN), started=make.NOON)
        score_round(round_.id, make.NOON + timedelta(minutes=6))
        found = {"bank_id": bank.id, "contest_id": contest.id, "round_id": round_.id, "unit_id": units[1].id,
                 "account_id": people[1].id, "attempt_id": attempt.id, "question_id": question.id,
                 "code": contest.code, "verdict": "reviewed", "slot": "1", "staff": staff.login}
        db.session.commit()
    return found


def addresses(app: Flask, ids: dict[str, str]) -> list[str]:
    """Every page that can be made of these ids."""
    found = set()
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if "GET" in rule.methods and not re.search(r"\.\w+$|^/api/|^/static/|<suffix>|/metrics|z$", rule.rule):
                try:
                    found.add(app.url_map.bind("localhost").build(
                        rule.endpoint, {name: ids[name] for name in rule.arguments}))
                except (BuildError, KeyError):
                    continue
    return sorted(found)


@pytest.fixture
def guarded(new_browser: OpenBrowser, watch: Watch) -> Callable[[], BrowserContext]:
    """Opens browsers that tell `watch` of whatever a payload might do."""
    def asked(request: Request) -> None:
        if not request.url.startswith(("http://127.0.0.1", "data:")):
            watch.faults.append(f"asked for {request.url}")

    def open_() -> BrowserContext:
        context = new_browser(viewport=DESK)
        context.add_init_script(HOOKS)
        context.on("request", asked)
        return context

    return open_


def look(page: Page, watch: Watch, least: int = 0) -> None:
    """Nothing on this page was brought by a payload, nothing ran; at least so many payloads are read as text."""
    assert page.evaluate(BROUGHT) == [], page.url
    assert watch.faults == [], page.url
    assert page.evaluate("document.body.textContent").count("alert(1)") >= least, page.url


def crawl(page: Page, url: str, paths: list[str], watch: Watch) -> set[str]:
    """Visit them all; those that were shown."""
    shown = set()
    for path in paths:
        answer = page.goto(url + path)
        assert answer is not None
        assert answer.status < 500, path
        look(page, watch)
        if answer.status == 200:
            shown.add(path)
    return shown


def import_a_file(page: Page, url: str, bank_id: str, watch: Watch) -> None:
    """A file whose name and questions are payloads, up to its preview."""
    lines = ["Nội dung câu hỏi;A;B;Đáp án đúng"]
    lines += ['"' + payload.replace('"', '""') + '";"<b onclick=alert(1)>";hai;A' for payload in CHOSEN[:20]]
    page.goto(f"{url}/to-chuc/ngan-hang/{bank_id}/nhap")
    page.get_by_label(re.compile("Tệp câu hỏi")).set_input_files(
        {"name": "<img src=x onerror=alert(1)>.csv", "mimeType": "text/csv", "buffer": "\n".join(lines).encode()})
    page.get_by_role("button", name="Tải lên và xem trước").click()
    expect(page.get_by_role("heading", name=re.compile("^Xem trước"))).to_be_visible()
    expect(page.get_by_text("<img src=x onerror=alert(1)>.csv").first).to_be_visible()
    look(page, watch, 15)


def sit_through(page: Page, url: str, round_id: str, watch: Watch) -> None:
    """Begin, turn the pages by the script, look at the whole paper and the check."""
    page.goto(f"{url}/dot-thi/{round_id}")
    look(page, watch, 20)
    page.get_by_label("Tôi đã đọc thể lệ và cam kết tự làm bài").check()
    page.get_by_role("button", name="Bắt đầu làm bài").click()
    expect(page.locator("#place")).to_have_text(f"Câu 1/{len(CHOSEN)}")
    for slot in range(1, len(CHOSEN)):
        look(page, watch)
        page.get_by_role("button", name="Câu tiếp").click()
        expect(page.locator("#place")).to_have_text(f"Câu {slot + 1}/{len(CHOSEN)}")
    page.locator("#options label").first.click()
    attempt = re.sub(r"/cau.*", "", page.url)
    for path in ("/de", "/kiem-tra"):
        page.goto(attempt + path)
        look(page, watch)


def test_stored_payloads_are_read_and_never_run(app: Flask, running_hands: RunningHands, watch: Watch,
                                                guarded: Callable[[], BrowserContext]):
    ids = hostile(app)
    with serving(app) as url:
        stranger = guarded().new_page()
        crawl(stranger, url, ["/", f"/cuoc-thi/{ids['code']}", "/dang-nhap"], watch)
        contestant = guarded().new_page()
        enter(contestant, url, "nguoi-0")
        sit_through(contestant, url, ids["round_id"], watch)
        staff = guarded().new_page()
        enter(staff, url, ids["staff"])
        import_a_file(staff, url, ids["bank_id"], watch)
        shown = crawl(staff, url, addresses(app, ids), watch)
        assert len(shown) > 40
        staff.goto(f"{url}/to-chuc/ngan-hang/{ids['bank_id']}")
        look(staff, watch, 20)
        running_hands.advance(hours=7)
        finished = guarded().new_page()
        enter(finished, url, "nguoi-1")
        result = f"/luot-thi/{ids['attempt_id']}/ket-qua"
        assert result in crawl(finished, url, [path for path in addresses(app, ids) if "/to-chuc/" not in path], watch)
        finished.goto(url + result)
        look(finished, watch, 100)
        control(finished, watch)


def control(page: Page, watch: Watch) -> None:
    """What ran, what the policy stopped and what a payload brought would have been seen."""
    page.evaluate("alert(1)")
    for act in ("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=alert(1)>')",
                "fetch('https://example.invalid/').catch(() => 0)"):
        page.evaluate("() => new Promise((done) => { addEventListener('securitypolicyviolation', () => done(), "
                      "{once: true}); " + act + "; })")
    assert page.evaluate(BROUGHT) == ["onerror=alert(1)"]
    told = "\n".join(watch.faults)
    assert "ran alert" in told
    assert "ran fetch" in told
    assert "script-src-attr" in told
    assert "connect-src" in told
    watch.faults.clear()
