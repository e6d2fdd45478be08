from __future__ import annotations

from datetime import date, timedelta

import pytest

from volunteer_hub.credentials import rules
from volunteer_hub.credentials.rules import Standing, State

TODAY = date(2026, 9, 5)


@pytest.mark.parametrize(
    ("number", "expected"),
    [(" 2106-00 ａｂ１ ", "210600AB1"), ("辽A-12", "辽A12"), ("--", ""), ("𬭚1", "𬭚1")],
)
def test_a_number_has_one_spelling(number, expected):
    assert rules.written(number) == expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [("210600199001", "••••9001"), ("A123456", "••••56"), ("A12", "••••"), ("", "••••")],
)
def test_a_number_is_shown_by_its_end(number, expected):
    assert rules.masked(number) == expected


@pytest.mark.parametrize(
    ("state", "days", "expected"),
    [
        (State.CLAIMED, 500, Standing.WAITING),
        (State.REJECTED, 500, Standing.REJECTED),
        (State.VERIFIED, None, Standing.HOLDS),
        (State.VERIFIED, 31, Standing.HOLDS),
        (State.VERIFIED, 30, Standing.EXPIRING),
        (State.VERIFIED, 0, Standing.EXPIRING),
        (State.VERIFIED, -1, Standing.EXPIRED),
    ],
)
def test_what_a_credential_is_worth(state, days, expected):
    expires_on = None if days is None else TODAY + timedelta(days=days)
    assert rules.standing(state, expires_on, today=TODAY) is expected


@pytest.mark.parametrize(
    ("days", "expected"), [(31, None), (30, 30), (8, 30), (7, 7), (0, 7), (-1, None)]
)
def test_reminders_come_thirty_and_seven_days_before(days, expected):
    assert rules.reminder_due(TODAY + timedelta(days=days), today=TODAY) == expected


def test_a_record_check_holds_for_a_year_at_most():
    assert rules.longest_for("no_record", today=TODAY) == date(2027, 9, 6)
    assert rules.longest_for("first_aid", today=TODAY) is None


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"\xff\xd8\xff\xe0rest", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\nrest", "image/png"),
        (b"%PDF-1.7", "application/pdf"),
        (b"<html>", None),
        (b"GIF89a", None),
        (b"", None),
    ],
)
def test_what_a_file_is_decides_what_it_begins_with(content, expected):
    assert rules.scan_type(content) == expected
