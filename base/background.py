"""The shapes of background work: a job, a job that leaves the machine, a periodic job, and the bell."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class External:
    """A job whose effect leaves the machine, where no transaction can take it back.

    `prepare(scope, **arguments)` reads what to send (None: nothing any more). `send(world, key, parcel)`
    sends it outside any transaction, at most `seconds` long; `key` stays the same on every try, so that
    the receiver can recognise a repeat.
    """

    prepare: Callable[..., object]
    send: Callable[..., object]
    seconds: int = 10


#: A plain job is `function(scope, **arguments)`: short, and its effect stands or falls with the errand.
Job = Callable[..., object] | External


@dataclass(frozen=True, slots=True)
class Periodic:
    """Work of every shop at each turn, a multiple of `every` (UTC) moved by `offset`.

    Turns missed while nothing ran become one, `function(scope)`, when they coalesce; otherwise each is
    made up for, oldest first, as `function(scope, turn=seconds since 1970)`. Where `wanted(session, shop_id)`
    is given, only shops that want it have a turn, and a house in which none does writes nothing.
    """

    every: timedelta
    function: Callable[..., object]
    coalesce: bool = True
    offset: timedelta = timedelta(0)
    wanted: Callable[[Session, int], bool] | None = None


class Bell(Protocol):
    """Whatever can tell the workers that errands wait; it may fail or forget, the outbox does not."""

    def ring(self, errands: Sequence[int], /) -> None: ...


class Silence:
    """The bell where nobody listens: errands wait for the next look into the outbox."""

    def ring(self, errands: Sequence[int], /) -> None:
        """Rings nothing."""
