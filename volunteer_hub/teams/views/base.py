from __future__ import annotations

from datetime import date

from flask import Blueprint, request
from flask_babel import gettext as _
from flask_login import current_user

from volunteer_hub.core import clock
from volunteer_hub.core.errors import DomainError
from volunteer_hub.core.formats import local
from volunteer_hub.core.forms import Form
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.organisations.queries import Scope

blueprint = Blueprint("teams", __name__)


def own_scope() -> Scope:
    """Return what whoever is signed in may see as staff."""
    return organisations.scope_of(current_user.person_id)


def today() -> date:
    """Return the local day."""
    return local(clock.now()).date()


def page_number() -> int:
    """Return which page of a list is asked for."""
    return request.args.get("page", 1, type=int)


def refuse(form: Form, error: DomainError) -> None:
    """Say in the form why it cannot be, so that nothing typed is lost."""
    form.refuse(f"{_(error.message)}。{_(error.next_step)}")
