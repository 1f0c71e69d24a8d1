"""The shop's own card: who asks for help here, shown to an applicant before anything is asked of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update

from base.errors import Invalid
from base.once import once
from base.personal import resident_number
from base.rows import changed, mine
from base.scope import Scope
from partners.checks import signals, warning
from partners.joining.answers import NotABusinessNumber, ResidentNumber, Unanswered
from partners.joining.business_number import normalised, written
from partners.joining.models import ShopCard
from security import audit, shops

#: What no shop ever asks of somebody who works for it: the words are `joining.never.<code>`.
NEVER = ("deposit", "password", "resident_number", "account", "prepayment", "messenger")
FREE = ("", "few_sales", "simplified")  # why a shop need not register: under 50 sales a year, 간이과세자
LONGEST = {"owner": 40, "contact": 100, "mail_order_no": 40, "about": 1000}


class MailOrderMissing(Invalid):
    """A shop has a mail-order number or says why it needs none. Facts: field."""

    code = "joining.mail_order_missing"


@dataclass(frozen=True, slots=True)
class Card:
    """A shop as it shows itself to strangers."""

    shop: str
    owner: str
    business_no: str
    mail_order_no: str
    mail_order_free: str
    contact: str
    about: str
    edited_at: datetime | None = None

    @property
    def signs(self) -> tuple[str, ...]:
        """What of it sounds like a false offer; whoever reads the card is told."""
        return signals.found(self.about)

    @property
    def business_no_written(self) -> str:
        return written(self.business_no)


def shown(scope: Scope) -> Card | None:
    """The shop's card; none while the owner has written none."""
    row = scope.session.scalar(mine(scope, ShopCard))
    if row is None:
        return None
    name = shops.shop(scope).name
    said = (row.owner, row.business_no, row.mail_order_no, row.mail_order_free, row.contact, row.about)
    return Card(name, *said, edited_at=row.edited_at)


def save(
    scope: Scope,
    *,
    owner: str,
    business_no: str,
    mail_order_no: str,
    mail_order_free: str,
    contact: str,
    about: str,
    sure: bool = False,
) -> None:
    """Keeps what the owner says of the shop.

    Raises Unanswered, ResidentNumber, NotABusinessNumber, MailOrderMissing, SoundsFalse.
    """
    texts = {"owner": owner, "contact": contact, "mail_order_no": mail_order_no, "about": about}
    texts = {name: _checked(name, text.strip()) for name, text in texts.items()}
    warning.ask(texts["about"], sure=sure, field="about")
    digits = normalised(business_no)
    if digits is None:
        raise NotABusinessNumber(field="business_no")
    if mail_order_free not in FREE or (not texts["mail_order_no"] and not mail_order_free):
        raise MailOrderMissing(field="mail_order_no")
    edited = {"edited_by": scope.actor.id, "edited_at": scope.now}
    kept: dict[str, Any] = texts | edited | {"business_no": digits, "mail_order_free": mail_order_free}
    if once(scope.session, ShopCard, {"shop_id": scope.shop_id, **kept}) is None:
        changed(scope, update(ShopCard).where(ShopCard.shop_id == scope.shop_id).values(**kept))
    audit.note(scope, "shop.card_saved", subject="shop", subject_id=scope.shop_id)


def _checked(name: str, text: str) -> str:
    if resident_number(text):
        raise ResidentNumber(field=name)
    if len(text) > LONGEST[name] or (not text and name in {"owner", "contact"}):
        raise Unanswered(field=name, most=LONGEST[name])
    return text
