from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.factories import NOON
from volunteer_hub.core import formats


@pytest.fixture
def zh(app):
    with app.test_request_context("/"):
        yield


@pytest.fixture
def en(app):
    with app.test_request_context("/?lang=en"):
        yield


@pytest.mark.usefixtures("zh")
def test_moments_are_written_as_people_say_them():
    assert formats.when(NOON) == "9月5日（周六） 12:00"
    assert (
        formats.span_of(NOON, NOON + timedelta(hours=2)) == "9月5日（周六） 12:00\u2060—\u206014:00"
    )
    assert formats.day(NOON, with_year=True) == "2026年9月5日（周六）"


@pytest.mark.usefixtures("zh")
def test_midnight_in_the_city_is_another_day_than_in_utc():
    assert formats.day(datetime(2026, 9, 5, 16, 0, tzinfo=UTC)) == "9月6日（周日）"


@pytest.mark.usefixtures("en")
def test_the_same_in_english():
    assert formats.when(NOON) == "Sat 5 Sep 12:00"
    assert formats.listed(["a", "", "b"]) == "a, b"
    assert formats.bracketed("a", "b") == "a (b)"


@pytest.mark.usefixtures("zh")
@pytest.mark.parametrize(
    ("name", "masked"),
    [("王晓东", "王*东"), ("王东", "王*"), ("欧阳小东", "欧**东"), ("", "未留姓名")],
)
def test_names_are_masked(name, masked):
    assert formats.mask_name(name) == masked


@pytest.mark.usefixtures("zh")
def test_phones_are_masked_and_grouped():
    assert formats.mask_phone("13800138000") == "138****8000"
    assert formats.mask_phone(None) == "未留电话"
    assert formats.phone344("13812345678") == "138\u00a01234\u00a05678"
    assert formats.phone344("04152123456") == "0415-2123456"
    assert formats.phone344("02423456789") == "024-23456789"


@pytest.mark.parametrize(
    ("minutes", "hours"), [(150, "2.5"), (60, "1"), (6, "0.1"), (0, "0"), (600, "10")]
)
def test_minutes_become_hours(minutes, hours):
    assert formats.hours_of(minutes) == hours
