"""The transfer file of a closed month, as a Korean bank's bulk transfer takes it; each time journalled."""

from dataclasses import dataclass

from sqlalchemy import select

from base.errors import Refused
from base.rows import mine, one
from base.scope import Scope
from base.sheets_out import csv_bytes, inert
from base.sheets_xlsx_out import xlsx_bytes
from partners.pay import accounts, banks
from partners.pay.models import PayAccount, PayMonth, PayStatement, PayTransfer
from partners.pay.withholding import EMPLOYEE
from security import audit

FORMS = ("csv", "xlsx")
#: As the forms of Korean banks' bulk transfer call them; these words are the banks', not the reader's.
HEAD = ("은행코드", "입금은행", "입금계좌번호", "입금액", "예상예금주", "입금통장표시")


class NothingToTransfer(Refused):
    """Nobody of this month can be paid by the file: nothing to pay, or no account."""

    code = "pay.nothing_to_transfer"


@dataclass(frozen=True, slots=True)
class Left:
    """Somebody whom the file does not pay, and why: `no_account` or `wage_book`."""

    partner_id: int
    won: int
    why: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What the file will hold: how many rows, how much, and who is left out."""

    rows: int
    won: int
    left: tuple[Left, ...]


def plan(scope: Scope, month_id: int) -> Plan:
    """What the file of a closed month would hold. Raises NotFound."""
    paid, left = _parted(scope, month_id)
    return Plan(len(paid), sum(row.net for row in paid), left)


def take_out(scope: Scope, month_id: int, *, form: str) -> tuple[str, bytes]:
    """The name and bytes of the file; who took it and how much it pays is journalled with it.

    Raises NotFound, NothingToTransfer, Unreadable.
    """
    month = one(scope, PayMonth, month_id)
    paid, _left = _parted(scope, month_id)
    if not paid:
        raise NothingToTransfer
    held = accounts.every(scope)
    rows = [_row(scope, held[row.partner_id], row, month.month) for row in paid]
    won = sum(row.net for row in paid)
    told = {"month_id": month.id, "form": form, "rows": len(rows), "won": won}
    scope.session.add(PayTransfer(shop_id=scope.shop_id, made_by=scope.actor.id, made_at=scope.now, **told))
    facts: dict[str, int | str | bool | None] = {"form": form, "rows": len(rows), "won": won}
    audit.note(scope, "pay.transfer_taken", subject="pay_month", subject_id=month.id, **facts)
    safe = [tuple(inert(cell) for cell in row) for row in rows]
    data = xlsx_bytes("대량이체", HEAD, safe) if form == "xlsx" else csv_bytes(HEAD, rows)
    return f"dari-transfer-{month.month}.{form}", data


def taken(scope: Scope, month_id: int) -> list[PayTransfer]:
    """When the file was taken out, the latest first."""
    stmt = mine(scope, PayTransfer).where(PayTransfer.month_id == month_id)
    return list(scope.session.scalars(stmt.order_by(PayTransfer.id.desc()).limit(20)))


def _parted(scope: Scope, month_id: int) -> tuple[list[PayStatement], tuple[Left, ...]]:
    """The statements the file pays, and those it leaves out."""
    month = one(scope, PayMonth, month_id)
    stmt = mine(scope, PayStatement).where(PayStatement.month_id == month.id, PayStatement.net > 0)
    rows = list(scope.session.scalars(stmt.order_by(PayStatement.partner_id)))
    known = select(PayAccount.partner_id).where(PayAccount.shop_id == scope.shop_id)
    have = set(scope.session.scalars(known))
    paid: list[PayStatement] = []
    left: list[Left] = []
    for row in rows:
        why = "wage_book" if row.tax_kind == EMPLOYEE else "" if row.partner_id in have else "no_account"
        if why:
            left.append(Left(row.partner_id, row.net, why))
        else:
            paid.append(row)
    return paid, tuple(left)


def _row(scope: Scope, held: PayAccount, row: PayStatement, month: str) -> tuple[object, ...]:
    account = accounts.opened(scope, held)
    shown = f"{int(month[5:])}월 정산"
    return (held.bank, banks.BANKS.get(held.bank, ""), account.number, row.net, account.holder, shown)
