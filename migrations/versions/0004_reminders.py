"""Keep confirmations, why an event moved, calendar addresses, what people follow, calls made."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    with op.batch_alter_table("event") as event:
        event.add_column(
            sa.Column("change_reason", sa.String(200), nullable=False, server_default="")
        )
        event.add_column(sa.Column("moved_from", sa.DateTime(), nullable=True))
    with op.batch_alter_table("assignment") as assignment:
        assignment.add_column(sa.Column("confirmed_at", sa.DateTime(), nullable=True))
        assignment.add_column(sa.Column("confirmed_by_id", sa.Integer(), nullable=True))
        assignment.create_foreign_key(
            op.f("fk_assignment_confirmed_by_id_person"), "person", ["confirmed_by_id"], ["id"]
        )
    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("volunteer_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("renewed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name=op.f("fk_calendar_feed_volunteer_id_volunteer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("volunteer_id", name=op.f("uq_calendar_feed_volunteer_id")),
    )
    op.create_table(
        "follow",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("volunteer_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name=op.f("fk_follow_volunteer_id_volunteer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow")),
        sa.UniqueConstraint(
            "volunteer_id", "kind", "code", name=op.f("uq_follow_volunteer_id_kind_code")
        ),
    )
    op.create_table(
        "change_call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("about_at", sa.DateTime(), nullable=False),
        sa.Column("recipient_kind", sa.String(20), nullable=False),
        sa.Column("recipient_id", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(), nullable=False),
        sa.Column("done_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["done_by_id"], ["person.id"], name=op.f("fk_change_call_done_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_change_call_event_id_event")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_call")),
        sa.UniqueConstraint(
            "event_id",
            "about_at",
            "recipient_kind",
            "recipient_id",
            name=op.f("uq_change_call_event_id_about_at_recipient_kind_recipient_id"),
        ),
    )


def downgrade() -> None:
    op.drop_table("change_call")
    op.drop_table("follow")
    op.drop_table("calendar_feed")
    with op.batch_alter_table("assignment") as assignment:
        assignment.drop_constraint(
            op.f("fk_assignment_confirmed_by_id_person"), type_="foreignkey"
        )
        assignment.drop_column("confirmed_by_id")
        assignment.drop_column("confirmed_at")
    with op.batch_alter_table("event") as event:
        event.drop_column("moved_from")
        event.drop_column("change_reason")
