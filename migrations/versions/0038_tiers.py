"""What the matcher puts first: townships marked as remote, posts that want experienced people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    # Columns with a constant default, or none, are added in place: no table is made again.
    op.add_column("region", sa.Column("is_remote", sa.Boolean(), nullable=True))
    op.add_column(
        "post",
        sa.Column("min_experienced", sa.Integer(), nullable=False, server_default=sa.text("0")),
    )


def downgrade() -> None:
    op.drop_column("post", "min_experienced")
    op.drop_column("region", "is_remote")
