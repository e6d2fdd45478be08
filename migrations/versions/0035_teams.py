"""The tree of volunteer teams: founding, joining, links into teams, times in teams that are over."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    with op.batch_alter_table("organisation") as batch:
        batch.add_column(sa.Column("rank", sa.String(20), nullable=True))
        batch.add_column(sa.Column("purpose", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("how_to_join", sa.Text(), nullable=False, server_default=""))
        batch.add_column(
            sa.Column("is_open", sa.Boolean(), nullable=False, server_default=sa.true())
        )
        batch.add_column(sa.Column("dissolved_at", sa.DateTime(), nullable=True))
        batch.create_index(op.f("ix_organisation_parent_id"), ["parent_id"])
    with op.batch_alter_table("membership") as batch:
        batch.add_column(
            sa.Column("shows_phone", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    op.create_table(
        "team_founding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=False),
        sa.Column("region_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.String(20), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_team_founding_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["organisation.id"], name=op.f("fk_team_founding_parent_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["region_id"], ["region.id"], name=op.f("fk_team_founding_region_id_region")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_team_founding_decided_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_team_founding_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_founding")),
    )
    op.create_index(op.f("ix_team_founding_person_id"), "team_founding", ["person_id"])
    op.create_index(op.f("ix_team_founding_parent_id"), "team_founding", ["parent_id"])
    op.create_table(
        "team_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("from_organisation_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_team_request_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_team_request_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["from_organisation_id"],
            ["organisation.id"],
            name=op.f("fk_team_request_from_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_team_request_decided_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_request")),
    )
    op.create_index(op.f("ix_team_request_person_id"), "team_request", ["person_id"])
    op.create_index(op.f("ix_team_request_organisation_id"), "team_request", ["organisation_id"])
    waiting = sa.text("state = 'waiting'")
    op.create_index(
        "uq_team_request_waiting",
        "team_request",
        ["person_id", "organisation_id"],
        unique=True,
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    op.create_table(
        "team_invite",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("most_uses", sa.Integer(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_team_invite_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], name=op.f("fk_team_invite_made_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_invite")),
    )
    op.create_index(op.f("ix_team_invite_organisation_id"), "team_invite", ["organisation_id"])
    op.create_table(
        "past_membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("function", sa.String(20), nullable=False),
        sa.Column("joined_at", sa.DateTime(), nullable=False),
        sa.Column("left_at", sa.DateTime(), nullable=False),
        sa.Column("ending", sa.String(20), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_past_membership_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_past_membership_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_past_membership")),
    )
    op.create_index(op.f("ix_past_membership_person_id"), "past_membership", ["person_id"])
    op.create_index(
        op.f("ix_past_membership_organisation_id"), "past_membership", ["organisation_id"]
    )


def downgrade() -> None:
    for table in ("past_membership", "team_invite", "team_request", "team_founding"):
        op.drop_table(table)
    with op.batch_alter_table("membership") as batch:
        batch.drop_column("shows_phone")
    with op.batch_alter_table("organisation") as batch:
        batch.drop_index(op.f("ix_organisation_parent_id"))
        for column in ("dissolved_at", "is_open", "how_to_join", "purpose", "rank"):
            batch.drop_column(column)
