"""Checks 2, 3: nobody changes what they are not responsible for, whatever ids they send."""

from __future__ import annotations

import pytest

from tests import factories
from tests.factories import NOON
from tests.security.requests import REQUESTS, scan_id
from tests.security.world import ATTENDEES, changed_rows, difference, rows, stored, ticket, visit
from volunteer_hub.core.database import db
from volunteer_hub.organisations.models import Function, Membership, Organisation

# Venues belong to the whole city: any organiser may add one, and put right what is wrong with it.
# Whoever runs events may look for volunteers in the whole city, so B sees and calls those of A.
# Leads back to the own list, as it does when somebody taps twice.
LEADS_BACK = {"credentials.remove": "/me/credentials"}
ABOUT_ONESELF = {
    "assignments.stand_down", "checkin.self_check_in", "teams.leave_team", "teams.show_phone",
    "teams.join_team", "teams.accept_invite",
    "people.set_sharing", "privacy.give_consent", "privacy.withdraw_consent",
}  # fmt: skip
# Things have a register of the whole city; the address to add one names only its kind, as that of
# a file of volunteers does.
SHARED = {
    "people.make_export", "regions.edit_venue", "resources.book", "resources.new_resource",
    "tables.send_table", "tables.take_table",
}  # fmt: skip
OF_ORGANISERS = SHARED | {
    "people.add_note", "people.add_tag", "talks.show_talk", "volunteers.show_contact",
}  # fmt: skip


def about_something(app, visitors, *, shared=frozenset()):
    """Return the requests of these visitors that name something of theirs in the address."""
    return [
        request
        for request in REQUESTS
        if request.visitor in visitors
        and request.names_something(app)
        and request.endpoint not in shared
    ]


@pytest.mark.parametrize("visitor", ["organiser b", "leader b", "office b", "branch a"])
def test_nothing_of_another_organisation_and_county_is_changed(app, world, visitor):
    changed = {}
    shared = OF_ORGANISERS if visitor == "organiser b" else SHARED
    for request in about_something(app, {"organiser a"}, shared=shared):
        address, data = request.address(app, world), request.data(world)
        browser, before = visit(app, world, visitor), stored()
        answer = request.send(browser, address, data)
        if answer.status_code not in (403, 404) or difference(before, stored()):
            changed[str(request)] = (answer.status, difference(before, stored()))

    assert changed == {}


@pytest.mark.parametrize("visitor", ["volunteer b", "newcomer", "organiser b", "anonymous"])
def test_nothing_of_another_volunteer_is_changed(app, world, visitor):
    for request in about_something(app, {"volunteer a"}):
        if request.endpoint in ABOUT_ONESELF:
            continue
        address, data = request.address(app, world), request.data(world)
        browser, before = visit(app, world, visitor), stored()
        answer = request.send(browser, address, data)
        assert answer.status_code in (302, 401, 403, 404), str(request)
        back = LEADS_BACK.get(request.endpoint, "/sign-in")
        assert (answer.location or back).startswith((back, "/sign-in")), str(request)
        assert difference(before, stored()) == {}


def _foreign(world):
    """Yield requests to A's own pages that name something of B."""
    a, b = world.a, world.b
    yield f"/organise/events/{a.open}/roster/add", {
        "post_id": b.empty_post, "volunteer_id": b.volunteer, "how": "phone"}  # fmt: skip
    yield f"/organise/events/{a.open}/roster/add", {
        "post_id": b.empty_post, "volunteer_id": b.volunteer, "how": "invite"}  # fmt: skip
    yield f"/organise/events/{a.open}/invite", {"further": f"{b.empty_post}:{b.volunteer}"}
    yield f"/organise/events/{a.running}/door/undo", {"scan": b.scan, "scan_id": scan_id()}
    yield f"/organise/events/{a.running}/door/tick", {
        "key": f"r{b.expected}", "direction": "in", "scan_id": scan_id()}  # fmt: skip
    yield f"/organise/events/{a.running}/door/tick", {
        "key": f"v{b.on_duty}", "direction": "in", "scan_id": scan_id()}  # fmt: skip
    thing = {"name": "x", "organisation_id": b.organisation, "before_minutes": "0",
             "after_minutes": "0", "is_active": "y"}  # fmt: skip
    yield "/organise/resources/new/kit", thing
    yield f"/organise/resources/{a.thing}/edit", thing
    yield f"/organise/resources/{b.thing}/book", {
        "title": "x", "purpose": "other", "starts_at": "2026-09-12T09:00",
        "ends_at": "2026-09-12T12:00"}  # fmt: skip
    yield f"/organise/events/{a.moved}/resources/{b.thing}/book", {}
    yield f"/organise/events/{a.open}/bookings/{b.booking}/release", {}
    yield f"/organise/events/{a.open}/requirements/{b.requirement}/drop", {}
    yield f"/organise/events/{a.running}/door/scan", {
        "code": "", "direction": "in", "scan_id": b.scan_name}  # fmt: skip


def test_nothing_of_another_organisation_is_reached_through_ones_own_pages(app, world):
    for address, data in _foreign(world):
        browser, before = visit(app, world, "organiser a"), stored()
        browser.press(address, data)
        assert difference(before, stored()) == {}, (address, data)


@pytest.mark.parametrize("has_two", [False, True], ids=["one organisation", "two"])
def test_no_event_is_planned_for_another_organisation(app, world, has_two):
    if has_two:
        second = Membership(
            person_id=world.a.organiser, organisation_id=factories.organisation().id,
            function=Function.ORGANISER, joined_at=NOON,
        )  # fmt: skip
        db.session.add(second)
    else:  # and no team below it, for which one may plan as well
        db.session.get(Organisation, world.a.team).parent_id = None
    db.session.commit()
    browser = visit(app, world, "organiser a")

    for request in REQUESTS:
        if request.endpoint in ("events.new_event", "events.edit_event"):
            before = rows()
            data = request.data(world) | {"organisation_id": str(world.b.organisation)}
            answer = request.send(browser, request.address(app, world), data)
            assert answer.status_code == (422 if has_two else 302)
            planned = [row for table, row in changed_rows(before, rows()) if table == "event"]
            assert [row["organisation_id"] for row in planned] == (
                [] if has_two else [world.a.organisation]
            )


def test_a_ticket_of_another_event_is_refused_and_tells_nobodys_name(app, world):
    scan = {"scan_id": scan_id(), "text": ticket(world.b.expected), "direction": "in",
            "method": "camera"}  # fmt: skip

    answer = visit(app, world, "organiser a").press(
        f"/organise/events/{world.a.running}/door/scan", json=scan
    )

    assert answer.json["outcome"] == "rejected"
    assert ATTENDEES["b"] not in answer.text


def test_answers_of_another_door_are_not_shown(app, world):
    browser, own = visit(app, world, "organiser a"), f"/organise/events/{world.a.running}"

    for address in (
        f"{own}/door?shown={world.b.scan_name}",
        f"{own}/registrations?booked={world.b.expected}",
        f"/C/{world.a.poster_code}?done={world.b.scan_name}",
    ):
        answer = browser.get(address)
        assert answer.status_code == 200
        assert ticket(world.b.expected) not in answer.text, address
        assert ATTENDEES["b"] not in answer.text, address
