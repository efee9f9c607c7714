"""What a browser keeps to open without a line: nothing of anybody."""

import io
import json
import re

import pytest
from PIL import Image, ImageChops

from contest.extensions import db
from tests import factories as make
from tests.icons import FOLDER, icons


def shell(client):
    answer = client.get("/sw.js")
    assert answer.status_code == 200
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "no-cache"
    return json.loads(re.match(r"const SHELL = (.*);", answer.get_data(as_text=True))[1])


def test_the_worker_keeps_static_files_by_their_content_and_one_page(client):
    kept = shell(client)
    assert kept["offline"] == "/mat-ket-noi"
    for address in kept["files"]:
        assert re.fullmatch(r"/static/[\w./-]+\?v=[0-9a-f]{10}", address)
        with client.get(address) as answer:
            assert answer.status_code == 200
            assert "immutable" in answer.headers["Cache-Control"]


def test_a_page_without_a_line_finds_all_it_needs_in_what_is_kept(client):
    page = client.get("/mat-ket-noi").get_data(as_text=True)
    needed = re.findall(r'(?:src|href)="(/static/[^"]+)"', page)
    assert needed
    assert set(needed) <= set(shell(client)["files"])


def test_the_page_without_a_line_is_nobodys(app, client, hands):
    nobody = client.get("/mat-ket-noi").get_data(as_text=True)
    with app.app_context():
        person = make.account("hanh", name="Trần Văn Bí Mật")
        db.session.commit()
        make.signed_in(client, person)
    assert client.get("/mat-ket-noi").get_data(as_text=True) == nobody
    assert "csrf" not in nobody


def test_the_manifest_names_the_platform_and_its_icons(client):
    answer = client.get("/ung-dung.webmanifest")
    assert answer.mimetype == "application/manifest+json"
    found = answer.json
    assert found["name"] == "Cuộc thi trực tuyến"
    assert (found["lang"], found["display"], found["start_url"], found["scope"]) == ("vi", "standalone", "/", "/")
    for icon in found["icons"]:
        with client.get(icon["src"]) as picture:
            size = Image.open(io.BytesIO(picture.data)).size
        assert "x".join(map(str, size)) == icon["sizes"]
    assert {icon["sizes"] for icon in found["icons"] if icon["purpose"] == "any"} == {"192x192", "512x512"}


@pytest.mark.parametrize("name", icons())
def test_the_icons_are_as_drawn(name):
    drawn, kept = icons()[name].convert("RGBA"), Image.open(FOLDER / name).convert("RGBA")
    assert drawn.size == kept.size
    assert max(high for _low, high in ImageChops.difference(drawn, kept).getextrema()) <= 8


def test_pages_allow_the_worker_and_only_ours(client):
    assert "worker-src 'self'" in client.get("/dang-nhap").headers["Content-Security-Policy"]
