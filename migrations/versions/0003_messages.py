"""One delivery for each message and channel; preferences; pace and pauses of channels."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

NOT_ROUTED = sa.text("route_at IS NOT NULL")
CLAIMED = sa.text("claimed_until IS NOT NULL")
NOT_FINISHED = sa.text("finished_at IS NULL")
FAILED = sa.text("error IS NOT NULL")
# What is thrown away on the way back, where a message knows one channel.
MAY_LOSE_ROWS_OF = ("delivery", "channel_state", "message_preference", "message_language")


def upgrade() -> None:
    with op.batch_alter_table("outbox_message") as message:
        message.add_column(
            sa.Column("priority", sa.SmallInteger(), nullable=False, server_default="2")
        )
        message.add_column(sa.Column("route_at", sa.DateTime(), nullable=True))
        message.add_column(sa.Column("routed_at", sa.DateTime(), nullable=True))
        message.add_column(sa.Column("dropped", sa.String(20), nullable=True))
        message.add_column(sa.Column("emergency", sa.Text(), nullable=True))
        message.add_column(sa.Column("batch", sa.String(60), nullable=True))
        message.add_column(sa.Column("read_at", sa.DateTime(), nullable=True))
    _make_tables()
    # What was sent so far went over the development channel, or the messages still wait.
    op.execute(
        "INSERT INTO delivery (message_id, channel, state, priority, due_at, attempts, round,"
        " finished_at, last_error)"
        " SELECT id, 'development', CASE WHEN sent_at IS NULL THEN 'failed' ELSE 'sent' END,"
        " 2, not_before, attempts, 0, coalesce(sent_at, failed_at), last_error"
        " FROM outbox_message WHERE sent_at IS NOT NULL OR failed_at IS NOT NULL"
    )
    op.execute(
        "UPDATE outbox_message SET routed_at = coalesce(sent_at, failed_at),"
        " read_at = coalesce(sent_at, failed_at)"
        " WHERE sent_at IS NOT NULL OR failed_at IS NOT NULL"
    )
    op.execute("UPDATE outbox_message SET route_at = not_before WHERE routed_at IS NULL")
    with op.batch_alter_table("outbox_message") as message:
        message.alter_column(
            "priority", existing_type=sa.SmallInteger(), existing_nullable=False,
            server_default=None,
        )  # fmt: skip
        message.drop_index("ix_outbox_message_waiting")
        for column in ("attempts", "claimed_by", "claimed_until", "sent_at", "failed_at"):
            message.drop_column(column)
        message.drop_column("last_error")
        message.create_index("ix_outbox_message_batch", ["batch"])
        message.create_index(
            "ix_outbox_message_to_route", ["priority", "route_at", "id"],
            sqlite_where=NOT_ROUTED, postgresql_where=NOT_ROUTED,
        )  # fmt: skip
        message.create_index(
            "ix_outbox_message_expiring", ["expires_at"],
            sqlite_where=NOT_ROUTED, postgresql_where=NOT_ROUTED,
        )  # fmt: skip
    op.create_index(
        "ix_job_run_failed", "job_run", ["job", "id"],
        sqlite_where=FAILED, postgresql_where=FAILED,
    )  # fmt: skip


def _make_tables() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=True),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("claimed_by", sa.String(40), nullable=True),
        sa.Column("claimed_until", sa.DateTime(), nullable=True),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("remote_id", sa.String(80), nullable=True),
        sa.ForeignKeyConstraint(
            ["message_id"], ["outbox_message.id"], name="fk_delivery_message_id_outbox_message"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
        sa.UniqueConstraint("message_id", "channel", name="uq_delivery_message_id_channel"),
    )
    op.create_index("ix_delivery_state_channel", "delivery", ["state", "channel"])
    op.create_index(
        "ix_delivery_waiting", "delivery", ["channel", "priority", "due_at", "id"],
        sqlite_where=NOT_FINISHED, postgresql_where=NOT_FINISHED,
    )  # fmt: skip
    op.create_index(
        "ix_delivery_expiring", "delivery", ["expires_at"],
        sqlite_where=NOT_FINISHED, postgresql_where=NOT_FINISHED,
    )  # fmt: skip
    op.create_index(
        "ix_delivery_claimed", "delivery", ["channel", "claimed_until"],
        sqlite_where=CLAIMED, postgresql_where=CLAIMED,
    )  # fmt: skip
    op.create_table(
        "channel_state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("next_at", sa.DateTime(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("down_since", sa.DateTime(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_channel_state"),
        sa.UniqueConstraint("channel", name="uq_channel_state_channel"),
    )
    op.create_table(
        "message_preference",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(20), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("is_wanted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_message_preference_person_id_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_message_preference"),
        sa.UniqueConstraint(
            "person_id", "topic", "channel", name="uq_message_preference_person_id_topic_channel"
        ),
    )
    op.create_table(
        "message_language",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_message_language_person_id_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_message_language"),
        sa.UniqueConstraint("person_id", name="uq_message_language_person_id"),
    )


def downgrade() -> None:
    op.drop_index("ix_job_run_failed", "job_run")
    with op.batch_alter_table("outbox_message") as message:
        message.drop_index("ix_outbox_message_to_route")
        message.drop_index("ix_outbox_message_expiring")
        message.drop_index("ix_outbox_message_batch")
        message.add_column(
            sa.Column("attempts", sa.Integer(), nullable=False, server_default="0")
        )
        message.add_column(sa.Column("claimed_by", sa.String(40), nullable=True))
        message.add_column(sa.Column("claimed_until", sa.DateTime(), nullable=True))
        message.add_column(sa.Column("sent_at", sa.DateTime(), nullable=True))
        message.add_column(sa.Column("failed_at", sa.DateTime(), nullable=True))
        message.add_column(sa.Column("last_error", sa.Text(), nullable=True))
        message.create_index("ix_outbox_message_waiting", ["not_before", "id"])
    # A message counts as sent when any channel took it; what no channel was for is done as well.
    op.execute(
        "UPDATE outbox_message SET sent_at = (SELECT min(finished_at) FROM delivery"
        " WHERE message_id = outbox_message.id AND state = 'sent')"
    )
    op.execute(
        "UPDATE outbox_message SET failed_at = routed_at"
        " WHERE sent_at IS NULL AND routed_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM delivery"
        " WHERE message_id = outbox_message.id AND state = 'waiting')"
    )
    with op.batch_alter_table("outbox_message") as message:
        message.alter_column(
            "attempts", existing_type=sa.Integer(), existing_nullable=False, server_default=None
        )
        for column in ("priority", "route_at", "routed_at", "dropped", "emergency", "batch"):
            message.drop_column(column)
        message.drop_column("read_at")
    for table in ("message_language", "message_preference", "channel_state", "delivery"):
        op.drop_table(table)
