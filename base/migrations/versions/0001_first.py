"""The first tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "accounts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("password", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("login", name=op.f("uq_accounts_login")),
    )
    op.create_table(
        "audit_entries",
        sa.Column("id", BIG, nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.Column("seq", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", BIG, nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("subject_id", BIG, nullable=False),
        sa.Column("ip", sa.String(), nullable=False),
        sa.Column("facts", sa.String(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
        sa.UniqueConstraint("shop_id", "seq", name=op.f("uq_audit_entries_shop_id_seq")),
    )
    op.create_index(
        "ix_audit_entries_reveals",
        "audit_entries",
        ["shop_id", "actor_id", "at"],
        unique=False,
        sqlite_where=sa.text("act = 'recipient.revealed'"),
        postgresql_where=sa.text("act = 'recipient.revealed'"),
    )
    op.create_index(
        "ix_audit_entries_subject", "audit_entries", ["shop_id", "subject", "subject_id"], unique=False
    )
    op.create_table(
        "audit_heads",
        sa.Column("shop_id", BIG, nullable=False),
        sa.Column("seq", BIG, nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", name=op.f("pk_audit_heads")),
    )
    op.create_table(
        "calendar_versions",
        sa.Column("id", BIG, nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("spec", JSON, nullable=False),
        sa.Column("made_by", BIG, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_versions")),
        sa.UniqueConstraint("shop_id", "version", name=op.f("uq_calendar_versions_shop_id_version")),
    )
    op.create_table(
        "column_profiles",
        sa.Column("id", BIG, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("columns", JSON, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_column_profiles")),
        sa.UniqueConstraint("shop_id", "name", name=op.f("uq_column_profiles_shop_id_name")),
    )
    op.create_table(
        "errands",
        sa.Column("id", BIG, nullable=False),
        sa.Column("job", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("arguments", JSON, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", BIG, nullable=False),
        sa.Column("fence", BIG, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'leased', 'done', 'dead')", name=op.f("ck_errands_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_errands")),
        sa.UniqueConstraint("shop_id", "job", "key", name=op.f("uq_errands_shop_id_job_key")),
    )
    op.create_index(
        "ix_errands_due",
        "errands",
        ["due_at", "id"],
        unique=False,
        sqlite_where=sa.text("state IN ('waiting', 'leased')"),
        postgresql_where=sa.text("state IN ('waiting', 'leased')"),
    )
    op.create_table(
        "imports",
        sa.Column("id", BIG, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("profile", sa.String(), nullable=False),
        sa.Column("mapping", JSON, nullable=False),
        sa.Column("file_key", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("rows", BIG, nullable=False),
        sa.Column("progress", BIG, nullable=False),
        sa.Column("report", JSON, nullable=False),
        sa.Column("actor_id", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'reading', 'placing', 'done', 'refused')", name=op.f("ck_imports_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    op.create_index(
        "uq_imports_done",
        "imports",
        ["shop_id", "kind", "sha256"],
        unique=True,
        sqlite_where=sa.text("state = 'done'"),
        postgresql_where=sa.text("state = 'done'"),
    )
    op.create_table(
        "inbox",
        sa.Column("errand_id", BIG, nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("errand_id", name=op.f("pk_inbox")),
    )
    op.create_table(
        "locations",
        sa.Column("id", BIG, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("partner_id", BIG, nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("(kind = 'home') = (partner_id <> 0)", name=op.f("ck_locations_home_has_partner")),
        sa.CheckConstraint("kind IN ('warehouse', 'quarantine', 'home')", name=op.f("ck_locations_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_locations")),
        sa.UniqueConstraint(
            "shop_id", "kind", "partner_id", name=op.f("uq_locations_shop_id_kind_partner_id")
        ),
    )
    op.create_table(
        "prices",
        sa.Column("id", BIG, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("won", BIG, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", BIG, nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("won >= 0", name=op.f("ck_prices_won")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prices")),
        sa.UniqueConstraint("shop_id", "kind", "since", name=op.f("uq_prices_shop_id_kind_since")),
    )
    op.create_table(
        "products",
        sa.Column("id", BIG, nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("option", sa.String(), nullable=False),
        sa.Column("barcode", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("weight_g", BIG, nullable=True),
        sa.Column("price", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("fragile", sa.Boolean(), nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
        sa.UniqueConstraint("shop_id", "sku", name=op.f("uq_products_shop_id_sku")),
    )
    op.create_index("ix_products_barcode", "products", ["shop_id", "barcode"], unique=False)
    op.create_table(
        "receipts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("actor_id", BIG, nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("request", sa.String(), nullable=False),
        sa.Column("status", BIG, nullable=False),
        sa.Column("location", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
        sa.UniqueConstraint(
            "shop_id", "actor_id", "client_id", name=op.f("uq_receipts_shop_id_actor_id_client_id")
        ),
    )
    op.create_index("ix_receipts_at", "receipts", ["at"], unique=False)
    op.create_table(
        "shops",
        sa.Column("id", BIG, nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("rules", JSON, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shops")),
        sa.UniqueConstraint("slug", name=op.f("uq_shops_slug")),
    )
    op.create_table(
        "slots",
        sa.Column("id", BIG, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("turn", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slots")),
        sa.UniqueConstraint("name", "turn", name=op.f("uq_slots_name_turn")),
    )
    op.create_table(
        "sops",
        sa.Column("id", BIG, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sops")),
        sa.UniqueConstraint("shop_id", "kind", "title", name=op.f("uq_sops_shop_id_kind_title")),
    )
    op.create_table(
        "throttles",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("window", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", BIG, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttles")),
    )
    op.create_table(
        "corrections",
        sa.Column("id", BIG, nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("product_id", BIG, nullable=False),
        sa.Column("quantity", BIG, nullable=False),
        sa.Column("applied", BIG, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("import_id", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_corrections_import_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_corrections_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
        sa.UniqueConstraint("shop_id", "channel", "key", name=op.f("uq_corrections_shop_id_channel_key")),
    )
    op.create_table(
        "counts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("product_id", BIG, nullable=False),
        sa.Column("location_id", BIG, nullable=False),
        sa.Column("counted", BIG, nullable=False),
        sa.Column("book", BIG, nullable=False),
        sa.Column("over_reserved", sa.Boolean(), nullable=False),
        sa.Column("actor_id", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_counts_location_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_counts_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counts")),
    )
    op.create_index(
        "ix_counts_product", "counts", ["shop_id", "product_id", "location_id", "at"], unique=False
    )
    op.create_table(
        "levels",
        sa.Column("id", BIG, nullable=False),
        sa.Column("product_id", BIG, nullable=False),
        sa.Column("location_id", BIG, nullable=False),
        sa.Column("on_hand", BIG, nullable=False),
        sa.Column("reserved", BIG, nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("on_hand >= 0", name=op.f("ck_levels_on_hand")),
        sa.CheckConstraint("reserved >= 0", name=op.f("ck_levels_reserved")),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_levels_location_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_levels_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_levels")),
        sa.UniqueConstraint(
            "shop_id", "product_id", "location_id", name=op.f("uq_levels_shop_id_product_id_location_id")
        ),
    )
    op.create_table(
        "memberships",
        sa.Column("id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("role IN ('owner', 'reviewer', 'partner')", name=op.f("ck_memberships_role")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_memberships_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
        sa.UniqueConstraint(
            "shop_id", "account_id", "role", name=op.f("uq_memberships_shop_id_account_id_role")
        ),
    )
    op.create_index("ix_memberships_account_id", "memberships", ["account_id"], unique=False)
    op.create_table(
        "orders",
        sa.Column("id", BIG, nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("customer", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ship_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("promise_s", BIG, nullable=False),
        sa.Column("calendar_version", BIG, nullable=False),
        sa.Column("recipient_name", sa.LargeBinary(), nullable=False),
        sa.Column("recipient_phone", sa.LargeBinary(), nullable=False),
        sa.Column("recipient_postcode", sa.LargeBinary(), nullable=False),
        sa.Column("recipient_address", sa.LargeBinary(), nullable=False),
        sa.Column("recipient_memo", sa.LargeBinary(), nullable=False),
        sa.Column("import_id", BIG, nullable=True),
        sa.Column("shipped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("late_s", BIG, nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint(
            "(state = 'shipped') = (shipped_at IS NOT NULL)", name=op.f("ck_orders_shipped_at")
        ),
        sa.CheckConstraint(
            "state IN ('short', 'ready', 'shipped', 'cancelled')", name=op.f("ck_orders_state")
        ),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_orders_import_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("shop_id", "channel", "number", name=op.f("uq_orders_shop_id_channel_number")),
        sa.UniqueConstraint("uid", name=op.f("uq_orders_uid")),
    )
    op.create_index("ix_orders_customer", "orders", ["shop_id", "customer"], unique=False)
    op.create_index("ix_orders_newest", "orders", ["shop_id", "id"], unique=False)
    op.create_index("ix_orders_state", "orders", ["shop_id", "state", "ship_by", "id"], unique=False)
    op.create_index(
        "ix_orders_waiting",
        "orders",
        ["shop_id", "ship_by", "id"],
        unique=False,
        sqlite_where=sa.text("state IN ('short', 'ready')"),
        postgresql_where=sa.text("state IN ('short', 'ready')"),
    )
    op.create_table(
        "sop_revisions",
        sa.Column("id", BIG, nullable=False),
        sa.Column("sop_id", BIG, nullable=False),
        sa.Column("number", BIG, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("items", JSON, nullable=False),
        sa.Column("rubric", JSON, nullable=False),
        sa.Column("made_by", BIG, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", BIG, nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("state IN ('draft', 'published', 'retired')", name=op.f("ck_sop_revisions_state")),
        sa.ForeignKeyConstraint(["sop_id"], ["sops.id"], name=op.f("fk_sop_revisions_sop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sop_revisions")),
        sa.UniqueConstraint(
            "shop_id", "sop_id", "number", name=op.f("uq_sop_revisions_shop_id_sop_id_number")
        ),
    )
    op.create_index(
        "uq_sop_revisions_draft",
        "sop_revisions",
        ["sop_id"],
        unique=True,
        sqlite_where=sa.text("state = 'draft'"),
        postgresql_where=sa.text("state = 'draft'"),
    )
    op.create_index(
        "uq_sop_revisions_published",
        "sop_revisions",
        ["sop_id"],
        unique=True,
        sqlite_where=sa.text("state = 'published'"),
        postgresql_where=sa.text("state = 'published'"),
    )
    op.create_table(
        "fees",
        sa.Column("id", BIG, nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("order_id", BIG, nullable=True),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("quantity", BIG, nullable=False),
        sa.Column("amount", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("import_id", BIG, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_fees_import_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_fees_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fees")),
        sa.UniqueConstraint("shop_id", "channel", "key", name=op.f("uq_fees_shop_id_channel_key")),
    )
    op.create_index("ix_fees_order", "fees", ["shop_id", "order_id"], unique=False)
    op.create_table(
        "links",
        sa.Column("id", BIG, nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("membership_id", BIG, nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("purpose IN ('invite', 'reset', 'enter')", name=op.f("ck_links_purpose")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_links_account_id")),
        sa.ForeignKeyConstraint(["membership_id"], ["memberships.id"], name=op.f("fk_links_membership_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_links_token_hash")),
    )
    op.create_table(
        "movements",
        sa.Column("id", BIG, nullable=False),
        sa.Column("product_id", BIG, nullable=False),
        sa.Column("location_id", BIG, nullable=False),
        sa.Column("quantity", BIG, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("order_id", BIG, nullable=True),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("actor_id", BIG, nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint(
            "kind IN ('receipt', 'issue', 'return', 'adjustment', 'transfer')", name=op.f("ck_movements_kind")
        ),
        sa.CheckConstraint("quantity <> 0", name=op.f("ck_movements_quantity")),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_movements_location_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_movements_order_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_movements_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_movements")),
        sa.UniqueConstraint("shop_id", "key", name=op.f("uq_movements_shop_id_key")),
    )
    op.create_index("ix_movements_at", "movements", ["shop_id", "recorded_at"], unique=False)
    op.create_index("ix_movements_newest", "movements", ["shop_id", "id"], unique=False)
    op.create_index(
        "ix_movements_product", "movements", ["shop_id", "product_id", "location_id", "id"], unique=False
    )
    op.create_table(
        "order_lines",
        sa.Column("id", BIG, nullable=False),
        sa.Column("order_id", BIG, nullable=False),
        sa.Column("product_id", BIG, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("quantity", BIG, nullable=False),
        sa.Column("cancelled", BIG, nullable=False),
        sa.Column("price", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("row", BIG, nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("cancelled >= 0 AND cancelled <= quantity", name=op.f("ck_order_lines_cancelled")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_order_lines_quantity")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_lines_order_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_order_lines_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_lines")),
    )
    op.create_index("ix_order_lines_order", "order_lines", ["shop_id", "order_id"], unique=False)
    op.create_index("ix_order_lines_product", "order_lines", ["shop_id", "product_id"], unique=False)
    op.create_table(
        "partners",
        sa.Column("id", BIG, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("capacity", BIG, nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("state IN ('active', 'paused', 'left')", name=op.f("ck_partners_state")),
        sa.ForeignKeyConstraint(["id"], ["memberships.id"], name=op.f("fk_partners_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partners")),
    )
    op.create_table(
        "recipient_index",
        sa.Column("id", BIG, nullable=False),
        sa.Column("order_id", BIG, nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_recipient_index_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recipient_index")),
    )
    op.create_index(
        "ix_recipient_index_token", "recipient_index", ["shop_id", "field", "token"], unique=False
    )
    op.create_table(
        "sessions",
        sa.Column("id", BIG, nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("membership_id", BIG, nullable=True),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("ip", sa.String(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_sessions_account_id")),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["memberships.id"], name=op.f("fk_sessions_membership_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sessions_token_hash")),
    )
    op.create_index("ix_sessions_account_id", "sessions", ["account_id"], unique=False)
    op.create_table(
        "cancellations",
        sa.Column("id", BIG, nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("product_id", BIG, nullable=False),
        sa.Column("line_id", BIG, nullable=True),
        sa.Column("quantity", BIG, nullable=False),
        sa.Column("after_shipping", sa.Boolean(), nullable=False),
        sa.Column("import_id", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_cancellations_quantity")),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_cancellations_import_id")),
        sa.ForeignKeyConstraint(["line_id"], ["order_lines.id"], name=op.f("fk_cancellations_line_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_cancellations_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cancellations")),
        sa.UniqueConstraint("shop_id", "channel", "key", name=op.f("uq_cancellations_shop_id_channel_key")),
    )
    op.create_table(
        "pay_lines",
        sa.Column("id", BIG, nullable=False),
        sa.Column("partner_id", BIG, nullable=False),
        sa.Column("task_id", BIG, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("won", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("won >= 0", name=op.f("ck_pay_lines_won")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_pay_lines_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_lines")),
        sa.UniqueConstraint("task_id", name=op.f("uq_pay_lines_task_id")),
    )
    op.create_index("ix_pay_lines_at", "pay_lines", ["shop_id", "at"], unique=False)
    op.create_index("ix_pay_lines_partner", "pay_lines", ["shop_id", "partner_id", "at"], unique=False)
    op.create_table(
        "reservations",
        sa.Column("id", BIG, nullable=False),
        sa.Column("line_id", BIG, nullable=False),
        sa.Column("product_id", BIG, nullable=False),
        sa.Column("location_id", BIG, nullable=False),
        sa.Column("quantity", BIG, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("state IN ('held', 'consumed', 'released')", name=op.f("ck_reservations_state")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_reservations_quantity")),
        sa.ForeignKeyConstraint(["line_id"], ["order_lines.id"], name=op.f("fk_reservations_line_id")),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_reservations_location_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_reservations_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservations")),
    )
    op.create_index("ix_reservations_line", "reservations", ["shop_id", "line_id"], unique=False)
    op.create_index(
        "uq_reservations_held",
        "reservations",
        ["line_id"],
        unique=True,
        sqlite_where=sa.text("state = 'held'"),
        postgresql_where=sa.text("state = 'held'"),
    )
    op.create_table(
        "tasks",
        sa.Column("id", BIG, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("sop_revision_id", BIG, nullable=False),
        sa.Column("order_id", BIG, nullable=True),
        sa.Column("replaces_id", BIG, nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("holder_id", BIG, nullable=True),
        sa.Column("fence", BIG, nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_by_id", BIG, nullable=True),
        sa.Column("round", BIG, nullable=False),
        sa.Column("failed", JSON, nullable=False),
        sa.Column("won", BIG, nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("state <> 'open' OR holder_id IS NULL", name=op.f("ck_tasks_open_held_by_nobody")),
        sa.CheckConstraint(
            "state IN ('open', 'claimed', 'submitted', 'inspection', 'rework', 'accepted', 'rejected', 'cancelled')",
            name=op.f("ck_tasks_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('claimed', 'rework') OR holder_id IS NOT NULL",
            name=op.f("ck_tasks_held_by_somebody"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('claimed', 'rework') OR lease_until IS NOT NULL",
            name=op.f("ck_tasks_held_for_a_time"),
        ),
        sa.ForeignKeyConstraint(["holder_id"], ["partners.id"], name=op.f("fk_tasks_holder_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_tasks_order_id")),
        sa.ForeignKeyConstraint(["replaces_id"], ["tasks.id"], name=op.f("fk_tasks_replaces_id")),
        sa.ForeignKeyConstraint(
            ["sop_revision_id"], ["sop_revisions.id"], name=op.f("fk_tasks_sop_revision_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
    )
    op.create_index(
        "ix_tasks_held",
        "tasks",
        ["shop_id", "holder_id"],
        unique=False,
        sqlite_where=sa.text("state IN ('claimed', 'rework')"),
        postgresql_where=sa.text("state IN ('claimed', 'rework')"),
    )
    op.create_index("ix_tasks_holder", "tasks", ["shop_id", "holder_id", "id"], unique=False)
    op.create_index(
        "ix_tasks_lease",
        "tasks",
        ["lease_until"],
        unique=False,
        sqlite_where=sa.text("state IN ('claimed', 'rework')"),
        postgresql_where=sa.text("state IN ('claimed', 'rework')"),
    )
    op.create_index(
        "ix_tasks_open",
        "tasks",
        ["shop_id", "queue", "due_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index("ix_tasks_order", "tasks", ["shop_id", "order_id"], unique=False)
    op.create_index("ix_tasks_state", "tasks", ["shop_id", "state", "opened_at", "id"], unique=False)
    op.create_index(
        "uq_tasks_live",
        "tasks",
        ["order_id", "kind"],
        unique=True,
        sqlite_where=sa.text("state NOT IN ('accepted', 'rejected', 'cancelled')"),
        postgresql_where=sa.text("state NOT IN ('accepted', 'rejected', 'cancelled')"),
    )
    op.create_table(
        "answers",
        sa.Column("id", BIG, nullable=False),
        sa.Column("task_id", BIG, nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("value", JSON, nullable=False),
        sa.Column("round", BIG, nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("by", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_answers_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answers")),
        sa.UniqueConstraint("task_id", "item", name=op.f("uq_answers_task_id_item")),
    )
    op.create_index("ix_answers_task", "answers", ["shop_id", "task_id"], unique=False)
    op.create_table(
        "late_drafts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("task_id", BIG, nullable=False),
        sa.Column("partner_id", BIG, nullable=False),
        sa.Column("fence", BIG, nullable=False),
        sa.Column("answers", JSON, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_late_drafts_partner_id")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_late_drafts_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_drafts")),
    )
    op.create_index("ix_late_drafts_partner", "late_drafts", ["shop_id", "partner_id", "id"], unique=False)
    op.create_table(
        "photos",
        sa.Column("id", BIG, nullable=False),
        sa.Column("task_id", BIG, nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("round", BIG, nullable=False),
        sa.Column("file_key", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("width", BIG, nullable=False),
        sa.Column("height", BIG, nullable=False),
        sa.Column("size", BIG, nullable=False),
        sa.Column("by", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shop_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_photos_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photos")),
        sa.UniqueConstraint("task_id", "item", "sha256", name=op.f("uq_photos_task_id_item_sha256")),
    )
    op.create_index("ix_photos_task", "photos", ["shop_id", "task_id"], unique=False)
    op.create_table(
        "stage_clocks",
        sa.Column("id", BIG, nullable=False),
        sa.Column("task_id", BIG, nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("round", BIG, nullable=False),
        sa.Column("owed_by", BIG, nullable=False),
        sa.Column("target_s", BIG, nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("calendar_version", BIG, nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("elapsed_s", BIG, nullable=False),
        sa.Column("late_s", BIG, nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("(ended_at IS NULL) = (verdict = '')", name=op.f("ck_stage_clocks_frozen_at_end")),
        sa.CheckConstraint(
            "stage IN ('claim', 'do', 'review', 'rework')", name=op.f("ck_stage_clocks_stage")
        ),
        sa.CheckConstraint(
            "verdict IN ('', 'met', 'breached', 'void')", name=op.f("ck_stage_clocks_verdict")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_stage_clocks_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_clocks")),
        sa.UniqueConstraint("task_id", "stage", "round", name=op.f("uq_stage_clocks_task_id_stage_round")),
    )
    op.create_index("ix_stage_clocks_due", "stage_clocks", ["shop_id", "stage", "due_at", "id"], unique=False)
    op.create_index("ix_stage_clocks_ended", "stage_clocks", ["shop_id", "ended_at"], unique=False)
    op.create_index(
        "ix_stage_clocks_running",
        "stage_clocks",
        ["shop_id", "due_at", "id"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "uq_stage_clocks_running",
        "stage_clocks",
        ["task_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "submissions",
        sa.Column("id", BIG, nullable=False),
        sa.Column("task_id", BIG, nullable=False),
        sa.Column("round", BIG, nullable=False),
        sa.Column("partner_id", BIG, nullable=False),
        sa.Column("fence", BIG, nullable=False),
        sa.Column("answers", JSON, nullable=False),
        sa.Column("photos", JSON, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_submissions_partner_id")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_submissions_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submissions")),
        sa.UniqueConstraint("task_id", "round", name=op.f("uq_submissions_task_id_round")),
    )
    op.create_table(
        "clock_pauses",
        sa.Column("id", BIG, nullable=False),
        sa.Column("clock_id", BIG, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("owed_by", sa.String(), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("to_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shop_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["clock_id"], ["stage_clocks.id"], name=op.f("fk_clock_pauses_clock_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_pauses")),
    )
    op.create_index("ix_clock_pauses_clock", "clock_pauses", ["shop_id", "clock_id"], unique=False)
    op.create_table(
        "draws",
        sa.Column("id", BIG, nullable=False),
        sa.Column("submission_id", BIG, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("percent", BIG, nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("roll", BIG, nullable=False),
        sa.Column("drawn", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["submission_id"], ["submissions.id"], name=op.f("fk_draws_submission_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draws")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_draws_submission_id")),
    )
    op.create_table(
        "inspections",
        sa.Column("id", BIG, nullable=False),
        sa.Column("task_id", BIG, nullable=False),
        sa.Column("submission_id", BIG, nullable=False),
        sa.Column("round", BIG, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reviewer_id", BIG, nullable=True),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("score", BIG, nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint(
            "(state = 'judged') = (judged_at IS NOT NULL)", name=op.f("ck_inspections_judged_at")
        ),
        sa.CheckConstraint(
            "(state = 'judged') = (verdict <> '')", name=op.f("ck_inspections_judged_verdict")
        ),
        sa.CheckConstraint("state IN ('waiting', 'judged')", name=op.f("ck_inspections_state")),
        sa.CheckConstraint(
            "verdict IN ('', 'accept', 'send_back', 'reject')", name=op.f("ck_inspections_verdict")
        ),
        sa.ForeignKeyConstraint(["reviewer_id"], ["accounts.id"], name=op.f("fk_inspections_reviewer_id")),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submissions.id"], name=op.f("fk_inspections_submission_id")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_inspections_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspections")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_inspections_submission_id")),
    )
    op.create_index("ix_inspections_judged", "inspections", ["shop_id", "judged_at"], unique=False)
    op.create_index("ix_inspections_state", "inspections", ["shop_id", "state", "due_at", "id"], unique=False)
    op.create_index("ix_inspections_task", "inspections", ["shop_id", "task_id"], unique=False)
    op.create_table(
        "defects",
        sa.Column("id", BIG, nullable=False),
        sa.Column("inspection_id", BIG, nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("photo_id", BIG, nullable=True),
        sa.Column("x", BIG, nullable=True),
        sa.Column("y", BIG, nullable=True),
        sa.Column("w", BIG, nullable=True),
        sa.Column("h", BIG, nullable=True),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("severity IN ('critical', 'major', 'minor')", name=op.f("ck_defects_severity")),
        sa.CheckConstraint(
            "(photo_id IS NULL) = (x IS NULL) AND (x IS NULL) = (y IS NULL)", name=op.f("ck_defects_spot")
        ),
        sa.ForeignKeyConstraint(["inspection_id"], ["inspections.id"], name=op.f("fk_defects_inspection_id")),
        sa.ForeignKeyConstraint(["photo_id"], ["photos.id"], name=op.f("fk_defects_photo_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_defects")),
    )
    op.create_index("ix_defects_inspection", "defects", ["shop_id", "inspection_id"], unique=False)


def downgrade():
    op.drop_index("ix_defects_inspection", table_name="defects")
    op.drop_table("defects")
    op.drop_index("ix_inspections_task", table_name="inspections")
    op.drop_index("ix_inspections_state", table_name="inspections")
    op.drop_index("ix_inspections_judged", table_name="inspections")
    op.drop_table("inspections")
    op.drop_table("draws")
    op.drop_index("ix_clock_pauses_clock", table_name="clock_pauses")
    op.drop_table("clock_pauses")
    op.drop_table("submissions")
    op.drop_index(
        "uq_stage_clocks_running",
        table_name="stage_clocks",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index(
        "ix_stage_clocks_running",
        table_name="stage_clocks",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index("ix_stage_clocks_ended", table_name="stage_clocks")
    op.drop_index("ix_stage_clocks_due", table_name="stage_clocks")
    op.drop_table("stage_clocks")
    op.drop_index("ix_photos_task", table_name="photos")
    op.drop_table("photos")
    op.drop_index("ix_late_drafts_partner", table_name="late_drafts")
    op.drop_table("late_drafts")
    op.drop_index("ix_answers_task", table_name="answers")
    op.drop_table("answers")
    op.drop_index(
        "uq_tasks_live",
        table_name="tasks",
        sqlite_where=sa.text("state NOT IN ('accepted', 'rejected', 'cancelled')"),
        postgresql_where=sa.text("state NOT IN ('accepted', 'rejected', 'cancelled')"),
    )
    op.drop_index("ix_tasks_state", table_name="tasks")
    op.drop_index("ix_tasks_order", table_name="tasks")
    op.drop_index(
        "ix_tasks_open",
        table_name="tasks",
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.drop_index(
        "ix_tasks_lease",
        table_name="tasks",
        sqlite_where=sa.text("state IN ('claimed', 'rework')"),
        postgresql_where=sa.text("state IN ('claimed', 'rework')"),
    )
    op.drop_index("ix_tasks_holder", table_name="tasks")
    op.drop_index(
        "ix_tasks_held",
        table_name="tasks",
        sqlite_where=sa.text("state IN ('claimed', 'rework')"),
        postgresql_where=sa.text("state IN ('claimed', 'rework')"),
    )
    op.drop_table("tasks")
    op.drop_index(
        "uq_reservations_held",
        table_name="reservations",
        sqlite_where=sa.text("state = 'held'"),
        postgresql_where=sa.text("state = 'held'"),
    )
    op.drop_index("ix_reservations_line", table_name="reservations")
    op.drop_table("reservations")
    op.drop_index("ix_pay_lines_partner", table_name="pay_lines")
    op.drop_index("ix_pay_lines_at", table_name="pay_lines")
    op.drop_table("pay_lines")
    op.drop_table("cancellations")
    op.drop_index("ix_sessions_account_id", table_name="sessions")
    op.drop_table("sessions")
    op.drop_index("ix_recipient_index_token", table_name="recipient_index")
    op.drop_table("recipient_index")
    op.drop_table("partners")
    op.drop_index("ix_order_lines_product", table_name="order_lines")
    op.drop_index("ix_order_lines_order", table_name="order_lines")
    op.drop_table("order_lines")
    op.drop_index("ix_movements_product", table_name="movements")
    op.drop_index("ix_movements_newest", table_name="movements")
    op.drop_index("ix_movements_at", table_name="movements")
    op.drop_table("movements")
    op.drop_table("links")
    op.drop_index("ix_fees_order", table_name="fees")
    op.drop_table("fees")
    op.drop_index(
        "uq_sop_revisions_published",
        table_name="sop_revisions",
        sqlite_where=sa.text("state = 'published'"),
        postgresql_where=sa.text("state = 'published'"),
    )
    op.drop_index(
        "uq_sop_revisions_draft",
        table_name="sop_revisions",
        sqlite_where=sa.text("state = 'draft'"),
        postgresql_where=sa.text("state = 'draft'"),
    )
    op.drop_table("sop_revisions")
    op.drop_index(
        "ix_orders_waiting",
        table_name="orders",
        sqlite_where=sa.text("state IN ('short', 'ready')"),
        postgresql_where=sa.text("state IN ('short', 'ready')"),
    )
    op.drop_index("ix_orders_state", table_name="orders")
    op.drop_index("ix_orders_newest", table_name="orders")
    op.drop_index("ix_orders_customer", table_name="orders")
    op.drop_table("orders")
    op.drop_index("ix_memberships_account_id", table_name="memberships")
    op.drop_table("memberships")
    op.drop_table("levels")
    op.drop_index("ix_counts_product", table_name="counts")
    op.drop_table("counts")
    op.drop_table("corrections")
    op.drop_table("throttles")
    op.drop_table("sops")
    op.drop_table("slots")
    op.drop_table("shops")
    op.drop_index("ix_receipts_at", table_name="receipts")
    op.drop_table("receipts")
    op.drop_index("ix_products_barcode", table_name="products")
    op.drop_table("products")
    op.drop_table("prices")
    op.drop_table("locations")
    op.drop_table("inbox")
    op.drop_index(
        "uq_imports_done",
        table_name="imports",
        sqlite_where=sa.text("state = 'done'"),
        postgresql_where=sa.text("state = 'done'"),
    )
    op.drop_table("imports")
    op.drop_index(
        "ix_errands_due",
        table_name="errands",
        sqlite_where=sa.text("state IN ('waiting', 'leased')"),
        postgresql_where=sa.text("state IN ('waiting', 'leased')"),
    )
    op.drop_table("errands")
    op.drop_table("column_profiles")
    op.drop_table("calendar_versions")
    op.drop_table("audit_heads")
    op.drop_index("ix_audit_entries_subject", table_name="audit_entries")
    op.drop_index(
        "ix_audit_entries_reveals",
        table_name="audit_entries",
        sqlite_where=sa.text("act = 'recipient.revealed'"),
        postgresql_where=sa.text("act = 'recipient.revealed'"),
    )
    op.drop_table("audit_entries")
    op.drop_table("accounts")
