"""What phones tell late: the nine conflict rules, by their numbers, and what a phone cannot do."""

from __future__ import annotations

from itertools import permutations

import pytest

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
from tests.checkin.phones import GREEN, MINUTE, noted, phone, sent, tell
from tests.client import counted_queries
from tests.factories import HOUR, NOON
from volunteer_hub.assignments.models import State
from volunteer_hub.checkin import actions, queries
from volunteer_hub.checkin.errors import CannotSettleError, DoorClosedError
from volunteer_hub.checkin.models import Attendance, Scan, ScanConflict
from volunteer_hub.checkin.queries import Key
from volunteer_hub.checkin.rules import (
    Conflict,
    Direction,
    Evidence,
    Method,
    Outcome,
    Reason,
    Settlement,
    Who,
)
from volunteer_hub.core.audit import AuditEntry
from volunteer_hub.core.database import db
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events.models import Status
from volunteer_hub.registrations.models import RegistrationState

IN, OUT = Direction.IN, Direction.OUT
LATER = NOON + HOUR


@pytest.fixture
def event(app):
    return event_now()


@pytest.fixture
def attendee(event):
    return factories.registration(of=event, name="赵麦芽")


@pytest.fixture
def volunteer(event):
    return factories.assignment(of=factories.post(factories.shift(event)))


@pytest.fixture
def east(event):
    return phone(event, "东门")


@pytest.fixture
def west(event):
    return phone(event, "西门")


def settle(event, settlement, *, kind=None):
    wanted = db.select(ScanConflict).where(ScanConflict.settled_at.is_(None))
    if kind:
        wanted = wanted.where(ScanConflict.kind == kind)
    conflict = db.session.scalars(wanted).one()
    with transaction():
        return actions.settle(
            event.id, conflict.id, settlement, scan_id=new_id(), by=event.created_by_id, now=LATER
        )


def stays():
    db.session.expire_all()
    return [(row.in_at, row.out_at) for row in attendances()]


def test_the_log_keeps_both_moments_device_door_method_and_evidence(event, attendee, east):
    tell(east, sent(attendee, NOON, seq=7, device="p1"), now=LATER)

    (kept,) = scans()
    assert (kept.happened_at, kept.stored_at, kept.claimed_at) == (NOON, LATER, NOON)
    assert (kept.device_id, kept.checkpoint_id, kept.device, kept.seq) == (
        east.id, east.checkpoint_id, "p1", 7,
    )  # fmt: skip
    assert (kept.method, kept.evidence, kept.local_outcome) == (
        Method.CAMERA, Evidence.STAFF, GREEN,
    )  # fmt: skip


def test_rule_1_the_same_scan_gets_the_stored_answer_before_any_other_check(event, attendee, east):
    first = sent(attendee)
    (answer,) = tell(east, first, now=NOON)
    attendee.state = RegistrationState.CANCELLED
    event.status = Status.CONFIRMED
    db.session.commit()

    assert tell(east, first, now=LATER) == [answer]
    assert (answer.outcome, number_of(Scan), noted(event)) == (GREEN, 1, [])


def test_rule_1_another_body_under_a_name_gets_the_stored_answer_and_is_noted(
    event, attendee, east
):
    first = sent(attendee)
    (answer,) = tell(east, first, now=NOON)
    other = first._replace(text=code_of(factories.registration(of=event)))
    twice = sent("R0000000000000000", local=None)

    assert tell(east, other, now=NOON) == [answer]
    both = tell(east, twice, twice._replace(text="R1111111111111111"), now=NOON)

    assert both[0] == both[1]
    assert noted(event) == [Conflict.OTHER_BODY] * 2
    assert (number_of(Scan), number_of(Attendance)) == (2, 1)


def test_rule_1_online_too(event, attendee):
    name = new_id()
    first = scan(event, code_of(attendee), scan_id=name)

    again = scan(event, "R0000000000000000", scan_id=name)

    assert (again.row_id, again.outcome, noted(event)) == (
        first.row_id, GREEN, [Conflict.OTHER_BODY],
    )  # fmt: skip


