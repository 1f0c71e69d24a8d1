"""The house holds: floors, rules, gates and words are read from the source itself (ARCHITECTURE.md)."""

import ast
import re
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FLOORS = {
    "base": 0,
    "security": 1,
    "stock": 2,
    "partners": 2,
    "tasks": 3,
    "qa": 4,
    "hooks": 5,
    "talk": 5,
    "bench": 5,
    "app": 6,
}
ROOMS = [room for room in FLOORS if room != "app"]

#: Pure rules: values in, value out. They import the standard library and each other, nothing else.
RULES = {
    "base.errors", "base.hours", "base.shares", "base.sheet", "base.sums", "base.workdays",
    "partners.agreements.penalty", "partners.agreements.terms", "partners.checks.checklist", "partners.checks.four_eyes", "partners.checks.signals", "partners.clearance", "partners.joining.answers", "partners.joining.business_number", "partners.joining.lists", "partners.lifecycle",
    "partners.pay.months", "partners.standing", "security.policy", "security.masks",
    "stock.cancelling", "stock.drafts", "stock.intake", "stock.ledger", "stock.lifecycle", "stock.moments",
    "stock.anomalies.replay", "stock.anomalies.rule", "stock.channels.rule", "stock.claim_file", "stock.claim_life", "stock.buying.chances", "stock.buying.reorder", "stock.buying.replay",
    "stock.buying.learning", "stock.buying.lifecycle", "stock.buying.standing",
    "stock.handovers.life", "stock.returns.life", "stock.sets.rule", "stock.demand.classes", "stock.demand.forecast", "stock.demand.notes",
    "stock.value.ageing", "stock.value.costing", "stock.value.folding",
    "qa.reviewers.spread", "qa.rituals.spans",
    "qa.causes.action_life", "qa.causes.control", "qa.causes.effect", "qa.causes.limits", "qa.causes.pareto", "qa.causes.prices", "qa.tallies.eyes", "qa.tallies.finds",
    "stock.normalise", "base.personal", "stock.profiles", "stock.reading", "stock.retail", "stock.tag_words",
    "tasks.automation.clauses", "tasks.checklist", "tasks.choosing", "tasks.comparing", "tasks.conditions", "tasks.criteria", "tasks.documents", "tasks.items",
    "tasks.media", "tasks.numbers", "tasks.lifecycle", "tasks.matching", "tasks.own", "tasks.scanning", "tasks.seeing", "tasks.sla", "tasks.suggestions.rule", "tasks.sop_files", "tasks.turns", "tasks.wanted", "tasks.work_lists",
    "hooks.addresses", "hooks.events", "qa.policies.crowd", "qa.policies.week", "qa.process.spans",
    "talk.leading", "talk.quiet", "talk.words",
    "qa.agreement.beta", "qa.agreement.coefficients", "qa.agreement.intervals", "qa.agreement.sureness", "qa.reviewers.rules",
    "qa.sampling.comparing", "qa.sampling.csp1", "qa.sampling.curves", "qa.sampling.draws", "qa.sampling.facts", "qa.sampling.iso2859", "qa.sampling.profiles",
    "qa.sampling.retelling", "qa.sampling.recent", "qa.sampling.switching", "qa.sampling.tracks", "qa.scoring", "qa.tallies.rules",
}  # fmt: skip
RULES |= {
    "qa.vendors.scorecard",
    "partners.checks.reminding",
    "partners.leaving.life",
    "partners.availability.week",
    "tasks.capacity.rule",
}
RULES |= {f"partners.training.{rule}" for rule in ("content", "marking", "pilot", "quiz")}
RULES |= {f"partners.pay.{rule}" for rule in ("banks", "settling", "wages", "withholding")}
#: In the folder of a kind of work these modules may touch the house (also split: `acts_export.py`); whatever
#: else stands there is a rule.
KINDS = ROOT / "tasks" / "kinds"
TOUCHING = {"kind", "models", "acts", "reads", "pages", "jobs", "invariants"}
RULES |= {
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for path in KINDS.glob("*/*.py")
    if path.stem != "__init__" and path.stem.split("_")[0] not in TOUCHING
}
RULES |= {"stock.demand.season", "stock.flow.telling", "stock.value.returns"}
#: Who may write what: (table or column written) -> modules. One gate per truth.
COMMITS = {"base.scope", "base.errands"}
CLOCKS = {"base.clock"}
LONGEST_FUNCTION, LONGEST_FILE, LONGEST_LIST = 60, 260, 320  # lists: of tables, and the front door's of rooms


def modules() -> list[Path]:
    files = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
    return [ROOT / "app.py", *(path for path in files if "migrations" not in path.parts)]


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            if node.module in FLOORS:
                yield from (f"{node.module}.{alias.name}" for alias in node.names)


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    yield from (node for node in ast.walk(tree_of(path)) if isinstance(node, ast.FunctionDef))


def every(rule: Callable[[Path], None]) -> Callable[[], None]:
    """One test for a rule that every module keeps; those that break it are named, each with what is wrong."""

    def test() -> None:
        broken = {}
        for path in modules():
            try:
                rule(path)
            except AssertionError as wrong:
                broken[name_of(path)] = str(wrong)
        assert broken == {}

    test.__doc__ = rule.__doc__
    return test


@every
def test_calls_go_down(path: Path) -> None:
    room = name_of(path).split(".")[0]
    wrong = [
        name
        for name in imports(path)
        if (other := name.split(".")[0]) in FLOORS and other != room and FLOORS[other] >= FLOORS[room]
    ]
    assert wrong == []


