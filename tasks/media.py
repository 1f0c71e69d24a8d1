"""What an instruction shows besides words: pictures of the shop, and links to videos elsewhere (pure)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

MOST_MEDIA, LONGEST_URL = 4, 300
SHA256 = re.compile(r"[0-9a-f]{64}")
HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])")


@dataclass(frozen=True, slots=True)
class Media:
    """A picture by the hash of its bytes, or a video by its address."""

    kind: Literal["picture", "video"]
    name: str

    @property
    def host(self) -> str:
        """Where a video lies, for whoever is about to leave the house."""
        return host(self.name) if self.kind == "video" else ""


def read(raw: object) -> tuple[Media, ...]:
    """The media of an item as they are stored: [{"picture": hash}, {"video": address}]. Raises ValueError."""
    entries = raw if isinstance(raw, list) else [raw]
    if len(entries) > MOST_MEDIA:
        raise ValueError("too_many_media")
    found = tuple(_one(entry) for entry in entries)
    if len(set(found)) != len(found):
        raise ValueError("twice")
    return found


def _one(entry: object) -> Media:
    known: Mapping[str, object] = entry if isinstance(entry, dict) else {}
    match known:
        case {"picture": str(name)} if len(known) == 1 and SHA256.fullmatch(name):
            return Media("picture", name)
        case {"video": str(name)} if len(known) == 1:
            host(name)
            return Media("video", name)
    raise ValueError("not_media")


def host(url: str) -> str:
    """The host of a link that may be shown: https, a plain name, nothing hidden in it. Raises ValueError."""
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or re.search(r'[\s\\"<>]', url):
        raise ValueError("not_a_link")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError("not_a_link") from None
    name = (parts.hostname or "").lower()
    hidden = "@" in parts.netloc or port not in {None, 443}
    if parts.scheme != "https" or hidden or not HOST.fullmatch(name):
        raise ValueError("not_a_link")
    return name
