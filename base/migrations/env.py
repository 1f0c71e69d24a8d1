"""Alembic's entry: migrates with the connection that `base.migrate` hands over."""

import sqlalchemy as sa
from alembic import context

from base.db import Base, Utc


def render_item(kind, item, _context):
    """A custom type is written as the plain one it stands on, so that a migration needs no room of ours."""
    if kind != "type":
        return False
    plain = {Utc: "sa.DateTime(timezone=True)", sa.BigInteger: "BIG", sa.JSON: "JSON"}
    return plain.get(type(item), False)


def same_type(_context, _inspected, _metadata, inspected_type, metadata_type):
    """SQLite keeps no zones and no sizes: what it shows as another type is the same."""
    if isinstance(metadata_type, Utc):
        return not isinstance(inspected_type, sa.DateTime)
    return None


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_item=render_item,
    compare_type=same_type,
    render_as_batch=context.config.attributes.get("batch", True),
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
