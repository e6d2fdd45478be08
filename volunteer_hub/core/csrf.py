"""Form tokens, checked once per request and enforced where something is written.

A stale page must not throw away what was typed, so a bad token does not end the request at once:
forms show it as an error of the whole form, and `transaction()` refuses to write at all.
"""

from __future__ import annotations

from flask import Flask, g, has_request_context, request
from flask_wtf.csrf import generate_csrf, validate_csrf
from wtforms.validators import ValidationError

from volunteer_hub.core.errors import StalePageError

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def is_token_valid() -> bool:
    """Tell whether this request may write; computed once per request."""
    if "csrf_ok" not in g:
        token = request.form.get("csrf_token") or request.headers.get("X-CSRFToken")
        try:
            validate_csrf(token)
            g.csrf_ok = True
        except ValidationError:
            g.csrf_ok = False
    return bool(g.csrf_ok)


def take_link_for_token() -> None:
    """Let this request write without a form token: its address holds a secret made for just this.

    Only for what a mail program does by itself (one-click unsubscribe, RFC 8058), after the
    secret was checked.
    """
    g.csrf_ok = True


def renew() -> None:
    """Put a token into a session that was just emptied.

    Pages opened side by side right afterwards then share it, instead of each making its own and
    the last answer winning.
    """
    g.pop("csrf_token", None)
    generate_csrf()


def require_valid_token() -> None:
    """Refuse a request that wants to write without a valid token; commands and jobs pass.

    Raises:
        StalePageError: There is no token, it is forged, or it is too old.
    """
    if not has_request_context() or request.method in _SAFE_METHODS:
        return
    if not is_token_valid():
        raise StalePageError


def init_app(app: Flask) -> None:
    """Give templates the token; set how long a page stays usable."""
    app.config.setdefault("WTF_CSRF_TIME_LIMIT", 12 * 3600)
    app.config.setdefault("WTF_CSRF_CHECK_DEFAULT", False)
    app.jinja_env.globals["csrf_token"] = generate_csrf
