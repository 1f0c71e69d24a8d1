"""What an import says it did: a document of numbers and lists, put in words where it is shown."""

from collections.abc import Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from base.errors import Refused
from stock.catalogue import Catalogue
from stock.claim_file import ClaimFile
from stock.correcting import Corrected
from stock.drafts import Fee, Intake, Problem
from stock.importing import Outcome
from stock.opening import Opened
from stock.takebacks import TakenBack

Document = dict[str, Any]
MOST_PROBLEMS = 1000  # a file whose every row is wrong has one mistake, not a hundred thousand


def done(intake: Intake, outcome: Outcome) -> Document:
    """The report of a file that was imported."""
    lines = [line for new in outcome.orders.values() for line in new.draft.lines]
    fees = [fee for new in outcome.orders.values() for fee in new.draft.fees] + list(outcome.fees)
    return {
        "channel": intake.channel,
        "rows": intake.rows,
        "orders": _orders(outcome),
        "lines": len(lines),
        "units": sum(line.quantity for line in lines),
        "products": {"named": len(intake.goods), "new": outcome.new_products},
        "skipped": list(intake.skipped),
        "merged": {sku: list(spellings) for sku, spellings in intake.merged.items()},
        "fees": _fees(fees),
        "corrections": _corrections(outcome.corrected),
        "cancellations": _cancellations(outcome.taken_back),
        "problems": [],
    }


def products(catalogue: Catalogue, opened: Opened, *, new: int, changed: int) -> Document:
    """The report of a product file that was imported."""
    named = len(catalogue.wares)
    return {
        "rows": catalogue.rows,
        "products": {"named": named, "new": new, "changed": changed},
        "opening": asdict(opened),
        "ignored": list(catalogue.ignored),
        "problems": [],
    }


def claims(told: ClaimFile, *, new: int, known: int) -> Document:
    """The report of a claim file that was recorded."""
    return {"rows": told.rows, "claims": {"new": new, "known": known}, "problems": []}


def refused(refusal: Refused) -> Document:
    """The report of a file that could not be read at all."""
    facts = {name: fact for name, fact in refusal.facts.items() if isinstance(fact, str | int | list)}
    return {"refused": refusal.code, "facts": facts, "problems": []}


def faulty(rows: int, problems: Sequence[Problem]) -> Document:
    """The report of a file with bad cells: nothing was imported, here is each of them."""
    listed = [asdict(problem) for problem in problems[:MOST_PROBLEMS]]
    return {"refused": "stock.bad_rows", "rows": rows, "wrong": len(problems), "problems": listed}


def _orders(outcome: Outcome) -> Document:
    placed = outcome.placed
    held = {"held": len(placed.held)} if placed.held else {}
    return held | {
        "new": len(outcome.orders),
        "known": placed.known,
        "ready": len(placed.ready),
        "short": len(placed.orders) - len(placed.ready) - len(placed.held),
        "cancelled": len(outcome.orders) - len(placed.orders),
    }


def _fees(fees: Sequence[Fee]) -> Document:
    amount = sum((fee.unit_price * fee.quantity for fee in fees), Decimal(0))
    return {"count": len(fees), "units": sum(fee.quantity for fee in fees), "amount": str(amount)}


def _corrections(corrected: Sequence[Corrected]) -> Document:
    return {
        "count": len(corrected),
        "units": sum(each.asked.quantity for each in corrected),
        "applied_units": sum(each.applied for each in corrected),
        "short": [
            {
                "row": each.asked.row,
                "sku": each.asked.sku,
                "quantity": each.asked.quantity,
                "applied": each.applied,
            }
            for each in corrected
            if not each.whole
        ],
    }


def _cancellations(taken: TakenBack) -> Document:
    return {
        "known": taken.known,
        "matched": len(taken.matched),
        "matched_units": sum(match.quantity for match in taken.matched),
        "after_shipping": sum(match.ref.shipped for match in taken.matched),
        "orders_cancelled": len(taken.cut.cancelled),
        "unmatched_units": sum(rest.quantity for rest in taken.unmatched),
        "unmatched": [
            {
                "row": rest.cancellation.row,
                "number": rest.cancellation.number,
                "sku": rest.cancellation.sku,
                "quantity": rest.quantity,
                "reason": rest.reason,
            }
            for rest in taken.unmatched
        ],
    }
