"""A code that proves what was saved: the same for the same answers, another for any change. Pure."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable
from datetime import datetime

from contest.delivery.answers import Choice, stored

SIGNS = 16  # of base 32: 80 bits


def proof(attempt_id: str, answers: Iterable[tuple[int, Choice | None, datetime | None]], key: str) -> str:
    """"K7QM-3F8T-W2XY-ABCD" for the answers that count: (slot, answer, when it was saved), in any order.

    `key` is the server's secret: nobody else can make the code of answers that were not saved.
    """
    rows = sorted((slot, stored(choice), round(at.timestamp() * 1000))
                  for slot, choice, at in answers if choice is not None and at)
    text = json.dumps([attempt_id, rows], ensure_ascii=False, separators=(",", ":"))
    digest = hmac.new(key.encode(), f"proof|{text}".encode(), hashlib.sha256).digest()
    code = base64.b32encode(digest)[:SIGNS].decode()
    return "-".join(code[i:i + 4] for i in range(0, SIGNS, 4))
