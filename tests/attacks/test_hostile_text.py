"""Whatever is typed anywhere: never a broken page, and it comes back as the text it was.

Odd numbers, bytes and cursors go to PostgreSQL, which refuses more of them than SQLite does: numbers of more than
32 bits, a zero byte, half a pair of surrogates.
"""

import csv
import re
import secrets
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO, StringIO
from typing import Any
from urllib.parse import parse_qsl, quote_from_bytes, urlencode
from zipfile import ZipFile

from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import String, literal, select, update
from sqlalchemy import cast as cast_
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

import app as front
from base.db import Base
from base.scope import World
from tests.attacks.browser import UNSENT, Form, Reach, alive, send, walk
from tests.attacks.estate import ON_POSTGRES, ON_SQLITE, Estates
from tests.attacks.test_cross_site import posts
from tests.attacks.test_foreign_ids import FORM
from tests.cast import Cast, Person, SignedIn

MARK = "xqprobe"
SCRIPT = f"'\"><{MARK} on{MARK}=1><script>{MARK}()</script>{{{{1337*1337}}}}${{1337*1337}}<!--"
RESIDENT = "900101-1234567"
COMPUTED = "1787569"
TYPED = {"text", "textarea", "search", "email", "tel", "url", "number", "password", "date", "time"}
KEPT = {"csrf", "client_id"}
EVIL = f"=1+1{SCRIPT}"  # a script to a browser, a formula to a spreadsheet
#: Texts that stand in the house already, however they came in: by a form, a program, a file, or an older version of it.
PLANTED: Mapping[str, tuple[str, ...]] = {
    "announcements": ("title",), "automations": ("title",), "calibrations": ("title",), "claims": ("number",),
    "column_profiles": ("name",), "fees": ("name",), "imports": ("name",),
    "orders": ("number", "customer"), "products": ("sku", "name", "option", "barcode", "unit"), "shops": ("name",), "skills": ("name",),
    "sops": ("title",), "standing_changes": ("question", "answer"), "supplier_texts": ("text",), "tag_albums": ("name",),
    "tasks": ("title", "note"), "teams": ("name", "focus"), "vocabularies": ("name",),
}  # fmt: skip
#: Documents: every name in them, in both languages, and of a listing everything that was written.
NAMED: Mapping[str, str] = {
    "listing_versions": "content", "own_kinds": "name", "sop_revisions": "items", "tags": "names", "vocabulary_editions": "words",
}  # fmt: skip
FIELDS = {"ko", "en", "own-title", "own-category", "own-description"}
NUMBERS = ["9" * 40, str(2**63), "²", "-1", "1e999", "0001-01-01", "9999-12-31", "٣"]
#: What a field holds that nobody types into; each of them breaks what the other does not.
HIDDEN = ("²", str(2**63))
TEXTS: list[bytes] = [
    b"\xff\xfe\xc3\x28",  # not UTF-8
    b"\xed\xa0\x80\xc0\xaf",  # half a surrogate pair, and an overlong form
    "\u202e\u2066xq\u200b\u2028\ufeff\x07\x1b[31m\x7f\x01".encode(),
    "갉".encode() * 10_000,
    b"%s%n{0.__class__}{n!r:>9999999}' OR 1=1; DROP TABLE orders; --../../../etc/passwd",
]
ZERO = b"a\x00b"
ODDS = (*NUMBERS, "0000000019" + "9" * 30, SCRIPT, "\0")  # for the arguments of an address


def people(cast: Cast) -> tuple[Person, ...]:
    return cast.haneul, cast.boram, cast.minji


def each(form: Form, kinds: set[str]) -> Iterator[tuple[str, MultiDict[str, str]]]:
    """The form as somebody would send it, and one of its fields of these kinds, by turns."""
    for name, kind in form.kinds.items():
        if name not in KEPT and (kind in kinds or not kinds) and kind != "file":
            yield name, form.sensible(secrets.token_urlsafe(16))


@ON_SQLITE
def test_scripts_come_back_as_the_text_they_were(
    world: World, cast: Cast, signed_in: SignedIn, reach: Mapping[str, Reach]
) -> None:
    """One field at a time, so that every other says what lets it through; then every page and file is read."""
    wrong, refused, seen = [], 0, set[tuple[str, str]]()
    plant(world)
    for who in people(cast):
        client = signed_in(who)
        for form in reach[who.name].forms:
            for name, fields in each(form, TYPED):
                if (asked := (unnumbered(form.action), name)) in seen:
                    continue  # whoever may send it, the same view reads it
                seen.add(asked)
                fields[name] = SCRIPT
                answer = send(client, form, fields)
                refused += answer.status_code >= 400
                wrong += [(form.action, what) for what in alive(answer, MARK)]
                wrong += [(form.action, answer.status_code)] if answer.status_code >= 500 else []
    file = {"file": (BytesIO(b"a,b\n1,2\n"), f"{SCRIPT}.csv"), "csrf": client.csrf}  # type: ignore[attr-defined]
    wrong += alive(signed_in(cast.haneul).post("/orders/import", data=file), MARK)
    assert (wrong, refused > 20) == ([], True)
    met = Counter[str]()
    for who in people(cast):
        for answer in walk(signed_in(who), "/"):
            text = told(answer)
            met[answer.mimetype] += MARK in text
            assert (alive(answer, MARK), COMPUTED in text) == ([], False), answer.request.path
            if answer.mimetype == "text/csv":
                assert [cell for row in csv.reader(StringIO(text)) for cell in row if is_formula(cell)] == []
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert (met["text/html"] > 40, met["text/csv"] > 4, met["application/json"] > 1, met[BOOK] > 0) == (
        True,
    ) * 4


