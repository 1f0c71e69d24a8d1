"""Takes the pictures of the papers: a throwaway demo as its owner, reviewer and partners see it.

`.venv/bin/python docs/pictures.py`, after `./dari test` has prepared the environment; needs Chromium.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import URLError
from urllib.request import urlopen

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
TAKEN = ROOT / "docs" / "pictures"
WIDE, PHONE = (1280, 844), (390, 844)
GROUND, GAP, WIDEST, COLOURS = "#dcdad4", 24, 1400, 224
MOST = 200_000  # bytes of a picture
STARTS_S = 30

Links = dict[str, str]


@contextmanager
def demo(folder: str) -> Iterator[Links]:
    """Serves the demo of seed 1; each person's link by their name."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        origin = f"http://127.0.0.1:{door.getsockname()[1]}"
    command = [
        sys.executable,
        str(ROOT / "app.py"),
        "demo",
        "--seed",
        "1",
        "--port",
        origin.rpartition(":")[2],
    ]
    env = os.environ | {"DARI_DATA": folder, "DARI_LOCALE": "ko", "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as served:  # noqa: S603
        try:
            yield _greeting(served, origin)
        finally:
            served.terminate()


def _greeting(served: "subprocess.Popen[str]", origin: str) -> Links:
    said = ""
    for line in served.stdout or ():
        said += line
        if "Ctrl+C" in line:
            _answers(f"{origin}/livez")
            return dict(re.findall(r"(\S+): (http\S+)", said))
    raise SystemExit("the demo did not start")


def _answers(url: str) -> None:
    for _ in range(STARTS_S * 10):
        try:
            urlopen(url).close()  # noqa: S310 (our own loopback address)
        except URLError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the demo does not answer")


def enter(browser: Browser, link: str, size: tuple[int, int]) -> Page:
    """A window in which somebody has come in by their link."""
    window = ViewportSize(width=size[0], height=size[1])
    page = browser.new_page(viewport=window, locale="ko-KR", reduced_motion="reduce")
    page.goto(link)
    press(page, ".main-action button")
    return page


def press(page: Page, what: str) -> None:
    """Presses what leads to another page, and waits for its pictures."""
    with page.expect_navigation(wait_until="networkidle"):
        page.locator(what).first.click()


def seen(page: Page) -> Image.Image:
    """What the window shows now."""
    return Image.open(BytesIO(page.screenshot())).convert("RGB")


def keep(name: str, shots: Sequence[Image.Image]) -> None:
    """Lays the shots side by side and keeps them in few colours."""
    width = sum(shot.width + GAP for shot in shots) + GAP
    sheet = Image.new("RGB", (width, max(shot.height for shot in shots) + 2 * GAP), GROUND)
    left = GAP
    for shot in shots:
        sheet.paste(shot, (left, GAP))
        left += shot.width + GAP
    sheet.thumbnail((WIDEST, WIDEST))
    path = TAKEN / f"{name}.png"
    sheet.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    size = path.stat().st_size
    print(f"{path.relative_to(ROOT)}: {size:,} bytes")
    if size > MOST:
        raise SystemExit("too large")


def take(browser: Browser, links: Links) -> None:
    """The owner's board beside a partner's phone, the reviewer's desk, and a task on three phones."""
    owner, reviewer = enter(browser, links["하늘"], WIDE), enter(browser, links["보람"], WIDE)
    today, doing, back = (enter(browser, links[name], PHONE) for name in ("지호", "민지", "수진"))
    keep("board", [seen(owner), seen(today)])
    press(reviewer, ".main-action a")
    keep("desk", [seen(reviewer)])
    press(doing, "main .row-link")
    press(back, "main .row-link")
    back.locator(".photo-big").first.scroll_into_view_if_needed()
    keep("task", [seen(today), seen(doing), seen(back)])


def main() -> None:
    found = os.environ.get("DARI_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    TAKEN.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder, demo(folder) as links, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=found, args=["--no-sandbox"])
        take(browser, links)
        browser.close()


if __name__ == "__main__":
    main()
