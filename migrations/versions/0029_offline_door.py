"""Doors that work without a network: enrolled phones, several doors, conflicts for a person."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"

# Added in place: a rebuilt table would lose the triggers that refuse changes of its rows.
_OF_SCAN = (
    ("device_id", "INTEGER CONSTRAINT fk_scan_device_id_scan_device REFERENCES scan_device (id)"),
    ("checkpoint_id", "INTEGER CONSTRAINT fk_scan_checkpoint_id_checkpoint "
                      "REFERENCES checkpoint (id)"),
    ("seq", "INTEGER"),
    ("local_outcome", "VARCHAR(20)"),
    ("claimed_at", "{moment}"),
    ("evidence", "VARCHAR(20)"),
)  # fmt: skip


def upgrade() -> None:
    _doors()
    _devices()
    moment = "DATETIME" if op.get_bind().dialect.name == "sqlite" else "TIMESTAMP"
    for name, kind in _OF_SCAN:
        op.execute(f"ALTER TABLE scan ADD COLUMN {name} {kind.format(moment=moment)}")
    known = sa.text("first_scan_id IS NOT NULL")
    op.create_index(
        "ix_scan_first_scan_id",
        "scan",
        ["first_scan_id"],
        sqlite_where=known,
        postgresql_where=known,
    )
    op.create_table(
        "scan_conflict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("scan_row_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("noted_at", sa.DateTime(), nullable=False),
        sa.Column("settled_at", sa.DateTime(), nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.Column("settlement", sa.String(20), nullable=True),
        *_references(
            "scan_conflict",
            ("event_id", "event"),
            ("scan_row_id", "scan"),
            ("settled_by_id", "person"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan_conflict")),
        sa.UniqueConstraint("scan_row_id", "kind", name=op.f("uq_scan_conflict_scan_row_id_kind")),
    )
    op.create_index(
        op.f("ix_scan_conflict_event_id_settled_at"), "scan_conflict", ["event_id", "settled_at"]
    )


def _doors() -> None:
    op.create_table(
        "checkpoint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(20), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        *_references("checkpoint", ("event_id", "event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkpoint")),
        sa.UniqueConstraint("event_id", "name", name=op.f("uq_checkpoint_event_id_name")),
    )
    op.create_table(
        "door_setting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("shows_phone_tail", sa.Boolean(), nullable=False),
        *_references("door_setting", ("event_id", "event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_door_setting")),
        sa.UniqueConstraint("event_id", name=op.f("uq_door_setting_event_id")),
    )


def _devices() -> None:
    op.create_table(
        "scan_device",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("checkpoint_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(), nullable=True),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.Column("seen_at", sa.DateTime(), nullable=True),
        sa.Column("unsent", sa.Integer(), nullable=False),
        sa.Column("skew_s", sa.Integer(), nullable=False),
        *_references(
            "scan_device",
            ("event_id", "event"),
            ("checkpoint_id", "checkpoint"),
            ("made_by_id", "person"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan_device")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_scan_device_secret_hash")),
    )
    op.create_index(op.f("ix_scan_device_event_id"), "scan_device", ["event_id"])


def _references(table: str, *pairs: tuple[str, str]) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))
        for column, other in pairs
    ]


def downgrade() -> None:
    op.drop_table("scan_conflict")
    op.drop_index("ix_scan_first_scan_id", "scan")
    for name, _kind in reversed(_OF_SCAN):
        op.execute(f"ALTER TABLE scan DROP COLUMN {name}")
    op.drop_table("scan_device")
    op.drop_table("door_setting")
    op.drop_table("checkpoint")
