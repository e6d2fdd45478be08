"""Values that nobody reads in the database file or in a backup: AES-GCM with keys of the settings.

``VH_DATA_KEYS`` names the keys, the newest first: it encrypts, all of them decrypt. Without it one
key follows from the secret key. ``flask keys rotate`` writes every such value anew.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import click
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import Dialect, LargeBinary, select
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.types import TypeDecorator

from volunteer_hub.core.database import Model, db
from volunteer_hub.core.sealing import derive
from volunteer_hub.core.transaction import transaction

_ID_BYTES: Final = 4
_NONCE_BYTES: Final = 12
AT_ONCE: Final = 200
commands = AppGroup("keys", help="Look after the keys that personal values are encrypted with.")


class UnknownKeyError(RuntimeError):
    """A value was encrypted with a key that the settings no longer name."""


def _secrets() -> list[str]:
    given: tuple[str, ...] = current_app.config.get("DATA_KEYS", ())
    return list(given) or [current_app.config["SECRET_KEY"]]


def _key(secret: str) -> tuple[bytes, bytes]:
    """Return the name of a key, which stands before each value, and the key."""
    return derive("data-key-id", secret)[:_ID_BYTES], derive("data-key", secret)


def encrypt(purpose: str, plain: bytes) -> bytes:
    """Return a value that only ``decrypt`` for the same purpose can read."""
    name, key = _key(_secrets()[0])
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return name + nonce + AESGCM(key).encrypt(nonce, plain, purpose.encode())


def decrypt(purpose: str, sealed: bytes) -> bytes:
    """Return what was encrypted.

    Raises:
        UnknownKeyError: Its key is not among those of the settings.
        cryptography.exceptions.InvalidTag: It was changed, or is for another purpose.
    """
    keys = dict(_key(secret) for secret in _secrets())
    key = keys.get(sealed[:_ID_BYTES])
    if key is None:
        raise UnknownKeyError("VH_DATA_KEYS lacks the key that some values were encrypted with")
    nonce, rest = sealed[_ID_BYTES : _ID_BYTES + _NONCE_BYTES], sealed[_ID_BYTES + _NONCE_BYTES :]
    return AESGCM(key).decrypt(nonce, rest, purpose.encode())


def blind_index(purpose: str, text: str) -> str:
    """Return what equal texts share and what tells nobody the text, so that it can be found."""
    key = derive(f"blind-index:{purpose}", _secrets()[0])
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


class EncryptedBytes(TypeDecorator[bytes]):
    """Bytes that are encrypted in the database."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        """Say what the bytes are; a value copied into another column cannot be read there."""
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Encrypt."""
        return None if value is None else encrypt(self.purpose, value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Decrypt."""
        return None if value is None else decrypt(self.purpose, bytes(value))


class EncryptedText(TypeDecorator[str]):
    """Text that is encrypted in the database."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        """Say what the text is; a value copied into another column cannot be read there."""
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """Encrypt."""
        return None if value is None else encrypt(self.purpose, value.encode())

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        """Decrypt."""
        return None if value is None else decrypt(self.purpose, bytes(value)).decode()


@dataclass(frozen=True, slots=True)
class Kept:
    """Where encrypted values are kept.

    Attributes:
        model: In which table.
        columns: In which columns.
        indexes: What makes each blind index of a row anew, by column.
    """

    model: type[Model]
    columns: tuple[str, ...]
    indexes: dict[str, Callable[[Any], str | None]] = field(default_factory=dict)


_kept: dict[str, Kept] = {}


def register(model: type[Model], *columns: str, **indexes: Callable[[Any], str | None]) -> None:
    """Say that these columns of a table are encrypted, and which hold blind indexes of them."""
    _kept[model.__tablename__] = Kept(model, columns, indexes)


def rotate() -> Iterator[tuple[str, int]]:
    """Write every encrypted value anew with the first key; yield tables with rows done so far.

    Each step is a transaction, so that a rotation that was broken off can be begun again.
    """
    for name, kept in sorted(_kept.items()):
        last_id, done = 0, 0
        while True:
            with transaction():
                rows = _some(kept.model, last_id)
                for row in rows:
                    _write_anew(row, kept)
                last_id = rows[-1].id if rows else last_id
            done += len(rows)
            yield name, done
            if len(rows) < AT_ONCE:
                break


def _some(model: type[Model], after_id: int) -> list[Any]:
    statement = (
        select(model)
        .where(model.id > after_id)
        .order_by(model.id)
        .limit(AT_ONCE)
        .with_for_update(of=model)
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(statement))


def _write_anew(row: Any, kept: Kept) -> None:  # noqa: ANN401 - a row of any table
    for column in kept.columns:
        if getattr(row, column) is not None:
            flag_modified(row, column)
    for column, make in kept.indexes.items():
        setattr(row, column, make(row))


@commands.command("rotate")
def rotate_command() -> None:
    """Encrypt every value anew with the first key of VH_DATA_KEYS."""
    for name, rows in dict(rotate()).items():
        click.echo(f"{name}: {rows}")
