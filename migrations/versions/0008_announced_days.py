"""Keep when notices say that science days are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "announced_days",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("observance_key", sa.String(40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "last_on >= first_on", name=op.f("ck_announced_days_last_not_before_first")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["person.id"], name=op.f("fk_announced_days_entered_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announced_days")),
        sa.UniqueConstraint(
            "observance_key", "year", name=op.f("uq_announced_days_observance_key_year")
        ),
    )


def downgrade() -> None:
    op.drop_table("announced_days")
