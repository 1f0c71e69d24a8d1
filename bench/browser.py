"""A browser as light as can be: one kept connection, with the cookie and the form token of one person."""

import json
import secrets
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from typing import Any
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
    connection: HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self.connection = HTTPConnection(self.host, self.port, timeout=60)

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
        self.connection.close()

    def _ask(self, method: str, path: str, headers: dict[str, str], body: bytes | None = None) -> Answer:
        carried = headers | {"Cookie": f"dari={self.cookie}"}
        try:
            response = self._send(method, path, body, carried)
        except ConnectionError:  # the server closed what was idle; asked again, the same form is the same act
            self.connection.close()
            response = self._send(method, path, body, carried)
        return Answer(response.status, response.read(), response.getheader("Location", ""))

    def _send(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> HTTPResponse:
        self.connection.request(method, path, body, headers)
        return self.connection.getresponse()
