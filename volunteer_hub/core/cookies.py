"""Cookies that only this site can set, and a session that only this site can read."""

from __future__ import annotations

import base64
from functools import lru_cache
from typing import Any, Final

from cryptography.fernet import Fernet, InvalidToken
from flask import Flask, current_app, request
from flask.sessions import SecureCookieSessionInterface, session_json_serializer
from itsdangerous import BadSignature
from werkzeug.wrappers import Response

from volunteer_hub.core.sealing import derive

# Browsers take a cookie of such a name only over https, from this very host, for all its pages.
HOST_ONLY: Final = "__Host-"


def _name(cookie: str) -> str:
    return HOST_ONLY + cookie if current_app.config["SESSION_COOKIE_SECURE"] else cookie


def kept(cookie: str) -> str:
    """Return what this device keeps in a cookie, or nothing."""
    return request.cookies.get(_name(cookie), "")


def keep(response: Response, cookie: str, value: str, *, for_s: int) -> None:
    """Let this device keep a value for so many seconds; scripts do not see it."""
    response.set_cookie(
        _name(cookie),
        value,
        max_age=for_s,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )


class _Sealed:
    """Writes a session so that only this site can read it."""

    def __init__(self, secret: str | bytes) -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(derive("session", secret)))

    def dumps(self, session: dict[str, Any]) -> str:
        return self._fernet.encrypt(session_json_serializer.dumps(session).encode()).decode()

    def loads(self, text: str, max_age: int) -> Any:  # noqa: ANN401 - as Flask has it
        # Its age is not judged by a clock that may be set back: what counts is the row it names.
        try:
            return session_json_serializer.loads(self._fernet.decrypt(text.encode()).decode())
        except InvalidToken:
            raise BadSignature("not sealed here") from None


_sealed = lru_cache(maxsize=4)(_Sealed)


class SealedSessions(SecureCookieSessionInterface):
    """Keeps the session in a cookie that its owner can neither change nor read.

    It names the device's token, the number a code was sent to, and what the next page will say.
    """

    def get_signing_serializer(self, app: Flask) -> Any:  # noqa: ANN401 - as Flask has it
        """Return what writes and reads the cookie."""
        return _sealed(app.secret_key) if app.secret_key else None


def init_app(app: Flask) -> None:
    """Seal the sessions of this application."""
    app.session_interface = SealedSessions()
