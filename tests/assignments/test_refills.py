from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from tests import factories
from tests.assignments.test_standby import DAY, at_once, do
from tests.factories import HOUR, NOON
from volunteer_hub.assignments import actions, queries, tasks
from volunteer_hub.assignments.models import Assignment, Refill, RefillState, Source, State
from volunteer_hub.assignments.rules import Asked, Limits, Need, choose, wave_size
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.outbox import OutboxMessage
from volunteer_hub.organisations.queries import scope_of

LIMITS = Limits(at_once=2, a_week=3)


@pytest.fixture
def post(app):
    """Return a post of next Saturday with one place, which somebody has."""
    event = factories.event(starts_at=NOON + 7 * DAY)
    post = factories.post(factories.shift(event), max_people=1)
    factories.assignment(post)
    return post


def withdraw(post, now=NOON):
    statement = select(Assignment).where(
        Assignment.post_id == post.id, Assignment.state == State.ACCEPTED
    )
    return do(actions.withdraw, db.session.scalars(statement).one().id, "", now=now)


def refill_of(post):
    db.session.expire_all()
    return queries.find_refill(post.id)


def invited(post):
    statement = select(Assignment).where(
        Assignment.post_id == post.id, Assignment.source == Source.MATCHER
    )
    return list(db.session.scalars(statement.order_by(Assignment.id)))


def kinds():
    return list(db.session.scalars(select(OutboxMessage.kind).order_by(OutboxMessage.id)))


def steps(post):
    found = queries.refill_steps_of(post.shift.event_id).get(post.id, [])
    return [(step.kind.value, step.people) for step in reversed(found)]


@pytest.mark.parametrize(
    ("need", "count"),
    [
        (Need(missing=1, asked=0, wave=0), 2),
        (Need(missing=1, asked=1, wave=1), 2),
        (Need(missing=2, asked=0, wave=0), 4),
        (Need(missing=1, asked=5, wave=0), 0),
        (Need(missing=0, asked=0, wave=0), 0),
        (Need(missing=1, asked=0, wave=6), 0),
    ],
)
def test_each_wave_is_a_little_larger(need, count):
    assert wave_size(need, LIMITS) == count


def test_of_about_equally_good_people_the_least_asked_are_asked_first():
    asked = {
        1: Asked(NOON, 0),
        2: Asked(NOON - DAY, 1),
        3: Asked(NOON - DAY, 3),
        4: Asked(NOON - 2 * DAY, 0),
    }

    assert choose([1, 2, 3, 4, 5, 6, 7, 8], asked, 2, limits=LIMITS) == [5, 6]
    assert choose([1, 2, 3, 4], asked, 2, limits=LIMITS) == [4, 2]
    assert choose([3], asked, 2, limits=LIMITS) == []
    assert choose([], {}, 2, limits=LIMITS) == []


def test_a_withdrawal_asks_the_next_by_itself_in_waves_until_it_is_filled(post):
    people = [factories.volunteer() for _ in range(8)]
    withdraw(post)

    tasks.fill_places(NOON)
    first = invited(post)
    assert len(first) == 2
    assert {row.volunteer_id for row in first} < {each.id for each in people}
    assert kinds() == ["assignment_withdrawn", "invitation", "invitation"]
    tasks.fill_places(NOON + HOUR)
    assert len(invited(post)) == 2, "nobody is asked before the first two had their time"

    do(actions.decline_invitation, first[0].id, "", now=NOON + HOUR)
    tasks.fill_places(NOON + HOUR)
    assert len(invited(post)) == 4, "whoever declines is replaced at once"

    later = refill_of(post).next_at
    do(actions.settle_post, post.id, now=later)
    tasks.follow_events(later)
    tasks.fill_places(later)
    third = invited(post)[4:]
    assert third

    do(actions.accept_invitation, third[0].id, now=later)
    tasks.fill_places(later)
    assert refill_of(post).state is RefillState.FILLED
    assert steps(post)[-1] == ("filled", 0)
    before = len(invited(post))
    tasks.fill_places(later + DAY)
    assert len(invited(post)) == before


def test_standbys_come_before_invitations(post):
    standby, _other = factories.volunteer(), factories.volunteer()
    do(actions.stand_by, post.id, standby.id)
    withdraw(post)

    tasks.fill_places(NOON)

    assert invited(post) == []
    assert steps(post) == [("withdrew", 1), ("offered", 1)]
    offer_id = queries.standing_by([post.id])[post.id][0].offer_id
    do(actions.decline_standby, offer_id)
    tasks.fill_places(NOON + HOUR)
    assert len(invited(post)) == 1, "whoever just said no is not asked"


def test_where_nobody_is_left_the_organiser_is_told_once(post):
    withdraw(post)

    for hours in (0, 1, 2):
        tasks.fill_places(NOON + hours * HOUR)

    assert refill_of(post).state is RefillState.EXHAUSTED
    assert kinds().count("refill_exhausted") == 1


