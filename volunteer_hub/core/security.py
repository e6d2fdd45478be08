"""Headers, limits and compression that hold for every answer."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from flask import Flask, Response, request
from flask_compress import Compress
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

_CSP: Final = (
    "default-src 'none'; script-src 'self'{wasm}; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; media-src 'self' blob:; manifest-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# Only the page that decodes QR codes may compile WebAssembly.
_WASM_ENDPOINTS: Final = frozenset({"checkin.phone", "checkin.scanner"})
# A scan has no limit of its own; to be told so would cost it a twentieth of its time.
_NEVER_LIMITED: Final = frozenset({"checkin.scan", "checkin.scan_batch"})
_ALWAYS: Final = {"X-Content-Type-Options": "nosniff"}
# What only says something to a browser that shows a document.
_OF_DOCUMENTS: Final = {
    "Content-Security-Policy": _CSP.format(wasm=""),
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
}
# What a browser shows as a page, where scripts may run, when somebody opens the file by itself.
_DOCUMENTS: Final = frozenset({"text/html", "image/svg+xml", "application/xhtml+xml", "text/xml"})
_OF_SCANNER: Final = _OF_DOCUMENTS | {
    "Content-Security-Policy": _CSP.format(wasm=" 'wasm-unsafe-eval'")
}

limiter = Limiter(key_func=get_remote_address, headers_enabled=False)


class _Compress(Compress):
    """Compresses refused forms too: a form that comes back is as large as one that is asked for."""

    def after_request(self, response: Response) -> Response:  # type: ignore[override]
        status = response.status
        if 400 <= response.status_code < 500:
            response.status_code = 200
        super().after_request(response)
        response.status = status
        return response


compress = _Compress()


def _protect(response: Response) -> Response:
    headers = response.headers
    given = {name.lower() for name in headers.keys()}  # noqa: SIM118 - pairs, not a dict
    for name, value in _headers_for(response).items():
        if name.lower() not in given:
            headers.add(name, value)
    if request.endpoint == "static":
        if request.args.get("v") and response.status_code < HTTPStatus.BAD_REQUEST:
            headers["Cache-Control"] = "public, max-age=31536000, immutable"
    elif "cache-control" not in given:
        headers.add("Cache-Control", "no-store")
    return response


def _headers_for(response: Response) -> dict[str, str]:
    is_there = response.status_code < HTTPStatus.BAD_REQUEST
    if request.endpoint == "static" and is_there and response.mimetype not in _DOCUMENTS:
        return _ALWAYS  # shipped styles, scripts, pictures: a page fetches dozens of them
    of_page = _OF_SCANNER if request.endpoint in _WASM_ENDPOINTS else _OF_DOCUMENTS
    return _ALWAYS | of_page


def init_app(app: Flask) -> None:
    """Attach headers, rate limits and compression."""
    app.config.setdefault("RATELIMIT_STORAGE_URI", "memory://")
    app.config.setdefault("COMPRESS_ALGORITHM", ["gzip"])
    app.config.setdefault("COMPRESS_MIN_SIZE", 800)
    app.config.setdefault(
        "COMPRESS_MIMETYPES",
        ["text/html", "text/css", "text/javascript", "application/javascript", "application/json",
         "image/svg+xml", "application/wasm", "text/calendar", "application/atom+xml"],
    )  # fmt: skip
    limiter.request_filter(lambda: request.endpoint in _NEVER_LIMITED)
    limiter.init_app(app)
    compress.init_app(app)
    app.after_request(_protect)

    if app.config["SESSION_COOKIE_SECURE"]:

        @app.after_request
        def keep_to_https(response: Response) -> Response:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
            return response
