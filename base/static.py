"""Static files, squeezed once and kept in memory; pages hold secrets and stay as they are (BREACH)."""

import gzip
from functools import lru_cache
from pathlib import Path

from flask import Response, request

SQUEEZED = {"text/css", "text/javascript", "image/svg+xml", "application/manifest+json"}
SMALLEST = 600  # bytes; below this the header costs more than it saves


def squeeze(response: Response, folder: Path) -> Response:
    """The same static answer in gzip where the browser takes it and it is worth it."""
    if response.status_code != 200 or response.mimetype not in SQUEEZED:
        return response
    response.headers["Vary"] = "Accept-Encoding"
    path = folder / (request.view_args or {}).get("filename", "")
    if "gzip" not in request.headers.get("Accept-Encoding", "") or path.stat().st_size < SMALLEST:
        return response
    response.direct_passthrough = False
    response.set_data(_squeezed(path, path.stat().st_mtime_ns))
    response.headers["Content-Encoding"] = "gzip"
    return response


@lru_cache(maxsize=256)
def _squeezed(path: Path, _changed: int) -> bytes:
    return gzip.compress(path.read_bytes(), 9, mtime=0)
