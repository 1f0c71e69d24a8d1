"""Messages on their way: promised with the act they tell of, sent after it stands, tried again, logged."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update

from base import outbox
from base.background import External, Job
from base.errors import NotFound
from base.rows import mine, one
from base.scope import THE_HOUSE, Scope, World, acting, persistently
from hooks import events, posting
from hooks.models import Delivery, Webhook
from security import audit, vault
from security.vault import Spot

JOB = "hooks.deliver"
WAITING = {"state": "waiting"}
KIND = {"Content-Type": "application/json", "User-Agent": "Dari/1"}
LATEST = 2  # seconds that writing down outlasts the sending


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent: everything that needs the database is read."""

    shop_id: int
    delivery_id: int
    url: str
    secrets: tuple[str, ...]
    content: bytes
    at: datetime
    tries: int


def promise(scope: Scope, hook: Webhook, event: str, facts: Mapping[str, object]) -> Delivery:
    """Promises a message to a webhook, in the transaction of what it tells of. `facts` are ids and codes."""
    made = Delivery(
        shop_id=scope.shop_id,
        webhook_id=hook.id,
        event=event,
        facts=dict(facts),
        made_at=scope.now,
        next_at=scope.now,
    )
    scope.session.add(made)
    scope.session.flush()
    put(scope, made, due=scope.now)
    return made


def put(scope: Scope, delivery: Delivery, *, due: datetime) -> None:
    """Puts the next try into the outbox."""
    key = f"hook-{delivery.id}-{delivery.errands}-{delivery.tries}"
    outbox.put(scope, JOB, key=key, due=due, delivery_id=delivery.id)


def prepare(scope: Scope, delivery_id: int) -> Message | None:
    """What to send; nothing where the message arrived, or the webhook was stopped or removed, or rests."""
    delivery = one(scope, Delivery, delivery_id)
    hook = delivery.webhook
    if delivery.state != "waiting" or (delivery.next_at and delivery.next_at > scope.now):
        return None  # it arrived, or another errand is promised for its next try
    if hook.removed_at or hook.disabled_at:
        _give_up(scope, delivery, "stopped")
        return None
    if hook.rests_until and hook.rests_until > scope.now:
        _put_off(scope, delivery, hook.rests_until)
        return None
    return Message(
        shop_id=scope.shop_id,
        delivery_id=delivery.id,
        url=hook.url,
        secrets=_secrets(scope, hook),
        content=events.body(delivery.event, delivery.made_at, delivery.facts),
        at=scope.now,
        tries=delivery.tries,
    )


def send(world: World, _key: str, message: Message) -> None:
    """Sends it and writes down how it went; the id is the same on every try, so a repeat is known as one."""
    said = events.signed(
        message.secrets,
        message_id=f"dari-{message.shop_id}-{message.delivery_id}",
        at=message.at,
        content=message.content,
    )
    try:
        status = posting.post(message.url, message.content, KIND | said, trust=world.settings.webhook_ca)
        reason = "" if 200 <= status < 300 else f"http_{status}"
    except posting.NotSent as error:
        status, reason = 0, error.code

    def note() -> None:
        with acting(world, shop_id=message.shop_id, actor=THE_HOUSE, now=message.at) as scope:
            _write_down(scope, message, status=status, reason=reason)

    persistently(note)


#: Opens a transaction of its own for the log, because a failure is a result here and not an error.
DELIVER = External(prepare=prepare, send=send, seconds=int(posting.SECONDS) + LATEST)
JOBS: dict[str, Job] = {JOB: DELIVER}


def living(scope: Scope, webhook_id: int) -> Webhook:
    """A webhook that was not removed. Raises NotFound."""
    hook = scope.session.scalar(
        mine(scope, Webhook).where(Webhook.id == webhook_id, Webhook.removed_at.is_(None))
    )
    if hook is None:
        raise NotFound
    return hook


def change(scope: Scope, hook: Webhook, **values: object) -> None:
    """Changes a webhook of this shop."""
    here = (Webhook.shop_id == scope.shop_id, Webhook.id == hook.id)
    scope.session.execute(update(Webhook).where(*here).values(**values))


def spot(uid: str) -> Spot:
    """Where a webhook's secret stands; the one before is sealed for the same place."""
    return Spot("webhooks", "secret", uid)


def _secrets(scope: Scope, hook: Webhook) -> tuple[str, ...]:
    sealed = [hook.secret]
    if hook.old_secret and hook.old_until and hook.old_until > scope.now:
        sealed.append(hook.old_secret)
    return tuple(vault.open_(scope, at=spot(hook.uid), sealed=each) for each in sealed)


def _write_down(scope: Scope, message: Message, *, status: int, reason: str) -> None:
    """The log's line; a failure is tried again later, or given up. A try that was written down stays so."""
    tries = message.tries + 1
    next_at = events.next_try(scope.now, tries) if reason else None
    state = "delivered" if not reason else "waiting" if next_at else "failed"
    went = {"state": state, "tries": tries, "status": status, "reason": reason}
    seen = (Delivery.id == message.delivery_id, Delivery.tries == message.tries, Delivery.state == "waiting")
    stmt = update(Delivery).where(Delivery.shop_id == scope.shop_id, *seen)
    found = stmt.values(**went, tried_at=scope.now, next_at=next_at).returning(Delivery.id)
    if scope.session.scalar(found) is None:
        return
    delivery = one(scope, Delivery, message.delivery_id)
    scope.session.refresh(delivery)
    _health(scope, delivery.webhook, failed=reason)
    if delivery.webhook.disabled_at:
        _give_up(scope, delivery, reason)
    elif next_at is not None:
        put(scope, delivery, due=next_at)


def _put_off(scope: Scope, delivery: Delivery, until: datetime) -> None:
    """Promises the same try for later: however many messages wait, a dead address costs one wait a rest."""
    stmt = update(Delivery).where(Delivery.shop_id == scope.shop_id, Delivery.id == delivery.id)
    scope.session.execute(stmt.values(errands=Delivery.errands + 1, next_at=until))
    scope.session.refresh(delivery)
    put(scope, delivery, due=until)


def _give_up(scope: Scope, delivery: Delivery, reason: str) -> None:
    waiting = (Delivery.shop_id == scope.shop_id, Delivery.id == delivery.id, Delivery.state == "waiting")
    gone = {"state": "failed", "reason": reason, "next_at": None}
    scope.session.execute(update(Delivery).where(*waiting).values(**gone))


def _health(scope: Scope, hook: Webhook, *, failed: str) -> None:
    """A webhook that fails rests; one that only fails for days is stopped, and the owner is told."""
    if not failed:
        change(scope, hook, failing_since=None, rests_until=None)
        return
    since = hook.failing_since or scope.now
    change(scope, hook, failing_since=since, rests_until=scope.now + events.rest(scope.now - since))
    if since <= scope.now - events.PATIENCE and hook.disabled_at is None:
        change(scope, hook, disabled_at=scope.now)
        audit.note(scope, "webhook.given_up", "webhook", hook.id, reason=failed)
