"""What a guardian of a young child says besides: rules for children, who comes along."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    with op.batch_alter_table("guardian_consent") as batch:
        batch.add_column(sa.Column("child_version", sa.String(20), nullable=True))
        batch.add_column(sa.Column("companion_name", sa.LargeBinary(), nullable=True))
        batch.add_column(sa.Column("companion_phone", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("guardian_consent") as batch:
        batch.drop_column("companion_phone")
        batch.drop_column("companion_name")
        batch.drop_column("child_version")
