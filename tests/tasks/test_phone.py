"""What makes a browser a phone app: static files by edition, the worker, the page of nobody, and each person's own key."""

import json
import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from tasks.models import Task
from tests.cast import Cast, SignedIn, Stage
from tests.tasks.bench import Bench
from tests.tasks.test_task_pages import JSON, bench, minji, parcel, send

__all__ = ["bench", "minji", "parcel"]


@pytest.fixture
def stage(sqlite_stage: Stage) -> Stage:
    """Nothing here depends on the engine."""
    return sqlite_stage


def key_of(client: FlaskClient) -> list[str]:
    return re.findall(r'id="dari-phone" hidden data-who="(\d+)" data-seal="([^"]+)"', client.get("/me").text)


def test_a_key_is_of_one_person_and_of_every_session_of_theirs(cast: Cast, signed_in: SignedIn) -> None:
    keys = [key_of(signed_in(person)) for person in (cast.minji, cast.minji, cast.sujin)]
    assert [len(found) for found in keys] == [1, 1, 1]
    assert (keys[0] == keys[1], keys[0] == keys[2]) == (True, False)
    assert key_of(signed_in(cast.haneul)) == []


def test_the_page_without_a_network_is_of_nobody(
    cast: Cast, signed_in: SignedIn, client: FlaskClient
) -> None:
    signed_in(cast.minji)
    page = client.get("/offline", headers={"Accept-Language": "en"})
    assert (page.status_code, "No connection" in page.text) == (200, True)
    assert [word in page.text for word in ("Minji", "하늘상점", "csrf", "dari-phone")] == [False] * 4
    worker = client.get("/worker.js?edition=x&locale=en")
    assert (worker.status_code, worker.mimetype) == (200, "text/javascript")
    assert worker.headers["Cache-Control"] == "no-store"


def test_the_copy_of_a_task_is_its_sheet_and_nothing_else(
    bench: Bench, parcel: int, minji: FlaskClient, cast: Cast, signed_in: SignedIn
) -> None:
    send(
        minji,
        f"/work/{parcel}/answers",
        json=True,
        item="weight",
        **{"answer-weight": "655", "version-weight": 0},
    )
    path = f"/work/{parcel}/copy"
    copy = minji.get(path).get_json()
    until = bench.task(parcel).lease_until
    assert until is not None
    assert (copy["task"], copy["title"], copy["until"]) == (parcel, "주문 R-1", int(until.timestamp() * 1000))
    page = minji.get(f"/work/{parcel}").text
    fields, asked = (
        re.findall(r'name="((?:answer|version|times)-[^"]+)"', one) for one in (copy["html"], page)
    )
    assert (fields, len(asked) > 6, 'value="655"' in copy["html"]) == (asked, True, True)
    secrets = (
        "카나리",
        "010-9876",
        "06236",
        "Minji",
        "하늘상점",
        "csrf",
        "client_id",
        "recipient",
        "dari-phone",
    )
    assert [word for word in secrets if word in copy["html"]] == []
    assert [word in page for word in ("010-9876", "csrf", "recipient")] == [
        True
    ] * 3  # what the page itself shows
    assert signed_in(cast.sujin).get(path, headers=JSON).status_code == 404
    assert signed_in(cast.haneul).get(path, headers=JSON).status_code == 403
    with bench.acting_as("house") as scope:
        scope.session.get_one(Task, parcel).lease_until = scope.now - timedelta(hours=2)
    ended = minji.get(path, headers=JSON)
    assert (ended.status_code, ended.get_json()["code"]) == (409, "tasks.lease_ended")


def fetched(client: FlaskClient, path: str) -> tuple[int, str, bytes]:
    """Status, how long a browser may keep it, and the bytes."""
    with client.get(path) as response:
        return response.status_code, response.headers.get("Cache-Control", ""), response.data


def test_files_are_kept_for_good_under_their_edition_alone(client: FlaskClient) -> None:
    (manifest,) = re.findall(r'"(/static/\w+/manifest.webmanifest)"', client.get("/sign-in").text)
    status, keep, words = fetched(client, manifest)
    assert (status, keep) == (200, "public, max-age=31536000, immutable")
    with client.get(manifest, headers={"Accept-Encoding": "gzip"}) as sent:
        said = {"Content-Type", "Content-Length", "Content-Encoding", "Cache-Control", "Vary"}
        assert {*sent.headers.keys()} == said | {"X-Content-Type-Options", "Cross-Origin-Resource-Policy"}
        assert sent.headers["Vary"] == "Accept-Encoding"
    other = fetched(
        client, "/static/0123456789ab/manifest.webmanifest"
    )  # a page that was open before we changed
    assert other == (200, "no-cache", words)
    icons = json.loads(words)["icons"]
    found = [fetched(client, manifest.replace("manifest.webmanifest", icon["src"]))[0] for icon in icons]
    assert (found, {icon["purpose"] for icon in icons}) == ([200] * len(icons), {"any", "maskable"})
