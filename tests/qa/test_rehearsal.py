"""The rehearsal: made-up people play through the real desks, the same way every time."""

import json
import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner
from PIL import Image
from sqlalchemy import func, select

import app as front
from base import calendars, migrate
from base.hours import WEEKDAYS, Calendar
from base.scope import THE_HOUSE, Scope, World, acting
from base.workdays import is_open
from partners import clearance, clearing
from partners.models import Partner
from qa.doctor.examine import examine
from qa.doctor.found import Found
from qa.models import Draw
from qa.rehearsal import answers, demo, pictures, shifts, slips
from qa.rehearsal.agenda import Agenda
from qa.rehearsal.characters import CAREFUL, HANDS, REVIEWER, SLOPPY, hand_of
from qa.rehearsal.commands import simulate
from qa.rehearsal.play import StartsTooEarly, play
from qa.rehearsal.script import Script
from qa.rehearsal.slips import Slip
from qa.sampling.draws import roll
from security import shops
from security.models import AuditEntry
from stock.models import Order
from tasks import queries, risks
from tasks.checklist import Facts, Good, parse
from tasks.kinds.packing.procedure import CRITERIA, ITEMS
from tasks.models import Task
from tests.cast import MONDAY, WEEK, Cast

OPEN = Calendar.parse(
    {"tz": "Asia/Seoul", "hours": {day: [["09:00", "18:00"]] for day in WEEKDAYS[:5]}, "holidays": []}
)
SEAL, SCAN, DULL = (
    Slip("bad_seal", "seal", "major"),
    Slip("wrong_item", "scan", "critical"),
    Slip("photo_unclear", "packed_photo", "minor"),
)
ALWAYS, NEVER = replace(REVIEWER, sees=1, strict=1), replace(REVIEWER, sees=1, imagines=0, strict=0)


# --- rules -------------------------------------------------------------------------------------------------


def test_agenda_calls_the_earliest_and_keeps_office_hours() -> None:
    def opens(at: datetime) -> datetime:
        return at.replace(hour=9) if at.hour < 9 else at

    day = datetime(2026, 11, 23, 9, tzinfo=UTC)
    agenda = Agenda(opens)
    parts = {name: iter(()) for name in ("night", "noon", "first", "second", "tomorrow")}
    agenda.put(parts["noon"], day.replace(hour=12))
    agenda.put(parts["tomorrow"], day + timedelta(days=1))
    agenda.put(parts["first"], day)
    agenda.put(parts["second"], day)
    agenda.put(parts["night"], day.replace(hour=3))
    named = {id(part): name for name, part in parts.items()}
    turns = [(at.hour, named[id(part)]) for at, part in agenda.turns(day + timedelta(days=1))]
    assert turns == [(9, "first"), (9, "second"), (9, "night"), (12, "noon")]


@pytest.mark.parametrize(
    ("found", "may_send_back", "eye", "verdict"),
    [
        ((), True, NEVER, "accept"),
        ((DULL,), True, ALWAYS, "accept"),
        ((SEAL,), True, ALWAYS, "send_back"),
        ((SEAL, DULL), False, NEVER, "reject"),
        ((SCAN,), True, NEVER, "send_back"),
        ((SCAN,), True, ALWAYS, "reject"),
        ((SCAN,), False, NEVER, "reject"),
    ],
)
def test_verdicts(found: tuple[Slip, ...], may_send_back: bool, eye: object, verdict: str) -> None:
    assert slips.judged(eye, found, may_send_back=may_send_back, random=Random(1)) == verdict


def test_a_slip_happens_only_where_its_item_is_asked() -> None:
    assert slips.possible(CRITERIA, {"seal", "packed_photo"}) == [
        Slip("missing_item", "packed_photo", "critical"),
        SEAL,
        DULL,
    ]


def test_mending_leaves_what_was_not_marked() -> None:
    sure, hopeless = replace(CAREFUL, again=0), replace(CAREFUL, again=1)
    assert slips.left(sure, {SEAL, SCAN}, {"seal"}, Random(1)) == {SCAN}
    assert slips.left(hopeless, {SEAL, SCAN}, {"seal"}, Random(1)) == {SEAL, SCAN}


def test_a_reviewer_sees_what_is_there() -> None:
    assert slips.seen(NEVER, {SEAL, SCAN}, (SEAL, SCAN, DULL), Random(1)) == [SEAL, SCAN]
    assert slips.seen(replace(NEVER, sees=0), {SEAL}, (SEAL,), Random(1)) == []
    assert slips.seen(replace(NEVER, imagines=1), (), (SEAL, SCAN, DULL), Random(1)) == [DULL]


