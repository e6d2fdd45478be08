"""Check 2: what is somebody else's business is not found, and no line of it in any list."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.security.world import (
    ATTENDEES,
    TITLES,
    VOLUNTEERS,
    address,
    invitation,
    is_for_members,
    is_for_staff,
    reminder,
    routes,
    ticket,
    unsubscribing,
    values_for,
    visit,
)
from volunteer_hub.assignments import calendars
from volunteer_hub.core.formats import mask_name

# Belongs to the whole city: venues, what can be booked, both in spreadsheets too, and volunteers
# for whoever runs events (they ask them there).
OF_THE_CITY = {
    "regions.show_venue", "regions.edit_venue", "resources.show_resource", "resources.book",
    "resources.new_resource", "tables.send_table", "tables.hand_out",
}  # fmt: skip
OF_ORGANISERS = OF_THE_CITY | {
    "volunteers.show_volunteer",
    "volunteers.show_contact",
    # What they note down stays with their own organisation: tests/people/test_desk.py.
    "people.add_note",
    "people.add_tag",
    "talks.show_talk",
}
# Where whoever plans an event looks for volunteers of the whole city.
LOOKS_EVERYWHERE = {
    "assignments.match", "assignments.roster", "people.desk", "talks.list_talks",
}  # fmt: skip
SOUGHT = (ATTENDEES["a"], VOLUNTEERS["a"], TITLES["a"])
# The branch leads a team below the organisation of A, and sees nothing of what is above it.
STRANGERS = ("organiser b", "leader b", "office b", "neighbour", "branch a")


def staff_pages(app):
    """Return the pages for staff."""
    return [rule for rule in routes(app, "GET") if is_for_staff(app, rule)]


def shared_with(visitor):
    """Return the pages about people and places that are not this visitor's and yet shown."""
    return OF_THE_CITY if visitor.startswith("office") else OF_ORGANISERS


def pages_about(app, world, visitor):
    """Yield endpoint and address of each page about something of A that is not this visitor's."""
    for rule in staff_pages(app):
        values = values_for(rule, world.a)
        if values and rule.endpoint not in shared_with(visitor):
            yield rule.endpoint, address(app, rule, values)


@pytest.mark.parametrize("visitor", STRANGERS)
def test_check_2_no_page_about_anything_of_another_side_is_found(app, world, visitor):
    browser, found = visit(app, world, visitor), {}
    for _endpoint, path in pages_about(app, world, visitor):
        for headers in ({}, {"HX-Request": "true"}):
            answer = browser.get(path, headers=headers)
            if answer.status_code == 302:
                answer = browser.get(answer.location, headers=headers)
            # 403 where the visitor's role is not let in at all, whatever the page is about.
            if answer.status_code not in (403, 404):
                found[path] = answer.status

    assert found == {}


def test_whoever_is_responsible_for_both_sides_finds_these_pages(app, world):
    browser = visit(app, world, "city")
    seen = {
        endpoint
        for endpoint, path in pages_about(app, world, "organiser b")
        if browser.get(path).status_code in (200, 302)
    }

    assert len(seen) > 20


def marks(side):
    """Return what only this side's things are called, people's names also as they are veiled."""
    people = {ATTENDEES[side], VOLUNTEERS[side]}
    return people | {mask_name(name) for name in people} | {TITLES[side]}


def shown_lists(app, world, visitor, side):
    """Yield rule and text of every list, page and download of a side, also searched for A."""
    browser = visit(app, world, visitor)
    for rule in staff_pages(app):
        path = address(app, rule, values_for(rule, side))
        joint = "&" if "?" in path else "?"
        text = browser.get(path).text
        yield rule, text
        is_searched = 'name="q"' in text or "<html" not in text
        for mark in SOUGHT if is_searched else ():
            text = browser.get(f"{path}{joint}q={quote(mark)}").text
            yield rule, text.replace(f'value="{mark}"', "").replace(f"“{mark}”", "")


@pytest.mark.parametrize("visitor", ["organiser b", "leader b", "office b"])
def test_check_2_no_list_search_or_download_holds_a_line_of_another_side(app, world, visitor):
    leaked = {
        (rule.endpoint, mark)
        for rule, text in shown_lists(app, world, visitor, world.b)
        for mark in marks("a")
        if mark in text and not _is_of_the_city(rule, mark, visitor)
    }

    assert leaked == set()


def _is_of_the_city(rule, mark, visitor) -> bool:
    if mark not in (VOLUNTEERS["a"], mask_name(VOLUNTEERS["a"])):
        return False
    is_office_list = visitor.startswith("office") and rule.endpoint.startswith("volunteers.")
    return rule.endpoint in LOOKS_EVERYWHERE and not is_office_list


def test_the_eye_that_looks_for_leaks_sees_what_is_ones_own(app, world):
    seen = {
        (rule.endpoint, mark)
        for rule, text in shown_lists(app, world, "organiser a", world.a)
        for mark in marks("a")
        if mark in text
    }

    for endpoint in ("pages.organise_events", "assignments.at_risk", "checkin.find_people",
                     "statistics.attendance_csv", "statistics.hours_csv"):  # fmt: skip
        assert any(endpoint == where for where, _mark in seen), endpoint


@pytest.mark.parametrize("visitor", ["volunteer b", "newcomer"])
def test_check_2_ones_own_pages_hold_nothing_of_another_volunteer(app, world, visitor):
    browser = visit(app, world, visitor)
    for rule in routes(app, "GET"):
        if is_for_members(app, rule):
            text = browser.get(address(app, rule, values_for(rule, world.a))).text
            assert VOLUNTEERS["a"] not in text, rule.rule
            assert ATTENDEES["a"] not in text, rule.rule


def bent_addresses(world):
    """Yield addresses whose secret was made for somebody else, or for something else."""
    a, b = world.a, world.b
    yield from (f"/i/{_moved(invitation(a.invitation), b.invitation)}",
                f"/i/{_moved(invitation(a.invitation), b.invitation)}/event.ics",
                f"/i/{reminder(a.assignment)['token']}",
                f"/r/{_moved(reminder(a.assignment), b.assignment)}",
                f"/r/{invitation(a.assignment)['token']}")  # fmt: skip
    stop = unsubscribing(a.volunteer_person)
    yield f"/unsubscribe/digest/{_moved(stop, b.volunteer_person)}"
    yield f"/unsubscribe/invitations/{stop['token']}"
    feed = {"token": calendars.feed_key(a.volunteer)}
    yield f"/me/calendar.ics?key={_moved(feed, b.volunteer)}"
    yield f"/T/V{ticket(a.registration)[1:]}"
    other = invitation(a.assignment)["token"]
    yield f"/assignments/{b.assignment}/withdraw?key={other}"


def _moved(token, to) -> str:
    """Return a token with another id in front of what proves the first one."""
    _own, _dash, proof = token["token"].partition("-")
    return f"{to}-{proof}"


def test_check_2_a_secret_opens_what_it_was_made_for_and_nothing_else(app, world):
    browser = visit(app, world, "anonymous")
    for path in bent_addresses(world):
        answer = browser.get(path)
        shuts = answer.status_code == 404 or (answer.location or "").startswith("/sign-in")
        assert shuts, (path, answer.status)
    for row in (invitation(world.a.invitation), reminder(world.a.assignment)):
        way = "i" if row == invitation(world.a.invitation) else "r"
        assert browser.get(f"/{way}/{row['token']}").status_code == 200
