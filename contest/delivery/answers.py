"""What an answer is, as it is sent and as it is stored, and what an item of a paper takes. Pure.

Four kinds: option tokens (a list), what was put into each part (a map), a text, and None for an
answer that was cleared.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

Choice = tuple[str, ...] | Mapping[str, str] | str

# Of what answers an item takes; `paper.SHAPE_OF` tells that of each type of question.
SHAPES = ("one", "many", "pairs", "text", "essay")
TEXT_MOST = 500  # characters of a short text, a number or a gap
ESSAY_MOST = 20_000
TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")  # neither database takes all of them


class Unfit(ValueError):
    """An answer that no item takes; the message is its code."""


def tidy(sent: Mapping[str, str] | Sequence[str] | str | None) -> Choice | None:
    """The answer as it counts: tokens sorted and once, texts in NFC, empty parts left out.

    Nothing at all is None. Line breaks stay; other control characters become spaces. Raises `Unfit`:
    `unknown_option` for what can't be a token, `answer_too_long`.
    """
    if not sent:
        return None
    if isinstance(sent, str):
        return _text(sent, ESSAY_MOST) or None
    if not all(map(TOKEN.fullmatch, sent)):
        raise Unfit("unknown_option")
    if not isinstance(sent, Mapping):
        return tuple(sorted(set(sent)))
    parts = {part: _text(sent[part], TEXT_MOST).replace("\n", " ") for part in sorted(sent)}
    return {part: value for part, value in parts.items() if value} or None


def same(sent: Mapping[str, str] | Sequence[str] | str | None, choice: Choice | None) -> bool:
    """True where what was sent is this answer; False for what no item takes."""
    try:
        return tidy(sent) == choice
    except Unfit:
        return False


def stored(choice: Choice | None) -> str | None:
    """How `Response.choice` holds a tidy answer: JSON, the same text for the same answer."""
    return None if choice is None else json.dumps(choice, ensure_ascii=False, separators=(",", ":"))


def read(text: str | None) -> Choice | None:
    """The answer that `stored` wrote."""
    if text is None:
        return None
    found: Choice = _tokens(text) if text.startswith("[") else json.loads(text)
    return found


@lru_cache(8_192)
def _tokens(text: str) -> tuple[str, ...]:
    """Option tokens: a scorer reads the same few of a question in one paper after the other."""
    return tuple(json.loads(text))


def fits(choice: Choice | None) -> str:
    """The shapes of the items that may take this answer, as far as the answer itself tells."""
    if choice is None:
        return "one many pairs text essay"
    if isinstance(choice, str):
        return "text essay" if len(choice) <= TEXT_MOST else "essay"
    if isinstance(choice, Mapping):
        return "pairs"
    return "one many" if len(choice) == 1 else "many"


def offer(options: Iterable[str], parts: Iterable[tuple[str, str, Sequence[str]]] = ()) -> str:
    """What an item takes, as `PaperItem.options` holds it: entries with a space at both ends of each.

    `parts` are (token, kind, its own option tokens) in the order shown. "o" is an option, "+p" a part
    that takes one of the options, "g:o" an option of the gap g, "=g" a gap that takes any text.
    """
    entries: list[str] = []
    for part, kind, own in parts:
        if kind == "choice":
            entries.extend(f"{part}:{option}" for option in own)
        else:
            entries.append(("+" if kind == "option" else "=") + part)
    return " ".join(["", *entries, *options, ""])


def order(offered: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The option tokens and the part tokens of an `offer`, in the order shown."""
    options: list[str] = []
    parts: dict[str, None] = {}
    for entry in offered.split():
        if entry[0] in "+=":
            parts[entry[1:]] = None
        elif ":" in entry:
            parts[entry.partition(":")[0]] = None
        else:
            options.append(entry)
    return tuple(options), tuple(parts)


def why_not(shape: str, offered: str, choice: Choice | None) -> str:
    """The code of what turns a tidy answer down at this item; "" where the item takes it."""
    entries = set(offered.split())
    if choice is None:
        return ""
    if isinstance(choice, str):
        return "" if shape in fits(choice) else "answer_too_long" if shape == "text" else "wrong_shape"
    if isinstance(choice, Mapping):
        if shape != "pairs":
            return "wrong_shape"
        return "" if all(_taken(entries, part, value) for part, value in choice.items()) else "unknown_option"
    if shape not in ("one", "many"):
        return "wrong_shape"
    if not set(choice) <= entries:
        return "unknown_option"
    return "" if shape in fits(choice) else "too_many_options"


def _taken(entries: set[str], part: str, value: str) -> bool:
    if f"={part}" in entries or f"{part}:{value}" in entries:
        return True
    return f"+{part}" in entries and value in entries and not value.startswith("+")


def _text(sent: str, most: int) -> str:
    """Raises `Unfit` where more than `most` characters remain."""
    text = _CONTROL.sub(" ", sent.replace("\r\n", "\n").replace("\r", "\n")) if not sent.isprintable() else sent
    text = unicodedata.normalize("NFC", text.rstrip())
    if len(text) > most:
        raise Unfit("answer_too_long")
    return text
