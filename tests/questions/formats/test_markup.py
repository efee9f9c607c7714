import re

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contest.questions.formats import markup
from contest.questions.formats.drafts import Media
from contest.questions.formats.markup import escape, from_html, plain, plain_html, to_html, to_inline_html

PICTURE = Media("ab" * 32, "image/webp", 640, 480, b"")
SHOWN = f'![sơ đồ](media:{PICTURE.name} "640x480")'


def pictures(src):
    return PICTURE if src in ("x.png", f"/hinh/{PICTURE.name}") else None


def taken(html):
    return from_html(html, pictures)


def seen(html):
    """The text of a page: lines as a browser breaks them, an empty line between paragraphs."""
    html = re.sub(r"<br>", "\n", html).replace("</p><p>", "\n\n")
    return lxml.html.fragment_fromstring(html, create_parent="div").text_content()


def flat(text):
    """Plain text as a page shows it: spaces at the ends of lines and repeated empty lines don't show."""
    text = "\n".join(line.strip(" \t") for line in text.strip().split("\n"))
    return re.sub(r"\n{3,}", "\n\n", text)


# Signs that mean something to Markdown, HTML or LaTeX, and the Vietnamese that surrounds them.
SIGNS = [*"\\`*_{}[]()<>#+-.!|~^$&=:;/\"' \t\n0123ab đếẦ", "\n\n", "\n- ", "\n1. ", "\n---", "\n| ", "**"]
tricky = st.lists(st.sampled_from(SIGNS), max_size=60).map("".join)
printed = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters="\u00a0"), max_size=40)


class TestEscape:
    @given(st.one_of(tricky, printed))
    @settings(max_examples=200, deadline=None)
    def test_shows_exactly_the_plain_text(self, text):
        text = flat(text)
        assert seen(to_html(escape(text))) == text
        assert plain(escape(text)) == text

    @given(tricky)
    @settings(max_examples=200, deadline=None)
    def test_needs_no_tag_but_paragraphs_and_breaks(self, text):
        assert set(re.findall(r"<(\w+)", to_html(escape(text)))) <= {"p", "br"}

    @pytest.mark.parametrize(
        "text",
        ["Điền vào ____ cho đúng", "Câu [[1]] và [[2]]", "a | b", "1.5 và 2-3", "# 5", "R&D <b>", "a_b_c", "`x`"],
    )
    def test_leaves_ordinary_signs_alone(self, text):
        assert escape(text) == text

    @pytest.mark.parametrize(
        "text",
        [
            "- a\n- b",
            "1. a",
            "2) a",
            "+ a",
            "a | b\n--- | ---",
            "a\n---",
            "    thụt vào",
            "| a |\n|---|",
            "giá $5 đến $6",
            "2*3*4",
            "x^2^",
            "~5~",
            SHOWN,
            "a\\",
            "\\(x\\)",
        ],
    )
    def test_hides_what_would_mean_something(self, text):
        assert plain(escape(text)) == text.strip()

    def test_text_between_formulas_stays_text(self):
        assert "<math" not in to_html(escape("$x$"))


