"""`python -m benchmarks.import`: a file of 50,000 questions read, and 1,000 of them written to a bank.

The yardstick of reading is calamine's bare read of the same file in a process of its own, in turns
with the import's child; only the ratio travels between machines. What the checks of each question
cost is measured by itself. Goals: without the checks at most twice the bare read; at most 150 MiB over
a child that reads one question; 1,000 questions read, staged and committed within 0.5 s.
"""

# ruff: noqa: N999 - it is named for what it measures

import argparse
import io
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import xlsxwriter
from flask_migrate import upgrade

from benchmarks.product import SHAPES, database
from contest import clock
from contest.app import create_app
from contest.config import load
from contest.extensions import db
from contest.questions import imports, operations
from contest.questions.formats.gate import CHILD, read_bank

ROWS = 50_000
WRITTEN = 1_000
ROUNDS = 3
BANKS = 5  # that are written, one after the other
GOAL_RATIO = 2.0
GOAL_MIB = 150
GOAL_S = 0.5
ROOT = Path(__file__).parents[1]
HEADER = ("STT", "Nội dung câu hỏi", "Đáp án A", "Đáp án B", "Đáp án C", "Đáp án D", "Đáp án đúng", "Lĩnh vực",
          "Mức độ", "Căn cứ")
WORDS = ("cải cách hành chính thủ tục công chức dịch vụ trực tuyến mức độ hồ sơ tiếp nhận trả kết quả một cửa "
         "liên thông chỉ số hài lòng người dân doanh nghiệp cơ quan đơn vị quyết định kế hoạch nghị quyết ủy ban")
BARE = """
import io, sys, python_calamine
data = sys.stdin.buffer.read()
if data:
    python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
"""
# What a child that has read the file spends on each question's checks, and on finding those that repeat another.
CHECKS = """
import gc, sys, time
from contest.questions.formats.checks import complete
from contest.questions.formats.gate import read_bank_here
from contest.questions.formats.repeats import Repeats
gc.disable()
drafts = read_bank_here(sys.stdin.buffer.read(), "bank.xlsx").drafts
begun, repeats = time.process_time(), Repeats()
for draft in drafts:
    repeats.told(complete(draft))
print(time.process_time() - begun)
"""
# The largest resident size of a child is told by a parent that has no other.
RUNNER = """
import resource, subprocess, sys, time
data = sys.stdin.buffer.read()
begun = time.perf_counter()
done = subprocess.run([sys.executable, *sys.argv[1:]], input=data, stdout=subprocess.DEVNULL)
taken = time.perf_counter() - begun
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(done.returncode, taken, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
"""
ENVIRON = {**os.environ, "PYTHONPATH": str(ROOT)}


def bank(rows: int) -> bytes:
    """A workbook of that many questions in ten columns, always the same."""
    draw = random.Random(1)
    words = WORDS.split()

    def text(count: int) -> str:
        return " ".join(draw.choice(words) for _ in range(count)).capitalize()

    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Câu hỏi")
        sheet.write_row(0, 0, HEADER)
        for number in range(1, rows + 1):
            sheet.write_row(number, 0, (
                number, f"{text(22)} {number}?", text(8), text(8), text(8), text(8), draw.choice("ABCD"), text(1),
                draw.choice(("Nhận biết", "Thông hiểu")), f"Điều {number % 90}"))
    return target.getvalue()


def run(arguments: list[str], data: bytes) -> tuple[float, float, float]:
    """(wall seconds, processor seconds, largest MiB) of one child."""
    done = subprocess.run([sys.executable, "-c", RUNNER, *arguments], input=data, capture_output=True, check=True,
                          cwd=ROOT, env=ENVIRON)
    code, wall, used, size = done.stdout.split()
    if int(code):
        raise SystemExit(f"the child ended with {int(code)}")
    return float(wall), float(used), float(size)


def checks(data: bytes) -> float:
    """Processor seconds of the checks of a file's questions."""
    return float(subprocess.run([sys.executable, "-c", CHECKS], input=data, capture_output=True, check=True, cwd=ROOT,
                                env=ENVIRON).stdout)


