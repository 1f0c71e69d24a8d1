"""Logs: one line of JSON per record, without anybody's data in it.

Our own messages are plain English, so whatever else stands in one came from outside: characters beyond
ASCII, addresses of mail and numbers long enough to call are left out. Errors are classes and places in
the code; their texts quote what people wrote.
"""

import json
import logging
import re
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from base.config import ROOT, Settings
from base.errors import Refused

#: The request or errand that the records of this thread are about.
SUBJECT: ContextVar[str] = ContextVar("subject", default="")

#: Loggers whose arguments are known to be harmless; of others only the unfilled template is kept.
TRUSTED = ("dari", "alembic", "gunicorn")
LEFT_OUT = "[...]"
SECRETS = re.compile(
    r"""[^\s@<>"']+@[^\s@<>"']+            # an address of mail
      | \?[^\s"']+                          # the query of a URL: what somebody searched for
      | [+(]?\d(?:[\s().-]{0,2}\d){6,}      # seven digits or more, however they are grouped
      | [^\x00-\x7e]+(?:\ +[^\x00-\x7e]+)* # words that are not ours
    """,
    re.VERBOSE,
)
#: What every record has; the rest are the facts that the caller gave.
USUAL = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


@contextmanager
def about(subject: str) -> Iterator[None]:
    """Names the request or errand in every record made inside the block."""
    token = SUBJECT.set(subject)
    try:
        yield
    finally:
        SUBJECT.reset(token)


def configure(settings: Settings) -> None:
    """Sends every record of this process, its uncaught errors included, to standard error as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("dari").setLevel(logging.DEBUG if settings.debug else logging.INFO)
    for noisy in ("rq", "PIL", "urllib3", "botocore", "werkzeug"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
    logging.raiseExceptions = False  # logging's own complaint prints the arguments
    sys.excepthook = _uncaught
    threading.excepthook = lambda seen: _uncaught(seen.exc_type, seen.exc_value, seen.exc_traceback)


def _uncaught(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if not issubclass(kind, KeyboardInterrupt | SystemExit):
        logging.getLogger("dari").critical("uncaught", exc_info=(kind, error or kind(), trace))


class JsonLines(logging.Formatter):
    """One record, one line, which `json.loads` reads back."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON; keys that have nothing to say are left out."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "about": SUBJECT.get(),
            "said": message(record),
            **{key: fact(value) for key, value in vars(record).items() if key not in USUAL},
            "errors": chain(record.exc_info[1]) if record.exc_info else [],
        }
        return json.dumps({key: value for key, value in line.items() if value not in ("", [], None)})


def message(record: logging.LogRecord) -> str:
    """What was said, scrubbed; of strangers' records that carry values, only the words around them."""
    if not isinstance(record.msg, str):
        return type(record.msg).__name__
    if record.args and record.name.split(".")[0] not in TRUSTED:
        return scrubbed(record.msg)
    try:
        return scrubbed(record.getMessage())
    except (TypeError, ValueError, KeyError):  # the arguments do not fit the template
        return scrubbed(record.msg)


def fact(value: object) -> object:
    """A fact beside the message: numbers as they are, text scrubbed, of anything else its class."""
    if value is None or isinstance(value, bool | int | float):
        return value
    return scrubbed(value) if isinstance(value, str) else type(value).__name__


def scrubbed(text: str) -> str:
    """The text without what could be somebody's data."""
    return SECRETS.sub(LEFT_OUT, text)


def chain(error: BaseException | None) -> list[dict[str, object]]:
    """An error and what caused it, outermost first: class, refusal code, and where in the code."""
    links: list[dict[str, object]] = []
    while error is not None and len(links) < 5:
        code = {"code": error.code} if isinstance(error, Refused) else {}
        kind = f"{type(error).__module__}.{type(error).__qualname__}"
        links.append({"class": kind, **code, "where": places(error)})
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return links


def places(error: BaseException) -> list[str]:
    """The last frames that an error passed through, innermost last."""
    frames = traceback.extract_tb(error.__traceback__, limit=-8)
    return [f"{short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]


def short(filename: str) -> str:
    """A path from our root or from the library's."""
    path = Path(filename)
    for root in ("site-packages", f"python{sys.version_info.major}.{sys.version_info.minor}"):
        if root in path.parts:
            return "/".join(path.parts[path.parts.index(root) + 1 :])
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name
