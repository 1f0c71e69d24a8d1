"""Marks of browsers that have signed in: a stranger's tries do not count against them.

A mark is good for the login it was given to and cannot be made up: else every try would be a new browser.
"""

import hashlib
import hmac
import secrets

from base.config import Settings

NAME = "dari-device"
KEPT_S = 365 * 86400


def marked(settings: Settings, login: str, *, cookie: str) -> str:
    """The cookie of a browser in which this login has come in: the one it has, or a new one."""
    if known(settings, login, cookie=cookie):
        return cookie
    mark = secrets.token_urlsafe(16)
    return f"{mark}.{_seal(settings.secret_key, mark, login)}"


def known(settings: Settings, login: str, *, cookie: str) -> str:
    """The mark, where it was given to this login; empty for any other."""
    mark, _, sealed = cookie.partition(".")
    for secret in (settings.secret_key, *settings.old_secret_keys):
        if hmac.compare_digest(sealed.encode(), _seal(secret, mark, login).encode()):
            return mark
    return ""


def _seal(secret: str, mark: str, login: str) -> str:
    return hmac.new(secret.encode(), f"device:{mark}:{login}".encode(), hashlib.sha256).hexdigest()[:32]
