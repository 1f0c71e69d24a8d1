"""Pages of coming and going: sign-in, links, roles, language and one's own sessions."""

import re
from urllib.parse import urlsplit

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from base.errors import Refused
from base.i18n import LOCALES
from base.refusals import refused
from base.scope import NOBODY, Scope, World, acting
from base.web import render, tell, wants_json
from security import browsers, devices, kept, links, own_rooms, people, sessions
from security.doors import SignInFirst, clear_cookie, needs, outside, set_cookie, world
from security.passwords import WeakPassword

pages = Blueprint("security", __name__)


@pages.get("/sign-in")
@needs("anyone")
def sign_in_page(scope: Scope) -> ResponseReturnValue:
    if g.visitor is not None:
        return redirect(url_for("home"))
    return render(scope, "security/sign_in.html", next=_inside(request.args.get("next", "")))


@pages.post("/sign-in")
@outside("anyone")
def sign_in(house: World) -> ResponseReturnValue:
    """Counts the try and keeps the count; the slow hash runs outside the writing transaction."""
    login, password = request.form.get("login", ""), request.form.get("password", "")
    mark = request.cookies.get(devices.NAME, "")
    ip, known = request.remote_addr or "", devices.known(house.settings, sessions.folded(login), cookie=mark)
    try:
        with acting(house, shop_id=0, actor=NOBODY, ip=ip) as counting:
            sessions.count_try(counting, login=login, known_device=known)
        account_id = sessions.recognise(house, login=login, password=password)
        with acting(house, shop_id=0, actor=NOBODY, ip=ip) as scope:
            token = sessions.welcome(scope, account_id, known_device=known, device=device())
    except Refused as error:
        return _sign_in_again(error, login)
    return _came_in(house, token)


def _sign_in_again(error: Refused, login: str) -> ResponseReturnValue:
    if wants_json():
        return refused(error)
    g.visitor = None
    page = render_template(
        "security/sign_in.html", login=login, error=error, next=_inside(request.form.get("next", "")),
        kept=request.form.get("kept", ""),
    )  # fmt: skip
    response = make_response(page, error.status)
    if error.status in {429, 503}:
        response.headers["Retry-After"] = str(error.facts.get("after_s", 5))
    return response


def _came_in(house: World, token: str) -> ResponseReturnValue:
    """The page after signing in: where one was going, or the form that was waiting."""
    waiting = kept.restore(request.form.get("kept", ""), house.settings.secret_key)
    if waiting is None:
        response = make_response(redirect(_inside(request.form.get("next", "")) or url_for("home")))
    else:
        csrf = sessions.csrf_of(token)
        response = make_response(render_template("security/go_on.html", form=waiting, token=csrf))
    set_cookie(response, token)
    login = sessions.folded(request.form.get("login", ""))
    mark = devices.marked(house.settings, login, cookie=request.cookies.get(devices.NAME, ""))
    keep_choice(response, devices.NAME, mark)
    return response


def keep_choice(response: Response, name: str, value: str) -> None:
    """A cookie that outlives the session: nothing in it opens a door."""
    response.set_cookie(
        name, value, max_age=devices.KEPT_S, httponly=True, secure=world().settings.secure, samesite="Lax"
    )


@pages.app_errorhandler(SignInFirst)
def sign_in_first(error: SignInFirst) -> ResponseReturnValue:
    """Leads to the sign-in and back; a form that came too late travels along."""
    if wants_json():
        return refused(error)
    if request.method in {"GET", "HEAD"}:
        return redirect(url_for("security.sign_in_page", next=request.full_path.rstrip("?")))
    fields = _fields()
    secret = world().settings.secret_key
    waiting = kept.keep(kept.Form(request.path, fields), secret)
    return make_response(render_template("security/sign_in.html", kept=waiting, ended=True), error.status)


def _fields() -> list[tuple[str, str]]:
    """What the form carries; nothing where it is larger than a stranger may send."""
    try:
        return list(request.form.items(multi=True))
    except RequestEntityTooLarge:
        return []


@pages.post("/sign-out")
@needs("account.own")
def sign_out(scope: Scope) -> ResponseReturnValue:
    sessions.end(scope, g.visitor.session_id)
    return clear_cookie(make_response(redirect(url_for("security.sign_in_page"))))


@pages.get("/come-in/<token>")
@needs("anyone")
def come_in_page(scope: Scope, token: str) -> ResponseReturnValue:
    _, account = links.look(scope, token, purpose="enter")
    return render(scope, "security/come_in.html", account=account)


@pages.post("/come-in/<token>")
@needs("anyone")
def come_in(scope: Scope, token: str) -> ResponseReturnValue:
    secret = people.come_in(scope, token, device=device())
    return set_cookie(make_response(redirect(url_for("home"))), secret)


