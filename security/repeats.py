"""A request that arrives twice is one act: the first answer is kept by its client's own id."""

from collections.abc import Callable
from typing import Any

from flask import g, make_response, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from base import receipts
from base.errors import Refused
from base.scope import Scope, undo

View = Callable[..., ResponseReturnValue]


def act(scope: Scope, view: View, ids: dict[str, Any]) -> Response:
    """Does the act once: a repeated client id gets the first answer, an error keeps nothing."""
    if (first := _first(scope)) is not None:
        return first
    response, twin = _tried(scope, view, ids)
    if twin is not None or response.status_code >= 400:
        undo(scope)
    elif client_id() and scope.actor.id and _may_be_kept(response):
        receipts.keep(scope, client_id=client_id(), request=_what(), answered=_answered(response))
    return twin or response


def _tried(scope: Scope, view: View, ids: dict[str, Any]) -> tuple[Response, Response | None]:
    """The view's answer; where it refuses, also the answer to a twin that was first while it waited."""
    try:
        response = make_response(view(scope, **ids))
    except Refused:
        if (twin := _first(scope)) is None:
            raise
        return twin, twin
    return response, _first(scope) if response.status_code >= 400 else None


def _first(scope: Scope) -> Response | None:
    """The answer that this client id was given before."""
    if not client_id():
        return None
    with scope.session.no_autoflush:  # of a refused act nothing is written
        kept = receipts.find(scope, client_id=client_id(), request=_what())
    return _again(kept) if kept else None


def _what() -> str:
    return f"{request.method} {request.path}"


def _may_be_kept(response: Response) -> bool:
    """A page that answers an act at once shows what must not be stored: a link, a row of a file."""
    return not g.get("unkept") and (bool(response.location) or response.mimetype != "text/html")


def keep_no_copy() -> None:
    """This answer holds what must not be stored (an opened seal): asking again is another act."""
    g.unkept = True


def client_id() -> str:
    """The client's own id of this request, from its form or header; empty when it sent none."""
    return request.headers.get("Idempotency-Key", "") or request.form.get("client_id", "")


def _answered(response: Response) -> receipts.Answered:
    body = b"" if response.location else response.get_data()
    return receipts.Answered(response.status_code, response.location or "", response.mimetype or "", body)


def _again(first: receipts.Answered) -> Response:
    response = Response(first.body, status=first.status, mimetype=first.kind)
    if first.location:
        response.headers["Location"] = first.location
    return response
