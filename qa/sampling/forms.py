"""The chooser's form: each way of inspecting has numbers of its own, named by the way."""

from collections.abc import Mapping

from base.errors import Refused
from qa.sampling.draws import BATCH, FRACTION, METHODS, RECENT, STREAM, Plan
from qa.sampling.offers import start
from qa.sampling.plans import LIMITS, BadPlan, Chosen

#: What a way asks, in the order of the form; `aql` is chosen from a list.
ASKED: Mapping[str, tuple[str, ...]] = {
    RECENT: ("percent",),
    STREAM: ("clean_n", "percent"),
    BATCH: ("size", "aql", "hours"),
    FRACTION: ("percent",),
}
LONGEST = 15  # digits


def typed(form: Mapping[str, str], way: str, in_force: Plan) -> Chosen:
    """What somebody typed for a way; what they left out is as it was. Raises BadPlan naming the field."""
    first = start(in_force, way)
    said = {name: form.get(f"{way}_{name}", "").strip() for name in ASKED.get(way, ())}
    values: dict[str, int | str] = {
        name: text if name == "aql" else _whole(f"{way}_{name}", name, text)
        for name, text in said.items()
        if text
    }
    worth = form.get("over_won", "").strip()
    values["over_won"] = _whole("over_won", "over_won", worth) if worth else 0
    return Chosen(**{**_columns(first), **values})  # type: ignore[arg-type]


def every_typed(form: Mapping[str, str], in_force: Plan) -> dict[str, Chosen]:
    """What was typed, way by way. Raises BadPlan naming the first field that cannot be."""
    found = {way: typed(form, way, in_force) for way in METHODS}
    for way, chosen in found.items():
        for name in ASKED.get(way, ()):
            low, high = LIMITS.get(name, (0, 0))
            if name != "aql" and not low <= getattr(chosen, name) <= high:
                raise BadPlan(field=f"{way}_{name}", low=low, high=high)
    return found


def field_of(error: Refused, way: str) -> str:
    """The field of the form that a refusal is about."""
    field = str(error.facts.get("field", ""))
    return f"{way}_{field}" if field in ASKED.get(way, ()) else field


def _whole(field: str, name: str, text: str) -> int:
    plain = text.replace(",", "").strip()
    if not plain.isascii() or not plain.isdigit() or len(plain) > LONGEST:
        low, high = LIMITS[name]
        raise BadPlan(field=field, low=low, high=high)
    return int(plain)


def _columns(chosen: Chosen) -> dict[str, int | str]:
    names = ("method", "percent", "clean_n", "aql", "size", "hours", "over_won")
    return {name: getattr(chosen, name) for name in names}
