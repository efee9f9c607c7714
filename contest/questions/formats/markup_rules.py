"""The parser of the markup: markdown-it with the few rules that a question needs, and four of ours. Pure."""

from __future__ import annotations

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter
from markdown_it.token import Token

from contest.questions.formats.markup_signs import MATHS, PICTURE, SMALL, uncover

MAX_CHARS = 40_000
MAX_COLUMNS = 30
_DEPTH = 60  # lists count twice


def parse(text: str) -> list[Token]:
    """Return the tokens of a markup text of at most `MAX_CHARS`."""
    return _PARSER.parse(text)


def _picture(state: StateInline, silent: bool) -> bool:
    found = PICTURE.match(state.src, state.pos) if state.src[state.pos] == "!" else None
    if found is None:
        return False
    if not silent:
        token = state.push("picture", "", 0)
        token.content = uncover(found["alt"])
        token.meta = {"name": found["name"], "width": int(found["width"] or 0), "height": int(found["height"] or 0)}
    state.pos = found.end()
    return True


def _maths(state: StateInline, silent: bool) -> bool:
    found = MATHS.match(state.src, state.pos) if state.src[state.pos] == "$" else None
    if found is None:
        return False
    if not silent:
        state.push("maths", "", 0).content = found[1]
    state.pos = found.end()
    return True


def _small(state: StateInline, silent: bool) -> bool:
    found = SMALL.match(state.src, state.pos) if state.src[state.pos] in "^~" else None
    if found is None:
        return False
    if not silent:
        token = state.push("small", "", 0)
        token.markup, token.content = found[1], uncover(found[2])
    state.pos = found.end()
    return True


def _stars(state: StateInline, silent: bool) -> bool:
    """Take a run of stars for emphasis: it opens before what is no space and closes after it.

    CommonMark also asks for punctuation, and shows the stars of "**Câu 1:**Nội dung".
    """
    start, source = state.pos, state.src
    if silent or source[start] != "*":
        return False
    end = start
    while end < state.posMax and source[end] == "*":
        end += 1
    opens = end < state.posMax and not source[end].isspace()
    closes = start > 0 and not source[start - 1].isspace()
    for _star in range(end - start):
        token = state.push("text", "", 0)
        token.content = "*"
        state.delimiters.append(Delimiter(marker=ord("*"), length=end - start, token=len(state.tokens) - 1, end=-1,
                                          open=opens, close=closes))
    state.pos = end
    return True


def _make() -> MarkdownIt:
    parser = MarkdownIt("zero", {"html": False, "breaks": True, "maxNesting": _DEPTH})
    parser.enable(["list", "table", "newline", "escape", "emphasis"])
    parser.inline.ruler.at("emphasis", _stars)
    for name, rule in (("picture", _picture), ("maths", _maths), ("small", _small)):
        parser.inline.ruler.before("emphasis", name, rule)
    return parser


_PARSER = _make()
