"""Redis, where it is used: fit, there, and remembering; it is only the bell, the outbox is the truth."""

from collections.abc import Iterator

from redis.exceptions import RedisError

from base.scope import World
from qa.doctor.found import Found


def bell(world: World) -> Iterator[Found]:
    """What is wrong with the Redis of the settings; nothing where none is used."""
    url = world.settings.redis_url
    if not url:
        return
    from base import rq_bell  # RQ takes half a second to import, which a shop without Redis need not wait

    for reason in rq_bell.unfit(url):
        yield Found("redis_unfit", facts={"reason": reason})
    try:
        kept = dict(rq_bell.connect(url).config_get("appendonly")).get("appendonly")
    except (RedisError, OSError) as away:
        yield Found("redis_away", "warning", facts={"error": type(away).__name__})
        return
    if kept != "yes":
        yield Found("redis_forgets", "warning")
