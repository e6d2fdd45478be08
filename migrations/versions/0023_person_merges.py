"""Two records found to be one person's, and those that are not."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def _volunteer(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], ["volunteer.id"], name=op.f(f"fk_{table}_{column}_volunteer"), ondelete="CASCADE"
    )


def _person(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], ["person.id"], name=op.f(f"fk_{table}_{column}_person")
    )


def upgrade() -> None:
    op.create_table(
        "person_merge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kept_volunteer_id", sa.Integer(), nullable=False),
        sa.Column("gone_volunteer_id", sa.Integer(), nullable=False),
        sa.Column("by_person_id", sa.Integer(), nullable=False),
        sa.Column("merged_at", sa.DateTime(), nullable=False),
        sa.Column("moved", sa.LargeBinary(), nullable=True),
        sa.Column("undone_at", sa.DateTime(), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        _volunteer("person_merge", "kept_volunteer_id"),
        _volunteer("person_merge", "gone_volunteer_id"),
        _person("person_merge", "by_person_id"),
        _person("person_merge", "undone_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_merge")),
    )
    for column in ("kept_volunteer_id", "gone_volunteer_id", "merged_at"):
        op.create_index(op.f(f"ix_person_merge_{column}"), "person_merge", [column])
    op.create_table(
        "not_twins",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("volunteer_id", sa.Integer(), nullable=False),
        sa.Column("other_volunteer_id", sa.Integer(), nullable=False),
        sa.Column("by_person_id", sa.Integer(), nullable=False),
        sa.Column("said_at", sa.DateTime(), nullable=False),
        _volunteer("not_twins", "volunteer_id"),
        _volunteer("not_twins", "other_volunteer_id"),
        _person("not_twins", "by_person_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_not_twins")),
        sa.UniqueConstraint(
            "volunteer_id",
            "other_volunteer_id",
            name=op.f("uq_not_twins_volunteer_id_other_volunteer_id"),
        ),
    )
    op.create_index(op.f("ix_not_twins_other_volunteer_id"), "not_twins", ["other_volunteer_id"])


def downgrade() -> None:
    op.drop_table("not_twins")
    op.drop_table("person_merge")
