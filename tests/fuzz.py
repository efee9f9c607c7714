"""Damaged files of every format through the readers, in a child process with the gate's limits.

Each file must end in a reading or in a refusal that has a sentence: nothing else, and in time.
`python -m tests.fuzz --count 100000` tries many and prints what they ended in; the suite tries 500
of each format.
"""

import argparse
import copy
import json
import random
import resource
import signal
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from lxml import etree

from contest.questions.content import to_draft
from contest.questions.formats.drafts import REFUSAL_CODES, Draft, UnreadableFile
from contest.questions.formats.gate import CPU_SECONDS, MEMORY_BYTES, WALL_SECONDS
from contest.questions.formats.whole import read_files
from contest.questions.formats.wire import dump_reading, load
from contest.questions.formats.writing import write
from tests.questions.every_type import EVERY

ROOT = Path(__file__).parents[1]
FOLDERS = {"gift": "gift", "aiken": "aiken", "moodle-xml": "moodle", "qti-xml": "qti", "text": "text", "csv": "csv"}
PACKED = {"xlsx": "xlsx", "docx": "docx", "qti-package": "qti"}
FORMATS = (*FOLDERS, *PACKED)


def seeds(form: str) -> list[bytes]:
    """Sound files of a format, of which the damaged ones are made."""
    if form in FOLDERS:
        folder = ROOT / "tests" / "corpus" / FOLDERS[form]
        found = [path.read_bytes() for path in sorted(folder.glob("*")) if path.is_file() and path.suffix != ".json"]
        return found or [b"x"]
    drafts: list[Draft] = [to_draft(content, row=row, code=f"C-{row}") for row, content in enumerate(EVERY, 1)]
    return [write(PACKED[form], drafts).data]


def damaged(form: str, count: int, seed: int) -> Iterator[bytes]:
    """`count` damaged files, the same for the same seed."""
    rng = random.Random(f"{form}/{seed}")
    sound = seeds(form)
    for _ in range(count):
        data = rng.choice(sound)
        yield _repacked(data, rng, sound) if form in PACKED and rng.random() < 0.8 else _wounded(data, rng, sound)


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
                                stdout=subprocess.PIPE)

    def outcome(self, data: bytes) -> str:
        """"read", "refused <code>", or what went wrong: "raised …", "died"."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(b"%d\n" % len(data) + data)
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


def _serve() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # a file that takes too long ends the child
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    while size := sys.stdin.buffer.readline():
        data = sys.stdin.buffer.read(int(size))
        signal.alarm(10 * WALL_SECONDS)  # for what waits; a busy machine is no fault of the file
        signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
        print(json.dumps(_tried(data)), flush=True)


def _tried(data: bytes) -> str:
    try:
        reading = read_files([("x", data)])
        load(dump_reading(reading))
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
    parser.add_argument("--count", type=int, default=100_000, help="files in all, shared among the formats")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--format", choices=FORMATS)
    parser.add_argument("--keep", type=Path, help="a folder for the files that ended badly")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        _serve()
        return
    forms = [asked.format] if asked.format else FORMATS
    child, bad = Child(), 0
    for form in forms:
        ends: Counter[str] = Counter()
        for number, data in enumerate(damaged(form, asked.count // len(forms), asked.seed)):
            end = child.outcome(data)
            ends[end] += 1
            if not sound(end):
                bad += 1
                if asked.keep:
                    (asked.keep / f"{form}-{asked.seed}-{number}").write_bytes(data)
        print(form, dict(ends.most_common()), flush=True)
    child.close()
    print(f"{bad} ended badly")
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
