"""The command line of the house with a vault of glass, to learn what sealing costs: for the bench alone.

    python -m bench.unsealed import orders FILE --shop SLUG

The house itself has no way of leaving a recipient open: here the vault's own functions are exchanged in this
process, and it refuses every folder that is not a bench's.
"""

import os
import runpy
import sys
from collections.abc import Sequence
from pathlib import Path

from base.config import ROOT
from base.scope import Scope
from security import vault
from security.vault import Spot

PREFIX = "dari-bench-"


def main() -> None:
    """Exchanges the vault and goes on as the house's own command line."""
    if not Path(os.environ.get("DARI_DATA", "")).name.startswith(PREFIX):
        sys.exit("bench: not a bench's folder")
    for name, stand_in in STAND_INS.items():
        setattr(vault, name, stand_in)
    runpy.run_path(str(ROOT / "app.py"), run_name="__main__")


def _no_key(_scope: Scope, _record: str) -> None:
    """No key is made."""


def _no_keys(_scope: Scope, _records: Sequence[str]) -> None:
    """No keys are made."""


def _as_bytes(_scope: Scope, *, at: Spot, text: str) -> bytes:  # noqa: ARG001 (the vault's own shape)
    return text.encode()


def _as_it_is(_scope: Scope, *, at: Spot, data: bytes) -> bytes:  # noqa: ARG001
    return data


def _as_it_was(_scope: Scope, *, at: Spot, sealed: bytes) -> bytes:  # noqa: ARG001
    return sealed


def _in_clear(_scope: Scope, *, field: str, value: str) -> bytes:  # noqa: ARG001
    return value.encode()[: vault.BLIND]


STAND_INS = {
    "new_key": _no_key,
    "new_keys": _no_keys,
    "seal": _as_bytes,
    "seal_bytes": _as_it_is,
    "open_bytes": _as_it_was,
    "blind": _in_clear,
}

if __name__ == "__main__":
    main()
