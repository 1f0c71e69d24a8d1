"""The pages and calls of being given work: done, refused, and by those whom it does not concern."""

from flask.testing import FlaskClient

from tasks import queries
from tests.attacks.estate import ON_SQLITE
from tests.cast import Cast, SignedIn
from tests.tasks.bench import Bench


def sent(client: FlaskClient, path: str, **fields: object) -> int:
    return client.post(path, data={"csrf": client.csrf, **fields}).status_code  # type: ignore[attr-defined]


@ON_SQLITE
def test_teams_skills_offers_and_why_through_the_browser(
    bench: Bench, cast: Cast, signed_in: SignedIn
) -> None:
    haneul, minji, boram = (signed_in(getattr(cast, name)) for name in ("haneul", "minji", "boram"))
    own, her = bench.people["minji"].partner_id, f"/partners/{bench.people['minji'].partner_id}/work"
    first, second, third = bench.tasks(3)
    # Teams and skills are the owner's.
    assert [sent(who, "/teams", name="유리팀") for who in (minji, boram)] == [403, 403]
    assert sent(haneul, "/teams", name="유리팀", focus="깨지는 것") == 302
    assert sent(haneul, "/teams", name="유리팀") == 422
    assert sent(haneul, "/skills", name="유리그릇") == 302
    assert [
        sent(haneul, "/teams/1/put_in", partner_id=own),
        sent(haneul, "/teams/1/burn", partner_id=own),
    ] == [
        302,
        404,
    ]
    assert sent(haneul, f"/partners/{own}/skills", skill_id=1, act="grant") == 302
    assert sent(haneul, "/sops/1/asks", skills=1, team_id=1) == 302
    page = haneul.get(her).text
    assert (page.count("유리팀"), page.count("Haneul")) >= (1, 1)
    assert [who.get(her).status_code for who in (minji, boram)] == [403, 403]
    # Offered, seen, declined.
    assert sent(haneul, f"/tasks/{first}/offer", partner_ids=own, minutes=60) == 302
    assert sent(haneul, f"/tasks/{first}/offer", minutes=60) == 422
    assert minji.get("/today").text.count("먼저 보여 드리는 일감") == 1
    assert sent(minji, f"/offers/{first}/decline") == 302
    assert minji.get("/today").text.count("먼저 보여 드리는 일감") == 0
    assert sent(haneul, f"/tasks/{first}/assign", partner_id=own) == 409  # who declined is not given it
    # Assigned.
    assert [sent(minji, f"/tasks/{second}/assign", partner_id=own)] == [403]
    assert sent(haneul, f"/tasks/{second}/assign", partner_id=own) == 302
    assert bench.task(second).holder_id == own
    # Why, and what she wishes.
    assert minji.get("/why").text.count("지금 맡을 수 있는 일은 포장뿐이에요") == 1
    assert [sent(minji, "/why/limit", limit=limit) for limit in ("2", "0", "-", "")] == [302, 422, 422, 302]
    assert sent(minji, "/why/kinds", kinds="listing") == 302
    assert minji.get("/why").text.count("포장은 받지 않기로 정해 둔 일이에요") == 1
    assert sent(minji, "/why/kinds", kinds=["packing", "listing", "tagging"]) == 302
    assert (sent(minji, "/why/wait"), minji.get("/why").text.count("부터 기다리고 있어요")) == (302, 1)
    assert haneul.get("/why").status_code == 403
    # Some at once: as many as hands have room for.
    assert sent(minji, "/offers/together", kind="packing", count="1") == 422
    assert sent(minji, "/offers/together", kind="packing", count="10") == 302
    with bench.acting_as("minji", reading=True) as scope:
        assert queries.room(scope) == 1  # of three tasks one is hers, one she declined
    assert bench.task(third).holder_id == own
    assert sent(minji, f"/work/{third}/release-together", reason="no_time") == 302
    assert bench.state(third) == "open"
