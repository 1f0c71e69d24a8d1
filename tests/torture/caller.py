"""A client as stubborn as a phone: sends a form until it is answered, loses answers, and sends things twice."""

import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from random import Random
from urllib.parse import urlencode

from bench.browser import FORM, Answer
from bench.crowd import Key
from tests.torture.history import History

TIMEOUT_S, PATIENCE_S, PAUSE_S = 12.0, 25.0, 0.4
LOST_ANSWER, SENT_AGAIN = 0.04, 0.04
MAYBE = {500, 502, 503, 507}  # nothing is known to have happened: ask again
NO_SESSION = {401}


class Unanswered(Exception):
    """Nobody answered in time, whatever may have happened."""


@dataclass
class Caller:
    """One person's browser; `sign_in` gives a fresh key when the session has ended."""

    account: int
    port: int
    sign_in: Callable[[], Key]
    random: Random
    history: History
    stopped: Callable[[], bool]
    key: Key | None = field(init=False, default=None)
    connection: HTTPConnection | None = field(init=False, default=None)

    def get(self, path: str, accept: str = "text/html") -> Answer:
        """A page. Raises Unanswered."""
        return self._insist(lambda: self._ask("GET", path, {"Accept": accept}, None))

    def post(self, path: str, **fields: str) -> Answer:
        """An act, with the same id however often it is sent. Raises Unanswered."""
        return self._act(path, {"client_id": secrets.token_urlsafe(16), **fields}, {})

    def send(self, path: str, *, file: tuple[str, str, bytes], **fields: str) -> Answer:
        """An act that carries a file (field, name, bytes). Raises Unanswered."""
        return self._act(path, {"client_id": secrets.token_urlsafe(16), **fields}, {file[0]: file[1:]})

    def _act(self, path: str, fields: dict[str, str], files: dict[str, tuple[str, bytes]]) -> Answer:
        def once() -> Answer:
            signed = {"csrf": self._key().csrf, **fields}
            kind, body = _multipart(signed, files) if files else (FORM, urlencode(signed).encode())
            headers = {"Accept": "application/json", "Content-Type": kind}
            if self.random.random() < LOST_ANSWER:
                self._lose("POST", path, headers, body)
            return self._ask("POST", path, headers, body)

        answer = self._insist(once)
        if answer.status < 400 and self.random.random() < SENT_AGAIN:
            again = self._insist(once)
            if _result(again) != _result(answer):
                self.history.twice.append(f"{path}: {answer.status} then {again.status}")
        return answer

    def _insist(self, ask: Callable[[], Answer]) -> Answer:
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until and not self.stopped():
            try:
                answer = ask()
            except (OSError, HTTPException, ValueError):
                self.hang_up()
            else:
                if answer.status in NO_SESSION:
                    self.key = None
                elif answer.status not in MAYBE:
                    return answer
                elif answer.status == 500:
                    self.history.broken.append(answer.body[:200].decode(errors="replace"))
            time.sleep(PAUSE_S)
        raise Unanswered

    def _ask(self, method: str, path: str, headers: dict[str, str], body: bytes | None) -> Answer:
        carried = headers | {"Cookie": f"dari={self._key().cookie}"}
        if self.connection is None:
            self.connection = HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_S)
        self.connection.request(method, path, body, carried)
        response = self.connection.getresponse()
        return Answer(response.status, response.read(), response.getheader("Location", ""))

    def _lose(self, method: str, path: str, headers: dict[str, str], body: bytes) -> None:
        """Sends, and is gone before the answer comes."""
        other = HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_S)
        other.request(method, path, body, headers | {"Cookie": f"dari={self._key().cookie}"})
        time.sleep(self.random.uniform(0, 0.05))
        other.close()

    def _key(self) -> Key:
        if self.key is None:
            self.key = self.sign_in()
        return self.key

    def hang_up(self) -> None:
        """Ends the connection."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def _result(answer: Answer) -> tuple[int, str | bytes]:
    """What an act led to; the page around a redirect says nothing."""
    return answer.status, answer.location or answer.body


def _multipart(fields: dict[str, str], files: dict[str, tuple[str, bytes]]) -> tuple[str, bytes]:
    mark = secrets.token_hex(12)
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    parts += [
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\n'.encode()
        + b"Content-Type: application/octet-stream\r\n\r\n"
        + data
        + b"\r\n"
        for name, (file, data) in files.items()
    ]
    return f"multipart/form-data; boundary={mark}", b"".join([*parts, f"--{mark}--\r\n".encode()])


def numbers(pattern: str, page: Answer) -> list[int]:
    """The numbers that a pattern finds on a page, in order, each once."""
    return list(dict.fromkeys(map(int, re.findall(pattern, page.body.decode()))))
