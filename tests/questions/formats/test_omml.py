"""Word's formulas as LaTeX."""

import pytest
from latex2mathml.converter import convert
from lxml import etree

from contest.questions.formats.omml import latex

M = "http://schemas.openxmlformats.org/officeDocument/2006/math"


def r(text):
    return f"<m:r><m:t>{text}</m:t></m:r>"


def e(inside, name="e"):
    return f"<m:{name}>{inside}</m:{name}>"


CASES = [
    (r("x+1"), "x+1"),
    (f"<m:f>{e(r('a+b'), 'num')}{e(r('2'), 'den')}</m:f>", r"\frac{a+b}{2}"),
    (f"<m:sSup>{e(r('x'))}{e(r('2'), 'sup')}</m:sSup>", "x^{2}"),
    (f"<m:sSub>{e(r('a'))}{e(r('n'), 'sub')}</m:sSub>", "a_{n}"),
    (f"<m:sSubSup>{e(r('ab'))}{e(r('n'), 'sub')}{e(r('2'), 'sup')}</m:sSubSup>", "{ab}_{n}^{2}"),
    (f"<m:rad>{e('', 'deg')}{e(r('x'))}</m:rad>", r"\sqrt{x}"),
    (f"<m:rad>{e(r('3'), 'deg')}{e(r('x'))}</m:rad>", r"\sqrt[3]{x}"),
    (f'<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr>{e(r("i=1"), "sub")}{e(r("n"), "sup")}{e(r("i"))}</m:nary>',
     r"\sum_{i=1}^{n} i"),
    (f"<m:nary>{e(r('0'), 'sub')}{e(r('1'), 'sup')}{e(r('x'))}</m:nary>", r"\int_{0}^{1} x"),
    (f"<m:d>{e(r('x'))}</m:d>", r"\left(x\right)"),
    (f'<m:d><m:dPr><m:begChr m:val="{{"/><m:endChr m:val=""/></m:dPr>{e(r("x"))}</m:d>', r"\left\{x\right."),
    (f"<m:m><m:mr>{e(r('1'))}{e(r('2'))}</m:mr><m:mr>{e(r('3'))}{e(r('4'))}</m:mr></m:m>",
     r"\begin{matrix}1 & 2 \\ 3 & 4\end{matrix}"),
    (f"<m:func>{e(r('sin'), 'fName')}{e(r('x'))}</m:func>", r"\sin {x}"),
    (f"<m:acc><m:accPr><m:chr m:val='⃗'/></m:accPr>{e(r('v'))}</m:acc>", r"\vec{v}"),
    (r("α≤β"), r"\alpha \le \beta"),
    (r("5%$"), r"5\%\$"),
    (r("diện tích"), r"\text{diện tích}"),
    ("", ""),
]


@pytest.mark.parametrize(("source", "wanted"), CASES)
def test_shapes(source, wanted):
    node = etree.fromstring(f'<m:oMath xmlns:m="{M}">{source}</m:oMath>')
    assert latex(node) == wanted
    assert not wanted or convert(wanted).startswith("<math")


def test_nesting_ends():
    deep = "<m:rad><m:e>" * 100 + r("x") + "</m:e></m:rad>" * 100
    assert latex(etree.fromstring(f'<m:oMath xmlns:m="{M}">{deep}</m:oMath>')).startswith(r"\sqrt{\sqrt")