def test_rule_1_a_name_of_another_event_tells_nothing_and_keeps_nothing(event, attendee, east):
    other = event_now(title="另一场")
    name = new_id()
    scan(other, code_of(factories.registration(of=other)), scan_id=name)

    (answer,) = tell(east, sent(attendee, scan_id=name), now=NOON)

    assert (answer.outcome, answer.reason, answer.name) == (Outcome.REJECTED, "bad_scan", "")
    assert number_of(Scan) == 1


def test_rule_2_a_second_in_is_a_duplicate_that_names_when_and_where_the_first_was(
    event, attendee, east, west
):
    tell(east, sent(attendee), now=NOON)
    (again,) = tell(west, sent(attendee, LATER, local=Outcome.DUPLICATE), now=LATER)

    assert (again.reason, again.first_at, again.first_checkpoint_id) == (
        Reason.ALREADY_IN, NOON, east.checkpoint_id,
    )  # fmt: skip
    assert scans()[1].first_scan_id == scans()[0].id
    assert noted(event) == [], "the second phone turned them away: nothing to decide"


def test_rule_3_an_in_that_happened_earlier_moves_the_coming_and_says_so(
    event, attendee, east, west
):
    tell(east, sent(attendee, NOON + 10 * MINUTE), now=LATER)
    (late,) = tell(west, sent(attendee, NOON), now=LATER)

    assert (late.reason, stays()) == (Reason.ALREADY_IN, [(NOON, None)])
    (line,) = db.session.scalars(
        db.select(AuditEntry).where(AuditEntry.action == "attendance.move")
    )
    assert line.details["in_at"] == [(NOON + 10 * MINUTE).isoformat(), NOON.isoformat()]


def test_rule_3_an_out_moves_later_only_without_a_later_in(volunteer, east, west):
    tell(east, sent(volunteer, NOON), sent(volunteer, NOON + 30 * MINUTE, direction=OUT), now=LATER)
    tell(west, sent(volunteer, NOON + 40 * MINUTE, direction=OUT), now=LATER)
    assert stays() == [(NOON, NOON + 40 * MINUTE)]

    tell(east, sent(volunteer, NOON + 50 * MINUTE), now=LATER)
    tell(west, sent(volunteer, NOON + 45 * MINUTE, direction=OUT), now=LATER)

    assert stays() == [(NOON, NOON + 45 * MINUTE), (NOON + 50 * MINUTE, None)]


def test_rule_3_the_order_of_arrival_changes_nothing(app):
    told = [(IN, 0), (OUT, 30), (IN, 40), (IN, 41), (OUT, 55)]
    found = set()
    for order in list(permutations(told))[::17]:
        event = event_now()
        device = phone(event)
        who = factories.assignment(of=factories.post(factories.shift(event)))
        for direction, minutes in order:
            tell(device, sent(who, NOON + minutes * MINUTE, direction=direction), now=LATER)
        found.add(tuple(queries.intervals_of(event.id)[who.id]))

    assert found == {((NOON, NOON + 30 * MINUTE), (NOON + 40 * MINUTE, NOON + 55 * MINUTE))}


def test_rule_4_who_was_let_in_although_cancelled_is_in_and_to_be_looked_at(event, attendee, east):
    attendee.state = RegistrationState.CANCELLED
    db.session.commit()

    (answer,) = tell(east, sent(attendee), now=LATER)

    assert (answer.outcome, answer.reason) == (GREEN, Reason.ADMITTED)
    assert (stays(), noted(event)) == ([(NOON, None)], [Conflict.CANCELLED])
    settle(event, Settlement.TAKEN_BACK)
    assert stays() == []


def test_rule_4_who_was_turned_away_as_cancelled_is_not_in(event, attendee, east):
    attendee.state = RegistrationState.CANCELLED
    db.session.commit()

    (answer,) = tell(east, sent(attendee, local=Outcome.REJECTED), now=LATER)

    assert (answer.reason, stays(), noted(event)) == (Reason.CANCELLED, [], [])


