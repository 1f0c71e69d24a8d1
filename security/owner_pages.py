"""The owner's pages of this room: the first run, people and rules."""

from flask import make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from base import forms
from base.errors import Refused
from base.scope import Scope
from base.web import render, tell
from security import founding, people, shops
from security.doors import needs, set_cookie
from security.forms import RulesForm, answered, asked
from security.pages import device, pages
from security.policy import ROLES


@pages.get("/set-up")
@needs("shop.set_up")
def set_up_page(scope: Scope) -> ResponseReturnValue:
    founding.open_to(scope, request.args.get("code", ""))
    return render(scope, "security/set_up.html", form={}, code=request.args.get("code", ""))


@pages.post("/set-up")
@needs("shop.set_up")
def set_up(scope: Scope) -> ResponseReturnValue:
    form = request.form
    founding.open_to(scope, form.get("code", ""))
    founder = founding.Founder(*(form.get(n, "") for n in ("shop", "slug", "name", "login", "password")))
    try:
        token = founding.found(scope, founder, device=device())
    except Refused as error:
        return render(scope, "security/set_up.html", error.status, form=form, code=form["code"], error=error)
    tell("ok", "security.set_up.done", shop=founder.shop)
    return set_cookie(make_response(redirect(url_for("home"))), token)


@pages.get("/people", endpoint="people")
@needs("people.see")
def people_page(scope: Scope) -> ResponseReturnValue:
    return _people(scope)


def _people(scope: Scope, status: int = 200, **facts: object) -> ResponseReturnValue:
    return render(scope, "security/people.html", status, members=people.members(scope), roles=ROLES, **facts)


@pages.post("/people")
@needs("people.manage")
def invite(scope: Scope) -> ResponseReturnValue:
    form = request.form
    try:
        member, token = people.invite(
            scope, login=form.get("login", ""), name=form.get("name", ""), role=form.get("role", "")
        )
    except Refused as error:
        return _people(scope, error.status, form=form, error=error)
    link = url_for("security.join_page", token=token, _external=True)
    return _people(scope, link=link, link_for=member, words="security.people.link")


@pages.post("/people/<int:member_id>/invite")
@needs("people.manage")
def invite_again(scope: Scope, member_id: int) -> ResponseReturnValue:
    link = url_for("security.join_page", token=people.invite_again(scope, member_id), _external=True)
    return _people(scope, link=link, words="security.people.link")


@pages.post("/people/<int:member_id>/reset")
@needs("people.manage")
def reset_link(scope: Scope, member_id: int) -> ResponseReturnValue:
    link = url_for("security.reset_page", token=people.reset_link(scope, member_id), _external=True)
    return _people(scope, link=link, words="security.people.reset_link_ready")


@pages.post("/people/<int:member_id>/leave")
@needs("people.manage")
def leave(scope: Scope, member_id: int) -> ResponseReturnValue:
    people.leave(scope, member_id)
    tell("ok", "security.people.left")
    return redirect(url_for("security.people"))


@pages.get("/settings")
@needs("shop.rules")
def settings(scope: Scope) -> ResponseReturnValue:
    form = forms.shown(scope, RulesForm, asked(shops.rules(scope)))
    return render(scope, "security/settings.html", form=form)


@pages.post("/settings")
@needs("shop.rules")
def save_settings(scope: Scope) -> ResponseReturnValue:
    form = forms.typed(scope, RulesForm)
    if not form.validate():
        return render(scope, "security/settings.html", 422, form=form)
    shops.save_rules(scope, answered(form, before=shops.rules(scope)))
    tell("ok", "security.settings.saved")
    return redirect(url_for("security.settings"))
