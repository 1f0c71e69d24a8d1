"""Refusals and faults as a person or a program meets them: a page in words, or JSON with a code."""

import logging

from flask import Flask, Response, g, render_template, request
from sqlalchemy.exc import DataError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, SecurityError

from base import i18n
from base.errors import Invalid, Refused
from base.scope import lost_a_race
from base.web import answer, locale, wants_json

log = logging.getLogger("dari.web")

READ_ONLY = "25006"  # PostgreSQL's word for a write where only reading is possible


def furnish(app: Flask) -> None:
    """Sets what is answered when an act is refused or something breaks."""
    app.register_error_handler(Refused, refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(PoolTimeout, _unavailable)
    app.register_error_handler(OverflowError, _unusable)
    app.register_error_handler(Exception, _broken)


def refused(error: Refused) -> Response:
    """A refusal in words: what happened, what is kept, what to do next."""
    text = _words(f"refused.{error.code}", "refused.base.refused", **error.facts)
    return _no(error.status, error.code, text, error.facts)


def _no(status: int, code: str, text: str, facts: dict[str, object]) -> Response:
    retry = {"Retry-After": str(facts.get("after_s", 5))} if status in {429, 503} else {}
    plain: dict[str, object] = {k: v for k, v in facts.items() if isinstance(v, str | int | bool | list)}
    if request.path.startswith("/api/"):
        response = _problem(status, code, text, plain)
    elif wants_json():
        response = answer({"code": code, "text": text, **plain}, status)
    else:
        words = {"headline": _words(f"refused_headline.{status}", "refused_headline.other"), "text": text}
        page = render_template(
            "errors/refused.html",
            status=status,
            request_id=g.get("request_id", ""),
            next_url=facts.get("next_url"),
            **words,
        )
        response = Response(page, status=status)
    response.headers.update(retry)
    return response


def _problem(status: int, code: str, text: str, facts: dict[str, object]) -> Response:
    """What a program is told (RFC 9457); programs match on `code`, people read `detail`."""
    told = {
        "type": f"urn:dari:problem:{code}",
        "title": _words(f"refused_headline.{status}", "refused_headline.other"),
        "status": status,
        "detail": text,
        "code": code,
        "facts": facts,
    }
    response = answer(told, status)
    response.mimetype = "application/problem+json"
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="dari"'
    return response


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if isinstance(error, SecurityError):  # a foreign Host: no page of ours can be built for it
        return Response("400", status=400, mimetype="text/plain")
    if error.response is not None or status < 400:
        return error.get_response()  # type: ignore[return-value]
    response = _no(status, f"http.{status}", _words(f"refused.http.{status}", "refused.base.refused"), {})
    for name in ("Allow", "Retry-After"):
        for key, value in error.get_headers():
            if key == name:
                response.headers[name] = value
    return response


def _database(error: DBAPIError) -> Response:
    """The database is away, full, busy or read-only: come back soon, nothing half done."""
    if isinstance(error, DataError):
        return _unusable(error)
    if lost_a_race(error) or error.connection_invalidated or _is_away(error):
        return _unavailable(error)
    return _broken(error)


def _is_away(error: DBAPIError) -> bool:
    return isinstance(error, OperationalError) or getattr(error.orig, "sqlstate", None) == READ_ONLY


def _unavailable(error: Exception) -> Response:
    log.error("database unavailable", exc_info=error)
    return _no(
        503, "base.unavailable", _words("refused.base.unavailable", "refused.base.refused"), {"after_s": 5}
    )


def _unusable(error: Exception) -> Response:
    """A number that no column holds: nothing of ours, so it was sent."""
    log.warning("unusable", exc_info=error)
    return refused(Invalid())


def _broken(error: Exception) -> Response:
    log.error("unexpected", exc_info=error)
    return _no(500, "base.broken", _words("refused.base.broken", "refused.base.refused"), {})


def _words(key: str, otherwise: str, **facts: object) -> str:
    known = key if i18n.knows(key) else otherwise
    try:
        return i18n.t(locale(), known, **facts)
    except (KeyError, IndexError, ValueError):
        return i18n.t(locale(), otherwise)
