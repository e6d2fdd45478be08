from __future__ import annotations

from flask import Blueprint
from flask_login import current_user

from volunteer_hub.organisations import queries as organisations
from volunteer_hub.organisations.queries import Scope

blueprint = Blueprint("planning", __name__)


def own_scope() -> Scope:
    """Return what whoever is signed in may see as staff."""
    return organisations.scope_of(current_user.person_id)
