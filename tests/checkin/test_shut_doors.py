"""Days before an event, and once its hours are confirmed, no way in leads in: each says why."""

from __future__ import annotations

import pytest

from tests import factories
from tests.checkin.doors import code_of, new_id, number_of, scans
from tests.factories import HOUR, NOON
from volunteer_hub.checkin import queries
from volunteer_hub.checkin.models import Attendance
from volunteer_hub.checkin.rules import Direction, Outcome, Reason
from volunteer_hub.core.database import db
from volunteer_hub.events.models import Status
from volunteer_hub.registrations.models import Registration

START = NOON + 24 * HOUR
EARLY = ("还没到签到时间", "9月6日（周日） 12:00 开始，开始前 12 小时起才能签到。")
LATE = (
    "签到已经截止",
    "服务时长已经确认，不再记签到和签退。要更正，请找主办单位的负责人或所在县（市、区）的办公室。",
)
EARLY_AT_POSTER = ("还没到签到时间", "9月6日（周日） 12:00 开始，开始前 2 小时起可以在这里签到。")
SHUT_AT_POSTER = [(Reason.TOO_EARLY, EARLY_AT_POSTER), (Reason.HOURS_CONFIRMED, LATE)]
SHUT = [(Reason.TOO_EARLY, EARLY), (Reason.HOURS_CONFIRMED, LATE)]


@pytest.fixture
def event(app, at):
    at(START)
    return factories.event(title="观鸟", max_companions=3)


@pytest.fixture
def staff(client, event):
    client.sign_in(db.session.get_one(factories.Person, event.created_by_id))
    return client


@pytest.fixture
def shut(event, at):
    """Return a function that shuts the door, by the clock or for good."""

    def shut_it(reason):
        if reason is Reason.TOO_EARLY:
            at(START - 13 * HOUR)
        else:
            event.status = Status.CONFIRMED
            db.session.commit()

    return shut_it


def door(event, page=""):
    return f"/organise/events/{event.id}/door{page}"


def volunteer_at(event, **more):
    return factories.assignment(of=factories.post(factories.shift(event, **more)))


def scanned(staff, event, row, direction="in"):
    message = {
        "scan_id": new_id(), "text": code_of(row), "direction": direction, "method": "camera",
    }  # fmt: skip
    return staff.post(door(event, "/scan"), json=message).json


def kept_and_changed_nothing(reason, tries=1):
    """Tell whether that many tries stand in the log, turned away for this reason, and no more."""
    kept = [(each.reason, each.outcome) for each in scans()]
    return kept == [(reason, Outcome.REJECTED)] * tries and number_of(Attendance) == 0


@pytest.mark.parametrize(("reason", "words"), SHUT)
def test_the_scanner_answers_in_red(staff, event, shut, reason, words):
    registration = factories.registration(of=event)
    shut(reason)

    answer = scanned(staff, event, registration)

    assert (answer["outcome"], answer["reason"]) == ("rejected", reason)
    assert (answer["title"], answer["detail"]) == words
    assert answer["counts"]["in"] == 0
    assert kept_and_changed_nothing(reason)
    assert words[0] in staff.get(door(event, "/log?outcome=rejected")).text


@pytest.mark.parametrize(("reason", "words"), SHUT)
def test_so_does_a_typed_code(staff, event, shut, reason, words):
    sent = {"code": code_of(factories.registration(of=event)), "direction": "in"}
    shut(reason)

    shown = staff.get(staff.post(door(event, "/scan"), data=sent).location).text

    assert "panel--bad" in shown
    assert all(part in shown for part in words)
    assert kept_and_changed_nothing(reason)


@pytest.mark.parametrize(("reason", "words"), SHUT)
def test_so_does_the_list_of_names(staff, event, shut, reason, words):
    key = f"r{factories.registration(of=event).id}"
    shut(reason)

    sent = {"key": key, "direction": "in", "q": "", "scan_id": new_id()}
    answer = staff.post(door(event, "/tick"), data=sent, headers={"HX-Request": "true"})

    assert all(part in answer.text for part in words)
    assert kept_and_changed_nothing(reason)


@pytest.mark.parametrize(("reason", "words"), SHUT)
def test_nobody_walks_in_and_nobody_is_counted(staff, event, shut, reason, words):
    shut(reason)

    sent = {"name": "钱小满", "companions": "0", "scan_id": new_id()}
    walked = staff.get(staff.post(door(event, "/walk-in"), data=sent).location).text
    staff.post(door(event, "/count"), data={"people": "5", "scan_id": new_id()})

    assert all(part in walked for part in words)
    assert kept_and_changed_nothing(reason, tries=2)
    assert number_of(Registration) == 0
    assert queries.people_reached([event.id]) == {event.id: 0}


@pytest.mark.parametrize(("reason", "words"), SHUT)
@pytest.mark.parametrize("direction", ["in", "out"])
def test_a_volunteer_neither_comes_nor_leaves(staff, event, shut, direction, reason, words):
    assignment = volunteer_at(event)
    shut(reason)

    answer = scanned(staff, event, assignment, direction)

    assert (answer["title"], answer["detail"]) == words
    assert kept_and_changed_nothing(reason)


def test_a_volunteer_who_is_there_is_not_signed_out_after_confirming(staff, event, shut):
    assignment = volunteer_at(event)
    scanned(staff, event, assignment)
    shut(Reason.HOURS_CONFIRMED)

    assert scanned(staff, event, assignment, "out")["reason"] == "hours_confirmed"
    assert queries.intervals_of(event.id) == {assignment.id: [(START, None)]}


