"""The vault: a seal opens in its own place, under its own key, unchanged; anything else is refused."""

import os
from collections.abc import Callable
from dataclasses import replace

import pytest

from base.scope import World
from security import rotation, unlock, vault
from security.keystore import KeysUnavailable, NoKey
from security.vault import Spot, Unreadable
from tests.cast import ActingAs, Cast, Stage

NAME = Spot("orders", "recipient_name", "order-1")
WORDS = [
    "김민수",
    "",
    "010-1234-5678",
    "서울특별시 강남구 테헤란로 123, 4층 (역삼동)",
    "🎁 문 앞에\n놓아 주세요\x00",
    "가" * 10_000,
]


@pytest.fixture
def stage(sqlite_stage: Stage) -> Stage:
    """The vault touches no table: one engine shows all of it."""
    return sqlite_stage


def why(act: Callable[[], object]) -> object:
    with pytest.raises(Unreadable) as refused:
        act()
    return refused.value.facts["why"]


@pytest.mark.parametrize("text", WORDS)
def test_what_is_sealed_opens_unchanged(cast: Cast, acting_as: ActingAs, text: str) -> None:
    with acting_as(cast.haneul) as scope:
        vault.new_key(scope, "order-1")
        sealed = vault.seal(scope, at=NAME, text=text)
        assert vault.open_(scope, at=NAME, sealed=sealed) == text
        assert len(sealed) == 36 + len(text.encode())
        assert sealed[:4] == b"DS\x01\x01"


def test_a_file_is_sealed_as_it_is(cast: Cast, acting_as: ActingAs) -> None:
    upload, at = os.urandom(3_000_000), Spot("imports", "file", "import-1")
    with acting_as(cast.haneul) as scope:
        vault.new_key(scope, "import-1")
        sealed = vault.seal_bytes(scope, at=at, data=upload)
        assert vault.open_bytes(scope, at=at, sealed=sealed) == upload


def test_the_same_text_is_never_sealed_twice_alike(cast: Cast, acting_as: ActingAs) -> None:
    with acting_as(cast.haneul) as scope:
        vault.new_key(scope, "order-1")
        nonces = {vault.seal(scope, at=NAME, text="")[8:20] for _ in range(100_000)}
    assert len(nonces) == 100_000


ELSEWHERE = {
    "another record": replace(NAME, record="order-2"),
    "another column": replace(NAME, column="recipient_memo"),
    "another table": replace(NAME, table="returns"),
    "a boundary moved": Spot("orders", "recipient_nameo", "rder-1"),
}


@pytest.mark.parametrize("place", ELSEWHERE)
def test_a_seal_moved_elsewhere_does_not_open(cast: Cast, acting_as: ActingAs, place: str) -> None:
    with acting_as(cast.haneul) as scope:
        vault.new_keys(scope, ["order-1", "order-2", "rder-1"])
        sealed = vault.seal(scope, at=NAME, text="김민수")
        moved = ELSEWHERE[place]
        same_key = moved.record == NAME.record
        assert why(lambda: vault.open_(scope, at=moved, sealed=sealed)) == (
            "damaged" if same_key else "other_key"
        )


def test_a_seal_moved_to_another_shop_does_not_open(cast: Cast, acting_as: ActingAs) -> None:
    with acting_as(cast.haneul) as scope:
        vault.new_key(scope, "order-1")
        sealed = vault.seal(scope, at=NAME, text="김민수")
    with acting_as(cast.stranger) as scope:
        assert why(lambda: vault.open_(scope, at=NAME, sealed=sealed)) == "unknown"
        vault.new_key(scope, "order-1")
        assert why(lambda: vault.open_(scope, at=NAME, sealed=sealed)) == "other_key"


def test_the_place_is_bound_even_under_the_very_same_key(
    cast: Cast, acting_as: ActingAs, world: World
) -> None:
    with acting_as(cast.haneul) as scope:
        vault.new_keys(scope, ["order-1", "order-2"])
        sealed = vault.seal(scope, at=NAME, text="김민수")
        world.keys._keys.put((scope.shop_id, "order-2"), world.keys.key(scope.shop_id, "order-1"))
        world.keys._keys.put((cast.stranger.shop_id, "order-1"), world.keys.key(scope.shop_id, "order-1"))
        assert why(lambda: vault.open_(scope, at=replace(NAME, record="order-2"), sealed=sealed)) == "damaged"
    with acting_as(cast.stranger) as scope:
        assert why(lambda: vault.open_(scope, at=NAME, sealed=sealed)) == "damaged"


