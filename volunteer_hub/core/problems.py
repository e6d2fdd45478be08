"""Errors turned into pages, or into problem documents for programs (RFC 9457), in one place."""

from __future__ import annotations

from http import HTTPStatus

from flask import Flask, current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import InterfaceError, OperationalError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException, SecurityError

from volunteer_hub.core import i18n
from volunteer_hub.core.errors import (
    BusyError,
    DomainError,
    ForbiddenError,
    NotFoundError,
    StalePageError,
    TooManyTriesError,
)

_BY_STATUS: dict[int, type[DomainError]] = {
    400: StalePageError,
    403: ForbiddenError,
    404: NotFoundError,
    405: NotFoundError,
    429: TooManyTriesError,
    503: BusyError,
}
# What a database says that is away for a moment, and what using it right afterwards says.
_AWAY = (OperationalError, InterfaceError, PendingRollbackError, PoolTimeoutError)


def wants_json() -> bool:
    """Tell whether the caller is a program rather than a person."""
    return request.is_json or request.accept_mimetypes.best == "application/json"


def _show(error: DomainError) -> ResponseReturnValue:
    headers = {"Cache-Control": "no-store"}
    if isinstance(error, BusyError):
        headers["Retry-After"] = str(error.retry_after_s)
    if wants_json():
        body = {
            "type": f"/problems/{error.code}",
            "title": _(error.message),
            "detail": _(error.next_step),
            "status": int(error.status),
        }
        answer = jsonify(body)
        answer.content_type = "application/problem+json"
        return answer, error.status, headers
    shown = {"code": error.code, "message": _(error.message), "next_step": _(error.next_step)}
    is_ours = error.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    render = _render_without_database if is_ours else render_template
    page = render("errors/problem.html", error=shown, status=int(error.status))
    return page, error.status, headers


def _render_without_database(template: str, **values: object) -> str:
    """Return a bare page: what other pages are given for their frame asks the database."""
    frame = {
        "html_lang": "en" if i18n.language() == "en" else "zh-CN",
        "is_elder": i18n.is_elder(),
        "text_px": i18n.text_px(),
        "site": current_app.config["SITE"],
    }
    return current_app.jinja_env.get_template(template).render(**frame, **values)


def _show_http(error: HTTPException) -> ResponseReturnValue:
    if isinstance(error, SecurityError):  # a foreign Host: no page of ours can make its addresses
        return str(error.name), HTTPStatus.BAD_REQUEST, {"Content-Type": "text/plain"}
    known = _BY_STATUS.get(error.code or 500)
    return _show(known()) if known else error


def _show_busy(_error: Exception) -> ResponseReturnValue:
    return _show(BusyError())


def _show_crash(_error: Exception) -> ResponseReturnValue:
    page = _render_without_database("errors/crash.html", status=500)
    return page, HTTPStatus.INTERNAL_SERVER_ERROR, {"Cache-Control": "no-store"}


def init_app(app: Flask) -> None:
    """Show every error as a page with wording and a next step."""
    app.register_error_handler(DomainError, _show)
    app.register_error_handler(HTTPException, _show_http)
    for error in _AWAY:
        app.register_error_handler(error, _show_busy)
    app.register_error_handler(500, _show_crash)
