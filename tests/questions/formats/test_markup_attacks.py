"""Nothing that a stranger writes is ever shown as more than our few tags."""

import re
from html import unescape
from html.parser import HTMLParser

import nh3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contest.questions.formats.drafts import Media
from contest.questions.formats.markup import clean, escape, from_html, plain_html, to_html, to_inline_html

from .payloads import PAYLOADS

PICTURE = Media("ef" * 32, "image/webp", 3, 2, b"")
PRESENTED = {
    "p",
    "br",
    "strong",
    "em",
    "sub",
    "sup",
    "ul",
    "ol",
    "li",
    "div",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "img",
}
MATHS = {
    "math",
    "semantics",
    "annotation",
    "mrow",
    "mi",
    "mn",
    "mo",
    "mtext",
    "mspace",
    "msup",
    "msub",
    "msubsup",
    "mfrac",
    "msqrt",
    "mroot",
    "mover",
    "munder",
    "munderover",
    "mtable",
    "mtr",
    "mtd",
    "mstyle",
    "mpadded",
}
SHAPES = {
    "src": r"/hinh/[0-9a-f]{64}",
    "alt": r".*",
    "width": r"\d{1,9}|-?[0-2](\.\d{1,4})?em",
    "height": r"\d{1,9}",
    "start": r"\d{1,9}",
    "loading": "lazy",
    "decoding": "async",
    "class": "scroll",
    "tabindex": "0",
    "scope": "col",
    "display": "inline|block",
    "encoding": "application/x-tex",
    "stretchy": "true|false",
    "fence": "true|false",
    "accent": "true|false",
    "largeop": "true|false",
    "movablelimits": "true|false",
    "form": "prefix|infix|postfix",
    "mathvariant": "normal",
    "linethickness": "0",
    "displaystyle": "true|false",
    "scriptlevel": "[0-2]",
    "columnalign": "left|center|right",
}


class Judge(HTMLParser):
    """Raises AssertionError for whatever isn't ours: a judge that knows nothing of the sanitiser."""

    def handle_starttag(self, tag, attrs):
        assert tag in PRESENTED | MATHS, tag
        for name, value in attrs:
            assert name in SHAPES, name
            assert re.fullmatch(SHAPES[name], value or "", re.DOTALL), (name, value)

    def handle_comment(self, data):
        raise AssertionError(data)

    def handle_decl(self, decl):
        raise AssertionError(decl)

    handle_pi = unknown_decl = handle_decl


def judge(html):
    judged = Judge(convert_charrefs=True)
    judged.feed(html)
    judged.close()
    assert nh3.clean(html, tags=PRESENTED | MATHS, attributes={"*": set(SHAPES)}, link_rel=None).count(
        "<"
    ) == html.count("<")
    assert clean(html) == html  # a browser reads it as the sanitiser did: no mutation


def shown(page):
    """Every way of a text to a page."""
    found = from_html(page, lambda src: PICTURE)
    yield to_html(found.text if found.markup else escape(found.text))
    yield plain_html(found.text)
    yield to_html(page)
    yield to_html(page, tex=True)
    yield to_inline_html(page)
    yield to_html(escape(page))
    yield plain_html(page)


def test_there_are_many():
    assert len(set(PAYLOADS)) == len(PAYLOADS) >= 150


@pytest.mark.parametrize("page", PAYLOADS, ids=range(len(PAYLOADS)))
def test_an_attack_ends_as_text(page):
    for html in shown(page):
        judge(html)


@pytest.mark.parametrize("page", PAYLOADS, ids=range(len(PAYLOADS)))
def test_the_sanitiser_alone_stops_it(page):
    html = clean(page)
    for address in re.findall(r' src="([^"]*)"', html):
        assert not re.match(r"\s*(?!https:)[\w+.-]+:", unescape(address))
    judge(re.sub(r' src="[^"]*"', "", html))


@given(
    st.lists(
        st.sampled_from(PAYLOADS)
        | st.sampled_from(["<", ">", "'", '"', "</p>", "\n", "<table>", "<math>", "$", "`", "<!--"]),
        min_size=2,
        max_size=4,
    ).map("".join)
)
@settings(max_examples=100, deadline=None)
def test_attacks_together_end_as_text(page):
    for html in shown(page):
        judge(html)


@pytest.mark.parametrize(
    "bad",
    ["<script>", "<p onclick=x>", "<img src='x'>", "<!-- -->", "<a href=x>", "<p class=x>", "<img src='javascript:x'>"],
)
def test_the_judge_sees_an_attack(bad):
    with pytest.raises(AssertionError):
        judge(bad)
