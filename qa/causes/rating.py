"""What the owner says looking and mending cost."""

from sqlalchemy.dialects import postgresql, sqlite

from base.errors import Invalid
from base.scope import Scope
from qa.causes.models import QualityRate
from security import audit

MOST = 1_000_000


class BadRate(Invalid):
    """A rate is a whole number of won within its limits. Facts: field, low, high."""

    code = "causes.bad_rate"


def save(scope: Scope, *, hour: int, piece: int) -> None:
    """Keeps what an hour of looking and one piece that goes back cost, in won. Raises BadRate."""
    for field, value in (("hour", hour), ("piece", piece)):
        if not 0 <= value <= MOST:
            raise BadRate(field=field, low=0, high=MOST)
    dialect = postgresql if scope.world.engines.dialect == "postgresql" else sqlite
    values = {"hour": hour, "piece": piece, "set_by": scope.actor.id, "set_at": scope.now}
    stmt = dialect.insert(QualityRate).values({"shop_id": scope.shop_id} | values)
    scope.session.execute(stmt.on_conflict_do_update(index_elements=["shop_id"], set_=values))
    audit.note(scope, "quality.rated", hour=hour, piece=piece)
