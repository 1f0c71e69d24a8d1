"""The last net: a 주민등록번호 that slipped past a field's own check is not kept, whatever it was typed into.

Fields where people write refuse it themselves, beside the field and without the hyphen as well. What nobody
thought of is caught here, written as a 주민등록번호 is; thirteen digits in a row may as well be a barcode.
"""

from collections.abc import Iterator
from typing import Any

from flask import request

from base.errors import Invalid
from base.personal import hyphenated_resident_number, suspect

CODES = frozenset({"number", "password"})  # a bank's account may be written like one, and is sealed


class ResidentNumber(Invalid):
    """Something that was sent looks like a 주민등록번호; Dari takes none. Facts: field."""

    code = "security.resident_number"


def check() -> None:
    """Raises ResidentNumber for the first field of the request that holds one."""
    for name, text in _texts():
        if name not in CODES and suspect(text) and hyphenated_resident_number(text):
            raise ResidentNumber(field=name)


def _texts() -> Iterator[tuple[str, str]]:
    yield from request.form.items(multi=True)
    if request.is_json:
        yield from _said("", request.get_json(silent=True))


def _said(name: str, told: Any) -> Iterator[tuple[str, str]]:
    """Every text of a document, with the name that it stands under."""
    if isinstance(told, str):
        yield name, told
    elif isinstance(told, dict):
        for key, value in told.items():
            yield from _said(key, value)
    elif isinstance(told, list):
        for value in told:
            yield from _said(name, value)
