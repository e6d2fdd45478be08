"""Trips of several stops, what is booked for the whole of one, and what each stop came to.

Bookings get a column. SQLite writes their table anew for it, and so loses the two triggers of
0010 that let no two bookings overlap: they are made again.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"

OVERLAPS = (
    "EXISTS (SELECT 1 FROM booking WHERE resource_id = NEW.resource_id AND id IS NOT NEW.id"
    " AND busy_from < NEW.busy_until AND busy_until > NEW.busy_from)"
)
TRIGGERS = {
    "booking_no_overlap_made": "INSERT",
    "booking_no_overlap_moved": "UPDATE OF resource_id, busy_from, busy_until",
}


def upgrade() -> None:
    _make_trip()
    _make_stop_report()
    with op.batch_alter_table("event") as event:
        event.add_column(sa.Column("trip_id", sa.Integer(), nullable=True))
        event.add_column(sa.Column("expected_people", sa.Integer(), nullable=True))
        event.create_foreign_key(op.f("fk_event_trip_id_trip"), "trip", ["trip_id"], ["id"])
        event.create_index(op.f("ix_event_trip_id"), ["trip_id"])
    with op.batch_alter_table("booking") as booking:
        booking.add_column(sa.Column("trip_id", sa.Integer(), nullable=True))
        booking.create_foreign_key(
            op.f("fk_booking_trip_id_trip"), "trip", ["trip_id"], ["id"], ondelete="CASCADE"
        )
        booking.create_unique_constraint(
            op.f("uq_booking_trip_id_resource_id"), ["trip_id", "resource_id"]
        )
    with op.batch_alter_table("resource") as resource:
        resource.add_column(sa.Column("volunteer_id", sa.Integer(), nullable=True))
        resource.create_foreign_key(
            op.f("fk_resource_volunteer_id_volunteer"),
            "volunteer",
            ["volunteer_id"],
            ["id"],
            ondelete="SET NULL",
        )
        resource.create_index(op.f("ix_resource_volunteer_id"), ["volunteer_id"])
    _guard_bookings()


def _make_trip() -> None:
    op.create_table(
        "trip",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("depot_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(80), nullable=False),
        sa.Column("leaves_at", sa.DateTime(), nullable=False),
        sa.Column("returns_at", sa.DateTime(), nullable=False),
        sa.Column("set_up_minutes", sa.Integer(), nullable=False),
        sa.Column("pack_up_minutes", sa.Integer(), nullable=False),
        sa.Column("day_starts_minute", sa.Integer(), nullable=False),
        sa.Column("goes_home", sa.Boolean(), nullable=False),
        sa.Column("contact_name", sa.String(60), nullable=False),
        sa.Column("contact_phone", sa.String(20), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("odometer_start_km", sa.Integer(), nullable=True),
        sa.Column("odometer_end_km", sa.Integer(), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.CheckConstraint("returns_at > leaves_at", name=op.f("ck_trip_returns_after_leaving")),
        sa.CheckConstraint(
            "set_up_minutes >= 0 AND pack_up_minutes >= 0", name=op.f("ck_trip_not_negative")
        ),
        sa.CheckConstraint(
            "odometer_end_km IS NULL OR odometer_end_km >= odometer_start_km",
            name=op.f("ck_trip_odometer_not_back"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_trip_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_trip_campaign_id_campaign")
        ),
        sa.ForeignKeyConstraint(["depot_id"], ["venue.id"], name=op.f("fk_trip_depot_id_venue")),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["person.id"], name=op.f("fk_trip_created_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trip")),
    )
    op.create_index(
        op.f("ix_trip_organisation_id_leaves_at"), "trip", ["organisation_id", "leaves_at"]
    )
    op.create_index(op.f("ix_trip_leaves_at"), "trip", ["leaves_at"])


def _make_stop_report() -> None:
    op.create_table(
        "stop_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("odometer_km", sa.Integer(), nullable=True),
        sa.Column("exhibits", sa.Integer(), nullable=True),
        sa.Column("leaflets", sa.Integer(), nullable=True),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("reported_at", sa.DateTime(), nullable=False),
        sa.Column("reported_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "exhibits >= 0 AND leaflets >= 0 AND people >= 0",
            name=op.f("ck_stop_report_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["event.id"],
            name=op.f("fk_stop_report_event_id_event"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["reported_by_id"], ["person.id"], name=op.f("fk_stop_report_reported_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stop_report")),
        sa.UniqueConstraint("event_id", name=op.f("uq_stop_report_event_id")),
    )


def _guard_bookings() -> None:
    if op.get_bind().dialect.name == "postgresql":
        return
    for name, verb in TRIGGERS.items():
        op.execute(f"DROP TRIGGER IF EXISTS {name}")
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {verb} ON booking WHEN {OVERLAPS} "
            "BEGIN SELECT RAISE(ABORT, 'bookings overlap'); END"
        )


def downgrade() -> None:
    with op.batch_alter_table("resource") as resource:
        resource.drop_index(op.f("ix_resource_volunteer_id"))
        resource.drop_constraint(op.f("fk_resource_volunteer_id_volunteer"), type_="foreignkey")
        resource.drop_column("volunteer_id")
    with op.batch_alter_table("booking") as booking:
        booking.drop_constraint(op.f("uq_booking_trip_id_resource_id"), type_="unique")
        booking.drop_constraint(op.f("fk_booking_trip_id_trip"), type_="foreignkey")
        booking.drop_column("trip_id")
    _guard_bookings()
    with op.batch_alter_table("event") as event:
        event.drop_index(op.f("ix_event_trip_id"))
        event.drop_constraint(op.f("fk_event_trip_id_trip"), type_="foreignkey")
        event.drop_column("expected_people")
        event.drop_column("trip_id")
    op.drop_table("stop_report")
    op.drop_table("trip")
