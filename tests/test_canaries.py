"""Nobody's recipient data lies open anywhere: not in a file, a log, Redis, or a page of who does not hold the parcel."""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO, StringIO
from pathlib import Path

import psycopg
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

import app as front
from base import config, errands
from base.logs import JsonLines
from base.scope import THE_HOUSE, World, acting
from qa.models import Inspection
from qa.rehearsal import supplies
from qa.rehearsal.play import play
from qa.rehearsal.script import Script
from stock import handling
from stock.models import Import, Order, Product
from tasks.models import Photo, Task
from tests.canaries import Aviary, Canary, crawl, order_file, redis_bytes
from tests.cast import Cast, Person, SignedIn, Stage, settings_of
from tests.engines import Valkey

FIRST, SECOND = [Canary(number) for number in range(6)], [Canary(number) for number in range(6, 10)]
AVIARY = Aviary(FIRST + SECOND)
UNTIL = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture
def settings(stage: Stage, valkey_server: Valkey) -> config.Settings:
    """The stage with Redis as its bell."""
    return replace(settings_of(stage.database, stage.data), redis_url=valkey_server.url)


@pytest.fixture
def said() -> Iterator[StringIO]:
    """Everything that is logged, at the lowest level, as the log shows it."""
    log, root = StringIO(), logging.getLogger()
    handler = logging.StreamHandler(log)
    handler.setFormatter(JsonLines())
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield log
    root.setLevel(before)
    root.removeHandler(handler)


def test_the_search_finds_what_is_there() -> None:
    """A test of secrecy must be able to fail: each part is found in each of its spellings."""
    canary = FIRST[3]
    for text in (canary.name, canary.phone, canary.buyer, canary.detail, canary.memo):
        for blob in (
            text.encode(),
            text.encode("cp949"),
            f'"{text}"'.encode("utf-16-le"),
            repr(text.encode().hex()).encode(),
        ):
            assert AVIARY.seen_in(b"before" + blob + b"after") != []
    assert AVIARY.seen_in("카*****리 010-0703-****".encode()) == []


@dataclass(frozen=True, slots=True)
class Town:
    """The cast's world with a browser for everybody, and all that is said in it."""

    world: World
    cast: Cast
    stage: Stage
    signed_in: SignedIn
    nobody: FlaskClient
    said: StringIO


@pytest.fixture
def town(world: World, cast: Cast, stage: Stage, signed_in: SignedIn, said: StringIO) -> Town:
    return Town(world, cast, stage, signed_in, front.create_app(world).test_client(), said)


@pytest.mark.slow
@pytest.mark.both
def test_recipients_lie_open_nowhere(town: Town, valkey_server: Valkey) -> None:
    cast, owner = town.cast, town.signed_in(town.cast.haneul)
    shown = [bring_in(town.world, owner, FIRST, seed=1)]
    played = play(town.world, cast.shop_id, Script(days=3, seed=1, partners=2, orders_a_day=0))
    assert played.did["revealed"] >= len(FIRST)
    shown.append(bring_in(town.world, owner, SECOND, seed=2))
    goods_arrive(town.world, cast.haneul)

    minji = town.signed_in(cast.minji)
    task_id = taken(minji)
    assert len(AVIARY.seen_in(reveal(minji, task_id))) >= 4  # the holder sees name, phone, address, memo
    others = {who: town.signed_in(getattr(cast, who)) for who in ("boram", "sujin", "stranger")}
    others |= {"haneul": owner, "nobody": town.nobody}
    assert {who: seen for who, of in others.items() if (seen := AVIARY.seen_in(reveal(of, task_id)))} == {}
    minji.post(f"/work/{task_id}/release", data=form(minji) | {"reason": "no_time"})
    assert AVIARY.seen_in(reveal(minji, task_id)) == []

    if town.stage.database.engine == "sqlite":  # pages are the same on both; what is stored is not
        no_page_tells(addresses(town.world, cast), others | {"minji": minji})
    assert [AVIARY.seen_in(page) for page in shown] == [[], []]

    assert AVIARY.seen_among(town.stage.data) == {}
    assert stored(town.stage) == []
    with valkey_server.client() as redis:
        held = redis_bytes(redis)
    assert (b"dari-errands" in held, AVIARY.seen_in(held)) == (True, [])
    log = town.said.getvalue()
    assert (len(log) > 0, AVIARY.seen_in(log.encode())) == (True, [])


def no_page_tells(begins: list[str], browsers: dict[str, FlaskClient]) -> None:
    """Goes to every page that each of them reaches."""
    pages = {who: crawl(of, begins) for who, of in browsers.items()}
    assert {who: seen for who, of in pages.items() if (seen := open_in(of))} == {}
    assert {who: needed - reached(pages[who]) for who, needed in MUST_REACH.items()} == {
        who: set() for who in MUST_REACH
    }


