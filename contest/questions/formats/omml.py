"""Word's formulas (OMML) → LaTeX. Pure."""

from __future__ import annotations

from lxml import etree

M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
MAX_DEPTH = 40
_NARY = {"∑": r"\sum", "∏": r"\prod", "∫": r"\int", "∬": r"\iint", "∭": r"\iiint", "∮": r"\oint", "⋃": r"\bigcup",
         "⋂": r"\bigcap"}
_FUNCTIONS = frozenset({"sin", "cos", "tan", "cot", "sec", "csc", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh",
                        "ln", "log", "lg", "exp", "lim", "max", "min", "sup", "inf", "det", "dim", "gcd", "deg"})
_ACCENTS = {"̂": r"\hat", "̃": r"\tilde", "̄": r"\bar", "̅": r"\overline", "⃗": r"\vec", "→": r"\vec", "̇": r"\dot",
            "̈": r"\ddot"}
_SIGNS = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "θ": "theta", "λ": "lambda", "μ": "mu",
    "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau", "φ": "varphi", "ϕ": "phi", "ω": "omega", "Δ": "Delta",
    "Ω": "Omega", "Σ": "Sigma", "Φ": "Phi", "∞": "infty", "≤": "le", "≥": "ge", "≠": "ne", "±": "pm", "×": "times",
    "÷": "div", "⋅": "cdot", "∙": "cdot", "·": "cdot", "→": "to", "⇒": "Rightarrow", "⇔": "Leftrightarrow",
    "∈": "in", "∉": "notin", "⊂": "subset", "∪": "cup", "∩": "cap", "∅": "emptyset", "∀": "forall", "∃": "exists",
    "∂": "partial", "∇": "nabla", "≈": "approx", "≡": "equiv", "∠": "angle", "⊥": "perp", "∥": "parallel",
    "°": "circ", "…": "ldots", "⋯": "cdots", "√": "surd", "∼": "sim", "ℝ": "mathbb{R}", "ℕ": "mathbb{N}",
    "ℤ": "mathbb{Z}",
}
_HIDDEN = {"$": r"\$", "%": r"\%", "&": r"\&", "#": r"\#", "{": r"\{", "}": r"\}", "\\": r"\backslash ", "_": r"\_",
           "~": r"\sim ", "^": r"\hat{}", "−": "-", "\u2061": "", "\u200b": ""}
_BRACKETS = {"{": r"\{", "}": r"\}", "‖": r"\|", "⟨": r"\langle ", "⟩": r"\rangle ", "⌊": r"\lfloor ", "⌋": r"\rfloor ",
             "⌈": r"\lceil ", "⌉": r"\rceil ", "": "."}


def latex(node: etree._Element) -> str:
    """The LaTeX of an m:oMath, without dollars and on one line; "" for an empty formula."""
    return " ".join(_inner(node, 0).split())


def _inner(node: etree._Element | None, depth: int) -> str:
    if node is None or depth > MAX_DEPTH:
        return ""
    return "".join(_one(child, depth + 1) for child in node)


def _one(node: etree._Element, depth: int) -> str:
    name = str(node.tag).removeprefix(M)
    if name == "r":
        return _run(node)
    shape = _SHAPES.get(name)
    if shape is not None:
        return shape(node, depth)
    return "" if name.endswith("Pr") else _inner(node, depth)


def _run(node: etree._Element) -> str:
    text = "".join(part.text or "" for part in node.iter(f"{M}t"))
    word = text.strip()
    if word in _FUNCTIONS:
        return f"\\{word} "
    if len(word) > 1 and word.replace(" ", "").isalpha() and not word.isascii():
        return rf"\text{{{text}}}"  # words, not a product of letters
    return "".join(_sign(char) for char in text)


def _sign(char: str) -> str:
    if char in _SIGNS:
        return f"\\{_SIGNS[char]} "
    return _HIDDEN.get(char, char)


def _group(node: etree._Element, name: str, depth: int) -> str:
    return "{" + _inner(node.find(M + name), depth).strip() + "}"


