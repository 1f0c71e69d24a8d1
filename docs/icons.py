"""Draws the app's icons from one drawing: a bridge on blue, as PNG for phones that install it.

`.venv/bin/python docs/icons.py`; the SVGs beside them are the same drawing for browsers that read SVG.
"""

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw

ICONS = Path(__file__).resolve().parent.parent / "static" / "icons"
BLUE, WHITE = "#2f4fa3", "#ffffff"
FINE = 8  # drawn so many times larger, then made small: smooth edges
STROKES = 400  # dots a stroke is made of


def icon(size: int, *, corner: float, bridge: float) -> Image.Image:
    """The bridge on a blue ground; `corner` rounds it and `bridge` is the drawing's share of the side."""
    side = size * FINE
    image = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((0, 0, side - 1, side - 1), side * corner, fill=BLUE)
    _bridge(draw, side, bridge)
    return image.resize((size, size), Image.Resampling.LANCZOS)


def _bridge(draw: ImageDraw.ImageDraw, side: int, share: float) -> None:
    """Deck, arch and posts as favicon.svg draws them, in its square of 32."""
    unit, edge = side * share / 23, side / 2 - 16 * side * share / 23

    def stroke(points: Sequence[tuple[float, float]], width: float) -> None:
        for x, y in points:
            at, half = (edge + x * unit, edge + (y - 1) * unit), width * unit / 2
            draw.ellipse((at[0] - half, at[1] - half, at[0] + half, at[1] + half), fill=WHITE)

    stroke(_line((4.5, 20.5), (27.5, 20.5)), 2.25)
    stroke([*_line((7, 25), (7, 20.5)), *_arch(), *_line((25, 20.5), (25, 25))], 2.25)
    for x, top in ((12.2, 13.1), (16, 11.7), (19.8, 13.1)):
        stroke(_line((x, 20.5), (x, top)), 1.75)


def _line(start: tuple[float, float], end: tuple[float, float]) -> list[tuple[float, float]]:
    parts = [n / STROKES for n in range(STROKES + 1)]
    return [(start[0] + (end[0] - start[0]) * t, start[1] + (end[1] - start[1]) * t) for t in parts]


def _arch() -> list[tuple[float, float]]:
    """The cubic curve c0-12 18-12 18 0 from the left pier to the right."""
    parts = [n / STROKES for n in range(STROKES + 1)]
    return [(7 + 18 * (3 * t * t - 2 * t**3), 20.5 - 36 * t * (1 - t)) for t in parts]


def main() -> None:
    """Writes every icon the manifest and the layout name."""
    for size in (192, 512):
        icon(size, corner=0.22, bridge=0.68).save(ICONS / f"icon-{size}.png", optimize=True)
        icon(size, corner=0, bridge=0.52).save(ICONS / f"maskable-{size}.png", optimize=True)
    icon(180, corner=0, bridge=0.62).convert("RGB").save(ICONS / "icon-180.png", optimize=True)


if __name__ == "__main__":
    main()
