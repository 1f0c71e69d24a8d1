"""Static files: under an address that names their edition, squeezed once and kept in memory.

Pages hold secrets and stay as they are (BREACH).
"""

import gzip
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

SQUEEZED = {"text/css", "text/javascript", "image/svg+xml", "application/manifest+json"}
SMALLEST = 600  # bytes; below this the header costs more than it saves
FOREVER = "public, max-age=31536000, immutable"
#: How old a file is: of one that is kept for good nobody asks, and a first page fetches thirty of them.
NEEDLESS = ("Content-Disposition", "Last-Modified", "ETag", "Date", "Accept-Ranges")
LOOKED_AT = "no-cache"  # of another edition, or while it is being written: asked for again each time


def furnish(app: Flask, folder: Path, *, fixed: bool) -> None:
    """Serves the folder as `static`; every address names the edition, so a browser may keep it for good.

    Modules import each other by relative addresses and so stay in one edition. `fixed`: files do not change.
    """
    now = edition(folder)
    app.static_folder = str(folder)
    app.config.update(STATIC_EDITION=now)

    def send(edition: str, filename: str) -> Response:
        response, for_good = app.send_static_file(filename), fixed and edition == now
        response.headers["Cache-Control"] = FOREVER if for_good else LOOKED_AT
        for name in NEEDLESS if for_good else ():
            response.headers.pop(name, None)
        return squeeze(response, folder)

    def name_edition(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            values.setdefault("edition", now)

    app.add_url_rule("/static/<edition>/<path:filename>", endpoint="static", view_func=send)
    app.url_defaults(name_edition)


def edition(folder: Path) -> str:
    """A name for the files as they are: another one as soon as any of them differs."""
    told = sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        told.update(f"{path.relative_to(folder)}\0{path.stat().st_size}\0".encode() + path.read_bytes())
    return told.hexdigest()[:12]


def squeeze(response: Response, folder: Path) -> Response:
    """The same static answer in gzip where the browser takes it and it is worth it."""
    if response.status_code != 200 or response.mimetype not in SQUEEZED:
        return response
    response.headers["Vary"] = "Accept-Encoding"
    path = folder / (request.view_args or {}).get("filename", "")
    if "gzip" not in request.headers.get("Accept-Encoding", "") or path.stat().st_size < SMALLEST:
        return response
    response.direct_passthrough = False
    response.close()  # the file as it is
    response.set_data(_squeezed(path, path.stat().st_mtime_ns))
    response.headers["Content-Encoding"] = "gzip"
    return response


@lru_cache(maxsize=256)
def _squeezed(path: Path, _changed: int) -> bytes:
    return gzip.compress(path.read_bytes(), 9, mtime=0)
