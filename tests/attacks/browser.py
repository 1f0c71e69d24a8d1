"""A browser for attackers: walks every link of a role, reads forms as they stand, and notices what came alive."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from base.scope import World, acting
from security import sessions
from security.models import Membership
from tests.cast import Person

NOTHING = "(nothing chosen yet)"
TYPED = {
    "text": "무엇",
    "textarea": "무엇을",
    "email": "who@example.com",
    "number": "2",
    "password": "바다보다 깊은 밤",
}
NAMED = {"sku": "MUG-01", "quantity": "1", "won": "900", "price": "900", "weight_g": "100", "q": "A00001"} | {
    "barcode": "8801234567893", "added": "", "removed": "", "lines": "MUG-01 1", "since": "", "option": "",
}  # fmt: skip
MOST_PER_ROUTE = 4
VOLATILE = re.compile(rb'(name="(?:client_id|csrf|kept)" value=")[^"]*|(<code>)[0-9a-f]{16}(?=</code>)')


@dataclass
class Form:
    """A form as the page has it: fields by name with what stands in them, and their kinds."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    kinds: dict[str, str] = field(default_factory=dict)
    choices: dict[str, str] = field(default_factory=dict)  # of radios where none is chosen, the first
    ways: set[str] = field(default_factory=set)  # where else its buttons lead

    def sensible(self, client_id: str) -> MultiDict[str, str]:
        """The fields as somebody would send them: what was left blank is filled in, something is chosen."""
        chosen = {name: value for name, value in self.choices.items() if name not in dict(self.fields)}
        fields = [*self.fields, *chosen.items()]
        filled = [(name, value or NAMED.get(name, TYPED.get(self.kinds[name], ""))) for name, value in fields]
        return MultiDict(
            [(name, value) for name, value in filled if name != "client_id"] + [("client_id", client_id)]
        )


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
        if form and "formaction" in given:
            form.ways.add(given["formaction"])
        if tag == "option" and self._open and (self._open[2] in {NOTHING, ""} or "selected" in given):
            self._open = (*self._open[:2], given.get("value", ""))

    def _field(self, form: Form, tag: str, given: dict[str, str]) -> None:
        name, kind = given["name"], given.get("type", tag)
        if tag in {"textarea", "select"}:
            self._open = (form, name, NOTHING if tag == "select" else "")
        elif tag == "button":
            form.fields += [(name, given.get("value", ""))] if name not in form.kinds else []
        elif tag == "input" and (kind not in {"radio", "checkbox"} or "checked" in given):
            form.fields.append((name, given.get("value", "")))
        elif kind == "radio":
            form.choices.setdefault(name, given.get("value", ""))
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


UNSENT = ("/sign-out", "/roles/", "/me/")  # they end the walk


@dataclass
class Reach:
    """What one role can reach: addresses, and one form of each kind as it stood when the walk came by."""

    addresses: list[str] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)


def reach_of(client: FlaskClient) -> Reach:
    """Walks everything once."""
    found, seen = Reach(), set()
    for answer in list(walk(client, "/")):
        query = answer.request.query_string.decode()
        found.addresses.append(answer.request.path + (f"?{query}" if query else ""))
        for form in page_of(answer).forms:
            for way in (form.action, *sorted(form.ways)):
                kind = (re.sub(r"\d+", "#", way), *sorted(form.kinds))
                if not way.startswith(UNSENT) and kind not in seen:
                    seen.add(kind)
                    found.forms.append(replace(form, action=way))
    return found


def send(client: FlaskClient, form: Form, fields: MultiDict[str, str], **headers: str) -> TestResponse:
    """Sends a form from this browser."""
    if form.method == "get":
        return client.get(form.action, query_string=fields, headers=headers)
    fields = fields.copy()
    fields["csrf"] = client.csrf  # type: ignore[attr-defined]
    return client.post(form.action, data=fields, headers=headers)


def come_in(app: Flask, who: Person) -> FlaskClient:
    """A browser in which somebody is signed in, in the app of a world."""
    world: World = app.extensions["dari"]
    with acting(world, shop_id=0, actor=who.actor) as scope:
        mine = (Membership.account_id == who.actor.id, Membership.shop_id == who.shop_id)
        member_id = scope.session.scalars(select(Membership.id).where(*mine)).one()
        token = sessions.begin(scope, account_id=who.actor.id, membership_id=member_id, device="attack")
    client = app.test_client()
    client.set_cookie("dari", token, domain="localhost")
    client.csrf = sessions.csrf_of(token)  # type: ignore[attr-defined]
    return client
