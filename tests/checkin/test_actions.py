from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from tests import factories
from tests.checkin.doors import (
    all_at_once,
    attendances,
    code_of,
    event_now,
    new_id,
    number_of,
    scan,
    scans,
)
from tests.factories import HOUR, NOON
from volunteer_hub.assignments.models import State
from volunteer_hub.checkin import actions, queries
from volunteer_hub.checkin.actions import ScanDraft
from volunteer_hub.checkin.errors import (
    BadScanError,
    CannotUndoError,
    CountBelowZeroError,
    DoorNotOpenError,
    NotAtTheDoorError,
)
from volunteer_hub.checkin.models import Attendance, Scan
from volunteer_hub.checkin.queries import Key
from volunteer_hub.checkin.rules import Direction, Method, Outcome, Reason, Who
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.tokens import code_hash
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events.models import Status
from volunteer_hub.registrations.models import Channel, RegistrationState
from volunteer_hub.registrations.rules import RegistrationDraft

IN, OUT = Direction.IN, Direction.OUT


def volunteer_at(event, **more):
    return factories.assignment(of=factories.post(factories.shift(event)), **more)


def test_an_attendee_comes_with_companions(app):
    event = event_now()
    registration = factories.registration(of=event, companions=2)

    kept = scan(event, code_of(registration), now=NOON)

    assert (kept.outcome, kept.reason, kept.people) == (Outcome.ACCEPTED, Reason.OK, 3)
    (attendance,) = attendances()
    assert (attendance.registration_id, attendance.people) == (registration.id, 3)
    assert (attendance.in_at, attendance.in_scan_id) == (NOON, kept.row_id)
    assert queries.people_reached([event.id]) == {event.id: 3}


def test_the_second_scan_says_when_the_first_was(app):
    event = event_now()
    registration = factories.registration(of=event)

    first = scan(event, code_of(registration), now=NOON)
    second = scan(event, code_of(registration), now=NOON + HOUR)

    assert (second.outcome, second.reason) == (Outcome.DUPLICATE, Reason.ALREADY_IN)
    assert scans()[1].first_scan_id == first.row_id
    assert second.first_at == NOON
    assert number_of(Attendance) == 1


def test_a_volunteer_comes_leaves_and_comes_again(app):
    event = event_now()
    assignment = volunteer_at(event)
    code = code_of(assignment)

    answers = [
        scan(event, code, direction=direction, now=NOON + minutes * timedelta(minutes=1)).reason
        for direction, minutes in [
            (OUT, 0), (IN, 1), (IN, 2), (OUT, 30), (OUT, 31), (IN, 40),
        ]
    ]  # fmt: skip

    assert answers == [
        Reason.NOT_IN, Reason.OK, Reason.ALREADY_IN, Reason.OK, Reason.ALREADY_OUT, Reason.OK,
    ]  # fmt: skip
    minute = timedelta(minutes=1)
    assert queries.intervals_of(event.id) == {
        assignment.id: [(NOON + minute, NOON + 30 * minute), (NOON + 40 * minute, None)]
    }


def test_stays_never_overlap_whatever_phones_say(app):
    event = event_now()
    assignment = volunteer_at(event)
    code = code_of(assignment)

    scan(event, code, now=NOON + HOUR)
    scan(event, code, direction=OUT, now=NOON + 2 * HOUR, happened_at=NOON)
    scan(event, code, now=NOON + 3 * HOUR, happened_at=NOON)

    assert queries.intervals_of(event.id)[assignment.id] == [
        (NOON + HOUR, NOON + HOUR),
        (NOON + HOUR, None),
    ]


