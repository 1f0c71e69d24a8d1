"""A request that arrives twice is one act: the first answer is kept by its client's own id."""

import hashlib
from collections.abc import Callable
from typing import Any

from flask import g, make_response, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from base import receipts
from base.scope import Scope, undo
from security import bearers, nets

View = Callable[..., ResponseReturnValue]


def act(scope: Scope, view: View, ids: dict[str, Any]) -> Response:
    """Does the act once: a repeated client id gets the first answer, an error keeps nothing.

    Raises ResidentNumber where what was sent holds one that the view let through.
    """
    id_, what = client_id(), f"{request.method} {request.path}"
    if id_ and bearers.is_call():
        what += f" {_body_digest()}"
    first = receipts.find(scope, client_id=id_, request=what) if id_ else None
    if first is not None:
        return _again(first)
    response = make_response(view(scope, **ids))
    if response.status_code < 400:
        nets.check()
    if response.status_code >= 400:
        undo(scope)
    elif id_ and scope.actor.id and _may_be_kept(response):
        receipts.keep(scope, client_id=id_, request=what, answered=_answered(response))
    return response


def _may_be_kept(response: Response) -> bool:
    """A page that answers an act at once shows what must not be stored: a link, a row of a file."""
    return not g.get("unkept") and (bool(response.location) or response.mimetype != "text/html")


def keep_no_copy() -> None:
    """This answer holds what must not be stored (an opened seal): asking again is another act."""
    g.unkept = True


def client_id() -> str:
    """The client's own id of this request, from its form or header; empty when it sent none."""
    return request.headers.get("Idempotency-Key", "") or request.form.get("client_id", "")


def _body_digest() -> str:
    """What a program sent, in short: the same id with another body is not a repeat."""
    digest = hashlib.sha256(request.get_data() if not request.files else b"")
    for name, file in sorted(request.files.items(multi=True), key=lambda part: part[0]):
        digest.update(name.encode())
        while part := file.stream.read(1 << 16):
            digest.update(part)
        file.stream.seek(0)
    return digest.hexdigest()[:32]


def _answered(response: Response) -> receipts.Answered:
    body = b"" if response.location else response.get_data()
    return receipts.Answered(response.status_code, response.location or "", response.mimetype or "", body)


def _again(first: receipts.Answered) -> Response:
    response = Response(first.body, status=first.status, mimetype=first.kind)
    response.headers["Idempotency-Replayed"] = "true"
    if first.location:
        response.headers["Location"] = first.location
    return response
