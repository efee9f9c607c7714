import hashlib
import io
import subprocess
import sys
import zlib
from struct import pack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from contest.questions.formats import images
from contest.questions.formats.images import PictureRefused, take


def drawing(mode="RGB", size=(60, 40)):
    image = Image.new(mode, size, (255, 255, 255, 0)[: len(Image.new(mode, (1, 1)).getbands())] if mode != "L" else 255)
    ImageDraw.Draw(image).rectangle(
        (10, 10, 30, 30), fill=(200, 10, 10, 255)[: len(image.getbands())] if mode != "L" else 9
    )
    return image


def photo(size=(300, 200)):
    return Image.merge("RGB", [Image.effect_noise(size, spread) for spread in (40, 60, 80)])


def coded(image, kind="PNG", **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def opened(media):
    image = Image.open(io.BytesIO(media.data))
    image.load()
    return image


def png(width, height, body=b""):
    """A PNG that claims a size, whatever it holds."""

    def chunk(kind, data):
        return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))

    header = pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(body)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF"])
def test_each_format_becomes_webp_named_by_its_bytes(kind):
    media = take(coded(drawing(), kind))
    assert (media.mime, media.width, media.height) == ("image/webp", 60, 40)
    assert media.name == hashlib.sha256(media.data).hexdigest()
    assert opened(media).format == "WEBP"
    assert opened(media).size == (60, 40)


def test_a_drawing_is_kept_exactly_and_a_photograph_is_not():
    assert opened(take(coded(drawing()))).convert("RGB").tobytes() == drawing().tobytes()
    kept = take(coded(photo()))
    assert opened(kept).tobytes() != photo().tobytes()
    assert len(kept.data) < len(images._webp(photo(), lossless=True))


def test_a_drawing_too_large_to_keep_exactly_is_kept_like_a_photograph(monkeypatch):
    exact = take(coded(drawing()))
    monkeypatch.setattr(images, "MAX_DRAWN_BYTES", len(exact.data) - 1)
    assert take(coded(drawing())).name != exact.name


@pytest.mark.parametrize(
    ("size", "kept"),
    [((1200, 900), (1200, 900)), ((1201, 10), (1200, 10)), ((600, 2400), (300, 1200)), ((20_000, 4), (1200, 1))],
)
def test_the_longer_side_is_at_most_1200(size, kept):
    media = take(coded(drawing(size=size)))
    assert (media.width, media.height) == kept == opened(media).size


def test_the_same_pixels_have_the_same_name():
    assert take(coded(drawing())).name == take(coded(drawing(), "BMP")).name == take(coded(drawing(), "TIFF")).name


def test_what_shines_through_still_does():
    image = opened(take(coded(drawing("RGBA"))))
    assert image.mode == "RGBA"
    assert image.getpixel((0, 0))[3] == 0
    assert image.getpixel((20, 20)) == (200, 10, 10, 255)
    assert opened(take(coded(drawing().convert("RGBA")))).mode == "RGB"


def test_a_gif_shows_its_first_frame_and_its_transparent_colour():
    frames = [Image.new("P", (9, 9), colour) for colour in (0, 1)]
    for frame in frames:
        frame.putpalette([10, 20, 30, 200, 100, 50] + [0] * 762)
    plain = take(coded(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert opened(plain).getpixel((4, 4)) == (10, 20, 30)
    assert opened(take(coded(frames[0], "GIF", transparency=0))).getpixel((4, 4))[3] == 0


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "CMYK", "I;16", "YCbCr"])
def test_every_way_to_write_colours(mode):
    image = Image.new("I;16", (8, 8), 0x8000) if mode == "I;16" else drawing("RGB", (8, 8)).convert(mode)
    kind = "JPEG" if mode in ("CMYK", "YCbCr") else "PNG"
    pixel = opened(take(coded(image, kind))).convert("RGB").getpixel((4, 4))
    assert pixel == (128, 128, 128) if mode == "I;16" else min(pixel) > 240


def test_the_orientation_is_applied_and_all_else_dropped():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010E] = "so nha 12"
    media = take(coded(drawing(), "JPEG", exif=exif, comment=b"so nha 12", icc_profile=b"so nha 12"))
    assert (media.width, media.height) == (40, 60)
    assert b"so nha" not in media.data
    assert not {"exif", "icc_profile", "xmp"} & set(opened(media).info)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "picture_refused"),
        (b"%PDF-1.7", "picture_refused"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "picture_refused"),
        (b"\x1f\x8b\x08", "picture_refused"),
        (b"GIF89a", "picture_refused"),
        (coded(drawing(), "PPM"), "picture_refused"),
        (coded(drawing(), "ICO"), "picture_refused"),
        (b"\xd7\xcd\xc6\x9a" + b"\0" * 60, "formula_image"),
        (b"\x01\x00\x09\x00\x00\x03" + b"\0" * 60, "formula_image"),
        (b"\x01\0\0\0" + b"\0" * 36 + b" EMF" + b"\0" * 60, "formula_image"),
    ],
)
def test_what_is_no_picture_for_a_page_is_refused(data, code):
    with pytest.raises(PictureRefused) as refused:
        take(data)
    assert refused.value.code == code


@pytest.mark.parametrize("size", [(50_000, 50_000), (40_000_001, 1), (6_400, 6_400), (2**31 - 1, 2**31 - 1), (0, 9)])
def test_a_size_beyond_measure_is_refused_before_it_is_decoded(size):
    with pytest.raises(PictureRefused):
        take(png(*size))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF"])
@given(st.data())
@settings(max_examples=25, deadline=None)
def test_a_broken_picture_is_taken_or_refused(kind, data):
    raw = bytearray(coded(drawing(size=(20, 20)), kind))
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    del raw[data.draw(st.integers(1, len(raw))) :]
    try:
        media = take(bytes(raw))
    except PictureRefused:
        return
    assert opened(media).size == (media.width, media.height)


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_whole_picture_beyond_measure_is_refused():
    with pytest.raises(PictureRefused):
        take(coded(Image.new("1", (6_400, 6_400))))


def test_the_largest_picture_fits_the_child_s_memory_and_needs_no_file():
    """40 million pixels under the limit of address space, without a byte written."""
    code = """
import io, resource, sys
from contest.questions.formats.images import take
data = sys.stdin.buffer.read()
resource.setrlimit(resource.RLIMIT_AS, (512 << 20, 512 << 20))
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
media = take(data)
print(media.width, media.height)
"""
    data = coded(Image.new("RGBA", (6_324, 6_324), (1, 2, 3, 100)), compress_level=1)
    done = subprocess.run([sys.executable, "-c", code], input=data, capture_output=True, check=True)
    assert done.stdout.split() == [b"1200", b"1200"]
