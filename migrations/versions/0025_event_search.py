"""Find published events by any part of a word; languages of events, step-free venues."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0025"
down_revision = "0024"

ON_SQLITE = (
    "CREATE VIRTUAL TABLE event_words USING fts5("
    "words, content='event_search', content_rowid='id', detail=none, columnsize=0)",
    "CREATE TRIGGER event_search_indexed AFTER INSERT ON event_search BEGIN "
    "INSERT INTO event_words(rowid, words) VALUES (new.id, new.words); END",
    "CREATE TRIGGER event_search_dropped AFTER DELETE ON event_search BEGIN "
    "INSERT INTO event_words(event_words, rowid, words) VALUES ('delete', old.id, old.words); END",
    "CREATE TRIGGER event_search_no_update BEFORE UPDATE ON event_search BEGIN "
    "SELECT RAISE(ABORT, 'event_search is made anew, not changed'); END",
)


def upgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    op.create_table(
        "event_search",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("haystack", sa.Text(), nullable=False),
        sa.Column("words", sa.Text().with_variant(TSVECTOR(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["event.id"],
            name=op.f("fk_event_search_event_id_event"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_search")),
        sa.UniqueConstraint("event_id", name=op.f("uq_event_search_event_id")),
    )
    if is_sqlite:
        for statement in ON_SQLITE:
            op.execute(statement)
    else:
        # Few rows are read for each that is shown, so their long list of words stays outside.
        op.execute("ALTER TABLE event_search ALTER COLUMN words SET STORAGE EXTERNAL")
        op.create_index(
            op.f("ix_event_search_words"), "event_search", ["words"], postgresql_using="gin"
        )
    # Columns with a constant default are added in place: no table is made again, no trigger lost.
    op.add_column(
        "event",
        sa.Column("language_codes", sa.JSON(), nullable=False, server_default=sa.text("'[]'")),
    )
    op.add_column(
        "venue",
        sa.Column("is_step_free", sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def downgrade() -> None:
    with op.batch_alter_table("venue") as venue:
        venue.drop_column("is_step_free")
    with op.batch_alter_table("event") as event:
        event.drop_column("language_codes")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE event_words")
    op.drop_table("event_search")
