"""Sending one message: the name is looked up once, every address must lead out, and it goes there."""

import socket
import ssl
import time
from collections.abc import Callable, Mapping
from http.client import HTTPException, HTTPSConnection
from ipaddress import ip_address

from hooks.addresses import Address, Place, leads_out, place

SECONDS = 5.0
MOST_READ = 64_000  # bytes of an answer; only its status counts

Resolve = Callable[[str, int], list[Address]]


class NotSent(Exception):
    """The message did not arrive; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def resolve(host: str, port: int) -> list[Address]:
    """All addresses of a host. Raises NotSent."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotSent("unknown_host") from error
    return [ip_address(str(row[4][0]).partition("%")[0]) for row in found]


def target(url: str, *, lookup: Resolve = resolve, loopback: bool = False) -> tuple[Place, Address]:
    """Where a message goes, by name and by number: one look-up, and one bad address spoils it.

    Raises NotSent. `loopback` is for tests: then this machine itself is allowed, and nothing else is.
    """
    where = place(url)
    if where is None:
        raise NotSent("bad_address")
    found = lookup(where.host, where.port)
    if not found or not all(address.is_loopback if loopback else leads_out(address) for address in found):
        raise NotSent("leads_inward")
    return where, found[0]


def post(
    url: str, content: bytes, headers: Mapping[str, str], *, trust: str = "", lookup: Resolve = resolve
) -> int:
    """Sends a message and returns the status it was answered; redirects are not followed. Raises NotSent."""
    began = time.monotonic()
    where, address = target(url, lookup=lookup, loopback=bool(trust))
    context = ssl.create_default_context(cafile=trust or None)
    connection = _Pinned(where, address, context)
    try:
        connection.request("POST", where.path, body=content, headers=dict(headers))
        answer = connection.getresponse()
        _read(connection, answer.read1, began)
    except TimeoutError as error:
        raise NotSent("timeout") from error
    except ssl.SSLError as error:
        raise NotSent("tls") from error
    except (OSError, HTTPException) as error:
        raise NotSent("no_answer") from error
    finally:
        connection.close()
    return answer.status


class _Pinned(HTTPSConnection):
    """A connection to this address and no other, under the name of the host."""

    def __init__(self, where: Place, address: Address, context: ssl.SSLContext) -> None:
        super().__init__(where.host, where.port, timeout=SECONDS, context=context)
        self._address, self._tls = str(address), context

    def connect(self) -> None:
        raw = socket.create_connection((self._address, self.port), SECONDS)
        self.sock = self._tls.wrap_socket(raw, server_hostname=self.host)


def _read(connection: HTTPSConnection, read: Callable[[int], bytes], began: float) -> None:
    """Lets the other side finish, up to a size and a time."""
    left = MOST_READ
    while left > 0 and time.monotonic() - began < SECONDS:
        if connection.sock is not None:
            connection.sock.settimeout(max(0.1, SECONDS - (time.monotonic() - began)))
        part = read(min(left, 1 << 14))
        if not part:
            return
        left -= len(part)
