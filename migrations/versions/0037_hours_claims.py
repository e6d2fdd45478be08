"""Missing check-outs, claims for hours that no scan proves, and what is objected to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"

PEOPLE = ("asked_by_id", "first_by_id", "second_by_id", "settled_by_id")
IS_OPEN = "state IN ('waiting', 'half', 'notice')"
IS_OWN = f"{IS_OPEN} AND assignment_id IS NULL"


def upgrade() -> None:
    op.create_table(
        "departure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("left_at", sa.DateTime(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(), nullable=True),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["assignment.id"],
            name=op.f("fk_departure_assignment_id_assignment"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_departure")),
        sa.UniqueConstraint("assignment_id", name=op.f("uq_departure_assignment_id")),
    )
    _make_claims()
    op.create_table(
        "hours_objection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("said_at", sa.DateTime(), nullable=False),
        sa.Column("is_upheld", sa.Boolean(), nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.Column("settled_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["hours_claim.id"], name=op.f("fk_hours_objection_claim_id_hours_claim")
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["person.id"], name=op.f("fk_hours_objection_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["settled_by_id"], ["person.id"], name=op.f("fk_hours_objection_settled_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hours_objection")),
    )
    op.create_index(op.f("ix_hours_objection_claim_id"), "hours_objection", ["claim_id"])
    op.create_index(op.f("ix_hours_objection_by_id"), "hours_objection", ["by_id"])


def _make_claims() -> None:
    op.create_table(
        "hours_claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("volunteer_id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("content", sa.String(120), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("evidence", sa.LargeBinary(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("first_by_id", sa.Integer(), nullable=True),
        sa.Column("first_at", sa.DateTime(), nullable=True),
        sa.Column("second_by_id", sa.Integer(), nullable=True),
        sa.Column("second_at", sa.DateTime(), nullable=True),
        sa.Column("notice_until", sa.Date(), nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.Column("settled_at", sa.DateTime(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_hours_claim_ends_after_start")),
        sa.CheckConstraint(
            "minutes BETWEEN 1 AND 1440", name=op.f("ck_hours_claim_minutes_of_a_day")
        ),
        sa.CheckConstraint(
            "first_by_id IS NULL OR first_by_id <> asked_by_id",
            name=op.f("ck_hours_claim_not_by_oneself"),
        ),
        sa.CheckConstraint(
            "second_by_id IS NULL OR (second_by_id <> asked_by_id AND second_by_id <> first_by_id)",
            name=op.f("ck_hours_claim_two_people"),
        ),
        *(
            sa.ForeignKeyConstraint(
                [f"{of}_id"], [f"{of}.id"], name=op.f(f"fk_hours_claim_{of}_id_{of}")
            )
            for of in ("event", "volunteer", "assignment")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["service_record.id"],
            name=op.f("fk_hours_claim_record_id_service_record"),
        ),
        *(
            sa.ForeignKeyConstraint(
                [who], ["person.id"], name=op.f(f"fk_hours_claim_{who}_person")
            )
            for who in PEOPLE
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hours_claim")),
    )
    op.create_index(
        op.f("ix_hours_claim_state_notice_until"), "hours_claim", ["state", "notice_until"]
    )
    op.create_index(op.f("ix_hours_claim_event_id"), "hours_claim", ["event_id"])
    op.create_index(op.f("ix_hours_claim_volunteer_id"), "hours_claim", ["volunteer_id"])
    op.create_index(
        "uq_hours_claim_open_own",
        "hours_claim",
        ["event_id", "volunteer_id"],
        unique=True,
        sqlite_where=sa.text(IS_OWN),
        postgresql_where=sa.text(IS_OWN),
    )
    op.create_index(
        "uq_hours_claim_open_place",
        "hours_claim",
        ["assignment_id"],
        unique=True,
        sqlite_where=sa.text(IS_OPEN),
        postgresql_where=sa.text(IS_OPEN),
    )


def downgrade() -> None:
    op.drop_table("hours_objection")
    op.drop_table("hours_claim")
    op.drop_table("departure")
