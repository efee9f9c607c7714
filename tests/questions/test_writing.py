"""Questions of every type, written and mended on the page."""

import html
import io
import re
from dataclasses import replace

import pytest
from PIL import Image
from sqlalchemy import select

from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.questions import cards, operations, seals, writing
from contest.questions.content import Content
from contest.questions.formats.drafts import Reading
from contest.questions.formats.gate import read_bank_here
from contest.questions.formats.writing import FORMATS
from contest.questions.media import StoredMedia
from contest.questions.models import Question
from tests.factories import NOON
from tests.questions import every_type as every
from tests.questions.cast import browser, post
from tests.questions.drafted import audited, many, new_bank, numbers, take
from tests.questions.sent import sent_by

HOME = "/to-chuc/ngan-hang"
KINDS = ("single", "multiple", "true_false", "cluster", "short_text", "number", "matching", "ordering", "gaps", "essay")


@pytest.fixture
def organiser(app, hands):
    return browser(app, "organiser")


@pytest.fixture
def bank(app) -> str:
    """The id of an empty bank."""
    with app.app_context():
        row = new_bank()
        db.session.commit()
        return row.id


def text(response) -> str:
    plain = re.sub(r"<(script|style|annotation).*?</\1>|<[^>]+>", " ", response.text, flags=re.S)
    return " ".join(html.unescape(plain).split())


def new(bank: str, kind: str, **query: str) -> str:
    return f"{HOME}/{bank}/cau-hoi/moi?loai={kind}" + "".join(f"&{name}={value}" for name, value in query.items())


def written(app) -> list[Content]:
    """What the questions say, in the bank's order."""
    with app.app_context():
        found = db.session.execute(select(Question.id, Question.bank_id).order_by(Question.position))
        return [cards.card(key, bank).content for key, bank in found]


def added(app, bank: str, content: Content) -> str:
    """The address of a question that says this."""
    with app.app_context():
        row = writing.add_question(bank, content, code=None, by=None, now=NOON)
        db.session.commit()
        return f"{HOME}/{bank}/cau-hoi/{row.id}"


