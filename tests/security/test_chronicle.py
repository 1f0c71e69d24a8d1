"""The journal in words: every act the code notes is said in both languages, and the page filters by who and what."""

import re
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest

from base.config import ROOT
from base.i18n import catalogue, knows
from partners import people as partner_people
from security import audit, chain, chronicle
from security.journal import Entry
from tasks import editions, steps
from tests.cast import ActingAs, Cast, SignedIn

pytestmark = pytest.mark.both  # statements over the journal

ROOMS = ("base", "security", "stock", "partners", "tasks", "qa", "hooks", "talk")
NOTED = re.compile(
    r'(?:audit\.note\(\s*\w+,\s*|_note\(world, place,\s*|_done\(\s*scope,\s*)"([a-z_]+\.[a-z_]+)"', re.DOTALL
)


def noted() -> set[str]:
    """Every act that the code writes down by name, or by the step of a life cycle."""
    sources = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    named = {act for path in sources for act in NOTED.findall(Path(path).read_text(encoding="utf-8"))}
    lives = {"task": steps.DONE, "sop": editions.DONE, "partner": partner_people.DONE}
    stepped = {f"{life}.{done}" for life, dones in lives.items() for done in dones.values()}
    return named | stepped | {chain.ACCEPTED}


def test_every_act_has_words() -> None:
    acts = noted()
    assert len(acts) > 60
    assert [act for act in sorted(acts) if not knows(f"journal.act.{act}")] == []
    english = catalogue("en")
    assert [act for act in sorted(acts) if f"journal.act.{act}" not in english] == []


def entry(act: str, subject: str = "", **facts: object) -> Entry:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    return Entry(1, at, 1, "owner", act, subject, 7 if subject else 0, "", facts)


@pytest.mark.parametrize(
    ("line", "locale", "told"),
    [
        (
            entry("order.cancelled", "order", units=1200, whole=True, why="no_goods"),
            "ko",
            ("주문을 취소했어요", "주문", (("수량", "1,200"), ("전체 취소", "네"), ("이유", "재고가 없음"))),
        ),
        (
            entry("order.shipped", "order", verdict="breached", late_s=3900),
            "en",
            ("An order was sent", "Order", (("verdict", "late"), ("late by", "1 h 5 min"))),
        ),
        (
            entry("inspection.judged", "inspection", verdict="send_back", score=85),
            "ko",
            ("판정했어요", "검수", (("판정", "돌려보냄"), ("점수", "85"))),
        ),
        (entry("price.set", kind="packing", won=1200), "ko", ("단가를 바꿨어요", "", (("종류", "포장"), ("금액", "1,200원")))),
        (entry("odd.act", "odd", odd="code"), "ko", ("odd.act", "odd", (("odd", "code"),))),
    ],
)  # fmt: skip
def test_a_line_in_words(line: Entry, locale: str, told: tuple[object, ...]) -> None:
    assert chronicle.told(line, locale) == chronicle.Told(*told)  # type: ignore[arg-type]


def test_the_owner_reads_who_did_what(cast: Cast, acting_as: ActingAs, signed_in: SignedIn) -> None:
    with acting_as(cast.haneul) as scope:
        audit.note(scope, "price.set", kind="packing", won=1300)
    haneul = signed_in(cast.haneul)
    rows = re.findall(
        r"<tr>(.*?)</tr>", unescape(haneul.get(f"/journal?who={cast.haneul.actor.id}").text), re.DOTALL
    )
    said = [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)).strip() for row in rows]
    assert [line for line in said if "단가를 바꿨어요 price.set" in line] == said[1:2]
    assert said[1].endswith("종류 포장 · 금액 1,300원")
    assert haneul.get("/journal?about=task").text.count("이 조건의 기록이 없어요") == 1
    for odd in ("about=odd", "who=987654321"):
        assert haneul.get(f"/journal?{odd}").status_code == 404
    assert signed_in(cast.minji).get("/journal").status_code == 403
