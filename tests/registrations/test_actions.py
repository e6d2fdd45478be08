from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select

from tests import factories
from tests.factories import HOUR, NOON
from volunteer_hub.core import outbox
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.outbox import OutboxMessage
from volunteer_hub.core.tokens import code_hash
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events.models import Status
from volunteer_hub.notifications import recipients
from volunteer_hub.organisations.queries import scope_of
from volunteer_hub.registrations import actions, queries, tasks
from volunteer_hub.registrations.errors import (
    EventCancelledError,
    FullError,
    NoRegistrationNeededError,
    RegistrationEndedError,
    TicketNotFoundError,
    TooLateToWithdrawError,
    TooManyCompanionsError,
)
from volunteer_hub.registrations.models import Channel, Registration, RegistrationState
from volunteer_hub.registrations.rules import RegistrationDraft

ALONE = RegistrationDraft(name="赵麦芽")


def register(event, draft=ALONE, *, person_id=None, now=NOON):
    with transaction():
        return actions.register(event.id, draft, person_id=person_id, now=now)


def messages():
    return list(db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


def test_a_registration_has_a_ticket_and_can_be_spelled(app):
    event = factories.event()

    registration = register(event)

    assert registration.ticket_hash == code_hash(queries.code_of(registration))
    assert (registration.pinyin, registration.initials) == ("zhaomaiya", "zmy")
    assert registration.channel is Channel.WEB


def test_a_phone_number_gets_a_message_that_names_nobody(app):
    event = factories.event(title="观鸟")

    registration = register(event, RegistrationDraft(name="赵麦芽", phone="13900001234"))

    (message,) = messages()
    assert message.kind == "registration_confirmed"
    assert message.params == {
        "event": "观鸟",
        "when": event.starts_at.isoformat(),
        "place": "通远堡镇中心小学",
        "path": f"/T/{queries.code_of(registration)}",
    }


def test_without_a_number_nobody_is_written_to(app):
    register(factories.event())

    assert messages() == []


def test_companions_take_places_too(app):
    event = factories.event(capacity=3, max_companions=5)
    register(event, RegistrationDraft(companions=1))

    with pytest.raises(FullError):
        register(event, RegistrationDraft(companions=1))
    register(event)

    assert queries.people_registered([event.id]) == {event.id: 3}


def test_a_cancelled_place_is_free_again(app):
    event = factories.event(capacity=1)
    first = register(event)
    with transaction():
        actions.withdraw(queries.code_of(first), now=NOON)

    assert register(event).id != first.id


def test_a_signed_in_person_keeps_one_place(app):
    event, person = factories.event(), factories.person()

    first = register(event, person_id=person.id)

    assert register(event, person_id=person.id).id == first.id


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"status": Status.CANCELLED}, EventCancelledError),
        ({"status": Status.CONFIRMED}, RegistrationEndedError),
        ({"status": Status.DRAFT}, NotFoundError),
        ({"is_registration_open": False}, NoRegistrationNeededError),
        ({"starts_at": NOON - 3 * HOUR}, RegistrationEndedError),
    ],
)
def test_events_that_take_nobody(app, change, error):
    event = factories.event(**change)

    with pytest.raises(error):
        register(event)


def test_more_companions_than_the_event_takes(app):
    with pytest.raises(TooManyCompanionsError):
        register(factories.event(max_companions=2), RegistrationDraft(companions=3))


def test_the_organiser_may_book_where_the_web_is_closed(app):
    organiser = factories.organiser()
    of = db.session.get_one(type(factories.organisation()), 1)
    event = factories.event(of=of, by=organiser, is_registration_open=False)

    with transaction():
        booked = actions.register_by_phone(
            event.id, RegistrationDraft(name="钱小满", companions=4),
            scope=scope_of(organiser.id), now=NOON,
        )  # fmt: skip

    assert (booked.channel, booked.created_by_id) == (Channel.PHONE, organiser.id)


def test_another_organisers_event_is_not_found(app):
    stranger = factories.organiser(factories.organisation(region_code="210681"))
    event = factories.event()

    with pytest.raises(NotFoundError), transaction():
        actions.register_by_phone(event.id, ALONE, scope=scope_of(stranger.id), now=NOON)


