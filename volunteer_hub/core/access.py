"""Who may call a view. A view that does not say is refused."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import TypeVar

from flask import Flask, abort, current_app, g, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from volunteer_hub.core.errors import ForbiddenError
from volunteer_hub.core.signed_out import ask_to_sign_in

View = TypeVar("View", bound=Callable[..., object])


class Role(enum.StrEnum):
    """What a person may be; one person may be several at once."""

    CITY_OFFICE = "city_office"
    COUNTY_OFFICE = "county_office"
    ORGANISER = "organiser"
    TEAM_LEADER = "team_leader"
    VOLUNTEER = "volunteer"


STAFF = frozenset({Role.CITY_OFFICE, Role.COUNTY_OFFICE, Role.ORGANISER, Role.TEAM_LEADER})

_providers: list[Callable[[int], frozenset[Role]]] = []


def register_roles(provider: Callable[[int], frozenset[Role]]) -> None:
    """Let a feature say which roles a person has; called once per feature when the app is made."""
    if provider not in _providers:
        _providers.append(provider)


def roles() -> frozenset[Role]:
    """Return the roles of whoever makes this request; asked once per request."""
    if not current_user.is_authenticated:
        return frozenset()
    if "roles" not in g:
        person_id = current_user.person_id
        g.roles = frozenset[Role]().union(*(provider(person_id) for provider in _providers))
    found: frozenset[Role] = g.roles
    return found


def has_one_of(wanted: frozenset[Role]) -> bool:
    """Tell whether whoever makes this request has one of these roles; asks no more than it must."""
    if "roles" in g:
        return bool(roles() & wanted)
    person_id = current_user.person_id
    return any(provider(person_id) & wanted for provider in _providers)


def declared_of(endpoint: str) -> object:
    """Return what a view declared about who may call it."""
    return getattr(current_app.view_functions[endpoint], "access", None)


def public(view: View) -> View:
    """Let anyone call this view; what guards it, if anything, is a secret in its address."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Let anyone with an account call this view."""
    view.access = "signed_in"  # type: ignore[attr-defined]
    return view


def role(*allowed: Role) -> Callable[[View], View]:
    """Let people with one of these roles call the view; without arguments, all staff."""

    def mark(view: View) -> View:
        view.access = frozenset(allowed) or STAFF  # type: ignore[attr-defined]
        return view

    return mark


def development(view: View) -> View:
    """Let anyone call this view, but only while the application runs in development."""
    view.access = "development"  # type: ignore[attr-defined]
    return view


def init_app(app: Flask) -> None:
    """Refuse, before it runs, any view without a declared access or outside of it."""

    @app.before_request
    def guard() -> ResponseReturnValue | None:
        if request.endpoint in (None, "static"):
            return None
        declared = getattr(app.view_functions[request.endpoint], "access", None)
        if declared == "public":
            return None
        if declared == "development":
            return None if app.config["IS_DEVELOPMENT"] else abort(404)
        if declared is None:
            abort(403)
        if not current_user.is_authenticated:
            return ask_to_sign_in()
        if declared != "signed_in" and not has_one_of(declared):
            raise ForbiddenError
        return None