def test_no_flipped_bit_and_no_cut_passes(cast: Cast, acting_as: ActingAs) -> None:
    with acting_as(cast.haneul) as scope:
        vault.new_key(scope, "order-1")
        sealed = vault.seal(scope, at=NAME, text="김민수")
        for bit in range(8 * len(sealed)):
            spoilt = bytearray(sealed)
            spoilt[bit // 8] ^= 1 << bit % 8
            place = bit // 8
            expected = "foreign" if place < 4 else "other_key" if place < 8 else "damaged"
            assert (bit, why(lambda: vault.open_(scope, at=NAME, sealed=bytes(spoilt)))) == (bit, expected)  # noqa: B023
        for length in range(len(sealed)):
            assert why(lambda: vault.open_(scope, at=NAME, sealed=sealed[:length])) in {"foreign", "damaged"}  # noqa: B023


def test_without_a_key_nothing_is_sealed(cast: Cast, acting_as: ActingAs) -> None:
    with acting_as(cast.haneul) as scope, pytest.raises(NoKey) as refused:
        vault.seal(scope, at=NAME, text="김민수")
    assert refused.value.facts == {"why": "unknown"}


def test_rotation_leaves_every_seal_as_it_is(cast: Cast, acting_as: ActingAs, world: World) -> None:
    with acting_as(cast.haneul) as scope:
        vault.new_key(scope, "order-1")
        sealed, token = (
            vault.seal(scope, at=NAME, text="김민수"),
            vault.blind(scope, field="name", value="김민수"),
        )
    rotation.rotate(world.keys, cast.shop_id)
    list(rotation.rewrap(world.keys, cast.shop_id))
    rotation.retire(world.keys, cast.shop_id)
    fresh = replace(world, keys=unlock.open_keys(world.settings))
    with acting_as(cast.haneul) as scope:
        anew = replace(scope, world=fresh)
        assert vault.open_(anew, at=NAME, sealed=sealed) == "김민수"
        assert vault.blind(anew, field="name", value="김민수") == token


def test_under_a_wrong_root_key_nothing_opens_and_nothing_is_saved(
    cast: Cast, acting_as: ActingAs, world: World
) -> None:
    with acting_as(cast.haneul) as scope:
        vault.new_key(scope, "order-1")
        sealed = vault.seal(scope, at=NAME, text="김민수")
    (world.settings.keys / "root.key").write_bytes(os.urandom(32))
    locked = replace(world, keys=unlock.open_keys(world.settings))
    with acting_as(cast.haneul) as scope:
        scope = replace(scope, world=locked)
        assert why(lambda: vault.open_(scope, at=NAME, sealed=sealed)) == "root_key_wrong"
        assert why(lambda: vault.change(scope, at=NAME, sealed=sealed, text="이영희")) == "root_key_wrong"
        for act in (
            lambda: vault.seal(scope, at=NAME, text="이영희"),
            lambda: vault.new_key(scope, "order-2"),
            lambda: vault.blind(scope, field="name", value="이영희"),
        ):
            with pytest.raises(KeysUnavailable):
                act()


def test_what_does_not_open_is_not_saved_over(cast: Cast, acting_as: ActingAs) -> None:
    with acting_as(cast.haneul) as scope:
        vault.new_key(scope, "order-1")
        sealed = vault.seal(scope, at=NAME, text="김민수")
        changed = vault.change(scope, at=NAME, sealed=sealed, text="이영희")
        assert vault.open_(scope, at=NAME, sealed=changed) == "이영희"
        assert (
            why(lambda: vault.change(scope, at=NAME, sealed=sealed[:-1] + b"\x00\x00", text="이영희"))
            == "damaged"
        )


def test_a_blind_index_is_equal_for_equal_values_of_one_shop_and_field_only(
    cast: Cast, acting_as: ActingAs
) -> None:
    tokens = []
    for person in (cast.haneul, cast.stranger):
        with acting_as(person) as scope:
            tokens += [vault.blind(scope, field=field, value="5678") for field in ("phone", "last4")]
            assert vault.blind(scope, field="phone", value="5678") == tokens[-2]
            tokens.append(vault.blind(scope, field="phone", value="5679"))
    assert len(set(tokens)) == 6
    assert {len(token) for token in tokens} == {16}