def request(data: bytes) -> bytes:
    """What the gate sends to its child."""
    asked = {"task": "read", "names": ["bank.xlsx"], "sizes": [len(data)], "wish": {},
             "memory": resource.RLIM_INFINITY, "cpu": 600}
    return json.dumps(asked).encode() + b"\n" + data


def reading(rows: int, rounds: int) -> None:
    """Measure and print what reading costs; the best of the rounds counts."""
    begun = time.perf_counter()
    data, small = bank(rows), bank(1)
    made = time.perf_counter() - begun
    print(f"{rows} rows x {len(HEADER)} columns, {len(data) / 2**20:.1f} MiB, made in {made:.1f} s")
    child = ["-P", "-s", "-m", CHILD]
    bare, ours, checked = [], [], []
    for _ in range(rounds):
        bare.append(run(["-c", BARE], data))
        ours.append(run(child, request(data)))
        checked.append(checks(data))
    nothing, empty = run(["-c", BARE], b""), run(child, request(small))
    wall, used, size = (min(figures) for figures in zip(*ours, strict=True))
    bare_wall, bare_used, bare_size = (min(figures) for figures in zip(*bare, strict=True))
    share, over = min(checked), size - empty[2]
    ratio = (used - empty[1] - share) / (bare_used - nothing[1])
    print(f"{'':<22}{'wall s':>9}{'processor s':>13}{'MiB':>8}")
    for name, row in (("calamine, no file", nothing), ("calamine", (bare_wall, bare_used, bare_size)),
                      ("child, one question", empty), ("child", (wall, used, size))):
        print(f"{name:<22}{row[0]:>9.2f}{row[1]:>13.2f}{row[2]:>8.0f}")
    print(f"{'of that, the checks':<22}{'':>9}{share:>13.2f}  {share / used:.0%}")
    print(f"child / calamine {wall / bare_wall:.2f} wall, {used / bare_used:.2f} processor; without starting and checks"
          f" {ratio:.2f} (goal {GOAL_RATIO}: {_reached(ratio <= GOAL_RATIO)})")
    print(f"over a child of one question {over:.0f} MiB (goal {GOAL_MIB}: {_reached(over <= GOAL_MIB)})")


def writing(name: str, count: int) -> None:
    """Measure and print, on one database, what becomes of a file until its questions are in a bank."""
    data, now = bank(count), clock.now()
    with tempfile.TemporaryDirectory() as folder, database(name, Path(folder)) as url:
        app = create_app(load({"DATABASE_URL": url, "CONTEST_DATA_DIR": folder, "SECRET_KEY": "k" * 32}))
        times = []
        with app.app_context():
            upgrade()
            for number in range(BANKS):
                row = operations.create_bank(f"bank-{number}", f"Bank {number}", by=None, now=now)
                db.session.commit()
                begun = time.perf_counter()
                found = read_bank(data, "bank.xlsx")
                read = time.perf_counter()
                import_id = imports.stage_import(row, "bank.xlsx", "0" * 64, found, by=None, now=now).id
                db.session.commit()
                staged = time.perf_counter()
                outcome = imports.confirm_import(import_id, "skip", by=None, now=now)
                db.session.commit()
                done = time.perf_counter()
                if outcome["created"] != count:
                    raise RuntimeError(f"{outcome} of {count} questions")
                times.append((done - begun, read - begun, staged - read, done - staged))
            db.session.remove()
            db.engine.dispose()
    total, *parts = (statistics.median(figures) for figures in zip(*times, strict=True))
    print(f"{name}: {count} questions in {total:.2f} s, the middle of {BANKS}: read {parts[0]:.2f}, staged"
          f" {parts[1]:.2f}, committed {parts[2]:.2f} (goal {GOAL_S} s for {WRITTEN}: {_reached(total <= GOAL_S)})")


def _reached(good: bool) -> str:
    return "reached" if good else "MISSED"


def main() -> None:
    """Measure and print; exit 0 whatever the figures are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--rows", type=int, default=ROWS, help="of the file that is read")
    parser.add_argument("--written", type=int, default=WRITTEN, help="questions that are written")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    reading(options.rows, options.rounds)
    for name in SHAPES if options.database == "both" else (options.database,):
        writing(name, options.written)


if __name__ == "__main__":
    main()
