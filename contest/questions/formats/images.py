"""Pictures of questions, decoded and written anew as WebP. Pure; Pillow loads where it is needed."""

from __future__ import annotations

import hashlib
import io

from contest.questions.formats.drafts import Media

MAX_SIDE = 1200


class PictureRefused(Exception):
    """The picture is not taken over: `picture_refused`, or `formula_image` for a drawing of Windows."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def take(data: bytes) -> Media:
    """Return the picture re-encoded. Raises PictureRefused."""
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF")) as opened:
            image = ImageOps.exif_transpose(opened).convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as wrong:
        raise PictureRefused("picture_refused") from wrong
    image.thumbnail((MAX_SIDE, MAX_SIDE))
    out = io.BytesIO()
    image.save(out, "WEBP", quality=80)
    coded = out.getvalue()
    return Media(hashlib.sha256(coded).hexdigest(), "image/webp", image.width, image.height, coded)
