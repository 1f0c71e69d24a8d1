"""What the clients did and what they were told, act by act."""

import json
import threading
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

OK, FAIL, UNKNOWN = "ok", "fail", "unknown"


@dataclass(frozen=True, slots=True)
class Act:
    """One thing a client wanted: `ok` was acknowledged, `fail` refused in words, `unknown` never answered."""

    who: int  # the account
    kind: str
    outcome: str
    facts: dict[str, Any]


@dataclass
class History:
    """All acts of all clients, and what no client may ever see."""

    acts: list[Act] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)  # answers that say the program itself failed
    twice: list[str] = field(default_factory=list)  # the same form answered in two ways
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, who: int, kind: str, outcome: str, **facts: Any) -> None:
        with self.lock:
            self.acts.append(Act(who, kind, outcome, facts))

    def of(self, kind: str, outcome: str = OK) -> list[Act]:
        return [act for act in self.acts if act.kind == kind and act.outcome == outcome]

    def counted(self) -> dict[str, dict[str, int]]:
        """How many acts of each kind ended how."""
        seen = Counter((act.kind, act.outcome) for act in self.acts)
        kinds = sorted({kind for kind, _ in seen})
        return {kind: {how: seen[kind, how] for how in (OK, FAIL, UNKNOWN)} for kind in kinds}

    def write(self, file: Path) -> None:
        file.write_text("\n".join(json.dumps(asdict(act)) for act in self.acts), encoding="utf-8")
