"""Credentials, encrypted, with who verified them; posts that need one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    with op.batch_alter_table("post") as post:
        post.add_column(
            sa.Column("credential_code", sa.String(40), nullable=False, server_default="")
        )
    op.create_table(
        "credential",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("volunteer_id", sa.Integer(), nullable=False),
        sa.Column("kind_code", sa.String(40), nullable=False),
        sa.Column("number", sa.LargeBinary(), nullable=False),
        sa.Column("number_key", sa.String(64), nullable=False),
        sa.Column("issuer", sa.String(80), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("scan", sa.LargeBinary(), nullable=True),
        sa.Column("scan_type", sa.String(40), nullable=True),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("claimed_at", sa.DateTime(), nullable=False),
        sa.Column("judged_at", sa.DateTime(), nullable=True),
        sa.Column("judged_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.CheckConstraint(
            "state = 'claimed' OR (judged_by_id IS NOT NULL AND judged_at IS NOT NULL)",
            name=op.f("ck_credential_judged_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["judged_by_id"], ["person.id"], name=op.f("fk_credential_judged_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"],
            ["volunteer.id"],
            name=op.f("fk_credential_volunteer_id_volunteer"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credential")),
        sa.UniqueConstraint(
            "volunteer_id",
            "kind_code",
            "number_key",
            name=op.f("uq_credential_volunteer_id_kind_code_number_key"),
        ),
    )
    op.create_index(op.f("ix_credential_state_expires_on"), "credential", ["state", "expires_on"])
    op.create_index(
        op.f("ix_credential_kind_code_number_key"), "credential", ["kind_code", "number_key"]
    )


def downgrade() -> None:
    op.drop_table("credential")
    with op.batch_alter_table("post") as post:
        post.drop_column("credential_code")
