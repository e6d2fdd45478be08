"""What a volunteer chooses and has: posts of an event, suggestions, their own events."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from flask import current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from volunteer_hub.assignments import actions, offers, queries, wording
from volunteer_hub.assignments.offers import Offer
from volunteer_hub.assignments.rules import State
from volunteer_hub.assignments.views import shown
from volunteer_hub.assignments.views.base import blueprint
from volunteer_hub.core import access, clock
from volunteer_hub.core.errors import DomainError
from volunteer_hub.core.tokens import link_token
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events import queries as events
from volunteer_hub.volunteers import queries as volunteers

if TYPE_CHECKING:
    from volunteer_hub.assignments.models import Assignment

ON_MY_EVENTS = 3
ON_SUGGESTIONS = 20


@dataclass(frozen=True, slots=True)
class ShownOffer:
    """An offer in words."""

    offer: Offer
    skills: str
    missing: str
    why: str
    standby_href: str | None


@dataclass(frozen=True, slots=True)
class ShownAssignment:
    """One of a person's assignments, with where it leads."""

    row: Assignment
    place: str
    why: str
    token: str
    pass_href: str
    reminder: str
    is_asked: bool


@blueprint.get("/e/<int:event_id>/volunteer")
@access.public
def choose_post(event_id: int) -> ResponseReturnValue:
    return choose_page(event_id)


@blueprint.post("/posts/<int:post_id>/sign-up")
@access.signed_in
def sign_up(post_id: int) -> ResponseReturnValue:
    event_id = queries.post_with_event(post_id).shift.event_id
    volunteer = volunteers.find_volunteer_of(current_user.person_id)
    if volunteer is None:
        back = url_for("assignments.choose_post", event_id=event_id)
        return redirect(url_for("volunteers.join", next=back))
    volunteer_id = volunteer.id
    try:
        with transaction():
            row = actions.sign_up(post_id, volunteer_id, now=clock.now())
    except DomainError as error:
        return choose_page(event_id, error), error.status
    return redirect(url_for("assignments.show_invitation", token=shown.token_of(row)))


@blueprint.get("/me")
@access.signed_in
def my_events() -> ResponseReturnValue:
    now = clock.now()
    rows = queries.assignments_of_person(current_user.person_id, now=now)
    mine = offers.mine_of(rows, now=now)
    volunteer, stands_by = queries.find_volunteer(current_user.person_id)
    found = offers.suggestions_for(volunteer, ON_MY_EVENTS, now=now) if volunteer else []
    coming = [_shown(row) for row in mine.coming]
    stood_by = queries.posts_stood_by(volunteer.id) if volunteer and stands_by else []
    return render_template(
        "assignments/my_events.html",
        is_volunteer=volunteer is not None,
        is_paused=volunteer is not None and shown.is_resting(volunteer, now=now),
        needs_guardian=volunteer is not None and shown.needs_guardian(volunteer, now=now),
        is_asked_for_conduct=volunteer is not None and volunteers.owes_conduct(volunteer),
        invitations=[_shown(row) for row in mine.invitations],
        coming=coming,
        stood_by=[(post, _standby_address(offer_id)) for post, offer_id in stood_by],
        called_off=[_shown(row) for row in mine.called_off],
        past=[_shown(row) for row in mine.past[:10]],
        suggestions=[shown.suggested(each) for each in found],
        call=_who_to_call(mine.coming),
    )


@blueprint.get("/me/suggestions")
@access.signed_in
def suggestions() -> ResponseReturnValue:
    volunteer = volunteers.find_volunteer_of(current_user.person_id)
    if volunteer is None:
        return redirect(url_for("volunteers.join", next=url_for("assignments.suggestions")))
    now = clock.now()
    found = offers.suggestions_for(volunteer, ON_SUGGESTIONS, now=now)
    return render_template(
        "assignments/suggestions.html",
        suggestions=[shown.suggested(each) for each in found],
        volunteer=volunteer,
        is_paused=shown.is_resting(volunteer, now=now),
    )


def choose_page(event_id: int, error: DomainError | None = None) -> str:
    """Return the page of an event's posts, perhaps with what kept somebody from one."""
    now = clock.now()
    event = events.public_event(event_id)
    person_id = current_user.person_id if current_user.is_authenticated else None
    volunteer = volunteers.find_volunteer_of(person_id) if person_id else None
    found = offers.offers_of(event, volunteer, now=now)
    return render_template(
        "assignments/choose_post.html",
        event=event,
        place=shown.place_of(event),
        is_volunteer=volunteer is not None,
        is_over=event.ends_at <= now or event.status != "published",
        shifts=[
            (shift, [_offered(each) for each in its])
            for shift, its in groupby(found, key=lambda each: each.post.shift)
        ],
        problem=shown.in_words(error) if error else None,
        refusals={
            refusal.value: shown.in_words(actions.ERRORS[refusal]()) for refusal in shown.TOLD
        },
    )


def _offered(offer: Offer) -> ShownOffer:
    missing = [wording.skill_in_words(code, level) for code, level in offer.missing]
    is_possible = offer.refusal is None and offer.mine is not State.ACCEPTED
    return ShownOffer(
        offer=offer,
        skills=shown.skills_of(offer.post),
        missing=wording.listed(missing),
        why=shown.told_to_volunteer(offer.reasons) if is_possible else "",
        standby_href=_standby_address(offer.standby.offer_id) if offer.standby else None,
    )


def _shown(row: Assignment) -> ShownAssignment:
    return ShownAssignment(
        row=row,
        place=shown.place_of(row.post.shift.event),
        why=shown.told_to_volunteer(row.reasons),
        token=shown.token_of(row),
        pass_href=shown.pass_address(row),
        reminder=shown.reminder_token_of(row),
        is_asked=row.state is State.ACCEPTED and shown.is_asked(row, now=clock.now()),
    )


def _who_to_call(coming: tuple[Assignment, ...]) -> str:
    """Return whom to ring for help: the contact of the next event, else whoever runs the site."""
    phones = [row.post.shift.event.contact_phone for row in coming]
    site_phone = str(current_app.config["SITE"]["complaint_phone"] or "")
    return next((phone for phone in phones if phone), site_phone)


def _standby_address(offer_id: int | None) -> str | None:
    """Return where to answer the place that is kept for somebody; None when none is."""
    if offer_id is None:
        return None
    token = link_token(actions.STANDBY, offer_id)
    return url_for("assignments.show_standby", token=token)