def test_withdrawing_twice_changes_nothing(app):
    registration = factories.registration()
    code = queries.code_of(registration)

    with transaction():
        actions.withdraw(code, now=NOON)
    with transaction():
        again = actions.withdraw(code, now=NOON + HOUR)

    assert (again.state, again.cancelled_at) == (RegistrationState.CANCELLED, NOON)


def test_nobody_withdraws_once_the_event_has_begun(app):
    event = factories.event()
    code = queries.code_of(factories.registration(of=event))

    with pytest.raises(TooLateToWithdrawError), transaction():
        actions.withdraw(code, now=event.starts_at)
    with transaction():
        actions.withdraw(code, now=event.starts_at - timedelta(seconds=1))


@pytest.mark.parametrize("code", ["R0000000000000000", "", "V0000000000000000", "🎉" * 50])
def test_codes_of_nobody(app, code):
    with pytest.raises(TicketNotFoundError), transaction():
        actions.withdraw(code, now=NOON)


def test_a_cancelled_registration_is_told(app):
    event = factories.event()
    registration = factories.registration(of=event, phone="13900001234")

    with transaction():
        actions.cancel(registration.id, scope=scope_of(event.created_by_id), now=NOON)

    assert [message.kind for message in messages()] == ["registration_cancelled"]


def test_a_changed_event_is_told_once_for_each_change(app):
    event = factories.event(changed_at=NOON, changes=["time"])
    factories.registration(of=event, phone="13900001234").created_at = NOON - HOUR
    factories.registration(of=event).created_at = NOON - HOUR
    late = factories.registration(of=event, phone="13900005678")
    late.created_at = NOON + HOUR
    db.session.commit()

    tasks.tell_registrants(NOON + 2 * HOUR)
    tasks.tell_registrants(NOON + 3 * HOUR)

    (message,) = messages()
    assert (message.kind, message.params["changes"]) == ("event_changed", ["time"])

    event.changed_at = NOON + 4 * HOUR
    db.session.commit()
    tasks.tell_registrants(NOON + 5 * HOUR)

    assert len(messages()) == 3


def test_a_cancelled_event_takes_places_back_and_tells(app):
    event = factories.event(status=Status.CANCELLED, cancelled_at=NOON)
    told = factories.registration(of=event, phone="13900001234")
    silent = factories.registration(of=event)

    tasks.tell_registrants(NOON + HOUR)
    tasks.tell_registrants(NOON + 2 * HOUR)

    assert {told.state, silent.state} == {RegistrationState.CANCELLED}
    assert [(m.kind, m.recipient_id) for m in messages()] == [("event_cancelled", told.id)]


def test_attendees_can_be_written_to(app):
    told = factories.registration(name=None, phone="13900001234")
    silent = factories.registration()
    to, quiet = outbox.to_registration(told.id), outbox.to_registration(silent.id)

    assert recipients.find_recipients([to, quiet]) == {
        to: recipients.Recipient(None, "13900001234", None)
    }


@pytest.mark.parametrize("typed", ["麦", "zhaom", "zmy", "1234", " ZMY ", "１２３４"])
def test_people_are_found_by_name_spelling_and_phone(app, typed):
    event = factories.event()
    wanted = factories.registration(of=event, phone="13900001234")
    other = factories.registration(of=event, name="钱小满", phone="13900005678")
    other.pinyin, other.initials = "qianxiaoman", "qxm"
    factories.registration(of=factories.event(), phone="13900001234")
    db.session.commit()

    assert queries.search(event.id, typed) == [wanted]


@pytest.mark.parametrize("typed", ["%", "_", "9999", "🎉"])
def test_wildcards_are_ordinary_letters(app, typed):
    event = factories.event()
    factories.registration(of=event, phone="13900001234")

    assert queries.search(event.id, typed) == []


def test_the_last_places_go_to_exactly_as_many_as_there_are(app):
    event_id = factories.event(capacity=5).id
    db.session.remove()
    start, answers = Barrier(40), []

    def try_to_come():
        with app.app_context():
            start.wait()
            try:
                with transaction():
                    actions.register(event_id, ALONE, person_id=None, now=NOON)
                answers.append("in")
            except FullError:
                answers.append("full")
            finally:
                db.session.remove()

    threads = [Thread(target=try_to_come) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (answers.count("in"), answers.count("full")) == (5, 35)
    kept = select(func.count()).select_from(Registration)
    assert db.session.scalar(kept) == 5
