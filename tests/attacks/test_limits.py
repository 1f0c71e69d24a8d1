"""Too much, too broken, too slow, or from somewhere else than it says: refused before work is done."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace

import pytest
from sqlalchemy import select

import app as front
from base.config import ROOT
from base.scope import NOBODY, THE_HOUSE, World, acting
from security.models import AuditEntry, Session, Throttle
from tests.attacks.estate import ON_SQLITE, Estates
from tests.attacks.test_cross_site import posts
from tests.cast import Cast, SignedIn, Stage

FORM = "application/x-www-form-urlencoded"
FILES = "multipart/form-data; boundary=x"
TYPED, HOUSE, ROUTE = (
    400_000,
    1024 * 1024,
    80_000_000,
)  # bytes: without files, of anybody, of the largest route
LOCAL = "127.0.0.1"


class Watched:
    """A body of which it is known how often it was read."""

    def __init__(self) -> None:
        self.reads = 0

    def read(self, size: int = -1) -> bytes:
        self.reads += 1
        return b"a" * max(0, size)


@ON_SQLITE
def test_a_body_beyond_its_limit_is_not_read(
    world: World, cast: Cast, estates: Estates, signed_in: SignedIn
) -> None:
    """Strangers meet the house's limit everywhere; who is let in meets the route's own."""
    app = front.create_app(world)
    people = {"owner": cast.haneul, "reviewer": cast.boram, "partner": cast.minji}
    clients = {role: signed_in(person) for role, person in people.items()}
    wrong = []
    for path, endpoint, role in posts(app, estates):
        for kind, length in ((FORM, TYPED + 1), (FILES, HOUSE + 1), (FILES, ROUTE + 1)):
            for client in (app.test_client(), clients.get(role)):
                body, sent = Watched(), {"CONTENT_LENGTH": str(length), "CONTENT_TYPE": kind}
                if client is None or (client is clients.get(role) and length == HOUSE + 1):
                    continue
                answer = client.post(path, environ_overrides=sent | {"wsgi.input": body})
                expected = {413} if client is clients.get(role) else {413, 401}
                if answer.status_code not in expected or body.reads:
                    wrong.append((endpoint, kind, length, answer.status_code, body.reads))
    assert wrong == []


def multipart(*parts: bytes, boundary: bytes = b"x") -> bytes:
    told = (b'--%b\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n' % (boundary, *part) for part in
            ((name, b"v") for name in parts))  # fmt: skip
    return b"".join(told) + b"--%b--\r\n" % boundary


BROKEN: Mapping[str, tuple[str, bytes, int]] = {
    "too many parts": (FILES, multipart(*(b"p%d" % n for n in range(500))), 413),
    "a field beyond memory": (FORM, b"csrf=" + b"a" * 500_000, 413),
    "no boundary": ("multipart/form-data", multipart(b"csrf"), 403),
    "another boundary": ("multipart/form-data; boundary=y", multipart(b"csrf"), 403),
    "cut in the middle": (FILES, multipart(b"csrf")[:40], 403),
    "no name": (
        "multipart/form-data; boundary=x",
        b"--x\r\nContent-Disposition: form-data\r\n\r\nv\r\n--x--\r\n",
        422,
    ),
    "headers without end": (FILES, b"--x\r\n" + b"A: b\r\n" * 5000, 403),
    "a name of bytes": (FILES, multipart(b"\xff\xfe"), 403),
    "a file as a token": (
        "multipart/form-data; boundary=x",
        multipart(b"p").replace(b'name="p"', b'name="csrf"; filename="../\x01.jpg"'),
        403,
    ),
    "not what it says": ("application/json", b'{"csrf": ["' + b"[" * 9000, 403),
    "percent without digits": (FORM, b"%=%&%zz=%u1234&=&&;=;", 403),
}


@ON_SQLITE
def test_a_broken_body_changes_nothing(cast: Cast, estates: Estates, signed_in: SignedIn) -> None:
    client, task = signed_in(cast.minji), estates.ours.ids["task_id"]
    for path in ("/language", f"/work/{task}/submission", f"/work/{task}/photos/packed_photo"):
        found = {
            name: client.post(path, data=body, content_type=kind).status_code
            for name, (kind, body, _) in BROKEN.items()
        }
        assert found == {name: status for name, (*_, status) in BROKEN.items()}, path


@pytest.mark.parametrize(("proxies", "told"), [(0, LOCAL), (1, "203.0.113.9")])
@pytest.mark.both
def test_who_says_to_come_from_elsewhere_is_counted_where_they_are(
    world: World, cast: Cast, proxies: int, told: str
) -> None:
    """Without a proxy of ours the headers are the sender's own words; with one, its last word counts."""
    client = front.create_app(replace(world, settings=replace(world.settings, proxies=proxies))).test_client()
    headers = {
        "X-Forwarded-For": "198.51.100.7, 203.0.113.9",
        "X-Real-IP": "198.51.100.8",
        "Forwarded": "for=a",
    }
    guess = {"login": "nobody@example.com", "password": "a guess"}
    assert client.post("/sign-in", data=guess, headers=headers).status_code == 401
    with acting(world, shop_id=0, actor=NOBODY, reading=True) as scope:
        keys = [key for key in scope.session.scalars(select(Throttle.key)) if key.startswith("ip:")]
    assert keys == [f"ip:{told}"]


