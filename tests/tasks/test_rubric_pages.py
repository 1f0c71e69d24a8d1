"""The owner writes what reviewers look for; it is in force with the edition, and not before."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tasks.models import SopRevision
from tests.cast import Cast, SignedIn
from tests.tasks.bench import Bench
from tests.tasks.test_sop_pages import post, sop, version_of

__all__ = ["sop"]

RIBBON = {
    "label_ko": "매듭이 풀렸어요",
    "label_en": "The ribbon is missing",
    "severity": "major",
    "weight": "12",
    "item": "seal",
}


def rubrics(bench: Bench) -> list[tuple[str, int, list[str]]]:
    """State, points to pass and codes of every edition."""
    with bench.acting_as("haneul", reading=True) as scope:
        rows = scope.session.scalars(select(SopRevision).order_by(SopRevision.id))
        return [
            (row.state, row.rubric.get("pass", 90), [one["code"] for one in row.rubric["criteria"]])
            for row in rows
        ]


def keep(client: FlaskClient, sop: str, code: str = "", **changes: str) -> TestResponse:
    version = version_of(client.get(f"{sop}/draft/rubric"))
    return post(client, f"{sop}/draft/rubric/criteria", version=version, code=code, **RIBBON | changes)


@pytest.mark.both
def test_a_rubric_is_written_in_the_draft_and_published_with_it(
    bench: Bench, cast: Cast, signed_in: SignedIn, sop: str
) -> None:
    haneul = signed_in(cast.haneul)
    ((_, _, kinds_own),) = rubrics(bench)
    post(haneul, f"{sop}/draft")
    assert haneul.get(f"{sop}/draft/rubric").text.count("매듭이 풀렸어요") == 0
    assert haneul.get(f"{sop}/draft/rubric/new").status_code == 200
    assert keep(haneul, sop).location == f"{sop}/draft/rubric"
    assert haneul.get(f"{sop}/draft/rubric/own_1").text.count('value="12"') == 1
    assert keep(haneul, sop, code="own_1", weight="30").status_code == 302
    version = version_of(haneul.get(f"{sop}/draft/rubric"))
    post(haneul, f"{sop}/draft/rubric/{kinds_own[0]}/remove", version=version)
    version = version_of(haneul.get(f"{sop}/draft/rubric"))
    post(haneul, f"{sop}/draft/rubric", version=version, passing="80")
    page = haneul.get(f"{sop}/draft/publish").text
    assert (page.count("매듭이 풀렸어요"), page.count("통과하는 점수")) == (1, 1)
    post(haneul, f"{sop}/draft/publish", version=version_of(haneul.get(f"{sop}/draft/publish")))
    assert rubrics(bench) == [
        ("retired", 90, kinds_own),
        ("published", 80, [*kinds_own[1:], "own_1"]),
    ]
    assert haneul.get(sop).text.count("80점부터 통과예요.") == 1
    post(haneul, f"{sop}/draft")
    assert rubrics(bench)[2] == ("draft", 80, [*kinds_own[1:], "own_1"])


def test_what_cannot_be_kept_stays_in_the_form(
    bench: Bench, cast: Cast, signed_in: SignedIn, sop: str
) -> None:
    haneul = signed_in(cast.haneul)
    post(haneul, f"{sop}/draft")
    before = rubrics(bench)
    refused = keep(haneul, sop, weight="much")
    assert (
        refused.status_code,
        refused.text.count("1부터 100까지의 숫자로"),
        refused.text.count("매듭이 풀렸어요"),
    ) == (422, 1, 1)
    assert keep(haneul, sop, code="own_9").status_code == 404
    passing = post(haneul, f"{sop}/draft/rubric", version="1", passing="0")
    assert (passing.status_code, passing.text.count("1부터 100까지의 숫자로")) == (422, 1)
    stale = post(haneul, f"{sop}/draft/rubric/criteria", version="7", code="", **RIBBON)
    assert (stale.status_code, stale.text.count("매듭이 풀렸어요")) == (409, 1)
    assert rubrics(bench) == before


def test_the_rubric_is_written_by_the_owner_alone(
    bench: Bench, cast: Cast, signed_in: SignedIn, client: FlaskClient, sop: str
) -> None:
    post(signed_in(cast.haneul), f"{sop}/draft")
    path = f"{sop}/draft/rubric"
    seen = [signed_in(who).get(path).status_code for who in (cast.boram, cast.minji, cast.stranger)]
    assert (seen, client.get(path).status_code) == ([403, 403, 404], 302)
