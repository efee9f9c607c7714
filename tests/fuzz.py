"""Damaged files of every format through the readers, in a child process with the gate's limits.

Each file must end in a reading or in a refusal that has a sentence: nothing else, in time, and
without a file or a socket opened on the way. `python -m tests.fuzz --count 100000` shares so many
files among the formats and prints a table of what they ended in; the suite tries 500 of each format.
"""

import argparse
import copy
import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from lxml import etree

from contest.questions.content import to_draft
from contest.questions.formats.child import read
from contest.questions.formats.drafts import REFUSAL_CODES, Draft, UnreadableFile
from contest.questions.formats.law_files import read_law
from contest.questions.formats.outline import dump_outline, load_outline
from contest.questions.formats.whole import NO_WISH
from contest.questions.formats.wire import load
from contest.questions.formats.writing import write
from contest.sandbox import CPU_SECONDS, MEMORY_BYTES, WALL_SECONDS
from tests.questions.every_type import EVERY
from tests.questions.formats.built import HEADER, ods, question, xls
from tests.questions.formats.built_docx import docx, p, run
from tests.questions.formats.documents import DECISION, PARTS, PLAN

ROOT = Path(__file__).parents[1]
FOLDERS = {"gift": "gift", "aiken": "aiken", "moodle-xml": "moodle", "qti-xml": "qti", "text": "text", "csv": "csv"}
WRITTEN = {"xlsx": "xlsx", "docx": "docx", "qti-package": "qti"}
TABLE = [HEADER, *(question(number, "ABCD"[number % 4]) for number in range(1, 30)),
         [30, "Số?", 0.5, 1.0, 2.0, 3.0, "B"]]
# "law" is what a bank cites, through the reader of its own.
FORMATS = (*FOLDERS, *WRITTEN, "xls", "ods", "law")


def seeds(form: str) -> list[bytes]:
    """Sound files of a format, of which the damaged ones are made."""
    if form in FOLDERS:
        folder = ROOT / "tests" / "corpus" / FOLDERS[form]
        found = [path.read_bytes() for path in sorted(folder.glob("*")) if path.is_file() and path.suffix != ".json"]
        return found or [b"x"]
    if form == "xls":
        return [xls(TABLE), xls(TABLE[:3])]
    if form == "ods":
        return [ods(TABLE)]
    if form == "law":
        lines = "".join(p(run(line)) for line in DECISION.splitlines())
        return [PLAN.encode(), DECISION.encode(), PARTS.encode(), docx(lines)]
    drafts: list[Draft] = [to_draft(content, row=row, code=f"C-{row}") for row, content in enumerate(EVERY, 1)]
    return [write(WRITTEN[form], drafts).data]


def damaged(form: str, count: int, seed: int) -> Iterator[bytes]:
    """`count` damaged files, the same for the same seed."""
    rng = random.Random(f"{form}/{seed}")
    sound = seeds(form)
    for _ in range(count):
        data = rng.choice(sound)
        within = _repacked if data.startswith(b"PK") else _scratched if form == "xls" else None
        if within and rng.random() < 0.8:  # else the shell is wounded, and most readers look no further
            yield within(data, rng, sound)
        else:
            yield _wounded(data, rng, sound)


def _wounded(data: bytes, rng: random.Random, others: list[bytes]) -> bytes:
    """Bytes or, three times in four where it is XML, elements: most torn XML is not even parsed."""
    if data.lstrip(b"\xef\xbb\xbf \r\n").startswith(b"<") and rng.random() < 0.75:
        try:
            return _pruned(data, rng)
        except etree.XMLSyntaxError:
            pass
    return _bent(data, rng, others)


