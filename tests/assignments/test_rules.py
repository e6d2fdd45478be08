from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.factories import HOUR, NOON
from volunteer_hub.assignments.rules import (
    Applicant,
    Commitment,
    Opening,
    Refusal,
    Span,
    Standing,
    State,
    accept_refusal,
    invitation_expiry,
    missing_skills,
    sign_up_refusal,
    standing,
)
from volunteer_hub.volunteers.rules import Bearing, Demands

ADULT = Bearing()
MINUTE = timedelta(minutes=1)
START = NOON + 24 * HOUR
SHIFT = Span(START, START + 2 * HOUR)


def opening(**changes):
    usual = {
        "is_event_on": True,
        "event_ends_at": START + 4 * HOUR,
        "shift_id": 1,
        "span": SHIFT,
        "free_places": 1,
        "needs": {},
        "first": START.date(),
        "last": START.date(),
    }
    return Opening(**(usual | changes))


def applicant(**changes):
    usual = {"was_removed": False, "skills": {}, "commitments": (), "bearing": ADULT}
    return Applicant(**(usual | changes))


def other_shift(from_minute, to_minute, shift_id=2):
    return Commitment(shift_id, Span(START + from_minute * MINUTE, START + to_minute * MINUTE))


def sign_up(now=NOON, of=None, to=None):
    return sign_up_refusal(to or opening(), of or applicant(), now=now)


def accept(now=NOON, expires_at=NOON + HOUR, to=None, commitments=(), bearing=ADULT):
    return accept_refusal(
        to or opening(), commitments, bearing=bearing, expires_at=expires_at, now=now
    )


def test_a_free_place_can_be_taken():
    assert sign_up() is None
    assert accept() is None


@pytest.mark.parametrize(
    ("left", "expected"), [(2, None), (1, None), (0, Refusal.FULL), (-1, Refusal.FULL)]
)
def test_the_last_place_is_the_last(left, expected):
    assert sign_up(to=opening(free_places=left)) is expected
    assert accept(to=opening(free_places=left)) is expected


@pytest.mark.parametrize(
    ("minutes", "expected"), [(-1, None), (0, Refusal.CLOSED), (1, Refusal.CLOSED)]
)
def test_the_moment_the_shift_starts_is_too_late(minutes, expected):
    now = START + minutes * MINUTE

    assert sign_up(now=now) is expected
    assert accept(now=now, expires_at=None) is expected


def test_an_event_that_is_not_on_or_over_is_closed():
    assert sign_up(to=opening(is_event_on=False)) is Refusal.CLOSED
    assert sign_up(to=opening(event_ends_at=NOON)) is Refusal.CLOSED


@pytest.mark.parametrize(
    ("minutes", "expected"), [(-1, None), (0, Refusal.EXPIRED), (1, Refusal.EXPIRED)]
)
def test_the_expiry_moment_itself_is_too_late(minutes, expected):
    assert accept(now=NOON + minutes * MINUTE, expires_at=NOON) is expected


def test_an_answer_without_a_limit_is_never_late():
    assert accept(now=START - MINUTE, expires_at=None) is None


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (-60, 0, None),
        (-60, 1, Refusal.OVERLAP),
        (30, 60, Refusal.OVERLAP),
        (119, 180, Refusal.OVERLAP),
        (120, 180, None),
        (-60, 180, Refusal.OVERLAP),
    ],
)
def test_shifts_may_touch_but_not_overlap(start, end, expected):
    commitments = (other_shift(start, end),)

    assert sign_up(of=applicant(commitments=commitments)) is expected
    assert accept(commitments=commitments) is expected


def test_two_posts_of_one_shift_are_told_apart_from_an_overlap():
    commitments = (other_shift(0, 120, shift_id=1),)

    assert sign_up(of=applicant(commitments=commitments)) is Refusal.ALREADY


@pytest.mark.parametrize(
    ("skills", "expected"),
    [
        ({}, Refusal.NOT_ELIGIBLE),
        ({"robots": 1}, Refusal.NOT_ELIGIBLE),
        ({"robots": 2}, None),
        ({"robots": 3, "first_aid": 1}, None),
    ],
)
def test_a_needed_skill_must_be_held_well_enough(skills, expected):
    assert sign_up(of=applicant(skills=skills), to=opening(needs={"robots": 2})) is expected


