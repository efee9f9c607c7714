"""GIFT, Moodle's text format for questions, read. Pure.

The grammar is that of Moodle's own importer, https://docs.moodle.org/en/GIFT_format. Where that one
fails or goes on in silence (a brace without its pair, an empty line between options, questions
without one, HTML attributes with "="), this one reads on, or names the line.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from contest.questions.formats.checks import complete
from contest.questions.formats.delimited import decode
from contest.questions.formats.drafts import (
    MAX_ROWS,
    MAX_TEXT_CHARS,
    Draft,
    Media,
    Problem,
    Reading,
    UnreadableFile,
)
from contest.questions.formats.gift_answers import Section, section
from contest.questions.formats.gift_blocks import Block, blocks
from contest.questions.formats.gift_question import MAX_CODE_CHARS, Question
from contest.questions.formats.gift_text import cover, reveal, shown

BLANK = "_____"

_SLASH = re.compile(r"//|/")
_FORGOTTEN = re.compile(r"^[ \t]*[~=]", re.MULTILINE)
_GIFT = re.compile(r"^[ \t]{0,20}(?:::[^\n]{0,500}::|\$CATEGORY:)", re.MULTILINE)
_ANSWERS = re.compile(r"\{\s{0,50}(?:\}|[=~#>]|(?:T|F|TRUE|FALSE)\s{0,50}[#}])")


def looks_like_gift(text: str) -> bool:
    """True where the text has GIFT's titles, categories or answers between braces."""
    head = cover(text[:200_000])
    return _ANSWERS.search(head) is not None or (_GIFT.search(head) is not None and "{" in head)


def read_gift(data: bytes) -> Reading:
    """Return the questions of a GIFT file; a draft's row is the line where it starts.

    Raises UnreadableFile: empty_file, not_text, no_questions, too_much_text, too_heavy.
    """
    text, problems = _text(data)
    return _Reader(problems).read(blocks(text))


def _text(data: bytes) -> tuple[str, list[Problem]]:
    if not data.strip():
        raise UnreadableFile("empty_file")
    try:
        text, guessed = decode(data)
    except UnreadableFile as refused:
        raise UnreadableFile("not_text") from refused
    if len(text) > MAX_TEXT_CHARS:
        raise UnreadableFile("too_much_text")
    problems = [Problem("warning", "encoding_guessed", "", None, {"encoding": guessed})] if guessed else []
    return text.replace("\r\n", "\n").replace("\r", "\n"), problems


def topic_of(path: str) -> str | None:
    """Return the last part of a category's path: "$course$/top/Luật/Đấu thầu" is "Đấu thầu".

    "//" is a slash inside a name. None for the top itself.
    """
    parts = [""]
    end = 0
    for found in _SLASH.finditer(path):
        parts[-1] += path[end : found.start()]
        if found[0] == "//":
            parts[-1] += "/"
        else:
            parts.append("")
        end = found.end()
    parts[-1] += path[end:]
    names = [" ".join(reveal(part).split()) for part in parts]
    names = [name for name in names if name]
    if names and re.fullmatch(r"\$\w{1,40}\$", names[0]):
        del names[0]
    if names and names[0] == "top":
        del names[0]
    return names[-1] if names else None


class _Reader:
    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        self.drafts: list[Draft] = []
        self.media: dict[str, Media] = {}
        self.kinds: Counter[str] = Counter()
        self.first: dict[str, str] = {}
        self.topic: str | None = None
        self.titles: list[str] = []

    def read(self, found: Sequence[Block]) -> Reading:
        for block in found:
            if block.category is not None:
                self.topic = topic_of(block.category)
            else:
                self._question(block)
        if not self.drafts and not self.problems:
            raise UnreadableFile("no_questions")
        if self.titles:
            self._note("titles_dropped", self.titles[0], found=len(self.titles))
        for kind, cells in self.kinds.items():
            self._note("text_repaired", self.first[kind], cells=cells, kind=kind)
        return Reading("gift", tuple(self.drafts), tuple(self.problems), media=tuple(self.media.values()))

    def _note(self, code: str, place: str, **params: str | int) -> None:
        self.problems.append(Problem("warning", code, place, None, params))

    def _question(self, block: Block) -> None:
        if len(self.drafts) >= MAX_ROWS:
            raise UnreadableFile("too_heavy")
        question = Question(block, self.topic)
        start, unclosed = self._title(question, block)
        opening, closing = block.text.find("{", start), block.text.find("}", start)
        if opening < 0 and closing < 0 and not _FORGOTTEN.search(block.text):
            self._note("item_unsupported", question.place, value="description")
            return
        if unclosed:
            question.warn("format_error", 0, value="::")
        if block.glued:
            question.warn("glued_question", 0)
        fault = self._fault(block.text, opening, closing)
        if fault:
            question.refuse(fault[0], fault[1], value=fault[2])
            question.stem(block.text[start : opening if opening >= 0 else None])
            self._take(question, question.unread())  # that it lacks options and a key is no news
            return
        after = block.text[closing + 1 :]
        if after.lstrip().startswith("//"):  # a comment that nobody put on a line of its own
            after = after.lstrip().partition("\n")[2]
        question.stem(block.text[start:opening] + (BLANK + after if after.strip() else ""))
        found: Section = section(block.text[opening + 1 : closing], opening + 1)
        self._take(question, complete(question.read(found)))

    def _title(self, question: Question, block: Block) -> tuple[int, bool]:
        """Return where the stem starts, and whether a title begins that never ends."""
        if not block.text.startswith("::"):
            return 0, False
        end, brace = block.text.find("::", 2), block.text.find("{")
        if end < 0 or 0 <= brace < end:
            return 2, True
        title = " ".join(reveal(block.text[2:end]).split())
        if question.code is None and 0 < len(title) <= MAX_CODE_CHARS:
            question.code = title
        elif title and title != question.code:
            self.titles.append(question.place)
        return end + 2, False

    @staticmethod
    def _fault(text: str, opening: int, closing: int) -> tuple[str, int, str] | None:
        """What is wrong with the braces: a code, its place and its sign."""
        if opening < 0 and closing < 0:
            return "answers_unbraced", 0, ""
        if closing < 0:
            return "tag_unbalanced", opening, "{"
        if opening < 0 or closing < opening:
            return "tag_unbalanced", closing, "}"
        nested = text.find("{", opening + 1, closing)
        if nested >= 0:
            return "tag_unbalanced", nested, "{"
        more = text.find("{", closing + 1)
        if more >= 0:
            return "second_answers", more, shown(text[more:])
        more = text.find("}", closing + 1)
        return ("tag_unbalanced", more, "}") if more >= 0 else None

    def _take(self, question: Question, draft: Draft) -> None:
        for kind, cells in question.texts.kinds.items():
            self.kinds[kind] += cells
            self.first.setdefault(kind, question.place)
        self.media.update(question.texts.media)
        self.drafts.append(draft)
