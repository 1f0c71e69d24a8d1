"""A wholesaler's four months in one go: nothing lost, nothing twice, nothing by halves."""

import csv
import gzip
import os
from collections import Counter
from io import StringIO
from pathlib import Path

import pytest
from sqlalchemy import func, select

from base.scope import Scope, World
from stock import imports, invariants, jobs
from stock.models import Cancellation, Correction, Fee, Import, Movement, Order, OrderLine, Product
from tests.cast import ActingAs, Cast

DATA = os.environ.get("DARI_REALDATA", "")
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not DATA, reason="DARI_REALDATA names no folder"),
    pytest.mark.both,
]  # statements for thousands of rows

FILE = "dev_2010-12_2011-03.csv.gz"
LINES = 142_083
BROKEN = 100_003  # the row that will be spoiled, as a spreadsheet numbers it


def carry_out(world: World, acting_as: ActingAs, cast: Cast, data: bytes) -> tuple[int, Import]:
    with acting_as(cast.haneul) as scope:
        id_ = imports.receive(scope, kind=imports.ORDERS, data=data, name="orders.csv")
    jobs.carry_out(world, shop_id=cast.shop_id, import_id=id_)
    with acting_as(cast.haneul, reading=True) as scope:
        return id_, scope.session.get_one(Import, id_)


def units_in_the_file(plain: str) -> dict[str, int]:
    """Units per code, summed by nothing but the csv module."""
    units: Counter[str] = Counter()
    for row in csv.DictReader(StringIO(plain)):
        units[row["StockCode"].strip().upper()] += int(row["Quantity"])
    return {code: count for code, count in units.items() if count}


def units_in_the_book(scope: Scope) -> dict[str, int]:
    """Ordered less cancelled, corrected, and charged, per code."""
    units: Counter[str] = Counter()
    for model, sign in ((OrderLine, 1), (Cancellation, -1), (Correction, 1)):
        stmt = select(Product.sku, func.sum(model.quantity)).join(Product, Product.id == model.product_id)
        for sku, count in scope.session.execute(stmt.group_by(Product.sku)):
            units[sku] += sign * int(count)
    for code, count in scope.session.execute(select(Fee.code, func.sum(Fee.quantity)).group_by(Fee.code)):
        units[code] += int(count)
    return {code: count for code, count in units.items() if count}


def book(scope: Scope) -> dict[str, int]:
    kinds = (Order, OrderLine, Product, Cancellation, Correction, Fee, Movement)
    return {kind.__tablename__: scope.session.scalar(select(func.count(kind.id))) or 0 for kind in kinds}


@pytest.mark.timeout(600)
def test_four_months_of_a_wholesaler(world: World, cast: Cast, acting_as: ActingAs) -> None:
    data = (Path(DATA) / "orders" / FILE).read_bytes()
    plain = gzip.decompress(data).decode()

    lines = plain.split("\n")
    cells = lines[BROKEN - 1].split(",")
    spoiled = "\n".join(
        [*lines[: BROKEN - 1], ",".join([*cells[:-5], "viele", *cells[-4:]]), *lines[BROKEN:]]
    )
    if world.engines.dialect == "sqlite":  # refused by the rules, before any engine is asked
        _, refused = carry_out(world, acting_as, cast, spoiled.encode())
        assert (refused.state, refused.report["wrong"]) == ("refused", 1)
        assert refused.report["problems"] == [
            {"row": BROKEN, "column": "Quantity", "value": "viele", "expected": "whole"}
        ]
        with acting_as(cast.haneul, reading=True) as scope:
            assert set(book(scope).values()) == {0}

    id_, done = carry_out(world, acting_as, cast, data)
    assert (done.state, done.rows, done.progress) == ("done", LINES, LINES)
    assert (done.report["orders"]["held"], done.report["orders"]["new"]) == (2, 5164)  # few look wrong
    with acting_as(cast.haneul, reading=True) as scope:
        assert units_in_the_book(scope) == units_in_the_file(plain)
        assert invariants.findings(scope) == []
        first = book(scope)

    assert carry_out(world, acting_as, cast, data)[0] == id_
    if world.engines.dialect != "sqlite":  # what is known is asked by rules; the small files ask both engines
        return
    other_id, again = carry_out(world, acting_as, cast, plain.encode())
    assert other_id != id_
    known = again.report["orders"]["known"]
    assert (again.report["orders"]["new"], known) == (0, done.report["orders"]["new"])
    with acting_as(cast.haneul, reading=True) as scope:
        assert book(scope) == first
        assert invariants.findings(scope) == []
