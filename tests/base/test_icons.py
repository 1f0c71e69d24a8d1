"""Icons are what their package draws but for the ink, and nothing where it draws nothing."""

import pytest
from heroicons.jinja import heroicon_outline

from base.icons import INKED, icon


@pytest.mark.parametrize("name", ["qr-code", "check", "arrow-path"])
def test_an_icon_is_what_the_package_draws(name: str) -> None:
    drawn = str(heroicon_outline(name, **{"class": "icon", "aria_hidden": "true"}))
    assert icon(name) == INKED.sub("", drawn).replace(" />", "/>")


def test_an_icon_that_nobody_drew_is_a_fault() -> None:
    with pytest.raises(KeyError):
        icon("no-such-icon")
