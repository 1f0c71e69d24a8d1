"""What an owner does with webhooks: adds, turns the secret, stops, removes, tries, looks at the log."""

import secrets
from collections.abc import Collection

from sqlalchemy import update

from base.errors import Invalid, Refused
from base.rows import Page, mine, one, page
from base.scope import Scope, forget
from hooks import deliveries
from hooks.addresses import leads_out, literal, place
from hooks.events import EVENTS, OVERLAP, PING, new_secret
from hooks.models import Delivery, Webhook
from security import audit, vault
from security.vault import Spot

MOST = 10
NAME = "webhooks"


class BadAddress(Invalid):
    """A webhook is an https address of the open internet."""

    code = "hooks.bad_address"


class NoEvents(Invalid):
    """A webhook asks for at least one of the known events."""

    code = "hooks.no_events"


class TooMany(Refused):
    """The shop has as many webhooks as it may. Facts: most."""

    code = "hooks.too_many"


def add(scope: Scope, *, url: str, events: Collection[str]) -> tuple[Webhook, str]:
    """Adds a webhook and returns its secret, this once. Raises BadAddress, NoEvents, TooMany."""
    url = url.strip()
    where = place(url)
    written = literal(where.host) if where else None
    if where is None or (written and not leads_out(written) and not scope.world.settings.webhook_ca):
        raise BadAddress(field="url")
    asked = [event for event in EVENTS if event in events]
    if not asked or len(asked) != len(set(events)):
        raise NoEvents(field="events")
    if len(every(scope)) >= MOST:
        raise TooMany(most=MOST)
    uid, secret = f"webhook-{secrets.token_hex(12)}", new_secret()
    vault.new_key(scope, uid)
    sealed = vault.seal(scope, at=spot(uid), text=secret)
    hook = Webhook(
        shop_id=scope.shop_id,
        uid=uid,
        url=url,
        events=" ".join(asked),
        secret=sealed,
        made_at=scope.now,
    )
    scope.session.add(hook)
    scope.session.flush()
    forget(scope, NAME)
    audit.note(scope, "webhook.added", "webhook", hook.id, events=len(asked))
    return hook, secret


def turn_secret(scope: Scope, webhook_id: int) -> str:
    """Gives a webhook a new secret, returned this once; for a day messages are signed by both."""
    hook = living(scope, webhook_id)
    secret = new_secret()
    sealed = vault.seal(scope, at=spot(hook.uid), text=secret)
    deliveries.change(scope, hook, secret=sealed, old_secret=hook.secret, old_until=scope.now + OVERLAP)
    audit.note(scope, "webhook.secret_turned", "webhook", hook.id)
    return secret


def stop(scope: Scope, webhook_id: int) -> None:
    """Sends nothing more to a webhook until it is started again. Raises NotFound."""
    hook = living(scope, webhook_id)
    deliveries.change(scope, hook, disabled_at=hook.disabled_at or scope.now)
    forget(scope, NAME)
    audit.note(scope, "webhook.stopped", "webhook", hook.id)


def start(scope: Scope, webhook_id: int) -> None:
    """Sends to a webhook again; what it missed can be sent by hand. Raises NotFound."""
    hook = living(scope, webhook_id)
    deliveries.change(scope, hook, disabled_at=None, failing_since=None, rests_until=None)
    forget(scope, NAME)
    audit.note(scope, "webhook.started", "webhook", hook.id)


def remove(scope: Scope, webhook_id: int) -> None:
    """Takes a webhook away; what was sent to it stays in the log. Raises NotFound."""
    hook = living(scope, webhook_id)
    deliveries.change(scope, hook, removed_at=scope.now, secret=b"", old_secret=None)
    forget(scope, NAME)
    audit.note(scope, "webhook.removed", "webhook", hook.id)


def ping(scope: Scope, webhook_id: int) -> Delivery:
    """Sends a message that says nothing, to see whether it arrives. Raises NotFound."""
    hook = living(scope, webhook_id)
    deliveries.change(scope, hook, rests_until=None)
    return deliveries.promise(scope, hook, PING, {"webhook_id": webhook_id})


def again(scope: Scope, delivery_id: int) -> Delivery:
    """Sends a message once more, with the same id. Raises NotFound."""
    delivery = one(scope, Delivery, delivery_id)
    deliveries.change(scope, living(scope, delivery.webhook_id), rests_until=None)
    stmt = update(Delivery).where(Delivery.shop_id == scope.shop_id, Delivery.id == delivery.id)
    fresh = {"tries": 0, "next_at": scope.now, "errands": Delivery.errands + 1} | deliveries.WAITING
    scope.session.execute(stmt.values(**fresh))
    scope.session.refresh(delivery)
    deliveries.put(scope, delivery, due=scope.now)
    audit.note(scope, "webhook.sent_again", "webhook", delivery.webhook_id, delivery=delivery.id)
    return delivery


def every(scope: Scope) -> list[Webhook]:
    """The shop's webhooks."""
    stmt = mine(scope, Webhook).where(Webhook.removed_at.is_(None))
    return list(scope.session.scalars(stmt.order_by(Webhook.id)))


def log(scope: Scope, webhook_id: int, *, after: str = "", size: int = 30) -> Page[Delivery]:
    """What was sent to a webhook, newest first. Raises NotFound."""
    hook = living(scope, webhook_id)
    stmt = mine(scope, Delivery).where(Delivery.webhook_id == hook.id)
    return page(scope, stmt, by=(Delivery.id,), after=after, size=size)


def living(scope: Scope, webhook_id: int) -> Webhook:
    """A webhook that was not removed. Raises NotFound."""
    return deliveries.living(scope, webhook_id)


def spot(uid: str) -> Spot:
    """Where a webhook's secret stands; the one before is sealed for the same place."""
    return deliveries.spot(uid)
