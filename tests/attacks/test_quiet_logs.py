"""What the logs tell of an attack: every record one line of JSON, and nothing of what people typed or hold."""

import io
import json
import logging
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress

import pytest

import app as front
from base import logs
from tests.attacks.browser import Reach, send
from tests.attacks.conftest import Scene
from tests.attacks.database import file_of, superuser
from tests.attacks.estate import canaries
from tests.cast import Person, SignedIn

GOOD = "바다보다 깊은 밤"
TITLE = 'xqtitle\n{"actor":"owner","said":"all is well"}\r\u2028\x1b[2K'
BROKEN = ("ALTER TABLE recipient_index RENAME TO gone", "ALTER TABLE counts RENAME TO gone_too")


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """All that this process logs meanwhile, as `logs.configure` would write it, and chattier."""
    heard, root = io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(heard), root.level
    handler.setFormatter(logs.JsonLines())
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield heard
    root.removeHandler(handler)
    root.setLevel(level)


def break_tables(scene: Scene) -> None:
    """So that pages end in an error of the database, with values in its statement."""
    if scene.server is None:
        there = sqlite3.connect(file_of(scene.stage))
        for statement in BROKEN:
            there.execute(statement)
        there.close()
    else:
        with superuser(scene.stage, scene.server) as other:
            for statement in BROKEN:
                other.execute(statement.encode())


@pytest.mark.both
def test_an_attack_leaves_nothing_personal_in_the_logs(
    scene: Scene,
    signed_in: SignedIn,
    with_password: Callable[[Person, str], None],
    reach: Mapping[str, Reach],
    lines: io.StringIO,
) -> None:
    cast, ours = scene.cast, scene.estates.ours
    with_password(cast.haneul, GOOD)
    owner, guest = signed_in(cast.haneul), front.create_app(scene.world).test_client()
    for password in ("xqguess-1", GOOD):
        guest.post("/sign-in", data={"login": "haneul@example.com", "password": password})
    cookies = [cookie.value for name in ("dari", "dari-device") if (cookie := guest.get_cookie(name))]
    secrets = [*cookies, GOOD, "xqguess", "haneul@example", "xqtitle", "xqlink", *canaries(ours)]
    break_tables(scene)
    statuses = set()
    for who in (cast.haneul, cast.boram, cast.minji):
        client = signed_in(who)
        secrets += [client.csrf, client.get_cookie("dari").value]  # type: ignore[attr-defined, union-attr]
        for form in reach[who.name].forms:
            fields = form.sensible(f"xqform-{len(form.action)}")
            for name, kind in form.kinds.items():
                fields[name] = TITLE if kind in {"text", "textarea", "search"} else fields.get(name, "")
            statuses.add(send(client, form, fields, **{"User-Agent": "xqtitle"}).status_code)
    odd = ("/stock/counts", "/orders?field=name&token=" + "0" * 32)
    statuses |= {owner.get(path).status_code for path in odd}
    sought = {"q": ours.recipient.name, "csrf": owner.csrf}  # type: ignore[attr-defined]
    owner.post("/orders/search", data=sought)
    guest.get(f"/reset/xqlink-of-somebody?next={ours.recipient.phone}")
    said = lines.getvalue()
    assert [line for line in said.split("\n")[:-1] if not is_record(line)] == []
    assert [secret for secret in secrets if secret in said or json.dumps(secret)[1:-1] in said] == []
    assert bool(statuses & {500, 503}) == ("rror" in said) == True  # noqa: E712 (it really broke, and was told)
    before = said.count("\n")
    logging.getLogger("dari").warning("task %s is late", TITLE)
    assert lines.getvalue().count("\n") == before + 1


def is_record(line: str) -> bool:
    with suppress(ValueError):
        return {"at", "level", "logger", "said"} <= set(json.loads(line))
    return False