def test_whoever_has_too_many_unanswered_invitations_is_spared(post):
    tired, fresh = factories.volunteer(), factories.volunteer()
    for _ in range(3):
        factories.assignment(factories.post(), tired, state=State.EXPIRED, source=Source.MATCHER)
    withdraw(post)

    tasks.fill_places(NOON)

    assert [row.volunteer_id for row in invited(post)] == [fresh.id]


def test_nobody_is_asked_at_night(post):
    factories.volunteer()
    night = NOON + 10 * HOUR + timedelta(minutes=30)
    withdraw(post, now=night)

    tasks.fill_places(night)
    assert invited(post) == []
    assert refill_of(post).next_at == NOON + 19 * HOUR
    tasks.fill_places(NOON + 19 * HOUR)
    assert len(invited(post)) == 1


def test_a_late_withdrawal_reaches_the_organiser_at_any_hour(post):
    starts_at = post.shift.starts_at
    withdraw(post, now=starts_at - 2 * HOUR)

    told = db.session.scalars(select(OutboxMessage)).one()
    assert (told.kind, told.emergency) == ("assignment_withdrawn", "late withdrawal")
    assert told.params["refills"] is True


def test_the_organiser_may_fill_places_by_hand(post):
    factories.volunteer()
    event_id, scope = post.shift.event_id, scope_of(post.shift.event.created_by_id)
    do(actions.switch_refills, event_id, is_on=False, scope=scope)
    withdraw(post)
    tasks.fill_places(NOON)

    assert refill_of(post) is None
    assert db.session.scalars(select(OutboxMessage)).one().params["refills"] is False


def test_switching_off_stops_what_is_under_way(post):
    for _ in range(5):
        factories.volunteer()
    withdraw(post)
    tasks.fill_places(NOON)
    event_id, scope = post.shift.event_id, scope_of(post.shift.event.created_by_id)

    for is_on in (False, False, True, True):
        do(actions.switch_refills, event_id, is_on=is_on, scope=scope)
    tasks.fill_places(NOON + 3 * DAY)

    assert refill_of(post).state is RefillState.STOPPED
    assert len(invited(post)) == 2
    assert steps(post)[-1] == ("stopped", 0)


def test_other_peoples_events_cannot_be_switched(post):
    stranger = factories.organiser(factories.organisation(region_code="210681"))

    scope = scope_of(stranger.id)
    with pytest.raises(NotFoundError):
        do(actions.switch_refills, post.shift.event_id, is_on=False, scope=scope)


def test_a_refill_ends_with_the_start_of_the_shift(post):
    withdraw(post)

    tasks.fill_places(post.shift.starts_at)

    assert refill_of(post).state is RefillState.STOPPED


def test_two_who_withdraw_are_both_replaced(app):
    event = factories.event(starts_at=NOON + 7 * DAY)
    post = factories.post(factories.shift(event), max_people=3)
    rows = [factories.assignment(post).id for _ in range(2)]
    for _ in range(8):
        factories.volunteer()
    for each in rows:
        do(actions.withdraw, each, "")

    tasks.fill_places(NOON)

    assert refill_of(post).target == 2
    assert len(invited(post)) == 4


def test_two_workers_send_one_wave(app, post):
    for _ in range(8):
        factories.volunteer()
    withdraw(post)
    found = queries.find_refill(post.id)
    picks = tasks.invitees.picks_for(post, found, limits=LIMITS, now=NOON)
    post_id = post.id
    db.session.remove()

    wave = partial(actions.next_wave, post_id, picks, limits=LIMITS, now=NOON)
    answers = at_once(app, wave, wave, wave)

    assert answers == ["ok"] * 3
    assert db.session.scalars(select(Refill)).one().wave == 1
    rows = db.session.scalars(select(Assignment).where(Assignment.state == State.INVITED)).all()
    assert len(rows) == 2


def test_withdrawing_accepting_and_a_wave_at_once(app, post):
    people = [factories.volunteer() for _ in range(6)]
    row = withdraw(post)
    tasks.fill_places(NOON)
    asked = [each.id for each in invited(post)]
    found = queries.find_refill(post.id)
    found.next_at = NOON
    db.session.commit()
    picks = tasks.invitees.picks_for(post, found, limits=LIMITS, now=NOON)
    post_id, back_id = post.id, row.id
    volunteer_id = people[-1].id
    db.session.remove()

    at_once(
        app,
        *(partial(actions.accept_invitation, each, now=NOON) for each in asked),
        partial(actions.accept_invitation, back_id, now=NOON),
        partial(actions.stand_by, post_id, volunteer_id, now=NOON),
        partial(actions.next_wave, post_id, picks, limits=LIMITS, now=NOON),
    )

    assert queries.counts_of_posts([post_id])[post_id].accepted == 1
