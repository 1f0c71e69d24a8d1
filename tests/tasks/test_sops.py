"""Procedures: drafted, published, retired; what was published never changes."""

import pytest

from base.errors import NotFound, Stale
from tasks import sops
from tasks.checklist import BadItem
from tasks.editions import Frozen
from tasks.models import SopRevision, Task
from tests.tasks.bench import Bench

SEAL = {"key": "seal", "type": "check", "label": {"ko": "막았어요", "en": "Sealed"}}


def keys(revision: SopRevision) -> list[str]:
    return [item["key"] for item in revision.items["items"]]


def test_a_procedure_starts_from_the_kinds_own_items(bench: Bench) -> None:
    with bench.acting_as("haneul") as scope:
        draft = sops.create(scope, kind="packing", title="  유리 포장 ")
        assert (draft.state, draft.number, draft.version, draft.sop.title) == ("draft", 1, 1, "유리 포장")
        assert keys(draft)[:2] == ["picking", "scan"]


def test_a_procedure_needs_its_own_title_and_a_known_kind(bench: Bench) -> None:
    wrong = [
        ("packing", " ", sops.NoTitle),
        ("packing", "가" * 81, sops.NoTitle),
        ("packing", "유리 포장", sops.TitleTaken),
        ("cooking", "국", NotFound),
    ]
    with bench.acting_as("haneul") as scope:
        sops.create(scope, kind="packing", title="유리 포장")
        for kind, title, refusal in wrong:
            with pytest.raises(refusal):
                sops.create(scope, kind=kind, title=title)


def test_a_draft_is_changed_item_by_item(bench: Bench) -> None:
    with bench.acting_as("haneul") as scope:
        draft = sops.create(scope, kind="packing", title="유리 포장")
        id_ = draft.id
        sops.save(scope, id_, items=[SEAL | {"key": key} for key in "abcd"], version=1)
        sops.move_item(scope, id_, key="a", by=2, version=2)
        sops.move_item(scope, id_, key="d", by=5, version=3)
        sops.remove_item(scope, id_, key="c", version=4)
        sops.put_item(scope, id_, entry=SEAL | {"key": "e"}, version=5)
        sops.put_item(scope, id_, entry=SEAL | {"key": "b", "required": False}, version=6)
        assert keys(draft) == ["b", "a", "d", "e"]
        assert (draft.items["items"][0]["required"], draft.version) == (False, 7)
        with pytest.raises(BadItem):
            sops.move_item(scope, id_, key="z", by=1, version=7)


@pytest.mark.both
def test_two_who_edit_at_once_do_not_overwrite_each_other(bench: Bench) -> None:
    with bench.acting_as("haneul") as scope:
        draft = sops.create(scope, kind="packing", title="유리 포장")
        sops.save(scope, draft.id, items=[SEAL], version=1)
        with pytest.raises(Stale):
            sops.save(scope, draft.id, items=[SEAL | {"key": "other"}], version=1)
        assert keys(draft) == ["seal"]


def test_a_draft_that_cannot_be_read_is_not_kept(bench: Bench) -> None:
    with bench.acting_as("haneul") as scope:
        draft = sops.create(scope, kind="packing", title="유리 포장")
        with pytest.raises(BadItem):
            sops.save(scope, draft.id, items=[SEAL | {"type": "dance"}], version=1)
        assert draft.version == 1


def test_the_last_item_stays(bench: Bench) -> None:
    with bench.acting_as("haneul") as scope:
        draft = sops.create(scope, kind="packing", title="유리 포장")
        sops.save(scope, draft.id, items=[SEAL], version=1)
        with pytest.raises(sops.LastItem):
            sops.remove_item(scope, draft.id, key="seal", version=2)


@pytest.mark.both
def test_publishing_retires_the_former_and_freezes_both(bench: Bench) -> None:
    with bench.acting_as("haneul") as scope:
        first = sops.create(scope, kind="packing", title="유리 포장")
        sops.publish(scope, first.id, version=1)
        second = sops.draft(scope, first.sop_id)
        assert (second.number, second.state, sops.draft(scope, first.sop_id).id) == (2, "draft", second.id)
        sops.publish(scope, second.id, version=1)
        assert (first.state, second.state) == ("retired", "published")
        for revision in (first, second):
            with pytest.raises(Frozen):
                sops.save(scope, revision.id, items=[SEAL], version=revision.version)


def test_a_task_stays_with_the_edition_it_was_opened_under(bench: Bench) -> None:
    (before,) = bench.tasks(1)
    with bench.acting_as("haneul") as scope:
        old = sops.published(scope, "packing")
        new = sops.draft(scope, old.sop_id)
        sops.save(scope, new.id, items=[SEAL], version=1)
        sops.publish(scope, new.id, version=2)
    (after,) = bench.tasks(1)
    assert [bench.task(id_).sop_revision_id for id_ in (before, after)] == [old.id, new.id]


def test_a_shop_without_a_procedure_gets_the_kinds_own(bench: Bench) -> None:
    with bench.acting_as("haneul") as scope:
        first = sops.published(scope, "packing")
        assert (first.sop.title, first.state, sops.published(scope, "packing").id) == (
            "기본 포장",
            "published",
            first.id,
        )
        sops.retire(scope, first.id, version=first.version)
        assert sops.published(scope, "packing").sop.title == "기본 포장 2"


def test_another_shops_procedure_is_not_there(bench: Bench) -> None:
    (task_id,) = bench.tasks(1)
    with bench.acting_as("haneul") as scope:
        revision_id = scope.session.get_one(Task, task_id).sop_revision_id
        for attempt in (
            lambda: sops.draft(scope, 999),
            lambda: sops.publish(scope, 999, version=1),
            lambda: sops.put_item(scope, 999, entry=SEAL, version=1),
        ):
            with pytest.raises(NotFound):
                attempt()
        assert revision_id == sops.published(scope, "packing").id