def _pruned(data: bytes, rng: random.Random) -> bytes:
    """One to four elements taken out, doubled, moved, renamed, or with another text or attribute."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    root = etree.fromstring(data, parser)
    for _ in range(rng.randint(1, 4)):
        nodes = [node for node in root.iter() if isinstance(node.tag, str) and node is not root]
        if not nodes:
            break
        node = rng.choice(nodes)
        kind = rng.randrange(7)
        if kind == 0:
            node.getparent().remove(node)
        elif kind == 1:
            node.addnext(copy.deepcopy(node))
        elif kind == 2:
            rng.choice([other for other in nodes if node not in other.iterancestors()]).append(copy.deepcopy(node))
        elif kind == 3:
            node.tag = rng.choice(nodes).tag
        elif kind == 4:
            node.text = rng.choice(_TEXTS)
        elif node.attrib:
            name = rng.choice(list(node.attrib))
            if kind == 5:
                del node.attrib[name]
            else:
                node.attrib[name] = rng.choice(_TEXTS)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


_TEXTS = ("", " ", "0", "-1", "1e999", "9" * 30, "NaN", "true", "x" * 9000, "A. a\nB. b", "<p>&nbsp;</p>", "[[1]]", "%",
          "{1:SHORTANSWER:=a}", "../../etc/passwd", "http://127.0.0.1:9/x", "\u0301", "\u202e", "{", "$x", "Câu 1:")


def _bent(data: bytes, rng: random.Random, others: list[bytes]) -> bytes:
    """One to five wounds: bytes turned, cut out, doubled, put in; the end cut off; another file grafted on."""
    wounded = bytearray(data)
    for _ in range(rng.randint(1, 5)):
        at = rng.randrange(len(wounded) + 1)
        length = min(rng.choice((1, 1, 2, 4, 16, 200)), len(wounded) - at)
        kind = rng.randrange(7)
        if kind == 0 and length:
            wounded[at] = rng.randrange(256)
        elif kind == 1:
            del wounded[at:at + length]
        elif kind == 2:
            wounded[at:at] = wounded[at:at + length] * rng.choice((1, 2, 50))
        elif kind == 3:
            wounded[at:at] = rng.choice(_SIGNS)
        elif kind == 4 and rng.random() < 0.2:
            del wounded[at:]
        elif kind == 5:
            graft = rng.choice(others)
            start = rng.randrange(len(graft) + 1)
            wounded[at:at] = graft[start:start + 300]
        elif length > 1:
            wounded[at:at + length] = bytes(reversed(wounded[at:at + length]))
    return bytes(wounded)


_SIGNS = tuple(sign.encode() for sign in (
    "{", "}", "=", "~", "#", "[[1]]", "<p>", "</p>", "<", "&", "&amp;", "]]>", "<![CDATA[", "\0", "\ufeff", "\u0301",
    "\n\n", "\t", '"', "A. ", "ANSWER: Z", "Câu 7:", "%-33.3%", "->", "$$", "\\", "1e999", "9" * 400, "((((((((",
    "::x::", "<!--", "-->", "\u202e", "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16")))


def _scratched(data: bytes, rng: random.Random, _others: list[bytes]) -> bytes:
    """One to five numbers overwritten behind the header, nothing moved: what is chained stays so."""
    wounded = bytearray(data)
    for _ in range(rng.randint(1, 5)):
        number = rng.choice((rng.randrange(256), 0, 0xFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF))
        value = number.to_bytes(rng.choice((4, 2)) if number <= 0xFFFF else 4, "little")
        at = rng.randrange(512, len(wounded) - 4)
        wounded[at : at + len(value)] = value
    return bytes(wounded)


def _repacked(data: bytes, rng: random.Random, others: list[bytes]) -> bytes:
    """The package with one of its parts wounded, dropped or given twice."""
    with zipfile.ZipFile(BytesIO(data)) as package:
        parts = [(name, package.read(name)) for name in package.namelist()]
    victim = rng.randrange(len(parts))
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for number, (name, content) in enumerate(parts):
            if number == victim:
                if rng.random() < 0.05:
                    continue
                content = _wounded(content, rng, [content for _name, content in parts])
            package.writestr(name, content)
    return target.getvalue()


class Child:
    """A reader process that takes one file after the other; replaced where a file ends it."""

    def __init__(self) -> None:
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-m", "tests.fuzz", "--child"], cwd=ROOT, stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,  # traces of panics
                                env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"})

    def outcome(self, data: bytes, form: str = "") -> str:
        """"read", "refused <code>", or what went wrong: "raised …", "opened …", "died"."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps([form, len(data)]).encode() + b"\n" + data)
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            code = self.process.wait()
            self.close()
            self.process = self._start()
            return f"died {code}"
        return str(json.loads(line))

    def close(self) -> None:
        for stream in (self.process.stdin, self.process.stdout):
            if stream:
                stream.close()
        self.process.wait()


