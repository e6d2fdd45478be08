"""Posts that are filled again by themselves: how far that has come, what was done, who paused it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "refill",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("next_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name=op.f("fk_refill_post_id_post"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refill")),
        sa.UniqueConstraint("post_id", name=op.f("uq_refill_post_id")),
    )
    op.create_index(op.f("ix_refill_state_next_at"), "refill", ["state", "next_at"])
    op.create_table(
        "refill_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name=op.f("fk_refill_step_post_id_post"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refill_step")),
    )
    op.create_index(op.f("ix_refill_step_post_id_at"), "refill_step", ["post_id", "at"])
    op.create_table(
        "refill_pause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("by_person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_refill_pause_event_id_event")
        ),
        sa.ForeignKeyConstraint(
            ["by_person_id"], ["person.id"], name=op.f("fk_refill_pause_by_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refill_pause")),
        sa.UniqueConstraint("event_id", name=op.f("uq_refill_pause_event_id")),
    )


def downgrade() -> None:
    op.drop_table("refill_pause")
    op.drop_table("refill_step")
    op.drop_table("refill")
