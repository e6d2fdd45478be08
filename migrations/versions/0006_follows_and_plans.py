"""Let any person follow something, and keep which reminders go before which events."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

OLD_KEY, NEW_KEY = "uq_follow_volunteer_id_kind_code", "uq_follow_person_id_kind_code"
OLD_LINK, NEW_LINK = "fk_follow_volunteer_id_volunteer", "fk_follow_person_id_person"


def upgrade() -> None:
    op.create_table(
        "reminder_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_code", sa.String(40), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder_plan")),
        sa.UniqueConstraint("campaign_code", name=op.f("uq_reminder_plan_campaign_code")),
    )
    op.add_column("follow", sa.Column("person_id", sa.Integer(), nullable=True))
    op.execute(
        "UPDATE follow SET person_id ="
        " (SELECT person_id FROM volunteer WHERE volunteer.id = follow.volunteer_id)"
    )
    with op.batch_alter_table("follow") as follow:
        follow.alter_column("person_id", existing_type=sa.Integer(), nullable=False)
        follow.drop_constraint(op.f(OLD_KEY), type_="unique")
        follow.drop_constraint(op.f(OLD_LINK), type_="foreignkey")
        follow.drop_column("volunteer_id")
        follow.create_foreign_key(op.f(NEW_LINK), "person", ["person_id"], ["id"])
        follow.create_unique_constraint(op.f(NEW_KEY), ["person_id", "kind", "code"])


def downgrade() -> None:
    op.add_column("follow", sa.Column("volunteer_id", sa.Integer(), nullable=True))
    op.execute(
        "UPDATE follow SET volunteer_id ="
        " (SELECT id FROM volunteer WHERE volunteer.person_id = follow.person_id)"
    )
    op.execute("DELETE FROM follow WHERE volunteer_id IS NULL")
    with op.batch_alter_table("follow") as follow:
        follow.alter_column("volunteer_id", existing_type=sa.Integer(), nullable=False)
        follow.drop_constraint(op.f(NEW_KEY), type_="unique")
        follow.drop_constraint(op.f(NEW_LINK), type_="foreignkey")
        follow.drop_column("person_id")
        follow.create_foreign_key(op.f(OLD_LINK), "volunteer", ["volunteer_id"], ["id"])
        follow.create_unique_constraint(op.f(OLD_KEY), ["volunteer_id", "kind", "code"])
    op.drop_table("reminder_plan")
