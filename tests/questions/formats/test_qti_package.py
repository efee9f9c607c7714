"""Content packages: order, pictures, what belongs together; and packages that mean harm."""

import contextlib
import io
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from contest.questions.formats.drafts import UnreadableFile
from contest.questions.formats.qti import read_qti_package, read_qti_xml
from contest.questions.formats.qti_zip import MAX_ENTRIES, Package

CORPUS = Path(__file__).parents[2] / "corpus" / "qti"
ITEM = (CORPUS / "v21_single.xml").read_bytes()


def dot() -> bytes:
    """A picture made here: eight red pixels square."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8), (200, 0, 0)).save(out, "PNG")
    return out.getvalue()


def packed(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in files.items():
            package.writestr(name, data)
    return out.getvalue()


def corpus(name: str) -> dict[str, bytes]:
    root = CORPUS / "packages" / name
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def refusal(data: bytes) -> tuple[str, dict]:
    with pytest.raises(UnreadableFile) as caught:
        read_qti_package(data)
    return caught.value.code, caught.value.params


def test_a_test_gives_order_and_topics_the_manifest_gives_tags_and_levels():
    reading = read_qti_package(packed(corpus("test") | {"items/img/cham.png": dot()}))
    second, first = reading.drafts
    assert (second.code, second.topic, second.row) == ("second", "Chuyển đổi số", 1)
    assert (first.code, first.topic, first.level, first.tags) == ("first", "Thể chế", "VD", ("một cửa",))
    assert second.stem == "Đoạn văn chung.\n\nNêu ý chính."
    assert [(one.code, dict(one.params)) for one in second.problems] == [
        ("text_not_taken", {"value": "../stimuli/gone.xml"})]
    assert f"media:{reading.media[0].name}" in first.stem
    assert first.key == (1,)
    assert [(one.code, dict(one.params)) for one in reading.problems] == [
        ("text_not_taken", {"value": "../../etc/passwd"}), ("format_error", {"value": "items/broken.xml"})]


MANIFEST = """<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" identifier="m"><resources xml:base="q/">
<resource identifier="a" type="imsqti_item_xmlv2p1" href="a.xml"><file href="a.xml"/></resource>
<resource identifier="b" type="imsqti_item_xmlv2p1" href="b.xml"><file href="b.xml"/></resource>
</resources></manifest>"""
INCLUDING = ITEM.replace(b"<itemBody>", b'''<itemBody><xi:include xmlns:xi="http://www.w3.org/2001/XInclude"
    href="passage/p.xml"/><include xmlns="http://www.w3.org/2001/XInclude" href="/etc/passwd"/>''')


def test_an_item_that_is_not_there_is_named():
    reading = read_qti_package(packed({"imsmanifest.xml": MANIFEST.encode(), "q/a.xml": ITEM}))
    assert [one.code for one in reading.drafts] == ["CCHC-001"]
    assert [(one.code, dict(one.params)) for one in reading.problems] == [("text_not_taken", {"value": "q/b.xml"})]


EITHER = """<questestinterop><item ident="e">
<itemmetadata><bbmd_questiontype>Either/Or</bbmd_questiontype></itemmetadata>
<presentation><material><mattext>Dung?</mattext></material><response_lid ident="r" rcardinality="Single"><render_choice>
<response_label ident="t"><material><mattext>yes_no.true</mattext></material></response_label>
<response_label ident="f"><material><mattext>yes_no.false</mattext></material></response_label>
</render_choice></response_lid></presentation>
<resprocessing><respcondition><conditionvar>
<varequal respident="r">f</varequal></conditionvar><setvar>1</setvar></respcondition></resprocessing>
</item></questestinterop>"""


def test_blackboards_base_is_not_that_of_its_file_and_its_words_are_ours():
    manifest = """<manifest xmlns:bb="http://www.blackboard.com/content-packaging/" identifier="m"><resources>
        <resource bb:file="res1.dat" identifier="res1" type="assessment/x-bb-qti-pool" xml:base="res1"/>
        </resources></manifest>"""
    reading = read_qti_package(packed({"imsmanifest.xml": manifest.encode(), "res1.dat": EITHER.encode()}))
    assert reading.problems == ()
    assert [(one.type, one.options, one.key) for one in reading.drafts] == [("true_false", ("Đúng", "Sai"), (1,))]


def test_a_passage_is_taken_in_with_its_picture_and_nothing_from_elsewhere():
    passage = b'<div><p>Doan chung <img src="img/cham.png" alt="cham"/></p><include href="p.xml"/></div>'
    reading = read_qti_package(packed({"i/qti.xml": INCLUDING, "i/passage/p.xml": passage,
                                       "i/passage/img/cham.png": dot()}))
    (found,) = reading.drafts
    assert found.usable
    assert found.stem.startswith(f"Doan chung ![cham](media:{reading.media[0].name}")
    assert [(one.code, dict(one.params)) for one in found.problems] == [
        ("text_not_taken", {"value": "p.xml"}), ("text_not_taken", {"value": "/etc/passwd"})]


def test_a_passage_outside_a_package_is_named():
    (found,) = read_qti_xml(INCLUDING).drafts
    assert [dict(one.params) for one in found.problems if one.code == "text_not_taken"] == [
        {"value": "passage/p.xml"}, {"value": "/etc/passwd"}]


def test_a_picture_that_is_not_there_is_named():
    reading = read_qti_package(packed(corpus("test")))
    assert [(one.code, dict(one.params)) for one in reading.drafts[1].problems] == [
        ("picture_missing", {"name": "img/cham.png"})]
    broken = read_qti_package(packed(corpus("test") | {"items/img/cham.png": b"no picture"}))
    assert [one.code for one in broken.drafts[1].problems] == ["picture_refused"]


def test_canvas_writes_a_quiz_twice_and_it_is_read_once():
    reading = read_qti_package(packed(corpus("canvas") | {"web_resources/Hinh anh/cham.png": dot()}))
    assert [one.code for one in reading.drafts] == ["rich"]
    assert len(reading.media) == 1
    assert [one.code for one in reading.drafts[0].problems] == []
    assert [dict(one.params) for one in reading.problems] == [{"value": "sourcebank_ref × 1"}]


def test_blackboard_names_its_files_otherwise():
    reading = read_qti_package(packed(corpus("blackboard") | {"csfiles/home_dir/cham__xid-12_1.png": dot()}))
    assert [one.type for one in reading.drafts] == ["essay"]
    assert len(reading.media) == 1


def test_a_package_in_a_folder_and_one_without_a_manifest():
    inside = {f"export/{name}": data for name, data in corpus("test").items()}
    assert [one.code for one in read_qti_package(packed(inside)).drafts] == ["second", "first"]
    alone = {"b.xml": ITEM, "__MACOSX/._b.xml": ITEM, "a/readme.txt": b"x"}
    assert [one.code for one in read_qti_package(packed(alone)).drafts] == ["CCHC-001"]


def test_one_bad_document_never_costs_the_others():
    files = {"a.xml": ITEM, "b.xml": b"<assessmentItem>", "c.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><assessmentItem/>',
             "d.xml": ITEM.replace(b"CCHC-001", b"d")}
    reading = read_qti_package(packed(files))
    assert [one.code for one in reading.drafts] == ["CCHC-001", "d"]
    assert [one.code for one in reading.problems] == ["format_error"] * 2


def test_nothing_to_read_is_refused():
    assert refusal(packed({"a.txt": b"x"}))[0] == "other_zip"
    assert refusal(packed({"a.xml": b"<assessmentItem>"})) == ("broken_xml", {"line": 1, "column": 17, "name": "a.xml"})
    assert refusal(b"PK\x03\x04 and nothing")[0] == "broken_file"


@pytest.mark.parametrize("name", ["../../etc/passwd.xml", "/abs/item.xml", "..\\..\\item.xml", "C:\\item.xml",
                                  "a/../../item.xml", "item\x00.xml", "\u202elmx.item.xml", "CON.xml", "./a//b.xml"])
def test_a_hostile_name_writes_nothing(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    reading = read_qti_package(packed({name: ITEM, "good.xml": ITEM.replace(b"CCHC-001", b"good")}))
    assert "good" in [one.code for one in reading.drafts]
    assert list(tmp_path.iterdir()) == []
    names = Package(packed({name: ITEM})).names
    assert all(not one.startswith(("/", "..")) and "\x00" not in one and "\\" not in one for one in names)


def test_a_manifest_cannot_lead_out():
    files = corpus("test")
    files["imsmanifest.xml"] = files["imsmanifest.xml"].replace(b"items/first.xml", b"../../../../etc/passwd")
    files["items/first.xml"] = files["items/first.xml"].replace(b"img/cham.png", b"file:///etc/passwd")
    reading = read_qti_package(packed(files))
    assert reading.media == ()
    assert [dict(one.params) for one in reading.drafts[1].problems] == [{"name": "file:///etc/passwd"}]


def test_a_symbolic_link_is_not_followed():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        link = zipfile.ZipInfo("item.xml")
        link.external_attr = 0o120777 << 16
        package.writestr(link, ITEM)
        package.writestr("good.xml", ITEM)
    assert Package(out.getvalue()).names == ["good.xml"]
    assert Package(out.getvalue()).read("item.xml") is None


def test_bombs_are_refused():
    assert refusal(packed({"a.xml": b" " * 3_000_000}))[1]["why"] == "ratio"
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as package:
        for n in range(MAX_ENTRIES + 1):
            package.writestr(f"{n}", b"")
    assert refusal(many.getvalue()) == ("unsafe_zip", {"why": "entries", "limit": MAX_ENTRIES})
    listed = b"PK\x01\x02" * 100_000
    assert refusal(listed)[1]["why"] == "entries"


def test_sizes_add_up():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for n in range(2):
            package.writestr(f"{n}.xml", b"x")
            package.getinfo(f"{n}.xml").file_size = 60_000_000
            package.getinfo(f"{n}.xml").compress_size = 1_000_000
    assert refusal(out.getvalue())[1]["why"] == "unpacked"


def test_a_size_that_lies_costs_that_file_alone():
    data = packed({"a.xml": ITEM, "b.xml": ITEM.replace(b"CCHC-001", b"b") + b"\n" * 9})
    size = struct.pack("<I", len(ITEM))
    reading = read_qti_package(data.replace(size, struct.pack("<I", 100)))
    assert [one.code for one in reading.drafts] == ["b"]
    assert [one.code for one in reading.problems] == ["format_error"]


def test_repeated_names_and_passwords_are_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("a.xml", ITEM)
        package.writestr("./a.xml", ITEM)
    assert refusal(out.getvalue())[1] == {"why": "repeated_names"}
    data = bytearray(packed({"a.xml": ITEM}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert refusal(bytes(data))[0] == "encrypted"


def test_a_zip_in_a_zip_stays_closed():
    inner = packed({"item.xml": ITEM})
    assert refusal(packed({"inner.zip": inner}))[0] == "other_zip"
    assert len(read_qti_package(packed({"inner.zip": inner, "a.xml": ITEM})).drafts) == 1


def test_tests_that_name_each_other_end():
    section = '<assessmentSection identifier="s" title="x"><assessmentSectionRef identifier="r" href="{}"/>' \
              '<assessmentItemRef identifier="i" href="item.xml"/></assessmentSection>'
    files = {"a.xml": section.format("b.xml").encode(), "b.xml": section.format("a.xml").encode(), "item.xml": ITEM}
    assert [one.topic for one in read_qti_package(packed(files)).drafts] == ["x"]


def test_a_package_of_3():
    test = '<qti-assessment-test identifier="t"><qti-test-part identifier="p"><qti-assessment-section identifier="s" ' \
           'title="Luật"><qti-assessment-item-ref identifier="i" href="item.xml"/></qti-assessment-section>' \
           '</qti-test-part></qti-assessment-test>'
    item = (CORPUS / "v30_multiple.xml").read_bytes()
    reference = b'<qti-assessment-stimulus-ref identifier="s" href="s/s.xml"/>'
    item = item.replace(b"<qti-item-body>", reference + b"<qti-item-body>")
    stimulus = "<qti-assessment-stimulus identifier='s'><qti-stimulus-body><p>Bài đọc.</p></qti-stimulus-body>" \
               "</qti-assessment-stimulus>"
    files = {"item.xml": item, "test.xml": test.encode(), "s/s.xml": stimulus.encode()}
    found = read_qti_package(packed(files)).drafts[0]
    assert (found.topic, found.stem) == ("Luật", "Bài đọc.\n\nThành phố nào trực thuộc trung ương?")


PACKAGES = [packed(corpus(name) | {"items/img/cham.png": dot()}) for name in ("test", "canvas", "blackboard")]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_mutated_package_raises_nothing_but_a_refusal(data):
    source = bytearray(data.draw(st.sampled_from(PACKAGES)))
    for _ in range(data.draw(st.integers(1, 5))):
        source[data.draw(st.integers(0, len(source) - 1))] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        del source[data.draw(st.integers(0, len(source))):]
    with contextlib.suppress(UnreadableFile):
        read_qti_package(bytes(source))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_package_with_other_contents_raises_nothing_but_a_refusal(data):
    name = data.draw(st.sampled_from(["test", "canvas", "blackboard"]))
    files = corpus(name)
    for _ in range(data.draw(st.integers(1, 4))):
        victim = data.draw(st.sampled_from(sorted(files)))
        other = files[data.draw(st.sampled_from(sorted(files)))]
        at, size = data.draw(st.integers(0, len(other))), data.draw(st.integers(0, 50))
        files[victim] = data.draw(st.sampled_from([other, b"", files[victim][:at] + other[at:at + size],
                                                   files[victim].replace(b"href=", b"href='..' x="),
                                                   files[victim].replace(b'"', b'"" y="', 1)]))
    with contextlib.suppress(UnreadableFile):
        read_qti_package(packed(files))
