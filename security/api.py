"""The API's own calls: who a token is, the description for programs, and the same for people."""

from datetime import datetime
from typing import Literal, cast

from flask import Blueprint, current_app, g
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from base import openapi
from base.calls import JSON, Told, call, pretty
from base.i18n import catalogue
from base.scope import Scope
from base.web import locale, render
from security.bearers import TokenMissing
from security.doors import needs
from security.policy import grantable, may

api = Blueprint("security_api", __name__, url_prefix=openapi.PREFIX)

Role = Literal["owner", "reviewer", "partner", "stranger"]
Language = Literal["ko", "en"]


class Me(Told):
    """As whom this call acts: the account, its role in the shop, and what it may do here."""

    account_id: int
    shop_id: int
    role: Role
    partner_id: int | None
    language: Language
    permissions: list[str]
    now: datetime


@api.get("/me")
@needs("anyone")
@call(Me)
def me(scope: Scope) -> Me:
    """Tells as whom this call acts and what it may do. Raises TokenMissing."""
    if scope.actor.id == 0:
        raise TokenMissing
    bearer = g.get("bearer")
    own = grantable(scope.actor.role)
    return Me(
        account_id=scope.actor.id,
        shop_id=scope.shop_id,
        role=cast(Role, scope.actor.role),
        partner_id=scope.actor.partner_id,
        language=cast(Language, locale()),
        permissions=[name for name in own if bearer is None or name in bearer.permissions],
        now=scope.now,
    )


@api.get("/openapi.json")
@needs("anyone")
def description(scope: Scope) -> ResponseReturnValue:
    """The description, OpenAPI 3.1."""
    told = openapi.document(current_app, origin=scope.world.settings.origin)
    return Response(pretty(told), mimetype=JSON)


@api.get("")
@needs("anyone")
def readable(scope: Scope) -> ResponseReturnValue:
    """The description as a page."""
    told = openapi.document(current_app, origin=scope.world.settings.origin)
    return render(
        scope,
        "security/api.html",
        calls=openapi.calls(current_app),
        schemas=told["components"]["schemas"],
        paths=told["paths"],
        form_of=openapi.shape,
        problems=_problems(),
        may_make=g.visitor is not None and may(scope.actor.role, "token.own"),
        origin=scope.world.settings.origin,
    )


def _problems() -> list[tuple[str, str]]:
    """The codes a program may meet, with the words a person reads; facts stand as {names}."""
    said = catalogue(locale())
    return sorted(
        (key.removeprefix("refused."), words)
        for key, words in said.items()
        if key.startswith("refused.") and not key.endswith(".one")
    )
