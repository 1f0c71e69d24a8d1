"""The gate of an application's state, and of the seal over what it says."""

from sqlalchemy import update

from base.errors import Refused
from base.rows import changed
from base.scope import Scope
from partners.joining import answers
from partners.joining.answers import Answers
from partners.joining.models import Application
from partners.lifecycle import LEFT, after
from security import audit, vault
from security.alarms import alarm
from security.vault import Spot, Unreadable

NOTED = {"look": "looked_at", "refuse": "refused", "withdraw": "withdrawn"}
GONE = b""  # what stands in the place of a seal that was taken away


class NotFromHere(Refused):
    """The application cannot take this step from where it stands. Facts: step, state."""

    code = "joining.not_from_here"


def move(scope: Scope, application: Application, step: str, **changes: object) -> None:
    """Moves an application one step of the table, if it still stands as it was seen. Raises NotFromHere."""
    to = after(application.state, step)
    values = {"state": to, **changes} | ({"ended_at": scope.now} if to == LEFT else {})
    if to is None or application.partner_id is not None or not write(scope, application, **values):
        raise NotFromHere(step=step, state=application.state)
    audit.note(scope, f"application.{NOTED[step]}", subject="application", subject_id=application.id)


def write(scope: Scope, application: Application, **values: object) -> bool:
    """Changes an application that still stands as it was seen."""
    seen = (
        Application.shop_id == scope.shop_id,
        Application.id == application.id,
        Application.state == application.state,
        Application.partner_id.is_(None),
    )
    return changed(scope, update(Application).where(*seen).values(**values)) == 1


def sealed(scope: Scope, uid: str, said: Answers) -> bytes:
    """What an application says, sealed under a key of its own."""
    vault.new_key(scope, spot(uid).record)
    return vault.seal(scope, at=spot(uid), text=answers.told(said))


def said(scope: Scope, application: Application) -> Answers | None:
    """What an application says; none once it was destroyed, or where the seal does not open (an alarm)."""
    if application.said == GONE:
        return None
    try:
        return answers.heard(vault.open_(scope, at=spot(application.uid), sealed=application.said))
    except Unreadable as error:
        alarm("seal.unreadable", shop=scope.shop_id, table="applications", why=str(error.facts["why"]))
        return None


def spot(uid: str) -> Spot:
    return Spot("applications", "said", f"application-{uid}")
