from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories import HOUR, NOON
from volunteer_hub.assignments.rules import (
    USUAL_STEPS,
    Promise,
    Step,
    due_step,
    in_order,
    is_asked,
    is_at_risk,
    last_asking,
    next_moment,
)

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
START = NOON + 10 * DAY
THREE_DAYS, ONE_DAY, TWO_HOURS = USUAL_STEPS


def promise(agreed_at=NOON, **more):
    return Promise(starts_at=START, agreed_at=agreed_at, **more)


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (3 * DAY + MINUTE, None),
        (3 * DAY, THREE_DAYS),
        (DAY + MINUTE, THREE_DAYS),
        (DAY, ONE_DAY),
        (2 * HOUR + MINUTE, ONE_DAY),
        (2 * HOUR, TWO_HOURS),
        (MINUTE, TWO_HOURS),
        (0 * HOUR, None),
        (-HOUR, None),
    ],
)
def test_the_reminder_due_is_the_last_one_whose_moment_has_come(before, expected):
    assert due_step(promise(), now=START - before) is expected


@pytest.mark.parametrize(
    ("agreed_before", "now_before", "expected"),
    [
        (3 * DAY + MINUTE, 2 * DAY, THREE_DAYS),
        (3 * DAY, 2 * DAY, None),
        (2 * DAY, 1 * DAY, ONE_DAY),
        (DAY, 20 * HOUR, None),
        (20 * HOUR, 2 * HOUR, TWO_HOURS),
        (2 * HOUR, HOUR, None),
        (HOUR, 30 * MINUTE, None),
    ],
)
def test_whoever_signed_up_after_a_reminders_moment_does_not_get_it(
    agreed_before, now_before, expected
):
    late = promise(agreed_at=START - agreed_before)

    assert due_step(late, now=START - now_before) is expected


def test_a_change_is_news_as_fresh_as_signing_up():
    changed = promise(changed_at=START - 20 * HOUR)

    assert due_step(changed, now=START - 19 * HOUR) is None
    assert due_step(changed, now=START - 2 * HOUR) is TWO_HOURS


@pytest.mark.parametrize(
    ("step", "before"),
    [(THREE_DAYS, DAY), (ONE_DAY, 2 * HOUR), (TWO_HOURS, 0 * DAY)],
)
def test_a_reminder_is_no_use_once_the_next_one_is_due(step, before):
    assert next_moment(step, promise()) == START - before


class TestIsAsked:
    @pytest.mark.parametrize(
        ("before", "expected"),
        [(3 * DAY + MINUTE, False), (3 * DAY, True), (MINUTE, True), (0 * DAY, False)],
    )
    def test_from_the_first_reminder_until_the_shift_begins(self, before, expected):
        assert is_asked(promise(), now=START - before) is expected

    def test_not_whoever_has_just_signed_up(self):
        late = promise(agreed_at=START - 30 * HOUR)

        assert not is_asked(late, now=START - 25 * HOUR)
        assert is_asked(late, now=START - 24 * HOUR)
        assert not is_asked(promise(agreed_at=START - DAY), now=START - HOUR)

    def test_not_whoever_confirmed_the_plan_as_it_is(self):
        now = START - HOUR
        said = promise(confirmed_at=START - 5 * HOUR)
        changed = promise(confirmed_at=START - 5 * HOUR, changed_at=START - 4 * HOUR)

        assert not is_asked(said, now=now)
        assert is_asked(changed, now=now)
        assert not is_asked(promise(confirmed_at=now, changed_at=now), now=now)

    def test_at_once_after_a_change_however_early(self):
        assert is_asked(promise(changed_at=START - 9 * DAY), now=START - 9 * DAY)


def at_risk(before, *, can_be_told=True, **about):
    return is_at_risk(promise(**about), can_be_told=can_be_told, now=START - before)


