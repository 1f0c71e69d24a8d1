"""Canaries: people who do not exist, whose data is looked for wherever it must never be."""

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from html import escape
from io import StringIO
from pathlib import Path
from urllib.parse import quote
from zlib import decompress, error

import redis
from flask.testing import FlaskClient

from stock import samples

LINK = re.compile(rb'(?:href|src|action)="(/[^"#]*)')
#: Columns of an order file that say something about a person, and which part of a canary stands there.
PERSONAL = {
    "구매자명": "name", "수취인명": "name", "구매자ID": "buyer", "수취인연락처1": "phone",
    "통합배송지": "whole", "기본배송지": "street", "상세배송지": "detail", "배송메세지": "memo",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Canary:
    """One made-up recipient; every part is unlike anything else in the shop."""

    number: int

    @property
    def name(self) -> str:
        return f"카나{'가나다라마바사아자차'[self.number % 10]}{'갸냐댜랴먀뱌샤야쟈챠'[self.number // 10]}리"

    @property
    def phone(self) -> str:
        return f"010-07{self.number:02d}-48{self.number:02d}"

    @property
    def buyer(self) -> str:
        return f"canarybuyer{self.number:04d}"

    @property
    def street(self) -> str:
        return f"서울특별시 마포구 카나리아길 77{self.number:02d}"

    @property
    def detail(self) -> str:
        return f"노란새빌라 9{self.number:02d}호"

    @property
    def whole(self) -> str:
        return f"{self.street} {self.detail}"

    @property
    def memo(self) -> str:
        return f"카나리아 {self.number:02d}번 새장 옆에 놓아 주세요"

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not be found, as people write it."""
        digits = self.phone.replace("-", "")
        street = f"카나리아길 77{self.number:02d}"
        return (
            self.name,
            self.phone,
            digits,
            f"+82{digits[1:]}",
            f"82{digits[1:]}",
            self.buyer,
            street,
            self.detail,
            self.memo,
        )


def order_file(canaries: list[Canary], *, seed: int, until: datetime) -> bytes:
    """A marketplace's order file with one order for each canary."""
    plain = samples.order_file(samples.offers(), orders=len(canaries), seed=seed, until=until).decode("cp949")
    rows = list(csv.DictReader(StringIO(plain)))
    who = dict(zip(dict.fromkeys(row["주문번호"] for row in rows), canaries, strict=True))
    out = StringIO(newline="")
    writer = csv.DictWriter(out, samples.HEADER)
    writer.writeheader()
    for row in rows:
        canary = who[row["주문번호"]]
        writer.writerow(row | {column: getattr(canary, part) for column, part in PERSONAL.items()})
    return out.getvalue().encode("cp949")


def spellings(secret: str) -> Iterator[bytes]:
    """The bytes a text may hide in."""
    yield from (secret.encode(code) for code in ("utf-8", "cp949", "utf-16-le"))
    yield json.dumps(secret)[1:-1].encode()
    yield escape(secret).encode()
    yield quote(secret).encode()
    yield secret.encode().hex().encode()
    if not secret.isascii():
        yield "".join(f"&#{ord(sign)};" for sign in secret).encode()


class Aviary:
    """All canaries, and how to look for them."""

    def __init__(self, canaries: list[Canary]) -> None:
        self.canaries = canaries
        self._any = sorted(
            {spelling for canary in canaries for secret in canary.secrets for spelling in spellings(secret)}
        )

    def seen_in(self, blob: bytes) -> list[str]:
        """The canaries' data in these bytes, readable."""
        return sorted({spelling.decode("utf-8", "replace") for spelling in self._any if spelling in blob})

    def seen_among(self, folder: Path) -> dict[str, list[str]]:
        """What lies open in the files under a folder."""
        files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        assert len(files) > 0
        return {str(path): seen for path in files if (seen := self.seen_in(path.read_bytes()))}


def redis_bytes(client: "redis.Redis") -> bytes:
    """Everything that Redis holds, unpacked."""
    parts = [part for key in client.scan_iter() for part in (key, *_read(client, key))]
    return b"\n".join(_unpacked(part) for part in parts)


def _read(client: "redis.Redis", key: bytes) -> list[bytes]:
    match client.type(key):
        case b"string":
            return [client.get(key) or b""]
        case b"hash":
            return [part for pair in client.hgetall(key).items() for part in pair]
        case b"list":
            return list(client.lrange(key, 0, -1))
        case b"set":
            return list(client.smembers(key))
        case b"zset":
            return list(client.zrange(key, 0, -1))
        case b"stream":
            return [repr(client.xrange(key)).encode()]
        case other:
            raise AssertionError(other)


def _unpacked(part: bytes) -> bytes:
    try:
        return decompress(part)
    except error:
        return part


def crawl(client: FlaskClient, begins: list[str], *, alike: int = 2) -> dict[str, bytes]:
    """Every kind of page this browser reaches by links, by address; the first of a kind as JSON as well.

    Of addresses that differ in numbers and values only, the first few are enough.
    """
    waiting, pages, shapes = list(begins), dict[str, bytes](), Counter[str]()
    while waiting:
        path = waiting.pop(0)
        if path in pages or path.startswith("/static/") or shapes[shape(path)] == alike:
            continue
        shapes[shape(path)] += 1
        page = client.get(path)
        pages[path] = page.get_data()
        if shapes[shape(path)] == 1:
            pages[path] += b"\n" + client.get(path, headers={"Accept": "application/json"}).get_data()
        if "html" in (page.mimetype or ""):
            waiting += [link.decode().replace("&amp;", "&") for link in LINK.findall(page.get_data())]
    return pages


def shape(path: str) -> str:
    """An address without its numbers and values."""
    place, _, query = path.partition("?")
    names = sorted(part.partition("=")[0] for part in query.split("&"))
    return re.sub(r"\d+", "#", place) + "?" + "&".join(names)
