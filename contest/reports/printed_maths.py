"""Formulas for print: LaTeX as a small tree that typst and Word can both draw. Pure.

A node is {"k": kind, "s": text} ("i" letter, "n" number, "o" operator, "x" words) or {"k": kind, "c": nodes}:
"row"; "frac" (above, below); "sqrt" (what is under it); "root" (what is under it, its degree); "sub", "sup"
(base, index), "both" (base, below, above). Nothing else is drawn: see `tree`.
"""

from typing import Any

from lxml import etree

from contest.questions.formats.markup_maths import to_mathml

Node = dict[str, Any]
_LEAVES = {"mi": "i", "mn": "n", "mo": "o", "mtext": "x"}
_ROWS = {"math", "mrow", "mstyle", "mpadded", "semantics"}
_PARTS = {"mfrac": ("frac", 2), "mroot": ("root", 2), "msub": ("sub", 2), "msup": ("sup", 2), "msubsup": ("both", 3),
          "munder": ("sub", 2), "mover": ("sup", 2), "munderover": ("both", 3)}
_ACCENTS = {"¯", "‾", "―", "_", "^", "ˆ", "~", "˜", "→", "⃗", "˙", "¨", "⏞", "⏟"}
_SAFE_XML = etree.XMLParser(resolve_entities=False, no_network=True)


class _Undrawable(Exception):
    pass


def tree(latex: str) -> Node | None:
    """The formula; None where it is no LaTeX we know or holds what is not drawn (matrices, accents)."""
    mathml = to_mathml(latex)
    if mathml is None:
        return None
    try:
        return _node(etree.fromstring(mathml, _SAFE_XML))
    except _Undrawable:
        return None


def _node(element: Any) -> Node:
    name = etree.QName(element).localname
    text = (element.text or "").strip()
    if name in _LEAVES:
        return {"k": _LEAVES[name], "s": element.text or "" if name == "mtext" else text}
    if name == "mspace":
        return {"k": "x", "s": " "}
    children = [child for child in element if etree.QName(child).localname != "annotation"]
    if name in _ROWS:
        return {"k": "row", "c": [_node(child) for child in children]}
    if name == "msqrt":
        return {"k": "sqrt", "c": [{"k": "row", "c": [_node(child) for child in children]}]}
    kind, wanted = _PARTS.get(name, ("", 0))
    if len(children) != wanted or not kind:
        raise _Undrawable(name)
    if name in ("mover", "munder") and "".join(children[1].itertext()).strip() in _ACCENTS:
        raise _Undrawable(name)
    return {"k": kind, "c": [_node(child) for child in children]}


def linear(node: Node) -> str:
    """The formula in one line of text, to measure it by: "x^2/2"."""
    if "s" in node:
        return str(node["s"])
    inner = [linear(child) for child in node["c"]]
    between = {"frac": "/", "sup": "^", "sub": "_", "both": "_"}.get(node["k"], "")
    return ("√" if node["k"] in ("sqrt", "root") else "") + between.join(inner)
