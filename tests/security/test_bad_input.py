"""Checks 7, 10, 40: whatever a form is sent, it never crashes and keeps what was typed."""

from __future__ import annotations

import re
from contextlib import nullcontext

import pytest
from markupsafe import escape
from sqlalchemy import func, select

from tests.security.requests import REQUESTS
from tests.security.world import difference, stored, unrendered, visit
from volunteer_hub.core.database import db
from volunteer_hub.registrations.models import Registration

EVIL = '"><x-evil onmouseover=alert(1)></textarea></script><x-evil>'
# In a field in which people write what they like; the first ones also in each field alone, for a
# form that refuses one field never comes to what it would do with the others.
ALONE = {
    "nothing": "",
    "no character": "a\0b",
    "grows when written plainly": "\ufdfa" * 60,  # one sign, eighteen letters
}
TEXTS = {
    **ALONE,
    "blank": " \u3000\t ",
    "a novel": "长" * 10_000,
    "emoji": "🚀👨‍👩‍👧‍👦🏳️‍🌈",
    "rare characters": "𠮷𬱖",
    "full width": "１２３ＡＢＣ",
    "only no character": "\0",
    "turned around": "\u202egnp.exe\u2066",
    "SQL": "'; DROP TABLE event; --",
    "markup": EVIL,
    "grows when spelled": "庄" * 60,
    "placeholders": "%s %(x)s {0} {{ 7*7 }} ${x}",
    "lines": "a\r\nb\nc",
    "a formula": "=1+1",
}
# In a field that has a kind: a number, a moment, a choice, an id.
EVERYWHERE = {
    "markup": EVIL,
    "no character": "a\0b",
    "less than nothing": "-1",
    "half": "1.5",
    "more digits than Python reads": "9" * 5000,
    "twice": [EVIL, "1"],
}
KINDS = {"missing": None, "nothing": "", "far too much": "9" * 30}
MOMENTS = {"the first day": "0001-01-01T00:00", "the last day": "9999-12-31T23:59"}
IDS = {"an id of nothing": "2147483647", "full width": "１２"}
JSON = {
    "missing": None, "a number": 10**30, "half": 1.5, "yes": True, "a list": ["camera"],
    "an object": {"a": {}}, "nothing": "", "a novel": "长" * 3000, "no character": "a\0b",
    "half a character": "\ud800", "markup": EVIL,
}  # fmt: skip
# Answers with a page of their own instead of leading on.
SHOWN = {
    "people.make_export", "people.print_phones", "people.write",
    "volunteers.show_contact", "checkin.scan", "notifications.unsubscribe",
    "assignments.show_phones", "assignments.show_phones_at_risk", "assignments.show_trip_phones",
    "credentials.show_number",
    "privacy.download", "volunteers.join",
}  # fmt: skip
# After these the page is made as well; for the others it is enough what the view answers.
SHOWN_IN_FULL = {*TEXTS, "markup", "more digits than Python reads"} - {"nothing", "half"}
DROPPED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
TEXT_FORMS = [request for request in REQUESTS if request.texts]


def in_texts(request, world):
    """Yield what is wrong, and the sound request with that in every text at once, or in one."""
    for word, value in TEXTS.items():
        yield word, request.data(world) | dict.fromkeys(request.texts, value)
    for name in request.texts:
        for word, value in ALONE.items():
            yield f"{name}: {word}", request.data(world) | {name: value}


def in_kinds(request, world):
    """Yield what is wrong, and the sound request with that in all fields of a kind, or in one."""
    names = [name for name in request.data(world) if name not in request.texts]
    for word, value in EVERYWHERE.items() if names else ():
        yield word, request.data(world) | dict.fromkeys(names, value)
    for number in range(len(names)):
        for word, value in [*KINDS.items(), *MOMENTS.items(), *IDS.items()]:
            data = request.data(world)
            name = [name for name in data if name not in request.texts][number]
            if word in unfit_for(name):
                continue
            data[name] = value
            yield f"{name}: {word}", {key: each for key, each in data.items() if each is not None}
    yield "nothing at all", {}


def unfit_for(name):
    """Return the words for values that mean nothing in a field of this name."""
    is_moment = name.endswith(("_at", "_from", "_to")) or name in (
        "first",
        "last",
        "expires",
        "until",
        "valid_until",
        "checked_on",
    )
    is_id = name.endswith(("_id", "version"))
    return set(() if is_moment else MOMENTS) | set(() if is_id else IDS)


def in_messages(request, world):
    """Yield what is wrong, and the sound message of a script with that in one place."""
    for name in request.data(world):
        for word, value in JSON.items():
            yield f"{name}: {word}", request.data(world) | {name: value}


