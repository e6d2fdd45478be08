from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select

from tests import factories
from tests.factories import HOUR, NOON
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import DomainError, NotFoundError
from volunteer_hub.core.outbox import OutboxMessage
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events.models import Event, Status
from volunteer_hub.organisations.queries import scope_of
from volunteer_hub.registrations import actions, queries, tasks
from volunteer_hub.registrations.errors import FullError, TooLateToWithdrawError
from volunteer_hub.registrations.models import Registration, RegistrationState
from volunteer_hub.registrations.rules import RegistrationDraft
from volunteer_hub.waiting.errors import (
    NotWaitingError,
    OfferExpiredError,
    OfferGoneError,
    OfferNotFoundError,
    PartyTooLargeError,
    WaitingClosedError,
)
from volunteer_hub.waiting.models import EntryState, WaitingEntry, WaitingOffer

DAY = 24 * HOUR
CONFIRMED, WAITING, CANCELLED = (
    RegistrationState.CONFIRMED, RegistrationState.WAITING, RegistrationState.CANCELLED,
)  # fmt: skip


@pytest.fixture
def event(app):
    """Return an event of next week with two places, both taken."""
    event = factories.event(title="观鸟", capacity=2, max_companions=5, starts_at=NOON + 7 * DAY)
    factories.registration(event, companions=1)
    return event


def wait(event, companions=0, *, phone=None, now=NOON, person_id=None):
    draft = RegistrationDraft(name="赵麦芽", phone=phone, companions=companions)
    with transaction():
        return actions.wait(event.id, draft, person_id=person_id, now=now)


def free_all(event, *, now=NOON + HOUR):
    """Let whoever has a place give it back."""
    holder = db.session.scalars(
        select(Registration).where(Registration.event_id == event.id).order_by(Registration.id)
    ).first()
    with transaction():
        actions.withdraw(queries.code_of(holder), now=now)


def position(registration):
    return queries.find_in_line(registration.id).position


def offer_of(registration):
    return queries.find_in_line(registration.id).offer_id


def accept(offer_id, *, now=NOON + HOUR):
    with transaction():
        return actions.accept_offer(offer_id, now=now)


def messages():
    return [
        (each.kind, each.recipient_id)
        for each in db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
    ]


def test_who_waits_has_a_place_in_line_and_is_told(event):
    first, second = wait(event, phone="13900001234"), wait(event)

    assert (first.state, position(first), position(second)) == (WAITING, 1, 2)
    assert messages() == [("waiting_joined", first.id)]
    assert queries.people_registered([event.id]) == {event.id: 2}


def test_the_last_to_read_the_clock_gets_before_nobody(event):
    first = wait(event, now=NOON + timedelta(seconds=1))
    second = wait(event, now=NOON)

    assert (position(first), position(second)) == (1, 2)


def test_where_there_is_room_nobody_waits(app):
    event = factories.event(capacity=1)

    assert wait(event, phone="13900001234").state is CONFIRMED
    assert [kind for kind, _ in messages()] == ["registration_confirmed"]


def test_a_signed_in_person_waits_once(event):
    person = factories.person()

    assert wait(event, person_id=person.id).id == wait(event, person_id=person.id).id


@pytest.mark.parametrize(
    ("change", "companions", "error"),
    [
        ({"starts_at": NOON}, 0, WaitingClosedError),
        ({}, 2, PartyTooLargeError),
    ],
)
def test_who_cannot_wait(event, change, companions, error):
    for name, value in change.items():
        setattr(event, name, value)
    db.session.commit()

    with pytest.raises(error):
        wait(event, companions)


def test_a_place_given_back_is_offered_to_the_first_and_kept(event):
    first, second = wait(event, phone="13900001234"), wait(event)
    free_all(event)

    assert None not in (offer_of(first), offer_of(second))
    with pytest.raises(FullError), transaction():
        actions.register(event.id, RegistrationDraft(), person_id=None, now=NOON + HOUR)

    accepted = accept(offer_of(first))
    assert (accepted.state, queries.people_registered([event.id])) == (CONFIRMED, {event.id: 1})
    assert messages() == [
        ("waiting_joined", first.id), ("waiting_offer", first.id),
        ("registration_confirmed", first.id),
    ]  # fmt: skip


def test_the_message_leads_to_the_offer_and_comes_in_time(event):
    first = wait(event, phone="13900001234")
    free_all(event)

    told = db.session.scalars(select(OutboxMessage).filter_by(kind="waiting_offer")).one()
    in_line = queries.find_in_line(first.id)
    assert told.params["path"].startswith(f"/w/{in_line.offer_id}-")
    assert told.expires_at == in_line.expires_at
    assert told.params["deadline"] == in_line.expires_at.isoformat()