@ON_SQLITE
def test_no_form_anywhere_keeps_a_resident_number(
    cast: Cast, signed_in: SignedIn, reach: Mapping[str, Reach]
) -> None:
    """What no field refuses by itself is caught by the last net: each form once, with one in its last text."""
    sent, taken = set[str](), set[tuple[str, str]]()
    for who in people(cast):
        client = signed_in(who)
        for form in (form for form in reach[who.name].forms if form.method == "post"):
            typed = [name for name, kind in form.kinds.items() if kind in {"text", "textarea"} - KEPT]
            if typed and (asked := unnumbered(form.action)) not in sent:
                sent.add(asked)
                fields = form.sensible(secrets.token_urlsafe(16)) | {typed[-1]: f"저는 {RESIDENT}"}
                taken |= {(asked, typed[-1])} if send(client, form, fields).status_code < 400 else set()
    assert (taken, len(sent) > 50) == (set(), True)


BOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def told(answer: TestResponse) -> str:
    """What an answer says; of a workbook its sheet, in which nothing may be a formula."""
    data: bytes = answer.get_data()
    if answer.mimetype != BOOK:
        return data.decode("utf-8", "replace")
    with ZipFile(BytesIO(data)) as book:
        sheets = [book.read(name) for name in book.namelist() if name.startswith("xl/worksheets/")]
    assert [sheet for sheet in sheets if b"<f>" in sheet or b"<f " in sheet] == []
    return " ".join(
        str(cell)
        for row in CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_index(0).to_python()
        for cell in row
    )


def plant(world: World) -> None:
    """Puts hostile text wherever a text may stand, past every form."""
    with world.engines.write.connect() as line, line.begin():
        for table, columns in PLANTED.items():
            of = Base.metadata.tables[table]
            values = {name: literal(EVIL) + cast_(of.c.id, String) for name in columns}
            line.execute(update(of).values(values))
        for table, column in NAMED.items():
            of = Base.metadata.tables[table]
            for id_, document in line.execute(select(of.c.id, of.c[column])).all():
                line.execute(update(of).where(of.c.id == id_).values({column: hostile(document)}))


def hostile(document: Any) -> Any:
    """The document with every name in it made hostile."""
    if isinstance(document, list):
        return [hostile(one) for one in document]
    if not isinstance(document, dict):
        return document
    return {
        key: EVIL if key in FIELDS and isinstance(value, str) else hostile(value)
        for key, value in document.items()
    }


def is_formula(cell: str) -> bool:
    told = cell.lstrip("\ufeff")
    return told.startswith(("=", "+", "-", "@")) and not told.lstrip("-").replace(".", "").isdigit()


@ON_POSTGRES
def test_numbers_that_no_column_holds_break_nothing(
    cast: Cast, signed_in: SignedIn, reach: Mapping[str, Reach]
) -> None:
    """In every field by turns, hidden ones and buttons included, and in every argument of every address."""
    broken, turn, seen = [], 0, set[tuple[str, str]]()
    for who in people(cast):
        client = signed_in(who)
        for form in reach[who.name].forms:
            for name, _ in each(form, set()):
                if (asked := (unnumbered(form.action), name)) in seen:
                    continue  # whoever may send it, the same view reads it
                seen.add(asked)
                turn += 1
                odds = NUMBERS if form.kinds[name] in TYPED else HIDDEN
                fields = form.sensible(secrets.token_urlsafe(16)) | {name: (odd := odds[turn % len(odds)])}
                status = send(client, form, fields).status_code
                broken += [(form.action, name, odd, status)] if status >= 500 else []
        broken += list(odd_addresses(client, reach[who.name], seen))
    assert broken == []


def odd_addresses(
    client: FlaskClient, reach: Reach, seen: set[tuple[str, str]]
) -> Iterator[tuple[str, str, str, int]]:
    """Each argument of each address once, with a third of what is odd: whoever may ask, the same view reads it."""
    for path, _, query in (address.partition("?") for address in reach.addresses):
        asked = dict(parse_qsl(query, keep_blank_values=True))
        for name in asked:
            odds = () if (path, name) in seen else ODDS[len(seen) % 3 :: 3]
            seen.add((path, name))
            for odd in odds:
                status = client.get(f"{path}?{urlencode({**asked, name: odd})}").status_code
                if status >= 500:
                    yield path, name, odd, status


def unnumbered(path: str) -> str:
    """An address whichever thing it is about."""
    return re.sub(r"\d+", "0", path)