@pytest.mark.parametrize("rule", sorted(RULES))
def test_rules_are_pure(rule: str) -> None:
    path = ROOT / (rule.replace(".", "/") + ".py")
    impure = {"datetime.now", "time.time"} & {
        ast.unparse(node) for node in ast.walk(tree_of(path)) if isinstance(node, ast.Attribute)
    }
    outside = [
        name
        for name in imports(path)
        if not _is_standard(name) and name not in RULES and not _only_rules(path, name)
    ]
    assert (outside, impure) == ([], set())


def _is_standard(name: str) -> bool:
    import sys

    return name.split(".", maxsplit=1)[0] in sys.stdlib_module_names


def _only_rules(path: Path, room: str) -> bool:
    """Whether what is taken from a room, or from a kind's folder, are rules of it."""
    named = {
        f"{room}.{alias.name}"
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ImportFrom) and node.module == room
        for alias in node.names
    }
    return bool(named) and named <= RULES


@every
def test_only_the_ground_commits_and_reads_the_clock(path: Path) -> None:
    name = name_of(path)
    said = {ast.unparse(node.func) for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call)}
    commits = {call for call in said if re.search(r"(session|connection)\.commit$", call)}
    clocks = {
        call
        for call in said
        if re.fullmatch(r"(datetime\.)?datetime\.(now|utcnow|today)|date\.today|time\.time", call)
    }
    assert (commits == set() or name in COMMITS, clocks == set() or name in CLOCKS) == (True, True), (
        commits,
        clocks,
    )


@every
def test_nobody_assigns_a_state(path: Path) -> None:
    """A life cycle moves by a guarded UPDATE in its gate, never by setting an attribute."""
    assigned = [
        ast.unparse(target)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Attribute) and target.attr == "state"
    ]
    assert assigned == []


@every
def test_files_and_functions_stay_small(path: Path) -> None:
    long = [f.name for f in functions(path) if (f.end_lineno or 0) - f.body[0].lineno + 1 > LONGEST_FUNCTION]
    assert long == []
    assert len(path.read_text(encoding="utf-8").splitlines()) <= (
        LONGEST_LIST if path.stem in {"models", "app"} else LONGEST_FILE
    )


@every
def test_every_module_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(tree_of(path)) is not None


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_s_door_holds_only_its_sentence(room: str) -> None:
    assert len(tree_of(ROOT / room / "__init__.py").body) == 1


@every
def test_no_service_classes_and_no_drawers(path: Path) -> None:
    classes = [node.name for node in ast.walk(tree_of(path)) if isinstance(node, ast.ClassDef)]
    assert [name for name in classes if re.search(r"(Service|Manager|Helper|Repository)$", name)] == []
    assert path.stem not in {"utils", "helpers", "common", "misc", "exceptions"}


def words(language: str) -> dict[str, str]:
    found: dict[str, str] = {}

    def flat(table: dict[str, object], prefix: str) -> None:
        for key, value in table.items():
            if isinstance(value, dict):
                flat(value, f"{prefix}{key}.")
            else:
                found[prefix + key] = str(value)

    for path in sorted((ROOT / "base" / "locale" / language).glob("*.toml")):
        flat(tomllib.loads(path.read_text(encoding="utf-8")), "")
    for path in sorted(KINDS.glob(f"*/words.{language}.toml")):
        flat(tomllib.loads(path.read_text(encoding="utf-8")), f"kinds.{path.parent.name}.")
    return found


def pages() -> list[Path]:
    return sorted([*(ROOT / "templates").rglob("*.html"), *KINDS.rglob("*.html")])


def test_both_languages_hold_the_same_keys_and_facts() -> None:
    def keys(language: str) -> dict[str, set[str]]:
        facts: dict[str, set[str]] = {}
        for key, text in words(language).items():
            plain = re.sub(r"\.(one|other)$", "", key)
            facts.setdefault(plain, set()).update(re.findall(r"\{(\w+)", text))
        return facts

    korean, english = keys("ko"), keys("en")
    assert korean.keys() ^ english.keys() == set()
    assert {
        k: (korean[k], english[k]) for k in korean if korean[k] != english[k] and not k.startswith("time.")
    } == {}


def test_every_refusal_has_words() -> None:
    codes = {
        ast.literal_eval(item.value)
        for path in modules()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ClassDef)
        for item in node.body
        if isinstance(item, ast.Assign | ast.AnnAssign)
        and item.value is not None
        and "code"
        in {ast.unparse(t) for t in (item.targets if isinstance(item, ast.Assign) else [item.target])}
        and isinstance(item.value, ast.Constant)
        and isinstance(item.value.value, str)
        and "." in item.value.value
    }
    known = {re.sub(r"\.(one|other)$", "", key) for key in words("ko")}
    assert {code for code in codes if f"refused.{code}" not in known} == set()


def test_templates_say_only_words_that_exist() -> None:
    known = {re.sub(r"\.(one|other)$", "", key) for key in words("ko")}
    said = {
        (path.name, key)
        for path in pages()
        for key in re.findall(r"""\bt\(\s*["']([\w.]+)["']\s*[,)]""", path.read_text(encoding="utf-8"))
    }
    assert {pair for pair in said if pair[1] not in known} == set()


def test_templates_hold_no_script_or_style() -> None:
    found = [
        path.name
        for path in pages()
        if re.search(r"<style|<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=", path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_the_diagram_in_the_papers_is_the_table() -> None:
    from tasks.lifecycle import diagram

    assert diagram() in (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
