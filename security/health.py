"""How the house is: asked by whatever watches over it, with nothing to sign in by."""

from flask.typing import ResponseReturnValue
from sqlalchemy import select

from base.scope import Scope, World
from security.doors import needs, outside
from security.models import Shop


@outside("anyone")
def livez(_world: World) -> ResponseReturnValue:
    """Says that the process answers, whatever else does not."""
    return {"alive": True}


@needs("anyone")
def readyz(scope: Scope) -> ResponseReturnValue:
    """Says whether the database and the keys answer."""
    scope.session.scalar(select(Shop.id).limit(1))
    return {"ready": True, "keys": not scope.world.keys.trouble}
