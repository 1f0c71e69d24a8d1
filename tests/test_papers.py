"""The papers say what is so: commands, files and links exist, and guides use the words of the screen."""

import re
import tomllib
from functools import cache
from pathlib import Path
from string import Formatter

import click
import pytest

import app as front
from base.i18n import catalogue
from tasks.kinds.packing import procedure as packing_sop

ROOT = Path(__file__).parent.parent
PAPERS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
GUIDES = ROOT / "docs" / "guide"
PEOPLE = ("partner", "reviewer", "owner")
OURS = {path.name for path in ROOT.iterdir() if path.is_dir()} - {"var", "demo"}
FILE = r"[\w/]+/\w+\.(py|md|txt|toml|html|js|css)"
LARGEST = 60_000  # bytes of a picture
PYTESTS = ("xdist", "randomly", "timeout")
LEAST_SAID = 2  # letters beside the placeholders, so that "{name}" does not stand for every word

papers = pytest.mark.parametrize("paper", PAPERS, ids=lambda path: str(path.relative_to(ROOT)))


def commands(text: str) -> list[list[str]]:
    """What stands after each `./dari`, word by word, up to the explanation beside it."""
    lines = [re.split(r"  |`|\n|[.,;:)](?:\s|$)", rest)[0] for rest in text.split("./dari ")[1:]]
    return [line.split() for line in lines]


def unknown(words: list[str]) -> list[str]:
    """The words of a command line that the real one does not know."""
    command: click.Command = front.cli
    for place, word in enumerate(words):
        if not isinstance(command, click.Group):
            return _unknown_options(command, words[place:])
        names = word.split("|")
        if missing := [name for name in names if name not in command.commands]:
            return missing
        command = command.commands[names[0]]
    return []


def _unknown_options(command: click.Command, words: list[str]) -> list[str]:
    if command.ignore_unknown_options:
        return []
    known = {name for one in command.params for name in one.opts}
    return [
        word for word in (word.strip("[]") for word in words) if word.startswith("--") and word not in known
    ]


@papers
def test_every_command_that_is_named_exists(paper: Path) -> None:
    assert [line for line in commands(paper.read_text(encoding="utf-8")) if unknown(line)] == []


def test_every_command_that_the_words_name_exists() -> None:
    said = [words for locale in ("ko", "en") for words in catalogue(locale).values()]
    assert [line for words in said for line in commands(words) if unknown(line)] == []


def test_a_command_nobody_has_is_found() -> None:
    assert commands("`./dari keys status|melt` and\n./dari demo --prt 1     a shop") == [
        ["keys", "status|melt"],
        ["demo", "--prt", "1"],
    ]
    assert [unknown(["keys", "status|melt"]), unknown(["demo", "--prt", "1"])] == [["melt"], ["--prt"]]


@papers
def test_every_link_leads_somewhere(paper: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)", paper.read_text(encoding="utf-8"))
    here = [target for target in targets if "://" not in target]
    assert [target for target in here if not (paper.parent / target).exists()] == []


@papers
def test_every_file_that_is_named_exists(paper: Path) -> None:
    spans = re.findall(r"`([^`\n]+)`", paper.read_text(encoding="utf-8"))
    words = [word.rstrip("/") for span in spans for word in span.split()]
    files = [
        word for word in words if re.fullmatch(FILE, word) or (word.split("/")[0] in OURS and "/" in word)
    ]
    assert [name for name in files if not (ROOT / name).exists() and "<" not in name] == []


@papers
def test_every_setting_that_is_named_is_read(paper: Path) -> None:
    named = re.findall(r"\bDARI_[A-Z0-9_]+\b", paper.read_text(encoding="utf-8"))
    assert [name for name in named if f'"{name}"' not in settings_read()] == []


def test_every_dependency_has_its_row() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    rows = re.findall(
        r"^\| ([a-z].+?) \|", (ROOT / "docs" / "dependencies.md").read_text("utf-8"), re.MULTILINE
    )
    told = {name.strip() for row in rows for name in row.split(",")} | {f"pytest-{name}" for name in PYTESTS}
    names = {re.split(r"[<>=; ]", one)[0] for one in asked}
    assert names - told == set()


@pytest.mark.parametrize("person", PEOPLE)
def test_guides_show_the_same_pages_each_in_its_language(person: str) -> None:
    korean, english = (
        re.findall(rf"\]\(\.\./pictures/([\w-]+)\.{locale}\.png\)", guide(person, locale))
        for locale in ("ko", "en")
    )
    assert (korean, korean != []) == (english, True)


def test_pictures_are_shown_and_small() -> None:
    pictures = sorted((ROOT / "docs" / "pictures").glob("*.png"))
    said = "".join(paper.read_text(encoding="utf-8") for paper in PAPERS)
    assert [each.name for each in pictures if f"pictures/{each.name})" not in said] == []
    assert [each.name for each in pictures if each.stat().st_size > LARGEST] == []


@cache
def settings_read() -> str:
    """The source that may read the environment."""
    files = [path for path in ROOT.rglob("*.py") if ".venv" not in path.parts and ".tools" not in path.parts]
    return "".join(path.read_text(encoding="utf-8") for path in files)


@pytest.mark.parametrize("person", [*PEOPLE, "operations"])
def test_both_languages_tell_the_same(person: str) -> None:
    korean, english = (
        re.findall(r"^(#+|\d+\.|-|\|) ", guide(person, locale), re.MULTILINE) for locale in ("ko", "en")
    )
    assert korean == english


@pytest.mark.parametrize("locale", ["ko", "en"])
@pytest.mark.parametrize("person", PEOPLE)
def test_guides_use_the_words_of_the_screen(person: str, locale: str) -> None:
    said = re.findall(r"\*\*(.+?)\*\*", guide(person, locale))
    assert (len(said) > 20, [words for words in said if not on_screen(words, locale)]) == (True, [])


def guide(person: str, locale: str) -> str:
    return (GUIDES / f"{person}.{locale}.md").read_text(encoding="utf-8")


def on_screen(words: str, locale: str) -> bool:
    if words in procedure(locale) or words in catalogue(locale).values():
        return True
    return any(re.fullmatch(pattern, words) for pattern in patterns(locale))


def procedure(locale: str) -> set[str]:
    """The words of the standard procedure: partners read its items, reviewers its defects."""
    return {each["label"][locale] for each in (*packing_sop.ITEMS, *packing_sop.CRITERIA)}


def patterns(locale: str) -> list[str]:
    """The words that hold facts, with anything in the place of each."""
    found = []
    for words in catalogue(locale).values():
        parts = list(Formatter().parse(words))
        spoken = sum(len(text) for text, *_ in parts)
        if spoken >= LEAST_SAID and any(field is not None for _, field, *_ in parts):
            found.append(
                "".join(re.escape(text) + ("" if field is None else ".+") for text, field, *_ in parts)
            )
    return found
