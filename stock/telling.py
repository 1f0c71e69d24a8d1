"""An import's report in sentences: which words with which facts, for pages and the command line; pure."""

from collections.abc import Iterator
from typing import Any

Sentence = tuple[str, dict[str, Any]]  # a key of the catalogue and its facts


def sentences(report: dict[str, Any]) -> list[Sentence]:
    """What the report says, most important first; nothing is said of what did not happen."""
    if "refused" in report:
        return [_refusal(report)]
    return [(f"stock.report.{key}", facts) for key, facts in _parts(report)]


def _parts(report: dict[str, Any]) -> Iterator[Sentence]:
    """The sentences of a file that was taken in, by what it was about."""
    if "claims" in report:
        return _claim_file(report)
    return _order_file(report) if "orders" in report else _product_file(report)


def problem(found: dict[str, Any]) -> Sentence:
    """One bad cell."""
    where = "cell" if found["column"] else "row"
    return f"stock.report.bad_{where}", {
        "row": found["row"],
        "column": found["column"],
        "value": found["value"],
    }


def _refusal(report: dict[str, Any]) -> Sentence:
    if report["refused"] == "stock.bad_rows":
        return "stock.report.bad_rows", {"n": report["wrong"]}
    return f"refused.{report['refused']}", report["facts"]


def _product_file(report: dict[str, Any]) -> Iterator[Sentence]:
    products = report["products"]
    yield "products", {"n": products["named"], "new": products["new"], "changed": products["changed"]}
    opened = report.get("opening", {})
    if opened.get("products"):
        yield "opening", {"n": opened["products"], "units": opened["units"]}
    if opened.get("kept"):
        yield "opening_kept", {"n": opened["kept"]}
    if report.get("ignored"):
        yield "ignored", {"n": len(report["ignored"]), "columns": ", ".join(report["ignored"])}


def _claim_file(report: dict[str, Any]) -> Iterator[Sentence]:
    counts = report["claims"]
    yield "claims", {"n": counts["new"]}
    if counts["known"]:
        yield "claims_known", {"n": counts["known"]}


def _order_file(report: dict[str, Any]) -> Iterator[Sentence]:
    orders, products = report["orders"], report["products"]
    yield "orders", {"n": orders["new"], "lines": report["lines"], "units": report["units"]}
    for key in ("ready", "short", "held", "known", "cancelled"):
        if orders.get(key):
            yield key, {"n": orders[key]}
    if products["new"]:
        yield "new_products", {"n": products["new"]}
    for key in ("merged", "skipped"):
        if report[key]:
            yield key, {"n": len(report[key])}
    yield from _beside_goods(report)


def _beside_goods(report: dict[str, Any]) -> Iterator[Sentence]:
    fees, corrections, taken = report["fees"], report["corrections"], report["cancellations"]
    if fees["count"]:
        yield "fees", {"n": fees["count"], "amount": fees["amount"]}
    if corrections["count"]:
        facts = {
            "n": corrections["count"],
            "units": corrections["applied_units"],
            "short": len(corrections["short"]),
        }
        yield "corrections", facts
    if taken["matched"]:
        yield "taken_back", {"n": taken["matched"], "units": taken["matched_units"]}
    if taken["after_shipping"]:
        yield "after_shipping", {"n": taken["after_shipping"]}
    if taken["unmatched"]:
        yield "unmatched", {"n": len(taken["unmatched"]), "units": taken["unmatched_units"]}