def test_whoever_was_asked_need_not_have_the_skills():
    assert accept(to=opening(needs={"robots": 3})) is None


def test_the_missing_skills_are_named():
    needs = {"scratch": 1, "robots": 2, "first_aid": 1}

    assert missing_skills(needs, {"first_aid": 1, "robots": 1}) == ["robots", "scratch"]
    assert missing_skills({}, {}) == []


def test_paused_and_removed_volunteers_cannot_sign_up():
    assert sign_up(of=applicant(bearing=Bearing(is_paused=True))) is Refusal.PAUSED
    assert sign_up(of=applicant(was_removed=True)) is Refusal.REMOVED


@pytest.mark.parametrize(("days", "expected"), [(-1, None), (0, Refusal.PAUSED)])
def test_a_break_may_end_before_the_day_of_the_shift(days, expected):
    until = START.date() + timedelta(days=days)

    assert sign_up(of=applicant(bearing=Bearing(is_paused=True, paused_until=until))) is expected


CHILD = Bearing(birth_year=2011, birth_month=3, consent_until=date(2027, 1, 1))


@pytest.mark.parametrize(
    ("demands", "bearing", "signs_up", "accepts"),
    [
        (Demands(is_dangerous=True), CHILD, Refusal.UNDER_AGE, Refusal.UNDER_AGE),
        (Demands(is_dangerous=True), ADULT, None, None),
        (Demands(is_emergency=True), ADULT, Refusal.RESERVE, None),
        (Demands(is_emergency=True), CHILD, Refusal.UNDER_AGE, Refusal.UNDER_AGE),
        (Demands(needs_car=True), ADULT, Refusal.TRANSPORT, None),
        (Demands(), CHILD, None, None),
    ],
)
def test_the_law_binds_everyone_and_the_rest_those_who_were_not_asked(
    demands, bearing, signs_up, accepts
):
    of, to = applicant(bearing=bearing), opening(demands=demands)

    assert sign_up(of=of, to=to) is signs_up
    assert accept(to=to, bearing=bearing) is accepts


def test_what_cannot_be_helped_is_said_first():
    hopeless = applicant(
        bearing=Bearing(is_paused=True), was_removed=True, commitments=(other_shift(0, 60),)
    )

    assert sign_up(of=hopeless, to=opening(is_event_on=False, free_places=0)) is Refusal.CLOSED
    assert sign_up(of=hopeless, to=opening(free_places=0)) is Refusal.REMOVED


@pytest.mark.parametrize(
    ("hours_ahead", "expected"),
    [
        (100, NOON + 48 * HOUR),
        (50, NOON + 48 * HOUR),
        (49, NOON + 47 * HOUR),
        (3, NOON + HOUR),
        (2, NOON + 2 * HOUR),
        (1, NOON + HOUR),
        (0, NOON),
        (-1, NOON),
    ],
)
def test_an_invitation_leaves_time_to_ask_someone_else_and_is_never_overdue(hours_ahead, expected):
    assert invitation_expiry(NOON + hours_ahead * HOUR, now=NOON) == expected


@pytest.mark.parametrize(
    ("state", "changes", "now", "expected"),
    [
        (State.INVITED, {}, NOON, Standing.OPEN),
        (State.INVITED, {"free_places": 0}, NOON, Standing.FULL),
        (State.INVITED, {}, NOON + HOUR, Standing.EXPIRED),
        (State.INVITED, {}, START, Standing.OVER),
        (State.INVITED, {"is_event_on": False}, NOON, Standing.EVENT_CANCELLED),
        (State.EXPIRED, {}, NOON, Standing.EXPIRED),
        (State.DECLINED, {"free_places": 0}, NOON, Standing.DECLINED),
        (State.DECLINED, {}, START, Standing.OVER),
        (State.WITHDRAWN, {}, NOON, Standing.WITHDRAWN),
        (State.ACCEPTED, {"free_places": 0}, START, Standing.ACCEPTED),
        (State.ACCEPTED, {"is_event_on": False}, NOON, Standing.EVENT_CANCELLED),
        (State.CANCELLED, {}, NOON, Standing.REMOVED),
        (State.CANCELLED, {"is_event_on": False}, NOON, Standing.EVENT_CANCELLED),
    ],
)
def test_a_page_says_how_an_invitation_stands(state, changes, now, expected):
    assert standing(state, opening(**changes), expires_at=NOON + HOUR, now=now) is expected
