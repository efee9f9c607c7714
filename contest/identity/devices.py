"""Known devices, kept by the devices themselves.

A browser carries a random id and, for each login it has signed in to, a mark that only this server
can make from both. A mark proves "this browser has signed in to this login before" without a table;
a mark of one browser or login is worth nothing for another. Pure.

Source: OWASP, "Slow Down Online Guessing Attacks with Device Cookies".
"""

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

KEPT = 12  # logins remembered per browser: the PC of a whole office keeps its latest twelve
# Short, as the cookie goes up with every answer: 128 bits of an id, and 48 of a mark, which nobody can try out
# without signing in once for each trial.
MARK_BYTES = 6
_COOKIE = re.compile(rf"[A-Za-z0-9_-]{{22}}(\.[A-Za-z0-9_-]{{8}}){{0,{KEPT}}}")


@dataclass(frozen=True)
class Device:
    """A browser: 22 random signs, and its marks, the latest first; `new`: it has not been told its id yet."""

    id: str
    marks: tuple[str, ...] = ()
    new: bool = False


def read(cookie: str | None) -> Device | None:
    """The device that a cookie names, or None where there is none or it has another shape."""
    if not cookie or not _COOKIE.fullmatch(cookie):
        return None
    name, *marks = cookie.split(".")
    return Device(name, tuple(marks))


def write(device: Device) -> str:
    """The cookie's value, at most 130 characters."""
    return ".".join([device.id, *device.marks])


def knows(device: Device | None, login: str, key: str) -> bool:
    """Whether this browser has signed in to `login` before. `key` is the server's secret."""
    if device is None:
        return False
    mark = _mark(device.id, login, key)
    return any(hmac.compare_digest(mark, held) for held in device.marks)


def new_device() -> Device:
    """A browser that says nothing of itself, with a fresh id."""
    return Device(secrets.token_urlsafe(16), new=True)


def remember(device: Device | None, login: str, key: str) -> Device:
    """The same browser (a new one where `device` is None) with `login` as its latest mark."""
    browser = device or new_device()
    mark = _mark(browser.id, login, key)
    others = [held for held in browser.marks if held != mark]
    return Device(browser.id, (mark, *others[: KEPT - 1]))


def _mark(device_id: str, login: str, key: str) -> str:
    message = f"device|{device_id}|{login}".encode()
    digest = hmac.new(key.encode(), message, hashlib.sha256).digest()[:MARK_BYTES]
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
