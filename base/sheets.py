"""Reading an uploaded table file (CSV or XLSX, gzip allowed) without trusting it."""

import zlib

from base import sheets_csv, sheets_xlsx
from base.errors import Invalid
from base.sheet import Bomb, FileTooBig, Limits, Sheet

DEFAULT = Limits()
GZIP, ZIP, OLE = b"\x1f\x8b", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LOCKED = "EncryptedPackage".encode("utf-16-le")
SMALL = 1 << 20  # inflating this much is harmless whatever the ratio


class NotATable(Invalid):
    """The bytes are neither CSV nor XLSX."""

    code = "base.sheet_unknown"


class OldExcel(Invalid):
    """An .xls workbook of before 2007."""

    code = "base.sheet_xls"


class Locked(Invalid):
    """A workbook behind a password."""

    code = "base.sheet_locked"


def read(data: bytes, name: str, limits: Limits = DEFAULT) -> Sheet:
    """The table in an uploaded file; its kind is seen from its bytes, never from its name.

    Raises refusals of this module, base.sheet, base.sheets_csv and base.sheets_xlsx, all 422; writes nothing.
    """
    try:
        return _read(data, limits)
    except Invalid as refusal:
        refusal.facts.setdefault("file", name)
        raise


def _read(data: bytes, limits: Limits) -> Sheet:
    plain = _within(_inflated(data, limits), limits)
    if plain.startswith(ZIP):
        return sheets_xlsx.parse(plain, limits)
    if plain.startswith(OLE):
        raise Locked() if LOCKED in plain else OldExcel()
    if _foreign(plain):
        raise NotATable
    return sheets_csv.parse(plain, limits)


def _within(data: bytes, limits: Limits) -> bytes:
    if len(data) > limits.size:
        raise FileTooBig(limit=limits.size >> 20)
    return data


def _inflated(data: bytes, limits: Limits) -> bytes:
    if not data.startswith(GZIP):
        return data
    allowed = min(limits.size, max(SMALL, len(data) * limits.ratio))
    stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        plain = stream.decompress(_within(data, limits), allowed + 1)
    except zlib.error as broken:
        raise NotATable from broken
    if len(plain) > limits.size:
        raise FileTooBig(limit=limits.size >> 20)
    if len(plain) > allowed:
        raise Bomb(limit=limits.ratio)
    if not stream.eof or stream.unused_data.strip(b"\0"):
        raise NotATable
    return plain


def _foreign(data: bytes) -> bool:
    start = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"%pdf-", b"<", b"{", b"\x89png", GZIP, b"rar!", b"7z\xbc\xaf"))
