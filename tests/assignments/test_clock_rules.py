from __future__ import annotations

from datetime import datetime

import pytest

from volunteer_hub.assignments.rules import digest_week, hours_are_overdue
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.workdays.rules import WorkCalendar


def local(text):
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-09-02 17:59", None),
        ("2026-09-02 18:00", "2026-W36"),
        ("2026-09-03 00:10", "2026-W36"),
        ("2026-09-06 23:59", "2026-W36"),
        ("2026-09-07 00:00", None),
        ("2026-12-31 19:00", "2026-W53"),
        ("2027-01-03 12:00", "2026-W53"),
    ],
)
def test_digests_go_out_from_wednesday_evening_until_the_week_ends(moment, expected):
    assert digest_week(local(moment)) == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [("2026-09-11 08:59", False), ("2026-09-11 09:00", True), ("2026-09-12 00:00", True)],
)
def test_hours_are_overdue_from_nine_on_the_fifth_working_day(now, expected):
    assert hours_are_overdue(local("2026-09-05 15:00"), local(now), WorkCalendar()) is expected
