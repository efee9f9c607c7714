"""Pages without their colours: how they are shown, and what a picture of one says of contrast."""

import io
from collections.abc import Iterator

from PIL import Image
from playwright.sync_api import Page

LIGHT = "document.documentElement.dataset.theme = 'light'"
PLAIN = "delete document.documentElement.dataset.theme; "
SCREEN = {"media": "screen", "color_scheme": "light", "forced_colors": "none"}
# name: (how the page is emulated, what is then done in it). The last: somebody whose system is dark chose light here.
MODES = {
    "light": ({}, ""),
    "dark": ({"color_scheme": "dark"}, ""),
    "paper": ({"media": "print"}, ""),
    "forced colours": ({"forced_colors": "active"}, ""),
    "forced colours in the dark": ({"forced_colors": "active", "color_scheme": "dark"}, ""),
    "forced dark, chosen light": ({"forced_colors": "active", "color_scheme": "dark"}, LIGHT),
}
MARKS = 3.0  # contrast of what is no text, WCAG 1.4.11
WORDS = 4.5  # of text, 1.4.3


def contrast(one: int, other: int) -> float:
    """Of two greys, 0 to 255, as WCAG has it."""
    low, high = sorted(grey / 12.92 if grey <= 0.04045 else ((grey + 0.055) / 1.055) ** 2.4
                        for grey in (one / 255, other / 255))
    return (high + 0.05) / (low + 0.05)


class Picture:
    """The whole page as it is seen now, in greys."""

    def __init__(self, page: Page) -> None:
        self._image = Image.open(io.BytesIO(page.screenshot(full_page=True, animations="disabled"))).convert("L")

    def at(self, x: float, y: float) -> int:
        pixel = self._image.getpixel((int(x), int(y)))
        assert isinstance(pixel, int)
        return pixel

    def spread(self, box: dict) -> float:
        """The contrast between the lightest and the darkest of a part."""
        x, y = int(box["x"]), int(box["y"])
        part = self._image.crop((x, y, x + int(box["width"]), y + int(box["height"])))
        darkest, lightest = part.getextrema()
        return contrast(darkest, lightest)


def shown(page: Page) -> Iterator[str]:
    """The page as it is, in each mode; the mode's name."""
    for mode, (how, act) in MODES.items():
        page.emulate_media(**{**SCREEN, **how})
        page.evaluate(PLAIN + act)
        yield mode
    page.evaluate(PLAIN)
    page.emulate_media(**SCREEN)
