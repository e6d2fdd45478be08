"""Whoever sees many people's data needs a second factor, where the site asks for it.

Asked for once ``second.grace`` days have passed since they got the function: then every page leads
to the one where it is set up.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from flask import Flask, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.accounts import queries as people
from volunteer_hub.accounts import sessions
from volunteer_hub.core import access, clock
from volunteer_hub.core.access import STAFF
from volunteer_hub.core.numbers import Number, value_of
from volunteer_hub.core.text import N_
from volunteer_hub.organisations import queries

GRACE: Final = Number(
    key="second.grace",
    label=N_("第二步验证的宽限天数"),
    why=N_("成为工作人员多少天后，没有设第二步验证就不能再看资料"),
    usual=14,
    least=0,
    most=60,
)
OPEN_TO_ALL: Final = ("accounts.", "static", "complaints.", "notifications.confirm_unsubscribe")


def init_app(app: Flask) -> None:
    """Ask staff for a second factor, where the setting says so."""

    @app.before_request
    def require_second_factor() -> ResponseReturnValue | None:
        if not app.config["REQUIRES_SECOND_FACTOR"] or not _is_due():
            return None
        flash(_("您能看很多人的资料，请先设好第二步验证，再接着办。"), "warn")
        return redirect(url_for("accounts.second_factor"))


def _is_due() -> bool:
    """Tell whether this request waits until its person has a second factor."""
    endpoint = request.endpoint or "static"
    if endpoint.startswith(OPEN_TO_ALL) or not current_user.is_authenticated:
        return False
    view = access.declared_of(endpoint)
    if view == "public" or sessions.has_passed_second() or not access.has_one_of(STAFF):
        return False
    person_id = current_user.person_id
    since = queries.staff_since(person_id)
    if since is None or clock.now() < since + timedelta(days=value_of(GRACE.key)):
        return False
    return not people.has_second_factor(person_id)
