"""The owner's pages of webhooks: the list, one with its log, and what can be done with it."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import Refused
from base.scope import Scope
from base.web import render, tell
from hooks import endpoints
from hooks.events import EVENTS
from security.doors import needs

pages = Blueprint("hooks", __name__)


@pages.get("/webhooks", endpoint="webhooks")
@needs("webhook.manage")
def webhooks_page(scope: Scope) -> ResponseReturnValue:
    return _list(scope)


@pages.post("/webhooks")
@needs("webhook.manage")
def add(scope: Scope) -> ResponseReturnValue:
    try:
        hook, secret = endpoints.add(
            scope, url=request.form.get("url", ""), events=request.form.getlist("events")
        )
    except Refused as error:
        return _list(scope, error)
    return _one(scope, hook.id, secret=secret)


@pages.get("/webhooks/<int:webhook_id>")
@needs("webhook.manage")
def webhook(scope: Scope, webhook_id: int) -> ResponseReturnValue:
    return _one(scope, webhook_id)


@pages.post("/webhooks/<int:webhook_id>/secret")
@needs("webhook.manage")
def turn_secret(scope: Scope, webhook_id: int) -> ResponseReturnValue:
    return _one(scope, webhook_id, secret=endpoints.turn_secret(scope, webhook_id))


@pages.post("/webhooks/<int:webhook_id>/ping")
@needs("webhook.manage")
def ping(scope: Scope, webhook_id: int) -> ResponseReturnValue:
    endpoints.ping(scope, webhook_id)
    return _back(webhook_id, "pinged")


@pages.post("/webhooks/<int:webhook_id>/stop")
@needs("webhook.manage")
def stop(scope: Scope, webhook_id: int) -> ResponseReturnValue:
    endpoints.stop(scope, webhook_id)
    return _back(webhook_id, "stopped")


@pages.post("/webhooks/<int:webhook_id>/start")
@needs("webhook.manage")
def start(scope: Scope, webhook_id: int) -> ResponseReturnValue:
    endpoints.start(scope, webhook_id)
    return _back(webhook_id, "started")


@pages.post("/webhooks/<int:webhook_id>/remove")
@needs("webhook.manage")
def remove(scope: Scope, webhook_id: int) -> ResponseReturnValue:
    endpoints.remove(scope, webhook_id)
    tell("ok", "hooks.removed")
    return redirect(url_for("hooks.webhooks"))


@pages.post("/webhooks/deliveries/<int:delivery_id>/again")
@needs("webhook.manage")
def again(scope: Scope, delivery_id: int) -> ResponseReturnValue:
    return _back(endpoints.again(scope, delivery_id).webhook_id, "sent_again")


def _back(webhook_id: int, done: str) -> ResponseReturnValue:
    tell("ok", f"hooks.{done}")
    return redirect(url_for("hooks.webhook", webhook_id=webhook_id))


def _list(scope: Scope, error: Refused | None = None) -> ResponseReturnValue:
    return render(
        scope,
        "hooks/webhooks.html",
        error.status if error else 200,
        hooks=endpoints.every(scope),
        events=EVENTS,
        error=error,
        form=request.form,
    )


def _one(scope: Scope, webhook_id: int, *, secret: str = "") -> ResponseReturnValue:
    hook = endpoints.living(scope, webhook_id)
    after = request.args.get("after", "")
    return render(
        scope,
        "hooks/webhook.html",
        hook=hook,
        log=endpoints.log(scope, webhook_id, after=after),
        secret=secret,
    )
