"""Guardians' consent: asked by a link, given to a text, taken back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "guardian_consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("volunteer_id", sa.Integer(), nullable=False),
        sa.Column("guardian_name", sa.LargeBinary(), nullable=False),
        sa.Column("guardian_phone", sa.LargeBinary(), nullable=False),
        sa.Column("phone_key", sa.String(64), nullable=False),
        sa.Column("relation", sa.String(20), nullable=False),
        sa.Column("requested_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("given_at", sa.DateTime(), nullable=True),
        sa.Column("wording_version", sa.String(20), nullable=True),
        sa.Column("text_hash", sa.String(64), nullable=True),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.Column("withdrawn_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "given_at IS NULL OR text_hash IS NOT NULL",
            name=op.f("ck_guardian_consent_given_to_a_text"),
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"],
            ["volunteer.id"],
            name=op.f("fk_guardian_consent_volunteer_id_volunteer"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"],
            ["person.id"],
            name=op.f("fk_guardian_consent_withdrawn_by_id_person"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guardian_consent")),
    )
    op.create_index(
        op.f("ix_guardian_consent_volunteer_id"), "guardian_consent", ["volunteer_id"]
    )
    op.create_index(op.f("ix_guardian_consent_phone_key"), "guardian_consent", ["phone_key"])


def downgrade() -> None:
    op.drop_table("guardian_consent")
