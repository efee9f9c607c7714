"""How a bank grows: times of its pages' queries and of a pool at 1,000 and 50,000 questions.

`python -m benchmarks.bank [sizes…]`: on SQLite in a temporary folder, on the database of
DATABASE_URL where that is set: an empty one, which is filled. Prints milliseconds, the middle of five.
"""

import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import nullcontext

from flask_migrate import upgrade

from contest import clock
from contest.app import create_app
from contest.config import load
from contest.database import reading
from contest.extensions import db
from contest.questions import cards, operations, queries, twins
from contest.questions.content import Choice, Content
from contest.questions.matching import Insert
from contest.questions.models import TOPICS
from contest.questions.queries import Filters
from contest.rounds import pools

SIZES = (1_000, 50_000)
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
                   ("NB", "TH", "VD", "VDC")[number // 8 % 4], 100, say(20), f"Nghị quyết {number % 50}, mục 1")


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
    db.session.commit()
    times = {"signatures and rows, a question": (drawn - begun) * 1_000 / size,
             "write, a question": (time.perf_counter() - drawn) * 1_000 / size}
    middle = rows.questions[size // 2]["id"]
    with reading():
        acts: dict[str, Callable[[], object]] = {
            "first page": lambda: cards.page(key, Filters()),
            "middle page": lambda: cards.page(key, Filters(), after=middle),
            "search, common words": lambda: cards.page(key, Filters("hanh chinh cong vu")),
            "search, one question": lambda: cards.page(key, Filters(f"ma {size // 2}")),
            "search, nothing": lambda: cards.page(key, Filters("khong co tu nay dau")),
            "filter topic and level": lambda: cards.page(key, Filters(topic=TOPICS[1], level="VD")),
            "filter state": lambda: cards.page(key, Filters(state="approved")),
            "filter citation": lambda: cards.page(key, Filters(citation="Nghị quyết 7,")),
            "figures": lambda: queries.figures([key]),
            "groups": lambda: pools.groups([key]),
            "pool": lambda: pools.usable([key]),
            "twins": lambda: twins.pairs(key),
        }
        times |= {name: timed(act) for name, act in acts.items()}
    return times


def main() -> None:
    sizes = [int(size) for size in sys.argv[1:]] or SIZES
    url = os.environ.get("DATABASE_URL")
    with tempfile.TemporaryDirectory() if url is None else nullcontext("") as folder:
        app = create_app(load({"CONTEST_DATA_DIR": folder or tempfile.gettempdir(), "SECRET_KEY": "k" * 32,
                               "DATABASE_URL": url or f"sqlite:///{folder}/bank.db"}))
        with app.app_context():
            upgrade()
            tables = {size: measure(size) for size in sizes}
            db.session.remove()
            db.engine.dispose()
    print("".ljust(34), *(f"{size:>12,}" for size in sizes))
    for name in tables[sizes[0]]:
        print(name.ljust(34), *(f"{tables[size][name]:>9.2f} ms" for size in sizes))


if __name__ == "__main__":
    main()