@pytest.mark.parametrize(
    ("hour", "hours"),  # UTC is nine hours behind Seoul
    [(0, 0.9), (1, 0), (6, 0), (7, 2.0), (8, 1.0), (9, 0), (10, 0)],
)
def test_a_hand_works_its_part_of_the_day(hour: int, hours: float) -> None:
    """From 10 % to 75 % of nine hours; who is done for the day is called at the next opening."""
    away = shifts.away(OPEN, datetime(2026, 11, 23, hour, tzinfo=UTC), 0.1, 0.75)
    assert round(away / timedelta(hours=1), 2) == hours


def test_a_day_off_has_no_parts() -> None:
    saturday = datetime(2026, 11, 28, 3, tzinfo=UTC)
    assert (shifts.moment(OPEN, saturday, 0.5), shifts.until(OPEN, saturday, 0.5)) == (None, None)


def test_every_way_of_working_is_there_before_one_comes_again() -> None:
    assert [hand_of(place) for place in range(5)] == [*HANDS, HANDS[0]]


def test_answers_are_what_the_procedure_asks() -> None:
    goods = (Good("MUG", "8801234567893", "머그컵", 1), Good("TEA", "", "차", 3))
    facts = Facts({"goods_g": 700, "fragile": True}, goods)
    items = {item.key: item for item in parse({"items": list(ITEMS)})}

    def said(key: str, *wrong: str) -> object:
        return answers.of(items[key], facts, slips=wrong, random=Random(7))

    assert (said("picking"), said("condition"), said("scan")) == (True, "fine", ["8801234567893", "TEA*3"])
    assert 700 < int(str(said("weight"))) <= 790
    assert int(str(said("weight", "weight_off"))) >= 1300


def test_in_rework_only_what_was_marked_is_done_again() -> None:
    items = parse({"items": list(ITEMS)})
    assert [item.key for item in answers.todo(items, failed={"seal"})] == ["seal"]
    assert "remark" not in [item.key for item in answers.todo(items, failed=())]


def test_photos_are_real_and_bare() -> None:
    clear, dull = (pictures.photo("packed_photo", 3, clear=clear) for clear in (True, False))
    image = Image.open(BytesIO(clear.jpeg))
    assert (image.format, image.size, dict(image.getexif())) == ("JPEG", (clear.width, clear.height), {})
    assert pictures.photo("packed_photo", 3, clear=True) is clear
    one, other = (pictures.of_parcel(clear, f"{n}/packed_photo/1/3") for n in (1, 2))
    assert len({one.sha256, other.sha256, clear.sha256}) == 3
    assert Image.open(BytesIO(one.jpeg)).tobytes() == image.tobytes()
    assert clear.sha256 != dull.sha256


# --- the play ----------------------------------------------------------------------------------------------


def open_shop(world: World, slug: str) -> int:
    with acting(world, shop_id=0, actor=THE_HOUSE, now=MONDAY - timedelta(days=1)) as founding:
        scope = shops.open_shop(founding, slug=slug, name=slug)
        calendars.save(scope, WEEK)
        return scope.shop_id


def one_day(seed: int) -> Script:
    return Script(days=1, seed=seed, partners=2, begins=MONDAY, orders_a_day=9)


def test_the_same_seed_plays_the_same_days(empty_world: World) -> None:
    """Two shops of one installation, so that no id is the same."""
    first = play(empty_world, open_shop(empty_world, "first"), one_day(1))
    second = play(empty_world, open_shop(empty_world, "second"), one_day(1))
    third = play(empty_world, open_shop(empty_world, "third"), one_day(2))
    assert (first.did, first.stands) == (second.did, second.stands)
    assert (first.digest == second.digest, first.digest == third.digest) == (True, False)
    assert first.stands["orders.shipped"] > 0


EVENTFUL = Script(
    days=1,
    seed=3,
    partners=2,
    begins=MONDAY,
    orders_a_day=14,
    hands=(
        replace(SLOPPY, slip=0.15, vanishes=0.2, gives_back=0.3, forgets=0.3, begins=0),
        replace(CAREFUL, slip=0.25, again=0.6, begins=0),
    ),
)
LOOSE = "loose_files"  # the fixture's copy of a database is not made private