def names_of(reach: Mapping[str, Reach]) -> dict[str, set[str]]:
    """The names of fields by the address that they are sent to."""
    found: dict[str, set[str]] = {}
    for form in (form for reached in reach.values() for form in reached.forms):
        for path in (form.action, *form.ways):
            found.setdefault(unnumbered(path.partition("?")[0]), set()).update(form.kinds)
    return found


def odd_form(names: set[str], odds: Sequence[bytes]) -> str:
    """A form in which each of these fields is odd in its way, and a note as long as it comes; short enough to be read."""
    short = [quote_from_bytes(odd[:200]) for odd in odds]
    fields = [f"{name}={short[n % len(short)]}" for n, name in enumerate(sorted(names))]
    return "&".join([*fields, f"note={quote_from_bytes(odds[0])}"])


@ON_POSTGRES
def test_bytes_that_are_no_text_break_nothing(
    world: World, cast: Cast, estates: Estates, signed_in: SignedIn, reach: Mapping[str, Reach]
) -> None:
    """Every address that takes a form, with every name its forms have, each odd in two ways; a zero byte is refused."""
    app, broken = front.create_app(world), []
    clients = {person.actor.role: signed_in(person) for person in people(cast)}
    known = names_of(reach)
    every = set().union(*known.values())
    addresses = sorted(posts(app, estates), key=lambda one: one[0].startswith(UNSENT))  # these sign out: last
    for nth, (path, endpoint, role) in enumerate(addresses):
        client = clients.get(role) or app.test_client()
        names = known.get(unnumbered(path), every) | set(FORM)
        turned = TEXTS[nth % len(TEXTS) :] + TEXTS[: nth % len(TEXTS)]
        for odds in (turned, turned[2:] + turned[:2], [ZERO]):
            body = f"csrf={getattr(client, 'csrf', '')}&{odd_form(names - KEPT, odds)}"
            answer = client.post(path, data=body, content_type="application/x-www-form-urlencoded")
            fits = answer.status_code == 422 if odds == [ZERO] else answer.status_code < 500
            broken += [] if fits else [(endpoint, odds[0][:20], answer.status_code)]
    assert broken == []


CURSORS = [
    "WzE", "e30", "W10", "bnVsbA", "WyIyMDI2LTExLTIzVDAwOjAwOjAwIiwxXQ", "WzldWzld", "/////", "가", "=",
    "W1tbW1tbW1tbW1tbW1tb" * 4000, "WzFlOTk5XQ", "Wzk5OTk5OTk5OTk5OTk5OTk5OTk5XQ", "W3RydWVd", "WyJcdWQ4MDAiXQ",
    "WyJcdTAwMDAiXQ", "WyIiLDFd", "WyIyMDI2LTExLTIzVDAwOjAwOjAwKzAwOjAwIiw5OTk5OTk5OTk5OTk5OTk5OTk5OTld",
    "WyIwMDAxLTAxLTAxVDAwOjAwOjAwKzE0OjAwIiwgMV0", "WyI5OTk5LTEyLTMxVDIzOjU5OjU5LTE0OjAwIiwgMV0",
]  # fmt: skip
HEADERS = [
    {"Referer": "http://["}, {"Referer": "//evil.example//x"}, {"Accept-Language": "\x7f;q=x, *, ko;q=9e99"},
    {"Accept": "a/b;q=nan"}, {"Cookie": 'dari="\\777\\0"; dari-device=.; dari-language=%00; dari-notice=x.y.z'},
    {"Range": "bytes=-1-2"}, {"If-None-Match": '"'}, {"If-Modified-Since": "yesterday"}, {"User-Agent": "\xff" * 5000},
    {"Idempotency-Key": "\xff' --"}, {"X-CSRF": "\xff"}, {"Content-Type": "multipart/form-data"},
    {"Content-Type": "multipart/form-data; boundary=\xff"}, {"Content-Type": "application/json"},
]  # fmt: skip
PATHS = [
    "/work/99999999999999999999", "/work/0", "/work/" + "1" * 5000, "/work/1/photos/%00", "/come-in/%00", "/static/%00",
    "/static/../app.py", "/static/..%2fapp.py", "/reset/" + "x" * 5000, "/%ff%fe", "/orders/import/%00",
]  # fmt: skip


@ON_POSTGRES
def test_cursors_headers_and_paths_break_nothing(cast: Cast, signed_in: SignedIn) -> None:
    broken, listing = [], {cast.haneul: "/journal", cast.minji: "/offers", cast.boram: "/inspections"}
    for who, path in listing.items():
        client = signed_in(who)
        token = {"csrf": client.csrf}  # type: ignore[attr-defined]
        answers = [
            *(client.get(path, query_string={"after": cursor}) for cursor in CURSORS),
            *(client.get(path, headers=headers) for headers in HEADERS),
            *(client.post("/language", data=token, headers=headers) for headers in HEADERS),
            *(client.open(odd, method=method, data=token) for odd in PATHS for method in ("GET", "POST")),
        ]
        broken += [
            (answer.request.url[:80], answer.request.headers)
            for answer in answers
            if answer.status_code >= 500
        ]
    assert broken == []
