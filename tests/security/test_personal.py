"""Checks 4, 38, 39: names and numbers of people are in no public page, log or list."""

from __future__ import annotations

import logging

import pytest
from sqlalchemy import select

from tests.factories import NOON
from tests.security.requests import PHONE, REQUESTS
from tests.security.world import ATTENDEES, Visitor, rows, visit
from volunteer_hub.accounts.models import Person
from volunteer_hub.core.database import db
from volunteer_hub.core.transaction import transaction
from volunteer_hub.demo import loader
from volunteer_hub.events.models import Event, Status
from volunteer_hub.programmes.models import Campaign
from volunteer_hub.regions.models import Region, Venue
from volunteer_hub.registrations.models import Registration

# Lists that are kept for long, read by many or sent on; they hold ids instead.
LISTS = ("audit_entry", "outbox_message", "request_key", "job_run", "scan", "sign_in_try")


@pytest.fixture
def demo(app, at):
    at(NOON)
    with transaction():
        list(loader.load_demo(now=NOON))
    yield
    db.session.remove()


def public_pages():
    """Return the address of every page that is shown to anybody."""
    public = select(Event).where(Event.status != Status.DRAFT).order_by(Event.id)
    events = db.session.scalars(public).all()[::7]  # they are all made from the same templates
    yield from ("/", "/events", "/events?page=2", "/help", "/privacy", "/sources", "/feedback")
    yield from (f"/campaigns/{code}" for code in db.session.scalars(select(Campaign.code)))
    counties = db.session.scalars(select(Region.code).where(Region.level == "county"))
    yield from ("/regions", *(f"/regions/{code}" for code in counties))
    yield from ("/regions/search?q=fc", "/sign-in?way=password", "/join", "/sign-in/code/enter")
    for event in events:
        page = f"/e/{event.id}"
        yield from (page, f"{page}/volunteer", f"{page}/register", f"/C/{event.poster_code}")


@pytest.mark.usefixtures("demo")
def test_no_public_page_of_the_demo_names_a_person_or_their_number(app):
    said_in_public = set(db.session.scalars(select(Event.contact_name))) | set(
        db.session.scalars(select(Event.speaker_name))
    )
    people = db.session.scalars(select(Person)).all()
    attendees = db.session.scalars(select(Registration)).all()
    # The people one can sign in as are named on the sign-in page.
    own = {person.name for person in people if person.name.startswith("演示")} | said_in_public
    names = {each.name for each in (*people, *attendees) if each.name} - own
    phones = {each.phone for each in (*people, *attendees) if each.phone}
    phones |= set(db.session.scalars(select(Venue.contact_phone)))
    phones -= set(db.session.scalars(select(Event.contact_phone)))
    assert len(names) > 200
    assert len(phones) > 300
    addresses, browser = list(public_pages()), Visitor(app)

    shown = {address: browser.get(address) for address in addresses}

    assert {answer.status_code for answer in shown.values()} == {200}
    found = [
        (address, value)
        for address, answer in shown.items()
        for value in names | phones
        if value in answer.text.replace(" ", "")
    ]
    assert found == []


def test_nothing_personal_reaches_a_log_or_a_list(app, world, caplog):
    caplog.set_level(logging.INFO)
    personal = {PHONE, *ATTENDEES.values(), "林小禾", "新来的人", "孙到场", "13912345678", "1234567",  # noqa: E501
                "13700001234", "13700005678"}  # fmt: skip
    for request in REQUESTS:
        address, data = request.address(app, world), request.data(world)
        personal |= {data["contact"]} if "contact" in data else set()
        request.send(visit(app, world, request.visitor), address, data)
    assert db.engine.hide_parameters

    stored = {name: str(list(its.values())) for name, its in rows().items()}
    assert [value for value in personal if value in caplog.text] == []
    for name in LISTS:
        assert [value for value in personal if value in stored[name]] == [], name
    assert ATTENDEES["a"] in stored["registration"]


def test_a_crash_is_logged_without_values_and_secrets(app, world, caplog, monkeypatch):
    def crash(token):
        db.session.add(Person(name="林小禾", phone=PHONE, created_at=NOON))
        try:
            db.session.flush()
        finally:
            db.session.rollback()

    crash.access = "public"
    monkeypatch.setitem(app.view_functions, "assignments.show_invitation", crash)
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    try:
        answer = visit(app, world, "anonymous").get("/i/1-SECRETSECRETSECR")
    finally:
        app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=True)

    assert answer.status_code == 500
    assert "crash in assignments.show_invitation [GET]" in caplog.text
    assert "IntegrityError" in caplog.text
    assert "test_personal.py" in caplog.text
    for secret in (PHONE, "林小禾", "SECRET"):
        assert secret not in caplog.text
