"""The library of modules to begin with, in both languages: files that read as a module's own content."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from base.errors import NotFound
from partners.training import content
from partners.training.content import Content

SHELF = Path(__file__).parent / "library"
NAMES = ("packing", "privacy", "brand")


@cache
def books(locale: str) -> Mapping[str, Content]:
    """Every module of the library in a language, by its short name."""
    return {name: _read(name, locale) for name in NAMES}


def _read(name: str, locale: str) -> Content:
    doc = tomllib.loads((SHELF / f"{name}.{locale}.toml").read_text(encoding="utf-8"))
    return content.checked(content.told(doc))


def book(name: str, locale: str) -> Content:
    """A module of the library. Raises NotFound."""
    if name not in NAMES:
        raise NotFound
    return books(locale)[name]
