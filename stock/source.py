"""Where the rows of an import come from."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """A file being written: its channel, its import, and the ids of its products by SKU."""

    channel: str
    import_id: int
    products: Mapping[str, int]
