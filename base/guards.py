"""What the database itself refuses: changing what is append-only, and touching another shop's rows.

Statements for migrations. Triggers stop mistakes and plain SQL; whoever owns the database can drop them, and
that is why the journal is chained as well.
"""

#: Of pay: what was earned, put right, closed and taken out.
PAY = (
    *("pay_lines", "pay_adjustments", "pay_transfers"),
    *("pay_months", "pay_month_lines", "pay_statements"),
)
#: Of training: what was answered, and what was given to learn.
TRAINING = ("training_tries", "training_assignments", "training_sample_tries")
APPEND_ONLY = ("audit_entries", "movements", "defects", "checks", "signatures", *PAY, *TRAINING)
#: What may change while it is open and never afterwards: tables, and when a row of theirs is decided.
DECIDED = {"inspections": "OLD.state <> 'waiting'", "appeals": "OLD.state <> 'opened'"}
#: The same of what was made after these: what is published is what people have signed.
PUBLISHED = {
    "agreements": "OLD.published_at IS NOT NULL",
    "training_editions": "OLD.published_at IS NOT NULL",
}
#: And of pay: what was proposed and asked.
DECIDED_PAY = {"pay_proposals": "OLD.state <> 'proposed'", "pay_disputes": "OLD.state <> 'asked'"}

#: What is said once and may be judged of once more: tables, when a row is over, what stays then, and what may
#: be said of it, once: its first column is empty until then.
KEPT = {
    "looks": (
        "OLD.state IN ('judged', 'dropped')",
        (
            "state", "verdict", "score", "note", "found", "reviewer_id", "judged_at", "look_s", "number",
            "round", "purpose", "task_id", "submission_id", "first_id", "known_id", "calibration_id",
            "for_id", "barred_id",
        ),
        ("settled", "settled_codes", "settled_by", "settled_at"),
    )
}  # fmt: skip

_REFUSING = """
CREATE OR REPLACE FUNCTION dari_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""

_KEEPING = """
CREATE OR REPLACE FUNCTION dari_decided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% %: it is decided', TG_TABLE_NAME, OLD.id USING ERRCODE = 'restrict_violation';
END $$
"""


def statements(dialect: str, table: str) -> list[str]:
    """What makes a table append-only on an engine; safe to run again."""
    return _postgres(table) if dialect == "postgresql" else _sqlite(table)


def _sqlite(table: str) -> list[str]:
    return [
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_{act.lower()} BEFORE {act} ON {table}"
        f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for act in ("UPDATE", "DELETE")
    ]


def _postgres(table: str) -> list[str]:
    """Once a statement, not once a row: a statement that finds no row is refused as well."""
    return [
        _REFUSING.strip(),
        (
            f"CREATE OR REPLACE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION dari_append_only()"
        ),
    ]


def decided(dialect: str, table: str) -> list[str]:
    """What keeps the decided rows of a table from being changed or taken away; safe to run again."""
    when = (DECIDED | PUBLISHED | DECIDED_PAY)[table]
    if dialect != "postgresql":
        return [
            f"CREATE TRIGGER IF NOT EXISTS {table}_decided_{act.lower()} BEFORE {act} ON {table}"
            f" WHEN {when} BEGIN SELECT RAISE(ABORT, '{table}: it is decided'); END"
            for act in ("UPDATE", "DELETE")
        ]
    return [
        _KEEPING.strip(),
        (
            f"CREATE OR REPLACE TRIGGER {table}_decided BEFORE UPDATE OR DELETE ON {table}"
            f" FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION dari_decided()"
        ),
    ]


def undecided(dialect: str, table: str) -> list[str]:
    """What takes that guard away again (a migration going down)."""
    if dialect == "postgresql":
        return [f"DROP TRIGGER IF EXISTS {table}_decided ON {table}"]
    return [f"DROP TRIGGER IF EXISTS {table}_decided_{act}" for act in ("update", "delete")]


def kept(dialect: str, table: str) -> list[str]:
    """What keeps rows that are over as they were said, but for what may be said of them once."""
    over, stays, once = KEPT[table]
    same = "IS DISTINCT FROM" if dialect == "postgresql" else "IS NOT"
    said = " OR ".join(f"NEW.{name} {same} OLD.{name}" for name in stays)
    again = " OR ".join(f"NEW.{name} {same} OLD.{name}" for name in once)
    when = {"update": f"{over} AND ({said} OR (OLD.{once[0]} <> '' AND ({again})))", "delete": over}
    if dialect != "postgresql":
        return [
            f"CREATE TRIGGER IF NOT EXISTS {table}_kept_{act} BEFORE {act.upper()} ON {table}"
            f" WHEN {condition} BEGIN SELECT RAISE(ABORT, '{table}: it is decided'); END"
            for act, condition in when.items()
        ]
    return [
        _KEEPING.strip(),
        *(
            f"CREATE OR REPLACE TRIGGER {table}_kept_{act} BEFORE {act.upper()} ON {table}"
            f" FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION dari_decided()"
            for act, condition in when.items()
        ),
    ]


def unkept(dialect: str, table: str) -> list[str]:
    """What takes that guard away again (a migration going down)."""
    where = f" ON {table}" if dialect == "postgresql" else ""
    return [f"DROP TRIGGER IF EXISTS {table}_kept_{act}{where}" for act in ("update", "delete")]


def row_security(table: str) -> list[str]:
    """What makes a shop's table show and take only rows of the shop this transaction is in (PostgreSQL)."""
    here = "shop_id = nullif(current_setting('dari.shop', true), '')::bigint"
    return [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"DROP POLICY IF EXISTS shop_only ON {table}",
        f"CREATE POLICY shop_only ON {table} USING ({here}) WITH CHECK ({here})",
    ]


def undone(dialect: str, table: str) -> list[str]:
    """What takes the guard of an append-only table away again (a migration going down)."""
    if dialect == "postgresql":
        return [f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}"]
    return [f"DROP TRIGGER IF EXISTS {table}_no_{act}" for act in ("update", "delete")]
