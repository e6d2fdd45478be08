"""What posts ask of people besides skills, and what people bring."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from volunteer_hub.core.clock import LOCAL
from volunteer_hub.credentials import queries as credentials
from volunteer_hub.events.drafts import Risk
from volunteer_hub.events.models import Post
from volunteer_hub.guardians import queries as guardians
from volunteer_hub.volunteers import queries as volunteers
from volunteer_hub.volunteers.models import Volunteer
from volunteer_hub.volunteers.rules import Bearing, Demands


def demands_of(post: Post) -> Demands:
    """Return what a post asks of people besides skills."""
    return Demands(
        is_dangerous=post.risk is not Risk.NONE,
        is_emergency=post.risk is Risk.EMERGENCY,
        needs_car=post.needs_car,
        credential=post.credential_code,
    )


def bearing_of(volunteer: Volunteer, post: Post) -> Bearing:
    """Return what a volunteer brings, as far as this post asks."""
    bearing, kind = volunteers.bearing_of(volunteer), post.credential_code
    until = credentials.held_by([volunteer.id], kind).get(volunteer.id) if kind else None
    if until is not None:
        bearing = replace(bearing, credentials={kind: until})
    is_adult = bearing.is_adult_on(post.shift.starts_at.astimezone(LOCAL).date())
    if not is_adult and guardians.has_consent(volunteer.id):
        bearing = replace(bearing, consent_until=date.max)
    return bearing
