"""Takes the pictures of the papers: a throwaway demo and a shop that opens, in Korean and in English.

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
from urllib.parse import urljoin
from urllib.request import urlopen

from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page, ViewportSize, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
TAKEN = ROOT / "docs" / "pictures"
WIDE, PHONE, SHORT = (1280, 800), (390, 800), 420
GROUND, GAP, WIDEST = "#dcdad4", 24, 1328
FLAT, RARE = 64, 96  # colours: the most frequent as they are, and a spread of the others
MOST = 60_000  # bytes of a picture
STARTS_S = 30

OWNER, REVIEWER, DOING, SENT_BACK = "하늘", "보람", "민지", "수진"
SIZES = {OWNER: WIDE, REVIEWER: WIDE, DOING: PHONE, SENT_BACK: PHONE}
SETS_UP = {
    "shop": "하늘상점",
    "name": "하늘",
    "login": "haneul@demo.invalid",
    "password": "a long walk by the river",
}


@contextmanager
def served(folder: str, *words: str, until: str) -> Iterator[str]:
    """One of the house's servers at a free port; what it said up to the words that end its greeting."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port = str(door.getsockname()[1])
    env = os.environ | {"DARI_DATA": folder, "DARI_LOCALE": "ko", "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, str(ROOT / "app.py"), *words, "--port", port]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            yield _greeting(process, f"http://127.0.0.1:{port}", until)
        finally:
            process.terminate()


def _greeting(process: "subprocess.Popen[str]", origin: str, until: str) -> str:
    said = ""
    for line in process.stdout or ():
        said += line
        if until in line:
            _answers(f"{origin}/livez")
            return said
    raise SystemExit("the server did not start")


def _answers(url: str) -> None:
    for _ in range(STARTS_S * 10):
        try:
            urlopen(url).close()  # noqa: S310 (our own loopback address)
        except URLError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the server does not answer")


def window(browser: Browser, link: str, size: tuple[int, int]) -> Page:
    """A window by day in which nothing moves."""
    shape = ViewportSize(width=size[0], height=size[1])
    page = browser.new_page(viewport=shape, locale="ko-KR", reduced_motion="reduce", color_scheme="light")
    page.goto(link)
    return page


def enter(browser: Browser, link: str, size: tuple[int, int]) -> Page:
    """A window in which somebody has come in by their link."""
    page = window(browser, link, size)
    press(page, ".main-action button")
    return page


def press(page: Page, what: str) -> None:
    """Presses what leads to another page, and waits for its pictures."""
    with page.expect_navigation(wait_until="networkidle"):
        page.locator(what).first.click()


def visit(page: Page, path: str) -> None:
    """Another page of the same house."""
    page.goto(urljoin(page.url, path), wait_until="networkidle")


def speak(page: Page, locale: str) -> None:
    """Turns somebody's pages to a language, and goes to their first page."""
    page.locator("[popovertarget=account]").click()
    press(page, f"#account [name=locale][value={locale}]")
    press(page, ".site-name")


def seen(page: Page, height: int = 0) -> Image.Image:
    """What the window shows now, or the upper part of it."""
    page.mouse.move(0, 0)
    shot = Image.open(BytesIO(page.screenshot())).convert("RGB")
    return shot.crop((0, 0, shot.width, height or shot.height))


def at(page: Page, what: str) -> Image.Image:
    """What the window shows with this in its upper part."""
    page.locator(what).first.evaluate("one => scrollTo(0, one.getBoundingClientRect().top + scrollY - 150)")
    page.wait_for_load_state("networkidle")
    return seen(page)


def keep(name: str, *shots: Image.Image) -> None:
    """Lays the shots side by side and keeps them in few colours."""
    sheet, path = _sheet(shots), TAKEN / f"{name}.png"
    sheet.quantize(palette=_palette(sheet), dither=Image.Dither.NONE).save(path, optimize=True)
    size = path.stat().st_size
    print(f"{path.relative_to(ROOT)}: {size:,} bytes")
    if size > MOST:
        raise SystemExit("too large")


def _palette(sheet: Image.Image) -> Image.Image:
    """The most frequent colours exactly (mostly grounds), and a spread of the others (a red button)."""
    counted = sheet.getcolors(sheet.width * sheet.height) or []
    flat = [colour for _, colour in sorted(counted, reverse=True)[:FLAT]]
    others = sheet.quantize(RARE, method=Image.Quantize.MAXCOVERAGE).getpalette() or []
    made = Image.new("P", (1, 1))
    made.putpalette([part for colour in flat for part in colour] + others[: 3 * RARE])  # type: ignore[misc]
    return made


def _sheet(shots: Sequence[Image.Image]) -> Image.Image:
    width = sum(shot.width + GAP for shot in shots) + GAP
    sheet = Image.new("RGB", (width, max(shot.height for shot in shots) + 2 * GAP), GROUND)
    left = GAP
    for shot in shots:
        sheet.paste(shot, (left, GAP))
        left += shot.width + GAP
    sheet.thumbnail((WIDEST, WIDEST))
    return sheet


def partners(locale: str, doing: Page, back: Page) -> None:
    """A task from Today to its cards, and a task that came back with the mark on its photo."""
    for page in (doing, back):
        speak(page, locale)
    today = seen(doing)
    press(doing, "main .row-link")
    keep(f"partner-task.{locale}", today, seen(doing), at(doing, ".item:not(.is-done)"))
    returned = seen(back)
    press(back, "main .row-link")
    keep(f"partner-back.{locale}", returned, seen(back), at(back, ".photo-big"))


def reviewer(locale: str, page: Page) -> None:
    """What waits, and the desk with the submission that is most urgent."""
    speak(page, locale)
    keep(f"reviewer-queue.{locale}", seen(page, SHORT))
    press(page, ".main-action button")
    keep(f"reviewer-desk.{locale}", seen(page))


def owner(locale: str, page: Page, file: str) -> None:
    """The board, an order file looked at, and what happened to an order."""
    speak(page, locale)
    keep(f"owner-board.{locale}", seen(page))
    visit(page, "/orders/import")
    page.set_input_files("#import input[type=file]", file)
    press(page, ".main-action button")
    keep(f"owner-import.{locale}", seen(page))
    visit(page, "/orders?view=all")
    press(page, "main tr:has(.state.is-ok) a")
    press(page, "a[href$='/story']")
    keep(f"owner-story.{locale}", seen(page))


def front(board: Page, phone: Page) -> None:
    """The README's: the owner's board in English beside a partner's phone in Korean."""
    speak(board, "en")
    speak(phone, "ko")
    keep("front", seen(board), seen(phone))


def opening(locale: str, page: Page) -> None:
    """The way to the first parcel with its first step taken."""
    speak(page, locale)
    keep(f"owner-start.{locale}", seen(page))


def set_up(browser: Browser, link: str) -> Page:
    """A shop that has just opened and has taken in the practice products."""
    page = window(browser, link, WIDE)
    for field, words in SETS_UP.items():
        page.fill(f"[name={field}]", words)
    press(page, ".main-action button")
    products = page.request.get(urljoin(page.url, "/practice/products.csv"))
    file = FilePayload(name="products.csv", mimeType="text/csv", buffer=products.body())
    page.set_input_files("#product-file", file)
    press(page, "form:has(#product-file) .button-main")
    press(page, ".main-action button")
    return page


def main() -> None:
    found = os.environ.get("DARI_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    TAKEN.mkdir(exist_ok=True)
    with sync_playwright() as play, TemporaryDirectory() as folder:
        browser = play.chromium.launch(executable_path=found, args=["--no-sandbox"])
        with served(f"{folder}/new", "run", until="set-up") as said:
            page = set_up(browser, re.findall(r"http\S+set-up\S+", said)[0])
            for locale in ("ko", "en"):
                opening(locale, page)
        with served(folder, "demo", "--seed", "1", until="Ctrl+C") as said:
            links = dict(re.findall(r"(\S+): (http\S+)", said))
            people = {name: enter(browser, links[name], size) for name, size in SIZES.items()}
            for locale in ("ko", "en"):
                partners(locale, people[DOING], people[SENT_BACK])
                reviewer(locale, people[REVIEWER])
                owner(locale, people[OWNER], f"{folder}/demo/new-orders.csv")
            front(people[OWNER], people[SENT_BACK])
        browser.close()


if __name__ == "__main__":
    main()