class TestToHtml:
    def test_emphasis(self):
        assert to_html("**a** *b* ***c***") == "<p><strong>a</strong> <em>b</em> <em><strong>c</strong></em></p>"

    def test_emphasis_ends_before_a_letter_and_after_punctuation(self):
        assert to_html("**Câu 1:**Nội dung") == "<p><strong>Câu 1:</strong>Nội dung</p>"

    def test_stars_between_spaces_are_stars(self):
        assert to_html("2 * 3 * 4 **5 ** 6") == "<p>2 * 3 * 4 **5 ** 6</p>"
        assert to_html("2 * 3*") == "<p>2 * 3*</p>"

    def test_line_breaks_and_paragraphs(self):
        assert to_html("a\nb\n\nc") == "<p>a<br>b</p><p>c</p>"

    def test_indented_text_is_no_code(self):
        assert to_html("a\n\n        b") == "<p>a</p><p>b</p>"

    @pytest.mark.parametrize(
        "text",
        [
            "# a",
            "> a",
            "```\na\n```",
            "[a](https://x.vn)",
            "<https://x.vn>",
            "<b>a</b>",
            "![a](https://x.vn/a.png)",
            "https://x.vn",
            "[a]: /x\n\n[a]",
            "&amp;",
            "a\n===",
        ],
    )
    def test_knows_no_more_of_markdown(self, text):
        assert set(re.findall(r"<(\w+)", to_html(text))) <= {"p", "br"}
        assert seen(to_html(text)) == text

    def test_lists(self):
        assert (
            to_html("- a\n  - b\n\n3. c") == '<ul><li>a<ul><li>b</li></ul></li></ul><ol start="3"><li>c</li></ol>'
        )

    def test_tables_have_headers_and_their_own_scrolling(self):
        shown = to_html("| a | b |\n| --- | --- |\n| 1 | x\\|y |")
        assert shown.startswith('<div class="scroll" tabindex="0"><table>')
        assert shown.count('<th scope="col">') == 2
        assert "<td>x|y</td>" in shown

    def test_pictures_carry_their_size(self):
        assert to_html(SHOWN) == (
            f'<p><img src="/hinh/{PICTURE.name}" alt="sơ đồ" width="640" height="480" '
            'loading="lazy" decoding="async"></p>'
        )

    def test_the_address_of_a_picture_is_the_caller_s(self):
        assert 'src="media/a.webp"' in to_html(SHOWN, lambda name: "media/a.webp")
        assert to_html(SHOWN, lambda name: None) == "<p>[hình: sơ đồ]</p>"

    @pytest.mark.parametrize("address", ["javascript:alert(1)", "data:image/svg+xml,x", "vbscript:x", "http://x.vn/a"])
    def test_an_address_is_a_path_or_https(self, address):
        assert "src" not in to_html(SHOWN, lambda name: address)

    @pytest.mark.parametrize("name", ["AB" * 32, "ab" * 31, "../../x", "ab" * 32 + "?"])
    def test_a_picture_has_the_name_of_a_hash(self, name):
        assert "<img" not in to_html(f"![a](media:{name})")

    def test_formulas(self):
        shown = to_html(r"Tính $\frac{a}{b}$.")
        assert "<mfrac>" in shown
        assert r'<annotation encoding="application/x-tex">\frac{a}{b}</annotation>' in shown
        assert to_html(r"$\frac{a}{b}$", tex=True) == r"<p>\(\frac{a}{b}\)</p>"

    @pytest.mark.parametrize(
        "latex", [r"\frac{", r"\unknown{x}", "x^", "x" * 1999 + "^", r"\text{a<b>}", r"\begin{pmatrix}1"]
    )
    def test_a_formula_that_can_t_be_drawn_is_shown_as_text(self, latex):
        assert "<math" not in to_html(f"${latex}$")
        assert seen(to_html(f"${latex}$")) == f"\\({latex}\\)"

    @pytest.mark.parametrize(
        "latex",
        [
            r"\href{javascript:alert(1)}{x}",
            r"\style{position:fixed}{x}",
            r"\class{a}{x}",
            r"\color{red}x",
            r"\rule{9999em}{9999em}",
            r"\hspace{9999em}",
        ],
    )
    def test_formulas_bring_no_attribute_of_their_own(self, latex):
        assert not re.search(r"href|style=|class=|mathcolor|9999em\"", to_html(f"${latex}$").split("<annotation")[0])

    def test_small_figures(self):
        assert to_html("m^th^ a~i~") == "<p>m<sup>th</sup> a<sub>i</sub></p>"

    def test_a_text_beyond_all_measure_is_shown_as_it_stands(self):
        assert to_html("*a* " * markup.MAX_CHARS).startswith("*a* *a* ")
        assert plain("*a* " * markup.MAX_CHARS).startswith("*a* ")

    def test_inline(self):
        assert to_inline_html("**a**\nb") == "<strong>a</strong><br>b"
        assert to_inline_html("a\n\nb") == "<p>a</p><p>b</p>"
        assert to_inline_html("") == ""

    def test_plain_text_as_html(self):
        assert plain_html("a < b & c\nd") == "a &lt; b &amp; c<br>d"