def _value(node: etree._Element, properties: str, name: str, default: str) -> str:
    found = node.find(f"{M}{properties}/{M}{name}")
    return default if found is None else str(found.get(f"{M}val", ""))


def _fraction(node: etree._Element, depth: int) -> str:
    return rf"\frac{_group(node, 'num', depth)}{_group(node, 'den', depth)}"


def _sup(node: etree._Element, depth: int) -> str:
    return f"{_base(node, depth)}^{_group(node, 'sup', depth)}"


def _sub(node: etree._Element, depth: int) -> str:
    return f"{_base(node, depth)}_{_group(node, 'sub', depth)}"


def _both(node: etree._Element, depth: int) -> str:
    return f"{_base(node, depth)}_{_group(node, 'sub', depth)}^{_group(node, 'sup', depth)}"


def _before(node: etree._Element, depth: int) -> str:
    return f"{{}}_{_group(node, 'sub', depth)}^{_group(node, 'sup', depth)}{_base(node, depth)}"


def _base(node: etree._Element, depth: int) -> str:
    base = _inner(node.find(f"{M}e"), depth).strip()
    return base if len(base) == 1 or (base.startswith("\\") and base[1:].isalpha()) else f"{{{base}}}"


def _root(node: etree._Element, depth: int) -> str:
    degree = _inner(node.find(f"{M}deg"), depth).strip()
    return rf"\sqrt{f'[{degree}]' if degree else ''}{_group(node, 'e', depth)}"


def _nary(node: etree._Element, depth: int) -> str:
    sign = _value(node, "naryPr", "chr", "∫")
    below, above = (_inner(node.find(M + name), depth).strip() for name in ("sub", "sup"))
    ends = (f"_{{{below}}}" if below else "") + (f"^{{{above}}}" if above else "")
    return f"{_NARY.get(sign, sign)}{ends} {_inner(node.find(M + 'e'), depth)}"


def _delimited(node: etree._Element, depth: int) -> str:
    left, right = _value(node, "dPr", "begChr", "("), _value(node, "dPr", "endChr", ")")
    inner = _value(node, "dPr", "sepChr", "|").join(_inner(each, depth) for each in node.findall(f"{M}e"))
    return rf"\left{_BRACKETS.get(left, left)}{inner}\right{_BRACKETS.get(right, right)}"


def _matrix(node: etree._Element, depth: int) -> str:
    rows = (" & ".join(_inner(each, depth).strip() for each in row.findall(f"{M}e")) for row in node.findall(f"{M}mr"))
    return r"\begin{matrix}" + r" \\ ".join(rows) + r"\end{matrix}"


def _array(node: etree._Element, depth: int) -> str:
    rows = (_inner(each, depth).strip() for each in node.findall(f"{M}e"))
    return r"\begin{matrix}" + r" \\ ".join(rows) + r"\end{matrix}"


def _function(node: etree._Element, depth: int) -> str:
    return f"{_inner(node.find(M + 'fName'), depth)}{_group(node, 'e', depth)}"


def _limit(node: etree._Element, depth: int) -> str:
    sign = "_" if str(node.tag).endswith("limLow") else "^"
    return f"{_inner(node.find(M + 'e'), depth).strip()}{sign}{_group(node, 'lim', depth)}"


def _accent(node: etree._Element, depth: int) -> str:
    return f"{_ACCENTS.get(_value(node, 'accPr', 'chr', '̂'), chr(92) + 'hat')}{_group(node, 'e', depth)}"


def _bar(node: etree._Element, depth: int) -> str:
    line = r"\overline" if _value(node, "barPr", "pos", "bot") == "top" else r"\underline"
    return f"{line}{_group(node, 'e', depth)}"


_SHAPES = {"f": _fraction, "sSup": _sup, "sSub": _sub, "sSubSup": _both, "sPre": _before, "rad": _root, "nary": _nary,
           "d": _delimited, "m": _matrix, "eqArr": _array, "func": _function, "limLow": _limit, "limUpp": _limit,
           "acc": _accent, "bar": _bar}
