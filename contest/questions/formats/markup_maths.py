"""Formulas: LaTeX to MathML for the page, MathML to LaTeX for the bank. Pure.

latex2mathml loads where the first formula is met: it takes longer than all else that a file needs.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from lxml import etree

MAX_CHARS = 2_000
TEX = "application/x-tex"
_UNKNOWN = re.compile(r"\\[A-Za-z]")
_NAMESPACE = "{http://www.w3.org/1998/Math/MathML}"
_SAFE_XML = etree.XMLParser(resolve_entities=False, no_network=True)

_NO_TEXT = re.compile(r"[\\%#&_{}$^~]")  # what \text{} can't hold
_SIGNS = str.maketrans({
    **{sign: f"\\{sign}" for sign in "%#&_{}$"},
    "\\": r"\backslash ", "~": r"\sim ", "^": r"\wedge ", "−": "-", "\u00a0": r"\ ",
    **dict.fromkeys("\u2061\u2062\u2063\u2064", ""),  # application, times, comma, plus: all invisible
})
_FUNCTIONS = frozenset({"arccos", "arcsin", "arctan", "arg", "cos", "cosh", "cot", "coth", "csc", "deg", "det", "dim",
                        "exp", "gcd", "inf", "ker", "lg", "lim", "ln", "log", "max", "min", "sec", "sin", "sinh", "sup",
                        "tan", "tanh"})
_OVER = {"¯": "overline", "‾": "overline", "―": "overline", "_": "underline", "^": "hat", "ˆ": "hat", "~": "tilde",
         "˜": "tilde", "→": "vec", "⃗": "vec", "˙": "dot", "¨": "ddot", "⏞": "overbrace", "⏟": "underbrace"}
_ROWS = frozenset({"math", "mrow", "mstyle", "mpadded"})


@lru_cache(maxsize=1024)
def to_mathml(latex: str) -> str | None:
    r"""Return the <math> element of a formula, its LaTeX beside it; None where it is no LaTeX we know.

    Not sanitised: `markup.clean` does that for the whole text.
    """
    from latex2mathml.converter import convert

    if len(latex) > MAX_CHARS:
        return None
    try:
        drawn = etree.fromstring(convert(latex), _SAFE_XML)
    except Exception:  # a converter of strangers' text fails in ways that it does not name
        return None
    if any(_UNKNOWN.search(node.text or "") for node in drawn.iter(f"{_NAMESPACE}mi")):
        return None
    semantics = etree.Element(f"{_NAMESPACE}semantics", nsmap={None: _NAMESPACE[1:-1]})  # type: ignore[dict-item]
    semantics.extend(list(drawn))
    note = etree.SubElement(semantics, f"{_NAMESPACE}annotation", encoding=TEX)
    note.text = latex
    drawn.append(semantics)
    return etree.tostring(drawn, encoding="unicode")


class NoLatex(Exception):
    """The MathML holds an element that has no LaTeX here."""


def to_latex(maths: etree._Element) -> str | None:
    """Return the LaTeX of a <math> element as an HTML parser gives it; None where it can't be had."""
    for node in maths.iter():
        if _name(node) == "annotation" and node.get("encoding") in (TEX, "TeX", "LaTeX"):
            return " ".join((node.text or "").split()) or None
    try:
        latex = " ".join(_latex(maths).split())
    except NoLatex:
        return None
    return latex if latex and to_mathml(latex) else None


def _name(node: etree._Element) -> str:
    return node.tag.rpartition(":")[2].rpartition("}")[2].lower() if isinstance(node.tag, str) else ""


def _text(node: etree._Element) -> str:
    return "".join(map(str, node.itertext()))


def _children(node: etree._Element) -> list[etree._Element]:
    return [child for child in node if isinstance(child.tag, str)]


def _latex(node: etree._Element) -> str:
    name = _name(node)
    if name in _LEAVES:
        return _LEAVES[name](_text(node))
    children = _children(node)
    if name == "semantics":
        return _latex(children[0]) if children else ""
    if name in _ROWS:
        return _row(children)
    if name == "msqrt":
        return rf"\sqrt{{{_row(children)}}}"
    if name == "mfenced":
        comma = node.get("separators", ",")[:1]
        return node.get("open", "(") + comma.join(map(_latex, children)) + node.get("close", ")")
    if name == "mtable":
        return r"\begin{matrix}" + r" \\ ".join(map(_latex, children)) + r"\end{matrix}"
    if name == "mtr":
        return " & ".join(_row(_children(cell)) for cell in children)
    return _of_parts(name, children)


def _row(children: list[etree._Element]) -> str:
    return " ".join(filter(None, map(_latex, children)))


def _of_parts(name: str, children: list[etree._Element]) -> str:
    """The elements whose children each have their place."""
    wanted = {"mfrac": 2, "mroot": 2, "msup": 2, "msub": 2, "mover": 2, "munder": 2, "msubsup": 3, "munderover": 3}
    if wanted.get(name) != len(children):
        raise NoLatex(name)
    parts = [_latex(child) for child in children]
    first, second = parts[0], parts[1]
    if name in ("mover", "munder"):
        accent = _OVER.get(_text(children[1]).strip())
        if accent:
            return rf"\{accent}{{{first}}}"
    return {
        "mfrac": rf"\frac{{{first}}}{{{second}}}",
        "mroot": rf"\sqrt[{second}]{{{first}}}",
        "msup": f"{{{first}}}^{{{second}}}",
        "mover": f"{{{first}}}^{{{second}}}",
        "msub": f"{{{first}}}_{{{second}}}",
        "munder": f"{{{first}}}_{{{second}}}",
    }.get(name) or f"{{{first}}}_{{{second}}}^{{{parts[-1]}}}"


def _signs(text: str) -> str:
    text = text.strip()
    return f"\\{text}" if text in _FUNCTIONS else text.translate(_SIGNS)


def _identifier(text: str) -> str:
    signs = _signs(text)
    return signs if len(text.strip()) <= 1 or signs.startswith("\\") else rf"\mathrm{{{signs}}}"


def _words(text: str) -> str:
    if _NO_TEXT.search(text):
        raise NoLatex(text)
    words = " ".join(text.split())
    return rf"\text{{{words}}}" if words else r"\ "


_LEAVES: dict[str, Callable[[str], str]] = {
    "mi": _identifier,
    "mn": _signs,
    "mo": _signs,
    "mtext": _words,
    "ms": _words,
    "mspace": lambda _text: r"\ ",
    "mphantom": lambda _text: r"\ ",
}
