"""Guessing passwords: four processes count together, and no made-up browser or address counts anew."""

import multiprocessing
import secrets
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

import app as front
from base import config
from base.config import Settings
from base.scope import World
from security import devices, throttle
from tests.cast import Cast, Person

GOOD = "바다보다 깊은 밤"
TRIES = 40


def guess(told: tuple[Settings, int]) -> Counter[int]:
    """Forty tries at one account, each from a browser and an address that say to be others."""
    settings, number = told
    client = front.create_app(front.open_world(settings)).test_client()
    elsewhere, found = {"REMOTE_ADDR": f"2001:db8:{number}::1"}, Counter[int]()
    for turn in range(TRIES):
        mark = f"{secrets.token_urlsafe(16)}.{secrets.token_hex(16)}"
        client.set_cookie(devices.NAME, mark, domain="localhost")
        login = "Haneul@Example.com" if turn % 2 else " haneul@example.com"
        headers = {"X-Forwarded-For": f"198.51.100.{turn}", "User-Agent": secrets.token_hex(4)}
        form = {"login": login, "password": f"guess {turn}"}
        answer = client.post("/sign-in", data=form, headers=headers, environ_overrides=elsewhere)
        found[answer.status_code] += 1
    return found


@pytest.mark.slow
@pytest.mark.both
def test_four_processes_reach_the_hash_ten_times_together(
    settings: Settings, world: World, cast: Cast, with_password: Callable[[Person, str], None]
) -> None:
    with_password(cast.haneul, GOOD)
    world.engines.dispose()  # nothing of ours goes into the forks
    with ProcessPoolExecutor(4, multiprocessing.get_context("fork")) as pool:
        found = sum(pool.map(guess, [(settings, number) for number in range(1, 5)]), Counter[int]())
    assert found == {401: throttle.PER_ACCOUNT, 429: 4 * TRIES - throttle.PER_ACCOUNT}


ADDRESSES = [
    ("192.0.2.7", "192.0.2.7"),
    ("::ffff:192.0.2.7", "192.0.2.7"),
    ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
    ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
    ("2001:db8:1:3::9", "2001:db8:1:3::/64"),
    ("", ""),
    ("unix:", "unix:"),
]


@pytest.mark.parametrize(("ip", "neighbourhood"), ADDRESSES)
def test_one_sender_has_one_neighbourhood(ip: str, neighbourhood: str) -> None:
    assert throttle.neighbourhood(ip) == neighbourhood


def test_a_mark_is_good_for_its_login_and_its_house(tmp_path: Path) -> None:
    ours = config.load({"DARI_DATA": str(tmp_path / "ours")})
    other = config.load({"DARI_DATA": str(tmp_path / "other")})
    cookie = devices.marked(ours, "minji@example.com", cookie="")
    good = devices.known(ours, "minji@example.com", cookie=cookie)
    turned = replace(ours, secret_key=other.secret_key, old_secret_keys=(ours.secret_key,))
    assert (devices.marked(ours, "minji@example.com", cookie=cookie), bool(good)) == (cookie, True)
    assert devices.known(turned, "minji@example.com", cookie=cookie) == good
    wrong = [(ours, "sujin@example.com", cookie), (other, "minji@example.com", cookie)]
    odds = ("", ".", good, f"{good}.", f"x{cookie}", f"{cookie}é")
    wrong += [(ours, "minji@example.com", odd) for odd in odds]
    assert [devices.known(house, login, cookie=odd) for house, login, odd in wrong] == [""] * len(wrong)