def test_the_door_turns_these_away_and_remembers(app):
    event, other = event_now(), event_now(title="另一场")
    cancelled = factories.registration(of=event, state=RegistrationState.CANCELLED)
    withdrawn = volunteer_at(event, state=State.WITHDRAWN)
    withdrawn.pass_hash = code_hash(code_of(withdrawn))
    db.session.commit()
    elsewhere = factories.registration(of=other)

    texts = [
        code_of(cancelled), code_of(withdrawn), code_of(elsewhere), "R0000000000000000",
        "V000000000000000", "🎉", "\x00\x01", "", "x" * 5000,
    ]  # fmt: skip
    answers = [scan(event, text).reason for text in texts]

    assert answers == [
        Reason.CANCELLED, Reason.CANCELLED, Reason.WRONG_EVENT, Reason.UNKNOWN,
        Reason.UNKNOWN, Reason.NOT_OURS, Reason.NOT_OURS, Reason.NOT_OURS, Reason.NOT_OURS,
    ]  # fmt: skip
    assert (number_of(Scan), number_of(Attendance)) == (9, 0)
    assert queries.answer_to(scans()[2].id).event_title == "另一场"


def test_a_log_never_holds_a_code(app):
    event = event_now()
    code = code_of(factories.registration(of=event))

    scan(event, code)

    assert scans()[0].code_fingerprint == code_hash(code)
    values = [str(value) for value in db.session.execute(text("SELECT * FROM scan")).one()]
    assert not any(code[1:] in value for value in values)


def test_a_cancelled_event_and_a_draft(app):
    cancelled = event_now(status=Status.CANCELLED)
    draft = event_now(status=Status.DRAFT)

    kept = scan(cancelled, code_of(factories.registration(of=cancelled)))

    assert kept.reason is Reason.EVENT_CANCELLED
    with pytest.raises(DoorNotOpenError):
        scan(draft, "anything")


def test_the_same_scan_gets_the_same_answer(app):
    event = event_now()
    code, scan_id = code_of(factories.registration(of=event)), new_id()

    first = scan(event, code, scan_id=scan_id)
    again = scan(event, code, scan_id=scan_id, now=NOON + HOUR)

    assert again == queries.answer_to(first.row_id)
    assert number_of(Scan) == 1


def test_a_scans_name_belongs_to_one_event(app):
    scan_id = new_id()
    scan(event_now(), "x", scan_id=scan_id)

    with pytest.raises(BadScanError):
        scan(event_now(), "x", scan_id=scan_id)


def test_someone_picked_from_a_list_must_be_of_this_event(app):
    event = event_now()
    stranger = factories.registration()
    draft = ScanDraft(new_id(), Direction.IN, Method.SEARCH, key=Key(Who.ATTENDEE, stranger.id))

    with pytest.raises(NotFoundError), transaction():
        actions.record_scan(queries.hold_door(event.id), draft, by=None, now=NOON)


@pytest.mark.parametrize("sql", ["UPDATE scan SET people = 9", "DELETE FROM scan"])
def test_nobody_changes_what_was_scanned(app, sql):
    scan(event_now(), "x")

    with pytest.raises(DatabaseError, match="append-only"):
        db.session.execute(text(sql))
    db.session.rollback()


# Undo


def row_of(kept):
    return kept.id if isinstance(kept, Scan) else kept.row_id


def undo(event, kept, *, now=NOON + HOUR, scan_id=None):
    with transaction():
        return actions.undo(event.id, row_of(kept), scan_id=scan_id or new_id(), by=1, now=now)


def test_undoing_is_one_more_scan_and_the_first_one_stays(app):
    event = event_now()
    factories.person()
    registration = factories.registration(of=event, companions=1)
    kept = scan(event, code_of(registration))

    undoing = undo(event, kept)
    again = undo(event, kept)

    assert (undoing.reason, undoing.first_scan_id, undoing.people) == (
        Reason.UNDONE,
        kept.row_id,
        2,
    )
    assert again.id == undoing.id
    assert number_of(Attendance) == 0
    assert queries.answer_to(kept.row_id).is_undone
    assert scan(event, code_of(registration)).reason is Reason.OK


def test_undoing_a_check_out_brings_the_volunteer_back(app):
    event = event_now()
    factories.person()
    code = code_of(volunteer_at(event))
    first = scan(event, code)
    out = scan(event, code, direction=OUT, now=NOON + HOUR)

    with pytest.raises(CannotUndoError):
        undo(event, first)
    undo(event, out)

    (attendance,) = attendances()
    assert (attendance.out_at, attendance.out_scan_id) == (None, None)
    undo(event, first)
    assert attendances() == []


