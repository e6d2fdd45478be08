from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.factories import NOON
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.notifications import rules
from volunteer_hub.notifications.rules import MOST_ATTEMPTS, PAUSES

HOUR = timedelta(hours=1)


def local(text):
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


@pytest.mark.parametrize("attempts", range(1, MOST_ATTEMPTS))
def test_each_pause_is_the_listed_one_or_up_to_a_fifth_longer(attempts):
    pauses = [rules.next_attempt_at(attempts, seed=seed, now=NOON) - NOON for seed in range(500)]

    assert min(pauses) >= PAUSES[attempts - 1]
    assert max(pauses) < PAUSES[attempts - 1] * 6 / 5
    assert len(set(pauses)) > 300


def test_the_pause_of_one_message_is_always_the_same():
    first = rules.next_attempt_at(1, seed=7, now=NOON)
    assert first == rules.next_attempt_at(1, seed=7, now=NOON)
    assert first == NOON + timedelta(seconds=10.652)


def test_the_pauses_are_those_promised():
    in_seconds = [pause.total_seconds() for pause in PAUSES]
    assert in_seconds == [10, 30, 120, 600, 3600, 10800, 21600, 43200, 43200]


def test_after_the_last_attempt_there_is_no_other():
    assert rules.next_attempt_at(MOST_ATTEMPTS, seed=1, now=NOON) is None
    assert rules.next_attempt_at(MOST_ATTEMPTS + 1, seed=1, now=NOON) is None


@pytest.mark.parametrize(("failures", "pause_s"), [(1, 5), (2, 15), (6, 300), (99, 300)])
def test_a_channel_that_stays_away_is_asked_more_and_more_rarely(failures, pause_s):
    open_at = rules.channel_open_at(failures, now=NOON)
    assert open_at - NOON == timedelta(seconds=pause_s)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-09-05 21:59:59", "2026-09-05 21:59:59"),
        ("2026-09-05 22:00", "2026-09-06 07:00"),
        ("2026-09-05 23:59", "2026-09-06 07:00"),
        ("2026-09-06 00:00", "2026-09-06 07:00"),
        ("2026-09-06 06:59:59", "2026-09-06 07:00"),
        ("2026-09-06 07:00", "2026-09-06 07:00"),
    ],
)
def test_quiet_hours_are_from_ten_to_seven(now, expected):
    assert rules.awake_at(local(now)) == local(expected)


@pytest.mark.parametrize(
    ("deadline", "waits"),
    [
        (None, True),
        ("2026-09-06 10:00", True),
        ("2026-09-06 09:59", False),
        ("2026-09-05 23:30", False),
    ],
)
def test_at_night_only_what_would_come_too_late_goes_out(deadline, waits):
    night, morning = local("2026-09-05 23:00"), local("2026-09-06 07:00")
    until = local(deadline) if deadline else None

    released = rules.release_at(night, is_urgent=False, deadline=until)

    assert released == (morning if waits else night)
    assert rules.release_at(night, is_urgent=True, deadline=until) == night


def test_the_next_morning_of_the_small_hours_is_a_day_away():
    assert rules.next_morning(local("2026-09-05 23:00")) == local("2026-09-06 07:00")
    assert rules.next_morning(local("2026-09-05 08:00")) == local("2026-09-06 07:00")
    assert rules.start_of_day(local("2026-09-05 08:00")) == local("2026-09-05 00:00")


@pytest.mark.parametrize(
    ("length", "parts"), [(0, 1), (70, 1), (71, 2), (134, 2), (135, 3), (201, 3), (202, 4)]
)
def test_a_text_message_has_seventy_signs_or_parts_of_sixty_seven(length, parts):
    assert rules.sms_parts("字" * length) == parts


def test_signs_beyond_the_basic_plane_count_twice():
    assert rules.sms_parts("𠮷" * 35) == 1
    assert rules.sms_parts("𠮷" * 36) == 2


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("550 <lin.xiaohe+1@mail.example.cn> unknown", "550 <***@mail.example.cn> unknown"),
        ("no such number 13912345678", "no such number ***"),
        ("451 4.7.1 try\r\nlater", "451 4.7.1 try later"),
        ("x" * 400, "x" * 300),
    ],
)
def test_errors_keep_nothing_personal(said, kept):
    assert rules.without_personal_values(said) == kept
