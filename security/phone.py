"""What a partner's phone is told, so that work not yet sent waits there, sealed to that person (ADR 9)."""

import hmac
from base64 import b64encode
from hashlib import sha256

from base.config import Settings
from security.visitors import Visitor


def sealing_key(settings: Settings, visitor: Visitor) -> str:
    """The key of a person's waiting work, in base64: their pages carry it, the phone keeps it nowhere.

    Nothing opens with it but what waits on a phone, for days at most; a new secret key makes that unreadable.
    """
    told = f"dari/waiting/{visitor.account_id}/{visitor.membership_id}".encode()
    return b64encode(hmac.digest(settings.secret_key.encode(), told, sha256)).decode()
