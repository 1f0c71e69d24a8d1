"""What SQLite knows of its tables, by which it chooses an index; PostgreSQL keeps this by itself.

Knowing nothing, it takes the index that begins with the shop for a good one, and reads all rows of the shop.
"""

from sqlalchemy import text

from base.scope import Scope

LOOKED_AT = 1000  # entries of each index: thousandths of a second, however large the shop


def refresh(scope: Scope) -> None:
    """Looks at the tables anew; connections opened from now on choose by it."""
    if scope.world.engines.dialect == "sqlite":
        scope.session.execute(text(f"PRAGMA analysis_limit={LOOKED_AT}"))
        scope.session.execute(text("ANALYZE"))
