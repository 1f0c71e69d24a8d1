"""A new edition: read before the first task under it, and inspected in full until enough of it was clean."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from qa.models import Draw
from security.models import AuditEntry
from tasks import sops, work
from tasks.models import Practice
from tasks.practice import Unread
from tests.cast import SignedIn
from tests.qa.road import BLURRED, CLEAN, Road

ON_SQLITE = pytest.mark.parametrize("stage", ["sqlite"], indirect=True)


def new_edition(road: Road) -> None:
    """Haneul asks for a stricter weight, and says so in both languages."""
    label = {"ko": "<script>alert('무게')</script>", "en": "Weigh it <b>well</b>"}
    with road.acting_as(road.cast.haneul) as scope:
        draft = sops.draft(scope, sops.published(scope, "packing").sop_id)
        changed = {"weight": {"tolerance": 100, "label": label}}
        items = [item | changed.get(item["key"], {}) for item in draft.items["items"]]
        saved = sops.save(scope, draft.id, items=items, version=draft.version)
        sops.publish(scope, draft.id, version=saved.version)


def reasons(road: Road) -> list[tuple[str, bool]]:
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        return [(draw.reason, draw.drawn) for draw in scope.session.scalars(select(Draw).order_by(Draw.id))]


def readings(road: Road) -> list[int]:
    """Who said that they read something, as the journal has it."""
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        lines = scope.session.scalars(select(AuditEntry).where(AuditEntry.act == "sop.read"))
        return [line.actor_id for line in lines]


def post(client: FlaskClient, path: str) -> int:
    return client.post(path, data={"csrf": client.csrf}).status_code  # type: ignore[attr-defined]


@ON_SQLITE
def test_what_changed_is_read_before_the_first_task_and_no_answer_goes_around_it(
    road: Road, signed_in: SignedIn
) -> None:
    minji, sujin = signed_in(road.cast.minji), signed_in(road.cast.sujin)
    road.receive(20)
    road.hand_in(road.cast.minji, road.task_of(road.order()))  # under the first edition: nothing to be read
    pinned = road.task_of(road.order())
    new_edition(road)
    task_id = road.task_of(road.order())
    road.claim(road.cast.minji, pinned)
    assert (
        minji.get(f"/work/{pinned}").text.count('data-item="weight"') == 1
    )  # pinned to what it was made under

    road.claim(road.cast.minji, task_id)
    page = minji.get(f"/work/{task_id}")
    said = (
        "허용 오차: <del>500</del> → <ins>100</ins>",
        "2가지가 바뀌었어요",
        "&lt;script&gt;alert",
        "<script>alert",
        "Weigh",
    )
    assert [page.text.count(words) for words in said] == [1, 1, 2, 0, 0]
    assert page.text.count("깨끗한 것이 3건 될 때까지 모두 검수해요") == 1
    with road.acting_as(road.cast.minji) as scope:
        for act in (
            lambda: work.answer(scope, task_id, item="seal", value=True, version=0),
            lambda: work.submit(scope, task_id, fence=1),
        ):
            with pytest.raises(Unread):
                act()
    assert [post(who, f"/work/{task_id}/read") for who in (sujin, signed_in(road.cast.stranger_partner))] == [
        404,
        404,
    ]
    assert [post(minji, f"/work/{task_id}/read") for _ in range(2)] == [302, 302]
    assert readings(road) == [road.cast.minji.actor.id]
    assert minji.get(f"/work/{task_id}").text.count('data-item="weight"') == 1

    other = road.task_of(road.order())
    road.claim(road.cast.sujin, other)
    assert sujin.get(f"/work/{other}").text.count("먼저 한 번 읽어 주세요") == 2  # never did it: all of it
    assert post(sujin, f"/work/{other}/read") == 302


@ON_SQLITE
def test_all_is_inspected_until_enough_was_clean(road: Road) -> None:
    road.rules(newcomer_n=0, revision_n=2, sample_percent=1)
    road.receive(20)
    verdicts = [(CLEAN, "accept"), ((BLURRED,), "accept"), ((BLURRED,), "send_back"), (CLEAN, "accept")]
    for defects, verdict in verdicts:
        task_id = road.task_of(road.order())
        road.hand_in(road.cast.minji, task_id)
        road.judge(road.inspection(task_id), verdict, *defects)
        if verdict == "send_back":
            road.mend(road.cast.minji, task_id)
            road.judge(road.inspection(task_id), "accept")  # mended is not clean
    road.hand_in(road.cast.minji, road.task_of(road.order()))
    road.hand_in(road.cast.sujin, road.task_of(road.order()))
    found = ["revision", "revision", "revision", "rework", "revision", "fraction", "revision"]
    assert [reason for reason, _drawn in reasons(road)] == found
    with road.acting_as(road.cast.haneul, reading=True) as scope:
        stands = scope.session.execute(select(Practice.partner_id, Practice.clean, Practice.read_at)).all()
    assert [tuple(row) for row in stands] == [(road.cast.minji.partner_id, 2, None)]