def test_rule_4_a_replaced_ticket_that_the_phone_still_knew_is_in_and_to_be_looked_at(
    event, attendee, east
):
    old = "R" + "7" * 16
    key = Key(Who.ATTENDEE, attendee.id)

    (answer,) = tell(east, sent(old, key=key), now=LATER)

    assert (answer.reason, noted(event)) == (Reason.ADMITTED, [Conflict.REVOKED])
    assert stays() == [(NOON, None)]
    (refused,) = tell(east, sent(old, key=key, local=Outcome.REJECTED), now=LATER)
    assert refused.reason is Reason.UNKNOWN


def test_rule_5_an_unknown_code_is_accepted_when_the_server_knows_it(event, attendee, east):
    (answer,) = tell(east, sent(attendee, local=GREEN), now=LATER)

    assert (answer.reason, noted(event)) == (Reason.OK, [])


def test_rule_5_an_unknown_code_that_nobody_knows_is_kept_for_a_person(event, east):
    (answer,) = tell(east, sent("R0000000000000000", local=GREEN), now=LATER)

    assert (answer.outcome, answer.reason) == (Outcome.REJECTED, Reason.UNKNOWN)
    assert (number_of(Scan), noted(event)) == (1, [Conflict.UNKNOWN])
    settle(event, Settlement.COUNTED)
    assert queries.counted_at(event.id) == 1


def test_rule_6_an_out_without_an_in_is_kept_and_its_start_is_proposed(event, volunteer, east):
    (answer,) = tell(east, sent(volunteer, NOON + 30 * MINUTE, direction=OUT), now=LATER)

    assert (answer.reason, noted(event)) == (Reason.NOT_IN, [Conflict.MISSING_IN])
    assert stays() == []
    settle(event, Settlement.CAME_AT_START)
    starts_at = volunteer.post.shift.starts_at
    assert stays() == [(min(starts_at, NOON + 30 * MINUTE), NOON + 30 * MINUTE)]


def test_rule_6_an_in_that_comes_later_settles_it(event, volunteer, east, west):
    tell(east, sent(volunteer, NOON + 30 * MINUTE, direction=OUT), now=LATER)
    tell(west, sent(volunteer, NOON), now=LATER)

    assert (stays(), noted(event)) == ([(NOON, NOON + 30 * MINUTE)], [])
    conflict = db.session.scalars(db.select(ScanConflict)).one()
    assert (conflict.settlement, conflict.settled_by_id) == (Settlement.FOUND_LATER, None)


@pytest.mark.parametrize(("minutes", "kind"), [(3, Conflict.SHARED), (30, Conflict.TWO_DOORS)])
def test_rule_7_one_ticket_at_two_doors_is_to_be_looked_at(
    event, attendee, east, west, minutes, kind
):
    tell(east, sent(attendee), now=LATER)
    tell(west, sent(attendee, NOON + minutes * MINUTE), now=LATER)

    assert noted(event) == [kind]
    settle(event, Settlement.COUNTED)
    assert queries.people_reached([event.id]) == {event.id: 2}


def test_rule_8_other_events_and_foreign_codes_are_turned_away_and_logged(event, east):
    other = factories.registration(of=event_now(title="另一场"))
    texts = [code_of(other), "https://example.com/x", "🎉", "R00"]

    answers = tell(east, *[sent(text, seq=n) for n, text in enumerate(texts)], now=LATER)

    assert [each.reason for each in answers] == [
        Reason.WRONG_EVENT, Reason.NOT_OURS, Reason.NOT_OURS, Reason.NOT_OURS,
    ]  # fmt: skip
    assert number_of(Scan) == 4
    assert number_of(Attendance) == 0
    assert all(len(row.code_fingerprint) == 24 for row in scans()), "never the code itself"


def test_rule_9_after_the_hours_are_confirmed_it_is_stored_not_counted_and_told(
    event, attendee, east
):
    event.status = Status.CONFIRMED
    db.session.commit()

    (answer,) = tell(east, sent(attendee), now=LATER)

    assert (answer.reason, stays(), noted(event)) == (
        Reason.HOURS_CONFIRMED, [], [Conflict.AFTER_LOCK],
    )  # fmt: skip
    with pytest.raises(CannotSettleError):
        settle(event, Settlement.COUNTED)
    settle(event, Settlement.NOTED)
    assert noted(event) == []


