"""A partner's home: everything they have is two taps from Today, and what to get better at stands there with a case."""

import re
from urllib.parse import urlsplit

from flask.testing import FlaskClient

import app as front
from base.scope import World
from security.policy import PARTNER, PERMISSIONS, may
from tests.cast import Cast, SignedIn
from tests.qa.road import BLURRED, Road, build

#: What is no page of theirs: what programs and browsers ask, the doors to come in by, and files behind a link.
#: Where there are goods at home, the page of one's goods (a tab) leads there.
WITH_GOODS = {"/my-stock/sheet", "/my-stock/return"}
NO_PLACE = {
    "/",
    "/livez",
    "/readyz",
    "/offline",
    "/pulse",
    "/sign-in",
    "/worker.js",
    "/notices/bell",
    "/pay.csv",
}


def places(world: World) -> set[str]:
    """Every page without an id that a partner may open."""
    app = front.create_app(world)
    return (
        {
            rule.rule
            for rule in app.url_map.iter_rules()
            if "GET" in (rule.methods or ())
            and not rule.arguments
            and not rule.rule.startswith("/api/")
            and may(PARTNER, app.view_functions[rule.endpoint].needs)  # type: ignore[attr-defined]
            and PERMISSIONS[app.view_functions[rule.endpoint].needs] != PERMISSIONS["shop.set_up"]  # type: ignore[attr-defined]
        }
        - NO_PLACE
        - WITH_GOODS
    )


def links(client: FlaskClient, path: str) -> set[str]:
    found = re.findall(r'<a [^>]*href="([^"]+)"', client.get(path, follow_redirects=True).text)
    return {urlsplit(address).path for address in found if address.startswith("/")}


def test_everything_is_two_taps_away(world: World, cast: Cast, signed_in: SignedIn) -> None:
    minji = signed_in(cast.minji)
    once = links(minji, "/today")
    twice = once.union(*(links(minji, path) for path in sorted(once) if not path.startswith("/static")))
    assert places(world) - twice - {"/today"} == set()


def test_today_says_what_to_get_better_at_and_what_an_hour_came_to(
    world: World, cast: Cast, signed_in: SignedIn
) -> None:
    road = build(world, cast)
    minji = signed_in(cast.minji)
    assert "다음에 더 좋아질 것" not in minji.get("/today").text
    marked = [once_marked(road) for _ in range(2)]
    page = minji.get("/today").text
    assert page.count("다음에 더 좋아질 것") == 1
    assert f'href="/work/{marked[-1]}"' in page
    assert minji.get("/offers").text.count("다음에 더 좋아질 것") == 0


def once_marked(road: Road) -> int:
    """A piece that was rejected for the same thing."""
    seen = road.waiting(road.cast.minji)
    road.judge(seen, "reject", BLURRED)
    road.later(minutes=5)
    return seen.task_id