def test_accepting_twice_changes_nothing(event):
    first = wait(event)
    free_all(event)
    offer_id = offer_of(first)

    assert accept(offer_id).state is accept(offer_id).state is CONFIRMED


def test_who_comes_while_others_wait_waits_behind_them(event):
    large = wait(event, companions=1)
    event.capacity = 3
    db.session.commit()

    with pytest.raises(FullError), transaction():
        actions.register(event.id, RegistrationDraft(), person_id=None, now=NOON)
    single = wait(event)

    assert position(large) == 1
    assert offer_of(single), "one place is free, and the two before are too many"


def test_a_declined_offer_goes_to_the_next(event):
    event.capacity = 3
    db.session.commit()
    first, second = wait(event, companions=2), wait(event, companions=2)
    free_all(event)

    for _ in range(2):
        with transaction():
            declined = actions.decline_offer(offer_of(first) or 1, now=NOON + HOUR)

    assert declined.state is CANCELLED
    assert offer_of(second)


def test_an_expired_offer_goes_to_the_next(event):
    first, second = wait(event, companions=1), wait(event, companions=1)
    free_all(event)
    offer_id, expires_at = offer_of(first), queries.find_in_line(first.id).expires_at

    tasks.settle_lines(expires_at - timedelta(seconds=1))
    assert offer_of(second) is None
    with pytest.raises(OfferExpiredError):
        accept(offer_id, now=expires_at)
    tasks.settle_lines(expires_at)

    assert queries.find_in_line(first.id).state is EntryState.LAPSED
    assert first.state is CANCELLED
    assert offer_of(second)
    with pytest.raises(OfferExpiredError):
        accept(offer_id, now=expires_at)


def test_raised_capacity_is_offered_by_the_clock(event):
    first = wait(event)
    tasks.settle_lines(NOON)
    assert offer_of(first) is None
    event.capacity = 3
    db.session.commit()

    tasks.settle_lines(NOON)

    assert offer_of(first)


def test_without_a_limit_everybody_is_let_in(event):
    waiting = [wait(event, companions=1) for _ in range(3)]
    event.capacity = None
    db.session.commit()

    tasks.settle_lines(NOON)

    assert all(offer_of(each) for each in waiting)


def test_a_place_that_is_gone_again_puts_its_holder_back_in_line(event):
    first, second = wait(event), wait(event)
    free_all(event)
    event.capacity = 1
    db.session.commit()

    assert accept(offer_of(second)).state is CONFIRMED
    offer_id = offer_of(first)
    assert accept(offer_id).state is WAITING
    assert position(first) == 1
    with pytest.raises(OfferGoneError):
        accept(offer_id)


def test_who_leaves_the_line_lets_others_move_up(event):
    first, second = wait(event), wait(event)

    with transaction():
        actions.withdraw(queries.code_of(first), now=NOON)

    assert (first.state, position(second)) == (CANCELLED, 1)


def test_withdrawing_with_an_offer_hands_it_on(event):
    first, second = wait(event, companions=1), wait(event)
    free_all(event)

    with transaction():
        actions.withdraw(queries.code_of(first), now=NOON + HOUR)

    assert offer_of(second)


def test_fewer_companions_make_room(event):
    holder = db.session.scalars(select(Registration)).one()
    first = wait(event)

    for _ in range(2):
        with transaction():
            actions.bring_fewer(queries.code_of(holder), 0, now=NOON)

    assert (holder.companions, offer_of(first) is not None) == (0, True)
    with pytest.raises(TooLateToWithdrawError), transaction():
        actions.bring_fewer(queries.code_of(holder), 0, now=event.starts_at)


def test_a_smaller_party_keeps_its_place_and_may_fit_now(event):
    large, _second = wait(event, companions=1), wait(event, companions=1)
    event.capacity = 3
    db.session.commit()

    with transaction():
        actions.bring_fewer(queries.code_of(large), 5, now=NOON)
    assert position(large) == 1
    with transaction():
        actions.bring_fewer(queries.code_of(large), 0, now=NOON)

    assert offer_of(large)
    assert queries.taken_of(event.id).kept == 1


def test_staff_let_somebody_in_with_a_reason(event):
    wait(event)
    late = wait(event, phone="13900001234")
    scope = scope_of(event.created_by_id)

    with transaction():
        actions.promote(late.id, "行动不便", scope=scope, now=NOON)

    entry = db.session.scalars(select(WaitingEntry).filter_by(registration_id=late.id)).one()
    assert (late.state, entry.reason, entry.state) == (CONFIRMED, "行动不便", EntryState.TAKEN)
    assert messages()[-1] == ("registration_confirmed", late.id)
    with pytest.raises(NotWaitingError), transaction():
        actions.promote(late.id, "再来", scope=scope, now=NOON)


