"""Doors: every view declares what it needs; the door lets in, opens the scope, and settles it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial, wraps
from typing import Any, TypeVar

from flask import current_app, g, make_response, request
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from base.errors import Forbidden, Invalid, NotFound, Refused
from base.scope import NOBODY, Actor, Scope, World, acting, persistently, recall
from security import bearers, crossing, repeats, shops, visitors
from security.policy import NEWCOMER, PERMISSIONS, STRANGER, may
from security.repeats import View, client_id, keep_no_copy

__all__ = ["client_id", "keep_no_copy", "needs", "of_files", "outside"]

V = TypeVar("V", bound=View)
T = TypeVar("T")
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FILES = "multipart/form-data"
TYPED = 400_000  # bytes of a body without files; a form kept through the sign-in is the largest


class SignInFirst(Refused):
    """Nobody is signed in, or the session has ended."""

    code = "security.sign_in_first"
    status = 401


def needs(
    permission: str, *, largest: int = 0, prepare: Callable[..., Any] | None = None
) -> Callable[[View], View]:
    """Declares what a view needs and opens its scope: reading for GET, writing and settled for the rest.

    `largest` is the most bytes this view takes, where that is more than the house's limit (photos, files).
    `prepare(scope, **ids)` does what is slow (a picture, a table) in a reading scope before the writing one
    is opened, so that nobody waits for it; the view gets its result as `prepared`.
    """
    if permission not in PERMISSIONS:
        raise KeyError(f"no such permission: {permission}")

    def guard(view: View) -> View:
        @wraps(view)
        def door(**kwargs: Any) -> Response:
            if largest and _is_large() and request.mimetype == FILES:
                _may_send_much(permission)
                request.max_content_length = largest
            _receive(kwargs)
            facts = kwargs | {"prepared": _prepared(permission, prepare, kwargs)} if prepare else kwargs

            def unit() -> Response:
                answer: Response = _pass(permission, view, facts, reading=request.method in SAFE)
                return answer

            try:
                return persistently(unit)
            except IntegrityError:
                if not client_id():
                    raise
                return persistently(unit)  # our twin was first: this time we meet its receipt

        door.needs = permission  # type: ignore[attr-defined]  # read by `unguarded` and the matrix test
        return bearers.watched(door, world)

    return guard


def of_files(nothing: Callable[[], T]) -> Callable[[Callable[..., T]], Callable[..., T]]:
    """A preparation of uploaded files: for a request that brings none, its result is `nothing()`."""

    def mark(prepare: Callable[..., T]) -> Callable[..., T]:
        prepare.nothing = nothing  # type: ignore[attr-defined]  # read by `_prepared`
        return prepare

    return mark


def outside(permission: str) -> Callable[[View], View]:
    """Declares a view that opens its own scopes (signing in must count a failed try and keep it)."""

    def guard(view: View) -> View:
        @wraps(view)
        def door(**kwargs: Any) -> Response:
            _receive(kwargs)
            return make_response(view(world(), **kwargs))

        door.needs = permission  # type: ignore[attr-defined]
        return door

    return guard


def world() -> World:
    """The world this app serves."""
    found: World = current_app.extensions["dari"]
    return found


def unguarded(views: dict[str, Any]) -> list[str]:
    """Endpoints that declare no need; the app does not start while there is one."""
    return sorted(name for name, view in views.items() if name != "static" and not hasattr(view, "needs"))


def _pass(permission: str, act: Callable[..., Any], ids: dict[str, Any], *, reading: bool) -> Any:
    """Lets the visitor in and does the act in a scope of its own."""
    _rewind()
    with acting(
        world(), shop_id=0, actor=NOBODY, ip=_ip(), reading=reading, arrive=_arrival(reading)
    ) as threshold:
        scope = enter(threshold)
        _allow(scope.actor, permission)
        if request.method in SAFE:
            return make_response(act(scope, **ids))
        if g.visitor is not None:
            crossing.check_token(g.visitor)
        if reading:
            return act(scope, **ids)
        if g.visitor is not None and g.visitor.seen_long_ago:
            visitors.see(scope, g.visitor.session_id)
        return repeats.act(scope, act, ids)


def _arrival(reading: bool) -> Callable[..., datetime] | None:
    """How the transaction begins for whoever brings a cookie; a program's token is asked for by itself."""
    if bearers.presented():
        return None
    twin = "" if reading else client_id()
    return partial(visitors.arrive, token=request.cookies.get(cookie_name(), ""), twin=twin)


