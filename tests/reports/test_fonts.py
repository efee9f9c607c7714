import hashlib
from pathlib import Path

from PIL import ImageFont

from contest.reports.printed_pdf import FONTS

FILES = sorted(Path(FONTS).glob("*.ttf"))
LETTERS = "ẤẨỔẮậộựỵĐđƯươ"


def test_the_fonts_are_what_their_readme_says():
    readme = (FONTS / "README.md").read_text("utf8")
    assert len(FILES) == 4
    for path in FILES:
        assert f"| `{path.name}` | `{hashlib.sha256(path.read_bytes()).hexdigest()}` |" in readme


def test_they_have_every_vietnamese_letter():
    for path in FILES:
        font = ImageFont.truetype(path, 40)
        missing = bytes(font.getmask("\uffff"))
        drawn = [bytes(font.getmask(letter)) for letter in LETTERS]
        assert missing not in drawn
        assert len(set(drawn)) == len(LETTERS)