# What is typed for each type, and what it comes to.
COMMON = {"stem": "Hỏi gì?", "points": "1", "level": "TH", "topic": "Thể chế"}
TYPED = {
    "single": {"text_0": "Một", "text_1": "Hai", "right_1": "y"},
    "multiple": {"text_0": "Một", "right_0": "y", "credit_0": "50", "text_1": "Hai", "right_1": "y", "credit_1": "50 %",
                 "text_2": "Ba", "credit_2": "-33,333", "text_7": "Tám"},
    "true_false": {"text_0": "Đúng", "text_1": "Sai", "right_0": "y"},
    "cluster": {"text_0": "Ý một", "is_0": "0", "text_5": "Ý sáu", "is_5": "1", "rule": "ladder"},
    "short_text": {"text_0": "Hòa Bình", "text_1": "Hoà", "credit_1": "50", "case": "y", "diacritics": "y"},
    "number": {"text_0": "23,53±0,01", "text_1": "từ 20 đến 25", "credit_1": "50"},
    "matching": {"text_0": "Ý một", "to_0": "X", "text_1": "Ý hai", "to_1": "Y", "text_2": "Ý ba", "to_2": "X",
                 "extra_1": "Z"},
    "ordering": {"text_0": "Nộp", "text_2": "Nhận", "text_3": "Trả"},
    "gaps": {"stem": "Có ____ nội dung, đến ....", "takes_0": "number", "text_0": "6", "takes_1": "choice",
             "text_1": "*2030\n2025 =50%\n2021"},
    "essay": {"explanation": "Ba ý."},
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_type_is_written(app, organiser, bank, kind):
    page = organiser.get(new(bank, kind))
    assert page.status_code == 200
    sent = {**sent_by(page.text), **COMMON, **TYPED[kind]}
    done = post(organiser, new(bank, kind), **sent, do="save")
    assert done.status_code == 303, text(done)
    (content,) = written(app)
    assert (content.type, content.level, content.topic, content.points) == (kind, "TH", "Thể chế", 100)
    shape = {
        "single": lambda: [(c.text, c.right, c.credit) for c in content.choices] == [
            ("Một", False, None), ("Hai", True, None)],
        "multiple": lambda: [(c.text, c.right, c.credit) for c in content.choices] == [
            ("Một", True, 50_000), ("Hai", True, 50_000), ("Ba", False, -33_333), ("Tám", False, 0)],
        "true_false": lambda: [(c.text, c.right, c.fixed) for c in content.choices] == [
            ("Đúng", True, True), ("Sai", False, True)],
        "cluster": lambda: ([(p.text, content.choices[p.option].text) for p in content.parts] == [
            ("Ý một", "Đúng"), ("Ý sáu", "Sai")] and content.settings == (("rule", "ladder"),)),
        "short_text": lambda: ([(a.text, a.credit) for a in content.gaps[0].answers] == [
            ("Hòa Bình", 100_000), ("Hoà", 50_000)]
            and content.settings == (("case", "kept"), ("diacritics", "needed"))),
        "number": lambda: [(a.text, a.credit) for a in content.gaps[0].answers] == [
            ("23.53±0.01", 100_000), ("20..25", 50_000)],
        "matching": lambda: ([(p.text, content.choices[p.option].text) for p in content.parts] == [
            ("Ý một", "X"), ("Ý hai", "Y"), ("Ý ba", "X")] and [c.text for c in content.choices] == ["X", "Y", "Z"]),
        "ordering": lambda: [c.text for c in content.choices] == ["Nộp", "Nhận", "Trả"],
        "gaps": lambda: (content.stem == "Có [[1]] nội dung, đến [[2]]" and [g.kind for g in content.gaps] == [
            "number", "choice"] and [(a.text, a.credit) for a in content.gaps[1].answers] == [
                ("2030", 100_000), ("2025", 50_000), ("2021", 0)]),
        "essay": lambda: content.explanation == "Ba ý.",
    }
    assert shape[kind](), content
    with app.app_context():
        assert audited() == ["bank.create", "question.add"]
    again = organiser.get(done.location)
    assert "Đã thêm câu 1 vào ngân hàng." in text(again)


@pytest.mark.parametrize("content", every.EVERY, ids=lambda content: content.type)
def test_an_unchanged_question_gets_no_version(app, organiser, bank, content):
    address = added(app, bank, content)
    page = organiser.get(address)
    done = post(organiser, address, **sent_by(page.text))
    assert "Không có gì thay đổi nên không tạo phiên bản mới." in text(organiser.get(done.location))
    assert written(app) == [content]
    done = post(organiser, address, **{**sent_by(page.text), "points": "2"})
    assert "Đã lưu phiên bản 2." in text(organiser.get(done.location))
    assert written(app) == [replace(content, points=200)]


@pytest.mark.parametrize(("kind", "change", "words", "place"), [
    ("single", {"right_1": None}, "Đánh dấu phương án đúng.", "text_0"),
    ("single", {"text_2": "hai."}, "Có hai phương án giống nhau.", "text_2"),
    ("single", {"right_3": "y", "right_1": None}, "Có phương án đang trống.", "text_3"),
    ("single", {"credit_0": "nhiều"}, "Ghi một số từ -100 đến 100", "credit_0"),
    ("single", {"rule": "negative"}, "Cách chấm này không dùng cho loại câu đã chọn.", "rule"),
    ("multiple", {"rule": "partial"}, "Cách chấm này không dùng tỷ lệ điểm của phương án.", "rule"),
    ("multiple", {"rule": "poem"}, "Chọn một mục trong danh sách.", "rule"),
    ("cluster", {"is_5": None}, "Chọn Đúng hoặc Sai cho ý này.", "is_5"),
    ("cluster", {"text_5": ""}, "Ghi nội dung của ý này.", "text_5"),
    ("cluster", {"text_0": "", "text_5": "", "is_0": None, "is_5": None}, "Ghi ít nhất một ý.", "text_0"),
    ("short_text", {"text_0": "", "text_1": "", "credit_1": ""}, "Ghi ít nhất một đáp án được chấp nhận.", "text_0"),
    ("short_text", {"credit_1": "101"}, "Ghi một số từ 0 đến 100", "credit_1"),
    ("short_text", {"credit_3": "50"}, "Ghi đáp án, hoặc xóa tỷ lệ điểm.", "text_3"),
    ("short_text", {"text_0": "x" * 501}, "Đáp án dài quá 500 ký tự.", "text_0"),
    ("number", {"text_1": "mười"}, "Ghi một số, ví dụ 23,5", "text_1"),
    ("matching", {"to_1": ""}, "Ghi mục ghép với ý này.", "to_1"),
    ("matching", {"text_1": ""}, "Ghi ý của mục này", "text_1"),
    ("matching", {"extra_1": "x."}, "Trùng với một dòng ở trên.", "extra_1"),
    ("matching", {"text_1": "", "to_1": "", "text_2": "", "to_2": ""}, "Ghi ít nhất hai cặp.", "text_0"),
    ("matching", {"to_1": "X", "extra_1": ""}, "Cần ít nhất hai mục khác nhau để ghép.", "to_0"),
    ("ordering", {"text_3": "NỘP"}, "Trùng với một dòng ở trên.", "text_3"),
    ("ordering", {"text_2": "", "text_3": ""}, "Ghi ít nhất hai mục.", "text_0"),
    ("gaps", {"stem": "Chỉ [[1]]"}, "Số chỗ điền trong nội dung khác số đáp án.", "stem"),
    ("gaps", {"text_0": "sáu"}, "Ghi một số, ví dụ 23,5", "text_0"),
    ("gaps", {"text_0": ""}, "Ghi ít nhất một đáp án được chấp nhận.", "text_0"),
    ("gaps", {"text_1": "2030\n2025"}, "Đánh dấu * trước lựa chọn đúng.", "text_1"),
    ("gaps", {"text_1": "*2030\n2030"}, "Ghi ít nhất hai lựa chọn khác nhau", "text_1"),
    ("essay", {"stem": ""}, "Ghi nội dung câu hỏi.", "stem"),
    ("essay", {"points": "0"}, "Ghi một số lớn hơn 0", "points"),
    ("essay", {"tags": "x" * 301}, "Nhãn dài quá 300 ký tự.", "tags"),
])
def test_a_fault_stands_at_its_field_and_nothing_is_lost(app, organiser, bank, kind, change, words, place):
    typed = {**COMMON, **TYPED[kind], **change}
    sent = {name: value for name, value in {**sent_by(organiser.get(new(bank, kind)).text), **typed}.items()
            if value is not None}
    answer = post(organiser, new(bank, kind), **sent)
    assert answer.status_code == 422
    shown = text(answer)
    assert words in shown
    summary = answer.text[answer.text.index('role="alert"'):answer.text.index("<form method=\"post\" enctype")]
    assert re.search(rf'href="#{place}(-0)?">[^<]*{re.escape(html.escape(words, quote=False))}', summary), summary
    assert f'id="{place}-error"' in answer.text
    back = sent_by(answer.text)
    kept = {name: value for name, value in sent.items() if name not in ("stem", "csrf_token", "shown")
            and value != "poem"}
    assert {name: back.get(name, "").replace("\r\n", "\n") for name in kept} == \
        {name: value.replace("\r\n", "\n") for name, value in kept.items()}
    assert written(app) == []


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "essay"])
def test_more_rows_keep_what_was_typed(app, organiser, bank, kind):
    sent = {**sent_by(organiser.get(new(bank, kind)).text), **COMMON, **TYPED[kind], "stem": ""}
    answer = post(organiser, new(bank, kind), **sent, do="rows")
    assert answer.status_code == 200
    assert "Cần sửa trước khi tiếp tục" not in text(answer)
    back = sent_by(answer.text)
    assert {name: back[name].replace("\r\n", "\n") for name in TYPED[kind] if name != "stem"} == \
        {name: value for name, value in TYPED[kind].items() if name != "stem"}
    if kind not in ("single", "multiple", "true_false"):
        assert int(back["shown"]) > int(sent["shown"])
        hidden = len(re.findall(r'id="row-\d+" hidden', answer.text))
        places = {"ordering": 8}.get(kind, 20)
        assert hidden == places - int(back["shown"])
    assert written(app) == []


