"""The page for developers on which every component stands in every state; app.py opens it in debug alone."""

from datetime import timedelta

from flask import Blueprint, g
from flask.typing import ResponseReturnValue

from base.i18n import LOCALES
from base.scope import Scope
from base.web import render
from security.doors import needs

pages = Blueprint("design", __name__)

TOKENS = (
    "ground", "surface", "surface-quiet", "line", "line-strong", "ink", "ink-quiet",
    "accent", "accent-strong", "accent-soft",
    "ok", "ok-soft", "ok-fill", "warn", "warn-soft", "warn-fill", "bad", "bad-soft", "bad-fill",
)  # fmt: skip
THEMES = ("day", "night")


@pages.get("/design")
@needs("anyone")
def design(scope: Scope) -> ResponseReturnValue:
    """Korean and English, by day and by night, beside each other."""
    moments = {"soon": scope.now + timedelta(minutes=25), "late": scope.now - timedelta(hours=2)}
    return render(
        scope, "design/page.html", languages=LOCALES, themes=THEMES, tokens=TOKENS, speak=_speak, at=moments
    )


def _speak(language: str) -> str:
    """From here on the page speaks this language."""
    g.spoken = language
    return ""
