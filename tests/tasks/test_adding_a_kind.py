"""A fourth coded kind by following docs/adding-a-kind.md: one folder, nothing else, from the claim to the pay."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from base import i18n
from base.clock import utcnow
from partners.models import PayLine
from qa.models import Inspection
from stock.models import Product
from tasks import kinds, opening
from tasks.kinds import known
from tasks.models import Task
from tests.cast import ActingAs, Cast, SignedIn, Stage

PAPER = Path(__file__).parent.parent.parent / "docs" / "adding-a-kind.md"
FILE = re.compile(r"^`([\w.]+)`[^\n]*\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def stage(sqlite_stage: Stage) -> Stage:
    """A kind is found and drawn alike on both engines."""
    return sqlite_stage


@pytest.fixture
def fourth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The paper's folder, made as the paper says, beside those of the house."""
    folder = tmp_path / "kinds" / "fibres"
    folder.mkdir(parents=True)
    for name, text in FILE.findall(PAPER.read_text(encoding="utf-8")):
        (folder / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(kinds, "__path__", [*kinds.__path__, str(folder.parent)])
    known.coded.cache_clear()
    yield
    monkeypatch.undo()
    for name in [name for name in sys.modules if name.startswith("tasks.kinds.fibres")]:
        del sys.modules[name]
    i18n._BESIDE.pop("kinds.fibres", None)
    i18n.catalogue.cache_clear()
    known.coded.cache_clear()


@pytest.mark.usefixtures("fourth")
def test_one_folder_is_a_kind(cast: Cast, acting_as: ActingAs, signed_in: SignedIn) -> None:
    assert "fibres" in known.coded()
    now = utcnow()
    with acting_as(cast.haneul, now=now) as scope:
        scope.session.add(Product(shop_id=scope.shop_id, sku="LINEN-01", name="마 셔츠", made_at=now))
        scope.session.flush()
        product = scope.session.scalars(select(Product)).one()
        (task_id,) = opening.open_for_product(scope, kind="fibres", product_id=product.id)
        assert opening.open_for_product(scope, kind="fibres", product_id=product.id) == ()

    minji, boram = signed_in(cast.minji), signed_in(cast.boram)
    today = minji.get("/today").text
    assert ("일감 받기" in today, "150원" in today) == (True, True)
    form = {"csrf": minji.csrf}  # type: ignore[attr-defined]
    assert minji.post("/offers/next", data=form | {"kind": "fibres"}).location == f"/work/{task_id}"
    page = minji.get(f"/work/{task_id}").text
    assert ("혼용률 적기 · 마 셔츠" in page, 'name="answer-own-shares"' in page) == (True, True)

    def save(text: str, version: int) -> str:
        said = {"item": "own-shares", "answer-own-shares": text, "version-own-shares": str(version)}
        answer = minji.post(
            f"/work/{task_id}/answers", data=form | said, headers={"Accept": "application/json"}
        )
        assert answer.status_code == 200
        return str(answer.get_json()["text"])

    assert "지금은 90이에요" in save("면 60, 마 30", 0)
    early = minji.post(f"/work/{task_id}/submission", data=form | {"fence": "1"})
    assert (early.status_code, "지금은 90이에요" in early.text) == (422, True)
    assert "폴리이(가) 1% 이하예요" in save("면 99, 폴리 1", 1)
    done = {"fence": "1", "version-label_photo": "0", "answer-label_photo": "1"}
    assert minji.post(f"/work/{task_id}/submission", data=form | done).status_code == 302

    with acting_as(cast.haneul, reading=True) as scope:
        inspection = scope.session.scalars(select(Inspection)).one()
        assert scope.session.get_one(Task, task_id).state == "inspection"
    desk = boram.get(f"/inspections/{inspection.id}").text
    assert [words in desk for words in ("<dt>폴리</dt><dd>1%</dd>", "기계가 본 것", "1% 이하예요")] == [
        True
    ] * 3
    verdict = {"csrf": boram.csrf, "verdict": "accept", "version": str(inspection.version)}  # type: ignore[attr-defined]
    assert boram.post(f"/inspections/{inspection.id}/verdict", data=verdict).status_code == 302
    with acting_as(cast.haneul, reading=True) as scope:
        line = scope.session.scalars(select(PayLine)).one()
        assert (line.kind, line.won, line.task_id) == ("fibres", 150, task_id)
    assert "혼용률 적기" in signed_in(cast.haneul).get("/kinds").text
