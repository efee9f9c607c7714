"""Hostile files through the gate as they are uploaded: each ends in a sentence, and we are unmoved."""

import ctypes
import os
import re
import socket
import subprocess
from pathlib import Path

import pytest

from contest import sandbox
from contest.questions.formats import gate
from contest.questions.formats.drafts import MAX_BYTES, UnreadableFile
from contest.questions.problem_words import REFUSALS
from tests import fuzz
from tests.questions.formats.attacks import ATTACKS, from_outside
from tests.questions.formats.xml_attacks import carriers, xml_attacks

GROWTH_KB = 50 * 1024


def outcome(data: bytes) -> str:
    try:
        gate.read_bank(data, "tep")
    except UnreadableFile as refusal:
        return refusal.code if refusal.code in REFUSALS else f"{refusal.code} without a sentence"
    return "read"


def kilobytes(what: str) -> int:
    """A line of what the kernel says of this process's memory."""
    found = re.search(rf"^{what}:\s+(\d+) kB$", Path("/proc/self/status").read_text("ascii"), re.MULTILINE)
    assert found
    return int(found[1])


def peak_begins() -> int:
    """Let the high-water mark begin anew, at what is used now; this in kilobytes."""
    Path("/proc/self/clear_refs").write_text("5", "ascii")
    return kilobytes("VmRSS")


def test_a_peak_is_seen_again_after_a_higher_one():
    """The control: a mark that only ever rises would say nothing of a second file."""
    for size in (120, 60):
        before = peak_begins()
        bytearray(b"x") * (size << 20)
        assert (size << 10) * 0.9 < kilobytes("VmHWM") - before < (size << 10) * 1.2


def test_there_are_enough_of_them():
    assert len(ATTACKS) >= 40


@pytest.mark.parametrize("name", ATTACKS)
def test_a_hostile_file_ends_in_a_sentence(name, tmp_path, monkeypatch):
    """Within the gate's own 30 s: what takes longer is refused as too heavy, which few of them may be."""
    make, expected = ATTACKS[name]
    data = make()
    assert len(data) <= MAX_BYTES  # else the gate's first rule answers, not the reader
    monkeypatch.chdir(tmp_path)
    before = peak_begins()
    assert outcome(data) in expected
    assert kilobytes("VmHWM") - before < GROWTH_KB + 3 * len(data) // 1024
    assert list(tmp_path.iterdir()) == []
    assert not Path("/tmp/evil.xml").exists()  # noqa: S108 -- where an attack above would write


def audited(monkeypatch) -> list[str]:
    """From here on what children open or ask for, told by a hook of their own."""
    heard, run = [], subprocess.run

    def watched(arguments, **options):
        command = [arguments[0], "-B", *arguments[1:-1], "tests.questions.formats.audited_child"]
        done = run(command, **{**options, "stderr": subprocess.PIPE})
        heard.extend(done.stderr.decode().splitlines())
        return done

    monkeypatch.setattr(sandbox.subprocess, "run", watched)
    return heard


def test_nothing_outside_is_asked(monkeypatch, tmp_path):
    """A listener hears nothing, a file is not opened: not by Python (the hook), not below it (the kernel's notices)."""
    canary = tmp_path / "secret.txt"
    canary.write_text("bí mật", "utf8")
    events, tried = audited(monkeypatch), set()
    with socket.create_server(("127.0.0.1", 0)) as listener, Notices(canary) as notices:
        listener.setblocking(False)
        attacks = from_outside(f"http://127.0.0.1:{listener.getsockname()[1]}", str(canary))
        for name, (make, expected) in attacks.items():
            assert outcome(make()) in expected, name
            tried.add(name)
        with pytest.raises(BlockingIOError):
            listener.accept()
        assert notices.heard() == b""
        with socket.create_connection(listener.getsockname()):  # the controls: they would have heard
            listener.accept()[0].close()
        canary.read_text("utf8")
        assert notices.heard()
    assert tried == {name for name in ATTACKS if name in attacks}
    assert len(tried) == 14
    assert events == []


def test_the_hook_hears_what_is_opened(monkeypatch):
    """The control."""
    events = audited(monkeypatch)
    run = sandbox.subprocess.run
    monkeypatch.setattr(sandbox.subprocess, "run", lambda arguments, **options: run(
        arguments, **{**options, "env": {**options["env"], "CONTROL": "/etc/hostname"}}))
    outcome(b"Noi dung,A,B,Dap an\nx,a,b,A\n")
    assert [event for event in events if "/etc/hostname" in event]
    assert [event for event in events if event.startswith("socket.")]


@pytest.mark.parametrize("carrier", [name for name, _put in carriers()])
def test_no_xml_reaches_out_or_ends_its_reader(carrier, tmp_path):
    """Each attack in each part: read without it or refused, by one process that lives through them all."""
    canary = tmp_path / "secret.txt"
    canary.write_text("MẬT-1-2-3", "utf8")
    put, child = dict(carriers())[carrier], fuzz.Child()
    with socket.create_server(("127.0.0.1", 0)) as listener, Notices(canary) as notices:
        listener.setblocking(False)
        attacks = xml_attacks(f"http://127.0.0.1:{listener.getsockname()[1]}", str(canary))
        ends = {name: child.outcome(put(attack)) for name, attack in attacks.items()}
        child.close()
        with pytest.raises(BlockingIOError):
            listener.accept()
        assert notices.heard() == b""
    assert {name: end for name, end in ends.items() if not fuzz.sound(end)} == {}
    assert len(attacks) >= 25
    assert "read" in ends.values()  # what is harmless there is read, so the carrier is sound
    if carrier == "qti package, manifest":
        return  # one that can't be trusted is left aside, and the items are found without it
    dangerous = {name for name in attacks if "entit" in name or "laughs" in name or "blow-up" in name}
    assert {name for name in dangerous if ends[name] == "read"} == set()


class Notices:
    """The kernel's notices of a file that is opened, by whoever it is."""

    OPEN = 0x20

    def __init__(self, path: Path) -> None:
        self.path, self.c = path, ctypes.CDLL(None, use_errno=True)

    def __enter__(self) -> "Notices":
        self.handle = self.c.inotify_init1(os.O_NONBLOCK)
        assert self.c.inotify_add_watch(self.handle, os.fsencode(self.path), self.OPEN) >= 0
        return self

    def heard(self) -> bytes:
        try:
            return os.read(self.handle, 4096)
        except BlockingIOError:
            return b""

    def __exit__(self, *_error: object) -> None:
        os.close(self.handle)
