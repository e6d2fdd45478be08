"""A place that is reached another way than by the line, or never: nothing of the line is left."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from tests import factories
from tests.assignments.test_standby import (
    do,
    held,
    line,
    messages,
    offer_of,
    post,
    stand_by,
    withdraw,
)
from tests.factories import HOUR, NOON
from volunteer_hub.assignments import actions, offers, tasks
from volunteer_hub.assignments.errors import StandInGoneError
from volunteer_hub.assignments.models import (
    Assignment,
    Refill,
    RefillPause,
    RefillState,
    StandInSearch,
    State,
)
from volunteer_hub.core.database import db
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events.models import Event, Post, Status
from volunteer_hub.volunteers.models import Volunteer
from volunteer_hub.waiting.models import EntryState, WaitingEntry

__all__ = ["post"]  # a fixture


def entry_of(volunteer):
    statement = select(WaitingEntry.state).where(WaitingEntry.volunteer_id == volunteer.id)
    return db.session.scalars(statement).one()


def confirm_by_phone(post, volunteer, *, now):
    with transaction():
        return actions.confirm_by_phone(
            post.id, volunteer.id, by=post.shift.event.created_by_id, now=now
        )


def test_an_old_link_to_a_place_that_was_taken_anew_takes_nothing(post):
    row, stranger = held(post), factories.volunteer()
    do(actions.look_for_stand_in, row.id)
    withdraw(post)
    do(actions.sign_up, post.id, row.volunteer_id, now=NOON + 2 * HOUR)

    with pytest.raises(StandInGoneError):
        do(actions.take_over, row.id, stranger.id, now=NOON + 3 * HOUR)
    assert held(post).volunteer_id == row.volunteer_id
    assert db.session.scalar(select(func.count(StandInSearch.id))) == 0


def test_who_gets_the_place_by_phone_waits_no_more(post):
    first, second = stand_by(post), stand_by(post)
    db.session.get(Post, post.id).max_people = 2
    db.session.commit()
    confirm_by_phone(post, first, now=NOON + HOUR)

    assert entry_of(first) is EntryState.TAKEN
    assert [each.volunteer_id for each in line(post)] == [second.id]
    db.session.get(Post, post.id).max_people = 3
    db.session.commit()
    do(actions.settle_post, post.id, now=NOON + 2 * HOUR)
    assert [each.recipient_id for each in messages("waiting_offer")] == [second.person_id]


@pytest.mark.parametrize("way", [confirm_by_phone, None])
def test_the_place_kept_for_somebody_is_theirs_however_they_say_yes(post, way):
    first = stand_by(post)
    withdraw(post)
    offer_id = offer_of(first, post)
    if way is None:
        do(actions.sign_up, post.id, first.id, now=NOON + 2 * HOUR)
    else:
        way(post, first, now=NOON + 2 * HOUR)

    assert held(post).volunteer_id == first.id
    assert (entry_of(first), line(post)) == (EntryState.TAKEN, [])
    again = do(actions.accept_standby, offer_id, now=NOON + 3 * HOUR)
    assert (again.state, len(messages("assignment_confirmed"))) == (State.ACCEPTED, 1)


def test_who_stands_by_is_told_that_the_event_is_cancelled_and_not_that_a_place_is_free(post):
    first, second = stand_by(post), stand_by(post)
    at_night = NOON + 11 * HOUR
    withdraw(post, now=at_night)
    event = db.session.get(Event, post.shift.event_id)
    event.status, event.cancel_reason = Status.CANCELLED, "大雨"
    db.session.commit()

    tasks.fill_places(at_night + HOUR)

    told = messages("event_cancelled")
    assert {each.recipient_id for each in told} == {first.person_id, second.person_id}
    assert {each.params["reason"] for each in told} == {"大雨"}
    (offer,) = messages("waiting_offer")
    assert offer.expires_at == at_night + HOUR < offer.not_before


def test_a_place_that_is_kept_is_suggested_to_nobody_else(post):
    stand_by(post)
    other = factories.volunteer()

    def suggested():
        volunteer = db.session.get(Volunteer, other.id)
        found = offers.suggestions_for(volunteer, 5, now=NOON + HOUR)
        return [(each.post.id, each.free_places) for each in found]

    db.session.get(Post, post.id).max_people = 3
    db.session.commit()
    do(actions.settle_post, post.id)
    assert suggested() == [(post.id, 1)]  # another one is kept

    db.session.get(Post, post.id).max_people = 2
    db.session.commit()
    assert suggested() == []


def test_no_wave_goes_out_that_began_while_it_was_switched_off(post):
    event_id = post.shift.event_id
    candidate = factories.volunteer()
    withdraw(post)
    by = post.shift.event.created_by_id
    db.session.add(RefillPause(event_id=event_id, by_person_id=by, at=NOON))
    db.session.commit()

    tasks.fill_places(NOON + 2 * HOUR)

    assert db.session.scalars(select(Refill.state)).all() == [RefillState.STOPPED]
    invited = select(Assignment.id).where(Assignment.volunteer_id == candidate.id)
    assert db.session.scalars(invited).all() == []
