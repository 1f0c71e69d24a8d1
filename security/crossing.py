"""Requests from elsewhere: what another site sent in somebody's name is not done."""

import hmac
from urllib.parse import urlsplit

from flask import request

from base.errors import Forbidden
from security.visitors import Visitor


class CrossSite(Forbidden):
    """Another site sent this request, or the form is not from this session."""

    code = "security.cross_site"


def refuse_cross_site() -> None:
    """Raises CrossSite unless the browser says the request comes from our own pages (or says nothing)."""
    site = request.headers.get("Sec-Fetch-Site", "")
    if site and site not in {"same-origin", "none"}:
        raise CrossSite
    origin = request.headers.get("Origin", "")
    if not site and origin and _netloc(origin) != request.host:
        raise CrossSite


def _netloc(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def check_token(visitor: Visitor) -> None:
    sent = request.headers.get("X-CSRF", "") or request.form.get("csrf", "")
    if not hmac.compare_digest(sent.encode(), visitor.csrf.encode()):
        raise CrossSite
