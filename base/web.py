"""The web's ground: headers, limits, and words in templates."""

import json
import logging
import secrets
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from flask import (
    Flask,
    Request,
    Response,
    current_app,
    flash,
    g,
    get_flashed_messages,
    render_template,
    request,
)
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from markupsafe import Markup
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, ValidationError

from base import i18n, icons, logs, static
from base.clock import utcnow
from base.config import ROOT, Settings
from base.scope import Scope

log = logging.getLogger("dari.web")

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self';"
    " font-src 'self'; form-action 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none';"
    " object-src 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
}
#: A script or a style takes its policy from the page it is in: twenty of them need not say it again.
FILE_HEADERS = {name: HEADERS[name] for name in ("X-Content-Type-Options", "Cross-Origin-Resource-Policy")}
HSTS = "max-age=31536000; includeSubDomains"
AROUND = "around"  # in the application's extensions: functions of a scope, for the frame of every page
LONGEST_ID = 18  # digits: what a bigint surely holds


class IdConverter(IntegerConverter):
    """An id in an address; a number that no row can have is an address that leads nowhere."""

    def to_python(self, value: str) -> int:
        if len(value) > LONGEST_ID:
            raise ValidationError
        return int(super().to_python(value))


class Notices(SecureCookieSessionInterface):
    """Flask's session, which carries notices to the next page: most requests bring none."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if self.get_cookie_name(app) in request.cookies:
            return super().open_session(app, request)
        return self.session_class()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if session.modified or self.get_cookie_name(app) in request.cookies:
            super().save_session(app, session, response)


def furnish(app: Flask, settings: Settings) -> None:
    """Sets limits, headers and template words."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.old_secret_keys),
        TRUSTED_HOSTS=list(settings.trusted_hosts),
        MAX_CONTENT_LENGTH=1024 * 1024,
        MAX_FORM_MEMORY_SIZE=256 * 1024,
        MAX_FORM_PARTS=400,
        SESSION_COOKIE_NAME="__Host-dari-notice" if settings.secure else "dari-notice",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        TEMPLATES_AUTO_RELOAD=settings.debug,
        TESTING_WORDS=settings.env == "test",
    )
    app.url_map.converters["int"] = IdConverter
    static.furnish(app, ROOT / "static", fixed=not settings.debug)
    if settings.proxies:
        hops = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.session_interface = Notices()
    app.before_request(_arrive)
    app.after_request(partial(_dress, secure=settings.secure))
    app.jinja_env.globals.update(
        t=_t,
        won=_won,
        when=_when,
        exact=_exact,
        human=_human,
        duration=_duration,
        icon=icons.icon,
        csrf=_csrf,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def render(scope: Scope, template: str, status: int = 200, **facts: Any) -> Response:
    """A page for the scope's actor, as a response; upper floors put into the frame what they have to say."""
    g.now = scope.now
    framed: dict[str, Any] = {}
    for around in current_app.extensions.get(AROUND, ()):
        framed |= around(scope)
    told = framed | {"now": scope.now, "actor": scope.actor, "of_scope": scope} | facts
    return Response(render_template(template, **told), status=status)


def answer(facts: dict[str, Any], status: int = 200) -> Response:
    """A JSON answer."""
    return Response(json.dumps(facts, ensure_ascii=False), status=status, mimetype="application/json")


def tell(kind: str, key: str, **facts: object) -> None:
    """A notice for the next page: kind is ok, warn, bad or info; the words are the catalogue's."""
    flash(json.dumps([key, facts]), kind)


def notices() -> list[tuple[str, str]]:
    """The notices that wait for this page; a page that refreshes itself leaves them to whoever clicks."""
    if "X-Live" in request.headers:
        return []
    waiting: Any = get_flashed_messages(with_categories=True)
    said = [(str(kind), json.loads(text)) for kind, text in waiting]
    return [(kind, _t(words[0], **words[1])) for kind, words in said]


def wants_json() -> bool:
    """Whether a script asked rather than a person."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], default="text/html")
    return best == "application/json" or request.path.startswith("/api/")


def locale() -> str:
    """The language of this request: the account's, else the cookie's, else the browser's."""
    if spoken := g.get("spoken"):  # a page that shows both, while it shows this one
        return str(spoken)
    if spoken := g.get("language"):
        return str(spoken)
    visitor = g.get("visitor")
    if visitor is not None:
        return str(visitor.locale)
    chosen = request.cookies.get("dari-language", "")
    if chosen in i18n.LOCALES:
        return chosen
    return request.accept_languages.best_match(i18n.LOCALES, default="ko") or "ko"


def zone() -> ZoneInfo:
    """The zone in which this shop says its times."""
    return i18n.SEOUL


def _arrive() -> None:
    g.request_id = secrets.token_hex(8)
    logs.SUBJECT.set(g.request_id)  # each thread serves one request at a time, so the next one overwrites it


def _dress(response: Response, *, secure: bool) -> Response:
    is_file = request.endpoint == "static" and response.status_code < 400
    wanted = FILE_HEADERS if is_file else HEADERS | {"Cache-Control": "no-store"}
    if secure:
        wanted = wanted | {"Strict-Transport-Security": HSTS}
    given = {name.lower() for name, _value in response.headers}
    for name, value in wanted.items():
        if name.lower() not in given:
            response.headers.add(name, value)
    if not is_file:
        response.headers["X-Request-Id"] = g.get("request_id", "")
    return response


def _t(key: str, **facts: object) -> str:
    """The words of a key. A word we forgot is a bug that tests must meet, but no page falls over it."""
    try:
        return i18n.t(locale(), key, **facts)
    except KeyError as error:
        if current_app.config["TESTING_WORDS"]:
            raise
        log.error("no words", extra={"key": key, "missing": str(error)})  # noqa: TRY400 (the key says where)
        return key.rpartition(".")[2].replace("_", " ")


def _won(amount: int | Decimal) -> str:
    return i18n.won(amount, locale())


def _exact(at: datetime) -> str:
    return i18n.exact(at, locale(), now=g.get("now") or utcnow(), zone=zone())


def _human(at: datetime) -> str:
    return i18n.human(at, g.get("now") or utcnow(), locale())


def _when(at: datetime) -> str:
    return f"{_human(at)} · {_exact(at)}"


def _duration(seconds: int) -> str:
    return i18n.duration(seconds, locale())


def _csrf() -> Markup:
    """The hidden fields of every form: the session's token and a fresh client id."""
    visitor = g.get("visitor")
    token = (
        Markup('<input type="hidden" name="csrf" value="{}">').format(visitor.csrf) if visitor else Markup()
    )
    return token + Markup('<input type="hidden" name="client_id" value="{}">').format(
        secrets.token_urlsafe(16)
    )
