"""Where it was measured: numbers without their machine say nothing."""

import os
import platform
import time
from pathlib import Path
from statistics import median

SYNCS = 100


def described(folder: Path) -> dict[str, str]:
    """The machine in a few words; `disk` is what keeping 4 KB takes there."""
    return {
        "processor": f"{os.cpu_count()} x {_model()}",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "disk": f"{1000 * sync_s(folder):.2f} ms for a write of 4 KB to stay",
        "busy": f"{os.getloadavg()[0]:.1f} running before it began",
    }


def sync_s(folder: Path) -> float:
    """How long the folder's disk takes to keep 4 KB."""
    took, page = [], os.urandom(4096)
    probe = folder / "sync"
    with probe.open("wb") as file:
        for _ in range(SYNCS):
            begun = time.perf_counter()
            file.write(page)
            file.flush()
            os.fsync(file.fileno())
            took.append(time.perf_counter() - begun)
    probe.unlink()
    return median(took)


def _model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "?")
