"""Keep which events belong to one series, and its rule."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "event_series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(200), nullable=False),
        sa.Column("skips_holidays", sa.Boolean(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["person.id"], name=op.f("fk_event_series_created_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_series")),
    )
    with op.batch_alter_table("event") as event:
        event.add_column(sa.Column("series_id", sa.Integer(), nullable=True))
        event.create_foreign_key(
            op.f("fk_event_series_id_event_series"), "event_series", ["series_id"], ["id"]
        )
        event.create_index(op.f("ix_event_series_id"), ["series_id"])


def downgrade() -> None:
    with op.batch_alter_table("event") as event:
        event.drop_index(op.f("ix_event_series_id"))
        event.drop_constraint(op.f("fk_event_series_id_event_series"), type_="foreignkey")
        event.drop_column("series_id")
    op.drop_table("event_series")
