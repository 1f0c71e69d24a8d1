"""The guide to the API is run as it stands: its curl lines, against the real server, in both languages."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from tests.api.calling import ON_SQLITE, token_of
from tests.cast import Cast
from tests.served import Served

DOCS = Path(__file__).parent.parent.parent / "docs"
NEEDS_CURL = pytest.mark.skipif(shutil.which("curl") is None, reason="runs curl")


def commands(locale: str) -> str:
    """The guide's shell, as one script that says each status on a line of its own."""
    blocks = re.findall(
        r"```sh\n(.*?)```", (DOCS / f"api.{locale}.md").read_text(encoding="utf-8"), re.DOTALL
    )
    return "".join(blocks).replace("curl -s", r"curl -s -o /dev/null -w '%{http_code}\n'")


@NEEDS_CURL
@ON_SQLITE
@pytest.mark.parametrize("locale", ["ko", "en"])
def test_the_guide_can_be_typed(served: Served, cast: Cast, tmp_path: Path, locale: str) -> None:
    people = {"OWNER": cast.haneul, "PARTNER": cast.minji, "REVIEWER": cast.boram}
    tokens = {name: token_of(served.world, person)[1] for name, person in people.items()}
    Image.new("RGB", (64, 48), "orange").save(tmp_path / "parcel.jpg")
    done = subprocess.run(
        ["sh", "-eu", "-c", commands(locale)],
        cwd=tmp_path,
        env=os.environ | tokens | {"DARI": served.url},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.split() == ["200", "200", "200", "201", *["200"] * 4, "201", *["200"] * 5]


def test_both_guides_tell_the_same() -> None:
    korean, english = (
        re.findall(
            r"^(#+|\||```|curl [^\n]*?(?=-d|\$DARI))",
            (DOCS / f"api.{locale}.md").read_text(encoding="utf-8"),
            re.MULTILINE,
        )
        for locale in ("ko", "en")
    )
    assert korean == english
