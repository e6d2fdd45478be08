from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories import NOON
from volunteer_hub.notifications.rules import LONGEST_PAUSE, MOST_ATTEMPTS, next_attempt_at


@pytest.mark.parametrize(
    ("attempts", "pause"),
    [
        (1, timedelta(seconds=30)),
        (2, timedelta(minutes=1)),
        (7, timedelta(minutes=32)),
        (MOST_ATTEMPTS - 1, timedelta(minutes=32)),
    ],
)
def test_each_pause_is_twice_the_last(attempts, pause):
    assert next_attempt_at(attempts, now=NOON) == NOON + pause
    assert pause < LONGEST_PAUSE


def test_after_the_last_attempt_there_is_no_other():
    assert next_attempt_at(MOST_ATTEMPTS, now=NOON) is None
    assert next_attempt_at(MOST_ATTEMPTS + 1, now=NOON) is None
