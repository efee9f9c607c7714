"""Single QTI files: what each version and program writes becomes the right draft; `test_corpus` knows the rest."""

import contextlib
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contest.questions.formats.drafts import UnreadableFile
from contest.questions.formats.qti import looks_like_qti_package, looks_like_qti_xml, read_qti_xml

CORPUS = Path(__file__).parents[2] / "corpus" / "qti"
FILES = sorted(CORPUS.glob("*.xml"))


def read(name: str):
    return read_qti_xml((CORPUS / f"{name}.xml").read_bytes())


def draft(name: str, row: int = 1):
    return next(one for one in read(name).drafts if one.row == row)


def item(inside: str, *, responses: str = "", processing: str = "") -> bytes:
    return (f'<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="i">{responses}'
            f"<itemBody>{inside}</itemBody>{processing}</assessmentItem>").encode()


def refusal(data: bytes) -> tuple[str, dict]:
    with pytest.raises(UnreadableFile) as caught:
        read_qti_xml(data)
    return caught.value.code, caught.value.params


def test_there_are_enough_files():
    assert len(FILES) >= 24


def test_points_feedback_and_pins():
    found = draft("v21_single")
    assert (found.code, found.points, found.pinned, found.place) == ("CCHC-001", 200, (3,), "@CCHC-001")
    assert found.explanation == "Một cửa là một đầu mối.\nA: Xem lại quy định.\nB: Đúng theo quy định."
    assert draft("v21_key_in_processing").points == 50
    assert draft("v21_key_in_processing").explanation == "C: Đọc phần xử lý."
    assert draft("v30_true_false").points == 150


def test_credits_come_from_the_mapping_and_its_default():
    found = draft("v21_multiple_mapped")
    assert found.credits == (50_000, -100_000, 50_000, -50_000)
    assert found.pinned == (0, 1, 2, 3)
    assert draft("v12_respondus").credits == (100_000, 50_000, 0)
    assert draft("v12_generic_fib", 4).credits == (33_333, -33_333, 66_667)


def test_a_mapping_counts_for_nothing_where_the_processing_matches():
    data = (CORPUS / "v21_multiple_mapped.xml").read_bytes().replace(b"map_response", b"match_correct")
    found = read_qti_xml(data).drafts[0]
    assert (found.credits, found.key) == ((), (0, 2))


def test_a_mapping_counts_only_where_the_processing_asks_for_it():
    data = (CORPUS / "v21_multiple_mapped.xml").read_bytes()
    whole = data[data.index(b"<responseProcessing"):data.index(b"</assessmentItem>")]
    spelled = b"""<responseProcessing><responseCondition><responseIf>
        <match><variable identifier="RESPONSE"/><correct identifier="RESPONSE"/></match>
        <setOutcomeValue identifier="SCORE"><baseValue baseType="float">1</baseValue></setOutcomeValue>
        </responseIf></responseCondition></responseProcessing>"""
    asking = b"""<responseProcessing><setOutcomeValue identifier="SCORE"><mapResponse identifier="RESPONSE"/>
        </setOutcomeValue></responseProcessing>"""
    assert read_qti_xml(data.replace(whole, spelled)).drafts[0].credits == ()
    assert read_qti_xml(data.replace(whole, asking)).drafts[0].credits == (50_000, -100_000, 50_000, -50_000)


def test_what_a_condition_negates_is_not_right():
    assert draft("v12_canvas", 2).key == (0, 2)
    assert draft("v30_multiple").key == (0, 1)


def gaps(found):
    return [(gap.kind, [(one.text, one.credit) for one in gap.answers]) for gap in found.gaps]


def test_gaps_of_2_and_3():
    assert gaps(draft("v21_inline_gaps")) == [
        ("choice", [("nhà riêng", 0), ("bộ phận một cửa", 100_000)]),
        ("text", [("15", 100_000), ("mười lăm", 50_000)]),
        ("number", [("2", 100_000)]),
    ]
    assert gaps(draft("v21_number")) == [("number", [("3.14±0.01", 100_000)])]
    assert gaps(draft("v30_inline"))[0] == ("number", [("10..12.5", 100_000)])
    assert gaps(draft("v21_gap_match"))[1] == ("choice", [("mùa đông", 0), ("mùa xuân", 0), ("mùa hè", 100_000)])
    short = draft("v21_short_text")
    assert gaps(short) == [("text", [("Hà Nội", 100_000), ("Thăng Long", 50_000)])]
    assert dict(short.settings) == {"case": "kept"}


