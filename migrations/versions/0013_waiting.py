"""Waiting lists with timed offers, for places at events and for posts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

LIVE = sa.text("state IN ('waiting', 'offered')")
OPEN = sa.text("state = 'open'")


def upgrade() -> None:
    op.create_table(
        "waiting_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("registration_id", sa.Integer(), nullable=True),
        sa.Column("volunteer_id", sa.Integer(), nullable=True),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("joined_at", sa.DateTime(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("passed", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("promoted_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.CheckConstraint("people >= 1", name=op.f("ck_waiting_entry_people_positive")),
        sa.CheckConstraint("passed >= 0", name=op.f("ck_waiting_entry_passed_not_negative")),
        sa.CheckConstraint(
            "(event_id IS NULL) <> (post_id IS NULL)", name=op.f("ck_waiting_entry_one_line")
        ),
        sa.CheckConstraint(
            "(registration_id IS NULL) <> (volunteer_id IS NULL)",
            name=op.f("ck_waiting_entry_one_holder"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_waiting_entry_event_id_event")
        ),
        sa.ForeignKeyConstraint(
            ["post_id"],
            ["post.id"],
            name=op.f("fk_waiting_entry_post_id_post"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_waiting_entry_registration_id_registration"),
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"],
            ["volunteer.id"],
            name=op.f("fk_waiting_entry_volunteer_id_volunteer"),
        ),
        sa.ForeignKeyConstraint(
            ["promoted_by_id"],
            ["person.id"],
            name=op.f("fk_waiting_entry_promoted_by_id_person"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_entry")),
        sa.UniqueConstraint("registration_id", name=op.f("uq_waiting_entry_registration_id")),
    )
    op.create_index(
        op.f("ix_waiting_entry_event_id_state"), "waiting_entry", ["event_id", "state"]
    )
    op.create_index(op.f("ix_waiting_entry_post_id_state"), "waiting_entry", ["post_id", "state"])
    op.create_index(op.f("ix_waiting_entry_volunteer_id"), "waiting_entry", ["volunteer_id"])
    op.create_index(
        "uq_waiting_entry_live_volunteer",
        "waiting_entry",
        ["post_id", "volunteer_id"],
        unique=True,
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )
    op.create_table(
        "waiting_offer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("offered_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "expires_at > offered_at", name=op.f("ck_waiting_offer_expires_after_offered")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["waiting_entry.id"],
            name=op.f("fk_waiting_offer_entry_id_waiting_entry"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_offer")),
    )
    op.create_index(op.f("ix_waiting_offer_entry_id"), "waiting_offer", ["entry_id"])
    op.create_index(
        op.f("ix_waiting_offer_state_expires_at"), "waiting_offer", ["state", "expires_at"]
    )
    op.create_index(
        "uq_waiting_offer_open_entry",
        "waiting_offer",
        ["entry_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )


def downgrade() -> None:
    op.drop_table("waiting_offer")
    op.drop_table("waiting_entry")
