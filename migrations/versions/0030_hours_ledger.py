"""The hours ledger; every confirmed record gets its row in it, and totals stay what they were."""

from __future__ import annotations

import json
from datetime import timedelta

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"

TABLE = "hours_entry"
# Only a way back drops them; what they hold stands in ``service_record`` as it was confirmed.
MAY_LOSE_ROWS_OF = ("hours_entry", "hours_policy")
AT_ONCE = 1000
# Dandong keeps the time of Shanghai, which has been eight hours ahead all this while.
LOCAL = timedelta(hours=8)


def upgrade() -> None:
    _make_tables()
    with op.batch_alter_table("service_record") as batch:
        batch.alter_column("assignment_id", existing_type=sa.Integer(), nullable=True)
    _credit_what_was_confirmed()
    _guard()


def _make_tables() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("source", sa.String(20), nullable=False),
        sa.Column("evidence", sa.String(20), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("rule_version", sa.String(20), nullable=False),
        sa.Column("working", sa.JSON(), nullable=False),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("sealed_for", sa.Integer(), nullable=True),
        sa.Column("sealed", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind <> 'credit' OR minutes >= 0", name=op.f("ck_hours_entry_credit_not_negative")
        ),
        sa.CheckConstraint(
            "(kind = 'reverse') = (reverses_id IS NOT NULL)",
            name=op.f("ck_hours_entry_reverse_names_one"),
        ),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["service_record.id"],
            name=op.f("fk_hours_entry_record_id_service_record"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_hours_entry_event_id_event")
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"],
            ["hours_entry.id"],
            name=op.f("fk_hours_entry_reverses_id_hours_entry"),
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["person.id"], name=op.f("fk_hours_entry_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hours_entry")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_hours_entry_reverses_id")),
    )
    op.create_index(op.f("ix_hours_entry_record_id"), TABLE, ["record_id"])
    op.create_index(op.f("ix_hours_entry_event_id_at"), TABLE, ["event_id", "at"])
    op.create_index(
        "uq_hours_entry_credit",
        TABLE,
        ["record_id"],
        unique=True,
        sqlite_where=sa.text("kind = 'credit'"),
        postgresql_where=sa.text("kind = 'credit'"),
    )
    op.create_table(
        "hours_policy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("form_code", sa.String(40), nullable=True),
        sa.Column("early_grace", sa.Integer(), nullable=False),
        sa.Column("late_grace", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("minimum", sa.Integer(), nullable=False),
        sa.Column("day_cap", sa.Integer(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "early_grace >= 0 AND late_grace >= 0", name=op.f("ck_hours_policy_grace_not_negative")
        ),
        sa.CheckConstraint(
            "step >= 1 AND minimum >= 0", name=op.f("ck_hours_policy_step_and_minimum")
        ),
        sa.CheckConstraint(
            "day_cap BETWEEN 1 AND 1440", name=op.f("ck_hours_policy_day_cap_of_a_day")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_hours_policy_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_hours_policy_decided_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hours_policy")),
    )
    op.create_index(op.f("ix_hours_policy_organisation_id"), "hours_policy", ["organisation_id"])


def _credit_what_was_confirmed() -> None:
    """Write the first row of every record that holds hours, as it was worked out then."""
    bind = op.get_bind()
    records = sa.Table(
        "service_record",
        sa.MetaData(),
        *(sa.Column(name, sa.Integer()) for name in ("id", "event_id", "minutes")),
        *(sa.Column(name, sa.Integer()) for name in ("planned_minutes", "confirmed_by_id")),
        *(sa.Column(name, sa.DateTime()) for name in ("served_at", "in_at", "out_at")),
        sa.Column("confirmed_at", sa.DateTime()),
        sa.Column("kind", sa.String()),
        sa.Column("working", sa.JSON()),
    )
    entries = sa.Table(
        TABLE,
        sa.MetaData(),
        *(sa.Column(name, sa.Integer()) for name in ("record_id", "event_id", "minutes", "by_id")),
        *(sa.Column(name, sa.String()) for name in ("kind", "source", "evidence", "rule_version")),
        sa.Column("working", sa.JSON()),
        sa.Column("at", sa.DateTime()),
    )
    statement = sa.select(records).where(records.c.kind != "no_show").order_by(records.c.id)
    last_id = 0
    while rows := bind.execute(
        statement.where(records.c.id > last_id).limit(AT_ONCE)
    ).mappings().all():
        op.bulk_insert(entries, [_entry(row) for row in rows])
        last_id = rows[-1]["id"]


def _entry(row):
    is_timed = row["kind"] == "timed"
    vouched = "vouched" if row["in_at"] is None else "partly"
    working = row["working"]
    counted = (json.loads(working) if isinstance(working, str) else working).get("counted")
    day = (row["served_at"] + LOCAL).date().isoformat()
    return {
        "record_id": row["id"],
        "event_id": row["event_id"],
        "minutes": row["minutes"],
        "by_id": row["confirmed_by_id"],
        "kind": "credit",
        "source": "scans" if is_timed else "claim",
        "evidence": "scanned" if is_timed else vouched,
        "rule_version": "usual-1",
        "working": {
            "planned": row["planned_minutes"],
            "in": _iso(row["in_at"]),
            "out": _iso(row["out_at"]),
            "counted": counted,
            "days": {day: row["minutes"]},
        },
        "at": row["confirmed_at"],
    }


def _iso(moment):
    return f"{moment.isoformat()}+00:00" if moment else None


def _guard() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {TABLE}_no_{verb.lower()} BEFORE {verb} ON {TABLE} "
                f"BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE TRIGGER {TABLE}_append_only BEFORE UPDATE OR DELETE ON {TABLE} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    op.drop_table("hours_policy")
    op.drop_table(TABLE)
    with op.batch_alter_table("service_record") as batch:
        batch.alter_column("assignment_id", existing_type=sa.Integer(), nullable=False)
