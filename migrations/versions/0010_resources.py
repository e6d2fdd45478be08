"""Keep vehicles, drivers, kits, projectors and halls, their bookings, and what events need.

No two bookings of a resource can overlap, whatever the application does: PostgreSQL has a
constraint for that, SQLite two triggers.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

NO_OVERLAP = (
    "ALTER TABLE booking ADD CONSTRAINT ex_booking_no_overlap EXCLUDE USING gist"
    " (resource_id WITH =, tsrange(busy_from, busy_until) WITH &&)"
)
OVERLAPS = (
    "EXISTS (SELECT 1 FROM booking WHERE resource_id = NEW.resource_id AND id IS NOT NEW.id"
    " AND busy_from < NEW.busy_until AND busy_until > NEW.busy_from)"
)
TRIGGERS = {
    "booking_no_overlap_made": "INSERT",
    "booking_no_overlap_moved": "UPDATE OF resource_id, busy_from, busy_until",
}


def upgrade() -> None:
    op.create_table(
        "resource",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("plate", sa.String(12), nullable=False),
        sa.Column("licence_class", sa.String(4), nullable=True),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("contents", sa.Text(), nullable=False),
        sa.Column("before_minutes", sa.Integer(), nullable=False),
        sa.Column("after_minutes", sa.Integer(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.CheckConstraint("seats IS NULL OR seats > 0", name=op.f("ck_resource_seats_positive")),
        sa.CheckConstraint(
            "before_minutes >= 0 AND after_minutes >= 0",
            name=op.f("ck_resource_buffers_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_resource_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource")),
        sa.UniqueConstraint(
            "organisation_id", "kind", "name", name=op.f("uq_resource_organisation_id_kind_name")
        ),
    )
    op.create_index(op.f("ix_resource_kind"), "resource", ["kind"])
    op.create_table(
        "booking",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("busy_from", sa.DateTime(), nullable=False),
        sa.Column("busy_until", sa.DateTime(), nullable=False),
        sa.Column("booked_by_id", sa.Integer(), nullable=False),
        sa.Column("booked_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_booking_ends_after_start")),
        sa.CheckConstraint(
            "busy_from <= starts_at AND busy_until >= ends_at",
            name=op.f("ck_booking_busy_around_use"),
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resource.id"], name=op.f("fk_booking_resource_id_resource")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_booking_event_id_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["booked_by_id"], ["person.id"], name=op.f("fk_booking_booked_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking")),
        sa.UniqueConstraint(
            "event_id", "resource_id", name=op.f("uq_booking_event_id_resource_id")
        ),
    )
    op.create_index(
        op.f("ix_booking_resource_id_busy_until"), "booking", ["resource_id", "busy_until"]
    )
    op.create_table(
        "requirement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("min_seats", sa.Integer(), nullable=True),
        sa.Column("resource_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("number >= 1", name=op.f("ck_requirement_number_positive")),
        sa.CheckConstraint(
            "min_seats IS NULL OR min_seats > 0", name=op.f("ck_requirement_seats_positive")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["event.id"],
            name=op.f("fk_requirement_event_id_event"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resource.id"], name=op.f("fk_requirement_resource_id_resource")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requirement")),
    )
    op.create_index(op.f("ix_requirement_event_id"), "requirement", ["event_id"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        op.execute(NO_OVERLAP)
        return
    for name, verb in TRIGGERS.items():
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {verb} ON booking WHEN {OVERLAPS} "
            "BEGIN SELECT RAISE(ABORT, 'bookings overlap'); END"
        )


def downgrade() -> None:
    op.drop_table("requirement")
    op.drop_table("booking")
    op.drop_table("resource")