def test_rows_end_at_twenty(organiser, bank):
    sent = {**sent_by(organiser.get(new(bank, "cluster")).text), "shown": "19"}
    answer = post(organiser, new(bank, "cluster"), **sent, do="rows")
    assert sent_by(answer.text)["shown"] == "20"
    assert 'value="rows"' not in answer.text
    wild = post(organiser, new(bank, "cluster"), **{**sent, "shown": "9999999"}, do="rows")
    assert sent_by(wild.text)["shown"] == "20"


@pytest.mark.parametrize(("do", "texts"), [
    ("up.2", ["Nộp", "Nhận", "", "Trả"]), ("down.0", ["", "Nộp", "Nhận", "Trả"]), ("up.0", ["Nộp", "", "Nhận", "Trả"]),
    ("down.7", ["Nộp", "", "Nhận", "Trả"]), ("up.x", ["Nộp", "", "Nhận", "Trả"]),
    ("up.99", ["Nộp", "", "Nhận", "Trả"])])
def test_items_are_moved(organiser, bank, do, texts):
    sent = {**sent_by(organiser.get(new(bank, "ordering")).text), **COMMON, **TYPED["ordering"]}
    back = sent_by(post(organiser, new(bank, "ordering"), **sent, do=do).text)
    assert [back[f"text_{n}"] for n in range(4)] == texts


