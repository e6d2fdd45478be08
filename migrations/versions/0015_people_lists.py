"""Lists of volunteers that organisations send in, and whom they entered so."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "volunteer_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("volunteer_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("by_person_id", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("refused_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["volunteer_id"],
            ["volunteer.id"],
            name=op.f("fk_volunteer_entry_volunteer_id_volunteer"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_volunteer_entry_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["by_person_id"], ["person.id"], name=op.f("fk_volunteer_entry_by_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_entry")),
        sa.UniqueConstraint("volunteer_id", name=op.f("uq_volunteer_entry_volunteer_id")),
    )
    op.create_index(
        op.f("ix_volunteer_entry_organisation_id"), "volunteer_entry", ["organisation_id"]
    )
    op.create_table(
        "volunteer_number",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("volunteer_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(
            ["volunteer_id"],
            ["volunteer.id"],
            name=op.f("fk_volunteer_number_volunteer_id_volunteer"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_number")),
        sa.UniqueConstraint("volunteer_id", name=op.f("uq_volunteer_number_volunteer_id")),
        sa.UniqueConstraint("number", name=op.f("uq_volunteer_number_number")),
    )
    op.create_table(
        "people_list",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("by_person_id", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=False),
        sa.Column("stage", sa.String(20), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("places", sa.LargeBinary(), nullable=False),
        sa.Column("first_line", sa.Integer(), nullable=False),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("new_count", sa.Integer(), nullable=False),
        sa.Column("same_count", sa.Integer(), nullable=False),
        sa.Column("wrong_count", sa.Integer(), nullable=False),
        sa.Column("taken_count", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_people_list_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["by_person_id"], ["person.id"], name=op.f("fk_people_list_by_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_list")),
    )
    op.create_index(op.f("ix_people_list_organisation_id"), "people_list", ["organisation_id"])
    op.create_index(op.f("ix_people_list_stage"), "people_list", ["stage"])
    op.create_table(
        "people_list_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(20), nullable=False),
        sa.Column("contact_key", sa.String(64), nullable=True),
        sa.Column("number_key", sa.String(64), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("said", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["list_id"],
            ["people_list.id"],
            name=op.f("fk_people_list_row_list_id_people_list"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_people_list_row_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_list_row")),
        sa.UniqueConstraint("list_id", "line", name=op.f("uq_people_list_row_list_id_line")),
    )
    for columns in (["list_id", "verdict"], ["list_id", "contact_key"], ["list_id", "number_key"]):
        op.create_index(op.f(f"ix_people_list_row_{'_'.join(columns)}"), "people_list_row", columns)
    op.create_index(op.f("ix_people_list_row_person_id"), "people_list_row", ["person_id"])


def downgrade() -> None:
    op.drop_table("people_list_row")
    op.drop_table("people_list")
    op.drop_table("volunteer_number")
    op.drop_table("volunteer_entry")
