"""A hand that carries out an import in a process of its own, and says what it is at."""

from collections.abc import Mapping
from dataclasses import replace
from multiprocessing.connection import Connection

import app
from base import config
from stock import jobs


def carry_out(shop_id: int, import_id: int, environ: Mapping[str, str], told: Connection) -> None:
    """To its end, or as far as it is let."""
    world = replace(app.open_world(config.load(environ)), reactions={})
    jobs.carry_out(
        world, shop_id=shop_id, import_id=import_id, show=lambda stage, _done, _rows: told.send(stage)
    )
