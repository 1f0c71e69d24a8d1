"""Calls of the API: what a view takes and answers is declared once, checked, and documented from that."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Annotated, Any, Generic, TypeVar

from flask import request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, ValidationError
from werkzeug.exceptions import UnsupportedMediaType
from werkzeug.wrappers import Response

from base.errors import Invalid
from base.scope import Scope

View = Callable[..., Response]
T = TypeVar("T")
S = TypeVar("S", bound=BaseModel)

JSON = "application/json"
FORM = "multipart/form-data"
CURSOR = 400  # characters
NO_NUL = r"^[^\x00]*$"  # no text of ours holds it, and PostgreSQL takes none
MOST_NAMED = 20  # errors of one request

RowId = Annotated[int, Field(ge=1, le=10**18 - 1)]
Units = Annotated[int, Field(ge=1, le=1_000_000)]


def text(longest: int, *, shortest: int = 0) -> Any:
    """The field of a text without NUL, of so many characters."""
    return Field(min_length=shortest, max_length=longest, pattern=NO_NUL)


def _storable(value: JsonValue) -> JsonValue:
    """The value, unless a database would not take it: NUL in a text, NaN and its like. Raises ValueError."""
    written = json.dumps(value, allow_nan=False)
    if r"\u0000" in written.replace(r"\\", ""):
        raise ValueError("NUL")
    return value


AnyJson = Annotated[JsonValue, AfterValidator(_storable)]  # what a program may send where its form is free


class BadRequest(Invalid):
    """The request does not fit its description. Facts: where, the first place; errors, all of them."""

    code = "base.bad_request"


class Sent(BaseModel):
    """What a program sends; a field that nobody knows is refused, not passed over."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Told(BaseModel):
    """What a program is told; read off any value with these attributes."""

    model_config = ConfigDict(extra="forbid", frozen=True, from_attributes=True)


class Listed(Told, Generic[T]):
    """A page of rows; `next` is the cursor of the following page, empty at the end."""

    rows: list[T]
    next: str = ""


class Nothing(Sent):
    """A request without a query."""


class After(Sent):
    """Which page: the `next` of the page before, and how many rows."""

    after: Annotated[str, text(CURSOR)] = ""
    size: Annotated[int, Field(ge=1, le=200)] = 50


@dataclass(frozen=True, slots=True)
class Operation:
    """What a call takes and answers, for the door that checks it and for the document."""

    answers: type[BaseModel] | None
    query: type[BaseModel]
    body: type[BaseModel] | None
    status: int
    media: str
    file: str


def call(
    answers: type[BaseModel] | None = None,
    *,
    query: type[BaseModel] = Nothing,
    body: type[BaseModel] | None = None,
    status: int = 200,
    media: str = JSON,
    file: str = "",
) -> Callable[[Callable[..., Any]], View]:
    """Declares a view of the API: it gets `query` and `body` checked, its value is told as `answers`.

    `file` names the part of an upload; `media` is what is answered where that is not JSON. Without `answers`
    nothing is told (204), or the view answers itself. Raises BadRequest, UnsupportedMediaType.
    """
    answered = status if answers or media != JSON else 204

    def declare(view: Callable[..., Any]) -> View:
        @wraps(view)
        def act(scope: Scope, **facts: Any) -> Response:
            if query is not Nothing or request.args:
                asked = _query(query)
                facts |= {"query": asked} if query is not Nothing else {}
            if body is not None:
                facts["body"] = _body(body)
            return _told(view(scope, **facts), answers, answered)

        act.operation = Operation(answers, query, body, answered, media, file)  # type: ignore[attr-defined]
        return act

    return declare


def _query(model: type[S]) -> S:
    """The query, each name once."""
    if any(len(values) > 1 for _, values in request.args.lists()):
        raise BadRequest(where="?", errors=[{"at": "?", "problem": "repeated"}])
    return _checked(lambda: model.model_validate(request.args.to_dict()), "?")


def _body(model: type[S]) -> S:
    if request.mimetype != JSON:
        raise UnsupportedMediaType
    return _checked(lambda: model.model_validate_json(request.get_data(), strict=True), "/")


def _checked(read: Callable[[], S], root: str) -> S:
    """What was sent; what is wrong with it is named by place and code, its values are not said again."""
    try:
        return read()
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        errors = [{"at": _place(one["loc"], root), "problem": one["type"]} for one in found[:MOST_NAMED]]
        raise BadRequest(where=f"{errors[0]['at']} ({errors[0]['problem']})", errors=errors) from None


def _place(loc: tuple[int | str, ...], root: str) -> str:
    """Where, as a JSON pointer, or as the name in the query."""
    return root + "/".join(re.sub(r"[^\w.-]", "·", str(part))[:60] for part in loc)


def _told(found: Any, answers: type[BaseModel] | None, status: int) -> Response:
    if isinstance(found, Response):
        return found
    if answers is None:
        return Response(status=status)
    model = found if isinstance(found, answers) else answers.model_validate(found)
    response = Response(model.model_dump_json(), status=status, mimetype=JSON)
    if request.method in {"GET", "HEAD"}:
        _tag(response)
    return response


def _tag(response: Response) -> None:
    """Who has this answer already is told only that it has not changed."""
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Authorization, Cookie, Accept-Language"
    response.add_etag()
    response.make_conditional(request.environ)


def pretty(document: dict[str, Any]) -> str:
    """A document as people read it."""
    return json.dumps(document, ensure_ascii=False, indent=2, sort_keys=False) + "\n"
