"""The database session, the types all models share, and the one gate for writers."""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import CursorResult, DateTime, Dialect, Enum, Executable, MetaData, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from volunteer_hub.core import sqlite

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, kept as UTC in every database (SQLite has no time zones)."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC without its zone; refuse a moment that has none."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware moment."""
        return value.replace(tzinfo=UTC) if value else None


class Model(DeclarativeBase):
    """Base of every table."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UtcDateTime}

    id: Mapped[int] = mapped_column(primary_key=True, sort_order=-1)


def enum_column(values: type[enum.StrEnum], *, length: int = 20) -> Enum:
    """Return a column type that keeps an enum's value as text, the same on every database."""
    return Enum(
        values,
        native_enum=False,
        length=length,
        create_constraint=False,
        values_callable=lambda members: [str(member.value) for member in members],
    )


db = SQLAlchemy(metadata=Model.metadata)
migrate = Migrate(render_as_batch=True, compare_type=True)


def _engine_options(url: str) -> dict[str, Any]:
    if url.startswith("sqlite"):
        options = sqlite.ENGINE_OPTIONS
    else:
        # Readers begin no transaction: each statement sees what is committed, as it would in one,
        # and psycopg keeps its prepared statements, which it drops at every ROLLBACK.
        options = {
            "isolation_level": "AUTOCOMMIT",
            "pool_pre_ping": True,
            "pool_size": 10,
            "max_overflow": 10,
            "pool_timeout": 10,
        }
    # What people filled in must not reach a log with an error message.
    return {**options, "hide_parameters": True}


def writing_options() -> dict[str, Any]:
    """Return the execution options of a connection whose transaction will write."""
    if db.engine.dialect.name == "sqlite":
        return {sqlite.WRITES: True}
    return {"isolation_level": "READ COMMITTED"}


def begin_writing() -> None:
    """Begin the session's transaction as one that writes; on SQLite when its turn has come.

    Raises:
        BusyError: Other writers held the database for too long.
    """
    with sqlite.turn(db.engine):
        db.session.connection(execution_options=writing_options())


def run(
    statement: Executable, values: Mapping[str, Any] | None = None
) -> CursorResult[*tuple[Any, ...]]:
    """Run a statement in the session's transaction and return plain rows.

    Without the mapper around it, which costs as much again: for what every signed-in request or
    every scan asks. What the session holds and has not written yet is not written first.
    """
    return db.session.connection().execute(statement, values)


def take_turns(name: str) -> None:
    """Let transactions that name the same thing go one after another, each until it ends.

    For decisions about what no row stands for yet. Writers on SQLite take turns anyway.
    """
    if db.engine.dialect.name == "postgresql":
        digest = hashlib.blake2b(name.encode(), digest_size=8).digest()
        number = int.from_bytes(digest, "big", signed=True)
        db.session.execute(select(func.pg_advisory_xact_lock(number)))


def init_app(app: Flask) -> None:
    """Attach the session to the application, and SQLite's gate when it is the database."""
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", _engine_options(url))
    db.init_app(app)
    app.teardown_appcontext(_let_go)  # before Flask-SQLAlchemy's own: the last one added is first
    migrate.init_app(app, db)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            sqlite.install(db.engine)


def _let_go(_error: BaseException | None) -> None:
    """End the session; a connection that died when all was read is no error of the request."""
    try:
        db.session.close()
    except DBAPIError:
        db.session().invalidate()
