"""Every address that takes a form, fed with what nobody expects."""

from __future__ import annotations

import importlib

import pytest
import wtforms

from tests import factories
from tests.client import counted_queries
from tests.factories import HOUR, NOON
from tests.security.world import (
    conflict,
    credential,
    founding,
    hours_claim,
    mark,
    objection,
    people_list,
    plan,
    scan_device,
    swap,
    talk,
    team_invite,
    team_request,
)
from volunteer_hub.assignments.models import State
from volunteer_hub.core.access import Role
from volunteer_hub.core.security import limiter
from volunteer_hub.core.tokens import link_token, ticket_code

MARKUP = "<script>alert(1)</script>"
BAD = {
    "nothing": "",
    "very long": "长" * 2100,
    "emoji and markup": f"😀🧑🏽‍🔬{MARKUP}",
    "full-width digits": "１２３",
    "a negative number": "-1",
    "a number no column keeps": "9" * 40,
    "a day long ago": "1900-01-01T00:00",
    "no day": "2026-02-30T25:61",
    "control signs": "a\x00b\u202ec\r\n' OR 1=1 --%_",
}
KEPT = "这些字要留着"
# What is only pressed: nothing can be filled in wrongly, and pressing would take away the world.
BUTTONS = {
    "accounts.begin_second_factor", "accounts.family", "people.make_card", "people.revoke_card",
    "recognition.agree_to_appeal", "recognition.refuse_appeal", "recognition.take_back_credential",
    "accounts.demo_sign_in", "accounts.sign_out", "accounts.sign_out_others", "admin.route_again",
    "admin.send_again", "admin.send_all_again", "assignments.accept_invitation",
    "assignments.accept_standby", "assignments.confirm_reminder", "assignments.decline_standby",
    "checkin.revoke_device", "checkin.set_phone_tails", "checkin.settle_conflict",
    "assignments.stand_by", "assignments.look_for_stand_in", "assignments.stand_down",
    "assignments.answer_swap", "assignments.decide_exchange",
    "assignments.set_exchange_approval",
    "assignments.take_over", "assignments.switch_refills",
    "assignments.note_confirmed", "assignments.renew_calendar",
    "assignments.show_phones", "assignments.show_phones_at_risk",
    "assignments.show_trip_phones", "assignments.sign_up",
    "guardians.take_back", "guardians.withdraw", "volunteers.agree_to_conduct",
    "assignments.take_back_confirmed", "complaints.close", "complaints.take",
    "credentials.remove", "credentials.show_number",
    "events.book_resource", "events.copy_event", "events.delete_post", "events.delete_shift",
    "events.drop_requirement", "events.publish_event", "events.release_booking",
    "events.withdraw_event",
    "trips.book_resource", "trips.discard_trip", "trips.publish_trip", "trips.release_booking",
    "notifications.mark_read", "notifications.unsubscribe", "observances.withdraw",
    "teams.leave_team", "teams.revoke_invite", "teams.withdraw_founding",
    "teams.withdraw_request", "teams.accept_invite", "teams.show_phone",
    "people.drop_filter", "people.drop_list", "people.make_export",
    "people.merge_twins", "people.not_twins", "people.print_phones", "people.remove_mark",
    "people.set_sharing", "people.take_list", "people.undo_merge", "planning.stop_plan",
    "privacy.approve_change",
    "privacy.confirm_close", "privacy.refuse_change",
    "privacy.download", "privacy.give_consent", "privacy.withdraw_consent",
    "registrations.accept_offer", "registrations.cancel_registration",
    "recognition.agree", "recognition.withdraw_claim",
    "registrations.decline_offer", "registrations.withdraw", "resources.release",
    "volunteers.refuse_entry", "volunteers.show_contact",
}  # fmt: skip
# These answer a stale page before it could matter: their address is a secret of its own.
NEED_NO_TOKEN = {"checkin.enrol_phone", "checkin.scan_batch", "notifications.unsubscribe"}