def test_types_with_options_change_into_one_another(app, organiser, bank):
    address = added(app, bank, every.SINGLE)
    sent = {**sent_by(organiser.get(address).text), "type": "multiple", "right_0": "y"}
    assert post(organiser, address, **sent).status_code == 303
    (content,) = written(app)
    assert content.type == "multiple"
    assert [choice.right for choice in content.choices] == [True, True, False]
    other = post(organiser, address, **{**sent_by(organiser.get(address).text), "type": "cluster"})
    assert other.status_code == 422


def test_the_types_to_choose_from_and_what_is_filled_in(organiser, bank):
    page = organiser.get(f"{HOME}/{bank}/cau-hoi/moi?linh-vuc=Thể chế&can-cu=KH 1&muc-do=VD")
    links = re.findall(r'href="([^"]*cau-hoi/moi\?[^"]*loai=\w+[^"]*)"', page.text)
    assert len(links) == 10
    assert all(word in text(page) for word in ("Cụm câu đúng/sai", "Tự luận", "Ghép cặp"))
    sent = sent_by(organiser.get(html.unescape(links[3])).text)
    assert (sent["topic"], sent["citation"], sent["level"]) == ("Thể chế", "KH 1", "VD")
    odd = sent_by(organiser.get(new(bank, "essay", **{"muc-do": "la"})).text)
    assert odd["level"] == ""


def test_one_after_the_other(app, organiser, bank):
    sent = {**sent_by(organiser.get(new(bank, "essay")).text), **COMMON, "citation": "KH 1", "code": "TL-1"}
    done = post(organiser, new(bank, "essay"), **sent, do="again")
    assert done.status_code == 303
    page = organiser.get(done.location)
    assert "Đã thêm câu TL-1 vào ngân hàng." in text(page)
    fresh = sent_by(page.text)
    assert (fresh["topic"], fresh["citation"], fresh["level"], fresh["stem"]) == ("Thể chế", "KH 1", "TH", "")
    twice = post(organiser, new(bank, "essay"), **sent, do="again")
    assert twice.status_code == 409
    assert "Ngân hàng đã có câu này, mã hoặc số TL-1." in text(twice)
    taken = post(organiser, new(bank, "essay"), **{**sent, "stem": "Câu khác?"})
    assert taken.status_code == 409
    assert "Mã “TL-1” đã có câu khác" in text(taken)
    assert 'id="code-error"' in taken.text
    with app.app_context():
        assert numbers() == (1, 1, 1, 0)


