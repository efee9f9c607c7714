"""`web.cookies`: a cookie whose signature was right is known by its text for a minute, and then forgotten."""

import pytest
from flask import Flask, session

from contest.web import cookies
from contest.web.cookies import REMEMBERED_S, RememberingSessions


class Watch:
    """A monotonic clock that stands still until it is told to move."""

    def __init__(self):
        self.seconds = 1_000.0

    def monotonic(self):
        return self.seconds


@pytest.fixture
def watch(monkeypatch):
    watch = Watch()
    monkeypatch.setattr(cookies, "time", watch)
    return watch


@pytest.fixture
def site():
    """An application of two pages: one signs its visitor in by a name, the other tells it."""
    site = Flask("site")
    site.secret_key = "a key for tests only"
    site.session_interface = RememberingSessions()

    @site.get("/enter/<name>")
    def enter(name):
        session["name"] = name
        return ""

    @site.get("/")
    def who():
        return session.get("name", "nobody")

    return site


def visitor(site, name):
    client = site.test_client()
    client.get(f"/enter/{name}")
    text = client.get_cookie("session").value
    assert client.get("/").text == name
    return text, client


def test_a_cookie_is_known_for_a_minute(site, watch):
    text, client = visitor(site, "An")
    assert site.session_interface.recall(text) == {"name": "An"}
    watch.seconds += REMEMBERED_S - 0.001
    assert site.session_interface.recall(text) is not None
    watch.seconds += 0.001
    assert site.session_interface.recall(text) is None
    assert client.get("/").text == "An"  # checked again
    assert site.session_interface.recall(text) is not None


def test_a_cookie_that_was_tampered_with_is_nobodys_and_not_remembered(site, watch):
    text, client = visitor(site, "An")
    client.set_cookie("session", f"{text}x")
    assert client.get("/").text == "nobody"
    assert site.session_interface.recall(f"{text}x") is None


def test_whose_time_is_over_leaves_when_somebody_comes(site, watch):
    first, _client = visitor(site, "An")
    watch.seconds += REMEMBERED_S * 2 / 3
    second, _client = visitor(site, "Bình")
    watch.seconds += REMEMBERED_S / 3
    third, _client = visitor(site, "Chi")
    assert list(site.session_interface._known) == [second, third]
    assert first not in site.session_interface._known


def test_no_more_are_held_than_there_is_room_for(site, watch, monkeypatch):
    monkeypatch.setattr(cookies, "REMEMBERED_MOST", 3)
    texts = [visitor(site, name)[0] for name in ("An", "Bình", "Chi", "Dung")]
    assert list(site.session_interface._known) == texts[1:]


def test_another_key_forgets_everybody(site, watch):
    text, client = visitor(site, "An")
    site.secret_key = "another key"
    assert client.get("/").text == "nobody"
    assert site.session_interface.recall(text) is None
