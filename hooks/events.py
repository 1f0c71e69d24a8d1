"""The events a webhook may ask for, how a message is signed, and when a failed one is tried again (pure).

The form is that of Standard Webhooks (standardwebhooks.com): receivers need nothing of ours to check it.
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

EVENTS = (
    "order.placed",
    "order.ready",
    "order.short",
    "order.shipped",
    "order.cancelled",
    "task.accepted",
    "task.rejected",
    "stock.changed",
    "import.ended",
)
PING = "ping"  # what the owner sends by hand, to see whether it arrives
SIGN = "whsec_"
#: After the first, second, … failed try; after the last the message is given up.
WAITS = tuple(timedelta(seconds=seconds) for seconds in (5, 60, 300, 1800, 7200, 21600, 43200, 86400))
SHORTEST_REST, LONGEST_REST = timedelta(seconds=5), timedelta(minutes=30)
PATIENCE = timedelta(days=5)  # of nothing but failures, then nothing more is sent
OVERLAP = timedelta(hours=24)  # how long the secret before still signs


def new_secret() -> str:
    """A fresh secret as receivers keep it."""
    return SIGN + base64.b64encode(secrets.token_bytes(32)).decode()


def body(event: str, at: datetime, facts: Mapping[str, object]) -> bytes:
    """The message: ids and codes, the same bytes on every try."""
    told = {"type": event, "timestamp": at.isoformat(), "data": dict(facts)}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def signed(secret_texts: Sequence[str], *, message_id: str, at: datetime, content: bytes) -> dict[str, str]:
    """The headers of a message: its id, when it is sent, and a signature by each secret."""
    stamp = str(int(at.timestamp()))
    what = f"{message_id}.{stamp}.".encode() + content
    return {
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(f"v1,{_mac(text, what)}" for text in secret_texts),
    }


def next_try(at: datetime, tries: int) -> datetime | None:
    """When a message that failed so many times is tried again; None when it is given up."""
    return at + WAITS[tries - 1] if tries <= len(WAITS) else None


def rest(failing_for: timedelta) -> timedelta:
    """How long nothing is sent to an address that failed: as long as it has been failing, within bounds."""
    return min(max(failing_for, SHORTEST_REST), LONGEST_REST)


def _mac(secret: str, what: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(SIGN))
    return base64.b64encode(hmac.digest(key, what, hashlib.sha256)).decode()
