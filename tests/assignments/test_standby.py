from __future__ import annotations

from datetime import timedelta
from functools import partial
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from tests import factories
from tests.assignments.pages import change
from tests.factories import HOUR, NOON
from volunteer_hub.assignments import actions, queries, tasks
from volunteer_hub.assignments.errors import (
    PostFullError,
    ShiftsOverlapError,
    SkillMissingError,
    VolunteerPausedError,
)
from volunteer_hub.assignments.models import Assignment, State
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import DomainError
from volunteer_hub.core.outbox import OutboxMessage
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events.models import Status
from volunteer_hub.organisations.queries import scope_of
from volunteer_hub.waiting.errors import OfferExpiredError, OfferGoneError, OfferNotFoundError
from volunteer_hub.waiting.models import EntryState, WaitingEntry

DAY = 24 * HOUR


@pytest.fixture
def post(app):
    """Return a post of next week with one place, which somebody has."""
    event = factories.event(starts_at=NOON + 7 * DAY)
    post = factories.post(factories.shift(event), max_people=1)
    factories.assignment(post)
    return post


def do(action, *args, now=NOON, **more):
    with transaction():
        return action(*args, now=now, **more)


def stand_by(post, volunteer=None, now=NOON):
    volunteer = volunteer or factories.volunteer()
    do(actions.stand_by, post.id, volunteer.id, now=now)
    return volunteer


def held(post):
    """Return who has the place."""
    return db.session.scalars(
        select(Assignment).where(Assignment.post_id == post.id, Assignment.state == State.ACCEPTED)
    ).one()


def withdraw(post, now=NOON + HOUR):
    do(actions.withdraw, held(post).id, "", now=now)


def line(post):
    return queries.standing_by([post.id]).get(post.id, [])


def offer_of(volunteer, post):
    return next((each.offer_id for each in line(post) if each.volunteer_id == volunteer.id), None)


def messages(kind):
    return list(db.session.scalars(select(OutboxMessage).filter_by(kind=kind)))


def test_who_stands_by_has_a_place_in_line(post):
    first, second = stand_by(post), stand_by(post)
    stand_by(post, first)

    assert [(each.volunteer_id, each.position) for each in line(post)] == [
        (first.id, 1), (second.id, 2),
    ]  # fmt: skip


def test_where_there_is_room_nobody_stands_by(app):
    post = factories.post()

    assert do(actions.stand_by, post.id, factories.volunteer().id).state is State.ACCEPTED


@pytest.mark.parametrize(
    ("is_paused", "error"), [(True, VolunteerPausedError), (False, SkillMissingError)]
)
def test_who_could_not_take_it_cannot_stand_by(app, is_paused, error):
    post = factories.post(max_people=1, skills=[("guide", 2)])
    factories.assignment(post)
    volunteer = factories.volunteer()
    volunteer.is_paused = is_paused
    db.session.commit()

    with pytest.raises(error):
        stand_by(post, volunteer)


def test_a_place_given_back_is_offered_to_the_first_and_kept(post):
    first, second = stand_by(post), stand_by(post)
    withdraw(post)

    (told,) = messages("waiting_offer")
    assert (told.recipient_id, told.params["post"]) == (first.person_id, post.title)
    assert told.params["path"].startswith(f"/s/{offer_of(first, post)}-")
    with pytest.raises(PostFullError):
        do(actions.sign_up, post.id, factories.volunteer().id, now=NOON + HOUR)

    row = do(actions.accept_standby, offer_of(first, post), now=NOON + 2 * HOUR)
    assert (row.state, row.volunteer_id) == (State.ACCEPTED, first.id)
    assert row.pass_hash is not None
    assert [each.position for each in line(post)] == [1]
    assert offer_of(second, post) is None
    again = do(actions.accept_standby, 1, now=NOON + 2 * HOUR)
    assert again.id == row.id


def test_the_hard_rules_are_asked_again_when_the_place_is_taken(post):
    volunteer = stand_by(post)
    withdraw(post)
    other = factories.post(factories.shift(factories.event(starts_at=NOON + 7 * DAY)))
    factories.assignment(other, volunteer)

    with pytest.raises(ShiftsOverlapError):
        do(actions.accept_standby, offer_of(volunteer, post), now=NOON + HOUR)


def test_who_could_not_come_now_is_passed_and_keeps_their_place(post):
    busy, free = stand_by(post), stand_by(post)
    other = factories.post(factories.shift(factories.event(starts_at=NOON + 7 * DAY)))
    factories.assignment(other, busy)
    withdraw(post)

    assert offer_of(busy, post) is None
    assert offer_of(free, post)
    assert [each.position for each in line(post) if each.volunteer_id == busy.id] == [1]


@pytest.mark.parametrize("how", ["decline", "stand down", "expire"])
def test_the_place_goes_to_the_next(post, how):
    first, second = stand_by(post), stand_by(post)
    withdraw(post)
    offer_id = offer_of(first, post)
    if how == "decline":
        do(actions.decline_standby, offer_id, now=NOON + HOUR)
        do(actions.decline_standby, offer_id, now=NOON + HOUR)
    elif how == "stand down":
        do(actions.stand_down, post.id, first.id, now=NOON + HOUR)
        do(actions.stand_down, post.id, first.id, now=NOON + HOUR)
    else:
        tasks.fill_places(NOON + 2 * DAY)

    assert offer_of(second, post)
    error = OfferExpiredError if how == "expire" else OfferGoneError
    with pytest.raises(error):
        do(actions.accept_standby, offer_id, now=NOON + HOUR)