def test_a_check_out_before_a_second_stay_cannot_be_undone(app):
    event = event_now()
    factories.person()
    code = code_of(volunteer_at(event))
    scan(event, code)
    out = scan(event, code, direction=OUT, now=NOON + HOUR)
    scan(event, code, now=NOON + 2 * HOUR)

    with pytest.raises(CannotUndoError):
        undo(event, out)


def test_only_what_changed_something_can_be_undone(app):
    event = event_now()
    factories.person()

    with pytest.raises(CannotUndoError):
        undo(event, scan(event, "x"))
    with pytest.raises(NotFoundError):
        undo(event_now(), scan(event, "y"))


# Counting, walk-ins and companions


def count(event, people, scan_id=None):
    with transaction():
        return actions.add_count(
            queries.hold_door(event.id, alone=True),
            people,
            scan_id=scan_id or new_id(),
            by=1,
            now=NOON,
        )


def test_people_are_counted_without_names(app):
    event = event_now()
    factories.person()
    scan_id = new_id()

    count(event, 5)
    count(event, 1, scan_id)
    count(event, 1, scan_id)
    count(event, -1)

    assert queries.people_reached([event.id]) == {event.id: 5}
    assert number_of(Attendance) == 0


def test_a_press_can_be_undone_and_the_counter_stops_at_nobody(app):
    event = event_now()
    factories.person()
    pressed = count(event, 5)
    undo(event, pressed)

    assert queries.counted_at(event.id) == 0
    with pytest.raises(CountBelowZeroError):
        count(event, -1)
    with pytest.raises(BadScanError):
        count(event, 500)


def walk_in(event, draft=None, *, scan_id=None, by=None):
    with transaction():
        return actions.add_walk_in(
            queries.hold_door(event.id), draft or RegistrationDraft(),
            scan_id=scan_id or new_id(), by=by, now=NOON,
        )  # fmt: skip


def test_a_walk_in_is_registered_and_there(app):
    event = event_now(capacity=1)
    factories.registration(of=event)
    scan_id = new_id()

    kept = walk_in(event, RegistrationDraft(name="钱小满", companions=2), scan_id=scan_id)
    again = walk_in(event, RegistrationDraft(name="钱小满", companions=2), scan_id=scan_id)

    assert (kept.id, kept.people, kept.method) == (again.id, 3, Method.POSTER)
    assert queries.people_reached([event.id]) == {event.id: 3}
    assert [(p.name, p.channel, p.people) for p in queries.attendance_of(event.id)] == [
        ("钱小满", "poster", 3)
    ]


def test_an_undone_walk_in_is_no_registration_either(app):
    event = event_now()
    person = factories.person()
    kept = walk_in(event, by=person.id)

    undo(event, kept)

    registration = db.session.get_one(factories.Registration, kept.registration_id)
    assert (registration.channel, registration.state) == (
        Channel.WALK_IN,
        RegistrationState.CANCELLED,
    )
    assert queries.people_reached([event.id]) == {event.id: 0}


def test_nobody_walks_into_a_cancelled_event(app):
    event = event_now(status=Status.CANCELLED)

    assert walk_in(event).reason is Reason.EVENT_CANCELLED
    assert number_of(factories.Registration) == 0


def companions(event, to, people, scan_id=None):
    with transaction():
        return actions.add_companions(
            queries.hold_door(event.id),
            scan_id or new_id(),
            to=queries.find_scan(to.scan_id),
            people=people,
            now=NOON,
        )


def test_family_is_added_to_who_came(app):
    event = event_now()
    factories.person()
    first = scan(event, code_of(factories.registration(of=event)))
    scan_id = new_id()

    added = companions(event, first, 2, scan_id)
    companions(event, first, 2, scan_id)

    assert queries.people_reached([event.id]) == {event.id: 3}
    assert queries.counts_of(event.id).expected == 3
    undo(event, added)
    assert queries.people_reached([event.id]) == {event.id: 1}


