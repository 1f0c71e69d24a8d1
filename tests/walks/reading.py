"""How axe reads a page: only what it finds comes back; the whole of its report was half of the work."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

ASKED = "axe.run({ resultTypes: ['violations'], selectors: false }).then((found) => found.violations)"
KNOWN = "'axe' in window"


def found_by_axe(page: Page) -> list[tuple[str, str]]:
    """What is wrong with the page that is open: the rule, and the first place where it is broken."""
    if not page.evaluate(KNOWN):
        page.evaluate(AXE_SCRIPT)
    said: list[dict[str, Any]] = page.evaluate(ASKED)
    return [(one["id"], one["nodes"][0]["html"][:160]) for one in said]
