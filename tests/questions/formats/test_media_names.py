"""Names of pictures that mean harm: a picture is known by the hash of its content and stored by nothing else."""

import io
import re
import zipfile
from base64 import b64encode
from itertools import islice, product

from PIL import Image

from contest.questions.formats.moodle_xml import read_moodle_xml
from contest.questions.formats.qti import read_qti_package
from tests.questions.formats.attacks import MOODLE, QTI

BEFORE = ("", "../", "../../../../", "/", "//", "\\", "..\\..\\", "C:\\", "./", "a/../../", "%2e%2e%2f", "..%5c", "~/", "file:///",
          "....//", "\u202e", "\x00", " ", "\u2215..\u2215", "\uff0e\uff0e/")
NAMES = ("etc/passwd", "CON", "nul.png", "a.png\x00.exe", "a.png:stream", "x" * 300 + ".png", ".htaccess", "-rf.png",
         "$(id).png", "gpj.\u202eexe")


def hostile() -> list[str]:
    """200 names."""
    pairs = islice(product(BEFORE, NAMES), 200)
    return [f"{before}{number}{name}" for number, (before, name) in enumerate(pairs)]


def red() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), (200, 0, 0)).save(out, "PNG")
    return out.getvalue()


def test_no_name_leads_a_picture_of_a_package_anywhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names, picture = hostile(), red()
    assert len(set(names)) == 200
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("good.png", picture)
        for number, name in enumerate(names):
            entry = zipfile.ZipInfo("x")
            entry.filename = name  # the constructor would tidy it
            if number % 10 == 9:
                entry.external_attr = 0o120777 << 16  # a symbolic link
            package.writestr(entry, picture)
            shown = re.sub(r"[\x00-\x1f<>&\"]", "", name)
            package.writestr(f"item{number}.xml", QTI.format(dtd="", stem=f'<img src="{shown}" alt=""/> Hỏi {number}?'))
        package.writestr("itemgood.xml", QTI.format(dtd="", stem='<img src="good.png" alt=""/> Hỏi gì?'))
    reading = read_qti_package(out.getvalue())
    assert len(reading.drafts) == 201
    assert len(reading.media) == 1  # all are one picture: its name is its content's
    assert re.fullmatch("[0-9a-f]{64}", reading.media[0].name)
    assert list(tmp_path.iterdir()) == []


def test_no_name_leads_a_picture_of_moodle_anywhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    coded = b64encode(red()).decode()
    for name in hostile():
        shown = re.sub(r"[\x00-\x1f<>&\"]", "", name)
        file = f'<file name="{shown}" path="/../../" encoding="base64">{coded}</file>'
        stem = f'&lt;img src="@@PLUGINFILE@@/{shown}"&gt; Hỏi gì?'
        reading = read_moodle_xml(MOODLE.format(dtd="", stem=stem, more=file).encode())
        assert len(reading.drafts) == 1
        assert all(re.fullmatch("[0-9a-f]{64}", one.name) for one in reading.media)
    assert list(tmp_path.iterdir()) == []
