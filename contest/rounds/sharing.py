"""What a contest is passed on by: its QR code and the picture that messengers show beside its address. Pure."""

import io
import unicodedata
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

import segno
from PIL import Image, ImageDraw, ImageFont

FONT = Path(__file__).parents[1] / "reports/fonts/Tinos-Bold.ttf"  # those of printed papers: every Vietnamese letter
SIZE = (1200, 630)  # as messengers want it
BLUE, GOLD, RED, WHITE = "#0b4f9e", "#ffc83d", "#b3121d", "#ffffff"
MARGIN = 80


@lru_cache(maxsize=64)
def qr(address: str) -> bytes:
    """The QR code of an address as an SVG, black on white with its quiet zone."""
    target = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        target, kind="svg", scale=8, border=4, dark="#000", light="#fff", svgclass=None, lineclass=None)
    return target.getvalue()


def zalo(address: str) -> str:
    """Where Zalo sends an address on."""
    return f"https://zalo.me/share?url={quote(address, safe='')}"


@lru_cache(maxsize=16)
def picture(title: str, agency: str, host: str) -> bytes:
    """A PNG of 1200 x 630 with a contest's title, who holds it and where; a long title is set smaller."""
    image = Image.new("RGB", SIZE, BLUE)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, SIZE[0], 16), fill=GOLD)
    draw.rectangle((0, 0, 320, 16), fill=RED)
    _line(draw, (MARGIN, 70), agency, 38, GOLD)
    font, lines = _fitting(draw, unicodedata.normalize("NFC", title))
    draw.multiline_text((MARGIN, 310), "\n".join(lines), font=font, fill=WHITE, spacing=font.size * .3, anchor="lm")
    _line(draw, (MARGIN, 520), host, 38, GOLD)
    target = io.BytesIO()
    image.quantize(64).save(target, "PNG", optimize=True)
    return target.getvalue()


def _line(draw: ImageDraw.ImageDraw, where: tuple[int, int], text: str, size: int, colour: str) -> None:
    """One line, as much of it as there is room for."""
    font = ImageFont.truetype(FONT, size)
    text = unicodedata.normalize("NFC", text)
    while draw.textlength(text, font) > SIZE[0] - 2 * MARGIN:
        text = text[:-2].rstrip() + "…"
    draw.text(where, text, font=font, fill=colour)


def _fitting(draw: ImageDraw.ImageDraw, title: str) -> tuple[ImageFont.FreeTypeFont, list[str]]:
    """The largest letters in which the title has room, and its lines."""
    for size in range(84, 30, -6):
        font = ImageFont.truetype(FONT, size)
        lines = _wrapped(draw, title, font)
        if len(lines) * size * 1.45 <= 360 and all(_fits(draw, line, font) for line in lines):
            return font, lines
    return font, lines[:7]


def _wrapped(draw: ImageDraw.ImageDraw, title: str, font: ImageFont.FreeTypeFont) -> list[str]:
    lines = [""]
    for word in title.split():
        longer = f"{lines[-1]} {word}".strip()
        if _fits(draw, longer, font) or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _fits(draw: ImageDraw.ImageDraw, text: str, font: ImageFont.FreeTypeFont) -> bool:
    return draw.textlength(text, font) <= SIZE[0] - 2 * MARGIN
