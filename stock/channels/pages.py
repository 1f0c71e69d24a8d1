"""Pages of channels: what each may sell, what is kept back, its codes, its stock file."""

import re

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from base.errors import NotFound, Refused
from base.scope import Scope
from base.web import render, tell, wants_json
from security.doors import needs
from stock.channels import desk, reads, rule
from stock.front import pages


@pages.get("/channels", endpoint="channels")
@needs("channel.manage")
def channels_page(scope: Scope) -> ResponseReturnValue:
    """Every marketplace, with what is kept back from it."""
    return render(scope, "stock/channels.html", channels=reads.channels(scope))


@pages.get("/channels/<channel>", endpoint="channel")
@needs("channel.manage")
def channel_page(scope: Scope, channel: str) -> ResponseReturnValue:
    return _channel(scope, channel)


def _channel(scope: Scope, name: str, error: Refused | None = None) -> ResponseReturnValue:
    desk.channel(scope, name)
    found = next(one for one in reads.channels(scope) if one.name == name)
    after = "" if error else request.args.get("after", "")
    return render(
        scope,
        "stock/channel.html",
        error.status if error else 200,
        channel=found,
        page=reads.offers(scope, name, buffer=found.buffer, after=after),
        own_codes=name == rule.OWN_CODES,
        form=request.form,
        error=error,
    )


@pages.post("/channels/<channel>/<act>", endpoint="channel_act")
@needs("channel.manage")
def channel_act(scope: Scope, channel: str, act: str) -> ResponseReturnValue:
    """Keeps units back, names products, forgets a code, or hands out the stock file."""
    desk.channel(scope, channel)
    try:
        if act == "file":
            return _file(scope, channel)
        _do(scope, channel, act)
    except Refused as error:
        if wants_json() or error.status == NotFound.status:
            raise
        return _channel(scope, channel, error)
    tell("ok", f"channels.did.{act}")
    return redirect(url_for("stock.channel", channel=channel))


def _do(scope: Scope, channel: str, act: str) -> None:
    form = request.form
    if act == "buffer":
        desk.keep_back(scope, channel, buffer=_whole("buffer"), version=_whole("version"))
    elif act == "codes":
        desk.name_products(scope, channel, form.get("codes", ""))
    elif act == "forget":
        desk.forget(scope, channel, [form.get("code", "")])
    else:
        raise NotFound


def _file(scope: Scope, channel: str) -> Response:
    """The stock file in the channel's own encoding; that it was taken out is kept."""
    row = desk.channel(scope, channel)
    content = rule.written(channel, reads.every_offer(scope, channel, buffer=row.buffer if row else 0))
    desk.told(scope, channel)
    encoding = rule.FORMS[channel].encoding.removesuffix("-sig")
    response = Response(content, content_type=f"text/csv; charset={encoding}")
    response.headers["Content-Disposition"] = f'attachment; filename="dari-stock-{channel}.csv"'
    return response


def _whole(field: str) -> int:
    plain = request.form.get(field, "").replace(",", "").strip()
    return int(plain) if re.fullmatch(r"[0-9]{1,9}", plain) else -1
