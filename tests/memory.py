"""Throwaway data lives in memory where there is room: nothing a test keeps must outlive the power."""

import os
import tempfile
from pathlib import Path

SHARED = Path("/dev/shm")
ROOM = 6 << 30  # bytes, of the folder and of the machine: the whole suite takes a third of it


def use_memory() -> None:
    """Puts this process's and its children's temporary files into memory, unless TMPDIR names a place."""
    if "TMPDIR" not in os.environ and _roomy():
        os.environ["TMPDIR"] = str(SHARED)
        tempfile.tempdir = None


def _roomy() -> bool:
    if not SHARED.is_dir() or not os.access(SHARED, os.W_OK):
        return False
    disk = os.statvfs(SHARED)
    return not disk.f_flag & os.ST_NOEXEC and min(disk.f_bavail * disk.f_frsize, _available()) > ROOM


def _available() -> int:
    facts = (line.split() for line in Path("/proc/meminfo").read_text().splitlines())
    return next((int(words[1]) << 10 for words in facts if words[0] == "MemAvailable:"), 0)