def test_after_the_hours_are_confirmed_nothing_is_added_by_a_decision(event, east):
    tell(east, sent("R0000000000000000"), now=LATER)
    event.status = Status.CONFIRMED
    db.session.commit()

    with pytest.raises(DoorClosedError):
        settle(event, Settlement.COUNTED)


def test_deciding_twice_changes_nothing_and_is_written_down_once(event, east):
    tell(east, sent("R0000000000000000"), now=LATER)
    conflict = settle(event, Settlement.NOTED)
    with transaction():
        again = actions.settle(
            event.id, conflict.id, Settlement.COUNTED, scan_id=new_id(), by=1, now=LATER
        )
        assert again.settlement is Settlement.NOTED
    lines = db.select(AuditEntry).where(AuditEntry.action == "scan_conflict.settle")
    assert len(db.session.scalars(lines).all()) == 1


# Clocks


def test_a_clock_five_hours_fast_is_put_right_and_noted_once(event, east):
    first, second = (factories.registration(of=event) for _ in "ab")
    fast = 5 * HOUR
    told = [sent(first, NOON + fast, seq=1), sent(second, NOON + 5 * MINUTE + fast, seq=2)]

    tell(east, *told, now=LATER, sent_at=LATER + fast)

    assert [row.happened_at for row in scans()] == [NOON, NOON + 5 * MINUTE]
    assert noted(event) == [Conflict.SKEW]


def test_what_the_phone_measured_is_finer_than_what_the_message_shows(attendee, east):
    slow = 20 * MINUTE
    tell(
        east, sent(attendee, NOON - slow), now=LATER,
        sent_at=LATER - slow - MINUTE / 6, measured=slow,
    )  # fmt: skip

    assert scans()[0].happened_at == NOON


def test_one_phone_never_goes_back_in_time(event, east):
    first, second = (factories.registration(of=event) for _ in "ab")

    tell(east, sent(first, NOON + 30 * MINUTE, seq=1), sent(second, NOON, seq=2), now=LATER)

    by_seq = {row.seq: row.happened_at for row in scans()}
    assert by_seq[1] <= by_seq[2]


def test_no_clock_makes_a_scan_of_tomorrow_or_of_last_week(attendee, event, east):
    week = 24 * 7 * HOUR
    (late,) = tell(east, sent(attendee, NOON + week), now=LATER)
    (early,) = tell(east, sent(attendee, NOON - week), now=LATER)

    assert (late.at, early.at) == (LATER, event.starts_at - 12 * HOUR)


# What else a phone says


def test_a_volunteer_cannot_have_been_at_two_places_at_once(app):
    near, far = factories.venue(), factories.venue(name="凤城文化馆")
    near.lat, near.lng, far.lat, far.lng = 40.12, 124.39, 40.45, 124.07
    here, there = event_now(at_venue=near), event_now(title="凤城", at_venue=far)
    who = factories.volunteer()
    mine, other = (
        factories.assignment(of=factories.post(factories.shift(each)), to=who)
        for each in (here, there)
    )
    tell(phone(there), sent(other), now=LATER)

    tell(phone(here), sent(mine, NOON + 10 * MINUTE), now=LATER)

    assert noted(here) == [Conflict.TRAVEL]


def test_walk_ins_counts_and_what_is_taken_back_each_once(event, east):
    name = {"method": Method.WALK_IN, "text": "", "seq": 1}
    came = sent("", **name, walk_in=actions.RegistrationDraft(name="孙到场", companions=2))
    five = sent(
        "", NOON + MINUTE, method=Method.COUNTER, direction=Direction.COUNT, people=5, seq=2
    )
    back = sent("", NOON + 2 * MINUTE, seq=3, undoes=five.scan_id)

    for _ in range(2):
        answers = tell(east, came, five, back, now=LATER)

    assert [each.reason for each in answers] == [Reason.OK, Reason.OK, Reason.UNDONE]
    assert queries.people_reached([event.id]) == {event.id: 3}
    assert [row.happened_at for row in scans()] == [NOON, NOON + MINUTE, NOON + 2 * MINUTE]
    assert {row.device_id for row in scans()} == {east.id}


