"""The data files of this kind, read once: channels, notices, words and vocabulary (pure)."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

HOME = Path(__file__).parent / "data"


@cache
def read(name: str) -> dict[str, Any]:
    """A data file by its name, without the ending."""
    return tomllib.loads((HOME / f"{name}.toml").read_text(encoding="utf-8"))
