"""Each decision under a lock, twice: without the lock the race is lost, with it nobody loses it.

Without locks two people meet between reading and writing; they cannot miss each other. With the
locks as they are, many come at once.
"""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy.exc import IntegrityError

from tests import factories
from tests.checkin.doors import code_of, event_now, new_id, number_of
from tests.concurrency.races import all_together, meet_after, without_locks
from tests.factories import HOUR, NOON
from volunteer_hub.assignments import actions as assignments
from volunteer_hub.assignments import rules as assignment_rules
from volunteer_hub.assignments.errors import PostFullError
from volunteer_hub.assignments.models import Assignment, State
from volunteer_hub.checkin import actions, queries, rules
from volunteer_hub.checkin.actions import ScanDraft
from volunteer_hub.checkin.errors import CountBelowZeroError
from volunteer_hub.checkin.models import Attendance, Scan
from volunteer_hub.checkin.rules import Direction, Method, Reason
from volunteer_hub.core import once
from volunteer_hub.core.database import db
from volunteer_hub.events.models import Status
from volunteer_hub.organisations.queries import scope_of
from volunteer_hub.recognition import actions as recognition
from volunteer_hub.recognition import rules as recognition_rules
from volunteer_hub.recognition.actions import claims
from volunteer_hub.recognition.errors import ClaimSettledError
from volunteer_hub.recognition.models import HoursClaim, HoursEntry, HoursKind, ServiceRecord
from volunteer_hub.registrations import actions as registrations
from volunteer_hub.registrations import queries as places
from volunteer_hub.registrations import rules as registration_rules
from volunteer_hub.registrations.errors import FullError
from volunteer_hub.registrations.models import Registration
from volunteer_hub.registrations.rules import RegistrationDraft

MANY = 12


# The last place of a post


@pytest.fixture
def signing_up(app):
    """Return a function that lets that many volunteers sign up for a post's only place."""
    post_id = factories.post(max_people=1).id

    def sign_up(number):
        ids = [factories.volunteer().id for _ in range(number)]

        def work(volunteer_id):
            return lambda: assignments.sign_up(post_id, volunteer_id, now=NOON).state

        return all_together(app, [work(volunteer_id) for volunteer_id in ids])

    return sign_up


def accepted():
    held = db.select(Assignment).where(Assignment.state == State.ACCEPTED)
    return len(db.session.scalars(held).all())


def test_without_a_lock_two_take_the_last_place_of_a_post(signing_up, monkeypatch):
    with without_locks(monkeypatch):
        meet_after(monkeypatch, assignment_rules, "sign_up_refusal")
        assert signing_up(2) == [State.ACCEPTED] * 2

    assert accepted() == 2


def test_the_last_place_of_a_post_goes_to_one(signing_up):
    outcomes = Counter(map(kind_of, signing_up(MANY)))

    assert outcomes == {State.ACCEPTED: 1, PostFullError: MANY - 1}
    assert accepted() == 1


def kind_of(result):
    return type(result) if isinstance(result, Exception) else result


# The last seat of an event


@pytest.fixture
def registering(app):
    """Return a function that lets that many attendees register for an event's only seat."""
    event_id = factories.event(capacity=1).id

    def register(number):
        def work():
            draft = RegistrationDraft(name="赵麦芽")
            return registrations.register(event_id, draft, person_id=None, now=NOON).state.value

        return all_together(app, [work] * number)

    return register


def test_without_a_lock_two_take_the_last_seat_of_an_event(registering, monkeypatch):
    with without_locks(monkeypatch):
        meet_after(monkeypatch, registration_rules, "refusal")
        assert registering(2) == ["confirmed"] * 2

    assert number_of(Registration) == 2


def test_the_last_seat_of_an_event_goes_to_one(registering):
    outcomes = Counter(map(kind_of, registering(MANY)))

    assert outcomes == {"confirmed": 1, FullError: MANY - 1}
    assert number_of(Registration) == 1


# One ticket, scanned by several at the door


def scan_of(code, event_id, scan_id=None, direction=Direction.IN):
    def work():
        draft = ScanDraft(scan_id or new_id(), direction, Method.CAMERA, text=code)
        door = queries.hold_door(event_id)
        return actions.record_scan(door, draft, by=None, now=NOON).reason

    return work


@pytest.fixture(params=["ticket", "pass"])
def scanning(request, app):
    """Return a function that scans one ticket, or a volunteer's pass, that many times at once."""
    event = event_now()
    is_ticket = request.param == "ticket"
    post = None if is_ticket else factories.post(factories.shift(event))
    holder = factories.registration(of=event) if is_ticket else factories.assignment(of=post)
    code, event_id = code_of(holder), event.id
    return lambda number: all_together(app, [scan_of(code, event_id)] * number)


def test_without_a_lock_the_second_at_the_door_gets_an_error_for_an_answer(scanning, monkeypatch):
    with without_locks(monkeypatch):
        meet_after(monkeypatch, rules, "verdict")
        outcomes = Counter(map(kind_of, scanning(2)))

    assert outcomes == {Reason.OK: 1, IntegrityError: 1}
    assert number_of(Scan) == 1  # nobody will ever know of the second try


