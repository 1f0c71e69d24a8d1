"""The kinds of work this house knows."""

from base.errors import NotFound
from tasks.kinds import packing
from tasks.kinds.kind import Kind

KINDS: dict[str, Kind] = {packing.KIND: packing.PACKING}


def kind(name: str) -> Kind:
    """The kind of this name. Raises NotFound."""
    if name not in KINDS:
        raise NotFound
    return KINDS[name]