def test_a_question_is_added_to_an_open_bank_only(app, bank, organiser):
    with app.app_context():
        with pytest.raises(Missing):
            writing.add_question("0" * 32, every.ESSAY, code=None, by=None, now=NOON)
        with pytest.raises(Refusal, match="question_key_missing"):
            writing.add_question(bank, replace(every.SHORT, gaps=()), code=None, by=None, now=NOON)
        seals.seal_bank(bank, by=None, now=NOON)
        with pytest.raises(Refusal, match="bank_sealed"):
            writing.add_question(bank, every.ESSAY, code=None, by=None, now=NOON)
        db.session.commit()
    assert organiser.get(new(bank, "essay")).status_code == 409
    assert written(app) == []


# Looks.

@pytest.mark.parametrize("kind", KINDS)
def test_the_preview_is_the_card(app, organiser, bank, kind):
    sent = {**sent_by(organiser.get(new(bank, kind)).text), **COMMON, **TYPED[kind]}
    page = post(organiser, new(bank, kind), **sent, do="preview")
    piece = post(organiser, f"{HOME}/{bank}/cau-hoi/xem-truoc?loai={kind}", **sent)
    assert piece.status_code == 200
    assert piece.text.lstrip().startswith('<article class="qcard"')
    assert piece.text.strip() in page.text
    assert written(app) == []


def test_half_a_question_is_shown_too(organiser, bank):
    for kind in KINDS:
        for sent in ({}, {"text_0": "x"}, {"to_0": "x"}, {"stem": "[[7]]", "text_3": "y"}):
            answer = post(organiser, f"{HOME}/{bank}/cau-hoi/xem-truoc?loai={kind}", **sent)
            assert answer.status_code == 200
    assert post(organiser, f"{HOME}/{bank}/cau-hoi/xem-truoc?loai=poem").status_code == 404


def test_the_preview_is_sanitised(organiser, bank):
    sent = {"stem": "<script>alert(1)</script> **đậm** $x^2$", "markup": "1", "text_0": "<img src=x onerror=y>",
            "explanation": "<b onclick=x>"}
    page = post(organiser, f"{HOME}/{bank}/cau-hoi/xem-truoc?loai=single", **sent).text
    assert "<script" not in page
    assert "<img" not in page
    assert "<b onclick" not in page
    assert "<strong>đậm</strong>" in page
    assert "<math" in page
    plain = post(organiser, f"{HOME}/{bank}/cau-hoi/xem-truoc?loai=single", **{**sent, "markup": ""}).text
    assert "**đậm** $x^2$" in plain


@pytest.mark.parametrize(("content", "words"), [
    (every.WEIGHTED, ["2 Đáp án đúng · 50 %", "5 -33,333 %"]),
    (every.MULTIPLE, ["Cách chấm: Đúng phần nào được điểm phần ấy."]),
    (every.CLUSTER, ["Ban hành năm 2021. Đúng", "Có tám nội dung. Sai"]),
    (every.SHORT, ["CCHC Đáp án đúng", "cải cách HC Đáp án đúng · 50 %", "Cách chấm: Phải đúng dấu."]),
    (every.NUMBER, ["23,53±0,01 Đáp án đúng", "20 – 25 Đáp án đúng · 50 %"]),
    (every.MATCHING, ["Cải cách công vụ Ghép với: Sở Nội vụ", "Bộ máy Ghép với: Sở Nội vụ",
                      "Thanh tra Không ghép với ý nào"]),
    (every.ORDERING, ["1. Nộp 2. Nhận 3. Trả Thứ tự đúng"]),
    (every.GAPS, ["Thủ đô (1) …… có (2) …… quận", "(1) Hà Nội Đáp án đúng", "(3) xuân Đáp án đúng · 50 %",
                  "(3) mưa Lựa chọn sai"]),
    (every.ESSAY, ["Tự luận: người chấm cho điểm.", "Chấm theo ba ý."]),
], ids=lambda value: value.type if isinstance(value, Content) else "")
def test_a_card_shows_the_key_in_words(app, organiser, bank, content, words):
    added(app, bank, content)
    shown = text(organiser.get(f"{HOME}/{bank}"))
    for word in words:
        assert word in shown


