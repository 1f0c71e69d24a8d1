"""XLSX: the archive's directory is judged first, then a limited child process parses it."""

import json
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import IO
from zipfile import BadZipFile, ZipFile, ZipInfo

from base.errors import Invalid
from base.sheet import (
    Bomb,
    CellTooLong,
    FileTooBig,
    Limits,
    Numbered,
    Sheet,
    TooManyColumns,
    TooManyRows,
    gather,
)

CHILD = Path(__file__).with_name("sheets_child.py")
ENTRY = b"PK\x01\x02"
ENCRYPTED = 0x1
HUNGRY = 4  # the child's word for "more memory than I may have"; a signal means the same of any limit
REFUSALS: dict[str, type[Invalid]] = {
    "rows": TooManyRows,
    "columns": TooManyColumns,
    "cell": CellTooLong,
    "size": Bomb,
}


class BrokenWorkbook(Invalid):
    """An archive that is no readable workbook."""

    code = "base.sheet_workbook"


def parse(data: bytes, limits: Limits) -> Sheet:
    """The first visible sheet with rows. Raises Bomb, FileTooBig, BrokenWorkbook and what `gather` raises."""
    check_directory(data, limits)
    with closing(_rows(data, limits)) as rows:
        return gather(rows, limits)


def check_directory(data: bytes, limits: Limits) -> None:
    """Refuses an archive by what its directory promises, before a byte is inflated."""
    if data.count(ENTRY) > limits.parts:
        raise Bomb(limit=limits.parts)
    try:
        parts = ZipFile(BytesIO(data)).infolist()
    except (BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError) as broken:
        raise BrokenWorkbook from broken
    if _is_bomb(parts, len(data), limits):
        raise Bomb(limit=limits.ratio)
    if sum(part.file_size for part in parts) > limits.size:
        raise FileTooBig(limit=limits.size >> 20)
    if not _is_workbook(parts):
        raise BrokenWorkbook


def _is_bomb(parts: list[ZipInfo], size: int, limits: Limits) -> bool:
    return (
        len(parts) > limits.parts
        or sum(part.file_size for part in parts) > size * limits.ratio
        or any(part.file_size > max(1 << 20, part.compress_size * limits.ratio) for part in parts)
    )


def _is_workbook(parts: list[ZipInfo]) -> bool:
    names = {part.filename.lstrip("/").lower() for part in parts}
    return "xl/workbook.xml" in names and not any(part.flag_bits & ENCRYPTED for part in parts)


def _rows(data: bytes, limits: Limits) -> Generator[Numbered]:
    command = [sys.executable, "-I", str(CHILD), *map(str, _allowance(limits))]
    with subprocess.Popen(  # noqa: S603 - our own child, no word of the upload on its command line
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}
    ) as child:
        try:
            yield from _talk(child, data)
        finally:
            child.kill()
    if child.returncode < 0 or child.returncode == HUNGRY:
        raise Bomb(limit=limits.ratio)
    if child.returncode != 0:
        raise BrokenWorkbook


def _allowance(limits: Limits) -> tuple[int, ...]:
    return limits.rows, limits.columns, limits.cell, limits.size, limits.memory, limits.seconds


def _talk(child: "subprocess.Popen[bytes]", data: bytes) -> Iterator[Numbered]:
    """Hands the workbook over and takes rows back; the child reads everything before it writes anything."""
    assert child.stdin is not None
    assert child.stdout is not None
    _hand_over(child.stdin, data)
    for line in child.stdout:
        said = json.loads(line)
        if isinstance(said, dict):
            raise REFUSALS[said["refused"]](row=said["row"], limit=said["limit"])
        yield said[0], tuple(said[1])
    child.wait()


def _hand_over(pipe: IO[bytes], data: bytes) -> None:
    try:
        with pipe:
            pipe.write(data)
    except BrokenPipeError:
        pass  # it died of its limits; its exit code says so
