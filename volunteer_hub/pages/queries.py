from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, func, or_, select, text

from volunteer_hub.accounts.models import Person
from volunteer_hub.assignments.models import Assignment, State
from volunteer_hub.checkin.queries import people_reached
from volunteer_hub.core.database import db
from volunteer_hub.events.models import Event, Post, Shift, Status
from volunteer_hub.events.queries import WITH_PLACE, in_scope
from volunteer_hub.events.rules import MAX_EVENT
from volunteer_hub.organisations.models import Organisation
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.regions import queries as regions
from volunteer_hub.regions.models import Level, Region
from volunteer_hub.registrations import queries as registrations
from volunteer_hub.registrations import rules
from volunteer_hub.resources.models import Booking, Resource
from volunteer_hub.resources.rules import Kind
from volunteer_hub.volunteers.models import Volunteer

VISIBLE = (Status.PUBLISHED, Status.CONFIRMED)


def check_database() -> None:
    """Ask the database for the least it can answer; it raises when it cannot."""
    db.session.execute(text("SELECT 1"))


def office_phone() -> str:
    """Return the phone of the city's own association, for whoever needs help; may be empty."""
    statement = (
        select(Organisation.contact_phone)
        .join(Region, Organisation.region_id == Region.id)
        .where(Region.level == Level.CITY, Organisation.contact_phone != "")
        .order_by(Organisation.id)
    )
    return db.session.scalar(statement.limit(1)) or ""


def events_around(scope: Scope, *, now: datetime, back: timedelta, ahead: timedelta) -> list[Event]:
    """Return drafts and published events from ``back`` before now to ``ahead`` after, by time.

    Events whose hours nobody confirmed are there however long ago they were.
    """
    statement = (
        select(Event)
        .where(
            in_scope(scope),
            Event.status.in_([Status.DRAFT, Status.PUBLISHED]),
            or_(Event.ends_at > now - back, Event.status == Status.PUBLISHED),
            Event.starts_at < now + ahead,
        )
        .order_by(Event.starts_at, Event.id)
        .options(*WITH_PLACE)
    )
    return list(db.session.scalars(statement))


@dataclass(frozen=True, slots=True)
class PlannedEvent:
    """As much of an event as a calendar shows: thousands are read for one month."""

    id: int
    title: str
    starts_at: datetime
    ends_at: datetime
    is_draft: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """Which events a planner looks at; what is empty narrows nothing down."""

    campaign_id: int | None = None
    region_id: int | None = None
    organisation_id: int | None = None
    status: Status | None = None

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        """Return what holds of these events; cancelled ones only when they are asked for."""
        planned = [Status.DRAFT, Status.PUBLISHED, Status.CONFIRMED]
        shown = [self.status] if self.status else planned
        found: list[ColumnElement[bool]] = [Event.status.in_(shown)]
        if self.campaign_id is not None:
            found.append(Event.campaign_id == self.campaign_id)
        if self.region_id is not None:
            found.append(Event.region_id.in_(regions.tree().ids_within(self.region_id)))
        if self.organisation_id is not None:
            found.append(Event.organisation_id == self.organisation_id)
        return found


EVERYTHING: Final = Narrowed()


def events_between(
    scope: Scope, start: datetime, end: datetime, wanted: Narrowed = EVERYTHING
) -> list[PlannedEvent]:
    """Return the events of a member of staff between two moments, cancelled ones not, by time."""
    statement = (
        select(Event.id, Event.title, Event.starts_at, Event.ends_at, Event.status)
        .where(
            in_scope(scope),
            *wanted.conditions,
            Event.ends_at > start,
            # How long an event may last bounds what the index has to be read for.
            Event.starts_at.between(start - MAX_EVENT, end),
            Event.starts_at < end,
        )
        .order_by(Event.starts_at, Event.id)
    )
    return [
        PlannedEvent(event_id, title, starts_at, ends_at, status is Status.DRAFT)
        for event_id, title, starts_at, ends_at, status in db.session.execute(statement)
    ]


@dataclass(frozen=True, slots=True)
class CampaignFigures:
    """What a campaign did and will do; people count companions."""

    held: int
    planned: int
    reached: int