# Pictures.

def png(size=(40, 30)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "navy").save(out, "PNG")
    return out.getvalue()


def with_file(sent: dict[str, str], data: bytes) -> dict[str, object]:
    return {**sent, "picture": (io.BytesIO(data), "hinh.png")}


def test_a_picture_is_taken_and_must_be_described(app, organiser, bank):
    sent = {**sent_by(organiser.get(new(bank, "essay")).text), **COMMON, "stem": "Giá *2$ là gì?"}
    page = post(organiser, new(bank, "essay"), **with_file(sent, png()), do="picture")
    assert page.status_code == 200
    with app.app_context():
        (name,) = db.session.scalars(select(StoredMedia.name))
    sent = sent_by(page.text)
    assert sent["stem"].replace("\r\n", "\n") == r'Giá \*2\$ là gì?' + f'\n\n![](media:{name} "40x30")'
    assert (sent["markup"], sent["image_0"], sent["alt_0"]) == ("1", name, "")
    refused = post(organiser, new(bank, "essay"), **sent, do="save")
    assert refused.status_code == 422
    assert "Ghi mô tả cho hình 1." in text(refused)
    assert 'id="alt_0-error"' in refused.text
    done = post(organiser, new(bank, "essay"), **{**sent_by(refused.text), "alt_0": "Sơ đồ [một] cửa"}, do="save")
    assert done.status_code == 303
    (content,) = written(app)
    assert content.markup
    shown = organiser.get(done.location).text
    assert f'<img src="/hinh/{name}" alt="Sơ đồ [một] cửa" width="40" height="30"' in shown
    assert "Giá *2$ là gì?" in html.unescape(shown)
    assert sent_by(shown)["alt_0"] == "Sơ đồ [một] cửa"


def test_a_picture_comes_along_with_any_button(app, organiser, bank):
    sent = {**sent_by(organiser.get(new(bank, "essay")).text), **COMMON, "picture_alt": "Sơ đồ"}
    assert post(organiser, new(bank, "essay"), **with_file(sent, png()), do="save").status_code == 303
    assert "![Sơ đồ](media:" in written(app)[0].stem


@pytest.mark.parametrize(("data", "words"), [
    (b"no picture", "Không đọc được hình."), (b"", "Tệp trống."),
    (b"\xd7\xcd\xc6\x9a" + b"0" * 40, "công thức đời cũ")])
def test_what_is_no_picture(app, organiser, bank, data, words):
    sent = {**sent_by(organiser.get(new(bank, "essay")).text), **COMMON}
    answer = post(organiser, new(bank, "essay"), **with_file(sent, data), do="save")
    assert answer.status_code == 422
    assert words in text(answer)
    assert sent_by(answer.text)["stem"] == COMMON["stem"]
    assert written(app) == []


def test_no_file_chosen(organiser, bank):
    sent = sent_by(organiser.get(new(bank, "essay")).text)
    assert "Chọn tệp hình trước." in text(post(organiser, new(bank, "essay"), **sent, do="picture"))


# Files.

