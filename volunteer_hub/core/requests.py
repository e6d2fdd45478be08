"""What may stand in an address or a form at all, settled before any page reads it."""

from __future__ import annotations

from typing import Any, Final

from flask import Flask
from flask import Request as FlaskRequest
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.routing import IntegerConverter, PathConverter, UnicodeConverter, ValidationError

from volunteer_hub.core.text import LARGEST, read_id

_NO_SIGN: Final = "\0"  # PostgreSQL keeps it in no text, and nobody types it


def _plain(value: Any) -> Any:  # noqa: ANN401 - text, or an uploaded file
    return value.replace(_NO_SIGN, "") if isinstance(value, str) else value


class Values(ImmutableMultiDict[str, Any]):
    """What an address or a form holds, as far as a database can keep it."""

    def __init__(self, mapping: Any = None) -> None:  # noqa: ANN401 - as werkzeug has it
        pairs = MultiDict(mapping).items(multi=True)
        super().__init__([(_plain(name), _plain(value)) for name, value in pairs])

    def get(self, key: str, default: Any = None, type: Any = None) -> Any:  # type: ignore[override]  # noqa: ANN401
        """Return a value, or the default; a number that nothing here can have counts as none."""
        value = super().get(key, default, type)
        is_beyond = isinstance(value, int) and not -LARGEST <= value <= LARGEST
        return default if is_beyond else value


class Request(FlaskRequest):
    """A request whose address and form hold nothing that a database cannot keep."""

    parameter_storage_class = Values


class _Text(UnicodeConverter):
    def to_python(self, value: str) -> str:
        if _NO_SIGN in value:
            raise ValidationError
        return value


class _Path(PathConverter):
    def to_python(self, value: str) -> str:
        if _NO_SIGN in value:
            raise ValidationError
        return value


class _Number(IntegerConverter):
    def to_python(self, value: str) -> Any:  # noqa: ANN401 - as werkzeug has it
        if read_id(value) is None:
            raise ValidationError
        return super().to_python(value)


def init_app(app: Flask) -> None:
    """Make every request such a one; an address about what cannot be is not there."""
    app.request_class = Request
    converters = {"default": _Text, "string": _Text, "path": _Path, "int": _Number}
    app.url_map.converters.update(converters)
