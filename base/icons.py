"""Icons of the heroicons package; its archive is read once: opened for each, it took half of a first page."""

import re
from functools import cache
from importlib.resources import files
from io import BytesIO
from zipfile import ZipFile

from markupsafe import Markup

#: What every icon says of its ink, and the style says once for all of them.
INKED = re.compile(r"\n *| (fill|stroke)(-\w+)?=\"(none|currentColor|round|1\.5)\"")
SIZED = ' width="24" height="24" class="icon">'


@cache
def _archive() -> ZipFile:
    """In memory: an open file would be shared with forked workers, its place in it as well."""
    return ZipFile(BytesIO(files("heroicons").joinpath("heroicons.zip").read_bytes()))


@cache  # a list shows the same few icons in every row
def icon(name: str) -> Markup:
    """An icon by its name; raises KeyError where there is none."""
    drawn = _archive().read(f"outline/{name}.svg").decode().rstrip()
    shown = drawn.replace(' xmlns="http://www.w3.org/2000/svg"', "", 1).replace(">", SIZED, 1)
    return Markup(INKED.sub("", shown))  # noqa: S704 (package's own SVG)
