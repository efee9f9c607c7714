"""How a bank grows: times of its pages' queries, of a pool and a draw at 1,000 and 50,000 questions.

`python -m benchmarks.bank [sizes…]`: on both databases, each in a temporary folder. Prints
milliseconds, the middle of five, and how they grow. Goal: pages in the largest bank take at most 1.2
times what they take in the smallest.
"""

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from flask_migrate import upgrade

from benchmarks.product import SHAPES, database
from contest import clock
from contest.app import create_app
from contest.config import load
from contest.database import reading
from contest.extensions import db
from contest.questions import cards, linking, operations, queries, twins
from contest.questions.content import Choice, Content
from contest.questions.coverage import coverage
from contest.questions.formats.drafts import SourceRow
from contest.questions.matching import Insert
from contest.questions.models import TOPICS
from contest.questions.paper import Cell, Plan
from contest.questions.queries import Filters
from contest.rounds import pools

SIZES = (1_000, 50_000)
GOAL_GROWTH = 1.2
PAGES = ("first page", "next page", "middle page")
DOCUMENTS, SECTIONS = 50, 20
_WORDS = ("cải cách hành chính thủ tục công vụ viên chức tỉnh xã phường sở ban ngành quyết định nghị quyết kế hoạch"
             " chỉ số dịch trực tuyến hồ sơ một cửa liên thông tài sản ngân sách đơn vị sự nghiệp chuyển đổi dữ liệu"
             " người dân doanh nghiệp phục vụ hài lòng kiểm tra giám sát đánh giá xếp loại tuyên truyền văn bản pháp"
             " luật thi hành phối hợp chủ trì báo cáo thời hạn trách nhiệm cơ quan")
SYLLABLES = _WORDS.split()


def content(number: int, random_: random.Random) -> Content:
    def say(count: int) -> str:
        return " ".join(random_.choices(SYLLABLES, k=count))

    return Content("single", f"{say(24).capitalize()}, mã {number}?",
                   tuple(Choice(say(9), place == 0) for place in range(4)), TOPICS[number % len(TOPICS)],
                   ("NB", "TH", "VD", "VDC")[number // 8 % 4], 100, say(20),
                   citation(number % DOCUMENTS, number // DOCUMENTS % SECTIONS))


def citation(document: int, section: int) -> str:
    return f"Kế hoạch {document + 1}/KH-UBND, mục {section + 1}"


def sources() -> list[SourceRow]:
    """The sections that the questions cite."""
    return [SourceRow(1, citation(document, section), f"Kế hoạch {document + 1}/KH-UBND", f"Mục {section + 1}", "")
            for document in range(DOCUMENTS) for section in range(SECTIONS)]


def timed(act: Callable[[], object], tries: int = 5) -> float:
    found = []
    for _ in range(tries):
        db.session.rollback()
        begun = time.perf_counter()
        act()
        found.append((time.perf_counter() - begun) * 1_000)
    return statistics.median(found)


def measure(size: int) -> dict[str, float]:
    now, random_ = clock.now(), random.Random(size)
    bank = operations.create_bank(f"bank-{size}", f"Bank {size}", by=None, now=now)
    key = bank.id
    inserts = [Insert(f"C{number}", content(number, random_)) for number in range(size)]
    begun = time.perf_counter()
    rows = operations.draw_rows(key, inserts, (), by=None, now=now)
    drawn = time.perf_counter()
    operations.write_rows(rows)
    written = time.perf_counter()
    linking.keep_sources(key, sources(), by=None, now=now)
    db.session.commit()
    times = {"signatures and rows, a question": (drawn - begun) * 1_000 / size,
             "write, a question": (written - drawn) * 1_000 / size,
             "link and commit, a question": (time.perf_counter() - written) * 1_000 / size}
    last, middle = rows.questions[cards.PAGE - 1]["id"], rows.questions[size // 2]["id"]
    with reading():
        plan = Plan(pools.usable([key]), (Cell(30),))
        acts: dict[str, Callable[[], object]] = {
            "first page": lambda: cards.page(key, Filters()),
            "next page": lambda: cards.page(key, Filters(), after=last),
            "middle page": lambda: cards.page(key, Filters(), after=middle),
            "search, common words": lambda: cards.page(key, Filters("hanh chinh cong vu")),
            "search, one question": lambda: cards.page(key, Filters(f"ma {size // 2}")),
            "search, nothing": lambda: cards.page(key, Filters("khong co tu nay dau")),
            "filter topic and level": lambda: cards.page(key, Filters(topic=TOPICS[1], level="VD")),
            "filter state": lambda: cards.page(key, Filters(state="approved")),
            "filter citation": lambda: cards.page(key, Filters(citation="Kế hoạch 7/")),
            "figures": lambda: queries.figures([key]),
            "groups": lambda: pools.groups([key]),
            "pool": lambda: pools.usable([key]),
            "plan of a draw": lambda: Plan(pools.usable([key]), (Cell(30),)),
            "draw": lambda: plan.questions("seed", shuffle=True),
            "coverage": lambda: coverage([key], now.date()),
            "twins": lambda: twins.pairs(key),
        }
        times |= {name: timed(act) for name, act in acts.items()}
    return times


def show(name: str, tables: dict[int, dict[str, float]]) -> None:
    """Print one database's times, and whether pages keep theirs."""
    small, large = tables[min(tables)], tables[max(tables)]
    growth = {act: large[act] / small[act] for act in large}
    print(f"\n{name}".ljust(35), *(f"{size:>12,}" for size in tables), "growth")
    for act in large:
        print(act.ljust(34), *(f"{times[act]:>9.2f} ms" for times in tables.values()), f"{growth[act]:>5.1f}x")
    worst = max(growth[page] for page in PAGES)
    print(f"{', '.join(PAGES)}: at most {worst:.1f} times the smallest bank's"
          f" (goal {GOAL_GROWTH}: {'reached' if worst <= GOAL_GROWTH else 'MISSED'})")


def main() -> None:
    """Measure and print; exit 0 whatever the figures are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    options = parser.parse_args()
    for name in SHAPES if options.database == "both" else (options.database,):
        with tempfile.TemporaryDirectory() as folder, database(name, Path(folder)) as url:
            app = create_app(load({"CONTEST_DATA_DIR": folder, "SECRET_KEY": "k" * 32, "DATABASE_URL": url}))
            with app.app_context():
                upgrade()
                tables = {size: measure(size) for size in options.sizes}
                db.session.remove()
                db.engine.dispose()
        show(name, tables)


if __name__ == "__main__":
    main()
