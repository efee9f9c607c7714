"""XML that wants more than to be read gets nothing."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest.questions.formats.drafts import UnreadableFile
from contest.questions.formats.xml_parts import child, child_text, children, local, parse, text_of

LAUGHS = b'<!DOCTYPE q [<!ENTITY a "ha">' + b"".join(
    b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10 if n > 1 else b"&a;" * 10) for n in range(1, 12)) + b"]>"
ATTACKS = {
    "billion laughs": LAUGHS + b"<q>&a11;</q>",
    "laughs in an attribute": LAUGHS + b'<q a="&a11;"/>',
    "external entity": b'<?xml version="1.0"?><!DOCTYPE q [<!ENTITY x SYSTEM "file:///etc/passwd">]><q>&x;</q>',
    "external DTD": b'<!DOCTYPE q SYSTEM "http://example.invalid/q.dtd"><q/>',
    "parameter entity": b'<!DOCTYPE q [<!ENTITY % x SYSTEM "file:///etc/hosts"> %x;]><q/>',
    "DTD behind a comment": b"<!-- > <q> --><?pi <q>?>\n<!DOCTYPE q []><q/>",
    "DTD in UTF-16": '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE q []><q/>'.encode("utf-16"),
    "DTD in UTF-16 without a mark": "<!DOCTYPE q []><q/>".encode("utf-16-le"),
    "UTF-7": b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE q []><q/>',
    "unknown encoding": b'<?xml version="1.0" encoding="x-unheard"?><q/>',
    "EBCDIC": b'<?xml version="1.0" encoding="cp037"?><q/>',
    "XInclude": b'<q xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="file:///etc/passwd"/></q>',
    "XInclude inside": b'<q><a><include xmlns="http://www.w3.org/2001/XInclude" href="/etc/passwd"/></a></q>',
    "huge attribute": b'<q a="' + b"x" * 10_500_000 + b'"/>',
    "huge text": b"<q>" + b"x" * 10_500_000 + b"</q>",
    "deep nesting": b"<q>" * 100_000 + b"</q>" * 100_000,
}
BROKEN = {
    "unclosed": (b"<q>\n<a>\n</q>", 3), "nothing": (b"", 1), "text": (b"Xin ch\xc3\xa0o", 1),
    "undeclared entity": (b"<q>\n&unheard;</q>", 2), "two roots": (b"<q/><q/>", 1),
    "not UTF-8": (b"<q>\n\xff</q>", 2), "late DTD": (b"<q><!DOCTYPE q></q>", 1),
    "attribute twice": (b"<q a='1' a='2'/>", 1), "unclosed comment": (b"<!-- <q/>", 1),
    "declaration, then broken": (b'<?xml version="1.0"\n?>\n<q>\n</p>', 4),
}


@pytest.mark.parametrize("data", ATTACKS.values(), ids=ATTACKS.keys())
def test_attacks_are_refused(data):
    with pytest.raises(UnreadableFile) as refused:
        parse(data)
    assert refused.value.code == "unsafe_xml"


@pytest.mark.parametrize(("data", "line"), BROKEN.values(), ids=BROKEN.keys())
def test_broken_xml_is_refused_with_its_line(data, line):
    with pytest.raises(UnreadableFile) as refused:
        parse(data)
    assert refused.value.code == "broken_xml"
    assert refused.value.params["line"] == line
    assert refused.value.params["column"] >= 1


def test_names_of_characters_are_those_of_html_where_xml_knows_none():
    assert parse(b"<q>a&nbsp;b &eacute; &amp;nbsp; &lt;</q>").text == "a\xa0b é &nbsp; <"


def test_a_reader_that_asks_for_them_gets_includes_unresolved():
    root = parse(ATTACKS["XInclude"], includes=True)
    assert [(local(node), node.get("href"), text_of(node)) for node in root] == [("include", "file:///etc/passwd", "")]


@pytest.mark.parametrize(("declared", "codec"), [
    ("UTF-8", "utf-8"), ("utf-8", "utf-8-sig"), ("UTF-16", "utf-16"), ("UTF-16LE", "utf-16-le"),
    ("UTF-16BE", "utf-16-be"), ("windows-1252", "cp1252"), ("ISO-8859-1", "latin-1"), ("UTF-16", "utf-8"),
])
def test_encodings(declared, codec):
    data = f'<?xml version="1.0" encoding="{declared}"?>\n<q>Cà phê</q>'.encode(codec)
    assert text_of(parse(data)) == "Cà phê"


def test_windows_1258_has_its_marks_beside_the_letters():
    data = '<?xml version="1.0" encoding="windows-1258"?><q>Đ\u00e2\u0301t</q>'.encode("cp1258")
    assert text_of(parse(data)) == "Đ\u00e2\u0301t"


def test_a_doctype_in_a_text_is_a_text():
    assert text_of(parse(b"<q><![CDATA[<!DOCTYPE html>]]></q>")) == "<!DOCTYPE html>"


def test_comments_do_not_cut_texts():
    assert parse(b"<q>a<!-- x -->b<?php x?>c<![CDATA[d]]></q>").text == "abcd"


def test_lines_hold_without_the_declaration():
    assert parse(b'<?xml version="1.0"\n encoding="utf-8"?>\n<q/>').sourceline == 3


def test_parts_by_local_name():
    root = parse(b'<q xmlns="urn:x"><A> 1 <b>2</b></A><c/><a>3</a></q>')
    assert local(root) == "q"
    assert [local(node) for node in children(root, "a", "c")] == ["a", "c", "a"]
    assert child_text(root, "a") == "1 2"
    assert child_text(root, "z") == ""
    assert child(root, "z") is None
    assert text_of(None) == ""


@given(st.binary(max_size=60), st.integers(0, 60))
def test_anything_is_read_or_refused(noise, at):
    good = b'<?xml version="1.0" encoding="UTF-8"?><q a="1"><![CDATA[x]]>&amp;</q>'
    for data in (noise, good[:at] + noise + good[at:], good[:at] + noise):
        with suppress(UnreadableFile):
            parse(data)
