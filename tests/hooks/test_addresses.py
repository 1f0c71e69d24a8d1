"""Where webhooks may go: nowhere but the open internet, whatever the address looks like."""

import socket
import ssl
import threading
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path

import pytest

from base import config
from hooks import events, posting
from hooks.addresses import Address, leads_out, place
from tests.hooks.listener import certificate

#: The addresses that slip past a list of names (measured M49), and what their hosts are looked up as.
INWARD = {
    "https://127.0.0.1": "127.0.0.1",
    "https://0.0.0.0:6379": "0.0.0.0",
    "https://[::1]": "::1",
    "https://[::ffff:127.0.0.1]": "::ffff:127.0.0.1",
    "https://2130706433": "127.0.0.1",
    "https://0x7f.1": "127.0.0.1",
    "https://127.1": "127.0.0.1",
    "https://169.254.169.254/latest/meta-data": "169.254.169.254",
    "https://100.100.100.200": "100.100.100.200",
    "https://[fd00::1]": "fd00::1",
    "https://[64:ff9b::7f00:1]": "64:ff9b::7f00:1",
    "https://192.0.0.192": "192.0.0.192",
    "https://localtest.me": "127.0.0.1",
    "https://tunnel.example": "2002:7f00:1::",
    "https://many.example": "224.0.0.1",
}


@pytest.mark.parametrize("url", INWARD)
def test_nothing_leads_inward(url: str) -> None:
    def lookup(_host: str, _port: int) -> list[Address]:
        return [ip_address("93.184.216.34"), ip_address(INWARD[url])]  # one bad address spoils the good one

    with pytest.raises(posting.NotSent, match="leads_inward"):
        posting.target(url, lookup=lookup)


def test_no_connection_reaches_a_listener_on_this_machine() -> None:
    """The real look-up and the real sending, against a socket that would notice."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        port = listener.getsockname()[1]
        for host in ("127.0.0.1", "localhost", "2130706433", "127.1", "0x7f.1", "[::ffff:127.0.0.1]"):
            with pytest.raises(posting.NotSent):
                posting.post(f"https://{host}:{port}/", b"{}", {})
        with pytest.raises(TimeoutError):
            listener.accept()


def test_a_name_is_looked_up_once_and_that_address_is_used() -> None:
    """Rebinding: the second answer would lead inward, and is never asked for."""
    answers = [[ip_address("93.184.216.34")], [ip_address("127.0.0.1")]]
    where, address = posting.target("https://rebind.example:8443/x?y=1", lookup=lambda *_: answers.pop(0))
    assert (where.host, where.port, where.path, str(address), len(answers)) == (
        "rebind.example",
        8443,
        "/x?y=1",
        "93.184.216.34",
        1,
    )


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example/",
        "ftp://shop.example/",
        "https://",
        "https://user:pw@shop.example/",
        "https://shop.example/#part",
        "https://shop.example:99999/",
        "https://shop.example/\r\nHost: x",
        "https://가게.example/",
        "https://shop.example/" + "x" * 500,
    ],
)
def test_what_is_no_address_of_the_web_is_refused(url: str) -> None:
    assert place(url) is None


@pytest.mark.parametrize(
    ("address", "out"),
    [("93.184.216.34", True), ("2606:4700::1111", True), ("10.0.0.1", False), ("::ffff:8.8.8.8", True)]
    + [(inward, False) for inward in ("::127.0.0.1", "::ffff:0:127.0.0.1", "fec0::1", "::ffff:10.0.0.1")],
)
def test_what_leads_out(address: str, out: bool) -> None:
    assert leads_out(ip_address(address)) is out


def test_a_slow_answer_is_cut_off(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    """A host that takes the connection and says nothing."""
    monkeypatch.setattr(posting, "SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        quiet = threading.Event()
        certificate(tmp_path)  # type: ignore[arg-type]
        with pytest.raises(posting.NotSent, match="timeout"):
            posting.post(f"https://127.0.0.1:{port}/", b"{}", {}, trust=f"{tmp_path}/ca.pem")
        quiet.set()


@pytest.mark.parametrize(
    ("head", "drop"),
    [(b"HTTP/1.1 200 OK\r\nX: ", b"x"), (b"", b"HTTP/1.1 100 Continue\r\n\r\n"), (b"", b"")],
)
def test_an_answer_without_end_is_cut_off(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, head: bytes, drop: bytes
) -> None:
    """A host that says a little at a time, each of it soon, and never ends its head."""
    monkeypatch.setattr(posting, "SECONDS", 0.5)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate(tmp_path))
    over = threading.Event()

    def drip(listener: socket.socket) -> None:
        with context.wrap_socket(listener.accept()[0], server_side=True) as wire, suppress(OSError):
            wire.sendall(head)
            while not over.wait(0.02):
                wire.sendall(drop)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"https://127.0.0.1:{listener.getsockname()[1]}/"
        thread = threading.Thread(target=drip, args=[listener])
        thread.start()
        given_up = threading.Timer(10, over.set)  # without the cut it ends here, and the test fails
        given_up.start()
        try:
            with pytest.raises(posting.NotSent, match="timeout"):
                posting.post(url, b"{}", {}, trust=f"{tmp_path}/ca.pem")
            assert not over.is_set()
        finally:
            over.set()
            given_up.cancel()
            thread.join()


def test_messages_are_signed_as_receivers_expect() -> None:
    """The example of the Standard Webhooks specification's own reference libraries."""
    from datetime import UTC, datetime

    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    said = events.signed(
        [secret],
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        at=datetime.fromtimestamp(1614265330, UTC),
        content=b'{"test": 2432232314}',
    )
    assert said == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_a_shop_that_serves_may_not_send_inward() -> None:
    with pytest.raises(config.Unsafe, match="DARI_WEBHOOK_CA"):
        config.load(
            {"DARI_ENV": "demo", "DARI_WEBHOOK_CA": "x", "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwx"}
        )
