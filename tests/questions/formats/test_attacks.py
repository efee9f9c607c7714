"""Hostile files through the gate as they are uploaded: each ends in a sentence, and we are unmoved."""

import resource
import socket
import threading
from pathlib import Path

import pytest

from contest.questions.formats import gate
from contest.questions.formats.drafts import MAX_BYTES, UnreadableFile
from contest.questions.problem_words import REFUSALS
from tests.questions.formats.attacks import ATTACKS

GROWTH_KB = 50 * 1024


def outcome(data: bytes) -> str:
    try:
        gate.read_bank(data, "tep")
    except UnreadableFile as refusal:
        return refusal.code if refusal.code in REFUSALS else f"{refusal.code} without a sentence"
    return "read"


def test_there_are_enough_of_them():
    assert len(ATTACKS) >= 40


@pytest.mark.parametrize("name", ATTACKS)
def test_a_hostile_file_ends_in_a_sentence(name, tmp_path, monkeypatch):
    """Within the gate's own 30 s: what takes longer is refused as too heavy, which few of them may be."""
    make, expected = ATTACKS[name]
    data = make()
    assert len(data) <= MAX_BYTES  # else the gate's first rule answers, not the reader
    monkeypatch.chdir(tmp_path)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert outcome(data) in expected
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < GROWTH_KB + 3 * len(data) // 1024
    assert list(tmp_path.iterdir()) == []
    assert not Path("/tmp/evil.xml").exists()  # noqa: S108 -- where an attack above would write


def test_nothing_outside_is_asked():
    """Attacks that name an address of this machine: a listener there hears nothing."""
    heard = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        listener.settimeout(0.2)
        stop = threading.Event()

        def listen():
            while not stop.is_set():
                try:
                    heard.append(listener.accept()[0])
                except TimeoutError:
                    continue

        thread = threading.Thread(target=listen)
        thread.start()
        for name, (make, _expected) in ATTACKS.items():
            data = make() if len(name) < 60 and any(word in name for word in ("elsewhere", "DTD", "parameter")) else b""
            if b"127.0.0.1:9" in data:
                outcome(data.replace(b"127.0.0.1:9", f"127.0.0.1:{port}".encode()))
        with socket.create_connection(("127.0.0.1", port)):  # the control: it would have heard
            pass
        stop.set()
        thread.join()
    assert len(heard) == 1
    heard[0].close()
