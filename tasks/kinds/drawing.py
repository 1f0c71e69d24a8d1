"""How the web knows the kinds: their own pages, their templates `<kind>/partner.html`, and their names."""

from typing import Protocol

from flask import Flask
from jinja2 import ChoiceLoader, FileSystemLoader, pass_context
from jinja2.runtime import Context

from base.i18n import knows, t
from base.web import locale
from partners import kinds
from tasks.kinds import known


class Titled(Protocol):
    """What stands for a task on a page."""

    kind: str
    title: str


def furnish(app: Flask) -> None:
    """Registers the kinds' pages, lets their templates be found and gives templates `kind_name(kind)`."""
    for module in known.pages():
        app.register_blueprint(module.pages)
    assert app.jinja_loader is not None  # the app has a folder of templates
    app.jinja_loader = ChoiceLoader([app.jinja_loader, FileSystemLoader(known.roots())])
    app.jinja_env.globals |= {"kind_name": _kind_name, "task_title": task_title, "of_kind": of_kind}


def task_title(task: Titled) -> str:
    """A task as it is called on the work's pages: an order's number alone says little."""
    key = f"kinds.{task.kind}.title"
    return t(locale(), key, title=task.title) if knows(key) else task.title


def of_kind(kind: str, name: str) -> str:
    """Words that a kind may say its own way: `kinds.<kind>.<name>`, or what is said of any kind."""
    key = f"kinds.{kind}.{name}"
    return t(locale(), key if knows(key) else f"tasks.of_any.{name}")


@pass_context
def _kind_name(context: Context, kind: str) -> str:
    """What a kind is called; an owner's own by the scope the page is drawn in."""
    scope = context.get("of_scope")
    return kinds.named(scope, kind, locale()) if scope else f"kinds.{kind}"
