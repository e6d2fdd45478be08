"""Talks that volunteers offer, and requests for them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    op.create_table(
        "talk",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("volunteer_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(80), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("audience_codes", sa.JSON(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("needs", sa.Text(), nullable=False),
        sa.Column("by_phone", sa.Boolean(), nullable=False),
        sa.Column("is_offered", sa.Boolean(), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["volunteer_id"],
            ["volunteer.id"],
            name=op.f("fk_talk_volunteer_id_volunteer"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["person.id"], name=op.f("fk_talk_entered_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talk")),
    )
    op.create_index(op.f("ix_talk_volunteer_id"), "talk", ["volunteer_id"])
    op.create_table(
        "talk_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("talk_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("proposed_on", sa.Date(), nullable=True),
        sa.Column("answer", sa.String(200), nullable=False),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["talk_id"], ["talk.id"], name=op.f("fk_talk_request_talk_id_talk"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name=op.f("fk_talk_request_post_id_post"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_talk_request_asked_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["person.id"], name=op.f("fk_talk_request_answered_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talk_request")),
    )
    op.create_index(op.f("ix_talk_request_talk_id"), "talk_request", ["talk_id"])
    op.create_index(op.f("ix_talk_request_post_id"), "talk_request", ["post_id"])
    asked = sa.text("state = 'asked'")
    op.create_index(
        "uq_talk_request_asked",
        "talk_request",
        ["talk_id", "post_id"],
        unique=True,
        sqlite_where=asked,
        postgresql_where=asked,
    )


def downgrade() -> None:
    op.drop_table("talk_request")
    op.drop_table("talk")
