"""Codes of RFC 6238, each worth one sign-in."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from volunteer_hub.accounts import totp

SECRET = b"12345678901234567890"


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_the_codes_are_those_of_the_standard(second, expected):
    """RFC 6238, appendix B, SHA-1, its last six digits."""
    assert totp.code_at(SECRET, second // totp.STEP_S) == expected


@pytest.mark.parametrize(
    ("drift", "is_taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_phone_may_be_off_by_one_step(drift, is_taken):
    now = datetime(2026, 9, 5, 4, tzinfo=UTC)
    step = totp.step_of(now) + drift
    found = totp.matching_step(SECRET, totp.code_at(SECRET, step), after=0, now=now)
    assert found == (step if is_taken else None)


def test_what_was_used_up_and_what_is_older_is_worth_nothing():
    now = datetime(2026, 9, 5, 4, tzinfo=UTC)
    step = totp.step_of(now)
    for used in (step, step + 1):
        code = totp.code_at(SECRET, step)
        assert totp.matching_step(SECRET, code, after=used, now=now) is None
    assert totp.matching_step(SECRET, "12345a", after=0, now=now) is None
    assert totp.matching_step(SECRET, "数字", after=0, now=now) is None


def test_the_secret_is_spelled_as_apps_read_it():
    assert totp.spelled(SECRET) == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    address = totp.address(SECRET, account="138****8000", issuer="丹东 科普")
    assert address.startswith("otpauth://totp/%E4%B8%B9%E4%B8%9C%20%E7%A7%91%E6%99%AE%3A138")
    assert "secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=%E4%B8%B9" in address