def _prepared(permission: str, prepare: Callable[..., Any], ids: dict[str, Any]) -> Any:
    """What is prepared before the act; no scope is opened for files that were not sent."""
    if hasattr(prepare, "nothing") and not request.files:
        return prepare.nothing()
    return _pass(permission, prepare, ids, reading=True)


def _is_large() -> bool:
    """Whether the body is beyond the house's limit, or may be."""
    length = request.content_length
    return length is None or length > current_app.config["MAX_CONTENT_LENGTH"]


def _may_send_much(permission: str) -> None:
    """A large body is taken only from who may, or who may have been when they began to write.

    Before a byte of it is read: a stranger's body meets the house's own limit. Raises Forbidden.
    """
    with acting(world(), shop_id=0, actor=NOBODY, ip=_ip(), reading=True) as threshold:
        scope = enter(threshold)
        if scope.actor.id or not visitors.was_known(threshold, request.cookies.get(cookie_name(), "")):
            _allow(scope.actor, permission)


def _receive(ids: dict[str, Any]) -> None:
    """Reads the whole request while nothing is locked. Raises CrossSite, Invalid, NotFound."""
    if request.method not in SAFE:
        crossing.refuse_cross_site()
    if request.mimetype != FILES:
        request.max_content_length = TYPED
    if bearers.is_call() and request.mimetype != FILES:
        request.get_data()
    sent = [
        *request.args.items(multi=True),
        *request.form.items(multi=True),
        *request.files.items(multi=True),
    ]
    if any(name is None for name, _ in sent):
        raise Invalid  # a part of no field
    if any("\0" in part for pair in sent for part in pair if isinstance(part, str)):
        raise Invalid  # no text of ours holds it, and PostgreSQL takes none
    if any(isinstance(part, str) and "\0" in part for part in ids.values()):
        raise NotFound


def _ip() -> str:
    return request.remote_addr or ""


def _rewind() -> None:
    """An act that lost a race is done again whole, with its files read from the start."""
    for files in request.files.listvalues():
        for file in files:
            file.stream.seek(0)


def enter(threshold: Scope) -> Scope:
    """The scope of whoever the token or the cookie names, in their role's shop; a stranger's otherwise."""
    if secret := bearers.presented():
        return bearers.enter(threshold, secret)
    visitor = visitors.visitor(threshold, request.cookies.get(cookie_name(), ""))
    g.visitor = visitor
    g.now = threshold.now
    if visitor is None:
        return threshold
    scope = replace(threshold.inside(visitor.shop_id), actor=visitor.actor)
    if visitor.decided is not None:
        recall(scope, shops.DECIDED, visitor.decided)
    return scope


def _allow(actor: Actor, permission: str) -> None:
    known_without_role = actor.role == STRANGER and actor.id != 0
    if may(NEWCOMER if known_without_role else actor.role, permission):
        return bearers.check(permission)
    if actor.id == 0:
        raise bearers.TokenMissing if bearers.is_call() else SignInFirst
    raise Forbidden


def cookie_name() -> str:
    """`__Host-` where the browser holds us to https, plain on this machine's own address."""
    return "__Host-dari" if world().settings.secure else "dari"


def set_cookie(response: Response, token: str) -> Response:
    """Gives the session's secret to the browser: for this site only, out of reach of scripts."""
    response.set_cookie(
        cookie_name(), token, path="/", secure=world().settings.secure, httponly=True, samesite="Lax"
    )
    return response


def clear_cookie(response: Response) -> Response:
    """Takes the cookie back and asks the browser to forget what it has cached."""
    response.delete_cookie(
        cookie_name(), path="/", secure=world().settings.secure, httponly=True, samesite="Lax"
    )
    response.headers["Clear-Site-Data"] = '"cache"'
    return response
