"""Commands of the ground."""

from collections.abc import Callable

import click

from base import jobs, logs
from base.scope import World


@click.command("worker")
@click.pass_obj
def worker(opened: Callable[[], World]) -> None:
    """Does the background work, until told to end; with REDIS_URL on any number of machines."""
    world = opened()
    logs.configure(world.settings)
    jobs.work(world)
