"""What the owner says of a channel: how much is kept back, and which of its codes is which product."""

from collections.abc import Sequence

from sqlalchemy import delete, update

from base.errors import Invalid, NotFound, Stale
from base.once import once
from base.rows import changed, mine
from base.scope import Scope
from security import audit
from stock import goods
from stock.channels import rule
from stock.channels.models import Channel, ChannelCode
from stock.upserts import upsert

MOST_CODES = 5_000  # at once


class BadChannel(Invalid):
    """Something cannot be said of a channel. Facts: field, why (a code), what (a line, a code, a SKU)."""

    code = "channels.bad"


def channel(scope: Scope, name: str) -> Channel | None:
    """How a channel is told, None where nobody has said yet. Raises NotFound for no channel."""
    if name not in rule.CHANNELS:
        raise NotFound
    return scope.session.scalar(mine(scope, Channel).where(Channel.name == name))


def keep_back(scope: Scope, name: str, *, buffer: int, version: int) -> None:
    """Keeps units of every product back from a channel; `version` 0 begins to tell it.

    Raises NotFound, BadChannel, Stale.
    """
    row = channel(scope, name)
    if not 0 <= buffer <= rule.MOST_BUFFER:
        raise BadChannel(field="buffer", why="buffer", what="")
    if row is None and version == 0:
        once(scope.session, Channel, {"shop_id": scope.shop_id, "name": name, "buffer": buffer, "version": 1})
    else:
        here = (Channel.shop_id == scope.shop_id, Channel.name == name, Channel.version == version)
        if changed(scope, update(Channel).where(*here).values(buffer=buffer, version=version + 1)) != 1:
            raise Stale
    audit.note(scope, "channel.kept_back", channel=name, units=buffer)


def name_products(scope: Scope, name: str, text: str) -> int:
    """Says which codes of a channel are which product, `code, SKU` a line; how many.

    A code that was another product's is this one's now. All or nothing: raises NotFound, BadChannel.
    """
    channel(scope, name)
    told, wrong = rule.typed(text)
    if wrong:
        raise BadChannel(field="codes", why="line", what=str(wrong[0]))
    if not 0 < len(told) <= MOST_CODES:
        raise BadChannel(field="codes", why="many" if told else "none", what=str(MOST_CODES))
    if doubled := rule.doubled(told):
        raise BadChannel(field="codes", why="doubled", what=doubled[0])
    known = goods.known(scope, [sku for _code, sku in told])
    if unknown := [sku for _code, sku in told if sku not in known]:
        raise BadChannel(field="codes", why="unknown", what=unknown[0])
    rows = [{"channel": name, "code": code, "product_id": known[sku]} for code, sku in dict(told).items()]
    upsert(scope, ChannelCode, rows, keys=("shop_id", "channel", "code"), put=("product_id",))
    audit.note(scope, "channel.named", channel=name, codes=len(rows))
    return len(rows)


def forget(scope: Scope, name: str, codes: Sequence[str]) -> int:
    """The channel sells these no more. Raises NotFound."""
    channel(scope, name)
    here = (ChannelCode.shop_id == scope.shop_id, ChannelCode.channel == name, ChannelCode.code.in_(codes))
    gone = changed(scope, delete(ChannelCode).where(*here))
    audit.note(scope, "channel.forgot", channel=name, codes=gone)
    return gone


def told(scope: Scope, name: str) -> None:
    """Its stock file was taken out now. Raises NotFound."""
    if channel(scope, name) is None:
        once(scope.session, Channel, {"shop_id": scope.shop_id, "name": name, "buffer": 0, "version": 1})
    here = (Channel.shop_id == scope.shop_id, Channel.name == name)
    scope.session.execute(update(Channel).where(*here).values(told_at=scope.now))
    audit.note(scope, "channel.told", channel=name)