def test_a_shift_of_its_own_day_says_its_own_time(staff, event, at):
    before, after = volunteer_at(event, starts_at=START - 8 * HOUR), volunteer_at(event)
    at(START - 14 * HOUR)

    assert "还没到签到时间" not in staff.get(door(event)).text
    assert scanned(staff, event, before)["title"] == "已签到"
    assert scanned(staff, event, after)["reason"] == "too_early"


def test_a_retry_gets_its_first_answer_although_the_door_is_shut_now(staff, event, shut):
    message = {
        "scan_id": new_id(), "text": code_of(factories.registration(of=event)),
        "direction": "in", "method": "camera",
    }  # fmt: skip
    first = staff.post(door(event, "/scan"), json=message).json
    shut(Reason.HOURS_CONFIRMED)

    assert staff.post(door(event, "/scan"), json=message).json == first
    assert len(scans()) == 1


@pytest.mark.parametrize(("reason", "words"), SHUT)
@pytest.mark.parametrize("page", ["", "/find"])
def test_the_page_says_so_before_anybody_is_scanned(staff, event, shut, page, reason, words):
    assert words[0] not in staff.get(door(event, page)).text
    shut(reason)

    shown = staff.get(door(event, page)).text

    assert all(part in shown for part in words)


def test_once_confirmed_the_door_offers_no_button_that_would_change_it(staff, event, shut):
    scanned(staff, event, factories.registration(of=event))
    offered = ("/door/undo", "/door/count", "/door/walk-in")
    assert all(button in staff.get(door(event)).text for button in offered)
    shut(Reason.HOURS_CONFIRMED)

    for headers in ({}, {"HX-Request": "true"}):
        shown = staff.get(door(event), headers=headers).text
        assert not any(button in shown for button in offered)


# At the poster


def at_poster(client, event, intent, **fields):
    prefix = {"own": ""}.get(intent, f"{intent}-")
    sent = {f"{prefix}{name}": value for name, value in fields.items()}
    sent[f"{prefix}scan_id"] = new_id()
    return client.post(f"/C/{event.poster_code}", data={"intent": intent, **sent})


@pytest.mark.parametrize(("reason", "words"), SHUT_AT_POSTER)
@pytest.mark.parametrize("intent", ["code", "pass", "name", "walk_in"])
def test_a_page_left_open_at_the_poster_is_told(client, event, shut, intent, reason, words):
    registration = factories.registration(of=event, name="赵麦芽", phone="13900001234")
    fields = {
        "code": {"code": code_of(registration)},
        "pass": {"code": code_of(volunteer_at(event))},
        "name": {"name": "赵麦芽", "tail": "1234"},
        "walk_in": {"companions": "0", "age_band": ""},
    }[intent]
    shut(reason)

    answer = at_poster(client, event, "code" if intent == "pass" else intent, **fields)
    shown = client.get(answer.location).text

    assert all(part in shown for part in words)
    assert "报过名的" not in shown
    assert "开始前 12 小时" not in shown  # that is for the staff
    assert shown.count(words[0]) == 1
    assert kept_and_changed_nothing(reason)
    assert number_of(Registration) == 1


@pytest.mark.parametrize(("reason", "words"), SHUT_AT_POSTER)
def test_so_is_the_one_whose_ticket_this_phone_holds(client, event, shut, reason, words):
    person = factories.person()
    registration = factories.registration(of=event)
    registration.person_id = person.id
    db.session.commit()
    client.sign_in(person)
    shut(reason)

    answer = at_poster(client, event, "own", key=f"r{registration.id}", direction="in")

    assert all(part in client.get(answer.location).text for part in words)
    assert kept_and_changed_nothing(reason)


def test_a_wrong_code_at_a_shut_poster_is_a_guess_like_any_other(client, event, shut):
    shut(Reason.TOO_EARLY)

    answers = [at_poster(client, event, "code", code="R" + "0" * 16) for _ in range(6)]

    assert [each.status_code for each in answers] == [422] * 5 + [429]
    assert "error-summary" in answers[0].text


def test_the_poster_closes_when_the_hours_are_confirmed(client, event, shut):
    assert "现在签到" in client.get(f"/C/{event.poster_code}").text
    shut(Reason.HOURS_CONFIRMED)
    shown = client.get(f"/C/{event.poster_code}").text

    assert "活动已经结束" in shown
    assert "现在签到" not in shown


# What was noted before stands fast


def test_nothing_is_undone_after_confirming(staff, event, shut):
    scanned(staff, event, factories.registration(of=event))
    (kept,) = scans()
    shut(Reason.HOURS_CONFIRMED)

    answer = staff.post(door(event, "/undo"), data={"scan": kept.id}, follow_redirects=True)

    assert "签到记录不再改动" in answer.text
    assert "主办单位的负责人" in answer.text
    assert number_of(Attendance) == 1


def test_no_family_joins_after_confirming(client, event, shut):
    at_poster(client, event, "walk_in", companions="0", age_band="")
    first = scans()[0].scan_id
    shut(Reason.HOURS_CONFIRMED)

    answer = at_poster(client, event, "companions", people="2", done=first)

    assert answer.status_code == 409
    assert "服务时长已经确认" in answer.text
    assert queries.people_reached([event.id]) == {event.id: 1}


def test_a_scan_queued_at_the_event_and_sent_after_confirming_is_kept_and_changes_nothing(
    staff, event, shut
):
    registration = factories.registration(of=event)
    shut(Reason.HOURS_CONFIRMED)
    message = {
        "scan_id": new_id(), "text": code_of(registration), "direction": "in",
        "method": "camera", "happened_at": (START - HOUR).isoformat(),
    }  # fmt: skip

    staff.post(door(event, "/scan"), json=message)

    (kept,) = scans()
    assert (kept.happened_at, kept.registration_id) == (START - HOUR, registration.id)
    assert kept.direction is Direction.IN
    assert kept_and_changed_nothing(Reason.HOURS_CONFIRMED)
