"""Whoever sees many people's data needs a second factor, where the site asks for it.

Asked for once ``second.grace`` days have passed since they got the function: then every page leads
to the one where it is set up.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from flask import Flask, flash, redirect, request, session, url_for
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
AT_EASE: Final = "second_at_ease"
ASKED_EVERY: Final = timedelta(hours=1)
OPEN_TO_ALL: Final = (
    "accounts.",
    "static",
    "complaints.mine",
    "notifications.confirm_unsubscribe",
)


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
    return not _is_at_ease(current_user.person_id) and _has_none_in_time(current_user.person_id)


def _is_at_ease(person_id: int) -> bool:
    """Tell whether this browser was told within the hour that there is time left."""
    whose, until = session.get(AT_EASE, (None, 0))
    return bool(whose == person_id and clock.now().timestamp() < until)


def _has_none_in_time(person_id: int) -> bool:
    """Look it up; at a door that would be a quarter of what a scan asks the database."""
    now, since = clock.now(), queries.staff_since(person_id)
    if since is None:
        return False
    ends = since + timedelta(days=value_of(GRACE.key))
    if now < ends:
        session[AT_EASE] = (person_id, min(ends, now + ASKED_EVERY).timestamp())
        return False
    return not people.has_second_factor(person_id)
