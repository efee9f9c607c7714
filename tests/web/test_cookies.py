"""`web.cookies`: a cookie whose signature was right is known by its text for two minutes, and then forgotten."""

import pytest
from flask import Flask, session

from contest.memo import SECONDS
from contest.web.cookies import RememberingSessions


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


def test_a_cookie_is_known_while_it_is_used(site, watch):
    text, client = visitor(site, "An")
    assert site.session_interface.recall(text) == {"name": "An"}
    watch.seconds += SECONDS - 0.001
    assert site.session_interface.recall(text) is not None
    watch.seconds += SECONDS
    assert site.session_interface.recall(text) is None
    assert client.get("/").text == "An"  # checked again
    assert site.session_interface.recall(text) is not None


def test_a_cookie_that_was_tampered_with_is_nobodys_and_not_remembered(site, watch):
    text, client = visitor(site, "An")
    client.set_cookie("session", f"{text}x")
    assert client.get("/").text == "nobody"
    assert site.session_interface.recall(f"{text}x") is None


def test_another_key_forgets_everybody(site, watch):
    text, client = visitor(site, "An")
    site.secret_key = "another key"
    assert client.get("/").text == "nobody"
    assert site.session_interface.recall(text) is None
