from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import joinedload

from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.events import queries as events
from volunteer_hub.events.models import Event, Status
from volunteer_hub.organisations.models import Organisation
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.regions import queries as regions
from volunteer_hub.regions.models import Region, Venue
from volunteer_hub.resources import queries as resources
from volunteer_hub.resources.queries import EventResources
from volunteer_hub.resources.rules import Kind, Span
from volunteer_hub.trips.drafts import ReportDraft, StopDraft, TripDraft
from volunteer_hub.trips.models import StopReport, Trip
from volunteer_hub.trips.rules import Caravan, Halt, Point

SHOWN = 50
OVER = (Status.CANCELLED, Status.CONFIRMED)


def trip_for_staff(trip_id: int, scope: Scope) -> Trip:
    """Return the trip with organisation, campaign and depot, for someone who may manage it.

    Raises:
        NotFoundError: There is no such trip, or it is not this person's business.
    """
    statement = select(Trip).where(Trip.id == trip_id, _in_scope(scope))
    return _there(db.session.scalar(statement.options(*_WITH_PLACES)))


def public_trip(trip_id: int) -> Trip:
    """Return a trip of which at least one stop is or was public.

    Raises:
        NotFoundError: There is no such trip, or all of it is a draft.
    """
    is_public = exists().where(Event.trip_id == Trip.id, Event.status != Status.DRAFT)
    statement = select(Trip).where(Trip.id == trip_id, is_public)
    return _there(db.session.scalar(statement.options(*_WITH_PLACES)))


def find_trip(trip_id: int | None) -> Trip | None:
    """Return the trip, or None."""
    return db.session.get(Trip, trip_id) if trip_id is not None else None


def trips_in_scope(scope: Scope, *, now: datetime) -> list[Trip]:
    """Return the trips a member of staff manages: those to come and, latest first, those past."""
    statement = select(Trip).where(_in_scope(scope)).options(joinedload(Trip.organisation))
    coming = statement.where(Trip.returns_at >= now).order_by(Trip.leaves_at, Trip.id)
    past = statement.where(Trip.returns_at < now).order_by(Trip.leaves_at.desc(), Trip.id)
    return [*db.session.scalars(coming.limit(SHOWN)), *db.session.scalars(past.limit(SHOWN))]


def lock_trip(trip_id: int) -> Trip:
    """Return the trip held against other writers; its stops are held before it.

    Raises:
        NotFoundError: There is no such trip.
    """
    statement = select(Trip).where(Trip.id == trip_id).with_for_update(of=Trip)
    return _there(db.session.scalar(statement, execution_options={"populate_existing": True}))


def lock_trip_for_staff(trip_id: int, scope: Scope) -> tuple[Trip, list[Event]]:
    """Return the trip and its stops in their order, all held against other writers.

    Raises:
        NotFoundError: There is no such trip, or it is not this person's business.
    """
    trip_for_staff(trip_id, scope)
    ids = select(Event.id).where(Event.trip_id == trip_id).order_by(Event.id)
    for event_id in db.session.scalars(ids).all():
        events.lock_event(event_id)
    return lock_trip(trip_id), stops_of(trip_id)


def _in_scope(scope: Scope) -> ColumnElement[bool]:
    if scope.is_city_wide:
        return Trip.id.is_not(None)
    counties = select(Region.id).where(
        or_(Region.county_id.in_(scope.county_ids), Region.id.in_(scope.county_ids))
    )
    own_county = select(Organisation.id).where(Organisation.region_id.in_(counties))
    return or_(
        Trip.organisation_id.in_(scope.organisation_ids), Trip.organisation_id.in_(own_county)
    )


_WITH_PLACES = (
    joinedload(Trip.organisation),
    joinedload(Trip.campaign),
    joinedload(Trip.depot).joinedload(Venue.region),
)


def _there(trip: Trip | None) -> Trip:
    if trip is None:
        raise NotFoundError
    return trip


def stops_of(trip_id: int, *, with_posts: bool = False) -> list[Event]:
    """Return the stops of a trip as they are now, in their order, with their places."""
    statement = (
        select(Event)
        .where(Event.trip_id == trip_id)
        .order_by(Event.starts_at, Event.id)
        .options(*events.WITH_PLACE, *(events.WITH_SHIFTS if with_posts else ()))
    )
    return list(db.session.scalars(statement, execution_options={"populate_existing": True}))


def stops_of_trips(trip_ids: Collection[int]) -> dict[int, list[Event]]:
    """Return the stops of each of some trips, in their order."""
    statement = select(Event).where(Event.trip_id.in_(trip_ids)).options(*events.WITH_PLACE)
    found: dict[int, list[Event]] = defaultdict(list)
    for event in db.session.scalars(statement.order_by(Event.starts_at, Event.id)):
        found[event.trip_id or 0].append(event)
    return found