HAPPENS = {
    "claimed", "revealed", "answered", "photographed", "submitted", "unfinished", "released", "expired", "kept_late",
    "judged_accept", "judged_send_back", "judged_reject", "defects", "looks_came", "appealed", "file_received", "file_placed", "received", "cancelled", "counted",
}  # fmt: skip
STANDS = {
    "orders.shipped",
    "orders.cancelled",
    "tasks.accepted",
    "tasks.rejected",
    "late_drafts",
    "looks.judged",
}


@pytest.mark.both
def test_everything_happens_and_afterwards_nothing_is_wrong(world: World, cast: Cast) -> None:
    with acting(world, shop_id=cast.shop_id, actor=THE_HOUSE, now=MONDAY - timedelta(hours=1)) as scope:
        shops.save_rules(scope, replace(shops.rules(scope), second_percent=100, gold_percent=20))
    played = play(world, cast.shop_id, EVENTFUL)
    assert HAPPENS - {name for name, times in played.did.items() if times} == set()
    assert STANDS - {name for name, times in played.stands.items() if times} == set()
    assert played.stands["pay_lines"] == played.stands["tasks.accepted"]
    assert [one.code for one in bad(world) if one.code != LOOSE] == []
    with acting(world, shop_id=cast.shop_id, actor=THE_HOUSE, reading=True) as scope:
        assert closed_acts(scope) == []
        assert wrong_rolls(scope) == []
    with pytest.raises(StartsTooEarly):
        play(world, cast.shop_id, one_day(1))
    assert (
        played.begins < play(world, cast.shop_id, Script(days=1, seed=1, partners=2, orders_a_day=3)).begins
    )


def bad(world: World) -> list[Found]:
    return [found for examined in examine(world) for found in examined.found if found.severity == "bad"]


def closed_acts(scope: Scope) -> list[datetime]:
    """What people did while the shop was closed, and whatever runs backwards."""
    by_people = select(AuditEntry.at).where(
        AuditEntry.shop_id == scope.shop_id, AuditEntry.actor_id != 0, AuditEntry.at >= MONDAY
    )
    instants = list(scope.session.scalars(by_people.order_by(AuditEntry.seq)))
    hours = calendars.current(scope)
    return [
        at
        for place, at in enumerate(instants)
        if not is_open(hours, at) or at < instants[place - (place > 0)]
    ]


def wrong_rolls(scope: Scope) -> list[int]:
    """Draws that do not follow from their recorded seed."""
    draws = scope.session.scalars(select(Draw).where(Draw.shop_id == scope.shop_id)).all()
    assert len(draws) > 0
    return [draw.id for draw in draws if roll(draw.seed, draw.submission_id) != draw.roll]


# --- the commands ------------------------------------------------------------------------------------------


def called(world: World, *words: str) -> tuple[int, str]:
    ended = CliRunner().invoke(simulate, words, obj=lambda: world)
    return ended.exit_code, ended.stdout


def test_simulate_tells_what_was_played(world: World, cast: Cast) -> None:
    how = ("--shop", "haneul", "--days", "1", "--seed", "3", "--partners", "2", "--orders", "4")
    code, out = called(world, *how, "--from", "2026-11-23T09:00", "--json")
    told = json.loads(out)
    assert (code, told["begins"], told["ends"]) == (
        0,
        "2026-11-23T09:00:00+09:00",
        "2026-11-24T09:00:00+09:00",
    )
    assert told["stands"]["orders.shipped"] == told["did"]["submitted"] - told["did"].get(
        "judged_send_back", 0
    )


def test_simulate_in_words(world: World, cast: Cast) -> None:
    code, out = called(world, "--shop", "haneul", "--days", "1", "--seed", "3", "--orders", "0")
    assert (code, out.splitlines()[1]) == (0, "주문: 나감 0, 준비됨 0, 재고 기다림 0, 취소 0")


def test_simulate_needs_a_shop(world: World) -> None:
    assert called(world, "--shop", "nobody", "--days", "1", "--seed", "1")[0] == 1


# --- the demo ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


Built = tuple[World, demo.Demo]
SUNDAY_NIGHT = datetime(2026, 11, 29, 18, 0, tzinfo=UTC)  # 03:00 on Monday in Seoul
BEFORE_NOON = datetime(2026, 12, 2, 2, 30, tzinfo=UTC)


def put_up(place: Path, port: int, now: datetime | None) -> Built:
    demo.clear(place, port=port)
    settings = demo.settings(place, port=port, locale="ko")
    migrate.upgrade(settings)
    world = front.open_world(settings)
    with acting(world, shop_id=0, actor=THE_HOUSE, reading=True) as scope:
        return world, demo.build(world, now=now or scope.now, days=1, seed=1)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, free_port: int) -> Built:
    return put_up(tmp_path_factory.mktemp("project") / "demo", free_port, None)


