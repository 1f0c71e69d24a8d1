"""Mail: what a person has not read by the time it is due goes out as one, and says nothing but where to look.

No word of a message, no name and no order is in it: a mail lies in the open at every stop of its way.
"""

from collections.abc import Sequence

from sqlalchemy import or_, select, update

from base import mail
from base.background import External, Job
from base.i18n import t
from base.mail import Letter
from base.rows import mine
from base.scope import Scope, World
from security import shops
from security.models import Account, Membership
from talk import leading, quiet
from talk.models import Notice
from talk.notices import JOB, UNSEEN

MOST = 50  # lines of one mail


def prepare(scope: Scope, first: int, account_id: int, role: str) -> Letter | None:
    """The mail that begins with a notice; nothing where all of it was read meanwhile, or its reader left.

    What goes with it is noted on the notices, so that it goes with no other; a second try says the same.
    """
    reader = _reader(scope, account_id, role)
    stmt = mine(scope, Notice).where(
        Notice.account_id == account_id,
        Notice.role == role,
        Notice.read_at.is_(None),
        or_(Notice.digest == first, Notice.digest.is_(None) & (Notice.mail_at <= scope.now)),
    )
    found = list(scope.session.scalars(stmt.order_by(Notice.at, Notice.id).limit(MOST)))
    if reader is None or not found:
        return None
    here = (Notice.shop_id == scope.shop_id, Notice.id.in_([notice.id for notice in found]))
    scope.session.execute(update(Notice).where(*here).values(digest=first), execution_options=UNSEEN)
    return _letter(scope, reader, found, f"dari-{scope.shop_id}-{first}")


def send(world: World, _key: str, letter: Letter) -> None:
    """Hands it over. Raises NotMailed: then it is tried again, and in the end waits for a person."""
    mail.hand_over(world.settings.mail_url, world.settings.mail_from, letter)


JOBS: dict[str, Job] = {JOB: External(prepare=prepare, send=send, seconds=mail.SECONDS)}


def _reader(scope: Scope, account_id: int, role: str) -> Account | None:
    """Whose mail it is, while they may come in by this role."""
    asked = (
        select(Account)
        .join(Membership, Membership.account_id == Account.id)
        .where(
            Membership.shop_id == scope.shop_id,
            Membership.account_id == account_id,
            Membership.role == role,
            Membership.ended_at.is_(None),
            Account.disabled_at.is_(None),
        )
    )
    return scope.session.scalar(asked)


def _letter(scope: Scope, reader: Account, found: Sequence[Notice], ident: str) -> Letter:
    locale, origin = reader.locale, scope.world.settings.origin
    shop = shops.shop(scope).name
    lines = [line(locale, notice, origin) for notice in found]
    urgent = any(notice.kind in quiet.URGENT for notice in found)
    what = said(locale, found[0]) if len(found) == 1 else t(locale, "talk.mail.many", n=len(found))
    subject = t(locale, "talk.mail.urgent" if urgent else "talk.mail.subject", shop=shop, what=what)
    return Letter(
        to=reader.login,
        subject=subject,
        text="\n".join(
            [
                t(locale, "talk.mail.head", shop=shop),
                "",
                *lines,
                "",
                t(locale, "talk.mail.foot", url=f"{origin}{leading.CHOICES}"),
                "",
            ]
        ),
        ident=ident,
        at=scope.now,
        leave=f"{origin}{leading.CHOICES}",
    )


def said(locale: str, notice: Notice) -> str:
    """A notice in words: of which kind and about which task, by number."""
    if notice.team_id is not None:
        return t(locale, f"talk.told_team.{notice.kind}", n=notice.count)
    return t(locale, f"talk.told.{notice.kind}", n=notice.count, task=notice.task_id or 0)


def line(locale: str, notice: Notice, origin: str) -> str:
    """A notice as a line of a mail, with where it leads."""
    return f"- {said(locale, notice)}\n  {origin}{leads(notice)}"


def leads(notice: Notice) -> str:
    """Where a notice leads, as a path of the house."""
    about = {"task_id": notice.task_id, "announcement_id": notice.announcement_id, "team_id": notice.team_id}
    return leading.path(notice.kind, **about, role=notice.role)