def test_other_peoples_lines_are_not_found(event):
    waiting = wait(event)
    stranger = factories.organiser(factories.organisation(region_code="210681"))

    with pytest.raises(NotFoundError), transaction():
        actions.promote(waiting.id, "好人", scope=scope_of(stranger.id), now=NOON)


def test_offers_of_nobody(app):
    with pytest.raises(OfferNotFoundError), transaction():
        actions.accept_offer(99, now=NOON)


def test_a_cancelled_event_sends_everybody_home_and_tells_them_once(event):
    waiting = wait(event, phone="13900001234")
    event.status, event.cancelled_at = Status.CANCELLED, NOON
    db.session.commit()

    for _ in range(2):
        tasks.settle_lines(NOON + HOUR)
        tasks.tell_registrants(NOON + HOUR)

    assert waiting.state is CANCELLED
    assert messages().count(("event_cancelled", waiting.id)) == 1


def test_the_line_of_an_event_that_is_over_ends_without_a_word(event):
    waiting = wait(event, phone="13900001234")
    before = messages()

    tasks.settle_lines(event.starts_at)
    assert waiting.state is WAITING
    tasks.settle_lines(event.ends_at)

    assert (waiting.state, messages()) == (CANCELLED, before)


def test_who_waits_hears_of_changes(event):
    waiting = wait(event, phone="13900001234", now=NOON - HOUR)
    event.changed_at, event.changes = NOON, ["time"]
    db.session.commit()

    tasks.tell_registrants(NOON + HOUR)

    assert messages()[-1] == ("event_changed", waiting.id)


def in_threads(app, *works):
    """Do everything at the same moment; return what each gave or what it failed with."""
    start, answers = Barrier(len(works)), [None] * len(works)

    def go(number, work):
        with app.app_context():
            start.wait()
            try:
                with transaction():
                    answers[number] = work()
            except DomainError as error:
                answers[number] = type(error)
            finally:
                db.session.remove()

    threads = [Thread(target=go, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_two_hundred_people_for_fifty_places(app):
    event_id = factories.event(capacity=50, starts_at=NOON + 7 * DAY).id
    db.session.remove()
    answers = []
    crowds = [_crowd(app, event_id, 20, answers) for _ in range(10)]
    for crowd in crowds:
        crowd.start()
    for crowd in crowds:
        crowd.join()

    states = [state for _, state in sorted(answers)]
    assert states == ["confirmed"] * 50 + ["waiting"] * 150
    waiters = queries.waiters_of(event_id)
    came = [waiter.registration.id for waiter in waiters]
    assert [waiter.position for waiter in waiters] == list(range(1, 151))
    assert came == sorted(came)


def _crowd(app, event_id, count, answers):
    def come():
        with app.app_context():
            for _ in range(count):
                with transaction():
                    row = actions.wait(event_id, RegistrationDraft(), person_id=None, now=NOON)
                    answers.append((row.id, str(row.state.value)))
            db.session.remove()

    return Thread(target=come)


@pytest.mark.parametrize("late", [-1, 0])
def test_accepting_expiring_and_withdrawing_at_once(app, event, late):
    event_id = event.id
    first, second = wait(event, companions=1), wait(event, companions=1)
    free_all(event)
    offer_id, code = offer_of(first), queries.code_of(first)
    now = queries.find_in_line(first.id).expires_at + timedelta(seconds=late)
    first_id, second_id = first.id, second.id
    db.session.remove()

    in_threads(
        app,
        lambda: actions.accept_offer(offer_id, now=now).state,
        lambda: actions.settle_line(event_id, now=now),
        lambda: actions.withdraw(code, now=now).state,
        lambda: actions.accept_offer(offer_id, now=now).state,
    )

    states = [db.session.get_one(Registration, each).state for each in (first_id, second_id)]
    # Whoever withdrew last of all has nothing, and whoever is next is offered the places once.
    assert states == [CANCELLED, WAITING]
    assert offer_of(db.session.get_one(Registration, second_id))
    open_offers = select(func.count(WaitingOffer.id)).where(WaitingOffer.state == "open")
    assert db.session.scalar(open_offers) == 1
    assert queries.taken_of(event_id).places == 2


def test_twenty_accept_what_only_some_can_have(app):
    event = factories.event(capacity=20, starts_at=NOON + 7 * DAY)
    for _ in range(20):
        factories.registration(event)
    waiting = [wait(event).id for _ in range(20)]
    event.capacity = 40
    db.session.commit()
    tasks.settle_lines(NOON)
    offers = [queries.find_in_line(each).offer_id for each in waiting]
    db.session.get_one(Event, event.id).capacity = 25
    db.session.commit()
    db.session.remove()

    def accepting(offer_id):
        return lambda: str(actions.accept_offer(offer_id, now=NOON).state.value)

    answers = in_threads(app, *(accepting(each) for each in offers))

    assert (answers.count("confirmed"), answers.count("waiting")) == (5, 15)