def test_gaps_of_canvas():
    rows = {one.row: one for one in read("v12_canvas").drafts}
    assert gaps(rows[4]) == [("text", [("Hà Nội", 100_000), ("Thăng Long", 100_000)])]
    assert rows[5].stem == "Từ [[1]] đến [[2]]."
    assert gaps(rows[5]) == [("text", [("A", 100_000), ("chữ A", 100_000)]), ("text", [("Z", 100_000)])]
    assert gaps(rows[6]) == [("choice", [("đỏ", 0), ("xanh", 100_000)])]
    assert gaps(rows[8]) == [("number", [("4±0.1", 100_000), ("10..12.5", 100_000)])]
    assert rows[1].explanation == "Xem quy chế.\nA: Không nhận tại nhà."
    assert rows[1].options[1] == "Ở bộ phận **một cửa**"


def test_parts():
    assert draft("v21_match_cluster").parts == ("Hà Nội là thủ đô.", "Một năm có 13 tháng.", "Nước sôi ở 100 độ.")
    assert draft("v22_matching_swapped").parts == ("Huế", "Hà Nội", "Viêng Chăn")
    assert draft("v12_blackboard", 2).parts == ("Lào", "Việt Nam")
    assert draft("v21_statements").parts == ("Dịch vụ công có bốn mức.", "Hồ sơ chỉ nộp trực tiếp.")


def test_what_is_no_question_is_named():
    problems = read("v12_canvas").problems
    assert [(one.severity, one.code, one.place, dict(one.params)) for one in problems] == [
        ("warning", "item_unsupported", "@g11", {"value": "description"})]
    assert [dict(one.params) for one in draft("v21_hotspot").problems] == [{"value": "hotspotInteraction"}]


def test_a_passage_stands_before_its_questions():
    reading = read("v12_stimulus")
    assert reading.drafts[0].stem == "Đoạn văn dài.\n\nAi viết?"
    assert reading.problems == ()
    assert len(reading.media) == 1
    assert reading.media[0].name in reading.drafts[1].stem


def test_what_is_lost_is_named_and_nothing_is_fetched():
    named = [(one.code, dict(one.params)) for one in draft("v22_losses").problems]
    assert named == [
        ("html_lost", {"value": "https://example.org/style.css"}),
        ("audio_lost", {"value": "nghe.mp3"}), ("audio_lost", {"value": "phim.mp4"}),
        ("picture_missing", {"name": "https://example.org/bando.png"}), ("picture_missing", {"name": "khong-co.png"}),
    ]


def test_a_doctype_that_points_away_is_passed_over_and_one_that_declares_is_refused():
    body = b"<questestinterop><item ident='e'><presentation><material><mattext>x</mattext></material>" \
           b"<response_str ident='r'><render_fib/></response_str></presentation></item></questestinterop>"
    for pointing in (b'<!DOCTYPE questestinterop SYSTEM "ims_qtiasiv1p2.dtd">',
                     b'<!-- x --><!DOCTYPE questestinterop PUBLIC "-//IMS//DTD" "http://example.org/a.dtd" >',
                     b"<!DOCTYPE questestinterop>"):
        assert read_qti_xml(b'<?xml version="1.0"?>\n' + pointing + body).drafts[0].type == "essay"
    for declaring in (b'<!DOCTYPE q [<!ENTITY a "b">]>', b'<!DOCTYPE q SYSTEM "a.dtd" [ <!ENTITY a SYSTEM "file:///x">]>',
                      b'<!DOCTYPE q SYSTEM "a.dtd"><!DOCTYPE q>'):
        assert refusal(declaring + body)[0] in ("unsafe_xml", "broken_xml")


def test_other_xml_is_refused():
    assert refusal(b"<quiz/>")[0] == "not_a_table"
    assert refusal(b"<questestinterop>")[0] == "broken_xml"


def test_an_item_alone_is_read():
    assert read_qti_xml(b"<item ident='x'><presentation><response_str ident='r'/></presentation></item>").drafts


def test_an_item_without_a_key_says_so():
    data = item("<p>Hỏi?</p><choiceInteraction responseIdentifier='R'><simpleChoice identifier='A'>a</simpleChoice>"
                "<simpleChoice identifier='B'>b</simpleChoice></choiceInteraction>")
    assert [one.code for one in read_qti_xml(data).drafts[0].problems] == ["no_key"]


def test_a_matching_of_many_to_many_is_unsupported():
    responses = "<responseDeclaration identifier='R' cardinality='multiple' baseType='directedPair'><correctResponse>" \
                "<value>A X</value><value>A Y</value><value>B X</value></correctResponse></responseDeclaration>"
    sets = "".join("<simpleMatchSet>" + "".join(f"<simpleAssociableChoice identifier='{n}'>{n}</simpleAssociableChoice>"
                                                for n in names) + "</simpleMatchSet>" for names in ("AB", "XY"))
    found = read_qti_xml(item(f"<p>?</p><matchInteraction responseIdentifier='R'>{sets}</matchInteraction>",
                              responses=responses)).drafts[0]
    assert [one.code for one in found.problems] == ["item_unsupported"]


