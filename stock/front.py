"""The blueprint of this room's pages, and what they share."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime

from flask import Blueprint, Response

from base.i18n import knows, t
from base.sheets_out import csv_bytes
from base.web import locale, zone
from security.doors import client_id

pages = Blueprint("stock", __name__)


def act_key(act: str) -> str:
    """The key of an act that moves goods: the client's own id of this form, so that goods move once."""
    return f"{act}:{client_id() or secrets.token_urlsafe(16)}"


def csv_file(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """A table as a download; `head` holds the last parts of the words `stock.csv.…`."""
    words = [t(locale(), f"stock.csv.{column}") for column in head]
    response = Response(csv_bytes(words, rows), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="dari-{name}.csv"'
    return response


def wall(at: datetime | None) -> str:
    """A moment in the shop's zone as a spreadsheet reads it."""
    return f"{at.astimezone(zone()):%Y-%m-%d %H:%M}" if at else ""


@pages.app_template_global("channel_name")
def channel_name(channel: str) -> str:
    """The name of a marketplace, or what the shop calls it."""
    return said("stock.channel", channel)


@pages.app_template_global("reason_name")
def reason_name(reason: str) -> str:
    """Why goods moved: the house's own reasons in words, what a person wrote as it was written."""
    return said("stock.reason", reason)


def said(group: str, code: str) -> str:
    """The words of a code where the catalogue has some, else the code itself."""
    key = f"{group}.{code}"
    return t(locale(), key) if code and knows(key) else code