MUST_REACH = {
    "haneul": {"/orders", "/orders/", "/orders.csv", "/imports/", "/tasks", "/journal", "/board", "/stock"},
    "boram": {"/inspections", "/inspections/", "/photos/"},
    "sujin": {"/today", "/offers", "/work/", "/done", "/pay"},
}


def taken(browser: FlaskClient) -> int:
    """The next task, taken as a partner does."""
    told = browser.post("/offers/next", data=form(browser), headers={"Accept": "application/json"})
    return int(told.get_json()["task_id"])


def form(browser: FlaskClient) -> dict[str, object]:
    return {"csrf": getattr(browser, "csrf", "")}


def bring_in(world: World, owner: FlaskClient, canaries: list[Canary], *, seed: int) -> bytes:
    """Uploads an order file as an owner does and starts it; what the preview showed."""
    file = (BytesIO(order_file(canaries, seed=seed, until=UNTIL)), "orders.csv")
    sent = owner.post("/orders/import", data=form(owner) | {"file": file, "profile": "auto"})
    assert sent.status_code == 302, sent.get_data(as_text=True)
    preview = owner.get(sent.location)
    started = owner.post(
        f"{sent.location.split('?', maxsplit=1)[0]}/start",
        data=form(owner) | fields(preview.get_data(as_text=True)),
    )
    assert started.status_code == 302, started.get_data(as_text=True)
    errands.drain(world)
    result = owner.get(started.location)
    assert result.status_code == 200
    return preview.get_data() + result.get_data()


def fields(page: str) -> dict[str, str]:
    """The hidden and chosen fields of the preview's form, as a browser would send them."""
    inputs = re.findall(r'<input[^>]*type="hidden"[^>]*name="(\w+)"[^>]*value="([^"]*)"', page)
    return {name: value for name, value in inputs if name not in {"csrf", "client_id"}}


def goods_arrive(world: World, owner: Person) -> None:
    with acting(world, shop_id=owner.shop_id, actor=owner.actor) as scope:
        handling.receive(scope, key="canaries", goods=supplies.missing(scope))


def reveal(browser: FlaskClient, task_id: int) -> bytes:
    """What somebody gets who asks for the recipient."""
    asked = form(browser) | {"purpose": "label"}
    told = browser.post(f"/work/{task_id}/recipient", data=asked, headers={"Accept": "application/json"})
    return browser.post(f"/work/{task_id}/recipient", data=asked).get_data() + told.get_data()


def addresses(world: World, cast: Cast) -> list[str]:
    """Where to begin: the front page, and pages of rows that somebody might guess."""
    tables = {
        "/orders": Order,
        "/work": Task,
        "/offers": Task,
        "/tasks": Task,
        "/inspections": Inspection,
        "/photos": Photo,
        "/imports": Import,
        "/products": Product,
    }
    with acting(world, shop_id=cast.shop_id, actor=THE_HOUSE, reading=True) as scope:
        ids = {
            path: scope.session.scalars(
                select(model.id).where(model.shop_id == cast.shop_id).order_by(model.id.desc()).limit(4)
            ).all()
            for path, model in tables.items()
        }
    guessed = [f"{path}/{id_}" for path, some in ids.items() for id_ in some]
    exports = [
        "/orders.csv",
        "/stock.csv",
        "/stock/movements.csv",
        "/pay.csv",
        "/board/at-risk.csv",
        "/journal",
        "/me",
    ]
    return ["/", *guessed, *exports, *(f"/orders/{id_}.csv" for id_ in ids["/orders"])]


def open_in(pages: dict[str, bytes]) -> dict[str, list[str]]:
    return {path: seen for path, page in pages.items() if (seen := AVIARY.seen_in(page))}


def reached(pages: dict[str, bytes]) -> set[str]:
    """The addresses with their ids cut off."""
    return {re.sub(r"\d+(\.csv)?$", "", path.split("?")[0]) for path in pages}


def stored(stage: Stage) -> list[str]:
    """What lies open in the database: the whole file with its log, or every table as text."""
    if stage.database.engine == "sqlite":
        folder = Path(stage.database.url.removeprefix("sqlite:///")).parent
        found = AVIARY.seen_among(folder)
        return [f"{path}: {seen}" for path, seen in found.items()]
    return [f"{table}: {seen}" for table, blob in dumped(stage) if (seen := AVIARY.seen_in(blob))]


def dumped(stage: Stage) -> Iterator[tuple[str, bytes]]:
    """Every table of a PostgreSQL database as text, past all walls."""
    url = stage.database.url.replace("postgresql+psycopg://dari_app@", "postgresql://postgres@")
    with psycopg.connect(url) as connection:
        tables = [
            row[0]
            for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        ]
        assert {"orders", "recipient_index", "audit_entries", "errands", "receipts", "imports"} <= set(tables)
        for table in tables:
            with connection.cursor().copy(f'COPY public."{table}" TO STDOUT'.encode()) as copy:
                yield table, b"".join(bytes(part) for part in copy)
