"""What our own page shows comes back as the same markup, whatever it was made of."""

import html

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contest.questions.formats.drafts import Media
from contest.questions.formats.markup import escape, from_html, plain, to_html
from tests.work import ends, steps

PICTURE = Media("cd" * 32, "image/webp", 30, 20, b"")

words = st.lists(st.sampled_from([*"*_$^~|\\-+.)([!:<&ab1 đ", "2.", "- ", " "]), min_size=1, max_size=8).map("".join)
leaf = words.map(html.escape) | st.sampled_from(
    [
        '<img src="x" alt="a|b*c]">',
        r"\(|x|\)",
        r"\(\frac{a}{b}\)",
        "<br>",
        "<sup>th</sup>",
        "<sub>2</sub>",
        "<sup>a b</sup>",
        "<math><mi>x</mi><mo>|</mo></math>",
        "&nbsp;",
        "\n",
    ]
)


def wrapped(inner):
    return st.tuples(st.sampled_from(["b", "i", "u", "span", "strong"]), inner).map(
        lambda x: f"<{x[0]}>{x[1]}</{x[0]}>"
    )


inline = st.lists(st.recursive(leaf, wrapped, max_leaves=3), min_size=1, max_size=5).map("".join)


def holding(inner):
    items = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        items.map(lambda found: "<ul>" + "".join(f"<li>{one}</li>" for one in found) + "</ul>"),
        items.map(lambda found: '<ol start="4">' + "".join(f"<li>{one}</li>" for one in found) + "</ol>"),
        items.map(
            lambda found: "<table>" + "".join(f"<tr><td>{one}</td><td>x</td></tr>" for one in found) + "</table>"
        ),
        items.map(lambda found: "".join(f"<p>{one}</p>" for one in found)),
        items.map(lambda found: "".join(f"<div>{one}</div>" for one in found)),
        items.map("".join),
    )


pages = st.recursive(inline, holding, max_leaves=6)


def take(page):
    return from_html(page, lambda src: PICTURE)


@given(pages)
@settings(max_examples=200, deadline=None)
def test_markup_comes_back_the_same(page):
    found = take(page)
    text = found.text if found.markup else escape(found.text)
    again = take(to_html(text))
    assert (again.text if again.markup else escape(again.text)) == text
    assert plain(again.text if again.markup else escape(again.text)) == plain(text)


@given(pages)
@settings(max_examples=200, deadline=None)
def test_no_letter_is_lost(page):
    found = take(page)
    letters = "".join(char for char in plain(found.text if found.markup else escape(found.text)) if char in "ab12đ<&")
    assert letters.replace("²", "2").count("đ") == html.unescape(page).count("đ")


@pytest.mark.parametrize(
    "sign",
    [
        "[",
        "*",
        "$",
        "|",
        "^",
        "~",
        "![",
        "* ",
        "**a",
        "*a**b*",
        "- ",
        "\\",
        "\n",
        "$a ",
        "|a\n",
        "1. ",
        "- a\n",
        "![a](",
        "\\$",
        "- - \n",
        "| a |\n|---|\n",
    ],
)
def test_a_long_run_of_signs_costs_no_more_than_its_length(sign):
    def cost(count):
        text = (sign * count)[:count]
        to_html(text)
        plain(text)
        take(text)
        escape(text)

    cost(100)
    assert ends(cost, 3_000)
    assert steps(cost, 3_000) < 10.5 * steps(cost, 300)
    assert ends(cost, 200_000)


@pytest.mark.parametrize(
    "part",
    [
        "<b>",
        "<ul><li>",
        "<table><tr><td>",
        "<b>a</b><i>b</i>",
        "<sup>x</sup>",
        r"\(",
        "$$",
        "<td>",
        "<math><mrow>",
        "<!--",
        "<a href=x>",
        "<b>a<br>",
        "<td rowspan=999 colspan=999>",
    ],
)
def test_long_html_costs_no_more_than_its_length(part):
    def cost(count):
        take((part * count)[:count])

    cost(100)
    assert ends(cost, 3_000)
    assert steps(cost, 3_000) < 10.5 * steps(cost, 300)
    assert ends(cost, 100_000)
