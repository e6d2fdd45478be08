"""What people say is wrong about how they kept their word, and what trainings grant."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    op.create_table(
        "reliability_appeal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("volunteer_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["assignment.id"],
            name=op.f("fk_reliability_appeal_assignment_id_assignment"),
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"],
            ["volunteer.id"],
            name=op.f("fk_reliability_appeal_volunteer_id_volunteer"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_reliability_appeal_decided_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reliability_appeal")),
        sa.UniqueConstraint("assignment_id", name=op.f("uq_reliability_appeal_assignment_id")),
    )
    op.create_index(
        op.f("ix_reliability_appeal_volunteer_id"), "reliability_appeal", ["volunteer_id"]
    )
    op.create_index(op.f("ix_reliability_appeal_state"), "reliability_appeal", ["state"])
    op.create_table(
        "training",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("kind_code", sa.String(40), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.CheckConstraint("months >= 0", name=op.f("ck_training_months_not_negative")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_training_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training")),
        sa.UniqueConstraint("event_id", name=op.f("uq_training_event_id")),
    )


def downgrade() -> None:
    op.drop_table("training")
    op.drop_table("reliability_appeal")
