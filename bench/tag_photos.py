"""Photos for the bench of tagging, with what is on them: real ones where there are any, else made-up ones."""

import csv
import os
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw

UNSURE = ("Not sure", "Skip")  # labels of the real set that say nothing
SHAPES = ("동그라미", "네모", "세모", "줄", "점", "십자")
COLOURS = ("#c33", "#36c", "#393", "#963", "#639", "#333")


@dataclass(frozen=True, slots=True)
class Shot:
    """A photo as a phone sends it, and what is on it."""

    data: bytes
    truth: str


def shots(count: int) -> tuple[str, list[Shot]]:
    """So many photos and what they are called: those under DARI_REALDATA where it is set, else made up."""
    real = os.environ.get("DARI_REALDATA")
    if real:
        return "clothing and groceries", list(_real(Path(real) / "photos"))[:count]
    return "made up", [_drawn(n) for n in range(count)]


def _real(folder: Path) -> Iterator[Shot]:
    with (folder / "clothing" / "labels.csv").open(encoding="utf-8") as labels:
        rows = [(row["file"], row["label"]) for row in csv.DictReader(labels) if row["label"] not in UNSURE]
    for name, label in rows:
        yield Shot((folder / "clothing" / name).read_bytes(), label)
    for path in sorted((folder / "grocery").glob("*.jpg")):
        yield Shot(path.read_bytes(), path.stem.removeprefix("nat_").rpartition("_")[0])


def _drawn(n: int) -> Shot:
    """A shape in a colour; no two are the same picture."""
    shape, colour = n % len(SHAPES), COLOURS[n // len(SHAPES) % len(COLOURS)]
    image = Image.new("RGB", (160, 120 + n), "#eee")
    draw, box = ImageDraw.Draw(image), (40, 30, 120, 100)
    if shape == 0:
        draw.ellipse(box, fill=colour)
    elif shape == 1:
        draw.rectangle(box, fill=colour)
    elif shape == 2:
        draw.polygon([(80, 30), (120, 100), (40, 100)], fill=colour)
    elif shape == 3:
        draw.line((20, 60, 140, 60), fill=colour, width=8)
    elif shape == 4:
        draw.ellipse((70, 50, 90, 70), fill=colour)
    else:
        draw.line((80, 20, 80, 100), fill=colour, width=8)
        draw.line((40, 60, 120, 60), fill=colour, width=8)
    out = BytesIO()
    image.save(out, "JPEG", quality=80)
    return Shot(out.getvalue(), SHAPES[shape])