_OPENED: list[str] = []
_OUTSIDE = ("open", "socket.", "subprocess.", "os.exec", "os.fork", "os.link", "os.mkdir", "os.posix_spawn",
            "os.remove", "os.rename", "os.spawn", "os.symlink", "os.system")


def _heard(event: str, values: tuple[object, ...]) -> None:
    """Note what reaches out of the process; loading the program's own code does not."""
    if event.startswith(_OUTSIDE) and not str(values[0] if values else "").startswith((sys.prefix, sys.base_prefix)):
        _OPENED.append(f"{event} {values!r}"[:200])


def _serve() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # a file that takes too long ends the child
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    sys.addaudithook(_heard)
    while head := sys.stdin.buffer.readline():
        form, size = json.loads(head)
        data = sys.stdin.buffer.read(size)
        _OPENED.clear()
        signal.alarm(10 * WALL_SECONDS)  # for what waits; a busy machine is no fault of the file
        signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
        end = _tried(data, form)
        foreign = [what for what in _OPENED if str(ROOT) not in what] if sound(end) else []
        print(json.dumps(f"opened {foreign[0]}" if foreign else end), flush=True)


def _tried(data: bytes, form: str) -> str:
    """As production reads it: a table's questions one by one, a law by its own reader, both carried over the wire."""
    try:
        if form == "law":
            load_outline(dump_outline(read_law(data)))
        else:
            load(b"".join(read([("x", data)], NO_WISH)))
        return "read"
    except UnreadableFile as refusal:
        return f"refused {refusal.code}" if refusal.code in REFUSAL_CODES else f"raised unnamed {refusal.code}"
    except Exception as error:
        import traceback

        place = traceback.extract_tb(error.__traceback__)[-1]
        return f"raised {type(error).__name__}: {error} at {Path(place.filename).name}:{place.lineno}"[:300]


def sound(outcome: str) -> bool:
    """Whether a damaged file may end so."""
    return outcome == "read" or outcome.startswith("refused ")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000, help="files in all: each format gets its equal share")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--format", choices=FORMATS, help="this one alone, with all the files")
    parser.add_argument("--keep", type=Path, help="a folder for the files that ended badly")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        _serve()
        return
    forms = [asked.format] if asked.format else FORMATS
    child, bad = Child(), 0
    print(f"| seed {asked.seed} | files | read | refused | bad | seconds |\n|---|---|---|---|---|---|", flush=True)
    for form in forms:
        start, ends = time.monotonic(), Counter[str]()
        for number, data in enumerate(damaged(form, asked.count // len(forms), asked.seed)):
            end = child.outcome(data, form)
            ends[end] += 1
            if not sound(end) and asked.keep:
                (asked.keep / f"{form}-{asked.seed}-{number}").write_bytes(data)
        wrong = sum(count for end, count in ends.items() if not sound(end))
        refused = ends.total() - ends["read"] - wrong
        print(f"| {form} | {ends.total()} | {ends['read']} | {refused} | {wrong} | {time.monotonic() - start:.0f} |",
              flush=True)
        print(form, dict(ends.most_common()), file=sys.stderr, flush=True)
        bad += wrong
    child.close()
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
