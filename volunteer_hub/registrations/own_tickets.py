"""The tickets this phone holds: a signed cookie, so that the door's poster knows its people.

Nobody needs an account to come. The cookie holds ticket codes and nothing else; it cannot be made
elsewhere, scripts cannot read it, and losing it loses nothing, for the ticket itself still works.
"""

from __future__ import annotations

from typing import Final

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from volunteer_hub.core import cookies
from volunteer_hub.core.sealing import derive

COOKIE: Final = "vh_tickets"
MOST: Final = 12  # a cookie has about 4 000 characters
KEPT_S: Final = 180 * 24 * 3600


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(derive("own-tickets", current_app.config["SECRET_KEY"]), salt=COOKIE)


def codes() -> list[str]:
    """Return the codes of the tickets this phone holds, the newest last."""
    try:
        kept = _serializer().loads(cookies.kept(COOKIE))
    except BadSignature:
        return []
    return [code for code in kept if isinstance(code, str)] if isinstance(kept, list) else []


def keep(response: Response, code: str) -> Response:
    """Make this phone remember one more ticket.

    Args:
        response: The answer that sets the cookie.
        code: The ticket's code, as core.tokens made it.
    """
    kept = [*(known for known in codes() if known != code), code][-MOST:]
    cookies.keep(response, COOKIE, str(_serializer().dumps(kept)), for_s=KEPT_S)
    return response
