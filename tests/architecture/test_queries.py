"""No page costs more than twelve statements, on data of real size."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.client import counted_queries
from volunteer_hub.accounts.models import Person
from volunteer_hub.accounts.rules import DEMO_CONTACTS
from volunteer_hub.core import clock
from volunteer_hub.core.database import db
from volunteer_hub.core.tokens import ticket_code
from volunteer_hub.core.transaction import transaction
from volunteer_hub.demo import loader
from volunteer_hub.events.models import Event, Status
from volunteer_hub.organisations.models import Organisation
from volunteer_hub.organisations.rules import Rank
from volunteer_hub.planning.models import PlanRun
from volunteer_hub.registrations.models import Registration
from volunteer_hub.trips.models import Trip
from volunteer_hub.volunteers.models import Volunteer

MOST = 12
PUBLIC = ("/", "/events", "/events?q=dapengche",
          "/events?county=210682&free=1&audience=youth&step_free=1", "/events.ics", "/events.atom",
          "/campaigns/caravan", "/e/{open}", "/join",
          "/privacy/collected", "/sign-in", "/e/{open}/register", "/T/{ticket}", "/C/{poster}",
          "/help", "/claim", "/scan/")  # fmt: skip
VOLUNTEER = ("/me", "/me/teams", "/me/talks", "/teams", "/teams/{team}",
             "/teams/{team}/found", "/me/suggestions", "/me/record", "/me/profile", "/me/account",
             "/me/messages", "/e/{open}/volunteer", "/me/data", "/me/data/assignment",
             "/me/data/close", "/me/account/number", "/me/account/family",
             "/me/reliability", "/me/claims",
             "/me/claims/new", "/notices/hours")  # fmt: skip
STAFF = (
    "/organise",
    "/organise/events",
    "/organise/events?phase=past",
    "/organise/season",
    "/organise/tables/events",
    "/organise/season?view=week",
    "/organise/season?view=list",
    "/organise/season?view=missing",
    "/organise/season?view=conflicts",
    "/organise/plans",
    "/organise/rosters",
    "/organise/plans/{plan}",
    "/organise/plans/{plan}/compare?to={other_plan}",
    "/organise/plans/{plan}/posts/{planned}",
    "/organise/plans/weights",
    "/organise/fairness",
    "/organise/resources",
    "/organise/events/{running}/resources",
    "/organise/events/{open}/series",
    "/organise/trips",
    "/organise/trips/new",
    "/organise/trips/{trip}",
    "/organise/trips/{trip}/edit",
    "/organise/trips/{trip}/resources",
    "/organise/trips/{trip}/sheet",
    "/organise/trips/{trip}/posters",
    "/organise/trips/{trip}/report",
    "/organise/science-days",
    "/organise/events/new",
    "/organise/events/new?campaign=caravan",
    "/organise/events/{running}",
    "/organise/events/{running}/edit",
    "/organise/events/{open}/match",
    "/organise/events/{running}/roster",
    "/organise/events/{open}/refill",
    "/organise/events/{open}/exchanges",
    "/organise/events/{running}/registrations",
    "/organise/events/{running}/registrations/sheet",
    "/organise/events/{open}/waiting",
    "/organise/events/{running}/door",
    "/organise/events/{running}/door/find?q=lin",
    "/organise/events/{running}/door/log",
    "/organise/events/{running}/door/devices",
    "/organise/events/{running}/door/inbox",
    "/organise/events/{running}/door/board",
    "/organise/events/{running}/poster",
    "/organise/events/{over}/confirm",
    "/organise/volunteers",
    "/organise/volunteers/{volunteer}",
    "/organise/volunteers/lists",
    "/organise/volunteers/enter",
    "/organise/appeals",
    "/organise/events/{open}/training",
    "/organise/volunteers/export",
    "/organise/volunteers/message",
    "/organise/volunteers/twins",
    "/organise/talks",
    "/organise/teams",
    "/organise/teams/{team}",
    "/organise/venues",
    "/organise/overview",
    "/office/minors",
    "/office/complaints",
    "/organise/claims",
)


@pytest.fixture
def places(app):
    """Return ids of things to look at, on the demo data of this moment."""
    now = clock.now()
    with transaction():
        list(loader.load_demo(now=now))
    published = select(Event).where(Event.status == Status.PUBLISHED).order_by(Event.starts_at)
    events = db.session.scalars(published).all()
    coming = next(event for event in events if event.starts_at > now and event.is_registration_open)
    registration = db.session.scalars(select(Registration)).first()
    first, second = db.session.scalars(select(PlanRun).order_by(PlanRun.id)).all()
    found = {
        "plan": first.id,
        "other_plan": second.id,
        "planned": first.posts[0]["id"],
        "open": coming.id,
        "poster": coming.poster_code,
        "running": next(e.id for e in events if e.starts_at <= now < e.ends_at),
        "over": next(e.id for e in events if e.ends_at <= now),
        "team": db.session.scalars(
            select(Organisation.id).where(Organisation.rank == Rank.DETACHMENT)
        ).first(),
        "volunteer": db.session.scalars(select(Volunteer.id)).first(),
        "trip": db.session.scalars(select(Trip.id)).first(),
        "ticket": ticket_code("R", registration.id, registration.ticket_revision),
    }
    db.session.remove()
    return found


def person(role):
    return db.session.scalars(select(Person).where(Person.phone == DEMO_CONTACTS[role])).one()


def test_no_page_costs_more_than_twelve_statements(app, places):
    costs = {}
    for role, paths in ((None, PUBLIC), ("volunteer", VOLUNTEER), ("city_office", STAFF)):
        client = app.test_client()
        if role:
            client.sign_in(person(role))
        for path in paths:
            address = path.format(**places)
            for _ in range(2):  # the first request of a process also reads regions and words
                db.session.remove()
                with counted_queries() as statements:
                    answer = client.get(address)
            assert answer.status_code == 200, address
            costs[path] = len(statements)

    assert {path: cost for path, cost in costs.items() if cost > MOST} == {}
