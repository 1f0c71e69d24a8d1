"""Whose turn it is: people wait for their next moment, the earliest is called first (pure)."""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

#: What somebody does all day: acts, then says how long the next thing takes.
Part = Iterator[timedelta]


@dataclass(slots=True)
class Agenda:
    """The moments to come. `opens` moves a moment into the hours in which people work."""

    opens: Callable[[datetime], datetime]
    _waiting: list[tuple[datetime, int, Part]] = field(default_factory=list)
    _put: int = 0

    def put(self, part: Part, at: datetime) -> None:
        """Calls the part at this moment, or when the shop next opens; of two at once the one put first."""
        heapq.heappush(self._waiting, (self.opens(at), self._put, part))
        self._put += 1

    def turns(self, until: datetime) -> Iterator[tuple[datetime, Part]]:
        """The turns before an instant, in the order of time; what comes later is left waiting."""
        while self._waiting and self._waiting[0][0] < until:
            at, _, part = heapq.heappop(self._waiting)
            yield at, part
