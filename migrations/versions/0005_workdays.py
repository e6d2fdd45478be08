"""Keep the years' holidays, and over which one channel a message may go."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "work_year",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("is_published", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_year")),
        sa.UniqueConstraint("year", name=op.f("uq_work_year_year")),
    )
    op.create_table(
        "special_day",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("work_year_id", sa.Integer(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("is_workday", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.ForeignKeyConstraint(
            ["work_year_id"],
            ["work_year.id"],
            name=op.f("fk_special_day_work_year_id_work_year"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_special_day")),
        sa.UniqueConstraint("on_day", name=op.f("uq_special_day_on_day")),
    )
    op.create_index(op.f("ix_special_day_work_year_id"), "special_day", ["work_year_id"])
    with op.batch_alter_table("outbox_message") as message:
        message.add_column(sa.Column("over", sa.String(20), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("outbox_message") as message:
        message.drop_column("over")
    op.drop_table("special_day")
    op.drop_table("work_year")