def live(stops: Iterable[Event]) -> list[Event]:
    """Return those that are not cancelled."""
    return [each for each in stops if each.status is not Status.CANCELLED]


def remaining(stops: Iterable[Event], *, now: datetime) -> list[Event]:
    """Return those that can still be moved or cancelled: not over and not called off."""
    return [each for each in stops if each.status not in OVER and each.ends_at > now]


def stamp_of(trip: Trip, stops: Sequence[Event]) -> str:
    """Return what differs when anybody saves the trip or one of its stops."""
    return ".".join([str(trip.version), *(f"{each.id}-{each.version}" for each in stops)])


def point_of(venue: Venue | None) -> Point:
    """Return a venue as the road sees it."""
    return Point(venue.id, regions.place_of_venue(venue)) if venue is not None else Point()


def points_of(venue_ids: Iterable[int | None]) -> dict[int | None, Point]:
    """Return venues as the road sees them, by id; one that is not there has no place."""
    ids = {each for each in venue_ids if each is not None}
    found = db.session.scalars(select(Venue).where(Venue.id.in_(ids)))
    nowhere: dict[int | None, Point] = {None: Point()} | {each: Point(each) for each in ids}
    return nowhere | {venue.id: point_of(venue) for venue in found}


def caravan_of(trip: Trip) -> Caravan:
    """Return how the caravan of a saved trip goes about it."""
    return _caravan(trip, point_of(trip.depot))


def caravan_for(draft: TripDraft, depot: Point) -> Caravan:
    """Return how the caravan would go about a planned trip."""
    return _caravan(draft, depot)


def _caravan(plan: Trip | TripDraft, depot: Point) -> Caravan:
    return Caravan(
        depot=depot,
        leaves_at=plan.leaves_at,
        set_up=timedelta(minutes=plan.set_up_minutes),
        pack_up=timedelta(minutes=plan.pack_up_minutes),
        day_starts=timedelta(minutes=plan.day_starts_minute),
        goes_home=plan.goes_home,
    )


def halt_of(event: Event) -> Halt:
    """Return a stop as the road sees it."""
    return Halt(point_of(event.venue), event.starts_at, event.ends_at)


def draft_of(trip: Trip, stops: Iterable[Event]) -> TripDraft:
    """Return the plan as it is saved, without stops that are cancelled."""
    return TripDraft(
        organisation_id=trip.organisation_id,
        title=trip.title,
        depot_id=trip.depot_id,
        leaves_at=trip.leaves_at,
        set_up_minutes=trip.set_up_minutes,
        pack_up_minutes=trip.pack_up_minutes,
        day_starts_minute=trip.day_starts_minute,
        goes_home=trip.goes_home,
        contact_name=trip.contact_name,
        contact_phone=trip.contact_phone,
        notes=trip.notes,
        stops=tuple(stop_draft_of(each) for each in live(stops)),
    )


def stop_draft_of(event: Event) -> StopDraft:
    """Return the plan of a stop as it is saved."""
    return StopDraft(
        event_id=event.id,
        venue_id=event.venue_id or 0,
        starts_at=event.starts_at,
        minutes=(event.ends_at - event.starts_at) // timedelta(minutes=1),
        audience_codes=tuple(event.audience_codes),
        expected_people=event.expected_people,
    )


def span_of(trip: Trip) -> Span:
    """Return for how long the vehicle, its driver and kits are away."""
    return Span(trip.leaves_at, trip.returns_at)


CARRIED = (Kind.VEHICLE, Kind.DRIVER, Kind.KIT, Kind.PROJECTOR)


def resources_of(trip: Trip) -> EventResources:
    """Return what a trip has booked, and what of each kind it could take along."""
    return resources.resources_of_trip(trip.id, span_of(trip), CARRIED, of=trip.organisation_id)


def reports_of(event_ids: Collection[int]) -> dict[int, StopReport]:
    """Return what stops came to, by event, as far as it was reported."""
    statement = select(StopReport).where(StopReport.event_id.in_(event_ids))
    return {row.event_id: row for row in db.session.scalars(statement)}


def report_draft_of(row: StopReport | None) -> ReportDraft:
    """Return a report as it is saved."""
    if row is None:
        return ReportDraft()
    return ReportDraft(
        odometer_km=row.odometer_km,
        exhibits=row.exhibits,
        leaflets=row.leaflets,
        people=row.people,
    )
