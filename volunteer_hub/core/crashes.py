"""What is logged when something of ours breaks: where, and nothing that people filled in."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import Final

from flask import Flask, request
from sqlalchemy.exc import SQLAlchemyError

# Their messages repeat values: PostgreSQL names the phone number that is there already.
_TELLTALES: Final = ("psycopg", "sqlite3")


def init_app(app: Flask) -> None:
    """Log crashes by endpoint, for an address may hold a secret, and without values of rows."""

    def log_exception(
        exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None],
    ) -> None:
        trace = "".join(_told(exc_info[1]))
        app.logger.error("crash in %s [%s]\n%s", request.endpoint, request.method, trace)

    app.log_exception = log_exception  # type: ignore[method-assign]


def _told(error: BaseException | None) -> Iterator[str]:
    """Yield an error and what led to it, the last one first."""
    while error is not None:
        kind = type(error)
        is_telltale = isinstance(error, SQLAlchemyError) or kind.__module__.startswith(_TELLTALES)
        yield f"{kind.__module__}.{kind.__qualname__}{'' if is_telltale else f': {error}'}\n"
        yield from traceback.format_tb(error.__traceback__)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
