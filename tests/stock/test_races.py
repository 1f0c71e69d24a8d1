"""Eight processes against a stock that runs out: exactly what was there is promised."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from base import config
from base.scope import World
from stock import invariants
from tests.cast import ActingAs, Cast
from tests.stock.yard import held, receive

pytestmark = pytest.mark.both  # locks

HANDS, EACH = 8, 15

BUYERS = """
import json, os, sys
from dataclasses import replace
import app
from base import config
from base.scope import Actor, acting, persistently
from stock import orders
from tests.stock.yard import draft

shop, hands, each, environ = json.loads(sys.argv[1])

def buy(hand):
    world = replace(app.open_world(config.load(environ)), reactions={})
    won = 0
    for turn in range(each):
        units = {"MUG": 1, "CUP": 1} if (hand + turn) % 2 else {"CUP": 1, "MUG": 1}
        def unit():
            with acting(world, shop_id=shop, actor=Actor(1, "owner")) as scope:
                return len(orders.place(scope, [draft(f"{hand}-{turn}", units)]).ready)
        won += persistently(unit)
    return won

start, go = os.pipe()
for hand in range(hands):
    if os.fork() == 0:
        os.close(go)
        os.read(start, 1)  # ends for all of them at once, when the parent closes its side
        os.write(1, b"%d\\n" % buy(hand))
        os._exit(0)
os.close(go)
sys.exit(max(os.waitstatus_to_exitcode(os.wait()[1]) for _ in range(hands)))
"""


def test_eight_processes_promise_exactly_the_stock(world: World, cast: Cast, acting_as: ActingAs) -> None:
    with acting_as(cast.haneul) as scope:
        receive(scope, {"MUG": 100, "CUP": 90})
    told = json.dumps([cast.shop_id, HANDS, EACH, environ(world.settings)])
    command = [sys.executable, "-c", BUYERS, told]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2], check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert sum(int(won) for won in done.stdout.split()) == 90
    with acting_as(cast.haneul) as scope:
        assert (held(scope, "MUG"), held(scope, "CUP")) == ((100, 90), (90, 90))
        assert invariants.findings(scope) == []


def environ(settings: config.Settings) -> dict[str, str]:
    return {
        "DARI_ENV": "test",
        "DARI_DATA": str(settings.data),
        "DATABASE_URL": settings.database_url,
        "DATABASE_OWNER_URL": settings.database_owner_url,
    }
