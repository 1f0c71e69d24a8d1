"""Seeds of draws: from the shop's key and an id alone, so that nobody foresees or chooses them."""

import hmac
import secrets

from base.scope import Scope
from security.keystore import KeyStore, KeysUnavailable, NoKey


def kept(scope: Scope, submission_id: int) -> str:
    """The seed of a submission's draw."""
    return _kept(scope, str(submission_id))


def of_batch(scope: Scope, batch_id: int) -> str:
    """The seed that picks from a batch; whoever puts work into it cannot know whom it will pick."""
    return _kept(scope, f"batch:{batch_id}")


def bound(key: bytes, what: str) -> str:
    """The seed that a key gives: whoever keeps the key can show that nobody chose it."""
    return hmac.digest(key, what.encode(), "sha256").hex()[:32]


def key(scope: Scope) -> bytes | None:
    """The shop's key for seeds; none while the keys are out of reach."""
    keys: KeyStore = scope.world.keys
    try:
        return keys.derived(scope.shop_id, "draw")
    except (KeysUnavailable, NoKey):
        return None


def _kept(scope: Scope, what: str) -> str:
    """Work is drawn even while the keys are out of reach, by a seed of chance; a check tells it apart."""
    known = key(scope)
    return bound(known, what) if known else secrets.token_hex(16)
