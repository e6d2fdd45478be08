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
_WASM_ENDPOINTS: Final = frozenset({"checkin.scanner"})

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
    wasm = " 'wasm-unsafe-eval'" if request.endpoint in _WASM_ENDPOINTS else ""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", _CSP.format(wasm=wasm))
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(), microphone=()")
    if request.endpoint == "static":
        if request.args.get("v") and response.status_code < HTTPStatus.BAD_REQUEST:
            headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response
    headers.setdefault("Cache-Control", "no-store")
    return response


def init_app(app: Flask) -> None:
    """Attach headers, rate limits and compression."""
    app.config.setdefault("RATELIMIT_STORAGE_URI", "memory://")
    app.config.setdefault("COMPRESS_ALGORITHM", ["gzip"])
    app.config.setdefault("COMPRESS_MIN_SIZE", 800)
    app.config.setdefault(
        "COMPRESS_MIMETYPES",
        ["text/html", "text/css", "text/javascript", "application/javascript", "application/json",
         "image/svg+xml", "application/wasm"],
    )  # fmt: skip
    limiter.init_app(app)
    compress.init_app(app)
    app.after_request(_protect)

    if app.config["SESSION_COOKIE_SECURE"]:

        @app.after_request
        def keep_to_https(response: Response) -> Response:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
            return response
