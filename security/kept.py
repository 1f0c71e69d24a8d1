"""A form that came after its session had ended: sealed into the sign-in page, sent again afterwards."""

import base64
import hashlib
import json
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken

HOURS = 12
LARGEST = 200_000  # characters of a form worth carrying through the sign-in
UNKEPT = {"csrf", "password", "present"}


@dataclass(frozen=True, slots=True)
class Form:
    """The address and the fields of a form that waits for its sender."""

    path: str
    fields: list[tuple[str, str]]


def keep(form: Form, secret: str) -> str:
    """Seals a form for the round trip; empty when it is too large to carry."""
    fields = [(name, value) for name, value in form.fields if name not in UNKEPT]
    text = json.dumps([form.path, fields])
    return _box(secret).encrypt(text.encode()).decode() if len(text) <= LARGEST else ""


def restore(sealed: str, secret: str) -> Form | None:
    """Opens a kept form; None when it is not ours or older than half a day."""
    try:
        path, fields = json.loads(_box(secret).decrypt(sealed.encode(), ttl=HOURS * 3600))
    except InvalidToken:
        return None
    return Form(path, [(name, value) for name, value in fields])


def _box(secret: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"kept form:" + secret.encode()).digest()))
