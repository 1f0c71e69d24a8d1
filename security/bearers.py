"""Programs at the door: a bearer token stands in the place of the cookie, at addresses of the API only."""

import logging
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any, TypeVar

from flask import g, request
from sqlalchemy.exc import DBAPIError

from base import i18n
from base.errors import Refused
from base.scope import NOBODY, Scope, World, acting
from security import tokens
from security.tokens import Bearer

V = TypeVar("V", bound=Callable[..., Any])

ADDRESS = "/api/"
FREE = "anyone"

log = logging.getLogger("dari.tokens")


class TokenMissing(Refused):
    """A program came without a token, or a person's browser without a session."""

    code = "security.token_missing"
    status = 401


def is_call() -> bool:
    """Whether this request is for the API."""
    return request.path.startswith(ADDRESS)


def presented() -> str:
    """The secret this call brings; empty where it brings none, and for pages, which take no token.

    Whoever sends the header is judged by it alone: a bad token does not fall back on a cookie.
    """
    sent = request.headers.get("Authorization", "") if is_call() else ""
    kind, _, secret = sent.partition(" ")
    return (secret.strip() if kind.lower() == "bearer" else "") or sent


def enter(threshold: Scope, secret: str) -> Scope:
    """The scope of whom the token stands for: the same actor as in the browser. Raises BadToken."""
    g.visitor, g.now = None, threshold.now
    found = tokens.bearer(threshold, secret)
    if found is None:
        raise tokens.BadToken
    g.bearer = found
    g.language = request.accept_languages.best_match(i18n.LOCALES) or found.actor.locale
    return replace(threshold.inside(found.shop_id), actor=found.actor)


def check(permission: str) -> None:
    """Raises NotGranted for what the token of this call does not carry; a browser carries all."""
    found: Bearer | None = g.get("bearer")
    if found is not None and permission != FREE and permission not in found.permissions:
        raise tokens.NotGranted(permission=permission)


def watched(door: V, world: Callable[[], World]) -> V:
    """The door, where a token that does not open is counted and the use of one that does is noted.

    Both in a transaction of their own, after the call's: a refusal must not undo them, and a GET writes
    nothing itself.
    """

    @wraps(door)
    def at_the_door(**ids: Any) -> Any:
        if not presented():
            return door(**ids)
        try:
            return door(**ids)
        except tokens.BadToken:
            with acting(world(), shop_id=0, actor=NOBODY, ip=request.remote_addr or "") as scope:
                tokens.count_bad(scope)
            raise
        finally:
            found: Bearer | None = g.get("bearer")
            if found is not None and found.used_long_ago:
                _note_use(world(), found)

    return at_the_door  # type: ignore[return-value]


def _note_use(world: World, found: Bearer) -> None:
    try:
        with acting(world, shop_id=0, actor=NOBODY) as scope:
            tokens.used(scope, found.token_id)
    except DBAPIError:
        log.warning("a token's use was not noted", extra={"token": found.token_id}, exc_info=True)
