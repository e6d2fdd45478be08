"""Who is no longer signed in is asked to sign in again, and keeps what they typed."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.utils import redirect

from volunteer_hub.core import problems
from volunteer_hub.core.errors import SignedOutError

# What a page may not repeat: passwords, and the token of the session that ended.
_NOT_REPEATED: Final = ("csrf_token", "password", "current")


def ask_to_sign_in() -> ResponseReturnValue:
    """Return the answer to a request of somebody who has to sign in first."""
    if request.method in ("GET", "HEAD"):
        return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")))
    if problems.wants_json():
        raise SignedOutError
    if request.headers.get("HX-Request") == "true":
        # A button of a page that is open: it leads there again, and nothing was typed.
        sign_in = url_for("accounts.sign_in", next=_page_before())
        return "", HTTPStatus.UNAUTHORIZED, {"HX-Redirect": sign_in}
    typed = _typed()
    if not typed:  # a button: it is on the page they come back to
        return redirect(url_for("accounts.sign_in", next=_page_before()))
    page = render_template("errors/signed_out.html", fields=typed, before=_page_before())
    return page, HTTPStatus.UNAUTHORIZED


def _typed() -> list[tuple[str, str]]:
    return [
        (name, value) for name, value in request.form.items(multi=True) if name not in _NOT_REPEATED
    ]


def _page_before() -> str | None:
    """Return the page of this site from which the request came, when the browser tells."""
    there = urlsplit(request.headers.get("HX-Current-URL") or request.referrer or "")
    if there.netloc != request.host or not there.path.startswith("/"):
        return None
    return there._replace(scheme="", netloc="", fragment="").geturl()