def test_no_more_companions_than_allowed_and_only_for_who_is_there(app):
    event = event_now()
    registration = factories.registration(of=event)
    first = scan(event, code_of(registration))
    turned_away = scan(event, "x")

    companions(event, first, 500)
    companions(event, first, 5)

    assert queries.people_reached([event.id]) == {event.id: 10}
    with pytest.raises(NotAtTheDoorError):
        companions(event, turned_away, 1)


# Many at once


def test_forty_posts_of_one_scan_are_one_scan(app):
    event = event_now()
    code, scan_id = code_of(factories.registration(of=event)), new_id()
    event_id = event.id
    db.session.remove()

    def post(_index):
        draft = ScanDraft(scan_id, Direction.IN, Method.CAMERA, text=code)
        with transaction():
            kept = actions.record_scan(queries.hold_door(event_id), draft, by=None, now=NOON)
            return kept.row_id, kept.reason

    answers = all_at_once(app, 40, post)

    assert len(answers) == 40
    assert len(set(answers)) == 1
    assert (number_of(Scan), number_of(Attendance)) == (1, 1)


def test_forty_posts_of_one_foreign_code_are_one_scan(app):
    event_id, scan_id = event_now().id, new_id()
    db.session.remove()

    def post(_index):
        draft = ScanDraft(scan_id, Direction.IN, Method.CAMERA, text="🎉")
        with transaction():
            return actions.record_scan(queries.hold_door(event_id), draft, by=None, now=NOON).row_id

    assert len(set(all_at_once(app, 40, post))) == 1
    assert number_of(Scan) == 1


def test_forty_scans_of_one_ticket_let_it_in_once(app):
    event = event_now()
    code, event_id = code_of(factories.registration(of=event)), event.id
    db.session.remove()

    def post(_index):
        draft = ScanDraft(new_id(), Direction.IN, Method.CAMERA, text=code)
        with transaction():
            kept = actions.record_scan(queries.hold_door(event_id), draft, by=None, now=NOON)
            return kept.reason

    answers = Counter(all_at_once(app, 40, post))

    assert answers == {Reason.OK: 1, Reason.ALREADY_IN: 39}
    assert (number_of(Scan), number_of(Attendance)) == (40, 1)


def test_forty_scans_of_one_pass_open_one_stay(app):
    event = event_now()
    code, event_id = code_of(volunteer_at(event)), event.id
    db.session.remove()

    def post(_index):
        draft = ScanDraft(new_id(), Direction.IN, Method.CAMERA, text=code)
        with transaction():
            kept = actions.record_scan(queries.hold_door(event_id), draft, by=None, now=NOON)
            return kept.reason

    assert Counter(all_at_once(app, 40, post)) == {Reason.OK: 1, Reason.ALREADY_IN: 39}
    assert number_of(Attendance) == 1


def test_scans_and_undoing_at_once_never_wait_for_each_other(app):
    event = event_now()
    factories.person()
    code, event_id = code_of(factories.registration(of=event)), event.id
    kept = scan(event, code).row_id
    db.session.remove()

    def post(index):
        with transaction():
            if index % 2:
                return actions.undo(event_id, kept, scan_id=new_id(), by=1, now=NOON).reason
            draft = ScanDraft(new_id(), Direction.IN, Method.CAMERA, text=code)
            door = queries.hold_door(event_id)
            return actions.record_scan(door, draft, by=None, now=NOON).reason

    answers = Counter(all_at_once(app, 20, post))

    assert answers[Reason.UNDONE] == 10
    assert answers[Reason.OK] + answers[Reason.ALREADY_IN] == 10
    assert number_of(Attendance) == min(1, answers[Reason.OK])


def test_one_walk_in_sent_forty_times_is_one_person(app):
    event_id, scan_id = event_now().id, new_id()
    db.session.remove()

    def post(_index):
        with transaction():
            return actions.add_walk_in(
                queries.hold_door(event_id), RegistrationDraft(), scan_id=scan_id, by=None, now=NOON
            ).id

    assert len(set(all_at_once(app, 40, post))) == 1
    assert (number_of(factories.Registration), number_of(Attendance)) == (1, 1)