@pytest.mark.parametrize("form", FORMATS)
def test_an_export_tells_what_it_leaves_out_and_comes_back(app, organiser, bank, form):
    for content in every.EVERY:
        added(app, bank, content)
    page = organiser.get(f"{HOME}/{bank}/xuat?dang={form}")
    assert page.status_code == 200
    link = re.search(r'class="btn" href="([^"]*tai=1[^"]*)"', page.text)[1]
    answer = organiser.get(html.unescape(link))
    suffix = {"xlsx": "xlsx", "docx": "docx", "gift": "gift.txt", "aiken": "aiken.txt", "moodle-xml": "xml",
              "qti": "zip"}[form]
    assert answer.headers["Content-Disposition"] == f'attachment; filename="nganhang.{suffix}"'
    found: Reading = read_bank_here(answer.data, f"x.{suffix}")
    told = "Định dạng này không giữ được hết" in text(page)
    assert told is ("không bỏ sót gì" not in text(page))
    assert told is (form in ("gift", "aiken", "moodle-xml"))
    assert len(found.drafts) == len(every.EVERY) or told
    if form == "gift":
        assert "cụm câu đúng/sai. Dùng định dạng khác nếu cần phần đó. 1 câu, mã hoặc thứ tự: 5" in text(page)
    if form == "aiken":
        assert "câu nhiều đáp án. Dùng định dạng khác nếu cần phần đó. 2 câu, mã hoặc thứ tự: 2, 3" in text(page)


def test_the_formats_to_choose_from(organiser, bank):
    page = organiser.get(f"{HOME}/{bank}/xuat?dang=poem")
    assert re.findall(r'name="dang" id="[^"]+" value="([^"]+)"', page.text) == list(FORMATS)
    assert "tai=1" not in page.text


def test_a_sealed_bank_is_exported_on_record(app, organiser, bank):
    added(app, bank, every.SINGLE)
    with app.app_context():
        seals.seal_bank(bank, by=None, now=NOON)
        db.session.commit()
    reviewer = browser(app, "reviewer")
    for query in ("", "?dang=gift", "?dang=gift&tai=1"):
        assert reviewer.get(f"{HOME}/{bank}/xuat{query}").status_code == 403
    assert "Thủ đô".encode() in organiser.get(f"{HOME}/{bank}/xuat?dang=gift&tai=1").data
    with app.app_context():
        assert audited().count(seals.READING) == 1


def test_somebody_else_was_faster(app, organiser, bank):
    address = added(app, bank, every.CLUSTER)
    sent = sent_by(organiser.get(address).text)
    with app.app_context():
        key = db.session.scalars(select(Question.id)).one()
        operations.edit_question(key, replace(every.CLUSTER, stem="Bản của người khác:"), version=1, by=None, now=NOON)
        db.session.commit()
    answer = post(organiser, address, **{**sent, "text_0": "Ý của tôi."})
    assert answer.status_code == 409
    for words in ("Có hai bản của câu này", "Bản của người khác:", "Ý của tôi.", "Khác bản mới nhất ở"):
        assert words in text(answer)
    assert written(app)[0].stem == "Bản của người khác:"
    assert post(organiser, address, **sent_by(answer.text)).status_code == 303
    assert written(app)[0].parts[0].text == "Ý của tôi."


@pytest.mark.parametrize("role", ["contestant", "report_viewer"])
def test_only_those_who_keep_banks_write(app, hands, bank, role):
    other = browser(app, role)
    for path in (new(bank, "essay"), f"{HOME}/{bank}/xuat"):
        assert other.get(path).status_code == 403
    assert post(other, f"{HOME}/{bank}/cau-hoi/xem-truoc?loai=single", stem="x").status_code == 403


def test_many_fill_a_bank_and_the_next_comes_last(app, organiser, bank):
    with app.app_context():
        row = db.session.get_one(operations.Bank, bank)
        take(row, many(3))
        db.session.commit()
    added(app, bank, every.ESSAY)
    with app.app_context():
        assert list(db.session.scalars(select(Question.position).order_by(Question.position))) == [1, 2, 3, 4]


def test_settings_that_the_form_does_not_know_stay(app, organiser, bank):
    content = replace(every.MULTIPLE, settings=(("rule", "partial"), ("source", "tệp")))
    address = added(app, bank, content)
    assert post(organiser, address, **{**sent_by(organiser.get(address).text), "rule": ""}).status_code == 303
    assert written(app)[0].settings == (("source", "tệp"),)
