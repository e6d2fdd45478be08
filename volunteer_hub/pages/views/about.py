"""Help, privacy, sources, complaints, health, and the picture of every component."""

from __future__ import annotations

from http import HTTPStatus

from flask import abort, current_app, jsonify
from flask.typing import ResponseReturnValue

from volunteer_hub.core import access
from volunteer_hub.core.pages import page
from volunteer_hub.core.qr import qr_svg
from volunteer_hub.pages import queries
from volunteer_hub.pages.help import GUIDES
from volunteer_hub.pages.style import failing_form, filled_form
from volunteer_hub.pages.views import blueprint


@blueprint.get("/help")
@access.public
def help_page() -> ResponseReturnValue:
    return page("pages/help.html", guides=GUIDES)


@blueprint.get("/help/<guide>")
@access.public
def show_guide(guide: str) -> ResponseReturnValue:
    found = GUIDES.get(guide)
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    return page("pages/guide.html", guide=found)


@blueprint.get("/privacy")
@access.public
def privacy() -> ResponseReturnValue:
    return page("pages/privacy.html")


@blueprint.get("/sources")
@access.public
def sources() -> ResponseReturnValue:
    return page("pages/sources.html")


@blueprint.get("/feedback")
@access.public
def feedback() -> ResponseReturnValue:
    phone = current_app.config["SITE"]["complaint_phone"] or queries.office_phone()
    return page("pages/feedback.html", phone=phone)


@blueprint.get("/healthz")
@access.public
def health() -> ResponseReturnValue:
    queries.check_database()
    return jsonify(status="ok")


@blueprint.get("/style")
@access.development
def style() -> ResponseReturnValue:
    return page(
        "pages/style.html",
        form=filled_form(),
        failing=failing_form(),
        qr=qr_svg("https://example.org/T/R0123456789ABCDEF", "示例二维码"),
    )
