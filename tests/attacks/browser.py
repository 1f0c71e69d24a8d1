"""A browser for attackers: walks every link of a role, reads forms as they stand, and notices what came alive."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlsplit

from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

NOTHING = "(nothing chosen yet)"
MOST_PER_ROUTE = 4
VOLATILE = re.compile(rb'(name="(?:client_id|csrf|kept)" value=")[^"]*|(<code>)[0-9a-f]{16}(?=</code>)')


@dataclass
class Form:
    """A form as the page has it: fields by name with what stands in them, and their kinds."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    kinds: dict[str, str] = field(default_factory=dict)

    def filled(self, **instead: str) -> MultiDict[str, str]:
        """The fields with others in their places."""
        kept = [(name, value) for name, value in self.fields if name not in instead]
        return MultiDict([*kept, *instead.items()])


class Page(HTMLParser):
    """Links, forms, tags and attribute names of a page."""

    def __init__(self, text: str, path: str) -> None:
        super().__init__(convert_charrefs=True)
        self.path, self.links, self.forms = path, [], []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: list[str] = []
        self._form: Form | None = None
        self._by_id: dict[str, Form] = {}
        self._open: tuple[Form, str, str] | None = None  # the textarea or select being read
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        self.attributes |= set(given)
        self.addresses += [given[name] for name in ("href", "src", "action", "formaction") if name in given]
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag == "form":
            self._form = Form(given.get("action") or self.path, given.get("method", "get").lower())
            self.forms.append(self._form)
            self._by_id[given.get("id", "")] = self._form
        form = self._by_id.get(given["form"]) if "form" in given else self._form
        if form and given.get("name"):
            self._field(form, tag, given)
        if tag == "option" and self._open and (self._open[2] is NOTHING or "selected" in given):
            self._open = (*self._open[:2], given.get("value", ""))

    def _field(self, form: Form, tag: str, given: dict[str, str]) -> None:
        name, kind = given["name"], given.get("type", tag)
        if tag in {"textarea", "select"}:
            self._open = (form, name, NOTHING if tag == "select" else "")
        elif tag == "button":
            form.fields += [(name, given.get("value", ""))] if name not in form.kinds else []
        elif tag == "input" and (kind not in {"radio", "checkbox"} or "checked" in given):
            form.fields.append((name, given.get("value", "")))
        form.kinds.setdefault(name, kind)

    def handle_data(self, data: str) -> None:
        if self._open and self._open[2] is not NOTHING and self.lasttag == "textarea":
            self._open = (*self._open[:2], self._open[2] + data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        if tag in {"textarea", "select"} and self._open:
            form, name, value = self._open
            form.fields.append((name, value))
            self._open = None


def page_of(answer: TestResponse) -> Page:
    """The page of an answer; an empty one where it is not HTML."""
    text = answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
    return Page(text, answer.request.path)


def same(answer: TestResponse, *echoes: str) -> tuple[int, str, bytes]:
    """Status, place and body of an answer without what differs by nature; `echoes` are what was asked for."""
    body, where = VOLATILE.sub(rb"\1\2", answer.get_data()), answer.location or ""
    for echo in echoes:
        body, where = body.replace(echo.encode(), b"*"), where.replace(echo, "*")
    return answer.status_code, where, body


def walk(client: FlaskClient, *starts: str) -> Iterator[TestResponse]:
    """Every page that links lead to; of one route only a few."""
    waiting, seen, met = [*starts], set(starts), dict[str, int]()
    adapter = client.application.url_map.bind("localhost")
    while waiting:
        path = waiting.pop(0)
        answer = client.get(path, follow_redirects=True)
        yield answer
        for link in page_of(answer).links:
            parts = urlsplit(link)
            if parts.netloc or not parts.path or not adapter.test(parts.path, "GET"):
                continue
            endpoint, _ = adapter.match(parts.path, "GET")
            where = parts.path + (f"?{parts.query}" if parts.query else "")
            kind = f"{endpoint}?{'&'.join(sorted(name for name, _ in parse_qsl(parts.query)))}"
            if where in seen or endpoint == "static" or met.get(kind, 0) >= MOST_PER_ROUTE:
                continue
            met[kind] = met.get(kind, 0) + 1
            seen.add(where)
            waiting.append(where)


def alive(answer: TestResponse, mark: str) -> list[str]:
    """What of a hostile text became part of the page: tags, attributes or addresses that carry its mark."""
    page = page_of(answer)
    return [
        *(tag for tag in page.tags if mark in tag),
        *(name for name in page.attributes if mark in name or name.startswith("on")),
        *(
            a
            for a in page.addresses
            if re.match(r"\s*(javascript|data|vbscript):", a, re.IGNORECASE) and mark in a
        ),
    ]
