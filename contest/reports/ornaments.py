"""What a certificate is framed with: a double border with corners, a bronze drum's face behind the words. Pure.

Drawn here, line by line, so that nothing of it is anybody else's picture. SVG, in points of A4 landscape.
"""

from collections.abc import Iterator
from math import cos, pi, sin

WIDTH, HEIGHT = 841.89, 595.28
RAYS = 14  # of the star, as on the drum of Ngọc Lũ
FEATHERS = 60
RINGS = (62.0, 70.0, 92.0, 99.0, 122.0, 128.0, 152.0, 160.0, 184.0)


def background(accent: str, gold: str, tint: str) -> str:
    """The whole page as an SVG. Colours as "#rrggbb": of the border, of its inner line, of the drum."""
    parts = [*_drum(WIDTH / 2, HEIGHT / 2 + 6, tint), *_border(accent, gold)]
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
            f'viewBox="0 0 {WIDTH} {HEIGHT}">{"".join(parts)}</svg>')


def _at(x: float, y: float, radius: float, turn: float) -> str:
    """A point on a circle; `turn`: 0 to 1 of a whole one, from the top."""
    return f"{x + radius * sin(2 * pi * turn):.2f},{y - radius * cos(2 * pi * turn):.2f}"


def _drum(x: float, y: float, tint: str) -> Iterator[str]:
    yield f'<g fill="none" stroke="{tint}" stroke-width="1.1">'
    star = " ".join(point for ray in range(RAYS) for point in (
        _at(x, y, 54, ray / RAYS), _at(x, y, 20, (ray + .5) / RAYS)))
    yield f'<polygon points="{star}" fill="{tint}"/>'
    for ray in range(RAYS):  # what lies between two rays
        turn = (ray + .5) / RAYS
        for depth in (0, 7):
            yield (f'<polyline points="{_at(x, y, 54 - depth, turn - .016)} {_at(x, y, 36 - depth, turn)} '
                   f'{_at(x, y, 54 - depth, turn + .016)}"/>')
    for radius in RINGS:
        yield f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{radius}"/>'
    yield from _dotted(x, y, 81, 48, tint)
    yield from _dotted(x, y, 140, 84, tint)
    for place in range(FEATHERS):  # birds' feathers, as slanted strokes
        turn = place / FEATHERS
        yield f'<polyline points="{_at(x, y, 99, turn)} {_at(x, y, 110.5, turn + .008)} {_at(x, y, 122, turn)}"/>'
    for place in range(2 * FEATHERS):
        turn = place / FEATHERS / 2
        yield f'<polyline points="{_at(x, y, 160, turn)} {_at(x, y, 184, turn + .5 / FEATHERS)}"/>'
    yield "</g>"


def _dotted(x: float, y: float, radius: float, count: int, tint: str) -> Iterator[str]:
    for place in range(count):
        cx, cy = _at(x, y, radius, place / count).split(",")
        yield f'<circle cx="{cx}" cy="{cy}" r="3.4"/><circle cx="{cx}" cy="{cy}" r="1" fill="{tint}"/>'


def _border(accent: str, gold: str) -> Iterator[str]:
    for inset, width, colour in ((20, 3.2, accent), (26.5, .8, gold), (38, .9, accent)):
        yield (f'<rect x="{inset}" y="{inset}" width="{WIDTH - 2 * inset:.2f}" height="{HEIGHT - 2 * inset:.2f}" '
               f'fill="none" stroke="{colour}" stroke-width="{width}"/>')
    yield from _band(accent)
    for mirror_x, mirror_y in ((1, 1), (-1, 1), (1, -1), (-1, -1)):
        x, y = (0 if mirror_x > 0 else WIDTH), (0 if mirror_y > 0 else HEIGHT)
        yield f'<g transform="translate({x} {y}) scale({mirror_x} {mirror_y})" fill="none">{_corner(accent, gold)}</g>'


def _band(accent: str) -> Iterator[str]:
    """A row of small S-shaped hooks, as on drums and steles, between the inner lines."""
    middle, step, most = 32.2, 11.0, 72.0
    across, down = int((WIDTH - 2 * most) / step), int((HEIGHT - 2 * most) / step)
    hook = "h5 v-3.6 h-3 v1.8"
    path = [f"M{most + (WIDTH - 2 * most - across * step) / 2 + place * step + 3:.2f} {line + 1.8:.2f} {hook}"
            for place in range(across) for line in (middle, HEIGHT - middle)]
    turned = "v5 h-3.6 v-3 h1.8"
    path += [f"M{line + 1.8:.2f} {most + (HEIGHT - 2 * most - down * step) / 2 + place * step + 3:.2f} {turned}"
             for place in range(down) for line in (middle, WIDTH - middle)]
    yield f'<path d="{" ".join(path)}" fill="none" stroke="{accent}" stroke-width=".7" stroke-opacity=".75"/>'


def _corner(accent: str, gold: str) -> str:
    """The corner at the top left; the others are its mirror images."""
    return (f'<rect x="16" y="16" width="48" height="48" fill="#fff" stroke="{accent}" stroke-width="2"/>'
            f'<rect x="20.5" y="20.5" width="39" height="39" stroke="{gold}" stroke-width=".9"/>'
            f'<path d="M26 54 V26 H54 V46 H34 V34 H46 V39 H40" stroke="{accent}" stroke-width="2.2"/>'
            f'<path d="M64 44 H74 V38 M44 64 V74 H38" stroke="{accent}" stroke-width=".9"/>')
