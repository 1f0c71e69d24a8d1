"""The bell in the frame of every page: how many notices wait, and which announcements are to be read."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import bindparam, select

from base import prepared
from base.db import Big
from base.i18n import SEOUL
from base.prepared import SHOP
from base.scope import Scope
from security.policy import ROLES
from talk import choices, quiet, threads
from talk.models import Announcement, Notice
from talk.notices import MOST_COUNTED

MOST_PINNED = 3


@dataclass(frozen=True, slots=True)
class Bell:
    """How many notices are unread, to MOST_COUNTED; whether the phone may be felt; what is pinned."""

    count: int
    buzzes: bool
    pinned: tuple[tuple[str, str], ...]  # address and title

    @property
    def number(self) -> str:
        """The count as it stands on the bell."""
        return f"{MOST_COUNTED - 1}+" if self.count >= MOST_COUNTED else str(self.count)


def around(scope: Scope) -> dict[str, Any]:
    """What the frame shows of this, around every page of somebody with a role."""
    if scope.actor.role not in ROLES:
        return {}
    return {"bell": ring(scope), "said_to_me": partial(threads.unread, scope)}


def ring(scope: Scope) -> Bell:
    """The actor's bell: one statement, and none more while nothing is unread."""
    told = {"who": scope.actor.id, "role": scope.actor.role}
    rows = prepared.run(scope, _UNREAD, told).all()
    titles = [(f"/announcements/{row.announcement_id}", row.title) for row in rows if row.title]
    return Bell(
        len(rows), bool(rows) and _buzzes(scope, [row.kind for row in rows]), tuple(titles[:MOST_PINNED])
    )


def _buzzes(scope: Scope, kinds: list[str]) -> bool:
    me = choices.me(scope)
    choice = choices.of(scope, [me])[me]
    urgent = any(kind in quiet.URGENT for kind in kinds)
    return quiet.buzzes(scope.now, choice, urgent=urgent, zone=SEOUL)


_UNREAD = (
    select(Notice.kind, Notice.announcement_id, Announcement.title)
    .outerjoin(
        Announcement, (Announcement.id == Notice.announcement_id) & (Announcement.shop_id == Notice.shop_id)
    )
    .where(
        Notice.shop_id == SHOP,
        Notice.account_id == bindparam("who", type_=Big),
        Notice.role == bindparam("role"),
        Notice.read_at.is_(None),
    )
    .order_by(Notice.id.desc())
    .limit(MOST_COUNTED)
)
