"""Logs are one line a record, and nobody's data is in them."""

import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from base import logs
from base.errors import Refused

ROOT = Path(__file__).parents[2]
LINES = io.StringIO()


class NoStock(Refused):
    code = "test.no_stock"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.JsonLines())
    root = logging.getLogger()
    before, root.handlers = root.handlers, [handler]
    logging.getLogger("dari.test").setLevel(logging.DEBUG)
    yield stream
    root.handlers = before


def said(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_record_is_one_line_that_reads_back(lines: io.StringIO) -> None:
    with logs.about("4f1c"):
        logging.getLogger("dari.test").warning("claimed", extra={"task": 7, "state": "open"})
    (line,) = said(lines)
    assert line.pop("at") is not None
    assert line == {
        "level": "warning",
        "logger": "dari.test",
        "about": "4f1c",
        "said": "claimed",
        "task": 7,
        "state": "open",
    }


@pytest.mark.parametrize(
    "nasty", ['\n{"actor":"owner"}', "\r\nx", "\x00\x1b[31m", "\u2028\u2029\x85", "\u202e\u200b"]
)
def test_text_from_outside_makes_no_second_line(lines: io.StringIO, nasty: str) -> None:
    logging.getLogger("dari.test").warning("title %s", nasty, extra={"title": nasty})
    assert len(lines.getvalue().splitlines()) == 1
    assert [char for char in lines.getvalue()[:-1] if not 0x20 <= ord(char) < 0x7F] == []


@pytest.mark.parametrize(
    "secret",
    [
        "010-1234-5678", "010 1234 5678", "01012345678", "+82 10-1234-5678", "(02) 123-4567", "02.123.4567",
        "900101-1234567", "110-123-456789", "4111 1111 1111 1111", "minji@example.com", "김민지", "서울시 강남구",
        "?q=minji", "１２３",
    ],
)  # fmt: skip
def test_what_could_be_a_person_is_left_out(lines: io.StringIO, secret: str) -> None:
    logging.getLogger("dari.test").warning("sent to %s now", secret, extra={"who": secret})
    (line,) = said(lines)
    assert (line["said"], line["who"]) == ("sent to [...] now", "[...]")
    # An instant, and the number of what is being done, may hold any digits.
    rest = str({name: told for name, told in line.items() if name not in {"at", "about"}})
    assert [part for part in secret.split() if part in rest] == []


@pytest.mark.parametrize("kept", ["task 7 of 123456", "stock/moves.py:41", "4f1c-22", "SKU-85123A", "a? b"])
def test_what_is_ours_stays(kept: str) -> None:
    assert logs.scrubbed(kept) == kept


def refuse() -> None:
    try:
        int("김민지 010-1234-5678")
    except ValueError as cause:
        raise NoStock(name="minji") from cause


def test_errors_are_classes_and_places(lines: io.StringIO) -> None:
    try:
        refuse()
    except NoStock:
        logging.getLogger("dari.test").exception("refused")
    (line,) = said(lines)
    errors = line["errors"]
    assert isinstance(errors, list)
    assert [(error["class"].rsplit(".")[-1], error.get("code")) for error in errors] == [
        ("NoStock", "test.no_stock"),
        ("ValueError", None),
    ]
    assert [error["where"][-1].split(":")[0] for error in errors] == ["tests/base/test_logs.py"] * 2
    assert "minji" not in lines.getvalue()


def test_strangers_values_are_not_filled_in(lines: io.StringIO) -> None:
    logging.getLogger("rq.worker").error("job failed: %s", "Minji Kim")
    logging.getLogger("dari.test").error("job failed: %s", "code")
    logging.getLogger("other").error(ValueError("Minji Kim"))
    assert [line["said"] for line in said(lines)] == ["job failed: %s", "job failed: code", "ValueError"]


def test_a_record_that_does_not_fit_is_still_said(lines: io.StringIO) -> None:
    unfit = logging.makeLogRecord({"name": "dari.test", "msg": "%s and %s", "args": ("one",)})
    logging.getLogger().handlers[0].handle(unfit)
    logging.getLogger("dari.test").error("facts", extra={"many": ["Minji"], "none": None, "half": 0.5})
    first, second = said(lines)
    assert first["said"] == "%s and %s"
    assert (second["many"], second["half"], "none" in second) == ("list", 0.5, False)


@pytest.mark.parametrize(
    "dying",
    [
        "raise ValueError('김민지 010-1234-5678')",
        "import threading; t = threading.Thread(target=lambda: 1 / 0 if not '김민지' else int('김민지')); t.start(); t.join()",
        "import warnings; warnings.warn('김민지 010-1234-5678')",
        "import logging; logging.getLogger('dari.x').error('%d', '김민지')",
    ],
)
def test_a_process_says_its_end_without_values(tmp_path: Path, dying: str) -> None:
    configured = (
        "from base import config, logs\n"
        f"logs.configure(config.load({{'DARI_ENV': 'test', 'DARI_DATA': {str(tmp_path)!r}}}))\n{dying}"
    )
    done = subprocess.run([sys.executable, "-c", configured], cwd=ROOT, capture_output=True, text=True)
    lines = done.stderr.splitlines()
    assert [json.loads(line)["level"] for line in lines] in (["critical"], ["warning"], ["error"])
    assert "김민지" not in done.stderr
    assert "1234" not in done.stderr
