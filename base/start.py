"""The start of a program, without the collector: nothing it brings in is garbage, and looking took a quarter.

`app` imports this first; when all is there, `done` lets the collector begin, and never at what came before.
"""

import gc

gc.disable()


def done() -> None:
    """Ends the start: what is there stays, so neither the collector nor a forked worker touches it again."""
    gc.freeze()
    gc.enable()