def test_one_ticket_lets_in_once_and_everybody_gets_an_answer(scanning):
    assert Counter(scanning(MANY)) == {Reason.OK: 1, Reason.ALREADY_IN: MANY - 1}
    assert (number_of(Scan), number_of(Attendance)) == (MANY, 1)


def test_a_scan_that_waited_for_its_own_repeat_gets_the_same_answer(app):
    event = event_now()
    code, event_id, scan_id = code_of(factories.registration(of=event)), event.id, new_id()

    answers = all_together(app, [scan_of(code, event_id, scan_id)] * MANY)

    assert answers == [Reason.OK] * MANY
    assert (number_of(Scan), number_of(Attendance)) == (1, 1)


# Companions who join somebody: what one adds, the other must not write over


@pytest.fixture
def joining(app):
    """Return a function that lets that many pages add one companion to the same person."""
    event = event_now()
    first, event_id = new_id(), event.id
    all_together(app, [scan_of(code_of(factories.registration(of=event)), event_id, first)])

    def join(number):
        def work():
            to = queries.find_scan(first)
            door = queries.hold_door(event_id)
            return actions.add_companions(door, new_id(), to=to, people=1, now=NOON).people

        return all_together(app, [work] * number)

    return join


def test_without_a_lock_one_companion_is_lost(joining, monkeypatch):
    with without_locks(monkeypatch):
        meet_after(monkeypatch, queries, "attendances_of")
        assert joining(2) == [1, 1]

    assert people_there() == 2  # three stand there


def test_no_companion_is_lost(joining):
    assert joining(8) == [1] * 8
    assert people_there() == 9


def people_there():
    return db.session.scalars(db.select(Attendance.people)).one()


# The counter never goes below zero


@pytest.fixture
def taking_off(app):
    """Return a function that takes one off the counter that many times at once; it stands at 1."""
    event_id, by = event_now().id, factories.person().id

    def press(people):
        def work():
            door = queries.hold_door(event_id, alone=True)
            return actions.add_count(door, people, scan_id=new_id(), by=by, now=NOON).people

        return work

    all_together(app, [press(1)])
    return lambda number: all_together(app, [press(-1)] * number)


def counted():
    return db.session.scalar(db.select(db.func.sum(Scan.people)))


def test_without_a_lock_the_counter_falls_below_zero(taking_off, monkeypatch):
    with without_locks(monkeypatch):
        meet_after(monkeypatch, queries, "counted_at")
        assert taking_off(2) == [-1, -1]

    assert counted() == -1


def test_the_counter_stops_at_zero(taking_off):
    outcomes = Counter(map(kind_of, taking_off(MANY)))

    assert outcomes == {-1: 1, CountBelowZeroError: MANY - 1}
    assert counted() == 0


# One form, sent twice with the same key


@pytest.fixture
def sending(app):
    """Return a function that sends one registration form that many times at once."""
    event_id = factories.event().id

    def send(number):
        def work():
            location = once.first_answer("the-key-of-the-form")
            if location is None:
                draft = RegistrationDraft(name="赵麦芽")
                made = registrations.register(event_id, draft, person_id=None, now=NOON)
                location = f"/T/{places.code_of(made)}"
                once.remember("the-key-of-the-form", location, now=NOON)
            return location

        return all_together(app, [work] * number)

    return send


def test_without_taking_turns_a_repeat_gets_an_error_for_an_answer(sending, monkeypatch):
    with without_locks(monkeypatch):
        meet_after(monkeypatch, once, "first_answer")
        outcomes = Counter(map(kind_of, sending(2)))

    assert outcomes[IntegrityError] == 1


def test_every_repeat_of_a_form_gets_the_first_answer(sending):
    (location,) = set(sending(MANY))

    assert location.startswith("/T/R")
    assert number_of(Registration) == 1


# Hours are confirmed while people are scanned: the record says what the door said


@pytest.fixture
def ending(app):
    """Return an event that is over, its volunteers, and whoever may confirm its hours."""
    event = factories.event(starts_at=NOON - 5 * HOUR)
    post = factories.post(factories.shift(event), max_people=8)
    codes = [code_of(factories.assignment(of=post, to=factories.volunteer())) for _ in range(8)]
    event_id, scope = event.id, scope_of(event.created_by_id)

    def confirm():
        return recognition.confirm_hours(event_id, {}, scope=scope, now=NOON).status.value

    return confirm, [scan_of(code, event_id) for code in codes]


def came_and_absent():
    absent = db.select(ServiceRecord).where(ServiceRecord.kind == HoursKind.NO_SHOW)
    return number_of(Attendance), len(db.session.scalars(absent).all())


def test_without_a_lock_somebody_comes_who_is_recorded_as_absent(app, ending, monkeypatch):
    confirm, (scan, *_) = ending
    with without_locks(monkeypatch):
        # The door is read, and the volunteers' hours are too, before either is written.
        meeting = meet_after(monkeypatch, rules, "verdict")
        meet_after(monkeypatch, recognition.queries, "served_at", meeting=meeting)
        assert all_together(app, [scan, confirm]) == [Reason.OK, "confirmed"]

    assert came_and_absent() == (1, 8)


