"""Changing a CHECK constraint of a table that has rows, on both engines; for migrations."""

import sqlalchemy as sa
from alembic import op


def recheck(table: str, name: str, *, old: str, new: str) -> None:
    """Changes a constraint that is called `ck_<table>_<name>`; an empty one is not there."""
    if op.get_bind().dialect.name == "postgresql":
        if old:
            op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
        if new:
            op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, new)
    else:
        said = (f", CONSTRAINT ck_{table}_{name} CHECK ({rule})" if rule else "" for rule in (old, new))
        _rebuild(table, *said)


def _rebuild(table: str, old: str, new: str) -> None:
    """SQLite changes no constraint: the table is made anew under its name, as it says of itself.

    Its rows are taken out and put back in one transaction, so that what refers to them does so again before
    the references are looked at. Not for tables whose numbers are given once.
    """
    bind = op.get_bind()
    said = "SELECT sql FROM sqlite_master WHERE tbl_name = :table AND type {} 'table' AND sql IS NOT NULL"
    (made,) = bind.scalars(sa.text(said.format("=")), {"table": table})
    beside = list(bind.scalars(sa.text(said.format("<>")), {"table": table}))
    flat = " ".join(made.split()).replace(" )", ")").replace("( ", "(")
    if old and old not in flat:
        raise ValueError(f"{table} does not say {old}")
    body = flat.replace(old, "") if old else flat
    op.execute("PRAGMA defer_foreign_keys=ON")
    op.execute(f"CREATE TABLE {table}_kept AS SELECT * FROM {table}")  # noqa: S608 (our own names)
    op.drop_table(table)
    bind.exec_driver_sql(body[: body.rindex(")")] + new + ")")
    op.execute(f"INSERT INTO {table} SELECT * FROM {table}_kept")  # noqa: S608 (our own names)
    op.drop_table(f"{table}_kept")
    for statement in beside:
        bind.exec_driver_sql(statement)
