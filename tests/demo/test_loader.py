from __future__ import annotations

import itertools
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import func, select

from tests.factories import NOON
from volunteer_hub.accounts.models import Person
from volunteer_hub.accounts.rules import DEMO_CONTACTS
from volunteer_hub.assignments.models import Assignment, State
from volunteer_hub.checkin.models import Attendance
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.database import db
from volunteer_hub.core.transaction import transaction
from volunteer_hub.demo import loader, season
from volunteer_hub.demo.cli import commands
from volunteer_hub.events.models import Event, Post, Shift, Status
from volunteer_hub.organisations.models import Function, Membership, Organisation
from volunteer_hub.planning.models import PlanRow, PlanRun
from volunteer_hub.recognition.models import ServiceRecord
from volunteer_hub.regions.models import Region, Venue
from volunteer_hub.registrations.models import Registration
from volunteer_hub.resources.models import Booking, Requirement, Resource
from volunteer_hub.resources.rules import Kind, Purpose
from volunteer_hub.trips import queries as trips
from volunteer_hub.trips.models import Trip
from volunteer_hub.trips.rules import late_stops
from volunteer_hub.volunteers.models import Volunteer


def count(model, *conditions):
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions))


@pytest.fixture
def demo(app):
    with transaction():
        steps = list(loader.load_demo(now=NOON))
    assert len(steps) == loader.STEPS


@pytest.mark.usefixtures("demo")
def test_the_demo_is_a_believable_half_year_with_the_door_open_today(client, at):
    at(NOON)

    assert count(Volunteer) == 300
    assert count(Event) == 83  # three of them are stops of a trip
    assert count(Venue) >= 40
    assert count(Organisation) >= 12
    running = [Event.starts_at <= NOON, Event.ends_at > NOON, Event.status == Status.PUBLISHED]
    assert count(Event, *running) >= 1
    tomorrow = NOON + timedelta(days=1)
    assert count(Event, Event.starts_at.between(NOON + timedelta(hours=12), tomorrow)) >= 1
    counties = select(Region.county_id).join(Event, Event.region_id == Region.id)
    held_in = set(db.session.scalars(counties.where(Region.county_id.is_not(None))))
    assert len(held_in) == 6
    assert count(Registration) > 300
    assert count(Attendance) > 300
    assert count(ServiceRecord) > 200
    assert "演示数据" in client.get("/").text


def test_the_trip_can_be_driven_and_has_all_it_needs(demo):
    trip = db.session.scalars(select(Trip)).one()
    stops = trips.stops_of(trip.id)

    assert len(stops) == 3
    assert len({each.starts_at.astimezone(LOCAL).date() for each in stops}) == 2
    halts = [trips.halt_of(each) for each in stops]
    assert late_stops(trips.caravan_of(trip), halts) == []
    assert count(Booking, Booking.trip_id == trip.id) == 3


@pytest.mark.usefixtures("demo")
def test_nobody_in_the_demo_is_in_two_places_or_in_a_full_post():
    taken = db.session.execute(
        select(Assignment.volunteer_id, Shift.starts_at, Shift.ends_at)
        .join(Post, Assignment.post_id == Post.id)
        .join(Shift, Post.shift_id == Shift.id)
        .where(Assignment.state == State.ACCEPTED)
        .order_by(Assignment.volunteer_id, Shift.starts_at)
    ).all()
    for (who, _, ends_at), (next_who, starts_at, _) in itertools.pairwise(taken):
        assert who != next_who or ends_at <= starts_at
    full = (
        select(Post.max_people, func.count())
        .join(Assignment, Assignment.post_id == Post.id)
        .where(Assignment.state == State.ACCEPTED)
        .group_by(Post.id, Post.max_people)
    )
    assert all(number <= most for most, number in db.session.execute(full))


@pytest.mark.usefixtures("demo")
def test_the_organiser_one_can_sign_in_as_has_something_of_every_kind_to_do():
    own = (
        select(func.count())
        .select_from(Event)
        .join(Membership, Membership.organisation_id == Event.organisation_id)
        .where(Membership.function == Function.ORGANISER)
    )
    is_over = Event.ends_at < NOON
    is_published = Event.status == Status.PUBLISHED
    assert db.session.scalar(own.where(is_over, is_published))
    assert db.session.scalar(own.where(~is_over, is_published)) > 1
    assert db.session.scalar(own.where(Event.status == Status.DRAFT))


@pytest.mark.usefixtures("demo")
def test_the_team_leader_one_can_sign_in_as_has_people_and_events_that_need_some(client, at):
    at(NOON)
    client.sign_in(
        db.session.scalars(select(Person).where(Person.phone == DEMO_CONTACTS["team_leader"])).one()
    )

    assert "共 25 人" in client.get("/organise/volunteers").text
    desk = client.get("/organise").text
    assert "25 位队员" in desk
    assert "还缺志愿者" in desk


@pytest.mark.usefixtures("demo")
def test_talks_differ_and_schools_are_visited_when_they_teach():
    talks = list(db.session.scalars(select(Event).where(Event.topic != "")))
    assert len({event.title for event in talks}) >= 5
    assert all(event.topic in event.title for event in talks)
    at_schools = select(Event).join(Venue).where(Venue.type_code == "school")
    days = [
        event.starts_at.astimezone(LOCAL)
        for event in db.session.scalars(at_schools)
        if not event.starts_at <= NOON < event.ends_at  # what runs now runs on any day
    ]
    assert days
    assert all(day.weekday() < 5 and day.month not in (2, 7, 8) for day in days)


@pytest.mark.usefixtures("demo")
def test_nobody_is_at_a_shift_that_has_not_begun():
    came_early = (
        select(func.count())
        .select_from(Attendance)
        .join(Assignment, Attendance.assignment_id == Assignment.id)
        .join(Post, Assignment.post_id == Post.id)
        .join(Shift, Post.shift_id == Shift.id)
        .where(Shift.starts_at > NOON)
    )
    assert db.session.scalar(came_early) == 0


def test_the_same_day_gives_the_same_events_at_any_hour():
    morning = season.slots(Random("day"), now=NOON)  # noqa: S311 - no secrets
    evening = season.slots(Random("day"), now=NOON + timedelta(hours=5))  # noqa: S311

    assert [slot for slot in morning if not slot.is_running] == [
        slot for slot in evening if not slot.is_running
    ]


def test_demo_data_is_not_loaded_over_real_people(app):
    with transaction():
        list(loader.load_demo(now=NOON))

    answer = app.test_cli_runner().invoke(commands, ["load"])

    assert answer.exit_code == 1
    assert "empty site" in answer.output


@pytest.mark.usefixtures("demo")
def test_vehicles_and_kits_are_booked_for_the_caravan_and_one_trip_still_lacks_them(client, at):
    at(NOON)
    assert {each.kind for each in db.session.scalars(select(Resource))} == set(Kind)
    assert count(Booking, Booking.purpose == Purpose.MAINTENANCE) == 1
    assert count(Booking, Booking.event_id.is_not(None)) >= 3
    lacking = select(Requirement.event_id).where(
        Requirement.event_id.not_in(select(Booking.event_id).where(Booking.event_id.is_not(None)))
    )
    assert len(set(db.session.scalars(lacking))) >= 1


def test_there_are_two_plans_to_compare(demo):
    first, second = db.session.scalars(select(PlanRun).order_by(PlanRun.id)).all()
    assert (first.state, second.state, second.parent_id) == ("done", "done", first.id)
    assert count(PlanRow, PlanRow.run_id == first.id) > 3
    assert first.result_digest != second.result_digest