class TestIsAtRisk:
    @pytest.mark.parametrize(
        ("before", "expected"),
        [
            (2 * DAY, False),
            (DAY, False),
            (21 * HOUR + MINUTE, False),
            (21 * HOUR, True),
            (MINUTE, True),
            (0 * DAY, False),
        ],
    )
    def test_three_hours_after_the_question_of_the_day_before(self, before, expected):
        assert at_risk(before) is expected

    @pytest.mark.parametrize(
        ("before", "expected"),
        [(3 * DAY + MINUTE, False), (3 * DAY, True), (DAY, True), (0 * DAY, False)],
    )
    def test_whom_no_message_reaches_is_rung_from_the_first_reminder_on(self, before, expected):
        assert at_risk(before, can_be_told=False) is expected

    @pytest.mark.parametrize("can_be_told", [True, False])
    def test_not_whoever_signed_up_in_the_last_day(self, can_be_told):
        assert not at_risk(HOUR, can_be_told=can_be_told, agreed_at=START - DAY)
        assert at_risk(HOUR, can_be_told=can_be_told, agreed_at=START - DAY - MINUTE)

    def test_not_whoever_confirmed(self):
        assert not at_risk(HOUR, confirmed_at=START - 5 * HOUR)

    def test_a_confirmation_of_an_earlier_plan_does_not_count(self):
        about = {"confirmed_at": START - 20 * HOUR, "changed_at": START - 10 * HOUR}

        assert not at_risk(7 * HOUR + MINUTE, **about)
        assert at_risk(7 * HOUR, **about)

    def test_nobody_waits_any_longer_from_two_hours_before(self):
        changed_at = START - 3 * HOUR

        assert not at_risk(2 * HOUR + MINUTE, changed_at=changed_at)
        assert at_risk(2 * HOUR, changed_at=changed_at)


WEEK_AND_EVENING = (Step(7 * DAY, asks=True), Step(12 * HOUR, asks=True))
TOLD_ONLY = (Step(DAY, asks=False),)


class TestStepsOfOnesOwn:
    def test_each_is_due_in_its_turn(self):
        own = promise(steps=WEEK_AND_EVENING)

        assert due_step(own, now=START - 7 * DAY - MINUTE) is None
        assert [due_step(own, now=START - before) for before in (7 * DAY, 12 * HOUR)] == list(
            WEEK_AND_EVENING
        )
        assert next_moment(WEEK_AND_EVENING[0], own) == START - 12 * HOUR

    def test_the_risk_follows_the_last_question(self):
        assert at_risk(9 * HOUR, steps=WEEK_AND_EVENING)
        assert not at_risk(9 * HOUR + MINUTE, steps=WEEK_AND_EVENING)
        assert at_risk(7 * DAY, can_be_told=False, steps=WEEK_AND_EVENING)
        assert not at_risk(7 * DAY + MINUTE, can_be_told=False, steps=WEEK_AND_EVENING)

    def test_without_a_question_only_a_change_asks(self):
        assert not is_asked(promise(steps=TOLD_ONLY), now=START - HOUR)
        assert not at_risk(HOUR, can_be_told=False, steps=TOLD_ONLY)
        changed = {"changed_at": START - 20 * HOUR, "steps": TOLD_ONLY}
        assert is_asked(promise(**changed), now=START - HOUR)
        assert at_risk(HOUR, **changed)

    def test_without_any_reminder_nobody_is_reminded(self):
        assert due_step(promise(steps=()), now=START - HOUR) is None
        assert not at_risk(HOUR, steps=())

    def test_the_last_question_is_the_one_put_after_they_knew(self):
        assert last_asking(promise(), now=START - 2 * DAY) == THREE_DAYS
        assert last_asking(promise(), now=START - HOUR) == ONE_DAY
        assert last_asking(promise(agreed_at=START - DAY), now=START - HOUR) is None

    def test_they_stand_in_order_and_one_at_a_time(self):
        given = [Step(DAY, asks=True), Step(7 * DAY, asks=False), Step(DAY, asks=False)]
        assert in_order(given) == (Step(7 * DAY, asks=False), Step(DAY, asks=True))


@pytest.mark.parametrize(
    ("lead", "name"),
    [(3 * DAY, "3d"), (DAY, "24h"), (2 * HOUR, "2h"), (90 * MINUTE, "90m"), (36 * HOUR, "36h")],
)
def test_keys_of_reminders_stay_what_they_were(lead, name):
    assert Step(lead, asks=True).name == name
