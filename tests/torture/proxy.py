"""A line between the app and a server that can be late, slow, silent or cut, as networks are (T7)."""

import asyncio
import socket
import struct
import threading
from contextlib import suppress
from dataclasses import dataclass, field

CLEAR, LATE, SLOW, SILENT = "clear", "late", "slow", "silent"
LATE_S, SLOW_S, SIP = 0.05, 0.002, 64  # seconds before each piece; seconds between sips of so many bytes
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: close without a word


@dataclass
class Line:
    """Listens on this machine's own address and passes everything on to a Unix socket, in the mood it is in."""

    target: str
    mood: str = CLEAR
    port: int = field(init=False)
    thread: threading.Thread = field(init=False)
    calls: set[asyncio.StreamWriter] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        opened = threading.Event()
        self.thread = threading.Thread(target=self._run, args=(opened,), daemon=True, name="line")
        self.thread.start()
        opened.wait()

    def reset(self) -> None:
        """Cuts every call under way, in the middle of a word."""
        self.loop.call_soon_threadsafe(self._cut)

    def close(self) -> None:
        """Hangs up and listens no more."""
        self.loop.call_soon_threadsafe(self._cut)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    def _run(self, opened: threading.Event) -> None:
        asyncio.set_event_loop(self.loop)
        server = self.loop.run_until_complete(asyncio.start_server(self._call, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        opened.set()
        self.loop.run_forever()
        server.close()
        waiting = asyncio.all_tasks(self.loop)
        for task in waiting:
            task.cancel()
        self.loop.run_until_complete(asyncio.gather(*waiting, return_exceptions=True))

    def _cut(self) -> None:
        for side in list(self.calls):
            raw = side.get_extra_info("socket")
            with suppress(OSError):
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            side.transport.abort()

    async def _call(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            back, forth = await asyncio.open_unix_connection(self.target)
        except OSError:
            writer.transport.abort()
            return
        self.calls |= {writer, forth}
        pumps = [
            asyncio.ensure_future(self._pass(reader, forth)),
            asyncio.ensure_future(self._pass(back, writer)),
        ]
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)  # who hangs up ends the call for both
        self.calls -= {writer, forth}
        for side in (writer, forth):
            side.close()
        for pump in pumps:
            pump.cancel()

    async def _pass(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while piece := await source.read(65536):
                if self.mood == SILENT:
                    await self._lose(sink)
                    return
                for sip in self._sips(piece):
                    sink.write(sip)
                    await sink.drain()
                    if self.mood in {SLOW, LATE}:
                        await asyncio.sleep(SLOW_S if self.mood == SLOW else LATE_S)

    async def _lose(self, sink: asyncio.StreamWriter) -> None:
        """Half-open: the piece is gone, and nobody is told until the line is found dead."""
        while self.mood == SILENT:  # noqa: ASYNC110 (the mood is set from another thread)
            await asyncio.sleep(0.05)
        sink.transport.abort()

    def _sips(self, piece: bytes) -> list[bytes]:
        size = SIP if self.mood == SLOW else len(piece)
        return [piece[at : at + size] for at in range(0, len(piece), size)]
