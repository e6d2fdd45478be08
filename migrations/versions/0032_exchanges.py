"""Places that change hands between volunteers, and events that approve it first."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    op.create_table(
        "exchange",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=True),
        sa.Column("volunteer_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["from_id"],
            ["assignment.id"],
            name=op.f("fk_exchange_from_id_assignment"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["to_id"],
            ["assignment.id"],
            name=op.f("fk_exchange_to_id_assignment"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name=op.f("fk_exchange_volunteer_id_volunteer")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_exchange_decided_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange")),
    )
    op.create_index(op.f("ix_exchange_from_id_state"), "exchange", ["from_id", "state"])
    op.create_index(op.f("ix_exchange_to_id"), "exchange", ["to_id"])
    op.create_index(op.f("ix_exchange_volunteer_id"), "exchange", ["volunteer_id"])
    op.create_table(
        "exchange_approval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("by_person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_exchange_approval_event_id_event")
        ),
        sa.ForeignKeyConstraint(
            ["by_person_id"], ["person.id"], name=op.f("fk_exchange_approval_by_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_approval")),
        sa.UniqueConstraint("event_id", name=op.f("uq_exchange_approval_event_id")),
    )


def downgrade() -> None:
    op.drop_table("exchange_approval")
    op.drop_table("exchange")
