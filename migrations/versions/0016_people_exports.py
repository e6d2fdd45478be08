"""Who made which file about volunteers, and who stands in it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "people_export",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shape", sa.String(40), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("by_person_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("people_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_people_export_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["by_person_id"], ["person.id"], name=op.f("fk_people_export_by_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_export")),
    )
    op.create_index(op.f("ix_people_export_by_person_id"), "people_export", ["by_person_id"])
    op.create_index(op.f("ix_people_export_made_at"), "people_export", ["made_at"])
    op.create_table(
        "people_export_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("export_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["export_id"],
            ["people_export.id"],
            name=op.f("fk_people_export_row_export_id_people_export"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_people_export_row_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_export_row")),
    )
    op.create_index(op.f("ix_people_export_row_export_id"), "people_export_row", ["export_id"])
    op.create_index(op.f("ix_people_export_row_person_id"), "people_export_row", ["person_id"])


def downgrade() -> None:
    op.drop_table("people_export_row")
    op.drop_table("people_export")
