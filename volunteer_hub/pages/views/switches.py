"""Language and size: kept in cookies by plain links, so that they work everywhere."""

from __future__ import annotations

from flask import make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from volunteer_hub.core import access, i18n
from volunteer_hub.core.pages import safe_next, without_choices
from volunteer_hub.pages.views import blueprint


def _switch(cookie: str, allowed: tuple[str, ...]) -> ResponseReturnValue:
    back = safe_next(without_choices(request.args.get("next")), url_for("pages.front"))
    response = make_response(redirect(back))
    chosen = request.args.get("to", "")
    return i18n.remember(response, cookie, chosen) if chosen in allowed else response


@blueprint.get("/switch/elder")
@access.public
def switch_elder() -> ResponseReturnValue:
    return _switch(i18n.ELDER_COOKIE, ("0", "1"))


@blueprint.get("/switch/lang")
@access.public
def switch_language() -> ResponseReturnValue:
    return _switch(i18n.LANG_COOKIE, ("zh", "en"))


@blueprint.get("/switch/text")
@access.public
def switch_text_size() -> ResponseReturnValue:
    return _switch(i18n.TEXT_COOKIE, tuple(str(size) for size in i18n.TEXT_SIZES_PX))
