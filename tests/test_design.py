"""The page of components is there for developers alone, and shows every macro that pages are put together from."""

import re
from dataclasses import replace
from pathlib import Path

import app as front
from base.scope import World

TEMPLATES = Path(__file__).parent.parent / "templates"
#: Parts of the frame, parts of other macros, and the one that only chooses among the others.
INSIDE = {
    "account_sheet",
    "bell_link",
    "field",
    "languages",
    "marks",
    "marks_on",
    "nav_list",
    "numbers",
    "pins",
    "shell",
    "track",
}


def macros() -> set[str]:
    texts = [path.read_text(encoding="utf-8") for path in (TEMPLATES / "parts").glob("*.html")]
    return {name for text in texts for name in re.findall(r"{%-? macro (\w+)\(", text)}


def test_every_macro_is_shown() -> None:
    shown = (TEMPLATES / "design" / "specimens.html").read_text(encoding="utf-8")
    assert sorted(name for name in macros() - INSIDE if not re.search(rf"\b{name}\(", shown)) == []


def test_it_opens_in_debug_alone(world: World) -> None:
    debug = replace(world, settings=replace(world.settings, debug=True))
    pages = [front.create_app(each).test_client().get("/design") for each in (world, debug)]
    assert [page.status_code for page in pages] == [404, 200]
    words = [
        pages[1].text.count(said) for said in ('lang="ko"', 'lang="en"', "급한 순서예요.", "theme-night")
    ]
    assert min(words) >= 2
    ids = re.findall(r'\sid="([^"]+)"', pages[1].text)
    assert [id_ for id_ in ids if ids.count(id_) > 1] == []
