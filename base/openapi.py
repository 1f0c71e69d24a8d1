"""The API's description, OpenAPI 3.1, read off the code itself: doors, models and docstrings."""

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from werkzeug.routing import Rule

from base.calls import FORM, JSON, Nothing, Operation, Told

PREFIX = "/api/v1"
REF = "#/components/schemas/{model}"
FREE = "anyone"
READS = frozenset({"GET"})
#: What any call may be answered besides its own answer.
ALWAYS = (401, 403, 404, 409, 422, 429, 500, 503)
WRITING = (400, 413)


class Problem(Told):
    """Why not (RFC 9457): `code` for programs, `detail` in words for people, `facts` with the particulars."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Described:
    """One call of the API: where, what it needs, what it takes and answers, in one sentence."""

    id: str
    method: str
    path: str
    need: str
    says: str
    operation: Operation
    ids: tuple[tuple[str, bool], ...]  # name in the path, and whether it is a number

    @property
    def room(self) -> str:
        return self.id.partition(".")[0]


def calls(app: Flask) -> list[Described]:
    """Every call of the API, by path and method."""
    found = [one for rule in app.url_map.iter_rules() for one in _of_rule(app, rule)]
    return sorted(found, key=lambda one: (one.path, one.method))


def document(app: Flask, *, origin: str) -> dict[str, Any]:
    """The whole description."""
    described = calls(app)
    schemas = _schemas(described)
    paths: dict[str, dict[str, Any]] = {}
    for one in described:
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Dari",
            "version": "1",
            "summary": "Orders, stock, tasks, inspections and the board of a shop.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": origin}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": schemas,
            "responses": {"Problem": _problem()},
        },
    }


def _of_rule(app: Flask, rule: Rule) -> Iterator[Described]:
    view = app.view_functions[rule.endpoint]
    operation: Operation | None = getattr(view, "operation", None)
    if operation is None:
        return
    for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
        yield Described(
            id=rule.endpoint.replace("_api.", "."),
            method=method,
            path=re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule),
            need=getattr(view, "needs", FREE),
            says=_first_sentence(view),
            operation=operation,
            ids=tuple((name, f"<int:{name}>" in rule.rule) for name in re.findall(r"(\w+)>", rule.rule)),
        )


def _first_sentence(view: Any) -> str:
    return re.split(r"(?<=\.)\s", inspect.cleandoc(view.__doc__ or ""), maxsplit=1)[0].replace("\n", " ")


def _schemas(described: list[Described]) -> dict[str, Any]:
    told = {one.operation.answers for one in described} | {Problem}
    sent = {one.operation.body for one in described}
    wanted: list[tuple[type[BaseModel], Any]] = [
        *((model, "serialization") for model in _named(told)),
        *((model, "validation") for model in _named(sent)),
    ]
    _, found = models_json_schema(wanted, ref_template=REF)
    schemas: dict[str, Any] = found["$defs"]
    return {name: _plain(schemas[name]) for name in sorted(schemas)}


def _named(models: set[type[BaseModel] | None]) -> list[type[BaseModel]]:
    return sorted((model for model in models if model is not None), key=lambda model: model.__name__)


def _plain(schema: Any) -> Any:
    """Without the titles that only repeat the names."""
    if isinstance(schema, list):
        return [_plain(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: {key: _plain(part) for key, part in value.items()} if name == "properties" else _plain(value)
        for name, value in schema.items()
        if name != "title" or not isinstance(value, str)
    }


def _operation(one: Described) -> dict[str, Any]:
    taken = one.operation
    said: dict[str, Any] = {
        "operationId": one.id,
        "tags": [one.room],
        "summary": one.says,
        "security": [{"token": [] if one.need == FREE else [one.need]}],
        "parameters": [*_path(one), *_query(taken.query), *_repeatable(one)],
    }
    if taken.body is not None:
        said["requestBody"] = {"required": True, "content": {JSON: {"schema": _ref(taken.body)}}}
    elif taken.file:
        part = {"type": "string", "contentMediaType": "image/jpeg"}
        form = {"type": "object", "properties": {taken.file: part}, "required": [taken.file]}
        said["requestBody"] = {"required": True, "content": {FORM: {"schema": form}}}
    said["responses"] = {str(taken.status): _answer(taken), **_refusals(one)}
    return said


def _path(one: Described) -> Iterator[dict[str, Any]]:
    for name, is_id in one.ids:
        schema = {"type": "integer", "minimum": 1} if is_id else {"type": "string", "pattern": "^[^/]+$"}
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _query(model: type[BaseModel]) -> Iterator[dict[str, Any]]:
    if model is Nothing:
        return
    schema = _plain(model.model_json_schema())
    for name, field in schema.get("properties", {}).items():
        required = name in schema.get("required", [])
        yield {"name": name, "in": "query", "required": required, "schema": field}


def _repeatable(one: Described) -> Iterator[dict[str, Any]]:
    if one.method not in READS:
        schema = {"type": "string", "pattern": "^[A-Za-z0-9_-]{8,64}$"}
        yield {"name": "Idempotency-Key", "in": "header", "required": False, "schema": schema}


def _answer(taken: Operation) -> dict[str, Any]:
    if taken.media != JSON:
        return {"description": "Done", "content": {taken.media: {"schema": {"type": "string"}}}}
    if taken.answers is None:
        return {"description": "Done"}
    return {"description": "Done", "content": {JSON: {"schema": _ref(taken.answers)}}}


def _refusals(one: Described) -> dict[str, Any]:
    writes = one.method not in READS
    body = (415,) if one.operation.body or one.operation.file else ()
    statuses = {*ALWAYS, *(WRITING if writes else ()), *body}
    return {str(status): {"$ref": "#/components/responses/Problem"} for status in sorted(statuses)}


def _problem() -> dict[str, Any]:
    schema = {"$ref": REF.format(model="Problem")}
    return {
        "description": "Why not; nothing has changed",
        "content": {"application/problem+json": {"schema": schema}},
    }


def _ref(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": REF.format(model=model.__name__)}


def shape(schema: dict[str, Any]) -> str:
    """A field's shape in a few signs, for people: `text ≤60`, `[Line]`, `ready | short`."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "enum" in schema or "const" in schema:
        return " | ".join(str(value) for value in schema.get("enum", [schema.get("const")]))
    if "anyOf" in schema:
        return " | ".join(shape(part) for part in schema["anyOf"])
    kind = str(schema.get("format") or schema.get("type", "any"))
    if kind == "array":
        return f"[{shape(schema.get('items', {}))}]"
    least, most = (schema.get(name) for name in ("minimum", "maximum"))
    longest = f" ≤{schema['maxLength']}" if "maxLength" in schema else ""
    bounds = f" {least}…{most}" if least is not None and most is not None else ""
    return f"{kind}{longest}{bounds}"
