"""Standing by for a full post, and taking the place when it is offered."""

from __future__ import annotations

from datetime import datetime

from volunteer_hub.assignments import queries, rules
from volunteer_hub.assignments.actions import line, places
from volunteer_hub.assignments.models import Assignment, Source, State
from volunteer_hub.assignments.rules import Refusal
from volunteer_hub.core import audit
from volunteer_hub.events import queries as events
from volunteer_hub.events.models import Post
from volunteer_hub.volunteers import queries as volunteers
from volunteer_hub.volunteers.models import Volunteer
from volunteer_hub.waiting import actions as waiting
from volunteer_hub.waiting import queries as lines
from volunteer_hub.waiting.actions import Holder
from volunteer_hub.waiting.errors import OfferNotFoundError
from volunteer_hub.waiting.models import OfferState, WaitingOffer
from volunteer_hub.waiting.queries import Line


def stand_by(post_id: int, volunteer_id: int, *, now: datetime) -> Assignment | None:
    """Put a volunteer in line for a full post, or give them the place that is free again.

    Standing by twice changes nothing. Returns their place, or None when they stand by.

    Raises:
        NotFoundError: There is no such post or volunteer.
        DomainError: One of `places.ERRORS`: they could not take the post if it were free.
    """
    volunteer = volunteers.lock_volunteer(volunteer_id)
    post = events.lock_post(post_id)
    row = queries.find_assignment(post_id, volunteer_id)
    if row is not None and row.state is State.ACCEPTED:
        return row
    if lines.find_entry_of_volunteer(post_id, volunteer_id) is not None:
        return None
    line.settle(post, now=now)
    applicant = line.applicant_of(volunteer, post)
    why_not = rules.sign_up_refusal(queries.opening_of(post), applicant, now=now)
    if why_not is None:
        return places.sign_up(post_id, volunteer_id, now=now)
    if why_not is not Refusal.FULL:
        raise places.ERRORS[why_not]
    holder = Holder(volunteer_id=volunteer_id)
    entry = waiting.join(Line(post_id=post_id), holder, people=1, now=now)
    audit.record("standby.join", entry, by=volunteer.person_id, now=now)
    return None


def stand_down(post_id: int, volunteer_id: int, *, now: datetime) -> None:
    """Take a volunteer out of the line for a post; doing it twice changes nothing.

    Raises:
        NotFoundError: There is no such post.
    """
    post = events.lock_post(post_id)
    entry = lines.find_entry_of_volunteer(post_id, volunteer_id)
    if entry is not None:
        waiting.leave(entry, now=now)
        line.wake(post.id, now=now)
        line.settle(post, now=now)


def accept_standby(offer_id: int, *, now: datetime) -> Assignment | None:
    """Give the place that was offered, if its holder may still take it.

    Accepting twice changes nothing. None comes back when the post was made smaller meanwhile and
    others were quicker: they stand by again, where they stood.

    Raises:
        OfferNotFoundError: There is no such offer of a place at a post.
        OfferExpiredError: Its time is over.
        OfferGoneError: It was declined or taken back.
        DomainError: One of `places.ERRORS`: the hard rules are asked again at this moment.
    """
    offer, post, volunteer = _lock_offer(offer_id)
    row = queries.find_assignment(post.id, volunteer.id)
    if row is not None and row.state is State.ACCEPTED:
        return row
    waiting.refuse_unless_open(offer, now=now)
    applicant = line.applicant_of(volunteer, post)
    why_not = rules.sign_up_refusal(queries.opening_of(post, own=1), applicant, now=now)
    if why_not is Refusal.FULL:
        waiting.take_back(offer, now=now)
        return None
    if why_not is not None:
        raise places.ERRORS[why_not]
    waiting.accept(offer, now=now)
    row = places.begin_anew(row, post, volunteer, Source.SIGN_UP, now=now)
    places.give(row, now=now)
    audit.record("standby.accept", row, by=volunteer.person_id, now=now)
    return row


def decline_standby(offer_id: int, *, now: datetime) -> None:
    """Leave the line, and hand the place to the next. Doing it twice changes nothing.

    Raises:
        OfferNotFoundError: There is no such offer of a place at a post.
    """
    offer, post, _volunteer = _lock_offer(offer_id)
    if offer.state is OfferState.OPEN:
        waiting.decline(offer, now=now)
        line.wake(post.id, now=now)
        line.settle(post, now=now)


def _lock_offer(offer_id: int) -> tuple[WaitingOffer, Post, Volunteer]:
    entry = lines.offer_by_id(offer_id).entry
    post_id, volunteer_id = entry.post_id, entry.volunteer_id
    if post_id is None or volunteer_id is None:
        raise OfferNotFoundError
    volunteer = volunteers.lock_volunteer(volunteer_id)
    post = events.lock_post(post_id)
    # Once more: it may have been answered while we waited.
    return lines.offer_by_id(offer_id), post, volunteer