def test_a_long_identifier_is_no_code():
    data = item("<p>x</p><extendedTextInteraction/>").replace(b'"i"', b'"' + b"i" * 61 + b'"')
    found = read_qti_xml(data).drafts[0]
    assert (found.code, [one.code for one in found.problems]) == (None, ["text_not_taken"])


def test_an_item_of_very_many_responses_is_named():
    many = "<textEntryInteraction responseIdentifier='R'/>" * 5_000
    assert read_qti_xml(item(f"<p>{many}</p>")).drafts[0].problems[0].code == "item_unsupported"
    old = "<response_str ident='r'><render_fib/></response_str>" * 5_000
    found = read_qti_xml(f"<item ident='x'><presentation>{old}</presentation></item>".encode()).drafts[0]
    assert found.problems[0].code == "item_unsupported"


def test_deep_nesting_ends_well():
    deep = "<div>" * 200 + "x" + "</div>" * 200
    assert read_qti_xml(item(f"{deep}<extendedTextInteraction/>")).drafts[0].stem == "x"


def test_one_repaired_text_is_said_once_for_the_file():
    data = item("<p>Hỏi\u00a0gì?</p><extendedTextInteraction/>")
    reading = read_qti_xml(data)
    assert reading.drafts[0].stem == "Hỏi gì?"
    assert [(one.code, dict(one.params)) for one in reading.problems] == [
        ("text_repaired", {"cells": 1, "kind": "nbsp"})]


@pytest.mark.parametrize(("head", "answer"), [
    (b"<questestinterop>", True),
    (b'<?xml version="1.0"?>\n<!DOCTYPE questestinterop SYSTEM "a.dtd">\n<questestinterop', True),
    (b"\xef\xbb\xbf<!-- x --><qti-assessment-item xmlns='x'>", True), (b"<q:assessmentItem ", True),
    ("<assessmentItem title='\u1ebf".encode()[:-1], True), ("<assessmentItem".encode("utf-16"), True),
    (b"<quiz>", False), (b"", False), (b"PK\x03\x04", False), (b"questestinterop", False), (b"\xff\xfe<", False),
])
def test_a_head_tells(head, answer):
    assert looks_like_qti_xml(head) is answer


def test_names_tell_a_package():
    assert looks_like_qti_package(["a/imsmanifest.xml", "a/q.xml"])
    assert not looks_like_qti_package(["word/document.xml"])


SOURCES = [path.read_bytes() for path in FILES]
PIECES = [b"<", b">", b"&", b'"', b"]]>", b"<!DOCTYPE a [", b"</item>", b"<value>A</value>", b"\x00", b"\xff", b"1e999",
          b"NaN", b"-9999999999", b'identifier="', b"\xee\x80\x80" b"9\xee\x80\x81", b"[[1]]", b"[[7]]", b" ", b"&#0;"]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_mutated_file_raises_nothing_but_a_refusal(data):
    source = bytearray(data.draw(st.sampled_from(SOURCES)))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(source)))
        size = data.draw(st.integers(0, 40))
        other = data.draw(st.sampled_from(SOURCES))
        start = data.draw(st.integers(0, len(other)))
        source[at:at + size] = data.draw(st.sampled_from([*PIECES, b"", other[start:start + 60]]))
    with contextlib.suppress(UnreadableFile):
        read_qti_xml(bytes(source))


TAG = re.compile(rb"<[a-zA-Z][^<>]*/>|<([a-zA-Z_-]+)[^<>]*>[^<>]*</\1>")
VALUE = re.compile(rb'"[^"<>]*"')


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_file_with_other_elements_and_values_raises_nothing(data):
    """Still well-formed: leaves removed, doubled or moved, attributes with values of others."""
    source = data.draw(st.sampled_from(SOURCES))
    for _ in range(data.draw(st.integers(1, 5))):
        pattern = data.draw(st.sampled_from([TAG, VALUE]))
        found = [match for match in pattern.finditer(source) if not match[0].startswith(b'"http')]
        if not found:
            continue
        one, two = data.draw(st.sampled_from(found)), data.draw(st.sampled_from(found))
        new = data.draw(st.sampled_from([two[0], b'""', b'"-1"', b'"1e30"', b'"0"'] if pattern is VALUE
                                        else [two[0], b"", one[0] * 3]))
        source = source[:one.start()] + new + source[one.end():]
    with contextlib.suppress(UnreadableFile):
        read_qti_xml(source)
