"""What several pages of assignments show, as plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from flask import abort, url_for
from flask_babel import gettext as _

from volunteer_hub.assignments import actions, queries, rules, wording
from volunteer_hub.assignments.rules import Refusal
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.errors import DomainError
from volunteer_hub.core.tokens import link_token, read_link_token, ticket_code
from volunteer_hub.guardians import queries as guardians
from volunteer_hub.regions.queries import path_of
from volunteer_hub.volunteers import queries as volunteers

if TYPE_CHECKING:
    from datetime import datetime

    from volunteer_hub.assignments.models import Assignment
    from volunteer_hub.assignments.offers import Suggestion
    from volunteer_hub.assignments.rules import Standing
    from volunteer_hub.events.models import Post
    from volunteer_hub.volunteers.models import Volunteer

# Refusals whose error says all there is to say, on the page as well.
TOLD: Final = (
    Refusal.UNDER_AGE,
    Refusal.CONSENT,
    Refusal.CREDENTIAL,
    Refusal.RESERVE,
    Refusal.TRANSPORT,
)
place_of = actions.place_in_words


@dataclass(frozen=True, slots=True)
class ShownSuggestion:
    """A suggestion in words."""

    post: Post
    free_places: int
    place: str
    why: str


def suggested(suggestion: Suggestion) -> ShownSuggestion:
    """Return a suggestion in words."""
    return ShownSuggestion(
        post=suggestion.post,
        free_places=suggestion.free_places,
        place=place_of(suggestion.post.shift.event),
        why=told_to_volunteer(suggestion.reasons),
    )


def token_of(row: Assignment) -> str:
    """Return the token in the address of an assignment's own page."""
    return link_token(actions.INVITATION, row.id)


def reminder_token_of(row: Assignment) -> str:
    """Return the token in the address at which a volunteer says again that they come."""
    return link_token(actions.REMINDER, row.id)


def standing_of(row: Assignment, *, now: datetime) -> Standing:
    """Return how things stand between a volunteer and a post at this moment."""
    opening = queries.opening_of(row.post)
    return rules.standing(row.state, opening, expires_at=row.expires_at, now=now)


def is_asked(row: Assignment, *, now: datetime) -> bool:
    """Tell whether somebody who agreed is asked to say again that they come."""
    return rules.is_asked(queries.promise_of(row), now=now)


def read_token(token: str) -> int:
    """Return the assignment a token stands for; an unknown token is a page that is not there."""
    found = read_link_token(actions.INVITATION, token)
    return found if found is not None else abort(404)


def pass_address(row: Assignment) -> str:
    """Return the address of a volunteer's pass, the one its QR code holds."""
    code = ticket_code("V", row.id, row.pass_revision)
    return url_for("checkin.show_ticket", code=code)


def told_to_volunteer(reasons: Iterable[Mapping[str, Any]]) -> str:
    """Return what speaks for a post, as one sentence to the volunteer."""
    return wording.sentence(wording.to_volunteer(reasons))


def told_to_organiser(reasons: Iterable[Mapping[str, Any]]) -> str:
    """Return what speaks for a volunteer, as one sentence to the organiser."""
    return wording.sentence(wording.to_organiser(reasons))


def skills_of(post: Post) -> str:
    """Return the skills a post needs, in words; empty when it needs none."""
    needed = [wording.skill_in_words(each.skill_code, each.level) for each in post.skills]
    return wording.listed(needed)


def wanted_at(post: Post) -> str:
    """Return how many people a post wants: 2—4, or just 2."""
    least, most = post.min_people, post.max_people
    return str(most) if least == most else f"{least}—{most}"


def home_of(volunteer: Volunteer) -> str:
    """Return where a volunteer lives, as exactly as organisers may know: the township."""
    return " ".join(path_of(volunteer.home_region_id).split()[:2])


def needs_guardian(volunteer: Volunteer, *, now: datetime) -> bool:
    """Tell whether somebody is under age today and no guardian agreed; adults cost no query."""
    is_adult = volunteers.bearing_of(volunteer).is_adult_on(now.astimezone(LOCAL).date())
    return not is_adult and not guardians.has_consent(volunteer.id)


def is_resting(volunteer: Volunteer, *, now: datetime) -> bool:
    """Tell whether somebody takes a break today."""
    return volunteers.bearing_of(volunteer).rests_on(now.astimezone(LOCAL).date())


def in_words(error: DomainError) -> tuple[str, str]:
    """Return what happened and what to do now, in the language of the page."""
    return str(_(error.message)), str(_(error.next_step))
