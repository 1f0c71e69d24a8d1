"""The style sheets and the pages know each other: no class is used that no sheet names, none is named in vain."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
SHEETS = sorted((ROOT / "static" / "css").glob("*.css"))
PAGES = sorted([*(ROOT / "templates").rglob("*.html"), *(ROOT / "tasks" / "kinds").rglob("*.html")])
SCRIPTS = sorted((ROOT / "static" / "js").glob("*.js"))

WORD = re.compile(r"-?[a-zA-Z_][\w-]*")
CLASS = re.compile(r'\bclass="([^"]*)"')
#: A class handed to a macro: class="…" there is a keyword, a table's heads are (words, class).
HANDED = re.compile(r'\(\s*t\([^()]*\)\s*,\s*"([\w -]+)"\s*\)')
MADE = re.compile(
    r'make\(\s*"\w+",\s*"([\w -]+)"|classList\.\w+\(([^)]*)\)|setAttribute\("class", "([\w -]+)"\)|className = "([\w -]+)"'
)
KINDS = {f"is-{kind}" for kind in ("ok", "warn", "bad", "info", "quiet")}  # "is-" with a state's kind
TURNS = {f"turn-{degrees}" for degrees in (90, 180, 270)}  # viewer.js
THEMES = {"theme-day", "theme-night"}  # security/design.py
TOLD = {"icon"} | KINDS | TURNS | THEMES  # base/web.py puts "icon" on every one
HALF = re.compile(
    r"\b(?:is|theme)-\{\{.*?\}\}|'is-' ~ \w+"
)  # a class whose end is a fact: those are told above


def named() -> set[str]:
    """The classes the sheets name."""
    found: set[str] = set()
    for sheet in SHEETS:
        text = re.sub(
            r'/\*.*?\*/|"[^"]*"|url\([^)]*\)', "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL
        )
        for selector in re.findall(r"([^{};]*)\{", text):
            found.update(re.findall(r"\.(-?[a-zA-Z_][\w-]*)", selector))
    return found


def in_pages() -> set[str]:
    """The classes of the pages; of Jinja inside an attribute only its answers are read, not its questions."""
    found: set[str] = set()
    for page in PAGES:
        whole = HALF.sub("", page.read_text(encoding="utf-8"))
        text = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", _answers, whole, flags=re.DOTALL)
        found.update(word for quoted in CLASS.findall(text) for word in quoted.split())
    return found


def _answers(code: "re.Match[str]") -> str:
    """The strings of an expression that are not compared with; double quotes there would end the attribute."""
    if code.group().startswith("{{") and "class=" in code.group():
        return " ".join(f'class="{word}"' for word in re.findall(r'class="([\w -]+)"', code.group()))
    asked = re.sub(r"(==|!=|\bin)\s*(\[[^\]]*\]|\([^)]*\)|'[^']*')|'[^']*'\s+(not\s+)?in\b", "", code.group())
    return " " + " ".join(re.findall(r"'([\w -]+)'", re.sub(r"\[[^\]]*\]|\([^()]*\)", "", asked))) + " "


def used() -> set[str]:
    """The classes of pages and scripts, and those handed to macros."""
    found = in_pages() | TOLD
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        found.update(word for said in HANDED.findall(text) for word in said.split())
    for script in SCRIPTS:
        for made in MADE.findall(script.read_text(encoding="utf-8")):
            found.update(WORD.findall(" ".join(made)))
    return found


def test_no_sheet_names_a_class_that_no_page_uses() -> None:
    assert sorted(named() - used()) == []


def test_no_page_uses_a_class_that_no_sheet_names() -> None:
    assert sorted(in_pages() - named()) == []
