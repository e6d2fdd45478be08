"""Several people behind one phone, and cards on paper for whom an organisation entered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    with op.batch_alter_table("person") as person:
        person.add_column(
            sa.Column("phone_seat", sa.Integer(), nullable=False, server_default=sa.text("0"))
        )
        person.drop_constraint("uq_person_phone", type_="unique")
        person.create_unique_constraint("uq_person_phone_phone_seat", ["phone", "phone_seat"])
    op.create_table(
        "claim_card",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_claim_card_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], name=op.f("fk_claim_card_made_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_card")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_claim_card_code_hash")),
    )
    op.create_index(op.f("ix_claim_card_person_id"), "claim_card", ["person_id"])


def downgrade() -> None:
    op.drop_table("claim_card")
    with op.batch_alter_table("person") as person:
        person.drop_constraint("uq_person_phone_phone_seat", type_="unique")
        person.create_unique_constraint("uq_person_phone", ["phone"])
        person.drop_column("phone_seat")
