"""Who gets the parcel: sealed before it is stored, opened for one person at a time, found without opening."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from base.scope import Scope
from security import privacy, vault
from security.privacy import Kind
from security.vault import Spot
from stock import normalise
from stock.drafts import Draft, Recipient
from stock.models import Order

FIELDS: tuple[Kind, ...] = ("name", "phone", "postcode", "address", "memo")
PHONE, LAST4, NAME, CUSTOMER = "phone", "last4", "name", "customer"

Token = tuple[str, bytes]  # the field and its blind index


@dataclass(frozen=True, slots=True)
class Sealed:
    """A recipient as it is stored: ciphertexts by column, the tokens it is found by, the customer's token."""

    uid: str
    columns: dict[str, bytes]
    tokens: tuple[Token, ...]
    customer: str


def seal(scope: Scope, drafts: Sequence[Draft]) -> list[Sealed]:
    """Seals the recipients of many orders, each under a key of its own. Raises KeysUnavailable."""
    uids = [secrets.token_hex(16) for _ in drafts]
    vault.new_keys(scope, uids)
    return [_sealed(scope, uid, draft) for uid, draft in zip(uids, drafts, strict=True)]


def _sealed(scope: Scope, uid: str, draft: Draft) -> Sealed:
    return Sealed(
        uid=uid,
        columns={
            f"recipient_{field}": vault.seal(
                scope, at=_spot(uid, field), text=getattr(draft.recipient, field)
            )
            for field in FIELDS
        },
        tokens=tuple(_tokens(scope, draft.recipient)),
        customer=customer_token(scope, channel=draft.channel, customer=draft.customer),
    )


def open_(scope: Scope, order: Order) -> Recipient:
    """The recipient in clear. Raises Unreadable; who may ask is decided and journalled a floor up."""
    return Recipient(
        **{
            field: vault.open_(scope, at=_spot(order.uid, field), sealed=getattr(order, f"recipient_{field}"))
            for field in FIELDS
        }
    )


def glimpse(scope: Scope, orders: Sequence[Order]) -> dict[int, Recipient]:
    """The masked recipients of a list, by order id; dots and an alarm where a seal does not open."""
    vault.warm(scope, [order.uid for order in orders])
    return {order.id: _masked(scope, order) for order in orders}


def _masked(scope: Scope, order: Order) -> Recipient:
    return Recipient(
        **{
            field: privacy.glimpse(
                scope, _spot(order.uid, field), getattr(order, f"recipient_{field}"), field
            )
            for field in FIELDS
        }
    )


def customer_token(scope: Scope, *, channel: str, customer: str) -> str:
    """The blind index of a customer's id in a channel, in hex; empty for nobody."""
    return vault.blind(scope, field=CUSTOMER, value=f"{channel}:{customer}").hex() if customer else ""


def search_token(scope: Scope, text: str) -> Token | None:
    """The token of what somebody looks for: four digits, a phone number or a name; None for a blank."""
    plain = normalise.text(text)
    if not plain:
        return None
    if len(plain) == 4 and plain.isdigit():
        return LAST4, vault.blind(scope, field=LAST4, value=plain)
    phone = _e164(plain)
    if phone:
        return PHONE, vault.blind(scope, field=PHONE, value=phone)
    return NAME, vault.blind(scope, field=NAME, value=_folded(plain))


def _tokens(scope: Scope, recipient: Recipient) -> Iterator[Token]:
    phone = _e164(recipient.phone)
    if phone:
        yield PHONE, vault.blind(scope, field=PHONE, value=phone)
        yield LAST4, vault.blind(scope, field=LAST4, value=phone[-4:])
    if recipient.name:
        yield NAME, vault.blind(scope, field=NAME, value=_folded(recipient.name))


def _e164(text: str) -> str:
    try:
        return normalise.phone(text).e164
    except normalise.Unreadable:
        return ""


def _folded(name: str) -> str:
    """A name as it is compared: no blanks, one case."""
    return "".join(normalise.text(name).split()).casefold()


def _spot(uid: str, field: str) -> Spot:
    return Spot("orders", f"recipient_{field}", uid)
