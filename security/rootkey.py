"""The root key: 32 bytes in a file beside the key store, or in the environment."""

import base64
import binascii
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from base.config import private
from security.wrapping import KEY, fresh


class BadRootKey(Exception):
    """What stands where the root key should be is not 32 bytes."""


def private_folder(path: Path) -> Path:
    """The folder, made if need be, readable by this user alone."""
    private(path).chmod(0o700)
    return path


def find(path: Path, environ: Mapping[str, str]) -> bytes | None:
    """The root key from DARI_ROOT_KEY (base64), else from the file, else None. Raises BadRootKey."""
    given = environ.get("DARI_ROOT_KEY", "")
    if not given and not path.exists():
        return None
    try:
        root = base64.b64decode(given, validate=True) if given else path.read_bytes()
    except (binascii.Error, OSError) as error:
        raise BadRootKey from error
    if len(root) != KEY:
        raise BadRootKey
    return root


def make(path: Path) -> bytes:
    """A new root key in a file of its own (0600); when another process was first, that one's."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(fresh())
        file.flush()
        os.fsync(handle)
    try:
        path.hardlink_to(draft)  # appears whole or not at all, and never over an older one
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_bytes()