@pages.get("/invite/<token>")
@needs("anyone")
def join_page(scope: Scope, token: str) -> ResponseReturnValue:
    _, account = links.look(scope, token, purpose="invite")
    return render(scope, "security/join.html", account=account, known=bool(account.password))


def _counted_join(scope: Scope, token: str) -> None:
    """An invitation of somebody known asks for their password: guesses count as at the sign-in."""
    _, account = links.look(scope, token, purpose="invite")
    if account.password:
        count_proof(scope, account.id)


def count_proof(scope: Scope, account_id: int) -> None:
    """Counts in a transaction of its own, so that the count stays when the password is wrong."""
    with acting(scope.world, shop_id=0, actor=NOBODY, ip=scope.ip) as counting:
        sessions.count_proof(counting, account_id)


@pages.post("/invite/<token>")
@needs("anyone", prepare=_counted_join)
def join(scope: Scope, token: str, prepared: None) -> ResponseReturnValue:  # noqa: ARG001 (it was counted)
    try:
        secret = people.join(scope, token, password=request.form.get("password", ""), device=device())
    except (people.WrongPassword, WeakPassword) as error:
        _, account = links.look(scope, token, purpose="invite")
        return render(
            scope,
            "security/join.html",
            error.status,
            account=account,
            known=bool(account.password),
            error=error,
        )
    return set_cookie(make_response(redirect(url_for("home"))), secret)


@pages.get("/reset/<token>")
@needs("anyone")
def reset_page(scope: Scope, token: str) -> ResponseReturnValue:
    _, account = links.look(scope, token, purpose="reset")
    return render(scope, "security/reset.html", account=account)


@pages.post("/reset/<token>")
@needs("anyone")
def reset(scope: Scope, token: str) -> ResponseReturnValue:
    try:
        secret = people.reset(scope, token, password=request.form.get("password", ""), device=device())
    except WeakPassword as error:
        _, account = links.look(scope, token, purpose="reset")
        return render(scope, "security/reset.html", error.status, account=account, error=error)
    return set_cookie(make_response(redirect(url_for("home"))), secret)


@pages.post("/roles/<int:membership_id>")
@needs("account.own")
def take_role(scope: Scope, membership_id: int) -> ResponseReturnValue:
    sessions.enter(scope, session_id=g.visitor.session_id, membership_id=membership_id)
    return redirect(url_for("home"))


@pages.post("/language")
@needs("anyone")
def language(scope: Scope) -> ResponseReturnValue:
    chosen = request.form.get("locale", "")
    chosen = chosen if chosen in LOCALES else "ko"
    if scope.actor.id:
        people.speak(scope, chosen)
    response = make_response(redirect(_inside(_path(request.referrer or "")) or url_for("home")))
    keep_choice(response, "dari-language", chosen)
    return response


@pages.get("/me")
@needs("account.own")
def me(scope: Scope) -> ResponseReturnValue:
    return _me(scope)


def _me(scope: Scope, error: Refused | None = None) -> ResponseReturnValue:
    return render(
        scope,
        "security/me.html",
        error.status if error else 200,
        sessions=sessions.mine(scope),
        device_of=browsers.named,
        here=g.visitor.session_id,
        roles=sessions.roles(scope, scope.actor.id),
        membership_id=g.visitor.membership_id,
        own_rooms=own_rooms.own(scope),
        error=error,
    )


@pages.post("/me/sessions/<int:session_id>/end")
@needs("account.own")
def end_session(scope: Scope, session_id: int) -> ResponseReturnValue:
    sessions.end(scope, session_id)
    tell("ok", "security.me.session_ended")
    return redirect(url_for("security.me"))


@pages.post("/me/password")
@needs("account.own", prepare=lambda scope: count_proof(scope, scope.actor.id))
def change_password(scope: Scope, prepared: None) -> ResponseReturnValue:  # noqa: ARG001 (it was counted)
    try:
        people.change_password(
            scope,
            session_id=g.visitor.session_id,
            present=request.form.get("present", ""),
            password=request.form.get("password", ""),
        )
    except (people.WrongPassword, WeakPassword) as error:
        return _me(scope, error)
    tell("ok", "security.me.password_changed")
    return redirect(url_for("security.me"))


def device() -> str:
    return (request.user_agent.string or "")[:300]


def _path(url: str) -> str:
    """The path of an address that a browser sent; nothing where it is none."""
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def _inside(path: str) -> str:
    """A path of ours to go on to; what a browser might read as another host is dropped."""
    return path if re.fullmatch(r"/(?!/)[^\\\x00-\x20\x7f]*", path) else ""