@pytest.mark.parametrize(("minutes", "reason"), [(15, Reason.UNDONE), (16, "undo_too_late")])
def test_a_phone_takes_back_only_what_is_fresh(attendee, east, minutes, reason):
    first = sent(attendee, seq=1)
    back = sent("", NOON + minutes * MINUTE, seq=2, undoes=first.scan_id)

    assert [each.reason for each in tell(east, first, back, now=LATER)] == [Reason.OK, reason]


def test_a_phone_takes_back_nothing_of_another(attendee, east, west):
    first = sent(attendee)
    tell(east, first, now=NOON)

    (answer,) = tell(west, sent("", undoes=first.scan_id), now=NOON)

    assert (answer.outcome, answer.reason) == (Outcome.REJECTED, "cannot_undo")


def test_somebody_picked_from_another_events_list_is_nobody_here(event, east):
    other = factories.registration(of=event_now(title="另一场"), name="钱外人")

    (answer,) = tell(east, sent("", key=Key(Who.ATTENDEE, other.id)), now=LATER)

    assert (answer.reason, answer.name, number_of(Attendance)) == (Reason.UNKNOWN, "", 0)


def test_a_file_of_a_phone_that_was_taken_off_is_imported_and_noted(event, attendee, east):
    told = sent(attendee)
    with transaction():
        device = queries.device_of_event(event.id, east.id)
        actions.revoke(device, by=event.created_by_id, now=NOON)
        door = queries.hold_door(event.id, alone=True)
        batch = actions.Batch([told])
        actions.import_batch(door, batch, by=event.created_by_id, now=LATER)

    assert noted(event) == [Conflict.IMPORTED]
    assert scans()[0].by_person_id == event.created_by_id
    assert tell(replace_device(east), told, now=LATER)[0].outcome is GREEN, "never twice"
    assert number_of(Scan) == 1


def replace_device(device):
    return device._replace(revoked_at=None)


def test_a_cancelled_post_is_no_reason_to_lose_hours_worked(event, volunteer, east):
    volunteer.state = State.WITHDRAWN
    db.session.commit()

    (answer,) = tell(east, sent(volunteer), now=LATER)

    assert (answer.reason, noted(event)) == (Reason.ADMITTED, [Conflict.CANCELLED])


# Many at once


def test_40_threads_scan_one_ticket_one_is_in_and_39_name_it(app, event, attendee):
    devices = [phone(event, f"门{number % 4}") for number in range(8)]
    code = code_of(attendee)

    def tap(index):
        told = sent(code, NOON, local=None)
        return tell(devices[index % 8], told, now=NOON)[0]

    answers = all_at_once(app, 40, tap)

    db.session.rollback()
    first = next(row for row in scans() if row.outcome is GREEN)
    assert [each.outcome for each in answers].count(GREEN) == 1
    assert [each.outcome for each in answers].count(Outcome.DUPLICATE) == 39
    assert {row.first_scan_id for row in scans() if row is not first} == {first.id}
    assert number_of(Attendance) == 1


def test_40_posts_of_one_scan_make_one_row_and_40_equal_answers(app, event, attendee, east):
    told = sent(code_of(attendee))

    answers = all_at_once(app, 40, lambda _index: tell(east, told, now=NOON)[0])

    db.session.rollback()
    assert len(answers) == 40
    assert set(answers) == {answers[0]}
    assert answers[0].outcome is GREEN
    assert (number_of(Scan), number_of(Attendance)) == (1, 1)


def test_500_scans_cost_no_more_statements_than_five(app, event, east):
    def cost(number):
        people = [factories.registration(of=event) for _ in range(number)]
        told = [sent(each, seq=n) for n, each in enumerate(people)]
        with counted_queries() as statements:
            answers = tell(east, *told, now=LATER)
        assert {each.reason for each in answers} == {Reason.OK}
        return len(statements)

    assert cost(40) == cost(5)
