"""Many open tabs in one process: each asks as `static/js/live.js` does, and says how long it waited.

python -m bench.tab_crowd    what to do as one line of JSON on standard input; JSON comes back
"""

import asyncio
import json
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

FELT, SURELY, LONGEST, SHARE = 8.0, 120.0, 300.0, 20  # as in live.js, in seconds


@dataclass(slots=True)
class Waits:
    """Seconds that each answer took, and what did not come."""

    pulses: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    failed: int = 0


@dataclass(slots=True)
class Tab:
    """One tab: who sits there, the page, and the least seconds between two fetches of it."""

    port: int
    cookie: str
    path: str
    least: float
    waits: Waits
    felt: str = ""
    looked: float = 0.0

    async def live(self, until: float) -> None:
        """Beats until the time is over."""
        self.looked = time.monotonic()
        opened = FELT * random.random()  # noqa: S311 (tabs are not opened all at once)
        await asyncio.sleep(min(opened, max(0.0, until - time.monotonic())))
        while time.monotonic() < until:
            try:
                gap = await self._turn()
            except (OSError, ValueError, asyncio.IncompleteReadError):
                self.waits.failed += 1
                gap = 2 * FELT
            rest = max(FELT, gap) * (0.75 + random.random() / 2)  # noqa: S311
            await asyncio.sleep(min(rest, max(0.0, until - time.monotonic())))

    async def _turn(self) -> float:
        took, now = await self._ask("/pulse", self.waits.pulses)
        self.felt = self.felt or now
        since = time.monotonic() - self.looked
        if (now != self.felt or since > SURELY) and since >= self.least:
            took, _page = await self._ask(self.path, self.waits.pages)
            self.looked, self.felt = time.monotonic(), now
        return min(LONGEST, SHARE * took)

    async def _ask(self, path: str, waits: list[float]) -> tuple[float, str]:
        began = time.monotonic()
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nConnection: close\r\n"
            writer.write(f"{head}X-Live: 1\r\nAccept: */*\r\nCookie: dari={self.cookie}\r\n\r\n".encode())
            answer = await reader.read()
        finally:
            writer.close()
        if not answer.startswith(b"HTTP/1.1 200"):
            raise ValueError(path)
        waits.append(time.monotonic() - began)
        return waits[-1], answer.rpartition(b"\r\n")[2].decode(errors="replace")


async def crowd(port: int, tabs: Sequence[Sequence[Any]], seconds: float) -> Waits:
    """All tabs at once, for so long."""
    waits, until = Waits(), time.monotonic() + seconds
    opened = [Tab(port, cookie, path, least, waits) for cookie, path, least in tabs]
    await asyncio.gather(*(tab.live(until) for tab in opened))
    return waits


def main() -> None:
    """Reads what to do, does it, and reports."""
    asked = json.loads(sys.stdin.readline())
    waits = asyncio.run(crowd(asked["port"], asked["tabs"], asked["seconds"]))
    print(json.dumps({"pulses": waits.pulses, "pages": waits.pages, "failed": waits.failed}))


if __name__ == "__main__":
    main()