class TestPlain:
    def test_each_kind(self):
        text = f"**a** $x^2$ m^2^ {SHOWN}\n\n- b\n  1. c\n- d\n\n| e | f |\n| --- | --- |\n| g | h |\n\ni"
        assert plain(text) == "a x^2 m² [hình: sơ đồ]\n\n- b\n  1. c\n- d\n\ne | f\ng | h\n\ni"

    def test_names_of_pictures(self):
        assert markup.pictures_in(f"a {SHOWN} {SHOWN}") == (PICTURE.name,)
        assert markup.picture_markup(PICTURE, "sơ đồ") == SHOWN


class TestFromHtml:
    @pytest.mark.parametrize(
        ("html", "text"),
        [
            ("<p>a</p><p>b</p>", "a\n\nb"),
            ("a<br>b<br/>", "a\nb"),
            ("<div>a</div><div>b</div>", "a\nb"),
            ("  a \n  b ", "a b"),
            ("<p></p><p>&nbsp;</p><p>a<br></p>", "a"),
            ("a &lt;b&gt; &amp; &agrave;", "a <b> & à"),
            ("x<sup>2</sup> H<sub>2</sub>O", "x² H₂O"),
            ('<span style="color:red" class="x">a</span>', "a"),
            ('<a href="https://x.vn/a">đây</a>', "đây (https://x.vn/a)"),
            ('<a href="https://x.vn">https://x.vn</a>', "https://x.vn"),
            ('<a href="javascript:alert(1)">đây</a>', "đây"),
            ("<table><tr><td>một ô</td></tr></table>", "một ô"),
            ("a<!-- b -->c<?php d ?>", "ac"),
            ("<pre>a\n b</pre>", "a\nb"),
            ("* 2*3 _x_ $5", "* 2*3 _x_ $5"),
            ("", ""),
            (" \n ", ""),
            ("a\0b\ud800c", "abc"),
        ],
    )
    def test_plain_where_nothing_needs_markup(self, html, text):
        assert (taken(html).text, taken(html).markup) == (text, False)
        assert taken(html).lost == ()

    @pytest.mark.parametrize(
        ("html", "text"),
        [
            ("<b>a </b>b", "**a** b"),
            ("<u>a</u> <em>b</em>", "*a* *b*"),
            ("<strong>Câu 1:</strong>Nội dung", "**Câu 1:**Nội dung"),
            ("<b>a</b><b>b</b>", "**ab**"),
            ("<b>a<br>b</b>", "**a**\n**b**"),
            ('<span style="font-weight: bold">a</span>', "**a**"),
            ('<b style="font-weight:normal">a <i>b</i></b>', "a *b*"),
            ("<b>a</b> * b", "**a** \\* b"),
            ("<p><b>a</b></p><p>- b</p>", "**a**\n\n\\- b"),
            ("<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>d", "- a\n  - b\n- c\n\nd"),
            ('<ol start="3"><li><p>a</p><p>b</p></li></ol>', "3. a\n\n   b"),
            ("<ul><li>a</li></ul><ul><li>b</li></ul>", "- a\n- b"),
            ("<ul><li>a</li><ul><li>b</li></ul></ul>", "- a\n  - b"),
            (
                "<table><tr><th>a</th><th>b|</th></tr><tr><td>1</td></tr></table>",
                "| a | b\\| |\n| --- | --- |\n| 1 |  |",
            ),
            (r"\(x^2\) \[y\] $$z$$", "$x^2$ $y$ $z$"),
            ('<img src="x.png" alt="sơ đồ">', SHOWN),
            ("m<sup>th</sup>", "m^th^"),
            ("<math><mfrac><mi>a</mi><mn>2</mn></mfrac></math>", r"$\frac{a}{2}$"),
            (
                "<math><msqrt><mi>x</mi></msqrt><mo>≤</mo><msup><mi>y</mi><mn>2</mn></msup></math>",
                r"$\sqrt{x} ≤ {y}^{2}$",
            ),
            (
                '<math><semantics><mi>x</mi><annotation encoding="application/x-tex">x_1</annotation></semantics>',
                "$x_1$",
            ),
        ],
    )
    def test_markup_where_something_does(self, html, text):
        assert (taken(html).text, taken(html).markup) == (text, True)
        assert taken(html).lost == ()

    @pytest.mark.parametrize(
        ("html", "text", "lost"),
        [
            ('a <img src="y.png" alt="b">', "a [hình: b]", "picture_missing"),
            ('<img src="x.png">', SHOWN.replace("sơ đồ", ""), "picture_no_alt"),
            ("<audio src=a.mp3>b</audio>c", "c", "audio_lost"),
            ('<a href="@@PLUGINFILE@@/a.mp3">nghe</a>', "nghe", "audio_lost"),
            ("a<script>alert(1)</script>", "a", "html_lost"),
            ("a<iframe src=x></iframe>", "a", "html_lost"),
            ("<svg><text>x</text></svg>a", "a", "html_lost"),
            ("<math><mglyph/><mi>x</mi></math>", "x", "formula_lost"),
            (
                "<table><tr><td colspan=2>a</td></tr><tr><td>1</td><td>2</td></tr></table>",
                "| a |  |\n| --- | --- |\n| 1 | 2 |",
                "html_lost",
            ),
            (
                "<table><tr><td rowspan=2>a</td><td>b</td></tr><tr><td>c</td></tr></table>",
                "| a | b |\n| --- | --- |\n|  | c |",
                "html_lost",
            ),
        ],
    )
    def test_names_what_is_lost(self, html, text, lost):
        assert (taken(html).text, taken(html).lost) == (text, (lost,))

    @pytest.mark.parametrize(
        "html",
        [
            "<b>a<i>b</i></b><i>c</i>",
            "<i>a</i><b>b</b>c",
            "x<i>a</i><b>b</b><i>y</i>",
            "<i>a</i><b><i>b</i></b>c<b>d</b>",
            "<b>*</b>a<i>*</i>",
        ],
    )
    def test_emphasis_that_can_t_be_told_apart_never_shows_its_stars(self, html):
        assert plain(taken(html).text) == re.sub("<.*?>", "", html)

    def test_word_s_own_html(self):
        html = (
            "<!--[if gte mso 9]><xml><w:WordDocument></w:WordDocument></xml><![endif]-->"
            "<style>p.MsoNormal {margin:0}</style>"
            '<p class="MsoNormal" style="mso-margin-top-alt:auto"><span lang="VI">Câu&nbsp;hỏi<o:p></o:p></span></p>'
            '<p class="MsoListParagraph"><![if !supportLists]>-<![endif]> ý một<o:p>&nbsp;</o:p></p>'
        )
        assert taken(html) == markup.Marked("Câu hỏi\n\n- ý một", False, (), frozenset({"nbsp"}))

    def test_mends_text_before_it_is_marked(self):
        assert taken("<b>a</b> ＊b＊").text == r"**a** \*b\*"
        assert taken("ho\u0323a").mended == {"nfd"}

    def test_nesting_beyond_measure_keeps_its_text(self):
        found = taken("<div>" * 150 + "a" + "</div>" * 150)
        assert (found.text, found.lost) == ("a", ("html_lost",))
        assert taken("<ul><li>" * 30 + "a").lost == ("html_lost",)


@pytest.mark.parametrize("sign", ["&#3;", "&#11;", "&#x1f;", "&#031;", "&#x0B;", "\x03"])
@pytest.mark.parametrize("html", ["{}a <b>b</b>", "a {} <b>b</b>", "<p>{}a <b>b</b></p>"])
def test_control_characters_by_number_are_left_out(html, sign):
    assert from_html(html.format(sign), lambda src: None).text.split() == ["a", "**b**"]
