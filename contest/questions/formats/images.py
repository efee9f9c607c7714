"""Pictures of questions, decoded and written anew as WebP. Pure; Pillow loads where it is needed.

What comes out is made of pixels alone: no profile, no place and time of a photograph, nothing that
a viewer could take for something else. The same pixels give the same bytes and so the same name.
"""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING

from contest.questions.formats.drafts import Media

if TYPE_CHECKING:
    from PIL.Image import Image

MIME = "image/webp"
MAX_SIDE = 1200
MAX_PIXELS = 40_000_000
MAX_DRAWN_BYTES = 150_000  # beyond that a drawing is kept like a photograph
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF")
_FEW_COLOURS = 2048
_DEEP = {"I;16": 1 / 256, "I;16B": 1 / 256, "I;16L": 1 / 256, "I": 1 / 256}


class PictureRefused(Exception):
    """The picture is not taken over: `picture_refused`, or `formula_image` for a drawing of Windows."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def take(data: bytes) -> Media:
    """Return a PNG, JPEG, GIF (its first frame), WebP, BMP or TIFF as WebP of at most 1200 × 1200.

    Drawings of few colours are kept exactly, photographs at quality 80. Raises PictureRefused for
    anything else, for broken files and for pictures over 40 million pixels, whose size is looked
    at before they are decoded.
    """
    if _is_metafile(data):
        raise PictureRefused("formula_image")
    try:
        image = _decoded(data)
        coded = _coded(image)
    except PictureRefused:
        raise
    except Exception as wrong:  # Pillow names no end to what a broken file may raise; MemoryError is among it
        raise PictureRefused("picture_refused") from wrong
    return Media(hashlib.sha256(coded).hexdigest(), MIME, image.width, image.height, coded)


def _is_metafile(data: bytes) -> bool:
    """True for WMF and EMF, in which Word keeps the formulas of its old editor."""
    return data.startswith((b"\xd7\xcd\xc6\x9a", b"\x01\x00\x09\x00\x00\x03")) or data[40:44] == b" EMF"


def _decoded(data: bytes) -> Image:
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    with Image.open(io.BytesIO(data), formats=_FORMATS) as opened:
        width, height = opened.size
        if width * height > MAX_PIXELS:
            raise PictureRefused("picture_refused")
        opened.draft(None, (MAX_SIDE, MAX_SIDE))  # a JPEG is decoded no larger than needed
        image = _in_colours(opened)
        image.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
        image = ImageOps.exif_transpose(image)
    if image.mode == "RGBA" and image.getchannel("A").getextrema() == (255, 255):
        image = image.convert("RGB")
    image.info = {}  # from here some versions of Pillow write profiles and places of their own accord
    return image


def _in_colours(image: Image) -> Image:
    """Return the picture as RGB, or RGBA where something shines through."""
    if image.mode in _DEEP:
        scale = _DEEP[image.mode]
        info, image = image.info, image.point(lambda value: value * scale).convert("L")
        image.info = info
    through = "A" in image.getbands() or "a" in image.getbands() or "transparency" in image.info
    mode = "RGBA" if through else "RGB"
    return image if image.mode == mode else image.convert(mode)  # 40 million pixels have no room for a copy


def _coded(image: Image) -> bytes:
    if image.getcolors(_FEW_COLOURS) is not None:
        exact = _webp(image, lossless=True)
        if len(exact) <= MAX_DRAWN_BYTES:
            return exact
    return _webp(image, lossless=False)


def _webp(image: Image, *, lossless: bool) -> bytes:
    out = io.BytesIO()
    image.save(out, "WEBP", lossless=lossless, quality=80, method=4)
    return out.getvalue()
