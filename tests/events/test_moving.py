from __future__ import annotations

from datetime import timedelta

import pytest

from tests import factories
from tests.factories import HOUR, NOON
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events import actions, rules
from volunteer_hub.events.errors import EventChangedError, EventClosedError, UnsoundPlanError
from volunteer_hub.events.models import Event, Status
from volunteer_hub.organisations import queries as organisations

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def move(event, starts_at, reason="大雨", *, now=NOON, version=None, by=None):
    version = event.version if version is None else version
    with transaction():
        actions.move_event(
            event.id,
            starts_at,
            reason,
            scope=organisations.scope_of((by or factories.office()).id),
            expected_version=version,
            now=now,
        )
    db.session.expire_all()
    return db.session.get(Event, event.id)


def test_moving_keeps_the_length_takes_the_shifts_along_and_notes_why(app):
    event = factories.event()
    factories.shift(event, starts_at=event.starts_at + HOUR)
    was = event.starts_at

    moved = move(event, was + 2 * DAY)

    assert (moved.starts_at, moved.ends_at) == (was + 2 * DAY, was + 2 * DAY + 3 * HOUR)
    assert moved.shifts[0].starts_at == was + 2 * DAY + HOUR
    assert (moved.changes, moved.changed_at) == (["time"], NOON)
    assert (moved.change_reason, moved.moved_from) == ("大雨", was)


def test_a_second_change_soon_after_keeps_reason_and_first_start(app):
    event = factories.event()
    was = event.starts_at
    move(event, was + DAY)

    soon = move(event, was + 2 * DAY, "", now=NOON + 10 * MINUTE)
    assert soon.moved_from == was

    later = move(event, was + 3 * DAY, "停电", now=NOON + 21 * MINUTE)
    assert (later.change_reason, later.moved_from) == ("停电", was + 2 * DAY)


def test_a_change_of_place_later_has_neither(app):
    event = factories.event(contact_phone="13800138000")
    move(event, event.starts_at + DAY)
    other = factories.venue("凤山社区")
    by = factories.office()
    with transaction():
        plan = actions.planning.queries.draft_of(db.session.get(Event, event.id))
        actions.edit_event(
            event.id,
            actions.planning.replace(plan, venue_id=other.id),
            scope=organisations.scope_of(by.id),
            expected_version=db.session.get(Event, event.id).version,
            moves_shifts=True,
            now=NOON + HOUR,
        )

    db.session.expire_all()
    changed = db.session.get(Event, event.id)
    assert changed.changes == ["place"]
    assert (changed.change_reason, changed.moved_from) == ("", None)


@pytest.mark.parametrize("by", [timedelta(0), -30 * DAY, 900 * DAY])
def test_a_time_that_cannot_be_is_refused(app, by):
    event = factories.event()

    with pytest.raises(UnsoundPlanError):
        move(event, event.starts_at + by)


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.CONFIRMED])
def test_what_is_closed_does_not_move(app, status):
    event = factories.event(status=status)

    with pytest.raises(EventClosedError):
        move(event, event.starts_at + DAY)


def test_an_older_version_does_not_win(app):
    event = factories.event()

    with pytest.raises(EventChangedError):
        move(event, event.starts_at + DAY, version=event.version - 1)


def test_others_find_nothing_to_move(app):
    event = factories.event()

    with pytest.raises(NotFoundError):
        move(event, event.starts_at + DAY, by=factories.organiser())


@pytest.mark.parametrize(
    ("starts", "expected"),
    [
        ([None], False),
        ([NOON], False),
        ([NOON + MINUTE], True),
        ([NOON + DAY], True),
        ([NOON + DAY + MINUTE], False),
        ([None, NOON + 9 * DAY, NOON + HOUR], True),
    ],
)
def test_what_begins_within_a_day_is_imminent(starts, expected):
    assert rules.is_imminent(*starts, now=NOON) is expected