def campaign_figures(campaign_id: int, *, now: datetime) -> CampaignFigures:
    """Return a campaign's joint progress."""
    rows = db.session.execute(
        select(Event.id, Event.ends_at).where(
            Event.campaign_id == campaign_id, Event.status.in_(VISIBLE)
        )
    ).all()
    held = [event_id for event_id, ends_at in rows if ends_at <= now]
    return CampaignFigures(
        held=len(held),
        planned=len(rows) - len(held),
        reached=sum(people_reached([event_id for event_id, _ in rows]).values()),
    )


def campaign_townships(campaign_id: int) -> list[str]:
    """Return the paths of townships a campaign went to or will go to, by code."""
    place = func.coalesce(Region.township_id, Region.id)
    visited = (
        select(place)
        .join(Event, Event.region_id == Region.id)
        .where(Event.campaign_id == campaign_id, Event.status.in_(VISIBLE))
    )
    statement = select(Region.id).where(Region.id.in_(visited)).order_by(Region.code)
    return [regions.path_of(region_id) for region_id in db.session.scalars(statement)]


def places_left(event: Event) -> int | None:
    """Return how many more people may register, or None when there is no limit."""
    if event.capacity is None:
        return None
    return rules.places_left(registrations.terms_of(event), registrations.taken_of(event.id))


def is_in_scope(event_id: int, scope: Scope) -> bool:
    """Tell whether this member of staff may manage the event."""
    statement = select(Event.id).where(Event.id == event_id, in_scope(scope))
    return db.session.scalar(statement) is not None


@dataclass(frozen=True, slots=True)
class Staffed:
    """How an event is staffed; ``missing`` adds up what each post lacks of its minimum."""

    accepted: int = 0
    wanted: int = 0
    missing: int = 0


def staffed(event_ids: Collection[int]) -> dict[int, Staffed]:
    """Return the staffing of each event that has posts."""
    agreed = (
        select(func.count())
        .where(Assignment.post_id == Post.id, Assignment.state == State.ACCEPTED)
        .scalar_subquery()
    )
    statement = (
        select(Shift.event_id, Post.min_people, Post.max_people, agreed)
        .join(Post, Post.shift_id == Shift.id)
        .where(Shift.event_id.in_(event_ids))
    )
    found: dict[int, Staffed] = {}
    for event_id, least, most, accepted in db.session.execute(statement):
        so_far = found.get(event_id, Staffed())
        found[event_id] = Staffed(
            accepted=so_far.accepted + accepted,
            wanted=so_far.wanted + most,
            missing=so_far.missing + max(0, least - accepted),
        )
    return found


def people_at_posts(post_ids: Collection[int]) -> dict[int, list[str]]:
    """Return the names of those who agreed to come, by post."""
    statement = (
        select(Assignment.post_id, Person.name)
        .join(Volunteer, Assignment.volunteer_id == Volunteer.id)
        .join(Person, Volunteer.person_id == Person.id)
        .where(
            Assignment.post_id.in_(post_ids),
            Assignment.state == State.ACCEPTED,
            Person.erased_at.is_(None),
        )
        .order_by(Person.pinyin, Person.id)
    )
    found: dict[int, list[str]] = {}
    for post_id, name in db.session.execute(statement):
        found.setdefault(post_id, []).append(name)
    return found


@dataclass(frozen=True, slots=True)
class Carried:
    """Something, or somebody, that goes along on a trip.

    Attributes:
        kind: A vehicle, driver, kit or projector.
        name: What it is called.
        plate: Of a vehicle.
        contents: The exhibits aboard, or what is in the kit.
        licence_class: Of a driver.
        phone: Of a driver who is a volunteer.
    """

    kind: Kind
    name: str
    plate: str
    contents: str
    licence_class: str
    phone: str


def carried_on(trip_id: int) -> list[Carried]:
    """Return what is booked for a trip, drivers and vehicles first."""
    statement = (
        select(Resource, Person.phone)
        .join(Booking, Booking.resource_id == Resource.id)
        .outerjoin(Volunteer, Resource.volunteer_id == Volunteer.id)
        .outerjoin(Person, (Volunteer.person_id == Person.id) & Person.erased_at.is_(None))
        .where(Booking.trip_id == trip_id)
        .order_by(Resource.id)
    )
    found = [
        Carried(
            each.kind, each.name, each.plate, each.contents, each.licence_class or "", phone or ""
        )
        for each, phone in db.session.execute(statement)
    ]
    order = (Kind.DRIVER, Kind.VEHICLE, Kind.KIT, Kind.PROJECTOR, Kind.HALL)
    return sorted(found, key=lambda each: order.index(each.kind))
