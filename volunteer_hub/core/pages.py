"""Pages, their fragments, versioned static files and what every template may use."""

from __future__ import annotations

import hashlib
import os
from functools import lru_cache
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Flask, render_template, request, url_for
from jinja2 import StrictUndefined

from volunteer_hub.core import access, i18n
from volunteer_hub.core.paths import STATIC

LONGEST_ADDRESS: Final = 1000  # a session with one in it must fit into a cookie


def page(template: str, *, fragment: str | None = None, **values: Any) -> str:  # noqa: ANN401 - template values
    """Return a page, or only its fragment when htmx asks for it."""
    wants_fragment = fragment is not None and request.headers.get("HX-Request") == "true"
    return render_template(fragment if wants_fragment and fragment else template, **values)


@lru_cache(maxsize=256)
def _address(path: str, _changed_ns: int, _mounted_at: str) -> str:
    """Return it as made once: a page of cards asks for the same few icons a hundred times."""
    version = hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:10]
    return url_for("static", filename=path, v=version)


def asset(path: str) -> str:
    """Return the address of a static file, which changes when the file does."""
    changed_ns = os.stat(f"{STATIC}/{path}").st_mtime_ns  # noqa: PTH116 - half the time of Path
    return _address(path, changed_ns, request.script_root)


def safe_next(target: str | None, fallback: str) -> str:
    """Return where to go next: a path of this site, or the fallback (no open redirects)."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return fallback
    if len(target) > LONGEST_ADDRESS:  # nobody was there
        return fallback
    if any(ord(sign) < 32 for sign in target) or "\\" in target:
        return fallback
    parts = urlsplit(target)
    return fallback if parts.scheme or parts.netloc else target


def without_choices(target: str | None) -> str | None:
    """Return an address without the choices of language and size it may carry."""
    if not target:
        return None
    path, _, query = target.partition("?")
    kept = [(key, value) for key, value in parse_qsl(query) if key not in ("lang", "elder")]
    return f"{path}?{urlencode(kept)}" if kept else path


def _here() -> str:
    return request.full_path.rstrip("?") if request.method == "GET" else request.path


def init_app(app: Flask) -> None:
    """Give templates their common values; refuse unknown names in them."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(asset=asset)

    @app.context_processor
    def common() -> dict[str, object]:
        return {
            "roles": {str(role) for role in access.roles()},
            "is_elder": i18n.is_elder(),
            "text_px": i18n.text_px(),
            "lang": i18n.language(),
            "html_lang": i18n.html_language(),
            "is_development": app.config["IS_DEVELOPMENT"],
            "here": _here(),
            "site": app.config["SITE"],
        }