@pytest.mark.slow
@pytest.mark.parametrize("now", [SUNDAY_NIGHT, BEFORE_NOON])
def test_demo_leaves_everybody_in_the_middle_of_something(
    tmp_path: Path, free_port: int, now: datetime
) -> None:
    world, _ = put_up(tmp_path / "demo", free_port, now)
    with acting(world, shop_id=1, actor=THE_HOUSE, now=now, reading=True) as scope:
        in_hand = Task.state.in_(["claimed", "rework"])
        held = select(func.count(func.distinct(Task.holder_id))).where(Task.shop_id == 1, in_hand)
        over = select(func.count()).where(Task.shop_id == 1, in_hand, Task.lease_until <= now)
        short = select(func.count()).where(Order.shop_id == 1, Order.state == "short")
        states = {one.state: one.count for one in queries.standings(scope)}
        levels = {danger.risk.level for danger in risks.dangers(scope)}
        assert (scope.session.scalar(held), scope.session.scalar(over)) == (3, 0)
        assert [name for name in ("open", "claimed", "inspection", "rework") if not states[name]] == []
        assert (scope.session.scalar(short) or 0) > 0
        assert "at_risk" in levels
        gone = select(func.count()).where(Partner.shop_id == 1, Partner.state == "left")
        assert scope.session.scalar(gone) == 1
        soon = [clearance.ending(found, at=now) for found in clearing.pieces(scope, None).values()]
        papers = [piece.name for found in soon for piece in found if piece.code == clearance.CHECK]
        assert papers == ["사업자등록증"]


@pytest.mark.slow
def test_demo_is_sound(built: Built) -> None:
    assert bad(built[0]) == []


@pytest.mark.slow
def test_demo_has_a_door_for_everybody_that_opens_once(built: Built) -> None:
    world, made = built
    application = front.create_app(world)
    assert [(door.role, door.name) for door in made.doors] == [
        ("owner", "하늘"), ("reviewer", "보람"), ("reviewer", "유나"), ("partner", "민지"), ("partner", "지호"), ("partner", "수진"),
    ]  # fmt: skip
    assert len({urlsplit(door.url).netloc for door in made.doors}) == len(made.doors)
    for door in made.doors:
        origin, _, path = door.url.partition("/come-in/")
        answers_ = [
            application.test_client().post(f"/come-in/{path}", base_url=origin).status_code for _ in range(2)
        ]
        assert answers_ == [302, 404]


@pytest.mark.slow
def test_demo_offers_a_file_of_orders_nobody_has(built: Built) -> None:
    world, made = built
    numbers = {line.split(",")[1] for line in made.file.read_text("cp949").splitlines()[1:]}
    with acting(world, shop_id=1, actor=THE_HOUSE, reading=True) as scope:
        known = set(scope.session.scalars(select(Order.number).where(Order.shop_id == 1)))
    assert (len(numbers), numbers & known) == (demo.FILE_ORDERS, set())


def test_demo_removes_only_what_a_demo_made(tmp_path: Path, free_port: int) -> None:
    place = tmp_path / "demo"
    place.mkdir()
    (place / "mine.txt").write_text("mine")
    with pytest.raises(demo.NotADemo):
        demo.clear(place, port=free_port)
    assert (place / "mine.txt").read_text() == "mine"
    (place / demo.MARK).touch()
    demo.clear(place, port=free_port)
    assert [path.name for path in place.iterdir()] == [demo.MARK]


def test_demo_names_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(demo.PortTaken):
            demo.clear(tmp_path / "demo", port=other.getsockname()[1])
    assert not (tmp_path / "demo").exists()


def test_demo_stays_out_of_the_shop(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whatever the environment says of the real house, the demo's settings are its own."""
    for name, value in {
        "DATABASE_URL": "postgresql://x/y",
        "REDIS_URL": "redis://x",
        "DARI_KEYS": "/nowhere",
    }.items():
        monkeypatch.setenv(name, value)
    told = demo.settings(tmp_path, port=8123, locale="ko")
    assert (told.database_url, told.redis_url, told.keys) == (
        f"sqlite:///{tmp_path}/db/dari.db",
        "",
        tmp_path / "keys",
    )
    assert (told.env, told.host) == ("demo", "127.0.0.1")
    assert demo.folder({"DARI_DATA": str(tmp_path)}) == tmp_path / "demo"
