"""Breaks that end, single days, wishes, cars and the reserve; what posts ask of people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    with op.batch_alter_table("volunteer") as volunteer:
        volunteer.add_column(sa.Column("paused_until", sa.Date(), nullable=True))
        for name in ("wants_only_wishes", "has_car", "is_in_reserve"):
            volunteer.add_column(
                sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())
            )
    with op.batch_alter_table("post") as post:
        post.add_column(sa.Column("risk", sa.String(20), nullable=False, server_default="none"))
        post.add_column(
            sa.Column("needs_car", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    op.create_table(
        "extra_hours",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("volunteer_id", sa.Integer(), nullable=False),
        sa.Column("free_on", sa.Date(), nullable=False),
        sa.Column("starts_minute", sa.Integer(), nullable=False),
        sa.Column("ends_minute", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "starts_minute >= 0 AND ends_minute > starts_minute AND ends_minute <= 1440",
            name=op.f("ck_extra_hours_minutes_range"),
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"],
            ["volunteer.id"],
            name=op.f("fk_extra_hours_volunteer_id_volunteer"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extra_hours")),
        sa.UniqueConstraint(
            "volunteer_id",
            "free_on",
            "starts_minute",
            name=op.f("uq_extra_hours_volunteer_id_free_on_starts_minute"),
        ),
    )
    op.create_table(
        "volunteer_wish",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("volunteer_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(
            ["volunteer_id"],
            ["volunteer.id"],
            name=op.f("fk_volunteer_wish_volunteer_id_volunteer"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_wish")),
        sa.UniqueConstraint(
            "volunteer_id", "kind", "code", name=op.f("uq_volunteer_wish_volunteer_id_kind_code")
        ),
    )


def downgrade() -> None:
    op.drop_table("volunteer_wish")
    op.drop_table("extra_hours")
    with op.batch_alter_table("post") as post:
        post.drop_column("needs_car")
        post.drop_column("risk")
    with op.batch_alter_table("volunteer") as volunteer:
        for name in ("is_in_reserve", "has_car", "wants_only_wishes", "paused_until"):
            volunteer.drop_column(name)
