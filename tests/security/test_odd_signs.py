"""What no column can keep, or nobody means, is refused where it comes in."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import func, select

from tests.security.requests import REQUESTS, scan_id
from tests.security.world import difference, stored, visit
from volunteer_hub.checkin.models import Outcome, Scan
from volunteer_hub.core.database import db
from volunteer_hub.core.text import LARGEST, read_id
from volunteer_hub.registrations.models import Registration

ARABIC_NINES = "٠٤١٥٢١٢٣٤٥٦"  # digits to Python, and to nobody who dials
DEEP = 1500  # brackets; small enough to be read at all


def request_for(endpoint, name=""):
    return next(each for each in REQUESTS if (each.endpoint, each.name) == (endpoint, name))


@pytest.mark.parametrize(
    ("endpoint", "field"),
    [
        ("registrations.register", "phone"),
        ("registrations.register_by_phone", "phone"),
        ("volunteers.join", "contact"),
        ("accounts.request_code", "contact"),
        ("events.new_event", "contact_phone"),
        ("regions.new_venue", "contact_phone"),
        ("organisations.set_up_site", "phone"),
    ],
)
def test_a_phone_number_is_made_of_the_digits_that_phones_have(app, world, endpoint, field):
    request = request_for(endpoint)
    to, data = request.address(app, world), request.data(world) | {field: ARABIC_NINES}
    browser, before = visit(app, world, request.visitor), stored()

    answer = request.send(browser, to, data)

    assert answer.status_code == 422
    assert difference(before, stored()) == {}


@pytest.mark.parametrize("month", ["9" * 5000, "٥", "13", "-5", "0x5", "五"])
def test_a_month_of_birth_is_one_of_twelve(app, world, month):
    request = request_for("volunteers.join")
    data = request.data(world) | {"birth_month": month}

    answer = request.send(visit(app, world, "anonymous"), "/join", data)

    assert answer.status_code == 422


def told_scanner(browser, world, body) -> int:
    answer = browser.press(
        f"/organise/events/{world.a.running}/door/scan", body, content_type="application/json"
    )
    return answer.status_code


@pytest.mark.parametrize(
    "body",
    [
        "[" * DEEP,
        '{"a":' * DEEP,
        '{"scan_id": ' + "[" * DEEP + "]" * DEEP + "}",
        "",
        "null",
        "\ufeff{}",
        '{"scan_id": NaN}',
    ],
    ids=["brackets", "braces", "closed again", "nothing", "null", "mark", "no number"],
)
def test_a_scanner_that_sends_no_scan_is_told_so(app, world, body):
    browser, before = visit(app, world, "organiser a"), stored()

    assert told_scanner(browser, world, body) == 400

    assert difference(before, stored()) == {}


@pytest.mark.parametrize("text", ["\ud800", "a\0b", "\udfff\ud800"])
def test_halves_of_characters_are_kept_as_a_scan_that_was_refused(app, world, text):
    request = request_for("checkin.scan", "by script")
    data = request.data(world) | {"text": text, "device": text, "scan_id": scan_id()}

    assert told_scanner(visit(app, world, "organiser a"), world, json.dumps(data)) == 200

    newest = db.session.scalars(select(Scan).order_by(Scan.id.desc())).first()
    assert newest.outcome is Outcome.REJECTED


@pytest.mark.parametrize("name", ["ﷺ" * 60, "a\0b", "\0", "王" * 61, "㍿" * 20])
def test_a_name_is_kept_whole_or_refused(app, world, name):
    browser = visit(app, world, "anonymous")
    before = db.session.scalar(select(func.count()).select_from(Registration))

    answer = browser.press(f"/e/{world.a.open}/register", {"name": name})

    newest = db.session.scalars(select(Registration).order_by(Registration.id.desc())).first()
    if answer.status_code == 302:
        assert newest.name == (name.replace("\0", "") or None) or len(newest.name) <= 60
    else:
        assert answer.status_code == 422
        assert db.session.scalar(select(func.count()).select_from(Registration)) == before


@pytest.mark.parametrize(
    "path", ["/e/{}", "/organise/events/{}", "/organise/volunteers/{}", "/organise/venues/{}",
             "/posts/{}/sign-up", "/assignments/{}/withdraw"],
)  # fmt: skip
@pytest.mark.parametrize("number", [LARGEST, LARGEST + 1, 2**63, 10**40])
def test_a_number_that_no_row_can_have_is_a_page_that_is_not_there(app, world, path, number):
    browser = visit(app, world, "city")
    to = path.format(number)

    answer = browser.press(to) if "sign-up" in to else browser.get(to)

    assert answer.status_code == 404


def test_an_id_is_read_from_plain_digits_alone():
    assert [read_id(text) for text in ("1", "007", str(LARGEST))] == [1, 7, LARGEST]
    for text in ("", "-1", "１", "٥", "²", "1 ", "1.0", str(LARGEST + 1), "9" * 5000):
        assert read_id(text) is None, text


@pytest.mark.parametrize("number", [str(2**31), str(2**63), "9" * 40])
def test_picks_and_calls_of_people_whom_no_row_can_have_reach_no_database(app, world, number):
    browser, before = visit(app, world, "organiser a"), stored()
    about = "2026-09-04T23:00:00+00:00"

    picked = browser.press(f"/organise/events/{world.a.open}/invite", {"further": f"1:{number}"})
    called = browser.press(
        f"/organise/events/{world.a.moved}/change/called",
        {"who": f"person-{number}", "about": about},
    )
    undone = browser.press(f"/organise/events/{world.a.running}/door/undo", {"scan": number})
    shown = browser.get(f"/dev/outbox?to=person:{number}")

    assert [each.status_code for each in (picked, called, undone, shown)] == [422, 404, 404, 200]
    assert difference(before, stored()) == {}
