from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import TypeVar

from flask import Blueprint, url_for
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.core.forms import Form
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events.errors import UnsoundPlanError
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.organisations.queries import Scope

blueprint = Blueprint("events", __name__, url_prefix="/organise")
T = TypeVar("T")


def own_scope() -> Scope:
    """Return what whoever makes this request may plan."""
    return organisations.scope_of(current_user.person_id)


def kept(form: Form, act: Callable[[], T]) -> T | None:
    """Do it in a transaction; when the plan is unsound, show why in the form and return None."""
    try:
        with transaction():
            return act()
    except UnsoundPlanError as error:
        for problem in error.problems:
            message = _(problem.message, **problem.values)
            if problem.field in form:
                form.blame(problem.field, message)
            else:
                form.refuse(message)
    return None


def status_of(form: Form) -> HTTPStatus:
    """Return how a form page answers: fine when it is shown first, not when it came back."""
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK


def event_address(event_id: int) -> str:
    """Return where the event is organised."""
    return url_for("pages.organise_event", event_id=event_id)