@pytest.fixture
def world(app, at):
    """Return a value for every part of an address: one of everything, the event running now."""
    at(NOON)
    event = factories.event(starts_at=NOON - HOUR, is_registration_open=True)
    post = factories.post(factories.shift(event, starts_at=NOON + HOUR))
    invited = factories.assignment(post, state=State.INVITED)
    registration = factories.registration(event)
    token = link_token("invitation", invited.id)
    booking = factories.booking(for_event=event)
    return {
        "event_id": event.id,
        "device_id": scan_device(event.id, event.created_by_id).id,
        "conflict_id": conflict(event.id).id,
        "shift_id": post.shift_id,
        "post_id": post.id,
        "assignment_id": invited.id,
        "registration_id": registration.id,
        "volunteer_id": invited.volunteer_id,
        "venue_id": event.venue_id,
        "organisation_id": event.organisation_id,
        "poster_code": event.poster_code,
        "code": ticket_code("R", registration.id, registration.ticket_revision),
        "token": token,
        "topic": "reminders",
        "channel": "sms",
        "campaign": "caravan",
        "kind": "vehicle",
        "resource_id": booking.resource_id,
        "booking_id": booking.id,
        "requirement_id": factories.requirement(event).id,
        "trip_id": factories.trip(stops=[factories.event()]).id,
        "delivery_id": 1,
        "message_id": 1,
        "key": "stweek",
        "year": 2026,
        "shape": "national",
        "complaint_id": 1,
        "appeal_id": 1,
        "claim_id": (claim := hours_claim(event, invited.volunteer)).id,
        "objection_id": objection(claim.id).id,
        "change_id": 1,
        "mark_id": mark(invited.volunteer_id, event.organisation_id, event.created_by_id).id,
        "filter_id": 1,
        "merge_id": 1,
        "purpose": "share_national",
        "number_key": "keep.messages",
        "run_id": plan(event.created_by_id, post.id, invited.volunteer_id).id,
        "exchange_id": swap(post.shift).id,
        "list_id": people_list(event.organisation_id, event.created_by_id).id,
        "talk_id": talk(invited.volunteer_id).id,
        "request_id": team_request(event.organisation_id, invited.volunteer.person_id).id,
        "founding_id": founding(event.organisation_id, invited.volunteer.person_id).id,
        "invite_id": team_invite(event.organisation_id, event.created_by_id).id,
        "person_id": event.created_by_id,
        "credential_id": credential(invited.volunteer_id).id,
    }


@pytest.fixture
def people(app, world):
    """Return a browser for each kind of view: of nobody, of a volunteer, of the city's office."""
    member, office = app.test_client(), app.test_client()
    member.sign_in(factories.volunteer().person)
    office.sign_in(factories.office())
    return {"public": app.test_client(), "signed_in": member, "staff": office}


def forms_to_send(app, world, people):
    """Yield (endpoint, address, browser, names of fields) of everything that can be posted."""
    urls = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if "POST" not in rule.methods:
            continue
        view = app.view_functions[rule.endpoint]
        who = view.access if isinstance(view.access, str) else "staff"
        if view.access == {Role.VOLUNTEER}:
            who = "signed_in"
        parts = {name: world[name] for name in rule.arguments}
        address = urls.build(rule.endpoint, parts, method="POST")
        if rule.endpoint == "events.new_event":
            address += "?campaign=silver"
        yield rule.endpoint, address, people[who], names_in(rule.endpoint.split(".")[0], world)


def names_in(feature, world):
    """Return the names of all fields of a feature's forms."""
    try:
        module = importlib.import_module(f"volunteer_hub.{feature}.forms")
    except ModuleNotFoundError:
        return []
    forms = [each for each in vars(module).values() if isinstance(each, type)]
    names = {
        name
        for form in forms
        if issubclass(form, wtforms.Form)
        for name in dir(form)
        if hasattr(getattr(form, name), "field_class")
    }
    rows = {f"row-{world['assignment_id']}-{name}" for name in ("answer", "hours", "reason")}
    return sorted(
        names | rows | {"skills-0-code", "skills-0-level", "skill-guide", "no-reason", "who", "q"}
    )


@pytest.mark.parametrize("what", BAD)
def test_no_form_breaks_and_each_says_what_is_wrong(app, world, people, monkeypatch, what):
    bad = BAD[what]
    if MARKUP not in bad:  # one look at the pages as strict HTML is enough, and takes most time
        monkeypatch.setattr("tests.client.check_page", lambda *_args, **_more: None)
    for endpoint, address, browser, names in forms_to_send(app, world, people):
        if endpoint in BUTTONS:
            continue
        limiter.reset()
        answer = browser.post(address, data=dict.fromkeys(names, bad))

        assert answer.status_code < 500, endpoint
        assert MARKUP not in answer.text, endpoint
        if answer.status_code == 422 and answer.mimetype == "text/html":
            said = ('class="error', 'role="alert"', "notice--", "verdict", "data-error")
            assert any(each in answer.text for each in said), endpoint


def test_a_stale_page_writes_nothing_and_keeps_what_was_typed(app, world, people, monkeypatch):
    monkeypatch.setattr("tests.client.check_page", lambda *_args, **_more: None)
    for endpoint, address, browser, names in forms_to_send(app, world, people):
        if endpoint in NEED_NO_TOKEN:
            continue
        limiter.reset()
        with counted_queries() as statements:
            answer = browser.post(address, data=dict.fromkeys(names, KEPT), csrf=False)

        assert answer.status_code in {302, 303, 400, 404, 409, 422}, endpoint
        written = [each for each in statements if each.startswith(("INSERT", "UPDATE", "DELETE"))]
        assert written == [], endpoint
        if answer.status_code == 422 and "<textarea" in answer.text:
            assert KEPT in answer.text, endpoint
