from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, url_for
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.core.forms import Form
from volunteer_hub.events.errors import UnsoundPlanError
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.organisations.queries import Scope

blueprint = Blueprint("trips", __name__, url_prefix="/organise/trips")


def own_scope() -> Scope:
    """Return what whoever makes this request may plan."""
    return organisations.scope_of(current_user.person_id)


def trip_address(trip_id: int) -> str:
    """Return where the trip is organised."""
    return url_for("pages.organise_trip", trip_id=trip_id)


def show_problems(form: Form, error: UnsoundPlanError) -> None:
    """Show in a form why what was filled in cannot be, at the stop that is to blame."""
    for problem in error.problems:
        message = _(problem.message, **problem.values)
        field = _field(form, problem.field)
        if field is None:
            form.refuse(message)
        else:
            field.errors = [*field.errors, message]
    if "stops" in form:  # a list of forms keeps what it said when it was asked
        entries: Iterable[Any] = form["stops"]
        form["stops"].errors = [entry.errors for entry in entries if entry.errors]


def _field(form: Form, name: str) -> Any:  # noqa: ANN401 - any field, or None
    if name in form:
        return form[name]
    _stops, _dash, rest = name.partition("-")
    number, _dash, inner = rest.partition("-")
    if not number.isdecimal():
        return None
    entries: list[Any] = list(form["stops"])
    return entries[int(number)].form[inner] if int(number) < len(entries) else None
