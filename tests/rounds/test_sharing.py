"""Passing a contest on: addresses, QR code, picture, poster."""

import io
import re
from xml.etree import ElementTree

import pytest
from PIL import Image

from contest.extensions import db
from contest.rounds import sharing
from tests import factories as make

ADDRESS = "http://127.0.0.1:8000/cuoc-thi/"
LONG = "HỘI THI ẨM THỰC – ĐỔI MỚI, QUYẾT LIỆT, HIỆU QUẢ; tìm hiểu cải cách hành chính, chuyển đổi số " * 2


@pytest.fixture
def code(app, hands):
    with app.app_context():
        contest = make.contest(title="Thi <b>& hỏi", units=(make.unit(),))
        make.round_(contest, make.bank(4))
        db.session.commit()
        return contest.code


def page(client, path, status=200):
    answer = client.get(path)
    assert answer.status_code == status
    return answer


def test_the_page_names_itself_by_the_address_that_people_type(client, code):
    text = page(client, f"/cuoc-thi/{code}").get_data(as_text=True)
    head = text.split("</head>")[0]
    found = dict(re.findall(r'<meta property="([^"]+)"(?: name="description")? content="([^"]*)"', head))
    assert f'<link rel="canonical" href="{ADDRESS}{code}">' in head
    assert found["og:url"] == ADDRESS + code
    assert found["og:title"] == "Thi &lt;b&gt;&amp; hỏi"
    assert found["og:site_name"] == "Sở Nội vụ"
    assert found["og:description"] == ("Tuần 1, từ 11:00 ngày 01/12/2026 đến 18:00 ngày 01/12/2026: 4 câu, 20 phút.")
    assert page(client, found["og:image"].removeprefix("http://127.0.0.1:8000")).mimetype == "image/png"
    assert 'href="https://zalo.me/share?url=http%3A%2F%2F127.0.0.1%3A8000%2Fcuoc-thi%2F' in text


def test_nobody_signed_in_is_named_in_what_is_passed_on(app, client, code):
    with app.app_context():
        person = make.account("hanh", name="Trần Văn Bí Mật")
        db.session.commit()
        make.signed_in(client, person)
    head = page(client, f"/cuoc-thi/{code}").get_data(as_text=True).split("</head>")[0]
    assert "Bí Mật" not in head


def test_the_qr_code_is_a_picture_that_anyone_may_keep(client, code):
    answer = page(client, f"/cuoc-thi/{code}/ma-qr.svg")
    assert answer.mimetype == "image/svg+xml"
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert ElementTree.fromstring(answer.data).tag.endswith("svg")  # noqa: S314 -- made by us
    assert "style" not in answer.get_data(as_text=True)


def test_the_qr_code_is_that_of_the_address():
    import segno

    symbol = segno.make("https://thi.example.vn/cuoc-thi/cchc-2026", error="m", micro=False)
    svg = sharing.qr("https://thi.example.vn/cuoc-thi/cchc-2026").decode()
    assert f'width="{(symbol.symbol_size(border=4)[0]) * 8}"' in svg
    assert sharing.qr("https://thi.example.vn/cuoc-thi/khac") != svg.encode()


@pytest.mark.parametrize("title", ["Thi", LONG, "Ổ" * 200, "ả́" * 40])
def test_the_picture_has_room_for_any_title(title):
    picture = Image.open(io.BytesIO(sharing.picture(title, "Ủy ban nhân dân " * 9, "thi.example.vn")))
    assert picture.size == (1200, 630)
    ink = picture.convert("L").point(lambda value: 255 if value > 200 else 0)
    left, top, right, bottom = ink.crop((0, 140, 1200, 500)).getbbox()
    assert left >= sharing.MARGIN - 8
    assert right <= 1200 - sharing.MARGIN + 8 or title == "Ổ" * 200
    assert bottom - top <= 360


def test_the_picture_is_small_enough_for_messengers():
    assert len(sharing.picture(LONG, "Sở Nội vụ", "thi.example.vn")) < 60_000


def test_the_poster_says_what_when_and_where(client, code):
    text = page(client, f"/cuoc-thi/{code}/ap-phich").get_data(as_text=True)
    assert f"/cuoc-thi/{code}/ma-qr.svg" in text
    assert ADDRESS + code in text
    assert "11:00 ngày 01/12/2026" in text


@pytest.mark.parametrize("path", ["ma-qr.svg", "anh.png", "ap-phich"])
def test_what_is_not_published_is_not_passed_on(app, client, hands, path):
    with app.app_context():
        contest = make.contest()
        make.round_(contest, make.bank(4), published=False)
        db.session.commit()
        code = contest.code
    page(client, f"/cuoc-thi/{code}/{path}", 404)
    page(client, f"/cuoc-thi/khong-co/{path}", 404)
