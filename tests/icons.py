"""Draws the icons for home screens after `img/icon.svg`: `python -m tests.icons`."""

from pathlib import Path

from PIL import Image, ImageDraw

FOLDER = Path(__file__).parents[1] / "contest/web/static/img"
BLUE, GOLD = "#0b4f9e", "#ffc83d"
TICK, STROKE = ((8.5, 16.5), (13.5, 21.5), (23.5, 10.5)), 3.5  # in the SVG's 32 units
SHARPER = 4


def icon(size: int, *, maskable: bool) -> Image.Image:
    """The icon; a maskable one fills its square and keeps its sign in the middle 80 %."""
    whole = size * SHARPER
    unit = whole / 32
    image = Image.new("RGBA", (whole, whole), BLUE if maskable else (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    if not maskable:
        draw.rounded_rectangle((0, 0, whole - 1, whole - 1), 8 * unit, fill=BLUE)
    scale = .8 if maskable else 1
    points = [tuple((16 + (value - 16) * scale) * unit for value in point) for point in TICK]
    width = STROKE * scale * unit
    draw.line([value for point in points for value in point], fill=GOLD, width=round(width))
    for x, y in points:
        draw.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=GOLD)
    return image.resize((size, size), Image.Resampling.LANCZOS)


def icons() -> dict[str, Image.Image]:
    """Every icon by the name of its file."""
    return {"icon-192.png": icon(192, maskable=False), "icon-512.png": icon(512, maskable=False),
            "icon-maskable-512.png": icon(512, maskable=True)}


if __name__ == "__main__":
    for name, image in icons().items():
        image.save(FOLDER / name, optimize=True)
