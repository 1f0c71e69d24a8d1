"""Sending one message: the name is looked up once, every address must lead out, and it goes there."""

import socket
import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from http.client import HTTPException, HTTPSConnection
from ipaddress import ip_address
from threading import Timer

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
    """Sends a message and returns the status it was answered; redirects are not followed. Raises NotSent.

    All of it ends when its time is up: each byte of an answer may come in time and its end never.
    """
    began = time.monotonic()
    where, address = target(url, lookup=lookup, loopback=bool(trust))
    connection = _Pinned(where, address, ssl.create_default_context(cafile=trust or None))
    end = Timer(max(0.0, SECONDS - (time.monotonic() - began)), connection.cut)
    end.start()
    try:
        return _exchange(connection, where.path, content, headers)
    except (OSError, HTTPException) as error:
        raise NotSent(_why(connection, error)) from error
    finally:
        end.cancel()
        connection.close()


class _Pinned(HTTPSConnection):
    """A connection to this address and no other, under the name of the host; it can be cut from outside."""

    def __init__(self, where: Place, address: Address, context: ssl.SSLContext) -> None:
        super().__init__(where.host, where.port, timeout=SECONDS, context=context)
        self._address, self._tls = str(address), context
        self._wire: socket.socket | None = None
        self.was_cut = False

    def connect(self) -> None:
        raw = socket.create_connection((self._address, self.port), SECONDS)
        wire = self._tls.wrap_socket(raw, server_hostname=self.host, do_handshake_on_connect=False)
        self.sock = self._wire = wire
        if self.was_cut:
            raise TimeoutError
        wire.do_handshake()

    def cut(self) -> None:
        """Ends it whatever is being sent or waited for."""
        self.was_cut = True
        if self._wire is not None:
            with suppress(OSError):
                socket.socket.shutdown(self._wire, socket.SHUT_RDWR)  # below TLS: no word is waited for


def _exchange(connection: _Pinned, path: str, content: bytes, headers: Mapping[str, str]) -> int:
    connection.request("POST", path, body=content, headers=dict(headers))
    answer = connection.getresponse()
    if connection.was_cut:  # a head that breaks off looks like a whole one
        raise TimeoutError
    with suppress(OSError, HTTPException):
        answer.read(MOST_READ)  # lets the other side finish
    return answer.status


def _why(connection: _Pinned, error: Exception) -> str:
    if connection.was_cut or isinstance(error, TimeoutError):
        return "timeout"
    return "tls" if isinstance(error, ssl.SSLError) else "no_answer"
