"""References: what somebody did here in the shop's own words, signed, to be kept and shown anywhere.

The text is signed with Ed25519 under a key that is derived from the shop's secret, so that a rotation of keys
changes nothing; anybody can check it with the public key, and the shop's page compares a text with what was
issued. The words hold a name and are sealed; digest, signature and figures stay when the words are destroyed.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import func, select

from base import i18n
from base.errors import NotFound, Refused
from base.i18n import t
from base.rows import mine, one
from base.scope import NOBODY, Scope, acting
from partners import kinds
from partners.joining import cards
from partners.joining.posters import CODE, entered
from partners.leaving.models import Reference
from partners.models import Partner, PayLine
from partners.pay.reads import names
from security import audit, shops, throttle, vault
from security.vault import Spot, Unreadable

GONE = b""
MOST = 20  # of one partner: each says all that was done up to its day
LONGEST = 5000  # characters of a text that is compared
PER_SENDER, WINDOW = 30, timedelta(hours=1)
END = "-----"  # what stands between the text and its signature


class NothingAccepted(Refused):
    """A reference tells of accepted work, and there is none yet."""

    code = "leaving.nothing_accepted"


class ManyAlready(Refused):
    """So many references of one partner and no more. Facts: most."""

    code = "leaving.many_references"


@dataclass(frozen=True, slots=True)
class Paper:
    """A reference as its partner reads it; `text` is none once it was destroyed."""

    row: Reference
    text: str | None

    @property
    def file(self) -> str:
        """The text with its signature below, as a file to keep."""
        return f"{self.text}{END}\nSHA-256 {self.row.sha256}\nEd25519 {self.row.signature}\n"


def issue(scope: Scope, partner_id: int) -> Reference:
    """Writes and signs what a partner has done up to today; the same again within a day is the one there is.

    Raises NotFound, NothingAccepted, ManyAlready.
    """
    card, done = one(scope, Partner, partner_id), _done(scope, partner_id)
    if not done:
        raise NothingAccepted
    today, there = scope.now.astimezone(i18n.SEOUL).date(), of(scope, card.id)
    if there and there[0].until == today and there[0].accepted == {"kinds": done} and there[0].said != GONE:
        return there[0]
    if len(there) >= MOST:
        raise ManyAlready(most=MOST)
    uid, code, since = secrets.token_hex(12), secrets.token_urlsafe(CODE), _since(scope, card)
    text = _words(scope, card.id, code=code, done=done, since=since, until=today)
    vault.new_key(scope, spot(uid).record)
    made = Reference(
        shop_id=scope.shop_id,
        uid=uid,
        code=code,
        partner_id=card.id,
        said=vault.seal(scope, at=spot(uid), text=text),
        sha256=digest(text),
        signature=_key(scope).sign(text.encode()).hex(),
        since=since,
        until=today,
        accepted={"kinds": done},
        at=scope.now,
        by=scope.actor.id,
    )
    scope.session.add(made)
    scope.session.flush()
    audit.note(scope, "reference.issued", subject="partner", subject_id=card.id, reference=made.id)
    return made


def of(scope: Scope, partner_id: int) -> list[Reference]:
    """A partner's references, the latest first."""
    stmt = mine(scope, Reference).where(Reference.partner_id == partner_id)
    return list(scope.session.scalars(stmt.order_by(Reference.id.desc())))


def own(scope: Scope, reference_id: int) -> Paper:
    """One of the actor's own. Raises NotFound."""
    row = one(scope, Reference, reference_id)
    if scope.actor.partner_id is None or row.partner_id != scope.actor.partner_id:
        raise NotFound
    return paper(scope, row)


def paper(scope: Scope, row: Reference) -> Paper:
    """A reference with its words, where they still are."""
    try:
        text = vault.open_(scope, at=spot(row.uid), sealed=row.said) if row.said != GONE else None
    except Unreadable:
        text = None
    return Paper(row, text)


def found(scope: Scope, slug: str, code: str) -> tuple[Scope, Reference]:
    """The reference of an address, in its shop. Raises NotFound."""
    inside = entered(scope, slug)
    row = inside.session.scalar(mine(inside, Reference).where(Reference.code == code))
    if row is None:
        raise NotFound
    return inside, row


def count(scope: Scope) -> None:
    """Counts one comparison of a sender, kept whatever becomes of it. Raises TooManyTries."""
    with acting(scope.world, shop_id=0, actor=NOBODY, ip=scope.ip) as counting:
        sender = throttle.neighbourhood(scope.ip)
        throttle.count(counting, f"reference-ip:{sender}", limit=PER_SENDER, window=WINDOW)


def is_same(row: Reference, text: str) -> bool:
    """Whether a text is the one that was issued, whatever signature and line ends came with it."""
    plain = text.replace("\r\n", "\n").lstrip("\ufeff").partition(END)[0]
    return digest(plain.strip("\n") + "\n") == row.sha256


def public_key(scope: Scope) -> str:
    """What everybody may check the shop's signatures with, in hexadecimal."""
    return _key(scope).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def digest(text: str) -> str:
    """SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def spot(uid: str) -> Spot:
    """Where the words of a reference are sealed."""
    return Spot("work_references", "said", f"reference-{uid}")


def _key(scope: Scope) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(scope.world.keys.derived(scope.shop_id, "reference"))


def _done(scope: Scope, partner_id: int) -> dict[str, int]:
    """How much of each kind was accepted."""
    rows = (
        select(PayLine.kind, func.count())
        .where(PayLine.shop_id == scope.shop_id, PayLine.partner_id == partner_id)
        .group_by(PayLine.kind)
        .order_by(PayLine.kind)
    )
    return dict(scope.session.execute(rows).all())


def _since(scope: Scope, card: Partner) -> date:
    """The day of the first accepted task, or of joining, whichever came first."""
    first = select(func.min(PayLine.at)).where(
        PayLine.shop_id == scope.shop_id, PayLine.partner_id == card.id
    )
    at = scope.session.scalar(first)
    return min(at or card.joined_at, card.joined_at).astimezone(i18n.SEOUL).date()


def _words(
    scope: Scope, partner_id: int, *, code: str, done: Mapping[str, int], since: date, until: date
) -> str:
    locale, shop, card = scope.actor.locale, shops.shop(scope).name, cards.shown(scope)
    lines = [t(locale, "leaving.paper.title"), "", t(locale, "leaving.paper.shop", shop=shop)]
    if card is not None:
        facts = {"number": card.business_no_written, "owner": card.owner}
        lines.append(t(locale, "leaving.paper.business", **facts))
    lines.append(t(locale, "leaving.paper.name", name=names(scope, [partner_id])[partner_id]))
    days = {"since": since.isoformat(), "until": until.isoformat()}
    lines.append(t(locale, "leaving.paper.span", **days))
    lines.append(t(locale, "leaving.paper.done", n=sum(done.values())))
    for kind, n in done.items():
        lines.append(t(locale, "leaving.paper.kind", kind=kinds.named(scope, kind, locale), n=n))
    lines.append(t(locale, "leaving.paper.code", code=code))
    return "\n".join(lines) + "\n"
