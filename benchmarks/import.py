"""`python -m benchmarks.import`: a bank of 50,000 questions read by the import's child process.

The yardstick is calamine's bare read of the same file in a process of its own, in turns with ours;
only the ratio travels between machines. Goal: memory at most 150 MiB over a child that reads nothing.
"""

# ruff: noqa: N999 - it is named for what it measures

import io
import json
import random
import resource
import subprocess
import sys
import time
from pathlib import Path

import xlsxwriter

ROWS = 50_000
ROUNDS = 3
GOAL_RATIO = 2.0
GOAL_MIB = 150
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
                          cwd=ROOT)
    code, wall, used, size = done.stdout.split()
    if int(code):
        raise SystemExit(f"the child ended with {int(code)}")
    return float(wall), float(used), float(size)


def request(data: bytes) -> bytes:
    """What the gate sends to its child."""
    asked = {"task": "read", "names": ["bank.xlsx"], "sizes": [len(data)], "wish": {},
             "memory": resource.RLIM_INFINITY, "cpu": 600}
    return json.dumps(asked).encode() + b"\n" + data


def main() -> None:
    """Measure and print; the best of the rounds counts."""
    begun = time.perf_counter()
    data, small = bank(ROWS), bank(1)
    made = time.perf_counter() - begun
    print(f"{ROWS} rows x {len(HEADER)} columns, {len(data) / 2**20:.1f} MiB, made in {made:.1f} s")
    bare, ours = [], []
    for _ in range(ROUNDS):
        bare.append(run(["-c", BARE], data))
        ours.append(run(["-P", "-s", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); "
                         "from contest.questions.formats.child import main; main()"], request(data)))
    empty = run(["-P", "-s", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); "
                 "from contest.questions.formats.child import main; main()"], request(small))
    wall, used, size = (min(figures) for figures in zip(*ours, strict=True))
    bare_wall, bare_used, _ = (min(figures) for figures in zip(*bare, strict=True))
    print(f"calamine alone   {bare_wall:6.2f} s wall {bare_used:6.2f} s processor")
    print(f"import's child   {wall:6.2f} s wall {used:6.2f} s processor {size:6.0f} MiB")
    print(f"ratio            {wall / bare_wall:6.2f}   wall {used / bare_used:6.2f}   processor (goal {GOAL_RATIO} and"
          " the checks of each question)")
    print(f"over a child of one question {size - empty[2]:.0f} MiB (goal {GOAL_MIB})")


if __name__ == "__main__":
    main()
