"""Passwords: Argon2id, bounded so that a flood of sign-ins cannot take the machine down."""

import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import pairwise

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from base.errors import Invalid, Refused

MEMORY_KIB, PASSES, LANES = 47104, 1, 1  # OWASP ASVS 5.0, appendix C
SHORTEST, LONGEST = 8, 256
QUEUE = 32  # people waiting for a hash before the next is told to come back

COMMON = frozenset(
    """
    password passw0rd qwerty qwertyuiop asdf asdfgh zxcv zxcvbn abc abcd admin administrator welcome letmein
    iloveyou monkey dragon master login sunshine princess football baseball shadow superman batman trustno
    hello freedom whatever secret test guest root user default changeme dari partner reviewer owner shop
    korea seoul samsung naver kakao coupang smartstore cafe love money happy computer internet service
    비밀번호 사랑해 대한민국 다리 사장님 파트너 안녕 qlalfqjsgh tkfkdgo dkssud
    """.split()  # noqa: SIM905 (a list of words reads better as words)
)


class WeakPassword(Invalid):
    """Too short, too long, too common, or the person's own name; `why` says which."""

    code = "security.weak_password"


class Busy(Refused):
    """Too many sign-ins at this moment."""

    code = "security.busy"
    status = 503


def accept(password: str, *, about: tuple[str, ...] = ()) -> None:
    """Raises WeakPassword for one that is easily guessed; no rule about kinds of characters (ASVS 6.2)."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise WeakPassword(field="password", why="length", low=SHORTEST, high=LONGEST)
    folded = password.casefold()
    stem = re.sub(r"[\W\d_]+$", "", re.sub(r"^[\W\d_]+", "", folded))
    own = {part for text in about for part in re.split(r"[\s@.\-_]+", text.casefold()) if len(part) > 2}
    if stem in COMMON or stem in own or len(set(folded)) < 4 or _is_run(folded):
        raise WeakPassword(field="password", why="common", low=SHORTEST, high=LONGEST)


def _is_run(text: str) -> bool:
    """12345678 and its like: every character one more, or one less, than the one before."""
    steps = {ord(b) - ord(a) for a, b in pairwise(text)}
    return steps <= {1, -9} or steps <= {-1, 9}


def hashed(password: str) -> str:
    """The PHC text `$argon2id$v=19$m=47104,...`. Raises Busy."""
    with _turn():
        return _kdf().derive_phc_encoded(_bytes(password))


def matches(password: str, phc: str) -> bool:
    """Whether the password is the one; an account without one costs the same time. Raises Busy."""
    with _turn():
        try:
            Argon2id.verify_phc_encoded(_bytes(password), phc or _nobodys())
        except InvalidKey:
            return False
    return bool(phc)


def outdated(phc: str) -> bool:
    """Whether a stored hash was made with weaker numbers than today's."""
    return f"$m={MEMORY_KIB},t={PASSES},p={LANES}$" not in phc


def _bytes(password: str) -> bytes:
    return password.encode()  # the exact characters typed: nothing is normalised, so nothing is guessed


def _kdf() -> Argon2id:
    return Argon2id(salt=os.urandom(16), length=32, iterations=PASSES, lanes=LANES, memory_cost=MEMORY_KIB)


@cache
def _nobodys() -> str:
    return _kdf().derive_phc_encoded(os.urandom(16))


_cores = threading.BoundedSemaphore(max(1, os.cpu_count() or 1))
_waiting = threading.BoundedSemaphore(QUEUE)


@contextmanager
def _turn() -> Iterator[None]:
    """One hash per core at a time (46 MiB each); beyond the queue a person is told to come back."""
    if not _waiting.acquire(blocking=False):
        raise Busy(after_s=5)
    try:
        with _cores:
            yield
    finally:
        _waiting.release()
