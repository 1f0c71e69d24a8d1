"""Where a partner is paid: given by herself, sealed, masked everywhere, and shown only for a purpose."""

import secrets
from dataclasses import dataclass

from sqlalchemy import update

from base.errors import Invalid, NotFound
from base.rows import changed, mine
from base.scope import Scope
from partners.pay import banks
from partners.pay.models import PayAccount
from security import audit, privacy, vault
from security.privacy import glimpse
from security.vault import Spot

PURPOSES = ("check", "bank_asks")
REVEALED = "pay.account_revealed"
MOST_NAME = 40
PER_HOUR = 20


class BadAccount(Invalid):
    """An account has a known bank, 10 to 16 digits and a holder. Facts: field."""

    code = "pay.bad_account"


class UnknownPurpose(Invalid):
    """An account is looked at for one of the known purposes. Facts: field."""

    code = "pay.unknown_purpose"


@dataclass(frozen=True, slots=True)
class Account:
    """An account in the open, or as it may be seen."""

    bank: str
    number: str
    holder: str


def save(scope: Scope, *, bank: str, number: str, holder: str) -> None:
    """The partner says where she wants to be paid. Raises NotFound, BadAccount."""
    if scope.actor.partner_id is None:
        raise NotFound
    digits, name = banks.digits_of(number), holder.strip()
    for field, wrong in (
        ("bank", bank not in banks.BANKS),
        ("number", digits is None),
        ("holder", not 0 < len(name) <= MOST_NAME or any(sign.isdigit() for sign in name)),
    ):
        if wrong:
            raise BadAccount(field=field)
    held = of(scope, scope.actor.partner_id)
    uid = held.uid if held else secrets.token_hex(12)
    if held is None:
        vault.new_key(scope, uid)
    told = {
        "bank": bank,
        "number": vault.seal(scope, at=spot("number", uid), text=digits or ""),
        "holder": vault.seal(scope, at=spot("holder", uid), text=name),
        "changed_at": scope.now,
    }
    if held is None:
        whose = {"shop_id": scope.shop_id, "uid": uid, "partner_id": scope.actor.partner_id}
        scope.session.add(PayAccount(**whose, **told))
        scope.session.flush()
    else:
        here = (PayAccount.shop_id == scope.shop_id, PayAccount.id == held.id)
        changed(scope, update(PayAccount).where(*here).values(told))
    audit.note(scope, "pay.account_saved", subject="partner", subject_id=scope.actor.partner_id)


def of(scope: Scope, partner_id: int) -> PayAccount | None:
    """A partner's account as it is kept: sealed."""
    return scope.session.scalar(mine(scope, PayAccount).where(PayAccount.partner_id == partner_id))


def masked(scope: Scope, partner_id: int) -> Account | None:
    """A partner's account as it may be seen: bank, the end of the number, and a covered name."""
    held = of(scope, partner_id)
    if held is None:
        return None
    number = glimpse(scope, spot("number", held.uid), held.number, "account")
    holder = glimpse(scope, spot("holder", held.uid), held.holder, "name")
    return Account(banks.BANKS.get(held.bank, held.bank), number, holder)


def reveal(scope: Scope, partner_id: int, *, purpose: str) -> Account:
    """Shows an account to the owner; the look is counted and journalled in the same transaction.

    Raises UnknownPurpose, NotFound, RevealsSpent, Unreadable.
    """
    if purpose not in PURPOSES:
        raise UnknownPurpose(field="purpose")
    held = of(scope, partner_id)
    if held is None:
        raise NotFound
    privacy.spend_reveal(scope, limit=PER_HOUR, act=REVEALED)
    audit.note(scope, REVEALED, subject="partner", subject_id=partner_id, purpose=purpose)
    return opened(scope, held)


def opened(scope: Scope, held: PayAccount) -> Account:
    """The account in the open; whoever calls notes the look. Raises Unreadable."""
    number = vault.open_(scope, at=spot("number", held.uid), sealed=held.number)
    holder = vault.open_(scope, at=spot("holder", held.uid), sealed=held.holder)
    return Account(held.bank, number, holder)


def every(scope: Scope) -> dict[int, PayAccount]:
    """The shop's accounts by partner, their keys at hand."""
    rows = {row.partner_id: row for row in scope.session.scalars(mine(scope, PayAccount))}
    vault.warm(scope, [row.uid for row in rows.values()])
    return rows


def spot(column: str, uid: str) -> Spot:
    return Spot("pay_accounts", column, uid)