def faults(app, world, request, variants):
    """Return everything that went wrong when these variants of a request were sent."""
    found, address = [], request.address(app, world)
    browser = visit(app, world, request.visitor)
    for word, data in variants(request, world):
        if browser.has_changed_hands:
            browser = visit(app, world, request.visitor)
        is_shown = word in SHOWN_IN_FULL
        with nullcontext() if is_shown else unrendered():
            answer = request.send(browser, address, data)
        found += [f"{word}: {fault}" for fault in objections(request, answer, data, is_shown)]
        if answer.status_code == 302 and request.fresh:
            address = request.address(app, world)
    return found


def objections(request, answer, data, is_shown):
    """Yield what is wrong with an answer."""
    status = answer.status_code
    if status >= 500 or (status == 200 and request.endpoint not in SHOWN):
        yield f"answered {answer.status}"
    if "<x-evil" in answer.text:
        yield "markup came back as markup"
    for name in request.texts if is_shown and status == 422 else ():
        typed = data.get(name, "")
        kept = str(escape(DROPPED.sub("", typed).strip())) if isinstance(typed, str) else ""
        if kept.replace("\r\n", "\n") not in answer.text.replace("\r\n", "\n"):
            yield f"{name} was not kept"


@pytest.mark.parametrize("request_", TEXT_FORMS, ids=str)
def test_no_text_breaks_a_form(app, world, request_):
    assert faults(app, world, request_, in_texts) == []


@pytest.mark.parametrize("request_", REQUESTS, ids=str)
def test_no_value_breaks_a_form(app, world, request_):
    variants = in_messages if request_.is_json else in_kinds

    assert faults(app, world, request_, variants) == []


@pytest.mark.parametrize("body", [b"", b"[", b"[" * 16_000, b'"\xff"', b"{}", b"null", b"9" * 9000])
def test_no_message_breaks_the_door(app, world, body):
    answer = visit(app, world, "organiser a").press(
        f"/organise/events/{world.a.running}/door/scan",
        body,
        headers={"Content-Type": "application/json"},
    )

    assert 400 <= answer.status_code < 500


@pytest.mark.parametrize(
    ("endpoint", "wrong"),
    [
        ("events.new_event", {"ends_at": "2026-09-19T08:00"}),
        ("events.new_event", {"ends_at": "2026-09-19T09:00"}),
        ("events.new_event", {"starts_at": "2020-09-19T09:00", "ends_at": "2020-09-19T11:00"}),
        ("events.new_shift", {"ends_at": "2026-09-06T11:00"}),
        ("events.edit_shift", {"ends_at": "2026-09-06T12:00"}),
        ("events.new_post", {"min_people": "5", "max_people": "4"}),
        ("events.edit_post", {"min_people": "5", "max_people": "4"}),
        ("events.new_post", {"max_people": "0"}),
        ("volunteers.profile", {"off_from": "2026-10-03", "off_to": "2026-10-01"}),
        ("volunteers.profile", {"off_from": "2020-10-01", "off_to": "2020-10-03"}),
        ("volunteers.join", {"birth_year": "2030"}),
        ("volunteers.join", {"birth_year": "2022"}),
        ("registrations.register", {"companions": "4"}),
        ("recognition.confirm", {}),
    ],
)
def test_what_contradicts_itself_is_asked_again_and_not_written(app, world, endpoint, wrong):
    request = next(each for each in REQUESTS if each.endpoint == endpoint)
    address, data = request.address(app, world), request.data(world) | wrong
    if endpoint == "recognition.confirm":
        data = {name: "25" if name.endswith("hours") else value for name, value in data.items()}
    browser, before = visit(app, world, request.visitor), stored()

    answer = request.send(browser, address, data)

    assert answer.status_code == 422
    assert difference(before, stored()) == {}


@pytest.mark.parametrize("key", ["k" * 65, "k" * 10_000, "\0", "钥匙🔑"])
def test_a_form_with_an_odd_key_sent_twice_does_nothing_twice_or_crashes(app, world, key):
    browser, before = visit(app, world, "anonymous"), count(Registration)

    for _ in range(2):
        answer = browser.press(f"/e/{world.a.open}/register", {"request_key": key})
        assert answer.status_code == 302

    assert count(Registration) - before == (2 if key == "\0" else 1)


def count(model) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


@pytest.mark.parametrize("back", ["/" + "a" * 390, "/" + "a" * 900, "/" + "a" * 9000])
def test_a_venue_may_be_needed_by_a_page_with_a_long_address(app, world, back):
    request = next(each for each in REQUESTS if each.endpoint == "regions.new_venue")
    data, browser = request.data(world), visit(app, world, "organiser a")

    answers = [browser.press(f"/organise/venues/new?next={back}", data) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