@ON_SQLITE
def test_the_journal_and_the_links_know_the_true_address(
    world: World, cast: Cast, signed_in: SignedIn
) -> None:
    owner = signed_in(cast.haneul)
    spoofed = {
        "X-Forwarded-For": "198.51.100.7",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "ftp",
    }
    form = {"login": "new@example.com", "name": "새봄", "role": "partner", "csrf": owner.csrf}  # type: ignore[attr-defined]
    page = owner.post("/people", data=form, headers=spoofed).get_data(as_text=True)
    assert re.findall(r">(\w+://[^/]+)/invite/", page) == ["http://localhost"]
    with acting(world, shop_id=cast.shop_id, actor=THE_HOUSE, reading=True) as scope:
        newest = (
            select(AuditEntry.ip).where(AuditEntry.shop_id == cast.shop_id).order_by(AuditEntry.seq.desc())
        )
        assert scope.session.scalar(newest.limit(1)) == LOCAL
        assert set(scope.session.scalars(select(Session.ip))) <= {"", LOCAL}
    for host in (
        "evil.example",
        "localhost.evil.example",
        "localhost:80@evil.example",
        "",
        "127.0.0.1.nip.io",
    ):
        assert [owner.open("/people", method=how, headers={"Host": host}).status_code for how in ("GET", "POST")] == [
            400, 400,
        ], host  # fmt: skip


# --- a real server, and clients that do not behave -----------------------------------------------------------------


@contextmanager
def serving(stage: Stage) -> Iterator[int]:
    with socket.socket() as free:
        free.bind((LOCAL, 0))
        port: int = free.getsockname()[1]
    told = {"DARI_DATA": str(stage.data), "DATABASE_URL": stage.database.url, "DARI_ENV": "test"}
    server = subprocess.Popen(
        [sys.executable, "app.py", "run", "--port", str(port)],
        cwd=ROOT, env=os.environ | told, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        while not alive(port):
            assert server.poll() is None
        yield port
    finally:
        server.send_signal(signal.SIGTERM)
        _, said = server.communicate(timeout=40)
    assert (server.returncode, "Traceback" in said) == (0, False)


def alive(port: int) -> bool:
    with suppress(OSError):
        return b" 200 " in told(port, b"GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
    return False


def told(port: int, sent: bytes) -> bytes:
    """What is answered to these bytes, until the other side closes."""
    with socket.create_connection((LOCAL, port), timeout=20) as line:
        line.sendall(sent)
        line.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: line.recv(65536), b""))


MISFITS = {
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"a" * 20_000 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + b"Cookie: a=b\r\n" * 300 + b"\r\n",
    b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
    b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -5\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: dari=\x00\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 no words at all\r\n\r\n",
}


@pytest.mark.slow
@ON_SQLITE
def test_clients_that_do_not_behave_do_not_hold_up_others(stage: Stage) -> None:
    with serving(stage) as port:
        half = b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\nContent-Length: 900\r\n\r\nlogin"
        stalled = [socket.create_connection((LOCAL, port)) for _ in range(12)]
        for number, line in enumerate(stalled):
            line.sendall((half, half[:40], b"")[number % 3])
        assert {told(port, misfit).split(b"\r\n", 1)[0].split(b" ")[1] for misfit in MISFITS} <= {
            b"400", b"414", b"431", b"505",
        }  # fmt: skip
        assert alive(port)
        for line in stalled:
            line.close()
        assert alive(port)
