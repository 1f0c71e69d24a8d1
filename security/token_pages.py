"""Pages of tokens: what a person's programs may do, and the owner's look at everybody's."""

from flask import g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import Refused
from base.scope import Scope
from base.web import render, tell
from security import people, tokens
from security.doors import needs
from security.pages import count_proof, pages
from security.policy import OWNER, grantable

LIFETIMES = (30, 90, 365)


@pages.get("/tokens", endpoint="tokens")
@needs("token.own")
def tokens_page(scope: Scope) -> ResponseReturnValue:
    return _page(scope)


@pages.post("/tokens")
@needs("token.own", prepare=lambda scope: count_proof(scope, scope.actor.id))
def make_token(scope: Scope, prepared: None) -> ResponseReturnValue:  # noqa: ARG001 (it was counted)
    """The secret stands on this page alone: it is stored nowhere, not even in the receipt of the form."""
    try:
        people.confirm(scope, request.form.get("present", ""))
        _, secret = tokens.make(
            scope,
            membership_id=g.visitor.membership_id,
            name=request.form.get("name", ""),
            permissions=request.form.getlist("permissions"),
            days=request.form.get("days", 0, type=int),
        )
    except Refused as error:
        return _page(scope, error=error)
    return _page(scope, secret=secret)


@pages.post("/tokens/<int:token_id>/revoke")
@needs("token.own")
def revoke_token(scope: Scope, token_id: int) -> ResponseReturnValue:
    tokens.revoke(scope, token_id)
    return _revoked()


@pages.post("/tokens/<int:token_id>/end")
@needs("token.manage")
def end_token(scope: Scope, token_id: int) -> ResponseReturnValue:
    tokens.revoke_any(scope, token_id)
    return _revoked()


def _revoked() -> ResponseReturnValue:
    tell("ok", "security.tokens.revoked")
    return redirect(url_for("security.tokens"))


def _page(scope: Scope, *, secret: str = "", error: Refused | None = None) -> ResponseReturnValue:
    own = tokens.mine(scope, g.visitor.membership_id)
    others = tokens.of_shop(scope) if scope.actor.role == OWNER else []
    return render(
        scope,
        "security/tokens.html",
        error.status if error else 200,
        own=[token for token in own if tokens.lives(scope, token)],
        others=[
            token
            for token in others
            if tokens.lives(scope, token) and token.membership_id != g.visitor.membership_id
        ],
        grantable=grantable(scope.actor.role),
        lifetimes=LIFETIMES,
        asks_password=people.has_password(scope),
        secret=secret,
        error=error,
        form=request.form,
    )