def test_a_larger_post_is_offered_by_the_clock(post):
    volunteer = stand_by(post)
    post.max_people = 2
    db.session.commit()

    tasks.fill_places(NOON)

    assert offer_of(volunteer, post)


def test_a_post_made_smaller_puts_the_slower_one_back(post):
    volunteer = stand_by(post)
    post.max_people = 2
    db.session.commit()
    tasks.fill_places(NOON)
    offer_id = offer_of(volunteer, post)
    post.max_people = 1
    db.session.commit()

    assert do(actions.accept_standby, offer_id) is None
    assert [each.position for each in line(post)] == [1]


def test_the_line_ends_with_the_start_and_with_the_event(post):
    stand_by(post)
    post.shift.event.status = Status.CANCELLED
    db.session.commit()

    tasks.fill_places(NOON)

    assert line(post) == []
    assert db.session.scalars(select(WaitingEntry)).one().state is EntryState.CLOSED


def test_who_stands_by_is_told_of_a_move_once_and_stands_on_the_list_to_ring(post):
    volunteer, event = stand_by(post), post.shift.event
    change(event, NOON + HOUR, change_reason="大雪", moved_from=event.starts_at)

    for later in (HOUR, 2 * HOUR):
        tasks.follow_events(NOON + later)
    told = [each for each in messages("event_changed")
            if each.recipient_id == volunteer.person_id]  # fmt: skip
    assert [each.params["reason"] for each in told] == ["大雪"]
    assert not told[0].params["asks"]
    concerned = {each.recipient_id: each.part for each in queries.concerned_by(event)}
    assert concerned[volunteer.person_id] == post.title
    assert len(line(post)) == 1

    late = stand_by(post, now=NOON + 3 * HOUR)
    tasks.follow_events(NOON + 4 * HOUR)
    assert late.person_id not in {each.recipient_id for each in messages("event_changed")}


def test_who_stood_by_stands_on_the_list_of_a_cancelled_event(post):
    volunteer, event = stand_by(post), post.shift.event
    event.status, event.cancelled_at = Status.CANCELLED, NOON + HOUR
    db.session.commit()
    tasks.fill_places(NOON + HOUR)

    assert volunteer.person_id in {each.recipient_id for each in queries.concerned_by(event)}


def test_offers_of_places_at_events_are_not_these(app):
    with pytest.raises(OfferNotFoundError):
        do(actions.accept_standby, 99)


def test_what_the_organiser_takes_away_is_offered(post):
    volunteer = stand_by(post)

    do(actions.remove, held(post).id, "", by=post.shift.event.created_by_id)

    assert offer_of(volunteer, post)


def test_nothing_is_offered_where_places_are_filled_by_hand(post):
    volunteer = stand_by(post)
    scope = scope_of(post.shift.event.created_by_id)
    do(actions.switch_refills, post.shift.event_id, is_on=False, scope=scope)
    withdraw(post)

    assert offer_of(volunteer, post) is None
    do(actions.switch_refills, post.shift.event_id, is_on=True, scope=scope)
    tasks.fill_places(NOON + HOUR)
    assert offer_of(volunteer, post)


def at_once(app, *works):
    """Do everything at the same moment; return the names of what went wrong, or ok."""
    start, answers = Barrier(len(works)), []

    def go(work):
        with app.app_context():
            start.wait()
            try:
                with transaction():
                    work()
                answers.append("ok")
            except DomainError as error:
                answers.append(type(error).__name__)
            finally:
                db.session.remove()

    threads = [Thread(target=go, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers)


def test_of_twenty_who_stand_by_ten_get_the_ten_places(app):
    event = factories.event(starts_at=NOON + 7 * DAY)
    post = factories.post(factories.shift(event), max_people=20)
    for _ in range(20):
        factories.assignment(post)
    people = [stand_by(post) for _ in range(20)]
    post.max_people = 40
    db.session.commit()
    tasks.fill_places(NOON)
    offers = [offer_of(each, post) for each in people]
    post.max_people = 30
    db.session.commit()
    post_id = post.id
    db.session.remove()

    at_once(app, *(partial(actions.accept_standby, each, now=NOON) for each in offers))

    assert queries.counts_of_posts([post_id])[post_id].accepted == 30
    assert [each.position for each in queries.standing_by([post_id])[post_id]] == [*range(1, 11)]


@pytest.mark.parametrize("late", [-1, 0])
def test_accepting_expiring_and_standing_down_at_once(app, post, late):
    first, second = stand_by(post), stand_by(post)
    withdraw(post)
    offer_id, now = offer_of(first, post), line(post)[0].expires_at + timedelta(seconds=late)
    ids, post_id = (first.id, second.id), post.id
    db.session.remove()

    at_once(
        app,
        partial(actions.accept_standby, offer_id, now=now),
        partial(actions.settle_post, post_id, now=now),
        partial(actions.stand_down, post_id, ids[0], now=now),
        partial(actions.sign_up, post_id, ids[1], now=now),
    )

    count = queries.counts_of_posts([post_id])[post_id]
    assert count.accepted + count.kept == 1, "the one place is somebody's, or kept for somebody"
