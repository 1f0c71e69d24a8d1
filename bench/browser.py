"""A browser as light as can be: one kept connection, with the cookie and the form token of one person.

It measures, so it must not take much of what it measures: a bare socket costs a third of `http.client`.
"""

import json
import secrets
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO
from urllib.parse import urlencode

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; the body as it was sent."""

    status: int
    body: bytes
    location: str = ""

    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)


@dataclass(slots=True)
class Browser:
    """Asks one server for one person; not to be shared between threads, but `twin` gives another tab."""

    host: str
    port: int
    cookie: str = ""
    csrf: str = ""
    line: socket.socket | None = field(default=None, init=False)
    heard: BinaryIO | None = field(default=None, init=False)

    def twin(self) -> "Browser":
        """Another tab of the same browser, on a connection of its own."""
        return Browser(self.host, self.port, self.cookie, self.csrf)

    def page(self, path: str) -> Answer:
        """A page as a person sees it."""
        return self._ask("GET", path, {"Accept": "text/html"})

    def get(self, path: str) -> Answer:
        """An answer as a script reads it."""
        return self._ask("GET", path, {"Accept": "application/json"})

    def post(self, path: str, *, client_id: str = "", **fields: str) -> Answer:
        """Sends a form as a script does; the same client id again is the same act."""
        form = {"csrf": self.csrf, "client_id": client_id or secrets.token_urlsafe(16), **fields}
        headers = {"Accept": "application/json", "Content-Type": FORM}
        return self._ask("POST", path, headers, urlencode(form).encode())

    def close(self) -> None:
        """Ends the connection; the next question opens another."""
        for end in (self.heard, self.line):
            if end is not None:
                end.close()
        self.line = self.heard = None

    def _ask(self, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> Answer:
        carried = {"Host": f"{self.host}:{self.port}", "Cookie": f"dari={self.cookie}"} | headers
        carried |= {"Content-Length": str(len(body))} if method == "POST" else {}
        lines = "".join(f"{name}: {value}\r\n" for name, value in carried.items())
        said = f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + body
        try:
            return self._said(said)
        except ConnectionError:  # the server closed what was idle; asked again, the same form is the same act
            self.close()
            return self._said(said)

    def _said(self, said: bytes) -> Answer:
        if self.line is None:
            self.line = socket.create_connection((self.host, self.port), timeout=60)
            self.line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.heard = self.line.makefile("rb")
        self.line.sendall(said)
        assert self.heard is not None
        answer, ends = _answer(self.heard)
        if ends:
            self.close()
        return answer


def _answer(heard: BinaryIO) -> tuple[Answer, bool]:
    """What the server answered, and whether it ends the connection. Raises ConnectionError."""
    status = int(_line(heard).split()[1])
    headers = dict(_headers(heard))
    answer = Answer(status, _body(heard, status, headers), headers.get("location", ""))
    return answer, headers.get("connection") == "close"


def _headers(heard: BinaryIO) -> Iterator[tuple[str, str]]:
    while line := _line(heard).rstrip():
        name, _, value = line.decode("latin-1").partition(":")
        yield name.lower(), value.strip()


def _body(heard: BinaryIO, status: int, headers: Mapping[str, str]) -> bytes:
    if status in {204, 304}:
        return b""
    if "content-length" in headers:
        return _whole(heard, int(headers["content-length"]))
    return b"".join(_chunks(heard)) if "transfer-encoding" in headers else heard.read()


def _chunks(heard: BinaryIO) -> Iterator[bytes]:
    """The pieces of a body whose length nobody knew beforehand."""
    while size := int(_line(heard), 16):
        yield _whole(heard, size)
        _line(heard)
    _line(heard)


def _line(heard: BinaryIO) -> bytes:
    if not (line := heard.readline()).endswith(b"\n"):
        raise ConnectionResetError
    return line


def _whole(heard: BinaryIO, size: int) -> bytes:
    if len(body := heard.read(size)) < size:
        raise ConnectionResetError
    return body
