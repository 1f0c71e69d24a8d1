"""The chain of the journal: each line's code covers the line before, so none can be changed unseen (pure).

A line written while the keys were away carries an unkeyed hash, marked by a leading zero byte. It holds the
chain together, but anybody could have written it: it counts once somebody has vouched for it under the key.
The journal's head keeps a keyed code over the last line's, so the tail cannot be cut and the head set back.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

START = bytes(32)
LOOSE = b"\x00"
ACCEPTED = "journal.accepted"  # facts: through, the last line vouched for


@dataclass(frozen=True, slots=True)
class Line:
    """A journal line as it is chained; `facts` is canonical JSON."""

    shop_id: int
    seq: int
    at: datetime
    actor_id: int
    role: str
    act: str
    subject: str
    subject_id: int
    ip: str
    facts: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a walk along a chain found: `first_bad` is the first line that is not as it was written."""

    lines: int
    first_bad: int | None = None
    why: str = ""  # altered, missing, cut, head, beyond, unsealed

    @property
    def held(self) -> bool:
        return self.first_bad is None


@dataclass(slots=True)
class _Walk:
    """Where a walk stands: the code that the next line must follow, and lines nobody has vouched for."""

    link: bytes = START
    seq: int = 0
    loose: list[int] = field(default_factory=list)


def canonical(value: object) -> str:
    """The one way to write a value as JSON."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def chained(key: bytes | None, link: bytes, line: Line) -> bytes:
    """The code of a line that follows `link`: keyed, or marked loose where there is no key."""
    told = link + b"|" + _body(line)
    if key is None:
        return LOOSE + hashlib.sha256(told).digest()
    return hmac.digest(key, b"line|" + told, "sha256")


def onward(key: bytes | None, line: Line, mac: bytes) -> bytes:
    """What the next line must follow, and what the head keeps."""
    if is_loose(mac) or key is None:
        return mac
    return hmac.digest(key, b"head|%d|" % line.seq + mac, "sha256")


def is_loose(mac: bytes) -> bool:
    """Whether a line was written without the key."""
    return len(mac) == len(START) + 1 and mac.startswith(LOOSE)


def walk(key: bytes, lines: Iterable[tuple[Line, bytes]], *, head_seq: int, head_mac: bytes) -> Verdict:
    """Follows the chain to its head and names the first line that is not as it was written."""
    at = _Walk()
    for line, mac in lines:
        why = _wrong(key, at, line, mac)
        if why:
            return Verdict(at.seq, _first_bad(at), why)
        _step(key, at, line, mac)
    if at.seq != head_seq:
        return Verdict(at.seq, at.seq + 1, "cut")
    if not hmac.compare_digest(at.link, head_mac):
        return Verdict(at.seq, at.seq, "head")
    return Verdict(at.seq, at.loose[0], "unsealed") if at.loose else Verdict(at.seq)


def _wrong(key: bytes, at: _Walk, line: Line, mac: bytes) -> str:
    if line.seq != at.seq + 1:
        return "missing"
    expected = chained(None if is_loose(mac) else key, at.link, line)
    return "" if hmac.compare_digest(expected, mac) else "altered"


def _first_bad(at: _Walk) -> int:
    """The line that does not fit, or the first of the unkeyed lines just before it, as any may be forged."""
    first = at.seq + 1
    for seq in reversed(at.loose):
        if seq == first - 1:
            first = seq
    return first


def _step(key: bytes, at: _Walk, line: Line, mac: bytes) -> None:
    at.link, at.seq = onward(key, line, mac), line.seq
    if is_loose(mac):
        at.loose.append(line.seq)
    elif line.act == ACCEPTED:
        through = int(json.loads(line.facts)["through"])
        at.loose = [seq for seq in at.loose if seq > through]


def _body(line: Line) -> bytes:
    at = line.at.astimezone(UTC).isoformat(timespec="microseconds")
    who = [line.actor_id, line.role, line.ip]
    what = [line.act, line.subject, line.subject_id, line.facts]
    return canonical([line.shop_id, line.seq, at, *who, *what]).encode()
