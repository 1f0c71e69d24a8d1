"""Keys and journal from the command line: they do it, say it, and their exit code says whether it held."""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from click import Group
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, text

from base import guards
from base.scope import World
from security import commands, unlock, vault
from security.vault import Spot
from tests.cast import ActingAs, Cast, Stage

NAME = Spot("orders", "recipient_name", "order-1")
Run = Callable[..., Result]


@pytest.fixture
def stage(sqlite_stage: Stage) -> Stage:
    """What differs between the engines is tested with the journal and the store themselves."""
    return sqlite_stage


@pytest.fixture
def run(world: World) -> Run:
    def go(group: Group, *words: str, within: World | None = None) -> Result:
        return CliRunner().invoke(group, words, obj=lambda: within or world)

    return go


def told(result: Result) -> Any:
    assert (result.exit_code, result.stderr) == (0, "")
    return json.loads(result.stdout)


def test_keys_are_turned_while_what_they_sealed_stays_readable(
    cast: Cast, acting_as: ActingAs, run: Run
) -> None:
    with acting_as(cast.haneul) as scope:
        vault.new_keys(scope, ["order-1", "order-2"])
        sealed = vault.seal(scope, at=NAME, text="김민수")
    assert told(run(commands.keys, "rotate", "--shop", "haneul", "--json")) == {
        "held": True, "shops": [{"shop": "haneul", "latest": 2}],
    }  # fmt: skip
    waiting = told(run(commands.keys, "status", "--shop", "haneul", "--json"))["shops"][0]
    assert (waiting["latest"], waiting["min_decryption"], waiting["keys"], waiting["behind"]) == (
        2,
        1,
        {"1": 3},
        3,
    )
    assert told(run(commands.keys, "rewrap", "--shop", "haneul", "--retire", "--json")) == {
        "held": True, "shops": [{"shop": "haneul", "done": 3, "total": 3, "damaged": 0}],
    }  # fmt: skip
    turned = told(run(commands.keys, "status", "--shop", "haneul", "--json"))["shops"][0]
    assert (turned["latest"], turned["min_decryption"], turned["keys"], turned["behind"]) == (
        2,
        2,
        {"2": 3},
        0,
    )
    with acting_as(cast.haneul, reading=True) as scope:
        assert vault.open_(scope, at=NAME, sealed=sealed) == "김민수"


def test_turning_keys_is_journalled(cast: Cast, run: Run) -> None:
    before = told(run(commands.audit_group, "verify", "--json"))["shops"]
    for words in (["rotate"], ["rewrap", "--retire"]):
        assert run(commands.keys, *words).exit_code == 0
    after = told(run(commands.audit_group, "verify", "--json"))["shops"]
    assert [shop["shop"] for shop in after] == ["house", "haneul", "other"]
    assert [new["lines"] - old["lines"] for new, old in zip(after, before, strict=True)] == [3, 3, 3]


def test_a_broken_chain_is_named_and_ends_with_one(cast: Cast, world: World, run: Run) -> None:
    lines = told(run(commands.audit_group, "verify", "--shop", "haneul", "--json"))["shops"][0]["lines"]
    assert (
        run(commands.audit_group, "verify", "--shop", "haneul").stdout
        == f"haneul: {lines}줄, 모두 적힌 그대로예요.\n"
    )
    engine = create_engine(world.settings.database_owner_url)
    with engine.begin() as connection:
        for statement in guards.undone("sqlite", "audit_entries"):
            connection.execute(text(statement))
        connection.execute(
            text("DELETE FROM audit_entries WHERE shop_id = :shop AND seq = 2"), {"shop": cast.shop_id}
        )
    engine.dispose()
    result = run(commands.audit_group, "verify")
    assert (result.exit_code, [line for line in result.stdout.splitlines() if "haneul" in line]) == (
        1,
        ["haneul: 2번째 줄이 없어요."],
    )
    result = run(commands.audit_group, "verify", "--shop", "haneul", "--json")
    assert (result.exit_code, json.loads(result.stdout)) == (
        1, {"held": False, "shops": [{"shop": "haneul", "lines": 1, "first_bad": 2, "why": "missing", "held": False}]},
    )  # fmt: skip
    assert run(commands.audit_group, "verify", "--shop", "other").exit_code == 0


def test_without_its_root_key_every_command_says_so_and_ends_with_one(
    cast: Cast, world: World, run: Run
) -> None:
    (world.settings.keys / "root.key").write_bytes(os.urandom(32))
    locked = replace(world, keys=unlock.open_keys(world.settings))
    for group, word in (
        (commands.keys, "status"),
        (commands.keys, "rotate"),
        (commands.keys, "rewrap"),
        (commands.audit_group, "verify"),
    ):
        result = run(group, word, within=locked)
        assert (result.exit_code, result.stdout, result.stderr.split(".")[0]) == (
            1, "", "열쇠 보관함을 쓸 수 없어서 개인정보를 열거나 저장하지 않았어요",
        )  # fmt: skip


def test_lines_written_without_the_keys_are_vouched_for_once(
    cast: Cast, acting_as: ActingAs, world: World, run: Run
) -> None:
    assert run(commands.audit_group, "accept", "--shop", "haneul").exit_code == 1
    root = (world.settings.keys / "root.key").read_bytes()
    (world.settings.keys / "root.key").write_bytes(os.urandom(32))
    locked = replace(world, keys=unlock.open_keys(world.settings))
    (world.settings.keys / "root.key").write_bytes(root)
    with acting_as(cast.minji) as scope:
        commands.audit.note(replace(scope, world=locked), "task.claimed", "task", 7)
    assert run(commands.audit_group, "verify", "--shop", "haneul").exit_code == 1
    assert run(commands.audit_group, "accept", "--shop", "haneul").exit_code == 0
    assert run(commands.audit_group, "verify", "--shop", "haneul").exit_code == 0


def test_a_shop_that_does_not_exist(cast: Cast, run: Run) -> None:
    result = run(commands.keys, "rotate", "--shop", "nobody")
    assert (result.exit_code, result.stderr) == (1, "‘nobody’ 상점이 없어요. 짧은 이름을 확인해 주세요.\n")
