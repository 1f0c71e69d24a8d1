"""How the web knows the kinds: their own pages, and their templates, named `<kind>/partner.html`."""

from flask import Flask
from jinja2 import ChoiceLoader, FileSystemLoader

from tasks.kinds import known


def furnish(app: Flask) -> None:
    """Registers the kinds' pages and lets their templates be found."""
    for module in known.pages():
        app.register_blueprint(module.pages)
    assert app.jinja_loader is not None  # the app has a folder of templates
    app.jinja_loader = ChoiceLoader([app.jinja_loader, FileSystemLoader(known.roots())])