def test_the_record_says_what_the_door_said(app, ending):
    confirm, scans = ending

    *answers, confirmed = all_together(app, [*scans, confirm])

    assert confirmed == "confirmed"
    came = answers.count(Reason.OK)
    assert answers.count(Reason.HOURS_CONFIRMED) == len(scans) - came
    assert came_and_absent() == (came, len(scans) - came)


# Two events confirmed at once in which the same volunteer was at the same time


@pytest.fixture
def overlapping(app):
    """Return two events with one volunteer in both, whom the door let in and out of each."""
    volunteer, works = factories.volunteer(), []
    for _ in range(2):
        event = factories.event(starts_at=NOON - 5 * HOUR)
        post = factories.post(factories.shift(event, hours=3))
        row = factories.assignment(post, volunteer)
        db.session.add(Attendance(event_id=event.id, assignment_id=row.id, in_at=event.starts_at,
                                  out_at=event.starts_at + 2 * HOUR))  # fmt: skip
        db.session.commit()
        works.append((event.id, scope_of(event.created_by_id)))

    def confirming(event_id, scope):
        return lambda: recognition.confirm_hours(event_id, {}, scope=scope, now=NOON).status.value

    return [confirming(*each) for each in works]


def credited():
    return sum(db.session.scalars(db.select(HoursEntry.minutes)))


def test_without_a_lock_a_minute_is_credited_twice(app, overlapping, monkeypatch):
    with without_locks(monkeypatch):
        meet_after(monkeypatch, recognition.queries, "served_at")
        assert all_together(app, overlapping) == ["confirmed"] * 2

    assert credited() == 240


def test_a_minute_is_credited_once_whoever_confirms_it(app, overlapping):
    assert all_together(app, overlapping) == ["confirmed"] * 2
    assert credited() == 120


# The gate of SQLite, and the lock on a row of PostgreSQL, in their barest form


@pytest.fixture
def adding(app):
    """Return a function that adds one to a number that many times at once: read, then write."""
    registration_id = factories.registration().id

    def add(number):
        def work():
            seen = places.lock_registration(registration_id).companions
            db.session.execute(
                db.update(Registration)
                .where(Registration.id == registration_id)
                .values(companions=seen + 1)
            )

        return all_together(app, [work] * number)

    return add


def companions():
    return db.session.scalars(db.select(Registration.companions)).one()


def test_without_a_lock_an_update_is_lost(adding, monkeypatch):
    with without_locks(monkeypatch):
        meet_after(monkeypatch, places, "lock_registration")
        assert adding(2) == [None, None]

    assert companions() == 1


def test_no_update_is_lost(adding):
    assert adding(32) == [None] * 32
    assert companions() == 32


# Hours that somebody asks for: two who agree at once, and one who agrees while they are withdrawn


@pytest.fixture
def claimed(app):
    """Return hours that want two people, and the scopes of many who may agree."""
    event = factories.event(starts_at=NOON - 30 * HOUR, hours=6, status=Status.CONFIRMED)
    claim = factories.claim(event, factories.volunteer(), minutes=300)
    scopes = [scope_of(factories.organiser(event.organisation).id) for _ in range(4)]
    return claim.id, claim.asked_by_id, scopes


def agreeing(claim_id, scope):
    return lambda: claims.agree(claim_id, scope=scope, now=NOON).state.value


def agreed_to(claim_id):
    db.session.expire_all()
    return db.session.get(HoursClaim, claim_id)


def test_without_a_lock_two_agree_at_once_and_only_one_is_remembered(app, claimed, monkeypatch):
    claim_id, _asked_by, scopes = claimed
    with without_locks(monkeypatch):
        meet_after(monkeypatch, recognition_rules, "may_agree")
        works = [agreeing(claim_id, scope) for scope in scopes[:2]]
        assert all_together(app, works) == ["half", "half"]

    assert agreed_to(claim_id).second_by_id is None


def test_of_many_who_agree_two_are_counted(app, claimed):
    claim_id, _asked_by, scopes = claimed
    outcomes = Counter(
        map(kind_of, all_together(app, [agreeing(claim_id, scope) for scope in scopes]))
    )

    assert outcomes == {"half": 1, "notice": 1, ClaimSettledError: 2}
    found = agreed_to(claim_id)
    assert len({found.first_by_id, found.second_by_id}) == 2


def test_hours_that_are_withdrawn_are_not_agreed_to(app, claimed):
    claim_id, asked_by, scopes = claimed

    def withdraw():
        return claims.withdraw_claim(claim_id, person_id=asked_by, now=NOON).state.value

    *_, withdrawn = all_together(app, [*(agreeing(claim_id, s) for s in scopes), withdraw])

    assert withdrawn == "withdrawn"
    assert agreed_to(claim_id).state == "withdrawn"
