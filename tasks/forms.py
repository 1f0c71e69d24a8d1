"""Answers as a form sends them, read by the type of their item."""

from collections.abc import Iterable
from typing import Any

from werkzeug.datastructures import MultiDict

from tasks.items import Item

Form = MultiDict[str, str]


def given(items: Iterable[Item], form: Form) -> dict[str, Any]:
    """The answers a form carries, by item; an item whose version is not in the form was not asked by it."""
    asked = [item for item in items if item.type != "photo" and f"version-{item.key}" in form]
    only = form.get("item")
    return {item.key: _value(item, form) for item in asked if not only or item.key == only}


def number(form: Form, name: str) -> int:
    """A small whole number the form was made with (a version, a fence); 0 where it says nothing sensible."""
    text = form.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _value(item: Item, form: Form) -> Any:
    name = f"answer-{item.key}"
    if item.type == "check":
        return form.get(name) == "1"
    if item.own is not None:
        return item.own.typed(item, form)
    if item.type == "scan":
        return _codes(form.getlist(name), form.getlist(f"times-{item.key}"))
    return form.get(name, "").strip() or None


def _codes(codes: list[str], times: list[str]) -> list[str]:
    """Each code once, or as `CODE*12` where twelve of them were counted."""
    counted = [*times, *["1"] * (len(codes) - len(times))]
    return [
        f"{code.strip()}*{count.strip()}" if count.strip() not in {"", "1"} else code.strip()
        for code, count in zip(codes, counted, strict=False)
        if code.strip()
    ]
